/** What every judge answers: a clip of a task in, one verdict per criterion out. */
import type { Criterion, Dimension, Task } from "../benchmark/types.ts";
import type { Video } from "../video/types.ts";

/** One criterion of one clip, judged or not: a row of the table `verdicts`. */
export interface Verdict {
  judge: string;
  /** The judge's version: a model snapshot, or the probes' code version. */
  judge_model: string;
  model: string;
  task: number;
  seed: number;
  dimension: Dimension;
  /** The criterion's place in its block, from 1: its number under repaired keys. */
  criterion: number;
  /** Null where it could not be judged; `reason` then says why. Null is never 0. */
  met: boolean | null;
  reason: string;
  /** What the verdict rests on: a measured number with its unit, a judge's own words. */
  evidence: string;
  frames_hash: string;
  prompt_hash: string;
  attempts: number;
  /** Milliseconds of wall-clock time. */
  latency_ms: number;
  prompt_tokens: number;
  completion_tokens: number;
  /** US dollars. */
  cost_usd: number;
  /** Hash of all that the verdict was made from. */
  key: string;
}

/** A verdict before the columns that say whose it is. */
export interface Ruling {
  dimension: Dimension;
  /** The criterion's place in its block, from 1. */
  criterion: number;
  met: boolean | null;
  reason: string;
  evidence: string;
}

/** A judge that looks at frames. */
export interface Judge {
  readonly name: string;
  readonly model: string;
  /** All that a ruling depends on beside task, criteria and frames. */
  readonly fingerprint: string;
  judge(
    task: Task,
    criteria: readonly Criterion[],
    video: Video,
    options: { signal?: AbortSignal },
  ): Promise<Ruling[]>;
}

/** How the reason of a verdict begins whose score is a number, but neither 0 nor 1. */
export const NON_BINARY = "score is neither 0 nor 1";
