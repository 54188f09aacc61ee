/** A run: its folder held for one process, its benchmark opened, what each command did recorded. */
import { benchmarkHash, type LoadedBenchmark } from "../benchmark/loaded.ts";
import { openBenchmark } from "../benchmark/registry.ts";
import { InputError, messageOf } from "../errors.ts";
import { PROJECT, runName, type RunPaths, runPaths } from "../paths.ts";
import { commandText } from "../shell.ts";
import { contentOf } from "../store/file.ts";
import { isRun, refuseForeign, requireRun } from "./find_run.ts";
import { lockFile, lockFolder } from "./lock.ts";
import { beginInvocation, type Invocation } from "./invocation.ts";
import {
  type InvocationRecord,
  type Manifest,
  MANIFEST_FORM,
  readManifest,
  type RunUsage,
  type StepRecord,
  sumUp,
  writeManifest,
} from "./manifest.ts";
import type { Progress, StepProgress } from "./progress.ts";
import { foldLeftovers } from "./shards.ts";
import { upgradeRun } from "./upgrade.ts";

/** What a step did. */
export interface StepResult {
  /** Rows or files made now. */
  made: number;
  /** Rows that were there already. */
  cached: number;
}

/** A run in progress. */
export interface Session {
  /** The run's folder. */
  readonly paths: RunPaths;
  /** The run's benchmark. */
  readonly loaded: LoadedBenchmark;
  /** Where steps report. */
  readonly progress: Progress;
  /** Ends the work when aborted. */
  readonly signal?: AbortSignal;
  /** What this command did so far. */
  readonly record: Readonly<InvocationRecord>;
  /** The command line of another task on this run, to print. */
  command(task: string, flags?: readonly string[]): string;
  /** Keeps what asking a model took. */
  spend(usage: RunUsage): void;
  /** Runs a step whose rows carry their own keys. */
  step(
    name: string,
    total: number,
    work: (progress: StepProgress) => Promise<StepResult>,
  ): Promise<void>;
  /**
   * Runs a step unless its outputs are there, as it left them, and were made from what `key` was hashed
   * from. The work says how many rows or files it made, or also how many came out as they were.
   */
  stepOnce(
    name: string,
    key: string,
    outputs: readonly string[],
    work: (progress: StepProgress) => Promise<number | StepResult>,
  ): Promise<void>;
}

/** Where and how to run. */
export interface SessionOptions {
  /** The run's folder. */
  folder: string;
  /** The command, for `run.json`. */
  invocation: Invocation;
  /** Where steps report. */
  progress: Progress;
  /** Ends the work when aborted. */
  signal?: AbortSignal;
  /** May begin a run; else the folder must be one already. */
  begins?: boolean;
  /** The benchmark as the user named it. A run keeps the one that it began with, by default mini. */
  benchmark?: string;
  /** Works beside other processes that share the folder. */
  shared?: boolean;
}

/**
 * Opens a run's folder and works in it. `run.json` gains a record of the command, which says `running`
 * until the work ends, then `finished`, `stopped` (by the signal) or `failed`; what the work throws is
 * thrown on.
 *
 * @throws {InputError} before anything is written: for a folder that is no run where none may begin, one
 * that holds other files, another benchmark than the run's, or a folder that another process is using.
 */
export async function withSession<T>(
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { folder, invocation, progress, signal, begins = false, shared = false } = options;
  if (begins) await refuseForeign(folder);
  else await requireRun(folder);
  // A mistyped benchmark begins nothing.
  const first = await isRun(folder) ? null : await openBenchmark(options.benchmark ?? "mini");
  const paths = runPaths(folder);
  using _lock = await lockFolder(paths, { shared });
  await upgradeRun(paths, { shared, note: (line) => progress.note(line) });
  if (!shared) await foldLeftovers(paths);
  const earlier = await readManifest(paths.manifest);
  const loaded = first ?? await openRunsBenchmark(folder, earlier, options.benchmark);
  const { name, ...benchmark } = { name: loaded.benchmark.name, spec: loaded.spec };
  const hash = benchmarkHash(loaded.benchmark);
  if (earlier?.benchmark?.hash && earlier.benchmark.hash !== hash) {
    progress.note(
      `${name} has changed since this run last used it; what depends on that is made again`,
    );
  }
  const record = await beginInvocation(invocation, PROJECT.config, PROJECT.root);
  record.benchmark_hash = hash;
  // Others that share the folder add their own records meanwhile.
  const save = async () => {
    sumUp(record);
    using _turn = await lockFile(paths.manifestLock);
    const { invocations = [] } = await readManifest(paths.manifest) ?? {};
    const at = invocations.findIndex(({ id }) => id === record.id);
    await writeManifest(paths.manifest, {
      form: MANIFEST_FORM,
      benchmark: { ...benchmark, name, hash },
      invocations: at < 0 ? [...invocations, record] : invocations.with(at, record),
    });
  };
  const keep = async (step: StepRecord) => {
    record.steps.push(step);
    await save();
  };
  const session: Session = {
    paths,
    loaded,
    progress,
    signal,
    record,
    command: (task, flags = []) => commandText(task, ["--run", runName(folder), ...flags]),
    spend: (usage) => void record.usage.push(usage),
    async step(name, total, run) {
      signal?.throwIfAborted();
      const started = performance.now();
      const report = progress.step(name, total);
      const { made, cached } = await run(report);
      report.done(summaryOf(made, cached));
      await keep({ name, made, cached, seconds: secondsSince(started) });
    },
    async stepOnce(name, key, outputs, run) {
      signal?.throwIfAborted();
      const started = performance.now();
      const report = progress.step(name, 0);
      const last = lastStep(earlier, record, name);
      const there = await contentOf(outputs);
      if (last?.key === key && there !== null && last.output === there) {
        const cached = last.made + last.cached;
        report.done(summaryOf(0, cached));
        await keep({ ...last, made: 0, cached, seconds: secondsSince(started) });
        return;
      }
      const result = await run(report);
      const { made, cached } = typeof result === "number" ? { made: result, cached: 0 } : result;
      report.done(made === 0 ? `made again, all ${cached} as before` : summaryOf(made, cached));
      const output = await contentOf(outputs) ?? undefined;
      await keep({ name, made, cached, seconds: secondsSince(started), key, output });
    },
  };
  await save();
  const end = async (status: InvocationRecord["status"], error: string | null) => {
    Object.assign(record, { ended: new Date().toISOString(), status, error });
    await save();
  };
  try {
    const result = await work(session);
    await end("finished", null);
    return result;
  } catch (error) {
    await end(signal?.aborted ? "stopped" : "failed", signal?.aborted ? null : messageOf(error));
    throw error;
  }
}

/** The benchmark that a run is of, or begins with. */
async function openRunsBenchmark(
  folder: string,
  manifest: Manifest | null,
  named: string | undefined,
): Promise<LoadedBenchmark> {
  const kept = manifest?.benchmark;
  if (!kept) return await openBenchmark(named ?? "mini");
  const loaded = await openBenchmark(named ?? kept.spec);
  if (named === undefined || loaded.spec === kept.spec) return loaded;
  if (benchmarkHash(loaded.benchmark) === kept.hash) return { ...loaded, spec: kept.spec };
  throw new InputError(
    `Cannot use ${named} for the run ${runName(folder)}: it is of ${kept.spec}. Leave out ` +
      "--benchmark, or name another run. Nothing was written.",
  );
}

/** The last time that a step of this name was taken on the run. */
function lastStep(
  earlier: Manifest | null,
  record: InvocationRecord,
  name: string,
): StepRecord | undefined {
  const all = [...earlier?.invocations ?? [], record].flatMap(({ steps }) => steps);
  return all.findLast((step) => step.name === name);
}

function summaryOf(made: number, cached: number): string {
  if (made === 0) return `up to date, ${cached} cached`;
  return cached === 0 ? `${made} made` : `${made} made, ${cached} cached`;
}

function secondsSince(started: number): number {
  return Math.round(performance.now() - started) / 1000;
}
