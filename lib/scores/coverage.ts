/** How much of what a leaderboard compares has a verdict, and what was never asked. */
import type { Benchmark } from "../benchmark/benchmark.ts";
import { type Clip, clipIdOf } from "../records/clip.ts";
import { DIMENSIONS } from "../records/criterion.ts";
import type { Score } from "../records/score.ts";
import type { Verdict } from "../records/verdict.ts";
import { commonTasks, scoredTasks } from "./ranking.ts";
import type { Rule } from "./rules.ts";

/** What identifies a clip. */
type OfClip = Pick<Clip, "model" | "task" | "seed">;

/** Criteria of clips, by what became of them. */
export interface Coverage {
  /** Share with a verdict, 0–1, of the criteria of the compared tasks, by model. */
  shares: Map<string, number>;
  /** Criteria of the run's clips, on whatever task. */
  criteria: number;
  /** Of these with a verdict. */
  judged: number;
  /** Those that were asked without an answer: null. */
  unanswered: number;
  /** Those that the judge was never asked. */
  unasked: number;
  /** Tasks, of whatever model, of which whole dimensions are without a verdict, while others have some. */
  partial: number;
}

/**
 * Counts what one judge was asked of some clips, and what it answered.
 *
 * @param judged.clips The run's, or those of the selection that was scored. Clips of verdicts that it
 * lacks count, too.
 * @param judged.verdicts One judge's.
 * @param judged.scores The same judge's under one rule: of which tasks a model is compared, they say.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import type { Criterion } from "../records/criterion.ts";
 * import type { Score } from "../records/score.ts";
 * import { verdictOn } from "../testing/verdicts.ts";
 * import { coverageOf } from "./coverage.ts";
 *
 * const criteria = ["a", "b"].flatMap((id) =>
 *   [1, 2].map((task) => ({ task, id, dimension: "visual", description: "" }) as Criterion)
 * );
 * const clips = [1, 2].map((task) => ({ model: "nano", task, seed: 1 }));
 * const verdicts = [verdictOn(criteria[0], true)];
 * const scores = [{ model: "nano", task: 1, dimension: "total", score: 100 } as Score];
 * const { shares, unasked, judged } = coverageOf({ clips, criteria, verdicts, scores });
 * assertEquals([shares.get("nano"), unasked, judged], [0.5, 3, 1]);
 * ```
 */
export function coverageOf(
  { clips, criteria, verdicts, scores }: {
    clips: readonly OfClip[];
    criteria: Benchmark["criteria"];
    verdicts: readonly Verdict[];
    scores: readonly Score[];
  },
): Coverage {
  const byTask = Map.groupBy(criteria, ({ task }) => task);
  const byClip = Map.groupBy(verdicts, clipIdOf);
  const all = new Map([...clips, ...verdicts].map((clip) => [clipIdOf(clip), clip]));
  const compared = comparedTasks(scores);
  const sums = new Map<string, { judged: number; criteria: number }>();
  const total = { criteria: 0, judged: 0, unanswered: 0, unasked: 0 };
  const partial = new Set<number>();
  for (const [id, { model, task }] of all) {
    const asked = byTask.get(task) ?? [];
    const met = new Map(byClip.get(id)?.map((row) => [row.id, row.met]));
    const answered = asked.filter((row) => (met.get(row.id) ?? null) !== null);
    const known = asked.filter((row) => met.has(row.id));
    total.criteria += asked.length;
    total.judged += answered.length;
    total.unanswered += known.length - answered.length;
    total.unasked += asked.length - known.length;
    const dimensions = DIMENSIONS.filter((name) => asked.some((row) => row.dimension === name));
    const has = dimensions.filter((name) => answered.some((row) => row.dimension === name));
    if (has.length > 0 && has.length < dimensions.length) partial.add(task);
    if (!compared.get(model)?.has(task)) continue;
    const sum = sums.get(model) ?? { judged: 0, criteria: 0 };
    sums.set(model, {
      judged: sum.judged + answered.length,
      criteria: sum.criteria + asked.length,
    });
  }
  const shares = new Map(
    [...sums].map(([model, sum]) => [model, sum.criteria > 0 ? sum.judged / sum.criteria : 0]),
  );
  return { shares, ...total, partial: partial.size };
}

/** On which tasks each model is compared: the ranked ones on common tasks, the others on their own. */
function comparedTasks(scores: readonly Score[]): Map<string, ReadonlySet<number>> {
  const own = scoredTasks(scores);
  const { ranked, tasks } = commonTasks(own);
  const common = new Set(tasks);
  return new Map(
    [...own].map(([model, tasks]) => [model, ranked.includes(model) ? common : tasks]),
  );
}

/**
 * What to say of criteria without a verdict, in sentences; null where all have one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { coverageText } from "./coverage.ts";
 * import { ruleNamed } from "./rules.ts";
 *
 * const none = { shares: new Map(), criteria: 90, judged: 90, unanswered: 0, unasked: 0, partial: 0 };
 * assertEquals(coverageText(none, ruleNamed("repaired")), null);
 * assertEquals(
 *   coverageText({ ...none, judged: 7, unanswered: 1, unasked: 82, partial: 1 }, ruleNamed("repaired")),
 *   "Of 90 criteria of the run's clips 7 have a verdict; 82 were not asked, 1 has no answer (null). " +
 *     "1 task has no verdict in some dimension: its score is of the other dimensions alone.",
 * );
 * ```
 */
export function coverageText(
  { criteria, judged, unanswered, unasked, partial }: Coverage,
  { name, missing }: Pick<Rule, "name" | "missing">,
): string | null {
  if (judged === criteria) return null;
  const were = (n: number, one: string, more: string) => n === 1 ? one : more;
  const parts = [
    ...(unasked > 0 ? [`${unasked} ${were(unasked, "was", "were")} not asked`] : []),
    ...(unanswered > 0
      ? [`${unanswered} ${were(unanswered, "has", "have")} no answer (null)`]
      : []),
  ];
  const text = `Of ${criteria} criteria of the run's clips ${judged} ` +
    `${were(judged, "has", "have")} a verdict; ${parts.join(", ")}.`;
  if (partial === 0) return text;
  const [tasks, its] = partial === 1 ? ["1 task has", "its score is"] : [
    `${partial} tasks have`,
    "their scores are",
  ];
  return `${text} ${tasks} no verdict in some dimension: ${
    missing === "drop-task"
      ? `under the rule ${name} ${partial === 1 ? "it is" : "they are"} left out`
      : `${its} of the other dimensions alone`
  }.`;
}
