/** A run with its tables, made where it is missing: what notebooks read. */
import type { LoadedBenchmark } from "../benchmark/loaded.ts";
import type { Scene } from "../benchmark/mini.ts";
import { InputError } from "../errors.ts";
import { EMBEDDED_SEEDS } from "../models/registry.ts";
import { visibleText } from "../markup.ts";
import { runFolder, type RunPaths, runPaths } from "../paths.ts";
import type { DomainClaim } from "../records/claim.ts";
import { type Clip, clipIdOf, clipsTable } from "../records/clip.ts";
import type { Criterion } from "../records/criterion.ts";
import type { Score } from "../records/score.ts";
import { type Summary, summaryTable } from "../records/summary.ts";
import type { Task } from "../records/task.ts";
import type { Verdict } from "../records/verdict.ts";
import { nearest } from "../registry.ts";
import { reproduce } from "../reproduce.ts";
import { isRun, requireRun } from "../runs/find_run.ts";
import { readManifest } from "../runs/manifest.ts";
import { silent } from "../runs/progress.ts";
import type { FaultyClip } from "../runs/clip_files.ts";
import { freshScores, scoreStep } from "../runs/score.ts";
import { type Session, withSession } from "../runs/session.ts";
import { matchRun, readVerdicts } from "../runs/verdicts.ts";
import { DEFAULT_RULE } from "../scores/rules.ts";
import { answeringJudges, judgesOf, leadingJudge } from "../report/judge_facts.ts";
import { exists } from "../store/file.ts";
import { openTable, readTableIfAny } from "../store/table.ts";

/** Which judge to show; and what a run of the embedded benchmark must hold, else it is made. */
export interface OpenRunOptions {
  /** Its name in the table of verdicts; by default the one with verdicts on most clips. */
  judge?: string;
  /** By default those of `deno task reproduce`. */
  seeds?: readonly number[];
  /** Names of models; by default those of the embedded benchmark. */
  models?: readonly string[];
  /** Numbers of the tasks; all by default. */
  tasks?: readonly number[];
  /** Shows verdicts whose clip's file is gone too, as in an archived run. */
  withoutClips?: boolean;
  /** Ends the work when aborted. */
  signal?: AbortSignal;
}

/** A run's tables, with the verdicts of one judge and what follows from them. */
export interface OpenRun {
  /** Its folder. */
  paths: RunPaths;
  /** Its benchmark, with what only some benchmarks have. */
  loaded: LoadedBenchmark;
  /** World and parameters by task number; empty where tasks are not simulated worlds. */
  scenes: ReadonlyMap<number, Scene>;
  /** Clips per task of simulated models: their seeds are 0 to `seeds` − 1. */
  seeds: number;
  /** The benchmark's tasks. */
  tasks: Task[];
  /** The benchmark's criteria; verdicts refer to them by task and id. */
  criteria: Criterion[];
  /** Empty for a run whose verdicts were imported without clips. */
  clips: Clip[];
  /** Clips whose file is gone or has changed since they were judged: neither shown nor scored. */
  faulty: FaultyClip[];
  /** Whose verdicts, scores, summary and claims these are. */
  judge: string;
  /** Every judge of the run, in the order of the alphabet. */
  judges: string[];
  /** Those on the criteria as they are. */
  verdicts: Verdict[];
  /** Under every rule. */
  scores: Score[];
  /** Under every rule. */
  summary: Summary[];
  /** Under every rule; empty where the run lacks the models that they are about. */
  claims: DomainClaim[];
}

/** The run of the embedded benchmark, which is made where it is missing. */
const DEFAULT_RUN = "mini";

/** Commands whose runs of the embedded benchmark are completed. */
const REPRODUCING = ["reproduce", "notebooks"];

/**
 * Opens a run by its name, or by the path of its folder. `mini`, a new folder given by its path, and
 * a run that `deno task reproduce` or a notebook began are reproduced on the embedded benchmark first,
 * which makes only what is missing: some minutes at first, a few seconds later. Any other run is
 * opened as it is, whatever its benchmark and judge, once it has verdicts; they are scored where they
 * are not yet.
 *
 * @throws {InputError} if there is no run of that name, another process is using the folder, the run has no verdicts on a benchmark
 * that cannot be reproduced here, or none of the judge that is named.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { openRun } from "./open_run.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const { clips, judge, summary } = await openRun(folder, {
 *   tasks: [9],
 *   seeds: [0],
 *   models: ["simulator", "simulator:each"],
 * });
 * assertEquals(clips.map(({ model, task }) => [model, task]), [["simulator", 9], ["violator", 9]]);
 * assertEquals(summary.filter((row) => row.rule === "repaired" && row.group === "all").length, 2);
 * assertEquals(judge, "probe");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function openRun(name = DEFAULT_RUN, options: OpenRunOptions = {}): Promise<OpenRun> {
  const { judge: wanted, seeds, tasks, models, withoutClips, signal } = options;
  const folder = runFolder(name);
  const paths = runPaths(folder);
  const work = { seeds, tasks, models, rule: DEFAULT_RULE };
  const invocation = { command: "notebooks", passed: [], resolved: work };
  const begins = !await isRun(folder);
  // A mistyped name begins nothing; the run of a path, or the default, is made.
  if (begins && name !== DEFAULT_RUN && !/[\\/]/.test(name)) await requireRun(folder);
  const opened = await withSession(
    { folder, invocation, progress: silent, signal, begins },
    async (session) => {
      if (begins || !await isOpenedAsIs(session)) await reproduce({ ...work, rest: true }, session);
      const { loaded } = session;
      const all = await readVerdicts(paths) ?? [];
      const { current: verdicts, faulty, unchecked } = await matchRun(
        loaded.benchmark,
        all,
        paths,
        { withoutClips, signal },
      );
      const judges = [...new Set(verdicts.map(({ judge }) => judge))].sort();
      const judge = wanted ??
        leadingJudge(answeringJudges(await judgesOf(verdicts, paths), verdicts))?.name;
      if (judges.length > 0 && !judges.includes(judge)) throw unknownJudge(judge, judges);
      // A run that was never scored, or when this judge had not judged yet.
      const scored = (await openTable(summaryTable, paths.table("summary")))?.rows ?? [];
      if (!scored.some((row) => row.judge === judge)) await scoreStep(session, { withoutClips });
      const { rows } = await freshScores(loaded.benchmark, verdicts, paths);
      const left = new Set(faulty.map(({ clip }) => clipIdOf(clip)));
      const gone = new Set(unchecked.map(clipIdOf));
      const clips = (await readTableIfAny(clipsTable, paths.table("clips")) ?? [])
        .filter((clip) => !left.has(clipIdOf(clip)) && !gone.has(clipIdOf(clip)));
      return { loaded, verdicts, judge, judges, rows, clips, faulty };
    },
  );
  const { loaded, judge, judges, rows } = opened;
  const ofJudge = <Row extends { judge: string }>(all: readonly Row[]) =>
    all.filter((row) => row.judge === judge);
  return {
    paths,
    loaded,
    scenes: loaded.scenes ?? new Map(),
    seeds: (seeds ?? EMBEDDED_SEEDS.simulated).length,
    tasks: loaded.benchmark.tasks,
    criteria: loaded.benchmark.criteria,
    clips: opened.clips,
    faulty: opened.faulty,
    judge,
    judges,
    verdicts: ofJudge(opened.verdicts),
    scores: ofJudge(rows.scores),
    summary: ofJudge(rows.summary),
    claims: ofJudge(rows.claims),
  };
}

/**
 * What a notebook says of its run at the top, as Markdown: the benchmark, the clips and models, and
 * which judge is shown.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { aboutRun, type OpenRun } from "./open_run.ts";
 *
 * const run = { tasks: [], clips: [], verdicts: [], judge: "probe", judges: ["human", "probe"] };
 * const loaded = { benchmark: { name: "release" } };
 * const text = aboutRun({ ...run, loaded } as unknown as OpenRun);
 * assertEquals(text.split("\n\n")[1], "Other judges of this run: `human`. `MICROVERSE_JUDGE` chooses one.");
 * ```
 */
export function aboutRun(
  { loaded, tasks, clips, verdicts, judge, judges, faulty = [] }: OpenRun,
): string {
  const models = [...new Set([...clips, ...verdicts].map(({ model }) => code(model)))];
  const found = verdicts.filter(({ met }) => met !== null);
  const judged = new Set(found.map((row) => `${row.model} ${row.task} ${row.seed}`)).size;
  const missing = clips.length === 0 ? ", imported without their clips" : "";
  const [{ judge_model } = { judge_model: judge }] = verdicts;
  const asked = [judge, "probe", "unknown"].includes(judge_model) || judge.endsWith(judge_model)
    ? ""
    : ` (${code(judge_model)})`;
  const others = judges.filter((name) => name !== judge).map(code);
  const counted = (n: number) => `${n} ${n === 1 ? "clip" : "clips"}`;
  return [
    `Benchmark ${code(loaded.benchmark.name)}, ${tasks.length} tasks. Models: ${
      models.join(", ")
    }. ` +
    `Judge ${code(judge)}${asked}: verdicts on ${counted(judged)}${missing}.`,
    ...others.length > 0
      ? [`Other judges of this run: ${others.join(", ")}. \`MICROVERSE_JUDGE\` chooses one.`]
      : [],
    ...faulty.length > 0
      ? [
        `${
          counted(faulty.length)
        } neither shown nor scored, since files are gone, cannot be read or ` +
        "have changed since they were judged. `deno task score` names them.",
      ]
      : [],
  ].join("\n\n");
}

/** A name as a span of code in Markdown, which nothing in the name can end. */
function code(name: string): string {
  return `\`${visibleText(name).replaceAll("`", "'")}\``;
}

function unknownJudge(judge: string, judges: readonly string[]): InputError {
  const guess = nearest(judge, judges);
  return new InputError(
    `Found no verdicts of the judge ${judge}${guess ? `; did you mean ${guess}?` : ""}\n` +
      `Judges of this run: ${judges.join(", ")}`,
  );
}

/** Whether a run is someone's own, with verdicts or on another benchmark than the embedded one. */
async function isOpenedAsIs({ paths, loaded }: Session): Promise<boolean> {
  if (loaded.benchmark.name !== "mini") return true;
  const { invocations = [] } = await readManifest(paths.manifest) ?? {};
  const [{ command }] = invocations;
  return !REPRODUCING.includes(command) && await exists(paths.table("verdicts"));
}
