import { random } from "../../random.ts";
import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { domainClaims } from "./claims.ts";
import type { Score } from "../../records/score.ts";

const MODELS = { tuned: "nano", base: "s-base", larger: "l-base" };

/** Scores of 39 tasks, two seeds each: given by `mean`, with scatter over tasks and seeds. */
function scoresOf(mean: (model: string, dimension: string) => number | null): Score[] {
  const uniform = random(3, "claims");
  return Object.values(MODELS).flatMap((model) =>
    (["scientific", "visual"] as const).flatMap((dimension) =>
      Array.from({ length: 78 }, (_, i): Score => {
        const expected = mean(model, dimension);
        const score = expected === null ? null : expected + 20 * (uniform() - 0.5);
        return {
          rule: "repaired",
          judge: "probe",
          model,
          task: 1 + i % 39,
          seed: Math.floor(i / 39),
          dimension,
          score,
          low: 0,
          high: 100,
          judged: 5,
          criteria: 5,
        };
      })
    )
  );
}

Deno.test("outcomes follow the scores: above, below, and neither", () => {
  const made: Record<string, number> = { nano: 60, "s-base": 30, "l-base": 60 };
  const claims = domainClaims(
    scoresOf((model, dimension) => dimension === "visual" ? 20 : made[model]),
    MODELS,
  );
  assertEquals(claims.map(({ claim, standing }) => [claim, standing]), [
    ["a", "not supported"],
    ["a", "not supported"],
    ["b", "supported"],
    ["c", "undecided"],
  ]);
  const [, , b] = claims;
  assertNear(b.difference, 30, 3);
  assertOk(b.ci_low! < b.difference && b.difference < b.ci_high! && b.tasks === 39);
});

Deno.test("tasks without a score are excluded, and models without scores have no claims", () => {
  const claims = domainClaims(
    scoresOf((model, dimension) => model === "l-base" && dimension === "scientific" ? null : 50),
    MODELS,
  );
  assertEquals(claims.map(({ claim }) => claim), ["a", "b"]);
});
