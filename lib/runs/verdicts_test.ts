import type { Verdict } from "../records/verdict.ts";
import { PROBE_VERSION } from "../judges/probe/judge.ts";
import { ruleNamed } from "../scores/rules.ts";
import { scoreVerdicts } from "../scores/score.ts";
import type { Criterion } from "../records/criterion.ts";
import { assertEquals } from "../testing/assert.ts";
import { tellApart } from "./verdicts.ts";

const criterion = { task: 1, dimension: "visual", criterion: 1, sign: 1, weight: 1 } as Criterion;
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

Deno.test("measurements of older probes give way to the present ones, and stay where there are none", () => {
  const [old, present] = [
    row("probe", "probe-0", true),
    row("probe", `probe-${PROBE_VERSION}`, false),
  ];
  assertEquals(tellApart([old, present]), [present]);
  assertEquals(tellApart([old]), [old]);
});
