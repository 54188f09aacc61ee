import { random } from "../../random.ts";
import type { Ablation, Factor } from "../../records/ablation.ts";
import { ablationRows, gainName, gainScores } from "./rows.ts";
import type { Score } from "../../records/score.ts";
import { assertEquals, assertInputError, assertOk } from "../../testing/assert.ts";
import { ablationsFigure } from "./figure.ts";
import { renderPng } from "../../figures/png.ts";
import { assertSelfContained, textsIn } from "../../testing/figure.ts";
import { assertSnapshot } from "../../testing/snapshot.ts";

/** Scores of 12 tasks scattered around a level, without visual quality. */
function scoresOf(model: string, level: number, spread = 12): Score[] {
  const uniform = random(5, "ablations", model, level);
  return Array.from({ length: 24 }, (_, i): Score => ({
    rule: "repaired",
    judge: "probe",
    model,
    task: 1 + i % 12,
    seed: 0,
    dimension: i < 12 ? "total" : "scientific",
    score: Math.max(
      0,
      Math.min(100, level - (i < 12 ? 0 : 15) + 3 * (i % 12) - 18 + spread * (uniform() - 0.5)),
    ),
    low: 0,
    high: 100,
    judged: 5,
    criteria: 5,
  }));
}

/** One factor's settings by value, with the level of each; the last is the default. */
function factorOf(factor: Factor, model: string, levels: [string, number][]): Ablation[] {
  const initial = scoresOf(model, levels.at(-1)![1]);
  return levels.flatMap(([value, level], i) => {
    const is_default = i === levels.length - 1;
    const variant = is_default ? model : `${model} ${factor}=${value}`;
    const setting = { factor, place: i + 1, value, model, variant, is_default };
    return ablationRows(
      { ...setting, judge: "probe", rule: "repaired", seeds: 1 },
      scoresOf(variant, level),
      initial,
      [],
    );
  });
}

function example(): Ablation[] {
  const gain = gainName("nano", "s-base");
  const gains = (name: string, tuned: number, base: number) =>
    gainScores(scoresOf("nano", tuned), scoresOf("s-base", base), name);
  const [original, reworded] = [gains(gain, 60, 25), gains(gain, 52, 24)];
  const wording = { factor: "wording", model: gain, variant: gain, judge: "probe" } as const;
  return [
    ...factorOf("steps", "nano", [["2", 31], ["4", 50], ["24", 61], ["12", 60]]),
    ...factorOf("solver", "nano", [["euler", 57], ["adams", 60]]),
    ...factorOf("rule", "nano", [["repaired-equal", 58], ["repaired", 60]]),
    ...factorOf("frames", "nano", [["1 of 8", 0], ["1 of 2", 44], ["all", 60]]),
    ...factorOf("frames", "simulator", [["1 of 8", 12], ["1 of 2", 91], ["all", 98]]),
    ...factorOf("wording", "nano", [["reworded", 52], ["benchmark's", 60]]),
    ...ablationRows(
      {
        ...wording,
        place: 1,
        value: "benchmark's",
        rule: "repaired",
        seeds: 1,
        is_default: true,
      },
      original,
      original,
      [],
    ),
    ...ablationRows(
      { ...wording, place: 2, value: "reworded", rule: "repaired", seeds: 1, is_default: false },
      reworded,
      original,
      [],
    ),
  ];
}

Deno.test("the figure of ablations matches its snapshot", () =>
  assertSnapshot("ablations", ablationsFigure(example())));

Deno.test("for any row order, and with little to draw: self-contained and within the page", () => {
  const rows = example();
  assertEquals(ablationsFigure(rows.toReversed()), ablationsFigure(rows));
  const [first] = rows;
  const unscored = { ...first, mean: null, ci_low: null, ci_high: null, difference: null };
  const below = rows.map((row) => ({ ...row, mean: -31, ci_low: -35.5, value: "a".repeat(80) }));
  for (const some of [rows, [first], [unscored], rows.filter((row) => row.is_default), below]) {
    assertSelfContained(() => ablationsFigure(some));
    assertOk(renderPng(ablationsFigure(some), { scale: 1 }).length > 1000);
  }
});

Deno.test("factors and settings keep their order, and each shows its difference from the default", () => {
  const words = textsIn(ablationsFigure(example()));
  const at = (word: string) => words.indexOf(word);
  assertOk(at("Sampling steps") < at("Solver") && at("Solver") < at("Scoring rule"));
  assertOk(
    at("Prompt wording: nano") < at("Prompt wording: nano − s-base, points"),
  );
  assertEquals(words.filter((word) => word === "default").length, 7);
  const row = example().find(({ value, group }) => value === "2" && group === "scientific")!;
  const minus = (value: number | null) => value!.toFixed(1).replace("-", "−");
  const expected = `${minus(row.difference)} [${minus(row.difference_low)}, ${
    minus(row.difference_high)
  }]`;
  assertEquals(words.filter((word) => word === expected).length, 1, expected);
});

Deno.test("no rows and duplicate rows are refused", async () => {
  await assertInputError(() => ablationsFigure([]), "found 0 rows");
  const [row] = example();
  await assertInputError(() => ablationsFigure([row, row]), "two rows", "factor steps");
});
