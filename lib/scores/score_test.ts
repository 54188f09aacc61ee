import { assertEquals, assertNear, assertOk } from "../testing/assert.ts";
import { random } from "../random.ts";
import { type Criterion, type Dimension, DIMENSIONS } from "../records/criterion.ts";
import type { Task } from "../records/task.ts";
import { NON_BINARY, type Verdict } from "../records/verdict.ts";
import type { Score } from "../records/score.ts";
import { bootstrapMean } from "./interval.ts";
import { ruleNamed, RULES } from "./rules.ts";
import { scoreVerdicts } from "./score.ts";
import { comparePaired, summarise } from "./summary.ts";

type Block = [sign: 1 | -1, weight: number, met: boolean | null][];

/** Criteria and verdicts of one clip from `[sign, weight, met]` per dimension. */
function clip(blocks: Partial<Record<Dimension, Block>>, reason = "") {
  const criteria: Criterion[] = [];
  const verdicts: Verdict[] = [];
  for (const dimension of DIMENSIONS) {
    (blocks[dimension] ?? [[1, 1, true]]).forEach(([sign, weight, met], i) => {
      const at = { task: 1, id: `${dimension}-${i + 1}`, dimension, place: i + 1 };
      const asked = { ...at, criterion: i + 1, sign, weight, raw_weight: weight };
      criteria.push(asked as Criterion);
      const identity = { judge: "probe", model: "m", seed: 0, reason: met === null ? reason : "" };
      verdicts.push({ ...at, ...identity, met } as Verdict);
    });
  }
  return { criteria, verdicts };
}

function scoreOf(rule: string, blocks: Partial<Record<Dimension, Block>>, reason = "") {
  const { criteria, verdicts } = clip(blocks, reason);
  const rows = scoreVerdicts(ruleNamed(rule), criteria, verdicts);
  return (dimension: Score["dimension"]) => rows.find((row) => row.dimension === dimension)!;
}

Deno.test("the formula, clamped and unclamped", () => {
  const blocks: Partial<Record<Dimension, Block>> = {
    scientific: [[1, 1, true], [1, 0.5, false], [-1, 0.5, true]],
    visual: [[1, 0.2, false], [-1, 1, true]],
  };
  assertNear(scoreOf("repaired", blocks)("scientific").score!, 100 * (1 - 0.5) / 1.5, 1e-12);
  assertEquals(scoreOf("repaired", blocks)("visual").score, 0);
  assertNear(scoreOf("paper", blocks)("visual").score!, -500, 1e-9);
  assertNear(scoreOf("repaired", blocks)("total").score!, 100 * (0.5 - 1 + 1) / 2.7, 1e-12);
});

Deno.test("weights: normalised, raw, equal", () => {
  const { criteria, verdicts } = clip({ visual: [[1, 0, true], [1, 1, false]] });
  const raw = criteria.map((entry) => ({ ...entry, raw_weight: entry.weight === 0 ? 0.5 : 2 }));
  const visual = (rule: string) =>
    scoreVerdicts(ruleNamed(rule), raw, verdicts).find((row) => row.dimension === "visual")!.score;
  assertEquals([visual("repaired"), visual("repaired-raw"), visual("repaired-equal")], [0, 20, 50]);
});

Deno.test("nulls are never 0: they are excluded from the score and widen the bounds", () => {
  const visual = scoreOf("repaired", { visual: [[1, 1, true], [1, 1, null], [-1, 0.5, null]] })(
    "visual",
  );
  assertEquals([visual.score, visual.low, visual.high], [100, 25, 100]);
  assertEquals([visual.judged, visual.criteria], [1, 3]);
  const none = scoreOf("repaired", { visual: [[1, 1, null], [-1, 1, null]] })("visual");
  assertEquals([none.score, none.low, none.high], [null, 0, 100]);
});

Deno.test("a dimension in which nothing earns a score has none, and does not count as 0", () => {
  for (const block of [[[1, 0, true], [-1, 1, false]], [[-1, 1, true]]] as Block[]) {
    const blocks = { visual: block, scientific: [[1, 1, true]] as Block };
    const { criteria, verdicts } = clip(blocks);
    const rows = scoreVerdicts(ruleNamed("repaired"), criteria, verdicts);
    const score = (of: string) => rows.find(({ dimension }) => dimension === of)!.score;
    assertEquals([score("visual"), score("scientific")], [null, 100]);
    assertOk(score("total") !== null);
    const visual = summarise(rows, [{ task: 1, scale: "cell" } as Task])
      .find(({ group }) => group === "visual")!;
    assertEquals([visual.mean, visual.tasks], [null, 0]);
    assertEquals(scoreOf("release", blocks)("visual").score, 0);
  }
});

Deno.test("drop-task: a dimension without any verdict excludes the task; a partly judged one does not", () => {
  const unjudged = scoreOf("release", { visual: [[1, 1, null]] });
  assertEquals([unjudged("visual").score, unjudged("total").score], [null, null]);
  const part = scoreOf("release", { visual: [[1, 1, true], [1, 1, null]] });
  assertEquals([part("visual").score, part("total").score], [100, 100]);
});

Deno.test("a mis-keyed block scores 0 as released, and its earned score once repaired", () => {
  const { criteria, verdicts } = clip({ visual: [[1, 1, true], [1, 1, false]] });
  const misKeyed = criteria.map((entry) =>
    entry.dimension === "visual" ? { ...entry, criterion: entry.criterion * 11 } : entry
  );
  const visual = (rule: string) =>
    scoreVerdicts(ruleNamed(rule), misKeyed, verdicts).find((row) => row.dimension === "visual")!;
  assertEquals([visual("release").score, visual("repaired").score], [0, 50]);
});

Deno.test("a score that is neither 0 nor 1 counts as in the released script: asked, not met", () => {
  const visual = scoreOf("release", { visual: [[1, 1, true], [1, 1, null]] }, `${NON_BINARY}: 0.5`);
  assertEquals(visual("visual").score, 50);
});

Deno.test("for any verdicts, low ≤ score ≤ high, and judging more narrows the bounds", () => {
  const draw = random(11, "bounds");
  for (let trial = 0; trial < 300; trial++) {
    const block: Block = Array.from(
      { length: 1 + Math.floor(draw() * 6) },
      (
        _,
        i,
      ) => [i === 0 || draw() < 0.7 ? 1 : -1, [0.2, 0.5, 1][Math.floor(draw() * 3)], draw() < 0.5],
    );
    let [low, high] = [0, 100];
    const nulls = block.map(() => draw());
    for (const level of [1, 0.6, 0.3, 0]) {
      const hidden = block.map((
        [s, w, met],
        i,
      ): Block[number] => [s, w, nulls[i] < level ? null : met]);
      const row = scoreOf("repaired", { visual: hidden })("visual");
      if (row.score !== null) {
        assertOk(row.low <= row.score + 1e-9 && row.score <= row.high + 1e-9, JSON.stringify(row));
      }
      assertOk(row.low >= low - 1e-9 && row.high <= high + 1e-9);
      [low, high] = [row.low, row.high];
    }
    assertNear(low, high, 1e-9);
  }
});

Deno.test("the bootstrap covers the mean about 95 times in 100 and narrows as 1/√n", () => {
  const draw = random(5, "coverage");
  let covered = 0;
  const trials = 400;
  for (let trial = 0; trial < trials; trial++) {
    const { low, high } = bootstrapMean(Array.from({ length: 40 }, () => draw()))!;
    if (low! <= 0.5 && 0.5 <= high!) covered++;
  }
  assertOk(covered / trials > 0.9 && covered / trials < 0.98, `${covered} of ${trials}`);
  const width = (n: number) => {
    const { low, high } = bootstrapMean(Array.from({ length: n }, () => draw()))!;
    return high! - low!;
  };
  assertNear(width(100) / width(1600), 4, 0.8, "ratio of widths");
});

const tasks = Array.from({ length: 12 }, (_, i) => ({
  task: i + 1,
  scale: ["organ", "cell", "subcellular"][i % 3],
})) as Task[];

function scoresOf(model: string, score: (task: number, seed: number) => number | null): Score[] {
  return tasks.flatMap(({ task }) =>
    [0, 1].map((seed) => ({
      rule: "repaired",
      judge: "probe",
      model,
      task,
      seed,
      dimension: "total" as const,
      score: score(task, seed),
      low: 0,
      high: 100,
      judged: score(task, seed) === null ? 0 : 4,
      criteria: 4,
    }))
  );
}

Deno.test("a summary averages seeds within tasks and excludes tasks without a score", () => {
  const rows = summarise(scoresOf("m", (task, seed) => task > 9 ? null : task * 2 + seed), tasks);
  const all = rows.find((row) => row.group === "all")!;
  assertNear(all.mean!, 2 * 5 + 0.5, 1e-12);
  assertEquals([all.tasks, all.coverage], [9, 0.75]);
  const organ = rows.find((row) => row.group === "organ")!;
  assertNear(organ.mean!, 2 * (1 + 4 + 7) / 3 + 0.5, 1e-12);
  assertEquals(rows.find((row) => row.group === "visual")!.mean, null);
});

Deno.test("a constant lead is certain when paired, however much tasks vary", () => {
  const first = scoresOf("a", (task) => task * 7 + 2);
  const second = scoresOf("b", (task) => task * 7);
  const row = comparePaired(first, second, "all", tasks)!;
  assertNear(row.ci_low!, 2, 1e-9);
  assertNear(row.ci_high!, 2, 1e-9);
  assertEquals(row.tasks, 12);
  assertEquals(comparePaired(first, [], "all", tasks), null);
});

Deno.test("no two rules have the same properties", () => {
  const definitions = RULES.map(({ name: _, ...rule }) => JSON.stringify(rule));
  assertEquals(new Set(definitions).size, RULES.length);
});
