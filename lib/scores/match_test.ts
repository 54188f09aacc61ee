import { placed } from "../benchmark/keys.ts";
import { miniOf } from "../benchmark/mini.ts";
import { random } from "../random.ts";
import type { Criterion } from "../records/criterion.ts";
import type { Score } from "../records/score.ts";
import type { Task } from "../records/task.ts";
import { askedHash, type Verdict } from "../records/verdict.ts";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { verdictOn } from "../testing/verdicts.ts";
import { openRubric, type Rubric } from "../worlds/rubric.ts";
import { failures } from "./failures.ts";
import { matchVerdicts, staleText, type StaleVerdicts } from "./match.ts";
import { RULES } from "./rules.ts";
import { scoreVerdicts } from "./score.ts";

const rubrics = await Promise.all(["valve", "mitosis"].map(openRubric));
const { benchmark } = miniOf(rubrics);
const criteriaOf = (changed: readonly Rubric[]) => miniOf(changed).benchmark.criteria;

/** Two models, two seeds, a tenth without a verdict. */
function judged(criteria: readonly Criterion[], judge = "probe"): Verdict[] {
  const uniform = random(8, "match", judge);
  return ["nano", "wan"].flatMap((model) =>
    [0, 1].flatMap((seed) =>
      criteria.map((row) => {
        const draw = uniform();
        return verdictOn(row, draw < 0.1 ? null : draw < 0.6, { judge, model, seed });
      })
    )
  );
}

const verdicts = judged(benchmark.criteria);
const reversed = criteriaOf(
  rubrics.map((rubric) => ({ ...rubric, criteria: rubric.criteria.toReversed() })),
);

Deno.test("criteria in another order: no verdict is stale", () => {
  assertEquals(
    reversed.map(({ task, id }) => `${task}/${id}`).sort(),
    benchmark.criteria.map(({ task, id }) => `${task}/${id}`).sort(),
  );
  assertOk(
    reversed.some(({ task, id, place }) =>
      benchmark.criteria.some((c) => c.task === task && c.id === id && c.place !== place)
    ),
  );
  assertEquals(matchVerdicts(reversed, verdicts), { current: verdicts, stale: [] });
});

Deno.test("reordering criteria changes scores only under release, which reads by position", () => {
  for (const rule of RULES) {
    const [before, after] = [benchmark.criteria, reversed].map((criteria) =>
      scoreVerdicts(rule, criteria, verdicts)
    );
    const numbers = ({ score, low, high }: Score) => [score ?? -1, low, high];
    const moved = before.filter((row, i) =>
      numbers(row).some((number, k) => Math.abs(number - numbers(after[i])[k]) > 1e-9)
    );
    if (rule.keys === "as-released") assertOk(moved.length > 20, `${moved.length} scores`);
    else assertEquals(moved, [], rule.name);
    assertEquals(after.map((row) => row.judged), before.map((row) => row.judged));
  }
});

Deno.test("criteria in another order: the same ones fail", () => {
  const told = (criteria: readonly Criterion[]) =>
    failures({ tasks: benchmark.tasks, criteria }, verdicts)
      .map(({ model, task, id, failed, seeds }) => `${model} ${task} ${id} ${failed} ${seeds}`)
      .sort();
  assertEquals(told(reversed), told(benchmark.criteria));
});

/** The criteria after one of the valve's has changed. */
function withValve(change: (rubric: Rubric) => Rubric): Criterion[] {
  return criteriaOf(rubrics.map((rubric) => rubric.world === "valve" ? change(rubric) : rubric));
}

Deno.test("a reworded criterion makes exactly its own verdicts stale, in each task", () => {
  const changed = withValve((rubric) => ({
    ...rubric,
    criteria: rubric.criteria.map((row) =>
      row.id === "symmetry" ? { ...row, text: "Both leaflets swing alike." } : row
    ),
  }));
  const others = judged(benchmark.criteria, "human").filter(({ model }) => model === "wan");
  const { current, stale } = matchVerdicts(changed, [...verdicts, ...others]);
  const row = { id: "symmetry", judge_model: "1", why: "changed" as const };
  assertEquals(
    stale,
    ["probe", "human"].flatMap((judge) =>
      [16, 17, 18].map((task) => ({ ...row, task, judge, verdicts: judge === "probe" ? 4 : 2 }))
    ),
  );
  const kept = [...verdicts, ...others].filter(({ task, id }) => task < 16 || id !== "symmetry");
  assertEquals(current, kept);
  const rule = RULES[0];
  const [asked, answered] = [benchmark.criteria, changed].map((criteria) =>
    scoreVerdicts(rule, criteria, matchVerdicts(criteria, verdicts).current)
      .filter(({ dimension }) => dimension === "scientific")
  );
  for (const [i, { task, judged }] of asked.entries()) {
    const lost = judged - answered[i].judged;
    assertOk(task < 16 ? lost === 0 : lost === 0 || lost === 1);
    assertEquals(answered[i].criteria, asked[i].criteria);
  }
});

Deno.test("a changed scene makes stale only the criteria that mention it, only in that task", () => {
  const changed = withValve((rubric) => ({
    ...rubric,
    tasks: rubric.tasks.map((entry) =>
      entry.task === 17 ? { ...entry, parameters: { ...entry.parameters, period_s: 1.25 } } : entry
    ),
  }));
  const { stale } = matchVerdicts(changed, verdicts);
  assertEquals(stale, [
    { task: 17, id: "period", judge: "probe", judge_model: "1", verdicts: 4, why: "changed" },
  ]);
});

Deno.test("removed and changed criteria are distinguished; a new one has no verdict", () => {
  const changed = withValve((rubric) => ({
    ...rubric,
    criteria: rubric.criteria.map((row) => row.id === "contrast" ? { ...row, id: "bright" } : row),
  }));
  const { current, stale } = matchVerdicts(changed, verdicts);
  assertEquals(stale.map(({ task, id, why }) => [task, id, why]), [
    [16, "contrast", "gone"],
    [17, "contrast", "gone"],
    [18, "contrast", "gone"],
  ]);
  assertOk(!current.some(({ id }) => id === "bright"));
  assertEquals(matchVerdicts([], verdicts).current, []);
});

Deno.test("a verdict on a clip that was made again or is gone is stale; without a hash it is kept", () => {
  const [criterion] = benchmark.criteria;
  const { task } = criterion;
  const on = (model: string, clip_sha256: string) =>
    verdictOn(criterion, true, { model, clip_sha256 });
  const clips = ["same", "again", "unknown"].map((model) => ({
    model,
    task,
    seed: 1,
    sha256: "b",
  }));
  const kept = [on("same", "b"), on("unknown", ""), on("nowhere", "")];
  const given = [...kept, on("again", "a"), on("gone", "b")];
  const { current, stale } = matchVerdicts(benchmark.criteria, given, { clips });
  assertEquals(current, kept);
  assertEquals(stale.map(({ why, verdicts }) => [why, verdicts]), [
    ["clip-remade", 1],
    ["clip-gone", 1],
  ]);
  assertOk(staleText(stale, String)?.includes("1, its clip was made again"));
  assertEquals(matchVerdicts(benchmark.criteria, given).stale, []);
});

Deno.test("a verdict is stale if something else was asked than now, where its judge reads that", () => {
  const task = benchmark.tasks[0];
  const criterion = benchmark.criteria.find((row) => row.task === task.task && row.probe !== "")!;
  const asked = (reads: boolean) =>
    verdictOn(criterion, true, { asked_hash: askedHash(task, criterion, reads) });
  const given = [asked(true), { ...asked(false), judge: "openai" }, verdictOn(criterion, true)];
  const why = (changed: Partial<Task & Criterion>) =>
    matchVerdicts([{ ...criterion, ...changed }], given, { tasks: [{ ...task, ...changed }] })
      .stale.map(({ judge, why }) => [judge, why]);
  assertEquals(why({}), []);
  assertEquals(why({ probe: "" }), [["probe", "probe"]]);
  assertEquals(why({ prompt: "Else." }), [["probe", "prompt"], ["openai", "prompt"]]);
  assertEquals(why({ requirement: "" }), [["probe", "requirement"], ["openai", "requirement"]]);
});

Deno.test("where ids derive from texts, a new text at a place is a change, and a lost place is a loss", () => {
  const rubric = (...texts: string[]) =>
    placed(texts.map((description, i): Omit<Criterion, "id" | "place"> => ({
      ...{ benchmark: "mine", task: 1, dimension: "visual", criterion: i + 1, description },
      ...{ sign: 1, weight: 1, raw_weight: 1, probe: "" },
    })));
  const before = judged(rubric("Sharp.", "Bright."));
  const why = (...texts: string[]) =>
    matchVerdicts(rubric(...texts), before).stale.map(({ why, verdicts }) => [why, verdicts]);
  assertEquals(why("Sharp.", "Bright."), []);
  assertEquals(why("Sharp.", "Very bright."), [["changed", 4]]);
  assertEquals(why("Sharp."), [["gone", 4]]);
});

Deno.test("what is stale is said in few lines: which, whose, how many, and what to do", () => {
  const of = (task: number, why: StaleVerdicts["why"]): StaleVerdicts => ({
    task,
    id: "period",
    judge: "openai/gpt-x",
    judge_model: "gpt-x",
    verdicts: 6,
    why,
  });
  const told = staleText([of(16, "changed"), of(17, "gone")], () => "deno task judge --run mine")!;
  assertEquals(told.split("\n"), [
    "12 verdicts are stale and not scored:",
    "  task 16 period, openai/gpt-x: 6, its text has changed",
    "  task 17 period, openai/gpt-x: 6, the criterion no longer exists",
    "To judge them again: deno task judge --run mine",
  ]);
  const many = staleText(Array.from({ length: 40 }, (_, i) => of(i + 1, "changed")), String)!;
  assertEquals(many.split("\n").length, 8);
  assertOk(many.startsWith("240 verdicts are stale"));
  assertOk(many.includes("and 35 more criteria"));
  const six = staleText(Array.from({ length: 6 }, (_, i) => of(i + 1, "changed")), String)!;
  assertOk(six.includes("and 1 more criterion\n"), six);
  const one = staleText([{ ...of(16, "changed"), verdicts: 1 }], String)!;
  assertOk(one.startsWith("1 verdict is stale"), one);
  assertEquals(staleText([], String), null);
  // Judging cannot bring back a clip that was taken out.
  assertEquals(
    staleText([of(16, "clip-gone"), of(17, "clip-gone")], String),
    "12 verdicts are not scored: their clips are no longer in the run",
  );
  const both = staleText(
    [of(16, "clip-gone"), { ...of(17, "changed"), verdicts: 1 }],
    () => "again",
  )!;
  assertEquals(both.split("\n").slice(-2), [
    "To judge them again: again",
    "6 verdicts are not scored: their clips are no longer in the run",
  ]);
  assertOk(both.startsWith("1 verdict is stale"), both);
});
