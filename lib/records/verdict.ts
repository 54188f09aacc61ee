/** Verdicts: judges' decisions on clips. */
import { defineTable, type TableSchema } from "../store/schema.ts";
import type { Dimension } from "./criterion.ts";

/** One criterion of one clip, judged or not: a row of the table `verdicts`. */
export interface Verdict {
  /** The judge's name. */
  judge: string;
  /** The judge's version: a model snapshot, or the code version of the probe. */
  judge_model: string;
  /** The video model's name. */
  model: string;
  /** The task's number. */
  task: number;
  /** The clip's seed. */
  seed: number;
  /** The criterion's id, unique within its task. */
  id: string;
  /** `criterionHash` of the criterion's text as judged. */
  criterion_hash: string;
  /** The criterion's. */
  dimension: Dimension;
  /** The criterion's position in its block as judged, from 1. */
  place: number;
  /** Null if it could not be judged; `reason` then says why. Null never counts as 0. */
  met: boolean | null;
  /** Why there is no verdict, or a remark on the verdict. */
  reason: string;
  /** Evidence for the verdict: a measured value with its unit, or the judge's own words. */
  evidence: string;
  /** SHA-256 of the clip's file; empty if unknown. */
  clip_sha256: string;
  /** Hash of the frames shown to the judge. */
  frames_hash: string;
  /** Hash of what was asked; empty for a judge that is asked nothing in words. */
  prompt_hash: string;
  /** Number of requests sent; 1 for a judge that sends none. */
  attempts: number;
  /** Wall-clock time in milliseconds. */
  latency_ms: number;
  /** This criterion's share of the prompt tokens. */
  prompt_tokens: number;
  /** This criterion's share of the completion tokens. */
  completion_tokens: number;
  /** US dollars. */
  cost_usd: number;
  /** Hash of everything that determines the verdict. */
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

/**
 * Fields of verdicts that were measured, imported or given by people: no prompt, tokens or cost.
 */
export const UNASKED = {
  prompt_hash: "",
  attempts: 1,
  latency_ms: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  cost_usd: 0,
} as const satisfies Partial<Verdict>;

/** Prefix of the reason for a verdict whose score is a number other than 0 and 1. */
export const NON_BINARY = "score is neither 0 nor 1";
