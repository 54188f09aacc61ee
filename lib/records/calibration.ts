/** Calibration: how reliable judges are. */
import { defineTable, type TableSchema } from "../store/schema.ts";
import type { Dimension } from "./criterion.ts";

/** Measures that come with a 95% interval over tasks. */
export const RELIABILITY_MEASURES = [
  "sensitivity",
  "specificity",
  "macro_f1",
  "kappa",
  "errors_found",
  "false_alarms",
] as const;

/** One of them. */
export type ReliabilityMeasure = typeof RELIABILITY_MEASURES[number];

/** Each measure and the ends of its interval. */
export type Estimates = {
  [M in ReliabilityMeasure as M | `${M}_low` | `${M}_high`]: number | null;
};

/**
 * A judge's reliability on clips of one kind in one world and dimension (`all` for each): a row of
 * the table `calibration`.
 *
 * The positive class is "met", for positive criteria and for penalties alike:
 * - `sensitivity`: share of truly met criteria judged met;
 * - `specificity`: share of truly unmet criteria judged unmet. A judge that always answers yes has
 * sensitivity 1 and specificity 0.
 * - `macro_f1`, `kappa`: agreement of its verdicts with the truth (see `agreement.ts`).
 *
 * Two further measures count errors in the clip: a positive criterion that is truly unmet, or a
 * penalty that is truly met.
 * - `errors_found`: share of errors that the judge charges to the clip;
 * - `false_alarms`: share of all other criteria that the judge charges.
 *
 * All range from 0 to 1, except κ from −1 to 1, and are null if undefined. Null verdicts and
 * criteria of uncertain truth are excluded.
 */
export interface Calibration extends Estimates {
  /** The judge's name. */
  judge: string;
  /** The judge's version. */
  judge_model: string;
  /** The simulated world; `all` for all worlds. */
  world: string;
  /** The dimension; `all` for all criteria. */
  dimension: Dimension | "all";
  /** `all`, `true`, `violations` (all of them), or the name of a violation or control. */
  kind: string;
  /** Number of clips judged. */
  clips: number;
  /** Verdicts on criteria of certain truth, over all repeats. */
  judged: number;
  /** Criteria of certain truth without a verdict, over all repeats. */
  nulls: number;
  /** Number of times that each question was asked. */
  repeats: number;
  /**
   * Share of positive content criteria that the judge credits to blank clips; a null credits
   * nothing. Null if there are no blank clips.
   */
  blank_credit: number | null;
  /** Share of criteria with the same verdict (or null) in all repeats; null for a single repeat. */
  repeatability: number | null;
  /** Krippendorff's α with the repeats as raters; null for a single repeat. */
  repeat_alpha: number | null;
}

/** The table `calibration`. */
export const calibrationTable: TableSchema<Calibration> = defineTable({
  name: "calibration",
  columns: {
    judge: "utf8",
    judge_model: "utf8",
    world: "utf8",
    dimension: "utf8",
    kind: "utf8",
    clips: "int32",
    judged: "int32",
    nulls: "int32",
    repeats: "int32",
    sensitivity: "float64?",
    sensitivity_low: "float64?",
    sensitivity_high: "float64?",
    specificity: "float64?",
    specificity_low: "float64?",
    specificity_high: "float64?",
    macro_f1: "float64?",
    macro_f1_low: "float64?",
    macro_f1_high: "float64?",
    kappa: "float64?",
    kappa_low: "float64?",
    kappa_high: "float64?",
    errors_found: "float64?",
    errors_found_low: "float64?",
    errors_found_high: "float64?",
    false_alarms: "float64?",
    false_alarms_low: "float64?",
    false_alarms_high: "float64?",
    blank_credit: "float64?",
    repeatability: "float64?",
    repeat_alpha: "float64?",
  },
  identity: ["judge", "judge_model", "world", "dimension", "kind"],
});
