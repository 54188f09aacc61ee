/** The parts of Wan, independent of a folder's layout. */
import { join } from "node:path";
import { InputError, messageOf } from "../../../errors.ts";
import type { SchedulerConfig, TextEncoderConfig, TransformerConfig } from "./configs.ts";
import type { VaeConfig } from "../vae/vae_config.ts";
import type { Checkpoint } from "./weights.ts";

/** A network's weights and configuration. */
export interface Part<Config> {
  weights: Checkpoint;
  config: Config;
}

/** A part missing from a folder. */
export interface MissingPart {
  part: "transformer" | "text encoder" | "VAE" | "tokenizer";
  /** What was expected, where, and what was found. */
  why: string;
  /** Its repository on Hugging Face and the files in it; null if unknown. */
  source: { repository: string; files: string } | null;
}

/** A folder's parts; missing ones are null. */
export interface WanFolder {
  /** The folder of its files: the snapshot, for a folder of Hugging Face's cache. */
  folder: string;
  layout: "diffusers" | "original";
  transformer: Part<TransformerConfig> | null;
  textEncoder: Part<TextEncoderConfig> | null;
  vae: Part<VaeConfig> | null;
  /** Path of `tokenizer.json`. */
  tokenizer: string | null;
  /** Null in the original layout, which does not include it. */
  scheduler: SchedulerConfig | null;
  missing: MissingPart[];
}

/**
 * The sorted names in a folder; none if it does not exist.
 *
 * @throws {InputError} if it cannot be read.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { namesIn } from "./parts.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/config.json`, "{}");
 * assertEquals(await namesIn(folder), ["config.json"]);
 * assertEquals(await namesIn(`${folder}/transformer`), []);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw new InputError(`Cannot read the folder ${folder}: ${messageOf(error)}`);
  }
}

/**
 * The path of a folder's `tokenizer.json`, or null if it has none.
 *
 * @throws {InputError} if the folder cannot be read.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { tokenizerIn } from "./parts.ts";
 *
 * assertEquals(await tokenizerIn("/no/such/folder"), null);
 * ```
 */
export async function tokenizerIn(folder: string): Promise<string | null> {
  return (await namesIn(folder)).includes("tokenizer.json") ? join(folder, "tokenizer.json") : null;
}

/**
 * A list of what was found, for a message.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { found } from "./parts.ts";
 *
 * assertEquals(found(["config.json", "vae.pth"]), "found config.json, vae.pth");
 * assertEquals(found([]), "found nothing");
 * ```
 */
export function found(names: readonly string[]): string {
  if (names.length === 0) return "found nothing";
  return `found ${names.slice(0, 8).join(", ")}${names.length > 8 ? " and others" : ""}`;
}

/**
 * The published model with a transformer's width, or null.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { publishedSize } from "./parts.ts";
 *
 * assertEquals(publishedSize({ heads: 12, headDim: 128 }), "1.3B");
 * assertEquals(publishedSize({ heads: 2, headDim: 12 }), null);
 * ```
 */
export function publishedSize(
  { heads, headDim }: Pick<TransformerConfig, "heads" | "headDim">,
): "1.3B" | "14B" | null {
  const width = heads * headDim;
  return width === 1536 ? "1.3B" : width === 5120 ? "14B" : null;
}
