/** Fully fine-tuned transformers: a single checkpoint, or one every few steps of training. */
import { join } from "node:path";
import { InputError, messageOf } from "../../../errors.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { type Checkpoint, withoutPrefix } from "./weights.ts";

/** A checkpoint saved during training. */
export interface TrainedCheckpoint {
  /** A folder, or a `.safetensors` file. */
  path: string;
  step: number;
}

const NAMED_BY_STEP = /^(step|checkpoint|epoch)[-_](\d+)(\.safetensors)?$/;

/**
 * The latest of a training run's checkpoints: the one with the largest number among folders or
 * `.safetensors` files named `step-…`, `checkpoint-…` or `epoch-…`. MicroVerse's own script compares
 * the names as text, by which `step-5000` is later than `step-10000`.
 *
 * @returns Null where there is none.
 * @throws {InputError} if two have the same number, or steps and epochs are mixed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { latestCheckpoint } from "./fine_tune.ts";
 *
 * const folder = await Deno.makeTempDir();
 * for (const step of [5000, 10_000]) await Deno.mkdir(`${folder}/step-${step}`);
 * assertEquals(await latestCheckpoint(folder), { path: `${folder}/step-10000`, step: 10_000 });
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function latestCheckpoint(folder: string): Promise<TrainedCheckpoint | null> {
  const found: { name: string; kind: string; step: number }[] = [];
  try {
    for await (const { name, isDirectory, isSymlink } of Deno.readDir(folder)) {
      const [, kind, step, file] = NAMED_BY_STEP.exec(name) ?? [];
      if (kind === undefined) continue;
      const directory = isSymlink ? (await Deno.stat(join(folder, name))).isDirectory : isDirectory;
      if (directory !== (file !== undefined)) found.push({ name, kind, step: Number(step) });
    }
  } catch (error) {
    throw new InputError(`Cannot read the checkpoints of ${folder}: ${messageOf(error)}`);
  }
  if (found.length === 0) return null;
  found.sort((a, b) => b.step - a.step || (a.name < b.name ? -1 : 1));
  const [first, second] = found;
  const other = found.find(({ kind }) => kind !== first.kind) ??
    (second?.step === first.step ? second : undefined);
  if (other !== undefined) {
    throw new InputError(
      `Cannot determine the latest checkpoint of ${folder}: expected names of one kind with ` +
        `distinct numbers, found ${first.name} and ${other.name}`,
    );
  }
  return { path: join(folder, first.name), step: first.step };
}

/** A tensor of every Wan transformer, with the same name in both naming schemes. */
const MARKER = "patch_embedding.weight";

/**
 * Opens a fully fine-tuned transformer, under the original's or Diffusers' names, with or without a
 * prefix such as `pipe.dit.`.
 *
 * @param path A `.safetensors` file, a folder with one or with shards, or a training run's folder,
 * whose latest checkpoint is used.
 * @throws {InputError} if it is not a complete transformer, but a LoRA for example.
 *
 * @example
 * ```ts
 * import { f32, writeSafetensors } from "../../../testing/onnx/safetensors.ts";
 * import { assertEquals, assertInputError } from "../../../testing/assert.ts";
 * import { openFineTune } from "./fine_tune.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const file = `${folder}/step-500.safetensors`;
 * await writeSafetensors(file, { "pipe.dit.patch_embedding.weight": f32([8, 16, 1, 2, 2]) });
 * assertEquals((await openFineTune(folder)).names(), ["patch_embedding.weight"]);
 * await writeSafetensors(file, { "blocks.0.ffn.0.lora_A.default.weight": f32([2, 8]) });
 * await assertInputError(() => openFineTune(folder), file, "a LoRA's");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function openFineTune(path: string): Promise<Checkpoint> {
  const isFile = await Deno.stat(path).then((stat) => stat.isFile, () => false);
  const latest = isFile ? null : await latestCheckpoint(path);
  const checkpoint = await openCheckpoint(latest?.path ?? path, WHAT);
  const lora = checkpoint.names().find((name) => /\.lora_(A|B|up|down)\./.test(name));
  if (lora !== undefined) {
    throw new InputError(
      `Cannot read ${WHAT} from ${checkpoint.name}: expected full weights, found a LoRA's, ${lora}`,
    );
  }
  return withoutPrefix(checkpoint, MARKER, WHAT);
}

const WHAT = "a fine-tuned transformer";
