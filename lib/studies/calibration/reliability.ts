/** A judge's reliability, from its verdicts on clips with known ground truth. */
import { type Dimension, DIMENSIONS } from "../../records/criterion.ts";
import {
  type Calibration,
  type Estimates,
  RELIABILITY_MEASURES,
  type ReliabilityMeasure,
} from "../../records/calibration.ts";
import { cohenKappa, type Confusion, krippendorffAlpha, macroF1 } from "../agreement/raters.ts";
import type { Control } from "../../worlds/rubric.ts";
import { isControl } from "./truth.ts";
import { bootstrapCounts, type Estimate } from "../../scores/clusters.ts";

/** A verdict with the ground truth. */
export interface KnownVerdict {
  /** The simulated world. */
  world: string;
  /** The violation or control planted in the clip; empty for a true clip. */
  violation: string;
  /** The task's number. */
  task: number;
  /** The clip's seed. */
  seed: number;
  /** The criterion's id. */
  id: string;
  /** The criterion's. */
  dimension: Dimension;
  /** +1 for a positive criterion, −1 for a penalty. */
  sign: 1 | -1;
  /** Whether the criterion is truly met; null if uncertain. */
  truth: boolean | null;
  /** The repeat of the same question, from 0. */
  repeat: number;
  /** The judge's verdict; null if it gave none. */
  met: boolean | null;
}

const BLANK: Control = "blank";

/**
 * A judge's reliability for every world, dimension and kind of clip among the verdicts, and for all
 * of each together.
 *
 * @param judge The judge that gave these verdicts.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { type KnownVerdict, reliability } from "./reliability.ts";
 *
 * const clip = { world: "mitosis", violation: "", task: 5, seed: 0, repeat: 0 };
 * const yes: KnownVerdict[] = [
 *   { ...clip, dimension: "visual", id: "sharp", sign: 1, truth: true, met: true },
 *   { ...clip, dimension: "visual", id: "still", sign: -1, truth: false, met: true },
 * ];
 * const [{ sensitivity, specificity, false_alarms }] = reliability("yes", "1", yes);
 * assertEquals([sensitivity, specificity, false_alarms], [1, 0, 0.5]);
 * ```
 */
export function reliability(
  judge: string,
  judge_model: string,
  verdicts: readonly KnownVerdict[],
): Calibration[] {
  const worlds = ["all", ...new Set(verdicts.map(({ world }) => world))];
  const kinds = ["all", "violations", ...new Set(verdicts.map(kindOf))];
  const rows: Calibration[] = [];
  for (const world of worlds) {
    const inWorld = verdicts.filter((row) => world === "all" || row.world === world);
    for (const dimension of ["all", ...DIMENSIONS] as const) {
      const inBoth = inWorld.filter((row) => dimension === "all" || row.dimension === dimension);
      for (const kind of kinds) {
        const own = inBoth.filter((row) => isOf(kind, row));
        if (own.length === 0) continue;
        rows.push({ judge, judge_model, world, dimension, kind, ...measure(own) });
      }
    }
  }
  return rows;
}

function isOf(kind: string, row: KnownVerdict): boolean {
  if (kind === "violations") return row.violation !== "" && !isControl(row.violation);
  return kind === "all" || kindOf(row) === kind;
}

/** The kind of clip in a row of the table. */
function kindOf({ violation }: KnownVerdict): string {
  return violation || "true";
}

function measure(
  verdicts: readonly KnownVerdict[],
): Omit<Calibration, "judge" | "judge_model" | "world" | "dimension" | "kind"> {
  const certain = verdicts.filter(({ truth }) => truth !== null);
  const clusters = [...Map.groupBy(certain, ({ task }) => task)].toSorted(([a], [b]) => a - b)
    .map(([, own]) => countsOf(own));
  const estimates = bootstrapCounts(clusters, {
    sensitivity: ([bothMet, missed]) => share(bothMet, bothMet + missed),
    specificity: ([, , credited, neitherMet]) => share(neitherMet, credited + neitherMet),
    macro_f1: (counts) => macroF1(confusion(counts)),
    kappa: (counts) => cohenKappa(confusion(counts)),
    errors_found: ([, , , , errors, found]) => share(found, errors),
    false_alarms: ([, , , , , , sound, flagged]) => share(flagged, sound),
  });
  const blank = certain.filter(({ violation, sign }) => violation === BLANK && sign > 0);
  const repeats = new Set(verdicts.map(({ repeat }) => repeat)).size;
  const judged = certain.filter(({ met }) => met !== null).length;
  return {
    clips:
      new Set(verdicts.map(({ violation, task, seed }) => `${violation} ${task} ${seed}`)).size,
    judged,
    nulls: certain.length - judged,
    repeats,
    ...flat(estimates),
    blank_credit: share(blank.filter(({ met }) => met).length, blank.length),
    ...repeated(verdicts, repeats),
  };
}

/** Counts that are additive over tasks, in the order in which `measure` reads them. */
function countsOf(verdicts: readonly KnownVerdict[]): number[] {
  const counts = new Array(8).fill(0);
  for (const { truth, met, sign } of verdicts) {
    if (met === null) continue;
    counts[truth ? (met ? 0 : 1) : (met ? 2 : 3)]++;
    const charged = met === sign < 0;
    const broken = truth === sign < 0;
    counts[broken ? 4 : 6]++;
    if (charged) counts[broken ? 5 : 7]++;
  }
  return counts;
}

function confusion([bothMet, firstOnly, secondOnly, neitherMet]: Float64Array): Confusion {
  return { bothMet, firstOnly, secondOnly, neitherMet };
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

function flat(estimates: Record<ReliabilityMeasure, Estimate>): Estimates {
  return Object.fromEntries(
    RELIABILITY_MEASURES.flatMap((name) => {
      const { value, low, high } = estimates[name];
      return [[name, value], [`${name}_low`, low], [`${name}_high`, high]];
    }),
  ) as Estimates;
}

/** Agreement of the verdicts when the same question is repeated. */
function repeated(
  verdicts: readonly KnownVerdict[],
  repeats: number,
): Pick<Calibration, "repeatability" | "repeat_alpha"> {
  if (repeats < 2) return { repeatability: null, repeat_alpha: null };
  const asked = Map.groupBy(
    verdicts,
    ({ violation, task, seed, id }) => `${violation} ${task} ${seed} ${id}`,
  );
  const units = [...asked.values()].map((rows) => rows.map(({ met }) => met));
  const equal = units.filter((unit) => unit.every((met) => met === unit[0])).length;
  return { repeatability: share(equal, units.length), repeat_alpha: krippendorffAlpha(units) };
}
