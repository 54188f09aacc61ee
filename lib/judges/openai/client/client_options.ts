/** How a client is opened, and what it tells of its traffic. */
import type { Uniform } from "../../../random.ts";
import type { Clock, LimiterState } from "./limiter.ts";

/** Traffic events, for progress displays. No event contains an API key. */
export type ChatEvent =
  | { kind: "retry"; attempt: number; reason: string; wait_ms: number }
  | { kind: "pause"; reason: string; wait_ms: number }
  /** Once, where a question was refused before any was answered: what to try. */
  | { kind: "advice"; reason: string; advice: string }
  | { kind: "limit"; from: number; to: number };

/** Counters since the client was created. */
export interface ChatStats {
  /** Requests sent, including repeated ones. */
  sent: number;
  answered: number;
  /** Requests repeated after a failure. */
  retried: number;
  /** Requests given up. */
  failed: number;
  /** Number of times that the server signalled overload. */
  throttled: number;
  timeouts: number;
  /** Answers without a credible token count from the server: their replies have 0. */
  uncounted: number;
  prompt_tokens: number;
  /** Thinking included. */
  completion_tokens: number;
  reasoning_tokens: number;
  limiter: LimiterState;
}

/** What a client is opened with. */
export interface ChatClientOptions {
  /** Base URL, including `/v1`. */
  baseUrl: string;
  /** Null for a server without authentication. */
  apiKey: string | null;
  /** Headers of the user's own, sent with each request; their values are secret. */
  headers?: Readonly<Record<string, string>>;
  /** The proxy that requests go through, for messages; null for none. */
  proxy?: string | null;
  /** Initial and maximum number of concurrent requests: an integer from 1. */
  concurrency: number;
  /** Time limit of one attempt in milliseconds, including the last byte of its answer. */
  timeoutMs: number;
  /** Maximum number of attempts per request; 5 by default. */
  attempts?: number;
  /** Maximum backoff between two attempts in milliseconds; 30 s by default. */
  maxBackoffMs?: number;
  onEvent?: (event: ChatEvent) => void;
  clock?: Clock;
  /** Randomises the backoff; no result depends on it. */
  jitter?: Uniform;
}
