/** How far a judge can be trusted: its verdicts on clips whose truth is known. */
import { type Dimension, DIMENSIONS } from "../../records/benchmark.ts";
import { defineTable } from "../../store/schema.ts";
import { cohenKappa, type Confusion, krippendorffAlpha, macroF1 } from "../agreement/raters.ts";
import { bootstrapCounts, type Estimate } from "../../scores/clusters.ts";

/** One verdict beside the truth. */
export interface KnownVerdict {
  world: string;
  /** What the clip is: `simulator`, `violator:<violation>` or `control:<control>`. */
  kind: string;
  task: number;
  seed: number;
  dimension: Dimension;
  criterion: number;
  /** +1 for a criterion that earns its weight, −1 for a penalty. */
  sign: 1 | -1;
  /** Whether the criterion is truly met; null where that is not certain. */
  truth: boolean | null;
  /** Which asking of the same question this is, from 0. */
  repeat: number;
  /** What the judge says; null where it gave no verdict. */
  met: boolean | null;
}

/** Measures that come with a 95% interval over tasks. */
export const RELIABILITY_MEASURES = [
  "sensitivity",
  "specificity",
  "macro_f1",
  "kappa",
  "errors_found",
  "false_alarms",
] as const;

export type ReliabilityMeasure = typeof RELIABILITY_MEASURES[number];

type Estimates = {
  [M in ReliabilityMeasure as M | `${M}_low` | `${M}_high`]: number | null;
};

/**
 * A judge's reliability on clips of one kind in one world and dimension (`all` for each): a row of the
 * table `calibration`.
 *
 * The class that counts as positive is "met", for positive criteria and for penalties alike:
 * - `sensitivity`: share of truly met criteria that the judge calls met;
 * - `specificity`: share of truly unmet criteria that it calls unmet. A judge that always says yes
 *   has sensitivity 1 and specificity 0.
 * - `macro_f1`, `kappa`: agreement of its verdicts with the truth (see `agreement.ts`).
 *
 * The two that follow count errors in the clip instead: a positive criterion that is truly unmet, or a
 * penalty that is truly met.
 * - `errors_found`: share of these that the judge charges to the clip;
 * - `false_alarms`: share of all other criteria that it charges.
 *
 * All are 0–1 but κ (−1 to 1), and null where not defined. Nulls of the judge and criteria whose truth
 * is not certain do not count.
 */
export interface Calibration extends Estimates {
  judge: string;
  judge_model: string;
  world: string;
  dimension: Dimension | "all";
  /** `all`, `simulator`, `violations` (all of them), `violator:<violation>`, `control:<control>`. */
  kind: string;
  clips: number;
  /** Verdicts on criteria whose truth is certain, over all repeats. */
  judged: number;
  /** Criteria of certain truth without a verdict, over all repeats. */
  nulls: number;
  repeats: number;
  /**
   * Share of the positive criteria about content that the judge credits to blank clips; a null credits
   * nothing. Null where there are no blank clips.
   */
  blank_credit: number | null;
  /** Share of criteria whose verdict (null being one) is the same in all repeats; null for one. */
  repeatability: number | null;
  /** Krippendorff's α with the repeats as raters; null for one. */
  repeat_alpha: number | null;
}

export const calibrationTable = defineTable<Calibration>({
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

const BLANK = "control:blank";

/**
 * A judge's reliability for every world, dimension and kind of clip that the verdicts hold, and for
 * all of each together.
 *
 * @param judge Whose verdicts these are.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { type KnownVerdict, reliability } from "./reliability.ts";
 *
 * const clip = { world: "mitosis", kind: "simulator", task: 5, seed: 0, repeat: 0 };
 * const yes: KnownVerdict[] = [
 *   { ...clip, dimension: "visual", criterion: 1, sign: 1, truth: true, met: true },
 *   { ...clip, dimension: "visual", criterion: 2, sign: -1, truth: false, met: true },
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
  const kinds = ["all", "violations", ...new Set(verdicts.map(({ kind }) => kind))];
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
  if (kind === "violations") return row.kind.startsWith("violator:");
  return kind === "all" || row.kind === kind;
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
    false_alarms: ([, , , , , , sound, accused]) => share(accused, sound),
  });
  const blank = certain.filter(({ kind, sign }) => kind === BLANK && sign > 0);
  const repeats = new Set(verdicts.map(({ repeat }) => repeat)).size;
  const judged = certain.filter(({ met }) => met !== null).length;
  return {
    clips: new Set(verdicts.map(({ kind, task, seed }) => `${kind} ${task} ${seed}`)).size,
    judged,
    nulls: certain.length - judged,
    repeats,
    ...flat(estimates),
    blank_credit: share(blank.filter(({ met }) => met).length, blank.length),
    ...repeated(verdicts, repeats),
  };
}

/** Counts that add up over tasks, in the order in which `measure` reads them. */
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

/** How equal the verdicts are when the same question is asked again. */
function repeated(
  verdicts: readonly KnownVerdict[],
  repeats: number,
): Pick<Calibration, "repeatability" | "repeat_alpha"> {
  if (repeats < 2) return { repeatability: null, repeat_alpha: null };
  const asked = Map.groupBy(
    verdicts,
    ({ kind, task, seed, dimension, criterion }) =>
      `${kind} ${task} ${seed} ${dimension} ${criterion}`,
  );
  const units = [...asked.values()].map((rows) => rows.map(({ met }) => met));
  const equal = units.filter((unit) => unit.every((met) => met === unit[0])).length;
  return { repeatability: share(equal, units.length), repeat_alpha: krippendorffAlpha(units) };
}
