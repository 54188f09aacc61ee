/** What a verdict says of asking where nothing was asked. */
import type { Verdict } from "./judge.ts";

/** Of verdicts that were measured, read or given by people: no prompt, no tokens, no cost. */
export const UNASKED = {
  prompt_hash: "",
  attempts: 1,
  latency_ms: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  cost_usd: 0,
} as const satisfies Partial<Verdict>;
