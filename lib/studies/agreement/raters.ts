/** Agreement of raters on the same criteria. */
import { bootstrapCounts, type Estimate } from "../../scores/clusters.ts";

/** Two raters' verdicts on one criterion of one clip. */
export interface RatedPair {
  /** The cluster: the criteria, clips and seeds of a task are resampled together. */
  task: number;
  /** Whether the criterion is met; null if the rater gave no verdict. */
  first: boolean | null;
  second: boolean | null;
}

/** Counts of two raters' verdicts on the same criteria. */
export interface Confusion {
  bothMet: number;
  /** Met according to the first only. */
  firstOnly: number;
  /** Met according to the second only. */
  secondOnly: number;
  neitherMet: number;
}

/** Agreement of two raters, each measure with a 95% interval over tasks. */
export interface Agreement {
  /** Criteria judged by both. */
  pairs: number;
  /** Criteria excluded because at least one rater gave no verdict. */
  nulls: number;
  /** Share of pairs with equal verdicts, 0–1. */
  raw: Estimate;
  /** Cohen's κ, −1 to 1. */
  kappa: Estimate;
  /** Mean F1 of the classes met and unmet, 0–1. */
  macro_f1: Estimate;
  /** Krippendorff's α for nominal data, at most 1. */
  alpha: Estimate;
}

/**
 * Raw agreement, Cohen's κ, macro-F1 and Krippendorff's α of two raters, with 95% bootstrap
 * intervals over tasks. Pairs with a null are excluded and counted. All four are symmetric in the
 * raters (for macro-F1, swapping raters swaps precision and recall, which leaves F1 unchanged).
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { compareRaters } from "./raters.ts";
 *
 * const { raw, kappa, nulls } = compareRaters([
 *   { task: 1, first: true, second: true },
 *   { task: 1, first: false, second: false },
 *   { task: 2, first: true, second: null },
 * ]);
 * assertEquals([raw.value, kappa.value, nulls], [1, 1, 1]);
 * ```
 */
export function compareRaters(pairs: readonly RatedPair[]): Agreement {
  const judged = pairs.filter(({ first, second }) => first !== null && second !== null);
  const clusters = [...Map.groupBy(judged, ({ task }) => task)].toSorted(([a], [b]) => a - b)
    .map(([, own]) => {
      const { bothMet, firstOnly, secondOnly, neitherMet } = confusionOf(own);
      return [bothMet, firstOnly, secondOnly, neitherMet];
    });
  const of = (statistic: (counts: Confusion) => number | null) => (sums: Float64Array) => {
    const [bothMet, firstOnly, secondOnly, neitherMet] = sums;
    return statistic({ bothMet, firstOnly, secondOnly, neitherMet });
  };
  return {
    pairs: judged.length,
    nulls: pairs.length - judged.length,
    ...bootstrapCounts(clusters, {
      raw: of(rawAgreement),
      kappa: of(cohenKappa),
      macro_f1: of(macroF1),
      alpha: of(pairAlpha),
    }),
  };
}

/**
 * Counts the pairs that both raters judged.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { confusionOf } from "./raters.ts";
 *
 * const pairs = [{ first: true, second: false }, { first: true, second: null }];
 * assertEquals(confusionOf(pairs), { bothMet: 0, firstOnly: 1, secondOnly: 0, neitherMet: 0 });
 * ```
 */
export function confusionOf(
  pairs: readonly Pick<RatedPair, "first" | "second">[],
): Confusion {
  const counts = { bothMet: 0, firstOnly: 0, secondOnly: 0, neitherMet: 0 };
  for (const { first, second } of pairs) {
    if (first === null || second === null) continue;
    if (first) counts[second ? "bothMet" : "firstOnly"]++;
    else counts[second ? "secondOnly" : "neitherMet"]++;
  }
  return counts;
}

/**
 * Share of equal verdicts, 0–1; null for no pairs.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { rawAgreement } from "./raters.ts";
 *
 * const counts = { bothMet: 20, firstOnly: 5, secondOnly: 10, neitherMet: 15 };
 * assertEquals(rawAgreement(counts), 0.7);
 * ```
 */
export function rawAgreement(
  { bothMet, firstOnly, secondOnly, neitherMet }: Confusion,
): number | null {
  const n = bothMet + firstOnly + secondOnly + neitherMet;
  return n > 0 ? (bothMet + neitherMet) / n : null;
}

/**
 * Cohen's κ = (pₒ − pₑ) / (1 − pₑ), with pₒ the share of equal verdicts and pₑ the share expected
 * of independent raters who say "met" as often as these (Cohen, Educational and Psychological
 * Measurement 20 (1960) 37–46). 1 for equal, about 0 for unrelated verdicts. Null if undefined: no
 * pairs, or both raters give the same verdict throughout (pₑ = 1).
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { cohenKappa } from "./raters.ts";
 *
 * const counts = { bothMet: 20, firstOnly: 5, secondOnly: 10, neitherMet: 15 };
 * assertNear(cohenKappa(counts)!, 0.4, 1e-12);
 * ```
 */
export function cohenKappa(counts: Confusion): number | null {
  const { bothMet, firstOnly, secondOnly, neitherMet } = counts;
  const n = bothMet + firstOnly + secondOnly + neitherMet;
  const expected = (bothMet + firstOnly) * (bothMet + secondOnly) +
    (neitherMet + secondOnly) * (neitherMet + firstOnly);
  // In integers, so that rounding cannot hide a zero denominator.
  if (n === 0 || expected === n * n) return null;
  return (n * (bothMet + neitherMet) - expected) / (n * n - expected);
}

/**
 * Mean of the F1 of the class "met" and the F1 of the class "unmet", where F1 = 2·TP / (2·TP + FP +
 * FN). Null if undefined: neither rater uses one of the classes.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { macroF1 } from "./raters.ts";
 *
 * const counts = { bothMet: 20, firstOnly: 5, secondOnly: 10, neitherMet: 15 };
 * assertNear(macroF1(counts)!, (40 / 55 + 30 / 45) / 2, 1e-12);
 * ```
 */
export function macroF1({ bothMet, firstOnly, secondOnly, neitherMet }: Confusion): number | null {
  const f1 = (right: number) => {
    const all = 2 * right + firstOnly + secondOnly;
    return all > 0 ? 2 * right / all : null;
  };
  const [met, unmet] = [f1(bothMet), f1(neitherMet)];
  return met === null || unmet === null ? null : (met + unmet) / 2;
}

/** Krippendorff's α of two raters without missing values: each pair counts in both orders. */
function pairAlpha({ bothMet, firstOnly, secondOnly, neitherMet }: Confusion): number | null {
  const unequal = firstOnly + secondOnly;
  const met = 2 * bothMet + unequal;
  const unmet = 2 * neitherMet + unequal;
  return alphaFrom(met + unmet, 2 * (bothMet + neitherMet), met * met + unmet * unmet);
}

/**
 * Krippendorff's α for nominal data, any number of raters, and missing values (null): α = 1 − Dₒ/Dₑ
 * = 1 − (n − 1)(n − Σ o_cc) / (n² − Σ n_c²) with o the coincidence matrix, in which each ordered
 * pair of values of a unit with m values counts 1/(m − 1), n_c its row sums and n their sum
 * (Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011, section C). Units with fewer
 * than two values do not count. Null if undefined: nothing to pair, or the same value throughout.
 *
 * @param units One array per unit: each rater's value.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { krippendorffAlpha } from "./raters.ts";
 *
 * const units = [["a", "a", null], ["b", "b", "b"], [null, "a", "b"], ["a", null, null]];
 * assertNear(krippendorffAlpha(units)!, 1 - 6 * 2 / (49 - 25), 1e-12);
 * ```
 */
export function krippendorffAlpha(
  units: readonly (readonly (string | number | boolean | null)[])[],
): number | null {
  const totals = new Map<string | number | boolean, number>();
  let [n, equal] = [0, 0];
  for (const unit of units) {
    const values = unit.filter((value) => value !== null);
    if (values.length < 2) continue;
    n += values.length;
    for (const [value, own] of Map.groupBy(values, (value) => value)) {
      totals.set(value, (totals.get(value) ?? 0) + own.length);
      equal += own.length * (own.length - 1) / (values.length - 1);
    }
  }
  const squares = [...totals.values()].reduce((sum, total) => sum + total * total, 0);
  return alphaFrom(n, equal, squares);
}

/** α from the number of paired values, the sum of the diagonal and the sum of squared totals. */
function alphaFrom(n: number, equal: number, squares: number): number | null {
  if (n === 0 || n * n === squares) return null;
  return 1 - (n - 1) * (n - equal) / (n * n - squares);
}
