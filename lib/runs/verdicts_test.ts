import type { Verdict } from "../records/verdict.ts";
import { ruleNamed } from "../scores/rules.ts";
import { scoreVerdicts } from "../scores/score.ts";
import type { Criterion } from "../records/criterion.ts";
import { assertEquals } from "../testing/assert.ts";
import { tellApart } from "./verdicts.ts";

const criterion = { task: 1, id: "sharp", dimension: "visual", sign: 1, weight: 1 } as Criterion;
const row = (judge: string, judge_model: string, met: boolean) =>
  ({ judge, judge_model, model: "nano", seed: 0, ...criterion, met }) as unknown as Verdict;

Deno.test("two models of one judge are scored apart", () => {
  const rows = tellApart([row("openai", "a", true), row("openai", "b", false)]);
  const scores = scoreVerdicts(ruleNamed("repaired"), [criterion], rows)
    .filter(({ dimension }) => dimension === "visual");
  assertEquals(scores.map(({ judge, score }) => [judge, score]), [
    ["openai/a", 100],
    ["openai/b", 0],
  ]);
});
