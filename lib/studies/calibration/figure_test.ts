import { DIMENSIONS } from "../../records/criterion.ts";
import { random } from "../../random.ts";
import type { Calibration } from "../../records/calibration.ts";
import { type KnownVerdict, reliability } from "./reliability.ts";
import { assertEquals, assertInputError, assertOk } from "../../testing/assert.ts";
import { calibrationFigure } from "./figure.ts";
import { renderPng } from "../../figures/png.ts";
import { assertSnapshot } from "../../testing/snapshot.ts";

const VIOLATIONS = [
  "",
  "plug-flow",
  "vanishing-daughter",
  "ballistic",
  "blank",
  "frozen",
  "shuffled",
];

/**
 * A judge that is right three times out of four, less often about instructions, and credits some
 * blanks.
 */
function example(repeats: number): Calibration[] {
  const uniform = random(1, "calibration");
  const verdicts: KnownVerdict[] = [];
  for (let i = 0; i < 12 * VIOLATIONS.length * 16; i++) {
    const task = 1 + i % 12;
    const violation = VIOLATIONS[Math.floor(i / 12) % 7];
    const criterion = Math.floor(i / 84);
    const dimension = DIMENSIONS[criterion % 3];
    const sign = criterion % 5 === 4 ? -1 : 1;
    const broken = violation !== "" && uniform() < (violation === "blank" ? 1 : 0.4);
    const truth = broken === sign < 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const right = uniform() < (dimension === "instruction" ? 0.62 : 0.85);
      const met = uniform() < 0.03 ? null : right === truth;
      const id = `criterion-${criterion}`;
      const at = { world: "mitosis", violation, task, seed: 1, dimension, id, sign } as const;
      verdicts.push({ ...at, truth, repeat, met });
    }
  }
  return reliability("openai", "a-vision-model-2026-03-01", verdicts);
}

Deno.test("the figure of calibration matches its snapshot", () =>
  assertSnapshot("calibration", calibrationFigure(example(2))));

Deno.test("a single repeat, one kind, one dimension, no verdicts: drawn without NaN", () => {
  const [first] = example(1);
  const blank = { ...first, kappa: null, kappa_low: null, kappa_high: null, sensitivity: null };
  for (const rows of [example(1), [first], [blank]]) {
    const svg = calibrationFigure(rows);
    assertOk(!/NaN|undefined|Infinity|askings/.test(svg));
    assertEquals(svg, calibrationFigure(rows));
    assertOk(renderPng(svg, { scale: 1 }).length > 1000);
  }
});

Deno.test("an agreement below chance stays on the page", () => {
  const rows = example(1).map((row) => ({ ...row, kappa: -0.6, kappa_low: -0.8 }));
  assertOk(calibrationFigure(rows).includes(">−0.600<"));
});

Deno.test("no rows, rows of two judges, and duplicate rows are errors", async () => {
  const rows = example(1);
  await assertInputError(() => calibrationFigure([]), "(none)");
  await assertInputError(() => calibrationFigure([...rows, { ...rows[0], judge: "b" }]), "b (a-");
  await assertInputError(() => calibrationFigure([...rows, rows[0]]), "two rows");
  await assertInputError(() => calibrationFigure(rows.slice(1)), "no row");
});
