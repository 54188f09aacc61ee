/** Published checkpoints: one `.safetensors` file, or several shards. */
import { join } from "node:path";
import { z } from "zod";
import { InputError, messageOf } from "../../../errors.ts";
import { readHeader } from "../../../onnx/safetensors.ts";
import type { StoredTensor } from "../../../onnx/types.ts";
import { readJson } from "./json.ts";
import { type Checkpoint, checkpointOf } from "./weights.ts";

/** See {@link openCheckpoint}. */
export interface CheckpointOptions {
  /** Pattern of the folder's files to consider, by name; all by default. */
  only?: RegExp;
}

/** A checkpoint's index, which maps tensors to shards. */
const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/**
 * Opens a checkpoint: locates its tensors without reading any weights.
 *
 * @param path A `.safetensors` file; or a folder with one such file, an index
 * (`*.safetensors.index.json`) and its shards, or numbered shards (`*-00001-of-00002.safetensors`).
 * @param what A description for messages, such as "the transformer".
 * @throws {InputError} if there is no checkpoint or more than one, a shard or one of its tensors is
 * missing, two shards contain a tensor of the same name, or a file is corrupt.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { writeSafetensors } from "../../../testing/onnx/safetensors.ts";
 * import { openCheckpoint } from "./checkpoint.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const shard = (i: number) => `${folder}/model-0000${i}-of-00002.safetensors`;
 * await writeSafetensors(shard(1), { "norm.weight": { dtype: "BF16", shape: [8] } });
 * await writeSafetensors(shard(2), { "norm.bias": { dtype: "BF16", shape: [8] } });
 * const checkpoint = await openCheckpoint(folder, "the text encoder");
 * assertEquals(checkpoint.names(), ["norm.bias", "norm.weight"]);
 * assertEquals(checkpoint.get("norm.bias", [8]).file, await Deno.realPath(shard(2)));
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function openCheckpoint(
  path: string,
  what: string,
  { only }: CheckpointOptions = {},
): Promise<Checkpoint> {
  const { isDirectory } = await Deno.stat(path).catch((error) => {
    throw new InputError(`Cannot read ${what} from ${path}: ${messageOf(error)}`);
  });
  if (!isDirectory) return checkpointOf(path, await readShards([path], what));
  const names = (await fileNames(path)).filter((name) => only?.test(name) ?? true);
  const indices = names.filter((name) => name.endsWith(".safetensors.index.json"));
  if (indices.length > 1) {
    throw new InputError(
      `Cannot read ${what} from ${path}: expected one index, found ${indices.join(", ")}`,
    );
  }
  if (indices.length === 1) {
    return checkpointOf(path, await readIndexed(path, indices[0], names, what));
  }
  const files = names.filter((name) => name.endsWith(".safetensors"));
  const problem = incomplete(files);
  if (problem !== null) {
    const found = problem === NONE ? `${problem}${among(names)}` : problem;
    throw new InputError(`Cannot read ${what} from ${path}: ${found}`);
  }
  return checkpointOf(path, await readShards(files.map((name) => join(path, name)), what));
}

/** The sorted names of a folder's files, including links to files. */
async function fileNames(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.filter((entry) => !entry.isDirectory).map(({ name }) => name).sort();
}

async function readIndexed(
  folder: string,
  index: string,
  names: readonly string[],
  what: string,
): Promise<Map<string, StoredTensor>> {
  const file = join(folder, index);
  const { weight_map: shards } = await readJson(file, indexSchema);
  const entries = Object.entries(shards);
  if (entries.length === 0) throw new InputError(`Cannot read ${what}: ${file} lists no tensors`);
  for (const [tensor, shard] of entries) {
    // A name that contains a path is never found.
    if (!names.includes(shard)) {
      throw new InputError(
        `Cannot read tensor ${tensor} of ${what}: expected a file ${shard} in ${folder} ` +
          `according to ${index}, found none`,
      );
    }
  }
  const named = [...new Set(entries.map(([, shard]) => shard))].sort();
  const tensors = await readShards(named.map((shard) => join(folder, shard)), what);
  const files = new Map<string, string>();
  for (const shard of named) files.set(shard, await Deno.realPath(join(folder, shard)));
  for (const [tensor, shard] of entries) {
    const found = tensors.get(tensor)?.file;
    if (found !== files.get(shard)) {
      throw new InputError(
        `Cannot read tensor ${tensor} of ${what}: expected it in ${join(folder, shard)} ` +
          `according to ${index}, found ${found === undefined ? "none" : `it in ${found}`}`,
      );
    }
  }
  return tensors;
}

/** The tensors of all files by name. */
async function readShards(
  paths: readonly string[],
  what: string,
): Promise<Map<string, StoredTensor>> {
  const tensors = new Map<string, StoredTensor>();
  for (const path of paths) {
    for (const tensor of await readHeader(path)) {
      const other = tensors.get(tensor.name);
      if (other !== undefined) {
        throw new InputError(
          `Cannot read tensor ${tensor.name} of ${what}: expected it in one file, found it in ` +
            `${other.file} and ${tensor.file}`,
        );
      }
      tensors.set(tensor.name, tensor);
    }
  }
  return tensors;
}

const NONE = "expected a .safetensors file, found none";

/** Why files are not a complete checkpoint, or null if they are. */
function incomplete(files: readonly string[]): string | null {
  if (files.length === 0) return NONE;
  const shards = files.map((file) => /^(.*)-(\d+)-of-(\d+)\.safetensors$/.exec(file));
  if (shards.every((shard) => shard !== null)) {
    const [, stem, , total] = shards[0];
    if (shards.some((shard) => shard[1] !== stem || shard[3] !== total)) {
      return `expected shards of one checkpoint, found ${files.join(", ")}`;
    }
    const present = new Set(shards.map((shard) => Number(shard[2])));
    for (let i = 1; i <= Number(total); i++) {
      if (!present.has(i)) {
        return `expected ${total} shards, ${stem}-…-of-${total}.safetensors, found no shard ${i}`;
      }
    }
    return null;
  }
  if (files.length === 1) return null;
  return `expected one .safetensors file, or numbered shards, found ${files.join(", ")}`;
}

/** Mentions files of other formats, which may have been meant. */
function among(names: readonly string[]): string {
  const others = names.filter((name) => /\.(pth|pt|ckpt|bin|gguf|part|incomplete)$/.test(name));
  return others.length > 0 ? ` among ${others.join(", ")}` : "";
}
