/** Statistics: the composition of a benchmark. */
import { quantileOfSorted } from "../statistics.ts";
import type { Statistic } from "../records/statistic.ts";
import type { Benchmark } from "./benchmark.ts";
import { DIMENSIONS } from "../records/criterion.ts";
import { SCALES } from "../records/task.ts";

/** Further data for statistics. */
export interface StatisticsContext {
  /** Number of tasks reported in the paper, in total and per scale. */
  paper?: { tasks: number; tasks_per_scale: Readonly<Record<string, number>> };
  /** Confidence of each scale label, 0–10. */
  confidence?: readonly number[];
}

/**
 * Counts a benchmark: `tasks` in total and per scale; `criteria` per dimension and sign; `weights`
 * and `raw_weights` (criteria per weight and sign); `prompt_words` and `requirement_words`
 * (minimum, quartiles, maximum); `sources` (distinct, and by kind of source); `label_confidence`
 * (tasks per level).
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { benchmarkStatistics } from "./stats.ts";
 *
 * const task = { benchmark: "mini", task: 1, scale: "cell" as const, prompt: "A cell divides", requirement: "B", source: "world:mitosis" };
 * const rows = benchmarkStatistics({ name: "mini", tasks: [task], criteria: [] });
 * assertEquals(rows.find((row) => row.statistic === "tasks" && row.group === "cell")?.value, 1);
 * ```
 */
export function benchmarkStatistics(
  { name, tasks, criteria }: Benchmark,
  { paper, confidence = [] }: StatisticsContext = {},
): Statistic[] {
  const rows: Statistic[] = [];
  const add = (statistic: string, group: string, value: number, unit: string, of?: number) =>
    rows.push({ benchmark: name, statistic, group, value, unit, paper: of ?? null });

  add("tasks", "all", tasks.length, "tasks", paper?.tasks);
  for (const scale of SCALES) {
    const count = tasks.filter((task) => task.scale === scale).length;
    add("tasks", scale, count, "tasks", paper?.tasks_per_scale[scale]);
  }
  add("criteria", "all", criteria.length, "criteria");
  for (const dimension of DIMENSIONS) {
    for (const sign of [1, -1]) {
      const count = criteria.filter((entry) =>
        entry.dimension === dimension && entry.sign === sign
      ).length;
      add("criteria", `${dimension} ${signText(sign)}`, count, "criteria");
    }
  }
  for (
    const [statistic, field] of [["weights", "weight"], ["raw_weights", "raw_weight"]] as const
  ) {
    const groups = Map.groupBy(criteria, (entry) => `${entry[field]} ${signText(entry.sign)}`);
    for (const [group, entries] of groups) add(statistic, group, entries.length, "criteria");
  }
  for (const field of ["prompt", "requirement"] as const) {
    const lengths = tasks.map((task) => wordCount(task[field])).sort((a, b) => a - b);
    for (const [group, at] of QUARTILES) {
      if (lengths.length > 0) add(`${field}_words`, group, quantileOfSorted(lengths, at), "words");
    }
  }
  add("sources", "distinct", new Set(tasks.map(({ source }) => source)).size, "sources");
  for (const [kind, list] of Map.groupBy(tasks, ({ source }) => sourceKind(source))) {
    add("sources", kind, list.length, "tasks");
  }
  for (const [level, list] of Map.groupBy(confidence, (level) => level)) {
    add("label_confidence", String(level), list.length, "tasks");
  }
  return rows;
}

/**
 * Number of words, separated by white space.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { wordCount } from "./stats.ts";
 *
 * assertEquals(wordCount(" one  cell divides\n"), 3);
 * ```
 */
export function wordCount(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

const QUARTILES = [["min", 0], ["q1", 0.25], ["median", 0.5], ["q3", 0.75], ["max", 1]] as const;

function signText(sign: number): string {
  return sign > 0 ? "+1" : "-1";
}

/** The host of a URL, or the word before a source's colon. */
function sourceKind(source: string): string {
  const host = /https?:\/\/(?:www\.)?([^/\s]+)/.exec(source)?.[1];
  return host ?? source.split(":")[0];
}
