/** What batches are sent with, and what comes of a call. */
import type { AnswerCache } from "../client/ask.ts";
import type { Refusal } from "../client/refusal.ts";
import type { BudgetReached } from "../cost/budget.ts";
import type { BatchLimits } from "./batch_files.ts";
import type { BatchMoney } from "./batch_money.ts";

/** The state of the requests, for progress displays. */
export interface BatchProgress {
  /** Requests in progress. */
  in_flight: number;
  /** Completed ones among these, according to the server. */
  done: number;
  /** The batches in progress: the server's id and status. */
  batches: { batch: string; status: string }[];
}

/** See `runBatches`. */
export interface BatchOptions {
  /** Base URL, including `/v1`. */
  baseUrl: string;
  /** Null for a server without authentication. */
  apiKey: string | null;
  /** Headers of the user's own; their values are secret. */
  headers?: Readonly<Record<string, string>>;
  answers: AnswerCache;
  /** Takes what a line was refused for, so that the next batch is sent in another form. */
  learn?(refusal: Refusal): void;
  /** The state's file; unsent requests are written next to it. */
  statePath: string;
  /** Milliseconds between polls; a minute by default. */
  pollMs?: number;
  /** If false, polls once and leaves batches in progress to a later call. */
  wait?: boolean;
  onProgress?: (progress: BatchProgress) => void;
  limits?: BatchLimits;
  /** Whether requests that failed in any earlier call are not sent again. */
  leaveFailed?: boolean;
  /** What batches may cost; absent for no limit and no account. */
  money?: BatchMoney;
  signal?: AbortSignal;
}

/** The outcome of one call. */
export interface BatchReport {
  /** Requests sent by this call. */
  submitted: number;
  /** Requests still in progress. */
  in_flight: number;
  /** Answers cached by this call. */
  answered: number;
  /**
   * Requests that this call found to have ended without an answer: the next call sends them again.
   */
  failed: { key: string; reason: string }[];
  /** Requests that were not sent because a batch of them did not fit into the budget. */
  unsent: string[];
  /** The error that says so; null if all were sent. */
  reached: BudgetReached | null;
  /** US dollars that the requests in progress can cost at most. */
  in_flight_usd: number;
  /** Answers without a credible token count. */
  uncounted: number;
  /** Tokens of the answers cached by this call. */
  prompt_tokens: number;
  completion_tokens: number;
}
