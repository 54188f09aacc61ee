/** Criteria: what a clip of a task must or must not show. */
import { sha256 } from "../store/key.ts";
import { defineTable, type TableSchema } from "../store/schema.ts";

/** The dimensions that group criteria, in the paper's order. */
export const DIMENSIONS = ["scientific", "visual", "instruction"] as const;

/** What a criterion is about. */
export type Dimension = typeof DIMENSIONS[number];

/** A weighted, signed statement about a clip: a row of the table `criteria`. */
export interface Criterion {
  /** The benchmark's name. */
  benchmark: string;
  /** The task's number. */
  task: number;
  /** Independent of the order of a task's criteria; for the release, see `releaseId`. */
  id: string;
  /** The dimension that it belongs to. */
  dimension: Dimension;
  /** Position in its block from 1, the number shown to judges. */
  place: number;
  /** Number in the benchmark's own key: 1 for `d1`, but 22 for a mis-keyed `d22`. */
  criterion: number;
  /** What the clip must or must not show. */
  description: string;
  /** +1 if meeting the criterion earns its weight, −1 if it costs it. */
  sign: 1 | -1;
  /** The weight used in scoring: 1, 0.5, 0.2 (or 0, in the release). */
  weight: number;
  /** The weight before normalisation. */
  raw_weight: number;
  /** The probe's binding as JSON (see `judges/probe`); empty if no probe can decide it. */
  probe: string;
}

/** The table `criteria`. */
export const criteriaTable: TableSchema<Criterion> = defineTable({
  name: "criteria",
  columns: {
    benchmark: "utf8",
    task: "int32",
    id: "utf8",
    dimension: "utf8",
    place: "int32",
    criterion: "int32",
    description: "utf8",
    sign: "int32",
    weight: "float64",
    raw_weight: "float64",
    probe: "utf8",
  },
  identity: ["benchmark", "task", "dimension", "place"],
});

/**
 * The hash of a criterion's text that verdicts record, so that a changed text makes them stale: 16
 * hexadecimal digits of its SHA-256.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { criterionHash } from "./criterion.ts";
 *
 * assertEquals(criterionHash("It is sharp.").length, 16);
 * ```
 */
export function criterionHash(description: string): string {
  return sha256(description).slice(0, 16);
}
