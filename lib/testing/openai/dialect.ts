/** What a dialect of servers is, and what is expected of those who ask in it. */
import type { Completion, DialectAnswer, DialectRequest } from "./dialect_server.ts";

/** A dialect, and what is expected of {@link QUESTIONS} that are asked in it one after another. */
export interface ServerDialect {
  /** Whose words they are, and about what. */
  name: string;
  /** The path of the base URL; `/v1` by default. */
  path?: string;
  answer(request: DialectRequest): DialectAnswer;
  /** What the judge is asked with, beside the defaults. */
  settings?: { reasoning_effort?: string };
  apiKey?: string;
  headers?: Record<string, string>;
  /** Requests that the server gets. */
  requests: number;
  /** What becomes of it: verdicts for all, null for some with a reason, or one line for all. */
  outcome: "verdicts" | { nulls: number; reason: RegExp } | { line: RegExp };
  /** What stands beside the verdicts; nothing by default. */
  note?: RegExp;
  /** Tokens of thinking that are counted for each answer; 0 by default. */
  thinking?: number;
}

/** Questions asked of each dialect. */
export const QUESTIONS = 8;

/** Changes the text of an answer. */
export const saying = (content: (given: string) => string | null): DialectAnswer => ({
  change({ choices: [choice] }: Completion) {
    choice.message.content = content(choice.message.content!);
  },
});

/** An error as OpenAI sends it. */
export const openaiError = (message: string, more: Record<string, unknown> = {}) => ({
  error: { message, type: "invalid_request_error", param: null, code: null, ...more },
});
