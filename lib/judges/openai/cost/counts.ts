/** Which token counts of a server are believed. */

/** Tokens of a request and of its answer, as counted by the server. */
export interface Counts {
  /** An integer from 0. */
  prompt_tokens: number;
  /** An integer from 0; reasoning included. */
  completion_tokens: number;
}

/** No model reads or writes more at a time; a larger count is a mistake. */
export const MOST_TOKENS = 10_000_000;

/**
 * Characters, without white space, that a token stands for at most. English has 4 to 5, and no
 * tokenizer comes near this with words; a count that asks for more leaves something out.
 */
const MOST_CHARACTERS = 16;

/**
 * The counts of an answer's `usage` if they are credible, otherwise null. Credible counts are
 * integers from 0 to {@link MOST_TOKENS} (a prompt has at least 1), and at least one token for every
 * 16 characters of text that was sent or received. Pictures add nothing to this lower bound:
 * servers differ too much.
 *
 * @param text.sent Text of the request, as far as known.
 * @param text.received Text of the answer.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { credibleCounts } from "./counts.ts";
 *
 * const counts = { prompt_tokens: 900, completion_tokens: 12 };
 * assertEquals(credibleCounts({ ...counts, total_tokens: 912 }), counts);
 * for (const wrong of [10.5, -1, 1e12, "900", null, undefined]) {
 *   assertEquals(credibleCounts({ ...counts, prompt_tokens: wrong }), null);
 * }
 * assertEquals(credibleCounts(counts, { received: "word ".repeat(100) }), null);
 * ```
 */
export function credibleCounts(
  usage: unknown,
  text: { sent?: string; received?: string } = {},
): Counts | null {
  const { prompt_tokens, completion_tokens } = Object(usage) as Record<string, unknown>;
  const { sent = "", received = "" } = text;
  if (!isCount(prompt_tokens, Math.max(1, fewestTokens(sent)))) return null;
  if (!isCount(completion_tokens, fewestTokens(received))) return null;
  return { prompt_tokens, completion_tokens };
}

function isCount(value: unknown, least: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= least &&
    value <= MOST_TOKENS;
}

function fewestTokens(text: string): number {
  let characters = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 32) characters += 1;
  return Math.ceil(characters / MOST_CHARACTERS);
}
