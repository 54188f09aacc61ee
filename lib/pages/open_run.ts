/** A run of the embedded benchmark, made if it is missing, with its tables: what notebooks read. */
import type { Scene } from "../benchmark/mini.ts";
import { type Task, tasksTable } from "../records/task.ts";
import type { Criterion } from "../records/criterion.ts";
import { InputError } from "../errors.ts";
import type { Verdict } from "../records/verdict.ts";
import { type Clip, clipsTable } from "../records/clip.ts";
import { type RunPaths, runPaths } from "../paths.ts";
import { type Score, scoresTable } from "../records/score.ts";
import { type Summary, summaryTable } from "../records/summary.ts";
import { matchVerdicts } from "../scores/match.ts";
import { DEFAULT_RULE } from "../scores/rules.ts";
import { readTable, readTableIfAny } from "../store/table.ts";
import type { LoadedBenchmark } from "../benchmark/loaded.ts";
import { openBenchmark } from "../benchmark/registry.ts";
import { EMBEDDED_MODELS } from "../runs/models.ts";
import { silent } from "../runs/progress.ts";
import { reproduce, SEEDS } from "../reproduce.ts";
import { withSession } from "../runs/session.ts";
import { readVerdicts } from "../runs/verdicts.ts";

/** What the run must hold; what is missing of it is made. */
export interface OpenRunOptions {
  /** Clips per task and model; as `deno task reproduce` has it by default. */
  seeds?: number;
  /** Those of the embedded benchmark by default. */
  models?: readonly string[];
  /** Numbers of the tasks; all by default. */
  tasks?: readonly number[];
  signal?: AbortSignal;
}

/** A run's tables. */
export interface OpenRun {
  paths: RunPaths;
  loaded: LoadedBenchmark;
  /** World and parameters by task number. */
  scenes: ReadonlyMap<number, Scene>;
  /** Clips per task of simulated models: their seeds are 0 to `seeds` − 1. */
  seeds: number;
  tasks: Task[];
  /** Verdicts refer to them by task and id. */
  criteria: Criterion[];
  clips: Clip[];
  /** Those on the criteria as they are. */
  verdicts: Verdict[];
  scores: Score[];
  summary: Summary[];
}

/**
 * Opens the run in a folder. Reproduces the embedded benchmark there first, which makes only what is
 * missing: some minutes in a new folder, less than a second in a complete one. Clips, verdicts
 * and scores of other models in the folder stay and are among the tables.
 *
 * @throws {InputError} if the folder is a run of another benchmark, or another process is using it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { openRun } from "./open_run.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const { clips, summary } = await openRun(folder, {
 *   tasks: [9],
 *   seeds: 1,
 *   models: ["simulator", "violator"],
 * });
 * assertEquals(clips.map(({ model, task }) => [model, task]), [["simulator", 9], ["violator", 9]]);
 * assertEquals(summary.filter((row) => row.rule === "repaired" && row.group === "all").length, 2);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function openRun(folder: string, options: OpenRunOptions = {}): Promise<OpenRun> {
  const { seeds, tasks: wanted, models = EMBEDDED_MODELS, signal } = options;
  const paths = runPaths(folder);
  const kept = await readTableIfAny(tasksTable, paths.table("tasks"));
  const other = kept?.find(({ benchmark }) => benchmark !== "mini");
  if (other) {
    throw new InputError(
      `Cannot open the run in ${folder}: it is of the benchmark ${other.benchmark}; expected mini`,
    );
  }
  const flags = { seeds, tasks: wanted, models, rule: DEFAULT_RULE };
  const invocation = { command: "notebooks", passed: [], resolved: flags };
  await withSession(
    { folder, invocation, progress: silent, signal },
    (session) => reproduce({ benchmark: "mini", ...flags }, session),
  );
  const loaded = await openBenchmark("mini");
  const { criteria } = loaded.benchmark;
  return {
    paths,
    loaded,
    scenes: loaded.scenes ?? new Map(),
    seeds: seeds ?? SEEDS.simulated,
    tasks: loaded.benchmark.tasks,
    criteria,
    clips: await readTable(clipsTable, paths.table("clips")),
    verdicts: matchVerdicts(criteria, await readVerdicts(paths) ?? []).current,
    scores: await readTable(scoresTable, paths.table("scores")),
    summary: await readTable(summaryTable, paths.table("summary")),
  };
}
