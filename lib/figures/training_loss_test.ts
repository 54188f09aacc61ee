import { random } from "../random.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { type LossReport, trainingLoss } from "./training_loss.ts";
import { assertSelfContained, textsIn } from "../testing/figure.ts";
import { assertSnapshot } from "../testing/snapshot.ts";

/** A noisy training loss that decreases as a power of the step, and a validation loss above it. */
function stage(name: string, steps: number, from: number, floor: number): LossReport[] {
  const uniform = random(9, "loss", name);
  return Array.from({ length: steps / 50 }, (_, i): LossReport => {
    const step = 50 * (i + 1);
    const level = floor + (from - floor) * (1 + step / 300) ** -0.8;
    const validation_loss = step % 1000 === 0 || step === steps ? level * 1.08 : null;
    const loss = level * (0.95 + 0.1 * uniform());
    return { stage: name, step, steps, loss, validation_loss, device: "cuda" };
  });
}

const ALL = [
  ...stage("l-base", 12_000, 1.9, 0.35),
  ...stage("nano", 6_000, 0.8, 0.42),
  ...stage("s-base", 12_000, 2, 0.4),
  ...stage("vae", 20_000, 6, 0.02),
];
const STAGES = ["vae", "s-base", "l-base", "nano"];
const ONE: LossReport = {
  stage: "nano",
  step: 2,
  steps: 2,
  loss: 1.97,
  validation_loss: 1.82,
  device: "cpu",
};

const FIGURES: Record<string, () => string> = {
  "four stages": () => trainingLoss(ALL, { stages: STAGES }),
  "one report": () => trainingLoss([ONE]),
  "one report twice as low": () =>
    trainingLoss([ONE, { ...ONE, stage: "b", validation_loss: null }]),
  "in progress": () => trainingLoss(stage("vae", 20_000, 6, 0.02).slice(0, 30)),
  "hardly changing": () =>
    trainingLoss(
      [1.001, 1.002, 1.003].map((loss, i) => ({ ...ONE, step: i, loss, validation_loss: 1 })),
    ),
  "equal losses": () =>
    trainingLoss([1, 2, 3].map((step) => ({ ...ONE, step, validation_loss: 1.97 }))),
  "below zero": () =>
    trainingLoss([-0.5, 0, 4].map((loss, i) => ({ ...ONE, step: i, loss, validation_loss: null }))),
  "diverged": () =>
    trainingLoss([1, NaN, 2].map((loss, i) => ({ ...ONE, step: i, loss, validation_loss: NaN }))),
  "a long name": () => trainingLoss([{ ...ONE, stage: "W".repeat(40), device: "d".repeat(80) }]),
};

Deno.test("the figure matches its snapshot", () =>
  assertSnapshot("training-loss", FIGURES["four stages"]()));

for (const [name, figure] of Object.entries(FIGURES)) {
  Deno.test(`${name}: self-contained, deterministic, and within the page`, () =>
    assertSelfContained(figure));
}

Deno.test("stages appear in the given order, followed by the others", () => {
  const names = (svg: string) => textsIn(svg).filter((word) => [...STAGES, "other"].includes(word));
  assertEquals(names(FIGURES["four stages"]()), STAGES);
  const rows = [ONE, { ...ONE, stage: "other" }, { ...ONE, stage: "vae" }];
  assertEquals(names(trainingLoss(rows, { stages: STAGES })), ["vae", "nano", "other"]);
});

Deno.test("each validation loss has a dot, and scales have at least three labels", () => {
  const svg = trainingLoss(stage("nano", 6_000, 0.8, 0.42));
  assertEquals([...svg.matchAll(/<circle/g)].length, 6);
  for (const name of ["four stages", "one report", "hardly changing", "equal losses"]) {
    const scale = textsIn(FIGURES[name]()).filter((word) => /^\d+(\.\d+)?$/.test(word));
    assertOk(scale.length >= 3, `${name}: ${scale}`);
  }
});

Deno.test("the order of reports does not matter; no reports or no finite loss is an error", async () => {
  assertOk(trainingLoss(ALL.toReversed(), { stages: STAGES }) === FIGURES["four stages"]());
  await assertInputError(() => trainingLoss([]), "0 reports");
  const none = { ...ONE, loss: NaN, validation_loss: null };
  await assertInputError(() => trainingLoss([ONE, { ...none, stage: "vae" }]), "reports of vae");
});
