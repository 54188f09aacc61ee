import { random } from "../../random.ts";
import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import {
  cohenKappa,
  compareRaters,
  confusionOf,
  krippendorffAlpha,
  macroF1,
  type RatedPair,
  rawAgreement,
} from "./raters.ts";

/**
 * Pairs over 12 tasks; the second rater repeats the first with probability `echo`, otherwise
 * guesses.
 */
function pairs(count: number, echo: number, seed: number): RatedPair[] {
  const uniform = random(seed, "raters");
  return Array.from({ length: count }, (_, i) => {
    const first = uniform() < 0.6;
    const guess = uniform() < 0.6;
    return { task: i % 12, first, second: uniform() < echo ? first : guess };
  });
}

Deno.test("Cohen's κ of standard 2×2 examples", () => {
  const of = (bothMet: number, firstOnly: number, secondOnly: number, neitherMet: number) =>
    cohenKappa({ bothMet, firstOnly, secondOnly, neitherMet })!;
  assertNear(of(20, 5, 10, 15), 0.4, 1e-12);
  // The same raw agreement of 0.6 with other marginals.
  assertNear(of(45, 15, 25, 15), 0.1304, 5e-5);
  assertNear(of(25, 35, 5, 35), 0.2593, 5e-5);
});

Deno.test("Krippendorff's worked example: four observers, missing values, nominal α 0.743", () => {
  const observers = [
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
  ].map((row) => row.split(" ").map((value) => value === "." ? null : value));
  const units = observers[0].map((_, unit) => observers.map((row) => row[unit]));
  assertNear(krippendorffAlpha(units)!, 0.743, 5e-4);
});

Deno.test("Krippendorff's worked example: two observers, binary, α 0.095", () => {
  const [a, b] = ["0100000100", "1110010000"].map((row) => [...row]);
  assertNear(krippendorffAlpha(a.map((value, i) => [value, b[i]]))!, 0.095, 5e-4);
});

Deno.test("α from the 2×2 table equals α from the units", () => {
  const rated = pairs(150, 0.5, 3);
  const units = rated.map(({ first, second }) => [first, second]);
  assertNear(compareRaters(rated).alpha.value!, krippendorffAlpha(units)!, 1e-12);
});

Deno.test("all measures are 1 for equal raters, symmetric, and about 0 for unrelated ones", () => {
  const same = compareRaters(pairs(120, 1, 1));
  for (const name of ["raw", "kappa", "macro_f1", "alpha"] as const) {
    assertEquals(same[name], { value: 1, low: 1, high: 1 });
  }
  const rated = pairs(400, 0.4, 2);
  const swapped = rated.map(({ task, first, second }) => ({ task, first: second, second: first }));
  assertEquals(compareRaters(swapped), compareRaters(rated));
  let covered = 0;
  for (let seed = 0; seed < 40; seed++) {
    const { kappa, alpha } = compareRaters(pairs(400, 0, seed));
    assertNear(kappa.value!, 0, 0.2, "κ");
    assertNear(alpha.value!, 0, 0.2, "α");
    if (kappa.low! <= 0 && kappa.high! >= 0) covered++;
  }
  assertOk(covered >= 32, `the interval of κ covers 0 in ${covered} of 40`);
});

Deno.test("opposite raters: κ −1 at equal marginals, macro-F1 0", () => {
  const counts = { bothMet: 0, firstOnly: 7, secondOnly: 7, neitherMet: 0 };
  assertEquals([cohenKappa(counts), macroF1(counts), rawAgreement(counts)], [-1, 0, 0]);
});

Deno.test("undefined measures are null, never NaN", () => {
  const one = { bothMet: 9, firstOnly: 0, secondOnly: 0, neitherMet: 0 };
  assertEquals([cohenKappa(one), macroF1(one), rawAgreement(one)], [null, null, 1]);
  assertEquals(krippendorffAlpha([[true, true], [true, true]]), null);
  assertEquals(krippendorffAlpha([[true, null], [null, null]]), null);
  const none = compareRaters([{ task: 1, first: null, second: true }]);
  const nothing = { value: null, low: null, high: null };
  assertEquals(none, {
    pairs: 0,
    nulls: 1,
    raw: nothing,
    kappa: nothing,
    macro_f1: nothing,
    alpha: nothing,
  });
  // A single constant rater is not a degenerate case: agreement is at chance level.
  assertEquals(cohenKappa({ bothMet: 6, firstOnly: 0, secondOnly: 4, neitherMet: 0 }), 0);
});

Deno.test("nulls are excluded and counted", () => {
  const rated = pairs(60, 0.7, 5);
  const holes = [{ task: 1, first: null, second: true }, { task: 2, first: false, second: null }];
  const { nulls, ...rest } = compareRaters([...rated, ...holes]);
  const { nulls: without, ...expected } = compareRaters(rated);
  assertEquals([nulls, without], [2, 0]);
  assertEquals(rest, expected);
  assertEquals(confusionOf(holes), { bothMet: 0, firstOnly: 0, secondOnly: 0, neitherMet: 0 });
});

Deno.test("intervals widen when clips of a task are alike, and need two tasks", () => {
  const independent = pairs(360, 0.5, 8).map((pair, i) => ({ ...pair, task: i }));
  // Thirty copies of each verdict, all in one task: as much information as twelve verdicts.
  const clustered = independent.slice(0, 12).flatMap((pair) => Array(30).fill(pair));
  const width = ({ raw }: ReturnType<typeof compareRaters>) => raw.high! - raw.low!;
  assertOk(width(compareRaters(clustered)) > 2 * width(compareRaters(independent)));
  const { raw } = compareRaters(independent.map((pair) => ({ ...pair, task: 1 })));
  assertOk(raw.value !== null);
  assertEquals([raw.low, raw.high], [null, null]);
});
