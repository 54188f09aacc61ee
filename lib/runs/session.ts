/** A run: its folder held for one process, its steps recorded, its manifest kept current. */
import { PROJECT, runName, type RunPaths, runPaths } from "../paths.ts";
import { exists } from "../store/file.ts";
import { lockFolder } from "./lock.ts";
import {
  beginManifest,
  type Invocation,
  type Manifest,
  readManifest,
  type StepRecord,
  writeManifest,
} from "./manifest.ts";
import type { Progress, StepProgress } from "./progress.ts";
import { foldShards } from "./shards.ts";

/** What a step did. */
export interface StepResult {
  made: number;
  there: number;
}

/** A run in progress. */
export interface Session {
  readonly paths: RunPaths;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
  /** The manifest so far. */
  readonly manifest: Manifest;
  /** The command line of another task on this run, to print. */
  command(task: string): string;
  /** Runs a step whose rows carry their own keys. */
  step(
    name: string,
    total: number,
    work: (progress: StepProgress) => Promise<StepResult>,
  ): Promise<void>;
  /** Runs a step unless its outputs are there and were made from what `key` was hashed from. */
  stepOnce(
    name: string,
    key: string,
    outputs: readonly string[],
    work: (progress: StepProgress) => Promise<number>,
  ): Promise<void>;
}

/** Where and how to run. */
export interface SessionOptions {
  /** The run's folder. */
  folder: string;
  invocation: Invocation;
  progress: Progress;
  signal?: AbortSignal;
  /** Works beside other processes that share the folder. */
  shared?: boolean;
}

/**
 * Opens a run's folder and works in it. The manifest says `running` until the work ends, then
 * `finished`, `stopped` (by the signal) or `failed`; what the work throws is thrown on.
 *
 * @throws {InputError} if another process is using the folder.
 */
export async function withSession<T>(
  { folder, invocation, progress, signal, shared = false }: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const paths = runPaths(folder);
  using _lock = await lockFolder(paths.lock, shared);
  if (!shared) await foldShards(paths);
  const earlier = await readManifest(paths.manifest);
  const before = new Map(earlier?.steps.map((step) => [step.name, step]));
  const manifest = await beginManifest(invocation, PROJECT.config, PROJECT.root);
  manifest.usage.push(...earlier?.usage ?? []);
  // Keys of steps made earlier stay known if this run ends before it reaches them.
  const save = () => {
    const named = new Set(manifest.steps.map((step) => step.name));
    const rest = [...before.values()].filter((step) => !named.has(step.name));
    return writeManifest(paths.manifest, { ...manifest, steps: [...manifest.steps, ...rest] });
  };
  const record = async (step: StepRecord) => {
    manifest.steps.push(step);
    await save();
  };
  const session: Session = {
    paths,
    progress,
    signal,
    manifest,
    command: (task) => `deno task ${task} --run ${runName(folder)}`,
    async step(name, total, run) {
      signal?.throwIfAborted();
      const started = performance.now();
      const report = progress.step(name, total);
      const { made, there } = await run(report);
      report.done(said(made, there));
      await record({ name, made, there, seconds: secondsSince(started) });
    },
    async stepOnce(name, key, outputs, run) {
      signal?.throwIfAborted();
      const started = performance.now();
      const report = progress.step(name, 0);
      const present = await Promise.all(outputs.map(exists));
      const kept = before.get(name);
      if (kept?.key === key && present.every(Boolean)) {
        const there = kept.made + kept.there;
        report.done(said(0, there));
        await record({ name, made: 0, there, seconds: secondsSince(started), key });
        return;
      }
      const made = await run(report);
      report.done(said(made, 0));
      await record({ name, made, there: 0, seconds: secondsSince(started), key });
    },
  };
  await save();
  const end = async (status: Manifest["status"]) => {
    manifest.finished = new Date().toISOString();
    manifest.status = status;
    await save();
  };
  try {
    const result = await work(session);
    await end("finished");
    return result;
  } catch (error) {
    await end(signal?.aborted ? "stopped" : "failed");
    throw error;
  }
}

function said(made: number, there: number): string {
  if (made === 0) return `nothing to do, ${there} there`;
  return there === 0 ? `${made} made` : `${made} made, ${there} there`;
}

function secondsSince(started: number): number {
  return Math.round(performance.now() - started) / 1000;
}
