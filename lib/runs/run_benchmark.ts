/** The benchmark of a run, found before anything is written. */
import { benchmarkHash, type LoadedBenchmark } from "../benchmark/loaded.ts";
import { openBenchmark } from "../benchmark/registry.ts";
import { InputError, messageOf } from "../errors.ts";
import { runName, type RunPaths } from "../paths.ts";
import { refuseForeign, requireRun } from "./find_run.ts";
import { type FormerRun, readFormer } from "./former.ts";
import { type Manifest, readManifest, requireWritable } from "./manifest.ts";

/** What a folder is, as its `run.json` says. */
export interface RunState {
  /** Null where the run is yet to begin, or is of the former form. */
  manifest: Manifest | null;
  /** Null for any but a run of the former form. */
  former: FormerRun | null;
}

/**
 * Reads what a folder is, and changes nothing.
 *
 * @param options.begins Whether a run may begin there.
 * @param options.shared Whether others are to share it.
 * @throws {InputError} for a folder that is no run and in which none may begin, a `run.json` that is
 * none or is read-only, or a run that cannot be shared.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../testing/assert.ts";
 * import { runPaths } from "../paths.ts";
 * import { readRun } from "./run_benchmark.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const begun = await readRun(runPaths(folder), { begins: true, shared: false });
 * assertEquals(begun, { manifest: null, former: null });
 * await Deno.writeTextFile(`${folder}/run.json`, "null");
 * await assertInputError(() => readRun(runPaths(folder), { begins: true, shared: false }), "run.json");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function readRun(
  paths: RunPaths,
  { begins, shared }: { begins: boolean; shared: boolean },
): Promise<RunState> {
  if (begins) await refuseForeign(paths.folder);
  else await requireRun(paths.folder);
  const former = await readFormer(paths);
  if (former && shared) {
    throw new InputError(
      `Cannot share the run ${paths.folder}: an earlier version made it. Upgrade it first with any ` +
        "command without --shard, such as deno task score",
    );
  }
  const manifest = former ? null : await readManifest(paths.manifest);
  await requireWritable(paths.manifest);
  return { manifest, former };
}

/**
 * Opens the benchmark that a run is of, or begins with.
 *
 * @param named As the user named it; the run's own, or mini, where absent.
 * @throws {InputError} for any other than the run's.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { openRunsBenchmark } from "./run_benchmark.ts";
 *
 * const state = { manifest: null, former: null };
 * assertEquals((await openRunsBenchmark("/tmp/mine", state, undefined)).spec, "mini");
 * ```
 */
export async function openRunsBenchmark(
  folder: string,
  { manifest, former }: RunState,
  named: string | undefined,
): Promise<LoadedBenchmark> {
  if (former) return await openFormer(folder, former, named);
  const kept = manifest?.benchmark;
  if (!kept) return await openBenchmark(named ?? "mini");
  const loaded = await openBenchmark(named ?? kept.spec);
  if (named === undefined || loaded.spec === kept.spec) return loaded;
  if (benchmarkHash(loaded.benchmark) === kept.hash) return { ...loaded, spec: kept.spec };
  throw otherBenchmark(folder, named, kept.spec);
}

async function openFormer(folder: string, { spec }: FormerRun, named: string | undefined) {
  let own: LoadedBenchmark;
  try {
    own = await openBenchmark(spec);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `Cannot upgrade the run ${
        runName(folder)
      }: its benchmark ${spec} cannot be opened. Nothing ` +
        `was written. ${messageOf(error)}`,
    );
  }
  if (named === undefined) return own;
  const { benchmark, spec: other } = await openBenchmark(named);
  const isOwn = other === own.spec || benchmarkHash(benchmark) === benchmarkHash(own.benchmark);
  if (!isOwn) throw otherBenchmark(folder, named, spec);
  return own;
}

function otherBenchmark(folder: string, named: string, spec: string): InputError {
  return new InputError(
    `Cannot use ${named} for the run ${runName(folder)}: it is of ${spec}. Leave out ` +
      "--benchmark, or name another run. Nothing was written.",
  );
}
