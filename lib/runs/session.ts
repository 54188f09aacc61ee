/** A run: its folder held for one process, its benchmark opened, what each command did recorded. */
import { benchmarkHash, type LoadedBenchmark } from "../benchmark/loaded.ts";
import { InputError, messageOf, systemText } from "../errors.ts";
import type { JudgeUsage } from "../judges/judge_entry.ts";
import { PROJECT, runName, type RunPaths, runPaths } from "../paths.ts";
import { commandText } from "../shell.ts";
import { hearDamage } from "../store/damage.ts";
import { contentOf, exists } from "../store/file.ts";
import { removeBeginning } from "./beginning.ts";
import { lockFile, lockFolder, removeTemporaries } from "./lock.ts";
import { beginInvocation, type Invocation } from "./invocation.ts";
import {
  type InvocationRecord,
  type Manifest,
  MANIFEST_FORM,
  readManifest,
  type StepRecord,
  sumUp,
  writeManifest,
} from "./manifest.ts";
import { ownedBefore, refuseTaken, writtenBy } from "./owned.ts";
import type { Progress, StepProgress } from "./progress.ts";
import { rejoinVerdicts } from "./rejoin.ts";
import { renewTables } from "./renew_tables.ts";
import { openRunsBenchmark, readRun, type RunState } from "./run_benchmark.ts";
import { foldLeftovers } from "./shards.ts";
import { upgradeRun } from "./upgrade.ts";

/** What a step did. */
export interface StepResult {
  /** Rows or files made now. */
  made: number;
  /** Rows that were there already. */
  cached: number;
  /** What to say of it at its end, instead of how many rows. */
  summary?: string;
  /** What the step refused, thrown once it is recorded with the rest. */
  refused?: InputError;
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
  /** What this command did so far; what models' clips are made from, and what was scored, is added. */
  readonly record:
    & Readonly<Omit<InvocationRecord, "sources" | "scored">>
    & Pick<InvocationRecord, "sources" | "scored">;
  /** The run's commands before this one, the earliest first. */
  readonly earlier: readonly InvocationRecord[];
  /** The command line of another task on this run, to print. */
  command(task: string, flags?: readonly string[]): string;
  /**
   * Takes what a step writes to for the run, before it is written; steps do so by themselves.
   *
   * @throws {InputError} where something that is not the run's is in the way.
   */
  claim(step: string): Promise<void>;
  /** Keeps what asking a model took. */
  spend(usage: JudgeUsage): void;
  /**
   * Keeps what asking a model has taken so far, also of a command that is killed.
   *
   * @returns A function whose every call replaces what the last one kept.
   */
  spending(): (soFar: JudgeUsage) => Promise<void>;
  /**
   * Runs a step whose rows carry their own keys.
   *
   * @param label What progress calls it; its name where absent.
   * @throws {InputError} what the step refused, after it is recorded.
   */
  step(
    name: string,
    total: number,
    work: (progress: StepProgress) => Promise<StepResult>,
    label?: string,
  ): Promise<void>;
  /**
   * Runs a step unless its outputs are there, as it left them, and were made from what `key` was hashed
   * from. The work says how many rows or files it made, or also how many came out as they were.
   */
  stepOnce(
    name: string,
    key: string,
    outputs: readonly string[],
    work: (progress: StepProgress) => Promise<number | Pick<StepResult, "made" | "cached">>,
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
 * until the work ends, then `finished`, `stopped` (by the signal) or `failed`; the next command calls it
 * `killed` that never said. What the work throws is thrown on. A run that this very command began is
 * removed where the work refuses its input before it has made anything.
 *
 * @throws {InputError} before anything is written: for a folder that is no run where none may begin, one
 * that holds other files, another benchmark than the run's, or a folder that another process is using.
 */
export async function withSession<T>(
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { folder, invocation, progress, signal, begins = false, shared = false } = options;
  const paths = runPaths(folder);
  const note = (line: string) => progress.note(line);
  using _heard = hearDamage(note);
  // What is refused here has changed nothing.
  const found = await readRun(paths, { begins, shared });
  const opened = await openRunsBenchmark(folder, found, options.benchmark);
  const record = await beginInvocation(invocation, PROJECT.config, PROJECT.root);
  const hadFolder = await exists(folder);
  using _lock = await lockFolder(paths, { shared });
  const owned = new Set<string>();
  const write = async (loaded: LoadedBenchmark, others: readonly InvocationRecord[]) => {
    sumUp(record);
    const { benchmark, spec } = loaded;
    const at = others.findIndex(({ id }) => id === record.id);
    await writeManifest(paths.manifest, {
      form: MANIFEST_FORM,
      benchmark: { spec, name: benchmark.name, hash: record.benchmark_hash! },
      invocations: at < 0 ? [...others, record] : others.with(at, record),
      owns: [...owned].sort(),
    });
  };
  /** Reads once more what others may have changed until the lock was ours, and adds the record. */
  const register = async () => {
    using _turn = await lockFile(paths.manifestLock);
    const now = await readRun(paths, { begins, shared });
    const loaded = benchmarkOf(now) === benchmarkOf(found)
      ? opened
      : await openRunsBenchmark(folder, now, options.benchmark);
    record.benchmark_hash = benchmarkHash(loaded.benchmark);
    if (shared) refuseOtherHash(paths, now.manifest, record.benchmark_hash);
    if (now.former) {
      await upgradeRun(paths, now.former, { benchmark: loaded.benchmark, note });
    }
    const earlier = await readManifest(paths.manifest);
    const others = earlier?.invocations ?? [];
    // What lies in a folder that an earlier version used is taken for that run's.
    for (const name of earlier ? earlier.owns ?? await ownedBefore(paths) : []) owned.add(name);
    await write(loaded, shared ? others : others.map(withoutKilled));
    return { earlier, loaded };
  };
  const { earlier, loaded } = await register();
  if (!shared) {
    await removeTemporaries(folder, [...owned]);
    await renewTables(paths, [...owned], { checked: earlier?.owns !== undefined });
    await foldLeftovers(paths, (name) => owned.has(name));
    // Only the record of a former run does not know the benchmark that it was of.
    const isUpgraded = earlier?.invocations.some((one) => one.benchmark_hash === null);
    if (isUpgraded) await rejoinVerdicts(paths, loaded.benchmark.criteria);
  }
  const kept = earlier?.benchmark;
  if (kept?.hash && kept.hash !== record.benchmark_hash) {
    note(
      `${kept.name} has changed since this run last used it; what depends on that is made again`,
    );
  }
  // Others that share the folder add their own records meanwhile.
  const save = async () => {
    using _turn = await lockFile(paths.manifestLock);
    const { invocations = [], owns = [] } = await readManifest(paths.manifest) ?? {};
    for (const name of owns) owned.add(name);
    await write(loaded, invocations);
  };
  const claim = async (step: string) => {
    const names = writtenBy(step).filter((name) => !owned.has(name));
    if (names.length === 0) return;
    if (shared) await save();
    await refuseTaken(paths, names.filter((name) => !owned.has(name)));
    for (const name of names) owned.add(name);
    // Before anything is written, or a kill would leave what nobody owns.
    await save();
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
    earlier: earlier?.invocations ?? [],
    command: (task, flags = []) => commandText(task, ["--run", runName(folder), ...flags]),
    claim,
    spend: (usage) => void record.usage.push(usage),
    spending() {
      let at = -1;
      return async (soFar) => {
        if (at < 0) at = record.usage.push(soFar) - 1;
        else record.usage[at] = soFar;
        await save();
      };
    },
    async step(name, total, run, label = name) {
      signal?.throwIfAborted();
      await claim(name);
      const started = performance.now();
      const report = progress.step(label, total);
      const { made, cached, summary, refused } = await run(report);
      report.done(summary ?? summaryOf(made, cached));
      await keep({ name, made, cached, seconds: secondsSince(started) });
      if (refused) throw refused;
    },
    async stepOnce(name, key, outputs, run) {
      signal?.throwIfAborted();
      await claim(name);
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
  const end = async (status: InvocationRecord["status"], error: string | null) => {
    Object.assign(record, { ended: new Date().toISOString(), status, error });
    await save();
  };
  try {
    const result = await work(session);
    await end("finished", null);
    return result;
  } catch (error) {
    // Others that share a run may be about to work on it.
    const isRefused = error instanceof InputError && !signal?.aborted && !shared;
    if (isRefused && earlier === null && record.usage.length === 0) {
      if (await removeBeginning(paths, { keepFolder: hadFolder })) throw error;
    }
    // A full disk takes no record either; what the work failed with says so.
    await end(
      signal?.aborted ? "stopped" : "failed",
      signal?.aborted ? null : systemText(error) ?? messageOf(error),
    )
      .catch(() => {});
    throw error;
  }
}

/** What the benchmark of a run is known by; of the former form by what opens it. */
function benchmarkOf({ manifest, former }: RunState): string {
  return JSON.stringify([manifest?.benchmark, former?.spec]);
}

/** Refuses a benchmark that has changed while others that share the run make the clips of the former. */
function refuseOtherHash({ folder }: RunPaths, manifest: Manifest | null, hash: string) {
  const kept = manifest?.benchmark?.hash;
  if (!kept || kept === hash) return;
  if (!manifest.invocations.some(({ status }) => status === "running")) return;
  throw new InputError(
    `Cannot share the run ${
      runName(folder)
    }: its benchmark has changed since another process began ` +
      "to work on it. Wait until that has ended; if it was killed, run any command without --shard",
  );
}

/** The record of a command that held the folder, and no longer does, but did not say how it ended. */
function withoutKilled(record: InvocationRecord): InvocationRecord {
  return record.status === "running" ? { ...record, status: "killed" } : record;
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
