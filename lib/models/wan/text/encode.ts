/** Encodes token ids into the hidden states that Wan is conditioned on. */
import { ClipError, InputError } from "../../../errors.ts";
import type { Provider } from "../../../onnx/provider.ts";
import { readTensor } from "../../../onnx/safetensors.ts";
import { openGraph, type Values } from "../../../onnx/session.ts";
import type { TextEncoderConfig } from "../checkpoint/configs.ts";
import { relativeBuckets, umt5Block } from "./umt5.ts";
import { umt5Naming } from "./umt5_keys.ts";
import type { Checkpoint } from "../checkpoint/weights.ts";

/** See {@link encodeTokens}. */
export interface EncodeOptions {
  signal?: AbortSignal;
  /** Called after each block with the progress. */
  onBlock?: (done: number, total: number) => void;
  /**
   * Takes a prompt, by its place, whose states are not finite; it is left out from there on, and its
   * states are empty. Without it the error is thrown.
   */
  onFailed?: (prompt: number, error: ClipError) => void;
}

/**
 * Encodes prompts with UMT5, in 32 bits.
 *
 * Only one block's weights are in memory at a time, and all prompts pass through a block before the
 * next is opened: many prompts take hardly more memory than one, and the weights are read once. Of the
 * embedding table only the rows of the tokens are read.
 *
 * Each prompt is encoded at its own length, which gives the same states for its tokens as padding and
 * masking.
 *
 * @param prompts Token ids of each prompt, including the final `</s>`; at least one each.
 * @returns `[tokens, dim]` for each prompt.
 * @throws {InputError} for a checkpoint of another model, a tensor that is missing or of another
 * shape, or an id outside the embedding table.
 * @throws {RangeError} for a prompt without tokens.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../../../testing/assert.ts";
 * import { encodeTokens } from "./encode.ts";
 * import { checkpointOf } from "../checkpoint/weights.ts";
 *
 * const config = {
 *   ...{ vocabSize: 100, dim: 32, heads: 4, headDim: 8, ffnDim: 48, layers: 1 },
 *   ...{ buckets: 32, maxDistance: 128, eps: 1e-6 },
 * };
 * const another = checkpointOf("/w/vae.safetensors", new Map());
 * await assertInputError(
 *   () => encodeTokens([[7, 1]], another, config, "cpu"),
 *   ...["text encoder", "/w/vae.safetensors", "blocks.0.attn.q.weight"],
 * );
 * ```
 */
export async function encodeTokens(
  prompts: readonly (readonly number[])[],
  checkpoint: Checkpoint,
  config: TextEncoderConfig,
  provider: Provider,
  { signal, onBlock, onFailed }: EncodeOptions = {},
): Promise<Float32Array[]> {
  if (prompts.some((ids) => ids.length === 0)) throw new RangeError("a prompt has no tokens");
  const states = await embedded(prompts, checkpoint, config);
  const failed = new Set<number>();
  for (let layer = 0; layer < config.layers; layer++) {
    signal?.throwIfAborted();
    const network = await openGraph(umt5Block(checkpoint, config, layer), provider);
    try {
      for (const [i, ids] of prompts.entries()) {
        signal?.throwIfAborted();
        if (failed.has(i)) continue;
        try {
          const { encoded } = await network.run(inputsOf(states[i], ids.length, config));
          states[i] = encoded;
        } catch (error) {
          if (!(error instanceof ClipError) || !onFailed) throw error;
          failed.add(i);
          states[i] = new Float32Array();
          onFailed(i, error);
        }
      }
    } finally {
      await network.close();
    }
    onBlock?.(layer + 1, config.layers);
  }
  return states;
}

/**
 * Hidden states padded with rows of zeros, as Wan's transformer takes them.
 *
 * @param states `[tokens, dim]`.
 * @param rows The padded length, at least `tokens`: 512 for Wan.
 * @returns `[rows, dim]`.
 * @throws {RangeError} for fewer rows than tokens, or an incomplete row.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { padded } from "./encode.ts";
 *
 * assertEquals(padded(Float32Array.of(1, 2), 2, 3), Float32Array.of(1, 2, 0, 0, 0, 0));
 * ```
 */
export function padded(states: Float32Array, dim: number, rows: number): Float32Array {
  if (states.length % dim !== 0 || states.length > rows * dim) {
    throw new RangeError(`${states.length} values do not fit ${rows} rows of ${dim}`);
  }
  const all = new Float32Array(rows * dim);
  all.set(states);
  return all;
}

function inputsOf(
  states: Float32Array,
  tokens: number,
  config: TextEncoderConfig,
): Record<string, Values> {
  return {
    states: { type: "float32", data: states, dims: [tokens, config.dim] },
    buckets: { type: "int64", data: relativeBuckets(tokens, config), dims: [tokens, tokens] },
  };
}

/** The tokens' embeddings: `[tokens, dim]` for each prompt. */
async function embedded(
  prompts: readonly (readonly number[])[],
  checkpoint: Checkpoint,
  { vocabSize, dim }: TextEncoderConfig,
): Promise<Float32Array[]> {
  const name = umt5Naming(checkpoint)("token_embedding.weight");
  const table = checkpoint.get(name, [vocabSize, dim]);
  const length = table.length / vocabSize;
  const rows = new Map<number, Float32Array>();
  for (const id of new Set(prompts.flat())) {
    if (!(Number.isInteger(id) && id >= 0 && id < vocabSize)) {
      throw new InputError(
        `Cannot find a token in tensor ${table.name} of ${table.file}: expected an id below ` +
          `${vocabSize}, found ${id}; the tokenizer belongs to another model`,
      );
    }
    rows.set(
      id,
      await readTensor({ ...table, shape: [dim], offset: table.offset + id * length, length }),
    );
  }
  return prompts.map((ids) => {
    const states = new Float32Array(ids.length * dim);
    ids.forEach((id, i) => states.set(rows.get(id)!, i * dim));
    return states;
  });
}
