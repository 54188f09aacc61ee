/** The tokenizer of Wan's text encoder. */
import { PrecompiledNormalizer, SequenceNormalizer, Tokenizer } from "@huggingface/tokenizers";
import { z } from "zod";
import { InputError, messageOf } from "../../../errors.ts";
import { readCharsmap } from "./charsmap.ts";
import { readJson } from "../checkpoint/json.ts";

/** See {@link openTokenizer}. */
export interface PromptTokenizer {
  /**
   * The token ids of a prompt, truncated to `limit` and ending with `</s>`.
   *
   * @param limit The maximum number of tokens, including `</s>`: 512 for Wan.
   * @throws {InputError} for a prompt of more than 100,000 characters.
   */
  encode(prompt: string, limit: number): number[];
}

/** Far beyond any limit; tokenization takes memory for the whole prompt. */
const MAX_PROMPT = 100_000;

const END = "</s>";

interface PreTokenizer {
  type: string;
  replacement?: string;
  split?: boolean;
  pretokenizers?: PreTokenizer[];
}

const preTokenizer: z.ZodType<PreTokenizer> = z.looseObject({
  type: z.string(),
  replacement: z.string().length(1).optional(),
  split: z.boolean().optional(),
  get pretokenizers() {
    return z.array(preTokenizer).optional();
  },
});

const schema = z.looseObject({
  model: z.looseObject({
    type: z.literal("Unigram"),
    vocab: z.array(z.tuple([z.string(), z.number()])).nonempty(),
    unk_id: z.int().nonnegative(),
    byte_fallback: z.boolean().default(false),
  }),
  pre_tokenizer: preTokenizer,
});

/**
 * Opens a `tokenizer.json` with a Unigram model, such as UMT5's.
 *
 * Most of the work is done by Hugging Face's JavaScript package. Where it differs from their Rust
 * library, which models are trained with, this follows the latter: character maps are read rather than
 * assumed to be SentencePiece's usual one; Metaspace splits at spaces; and unknown pieces fall back to
 * bytes.
 *
 * @throws {InputError} for a file that is not such a tokenizer.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { openTokenizer } from "./tokenizer.ts";
 *
 * const vocab = [["<unk>", 0], ["</s>", 0], ["▁", -3], ["▁red", -2], ["▁cell", -2], ["s", -3]];
 * const id = "</s>";
 * const file = await Deno.makeTempFile({ suffix: ".json" });
 * await Deno.writeTextFile(
 *   file,
 *   JSON.stringify({
 *     added_tokens: [{ id: 1, content: id, special: true, normalized: false }],
 *     normalizer: { type: "NFKC" },
 *     pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "always" },
 *     post_processor: {
 *       type: "TemplateProcessing",
 *       single: [{ Sequence: { id: "A", type_id: 0 } }, { SpecialToken: { id, type_id: 0 } }],
 *       special_tokens: { "</s>": { id, ids: [1], tokens: [id] } },
 *     },
 *     decoder: null,
 *     model: { type: "Unigram", unk_id: 0, vocab },
 *   }),
 * );
 * const tokenizer = await openTokenizer(file);
 * assertEquals(tokenizer.encode("red cells", 512), [3, 4, 5, 1]);
 * assertEquals(tokenizer.encode("red cells", 2), [3, 1]);
 * await Deno.remove(file);
 * ```
 */
export async function openTokenizer(file: string): Promise<PromptTokenizer> {
  const json = await readJson(file, schema);
  const { unk_id: unknown, byte_fallback: fallsBack, vocab } = json.model;
  const tokenizer = make({ ...json, pre_tokenizer: splitting(json.pre_tokenizer) }, file);
  readCharsmaps(tokenizer.normalizer, file);
  const idOf = new Map(vocab.map(([piece], id) => [piece, id]));
  const bytes = Array.from({ length: 256 }, (_, byte) => idOf.get(pieceOf(byte)));
  const utf8 = new TextEncoder();
  const idsOf = (token: string): readonly number[] => {
    const id = tokenizer.token_to_id(token);
    if (id !== undefined) return [id];
    const fallback = fallsBack ? Array.from(utf8.encode(token), (byte) => bytes[byte]) : [];
    return fallback.length > 0 && fallback.every((id) => id !== undefined) ? fallback : [unknown];
  };
  const end = tokenizer.encode("").ids;
  if (end.length !== 1 || end[0] !== tokenizer.token_to_id(END)) {
    throw new InputError(
      `Cannot use ${file}: expected a post_processor that adds ${END}, found one that adds ` +
        `[${tokenizer.encode("").tokens}]`,
    );
  }
  return {
    encode(prompt, limit) {
      if (prompt.length > MAX_PROMPT) {
        throw new InputError(
          `Cannot tokenize a prompt of ${prompt.length} characters; expected at most ${MAX_PROMPT}`,
        );
      }
      const ids = tokenizer.tokenize(prompt).flatMap(idsOf);
      return [...ids.slice(0, limit - end.length), ...end];
    },
  };
}

/** A byte's piece in the vocabulary. */
function pieceOf(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}

function make(json: object, file: string): Tokenizer {
  try {
    return new Tokenizer(json, { eos_token: END });
  } catch (error) {
    throw new InputError(`Cannot use ${file}: ${messageOf(error)}`);
  }
}

/** Metaspace followed by a split before every replaced space, which the package omits. */
function splitting(given: PreTokenizer): PreTokenizer & Record<string, unknown> {
  if (given.type === "Sequence" && given.pretokenizers) {
    return { ...given, pretokenizers: given.pretokenizers.map(splitting) };
  }
  if (given.type !== "Metaspace" || given.split === false) return { ...given };
  const space = given.replacement ?? "▁";
  const words = { type: "Split", pattern: { Regex: `${space}?[^${space}]+|${space}` } };
  return { type: "Sequence", pretokenizers: [given, { ...words, invert: true } as PreTokenizer] };
}

/** Applies the file's own character maps, where the package approximates the usual one. */
function readCharsmaps(normalizer: Tokenizer["normalizer"], file: string): void {
  if (normalizer instanceof SequenceNormalizer) {
    for (const one of normalizer.normalizers) readCharsmaps(one, file);
  }
  if (!(normalizer instanceof PrecompiledNormalizer)) return;
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.fromBase64(normalizer.charsmap ?? "");
  } catch (error) {
    throw new InputError(`Cannot read the character map of ${file}: ${messageOf(error)}`);
  }
  normalizer.normalize = readCharsmap(bytes, file);
}
