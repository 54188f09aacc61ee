/** What a leaderboard says about the tasks that it compares models on. */
import type { Summary } from "../records/summary.ts";
import { DIMENSIONS } from "../records/criterion.ts";
import { someOf } from "../numbers.ts";
import { MIN_CLUSTERS } from "./interval.ts";

/**
 * Over which tasks the ranked models are compared.
 *
 * @param ranked The ranked models' rows as `leaderboardOf` gives them.
 *
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "../testing/assert.ts";
 * import type { Summary } from "../records/summary.ts";
 * import { comparedText } from "./compared_text.ts";
 *
 * const rows = ["a", "b"].map((model) => ({ model, group: "all", tasks: 39, rank: 1 }) as Summary);
 * assertEquals(comparedText(rows), "means over the 39 tasks that both ranked models have");
 * const few = comparedText(rows.map((row) => ({ ...row, tasks: 3, rank: null })));
 * assertOk(few.endsWith("fewer than 5: no intervals and no ranks"), few);
 * ```
 */
export function comparedText(ranked: readonly Summary[]): string {
  const overall = ranked.filter(({ group }) => group === "all");
  const n = overall[0]?.tasks ?? 0;
  if (n === 0) return "no task could be scored";
  const tasks = `${n} ${n === 1 ? "task" : "tasks"}`;
  const all = overall.length === 1
    ? `mean over ${tasks}`
    : `means over the ${tasks} that ${overall.length === 2 ? "both" : `all ${overall.length}`} ${
      n < MIN_CLUSTERS ? "compared" : "ranked"
    } models have`;
  const fewer = overall.length === 1 ? [] : DIMENSIONS.flatMap((dimension) => {
    const own = ranked.find(({ group, tasks }) => group === dimension && tasks > 0);
    return own && own.tasks < n ? [`${own.tasks} in ${dimension}`] : [];
  });
  const over = fewer.length > 0 ? `${all} (${fewer.join(", ")})` : all;
  return n < MIN_CLUSTERS ? `${over}; fewer than ${MIN_CLUSTERS}: no intervals and no ranks` : over;
}

/**
 * What a shared rank means, where models share one; null where none do.
 *
 * @param ranked The ranked models' rows as `leaderboardOf` gives them.
 *
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "../testing/assert.ts";
 * import type { Summary } from "../records/summary.ts";
 * import { sharedRankText } from "./compared_text.ts";
 *
 * const rows = [1, 1, 3].map((rank) => ({ model: `m${rank}`, group: "all", rank }) as Summary);
 * assertOk(sharedRankText(rows)?.includes("share"));
 * assertEquals([sharedRankText(rows.slice(1)), sharedRankText([])], [null, null]);
 * ```
 */
export function sharedRankText(ranked: readonly Summary[]): string | null {
  const ranks = ranked.filter(({ group, rank }) => group === "all" && rank !== null)
    .map(({ rank }) => rank);
  if (new Set(ranks).size === ranks.length) return null;
  return "A model shares the rank of those above it where the 95% interval of its difference from the " +
    "first of them, over these tasks, contains 0.";
}

/** What was selected when a run was scored. */
export interface ScoredPart {
  /** As typed: `--tasks 1-3`. */
  text: string;
  /** Number of the benchmark's tasks in it. */
  tasks: number;
}

/**
 * How missing tasks count, where there are any, and who has several clips where others have one; null
 * where all have all.
 *
 * @param summary The rows with the models' own numbers of tasks.
 * @param total Number of the benchmark's tasks.
 * @param part The selection that was scored; null where all was.
 *
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "../testing/assert.ts";
 * import type { Summary } from "../records/summary.ts";
 * import { missingText } from "./compared_text.ts";
 *
 * const row = (model: string, tasks: number) =>
 *   ({ model, group: "all", tasks, clips: tasks }) as Summary;
 * const summary = [row("a", 39), row("b", 30)];
 * const text = missingText(summary, 39)!;
 * assertOk(text.includes("b 30") && text.includes("not counted as 0"), text);
 * assertEquals(missingText([row("a", 39)], 39), null);
 * assertEquals(
 *   missingText([row("a", 3)], 39, { text: "--tasks 1-3", tasks: 3 }),
 *   "Only a selection was scored: --tasks 1-3.",
 * );
 * ```
 */
export function missingText(
  summary: readonly Summary[],
  total: number,
  part: ScoredPart | null = null,
): string | null {
  const asked = part?.tasks ?? total;
  const own = summary.filter(({ group }) => group === "all");
  const short = own.filter(({ tasks }) => tasks < asked);
  const perTask = own.filter(({ tasks, clips }) => tasks > 0 && clips > 0)
    .map(({ model, tasks, clips }) => ({ model, per: Math.round(10 * clips / tasks) / 10 }));
  const parts = part ? [`Only a selection was scored: ${part.text}.`] : [];
  if (short.length > 0) {
    const counts = someOf(short.map(({ model, tasks }) => `${model} ${tasks}`), 8);
    parts.push(
      `Models with a score on fewer than the ${
        part ? "selection" : "benchmark"
      }'s ${asked} tasks: ${counts}. Tasks without ` +
        "a score are left out, not counted as 0.",
    );
  }
  if (new Set(perTask.map(({ per }) => per)).size > 1) {
    const counts = someOf(perTask.map(({ model, per }) => `${model} ${per}`), 8);
    parts.push(
      `Clips per task: ${counts}. They are averaged first, so that each task counts once.`,
    );
  }
  return parts.length > 0 ? parts.join(" ") : null;
}
