/** Which file a LoRA is in: a file, or the folder of a training. */
import { join } from "node:path";
import { InputError, messageOf } from "../../../errors.ts";
import { latestCheckpoint } from "./fine_tune.ts";

/** What PEFT and Diffusers call the weights in the folder of an adapter. */
const NAMED = ["adapter_model.safetensors", "pytorch_lora_weights.safetensors"];

/**
 * Finds a LoRA's file. Of a training's folder it is `adapter_model.safetensors` (PEFT) or
 * `pytorch_lora_weights.safetensors` (Diffusers), else the latest of `step-N.safetensors` and folders
 * named `checkpoint-N` that hold one, else its only `.safetensors` file.
 *
 * @returns The path itself for a file.
 * @throws {InputError} for a folder with none, or with several that are equally likely.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { writeSafetensors } from "../../../testing/onnx/safetensors.ts";
 * import { findLora } from "./find_lora.ts";
 *
 * const folder = await Deno.makeTempDir();
 * for (const step of [900, 1000]) await writeSafetensors(`${folder}/step-${step}.safetensors`, {});
 * assertEquals(await findLora(folder), `${folder}/step-1000.safetensors`);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function findLora(path: string): Promise<string> {
  const { isDirectory } = await Deno.stat(path).catch((error) => {
    throw new InputError(`Cannot read a LoRA from ${path}: ${messageOf(error)}`);
  });
  if (!isDirectory) return path;
  const names = (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).sort();
  const named = NAMED.filter((name) => names.includes(name));
  if (named.length === 1) return join(path, named[0]);
  const latest = named.length === 0 ? await latestCheckpoint(path) : null;
  if (latest !== null) return await findLora(latest.path);
  const files = names.filter((name) => name.endsWith(".safetensors"));
  if (files.length === 1) return join(path, files[0]);
  const found = named.length > 1 ? named : files;
  const pickled = names.filter((name) => /\.(bin|pt|pth|ckpt)$/.test(name));
  throw new InputError(
    `Cannot read a LoRA from the folder ${path}: expected one of ${NAMED.join(", ")}, or ` +
      `step-N.safetensors, found ` +
      (found.length > 0 ? found.join(", ") : pickled.join(", ") || "no .safetensors file") +
      (found.length > 1 ? "; name the file" : ""),
  );
}
