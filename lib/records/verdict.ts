/** Verdicts: judges' decisions on clips. */
import { defineTable, type TableSchema } from "../store/schema.ts";
import { type Criterion, criterionHash, type Dimension } from "./criterion.ts";
import type { Task } from "./task.ts";

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
  /** `askedHash` of what else was asked; empty if unknown. */
  asked_hash: string;
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
  /** This criterion's share of the completion tokens, thinking included. */
  completion_tokens: number;
  /** Of these, tokens of thinking; 0 where they were not counted. */
  reasoning_tokens: number;
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
    asked_hash: "utf8",
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
    reasoning_tokens: "int32",
    cost_usd: "float64",
    key: "utf8",
  },
  identity: ["judge", "judge_model", "model", "task", "seed", "id"],
  added: { asked_hash: "", reasoning_tokens: 0 },
});

/**
 * Fields of verdicts that were measured, imported or given by people: no prompt, tokens or cost.
 */
export const UNASKED = {
  asked_hash: "",
  prompt_hash: "",
  attempts: 1,
  latency_ms: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  reasoning_tokens: 0,
  cost_usd: 0,
} as const satisfies Partial<Verdict>;

/** Prefix of the reason for a verdict whose score is a number other than 0 and 1. */
export const NON_BINARY = "score is neither 0 nor 1";

/** What a verdict was asked beside the criterion's text, in the order of `asked_hash`. */
export const ASKED = ["prompt", "requirement", "sign", "probe"] as const;

/**
 * Hashes of what a judge was asked of a criterion beside its text, joined by dots in the order of
 * {@link ASKED}, so that what has changed since can be named. The last is empty for a judge that does
 * not read limits.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import type { Criterion } from "./criterion.ts";
 * import { askedChange, askedHash } from "./verdict.ts";
 *
 * const task = { prompt: "A cell divides.", requirement: "One becomes two." };
 * const criterion = { sign: 1, probe: '{"min":2}' } as Criterion;
 * const limit = { ...criterion, probe: '{"min":3}' };
 * const [measured, seen] = [true, false].map((reads) => askedHash(task, criterion, reads));
 * assertEquals(askedChange(measured, task, limit), "probe");
 * assertEquals(askedChange(seen, task, limit), null);
 * assertEquals(askedChange(seen, { ...task, prompt: "Two cells." }, criterion), "prompt");
 * assertEquals(askedChange("", { ...task, prompt: "Two cells." }, criterion), null);
 * ```
 */
export function askedHash(
  { prompt, requirement }: Pick<Task, "prompt" | "requirement">,
  { sign, probe }: Pick<Criterion, "sign" | "probe">,
  readsLimits: boolean,
): string {
  const parts = [prompt, requirement, String(sign)].map(criterionHash);
  return [...parts, readsLimits ? criterionHash(probe) : ""].join(".");
}

/** What of it is asked otherwise now; null if nothing is, or if it is unknown what was asked. */
export function askedChange(
  asked: string,
  task: Pick<Task, "prompt" | "requirement">,
  criterion: Pick<Criterion, "sign" | "probe">,
): typeof ASKED[number] | null {
  if (!asked) return null;
  const was = asked.split(".");
  const now = askedHash(task, criterion, true).split(".");
  return ASKED.find((_, i) => was[i] !== "" && was[i] !== now[i]) ?? null;
}
