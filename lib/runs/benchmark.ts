/** The benchmark of a run: read, audited, counted, and kept as tables. */
import { auditBenchmark, auditRelease } from "../benchmark/audit.ts";
import { benchmarkStatistics } from "../benchmark/stats.ts";
import { type Statistic, statsTable } from "../records/statistic.ts";
import { criteriaTable } from "../records/criterion.ts";
import { type Finding, findingsTable } from "../records/finding.ts";
import { tasksTable } from "../records/task.ts";
import type { LoadedBenchmark } from "../benchmark/loaded.ts";
import type { RunPaths } from "../paths.ts";
import { perfectScores } from "../scores/perfect.ts";
import { ruleNamed } from "../scores/rules.ts";
import { readBinding } from "../judges/probe/binding.ts";
import { sortRows } from "../store/cache.ts";
import { tellDamage } from "../store/damage.ts";
import { replaceFileIfChanged } from "../store/file.ts";
import type { Session } from "./session.ts";
import type { TableSchema } from "../store/schema.ts";
import { sealOf } from "../store/seal.ts";
import { encodeTable } from "../store/table.ts";

/**
 * All findings about a benchmark: in its data, in the released files, and in what a perfect model
 * gets under the rule `release`.
 *
 * @throws {InputError} for a criterion whose probe names no measure or an impossible threshold, which
 * the judge would find only after hours of generation.
 */
export function audit({ benchmark, paper, release }: LoadedBenchmark): Finding[] {
  for (const { task, dimension, criterion, probe } of benchmark.criteria) {
    if (probe !== "") readBinding(probe, `task ${task}, ${dimension} criterion ${criterion}`);
  }
  const findings = auditBenchmark(benchmark);
  if (release) findings.push(...auditRelease(release, benchmark, paper.tasks_per_scale));
  for (const { dimension, mean, below } of perfectScores(benchmark, ruleNamed("release"))) {
    if (below.length === 0 || dimension === "total") continue;
    findings.push({
      benchmark: benchmark.name,
      task: 0,
      dimension,
      criterion: 0,
      kind: "perfect-score",
      detail: `a perfect model gets ${mean.toFixed(2)} under the rule release; ` +
        `tasks below 100: ${below.length}`,
    });
  }
  return sortRows(findingsTable, findings);
}

/** Dataset statistics beside the paper's figures, which are of the release. */
export function statistics({ benchmark, paper, release }: LoadedBenchmark): Statistic[] {
  const rows = benchmarkStatistics(
    benchmark,
    release ? { paper, confidence: release.labels.map(({ confidence }) => confidence) } : {},
  );
  return sortRows(statsTable, rows);
}

/**
 * Keeps a benchmark's tables; returns how many rows were written and how many were there.
 *
 * @throws {InputError} as {@link audit} does, before anything is written.
 */
export async function keepBenchmark(
  loaded: LoadedBenchmark,
  paths: RunPaths,
): Promise<{ made: number; cached: number }> {
  const { tasks, criteria } = loaded.benchmark;
  const results = [
    await keep(tasksTable, sortRows(tasksTable, tasks), paths),
    await keep(criteriaTable, sortRows(criteriaTable, criteria), paths),
    await keep(statsTable, statistics(loaded), paths),
    await keep(findingsTable, audit(loaded), paths),
  ];
  return {
    made: results.reduce((sum, { made }) => sum + made, 0),
    cached: results.reduce((sum, { cached }) => sum + cached, 0),
  };
}

/** The step that keeps the tables of a session's benchmark; `run.json` knows it as `stats`. */
export async function benchmarkStep({ loaded, paths, step }: Session): Promise<void> {
  const { tasks, criteria } = loaded.benchmark;
  const summary = `${tasks.length} tasks, ${criteria.length} criteria`;
  await step(
    "stats",
    0,
    async () => ({ ...await keepBenchmark(loaded, paths), summary }),
    "benchmark",
  );
}

/** What {@link keep} did. */
export interface KeptTable {
  /** Rows that were written. */
  made: number;
  /** Rows of a table that came out as it was. */
  cached: number;
  /** What stood in the place of a table that was written. */
  was: "gone" | "damaged" | "other" | null;
}

/** Writes a table unless it is there with these very rows; names one that was damaged. */
export async function keep<Row>(
  schema: TableSchema<Row>,
  rows: readonly Row[],
  paths: RunPaths,
): Promise<KeptTable> {
  const path = paths.table(schema.name);
  const bytes = encodeTable(schema, rows);
  const before = await Deno.readFile(path).catch(() => null);
  const changed = await replaceFileIfChanged(path, bytes);
  if (!changed) return { made: 0, cached: rows.length, was: null };
  const was = before === null ? "gone" : isDamaged(before) ? "damaged" : "other";
  if (was === "damaged") tellDamage(`${path} was changed or damaged: it is made again`);
  return { made: rows.length, cached: 0, was };
}

function isDamaged(bytes: Uint8Array): boolean {
  return bytes.length === 0 || sealOf(bytes) === "damaged";
}
