/** Which token counts of a server are believed. */

/** Tokens of a request and of its answer, as counted by the server. */
export interface Counts {
  /** An integer from 0. */
  prompt_tokens: number;
  /** An integer from 0; thinking included. */
  completion_tokens: number;
  /** Of these, tokens of thinking; absent for none. */
  reasoning_tokens?: number;
}

/** No model reads or writes more at a time; a larger count is a mistake. */
const MOST_TOKENS = 10_000_000;

/**
 * Characters, without white space, that a token stands for at most. English has 4 to 5, and no
 * tokenizer comes near this with words; a count that asks for more leaves something out.
 */
const MOST_CHARACTERS = 16;

/**
 * The counts of an answer's `usage` if they are credible, otherwise null. Credible counts are
 * integers from 0 to {@link MOST_TOKENS} (a prompt has at least 1), and at least one token for every
 * 16 characters of text that was sent or received. Pictures add nothing to this lower bound:
 * servers differ too much. Tokens of thinking are part of the answer's, also where a server counts
 * them beside it (xAI), or in the total alone (Gemini).
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
 * assertEquals(credibleCounts({ ...counts, total_tokens: 1012 }), {
 *   prompt_tokens: 900, completion_tokens: 112, reasoning_tokens: 100,
 * });
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
  const { prompt_tokens, completion_tokens: answer } = Object(usage) as Record<string, unknown>;
  const { sent = "", received = "" } = text;
  if (!isCount(prompt_tokens, Math.max(1, fewestTokens(sent)))) return null;
  if (!isCount(answer, 0)) return null;
  const { inside, beside } = thinkingOf(Object(usage), prompt_tokens, answer);
  const completion_tokens = answer + beside;
  if (!isCount(completion_tokens, fewestTokens(received))) return null;
  const reasoning_tokens = inside + beside;
  return { prompt_tokens, completion_tokens, ...(reasoning_tokens > 0 && { reasoning_tokens }) };
}

/** Tokens of thinking: those that a server counts as part of the answer, and those beside it. */
function thinkingOf(
  { total_tokens, completion_tokens_details, reasoning_tokens }: Record<string, unknown>,
  prompt: number,
  answer: number,
): { inside: number; beside: number } {
  const details = Object(completion_tokens_details) as Record<string, unknown>;
  const counted = details.reasoning_tokens ?? reasoning_tokens;
  const thinking = isCount(counted, 0) ? counted : 0;
  const more = isCount(total_tokens, 0) ? Math.max(0, total_tokens - prompt - answer) : 0;
  if (more > 0) return { inside: Math.max(0, thinking - more), beside: more };
  return thinking > answer ? { inside: 0, beside: thinking } : { inside: thinking, beside: 0 };
}

function isCount(value: unknown, least: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= least &&
    value <= MOST_TOKENS;
}

/**
 * Tokens that a text has at least: one for every {@link MOST_CHARACTERS} characters.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { fewestTokens } from "./counts.ts";
 *
 * assertEquals(["", "Two cells.", "word ".repeat(100)].map(fewestTokens), [0, 1, 25]);
 * ```
 */
export function fewestTokens(text: string): number {
  let characters = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 32) characters += 1;
  return Math.ceil(characters / MOST_CHARACTERS);
}
