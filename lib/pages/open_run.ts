/** A run with its tables, made where it is missing: what notebooks read. */
import type { LoadedBenchmark } from "../benchmark/loaded.ts";
import type { Scene } from "../benchmark/mini.ts";
import { EMBEDDED_SEEDS } from "../models/registry.ts";
import { type RunPaths, runPaths } from "../paths.ts";
import { type Clip, clipsTable } from "../records/clip.ts";
import type { Criterion } from "../records/criterion.ts";
import { type Score, scoresTable } from "../records/score.ts";
import { type Summary, summaryTable } from "../records/summary.ts";
import type { Task } from "../records/task.ts";
import type { Verdict } from "../records/verdict.ts";
import { reproduce } from "../reproduce.ts";
import { isRun } from "../runs/find_run.ts";
import { readManifest } from "../runs/manifest.ts";
import { silent } from "../runs/progress.ts";
import { scoreStep } from "../runs/score.ts";
import { type Session, withSession } from "../runs/session.ts";
import { readVerdicts } from "../runs/verdicts.ts";
import { matchVerdicts } from "../scores/match.ts";
import { DEFAULT_RULE } from "../scores/rules.ts";
import { exists } from "../store/file.ts";
import { readTable, readTableIfAny } from "../store/table.ts";

/** What a run of the embedded benchmark must hold; what is missing of it is made. */
export interface OpenRunOptions {
  /** As `deno task reproduce` has them by default. */
  seeds?: readonly number[];
  /** Names of models; those of the embedded benchmark by default. */
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

/** Commands whose runs of the embedded benchmark are completed. */
const REPRODUCING = ["reproduce", "notebooks"];

/**
 * Opens the run in a folder. In a new folder, and in one that `deno task reproduce` or a notebook began,
 * the embedded benchmark is reproduced first, which makes only what is missing: some minutes at first,
 * less than a second later. Any other run is opened as it is, whatever its benchmark and judge, once it
 * has verdicts; they are scored where they are not yet.
 *
 * @throws {InputError} if another process is using the folder, or the run has no verdicts on a benchmark
 * that cannot be reproduced here.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { openRun } from "./open_run.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const { clips, summary } = await openRun(folder, {
 *   tasks: [9],
 *   seeds: [0],
 *   models: ["simulator", "simulator:each"],
 * });
 * assertEquals(clips.map(({ model, task }) => [model, task]), [["simulator", 9], ["violator", 9]]);
 * assertEquals(summary.filter((row) => row.rule === "repaired" && row.group === "all").length, 2);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function openRun(folder: string, options: OpenRunOptions = {}): Promise<OpenRun> {
  const { seeds, tasks, models, signal } = options;
  const paths = runPaths(folder);
  const work = { seeds, tasks, models, rule: DEFAULT_RULE };
  const invocation = { command: "notebooks", passed: [], resolved: work };
  const begins = !await isRun(folder);
  const loaded = await withSession(
    { folder, invocation, progress: silent, signal, begins },
    async (session) => {
      if (begins || !await isOpenedAsIs(session)) await reproduce(work, session);
      else if (!await exists(paths.table("summary"))) await scoreStep(session);
      return session.loaded;
    },
  );
  const { criteria } = loaded.benchmark;
  return {
    paths,
    loaded,
    scenes: loaded.scenes ?? new Map(),
    seeds: (seeds ?? EMBEDDED_SEEDS.simulated).length,
    tasks: loaded.benchmark.tasks,
    criteria,
    clips: await readTableIfAny(clipsTable, paths.table("clips")) ?? [],
    verdicts: matchVerdicts(criteria, await readVerdicts(paths) ?? []).current,
    scores: await readTable(scoresTable, paths.table("scores")),
    summary: await readTable(summaryTable, paths.table("summary")),
  };
}

/** Whether a run is someone's own, with verdicts or on another benchmark than the embedded one. */
async function isOpenedAsIs({ paths, loaded }: Session): Promise<boolean> {
  if (loaded.benchmark.name !== "mini") return true;
  const { invocations = [] } = await readManifest(paths.manifest) ?? {};
  const [{ command }] = invocations;
  return !REPRODUCING.includes(command) && await exists(paths.table("verdicts"));
}
