import type { DomainClaim, Standing } from "../../records/claim.ts";
import type { Summary } from "../../records/summary.ts";
import { assertEquals, assertInputError, assertOk } from "../../testing/assert.ts";
import { claimsFigure } from "./figure.ts";
import { assertSelfContained, textsIn } from "../../testing/figure.ts";
import { assertSnapshot } from "../../testing/snapshot.ts";

const MODELS = ["s-base", "l-base", "nano", "simulator"];
const OF = { rule: "repaired", judge: "probe" };

function level(
  model: string,
  group: Summary["group"],
  mean: number | null,
  half: number | null = 6,
): Summary {
  const [ci_low, ci_high] = mean === null || half === null
    ? [null, null]
    : [mean - half, Math.min(100, mean + half)];
  const common = { common_mean: mean, common_low: ci_low, common_high: ci_high, common_tasks: 39 };
  const counts = { tasks: 39, clips: 39, coverage: 1, rank: null };
  return { ...OF, model, group, mean, ci_low, ci_high, ...counts, ...common };
}

function claim(name: string, says: string, difference: number, half: number): DomainClaim {
  const [ci_low, ci_high] = [difference - half, difference + half];
  const standing: Standing = ci_low > 0 ? "supported" : ci_high < 0 ? "not supported" : "undecided";
  return { ...OF, claim: name, says, difference, ci_low, ci_high, tasks: 39, standing };
}

const LEVELS = [
  level("s-base", "scientific", 21.4),
  level("s-base", "visual", 63.2),
  level("l-base", "scientific", 24.9, 5),
  level("l-base", "visual", 23.1, 7),
  level("nano", "scientific", 58.3),
  level("nano", "visual", 71),
  level("simulator", "scientific", 99.2, 0.6),
  level("simulator", "visual", 100, 0),
  level("nano", "all", 60),
  level("violator", "scientific", 45),
];

const CLAIMS = [
  claim("a", "visual quality of s-base exceeds its scientific fidelity", 41.8, 9),
  claim("a", "visual quality of l-base exceeds its scientific fidelity", -1.8, 7.2),
  claim("b", "scientific fidelity of nano exceeds that of s-base", 36.9, 8.3),
  claim("c", "scientific fidelity of nano exceeds that of l-base", -13.4, 8),
];

const LONG = "a-model-whose-name-is-much-longer-than-any-panel-has-room-for-at-all";

const FIGURES: Record<string, () => string> = {
  "the whole argument": () =>
    claimsFigure(CLAIMS, LEVELS, { models: MODELS, upperBound: "simulator" }),
  "one claim, one model": () =>
    claimsFigure([CLAIMS[2]], [level("nano", "scientific", 40)], { models: MODELS }),
  "differences far below zero": () =>
    claimsFigure([claim("c", "nano exceeds l-base", -80, 15)], LEVELS, { models: MODELS }),
  "no difference at all": () =>
    claimsFigure([claim("c", "nano exceeds l-base", 0, 0)], LEVELS, { models: MODELS }),
  "means below zero, and one that is missing": () =>
    claimsFigure(
      CLAIMS,
      [level("nano", "scientific", -31, 12), level("nano", "visual", null)],
      { models: MODELS },
    ),
  "long names": () =>
    claimsFigure(
      [claim("b", `scientific fidelity of ${LONG} exceeds that of ${LONG}`, 5, 6)],
      [level(LONG, "scientific", 100, 0), level(LONG, "visual", 0, 0)],
      { models: [LONG], upperBound: LONG },
    ),
};

Deno.test("the figure of claims matches its snapshot", () =>
  assertSnapshot("claims", FIGURES["the whole argument"]()));

for (const [name, figure] of Object.entries(FIGURES)) {
  Deno.test(`${name}: self-contained, deterministic, and within the page`, () =>
    assertSelfContained(figure));
}

Deno.test("each claim shows its numbers and outcome, with models in the given order", () => {
  const found = textsIn(FIGURES["the whole argument"]());
  const standings = found.filter((word) => /supported|undecided/.test(word) && word.length < 15);
  assertEquals(standings, ["supported", "undecided", "supported", "not supported"]);
  for (const word of ["41.8", "32.8 to 50.8", "−1.8", "−9.0 to 5.4", "upper bound"]) {
    assertOk(found.includes(word), word);
  }
  assertEquals(found.filter((word) => MODELS.includes(word)), MODELS);
  assertOk(!found.includes("violator") && !found.includes("60.0"));
});

Deno.test("claims that cannot be drawn are refused, stating what was found", async () => {
  const models = { models: MODELS };
  await assertInputError(() => claimsFigure([], LEVELS, models), "0 claims");
  const other = { ...CLAIMS[0], rule: "release" };
  await assertInputError(() => claimsFigure([CLAIMS[0], other], LEVELS, models), "release of");
  await assertInputError(() => claimsFigure(CLAIMS, LEVELS, { models: ["wan"] }), "wan");
});
