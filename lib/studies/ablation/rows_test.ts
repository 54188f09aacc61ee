import { random } from "../../random.ts";
import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import type { Ablation } from "../../records/ablation.ts";
import { ablationRows, gainName, gainScores, retainedGain } from "./rows.ts";
import { comparePaired } from "../../scores/summary.ts";
import type { Score } from "../../records/score.ts";

/** Scores of 30 tasks, two seeds each, given by `score`; without visual quality. */
function scoresOf(
  model: string,
  score: (task: number, seed: number, dimension: string) => number | null,
): Score[] {
  return Array.from({ length: 120 }, (_, i): Score => {
    const [task, seed] = [1 + i % 30, Math.floor(i / 30) % 2];
    const dimension = i < 60 ? "total" : "scientific";
    const at = { rule: "repaired", judge: "probe", model, task, seed, dimension } as const;
    return {
      ...at,
      score: score(task, seed, dimension),
      low: 0,
      high: 100,
      judged: 5,
      criteria: 5,
    };
  });
}

const SETTING = {
  factor: "steps",
  place: 1,
  value: "2",
  model: "nano",
  variant: "nano steps=2",
  judge: "probe",
  rule: "repaired",
  seeds: 2,
  is_default: false,
} as const;

Deno.test("a constant difference is found exactly, however much tasks vary", () => {
  const uniform = random(2, "ablations");
  const level = Array.from({ length: 31 }, () => 30 + 60 * uniform());
  const initial = scoresOf("nano", (task) => level[task]);
  const own = scoresOf(
    "nano steps=2",
    (task, seed, dimension) => level[task] - (dimension === "total" ? 10 : 20) + (seed ? 1 : -1),
  );
  const rows = ablationRows(SETTING, own, initial, []);
  assertEquals(rows.map(({ group }) => group), ["all", "scientific"]);
  for (const [i, expected] of [-10, -20].entries()) {
    const { difference, difference_low, difference_high, mean, ci_low, ci_high } = rows[i];
    assertNear(difference!, expected, 1e-9);
    assertNear(difference_low!, expected, 1e-9);
    assertNear(difference_high!, expected, 1e-9);
    assertNear(mean!, level.slice(1).reduce((sum, x) => sum + x, 0) / 30 + expected, 1e-9);
    assertOk(ci_high! - ci_low! > 5);
  }
});

Deno.test("the default has no difference, and tasks without a score are excluded", () => {
  const half = scoresOf("nano", (task) => task % 2 ? 50 : null);
  const [all] = ablationRows({ ...SETTING, is_default: true }, half, half, []);
  assertEquals([all.mean, all.tasks, all.difference, all.difference_low], [50, 15, null, null]);
  const [none] = ablationRows(SETTING, scoresOf("a", () => null), half, []);
  assertEquals([none.mean, none.tasks, none.difference], [null, 0, null]);
});

Deno.test("a gain has the mean and interval of the paired difference", () => {
  const uniform = random(3, "ablations");
  const tuned = scoresOf("nano", (task) => task === 7 ? null : 60 + 30 * uniform());
  const base = scoresOf("s-base", (task) => task === 8 ? null : 20 + 30 * uniform());
  const name = gainName("nano", "s-base");
  const rows = ablationRows(SETTING, gainScores(tuned, base, name), [], []);
  for (const { group, mean, ci_low, ci_high, tasks } of rows) {
    const paired = comparePaired(tuned, base, group, [])!;
    assertEquals(tasks, 28);
    assertNear(mean!, paired.difference, 1e-9);
    assertNear(ci_low!, paired.ci_low!, 1e-9);
    assertNear(ci_high!, paired.ci_high!, 1e-9);
  }
});

Deno.test("without a gain, the retained share is null", () => {
  const model = gainName("nano", "s-base");
  const row = { factor: "wording", model, group: "scientific" } as const;
  const rows = [
    { ...row, is_default: true, mean: -2 },
    { ...row, is_default: false, mean: 5 },
    { ...row, is_default: true, mean: 50, group: "all" },
  ] as Ablation[];
  assertEquals(retainedGain(rows, model), { gain: -2, reworded: 5, share: null });
  assertEquals(retainedGain(rows.slice(0, 1), model), null);
  assertEquals(retainedGain(rows, gainName("nano", "l-base")), null);
});
