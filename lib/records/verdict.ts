/** Verdicts: what judges make of clips. */
import { defineTable, type TableSchema } from "../store/schema.ts";
import type { Dimension } from "./criterion.ts";

/** One criterion of one clip, judged or not: a row of the table `verdicts`. */
export interface Verdict {
  /** The judge's name. */
  judge: string;
  /** The judge's version: a model snapshot, or the probes' code version. */
  judge_model: string;
  /** The video model's name. */
  model: string;
  /** The task's number. */
  task: number;
  /** The clip's seed. */
  seed: number;
  /** The criterion's, within its task. */
  id: string;
  /** `criterionHash` of the criterion's text when it was judged. */
  criterion_hash: string;
  /** The criterion's. */
  dimension: Dimension;
  /** The criterion's place in its block when it was judged, from 1. */
  place: number;
  /** Null where it could not be judged; `reason` then says why. Null is never 0. */
  met: boolean | null;
  /** Why there is no verdict, or what to know of one that there is. */
  reason: string;
  /** What the verdict rests on: a measured number with its unit, a judge's own words. */
  evidence: string;
  /** SHA-256 of the clip's file; empty where it is not known. */
  clip_sha256: string;
  /** Hash of the frames that the judge was shown. */
  frames_hash: string;
  /** Hash of what was asked; empty for a judge that is asked nothing in words. */
  prompt_hash: string;
  /** Requests sent; 1 for a judge that sends none. */
  attempts: number;
  /** Milliseconds of wall-clock time. */
  latency_ms: number;
  /** This criterion's share of the request's tokens. */
  prompt_tokens: number;
  /** This criterion's share of the answer's tokens. */
  completion_tokens: number;
  /** US dollars. */
  cost_usd: number;
  /** Hash of all that the verdict was made from. */
  key: string;
}

/** The table `verdicts`. */
export const verdictsTable: TableSchema<Verdict> = defineTable({
  name: "verdicts",
  columns: {
    judge: "utf8",
    judge_model: "utf8",
    model: "utf8",
    task: "int32",
    seed: "int32",
    id: "utf8",
    criterion_hash: "utf8",
    dimension: "utf8",
    place: "int32",
    met: "bool?",
    reason: "utf8",
    evidence: "utf8",
    clip_sha256: "utf8",
    frames_hash: "utf8",
    prompt_hash: "utf8",
    attempts: "int32",
    latency_ms: "float64",
    prompt_tokens: "int32",
    completion_tokens: "int32",
    cost_usd: "float64",
    key: "utf8",
  },
  identity: ["judge", "judge_model", "model", "task", "seed", "id"],
});

/** Of verdicts that were measured, read or given by people: no prompt, no tokens, no cost. */
export const UNASKED = {
  prompt_hash: "",
  attempts: 1,
  latency_ms: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  cost_usd: 0,
} as const satisfies Partial<Verdict>;

/** How the reason of a verdict begins whose score is a number, but neither 0 nor 1. */
export const NON_BINARY = "score is neither 0 nor 1";
