/** The available benchmarks, one line each. */
import { exists } from "../store/file.ts";
import { InputError } from "../errors.ts";
import { allEntries, findEntry, type Form, parseSpec, type Registry } from "../registry.ts";
import { PROJECT } from "../paths.ts";
import type { BenchmarkEntry, LoadedBenchmark } from "./loaded.ts";
import { readPaper } from "./paper.ts";

/** Benchmarks by name; a `file` is named by its path alone. */
export const BENCHMARKS: Registry<BenchmarkEntry> = {
  mini: () => import("./mini_entry.ts").then(({ mini }) => mini),
  release: () => import("./release_entry.ts").then(({ release }) => release),
  file: () => import("./file_entry.ts").then(({ file }) => file),
};

/** The ways to name a benchmark, for help texts. */
export async function benchmarkForms(): Promise<Form[]> {
  return (await allEntries(BENCHMARKS)).flatMap(({ syntax }) => syntax);
}

/**
 * Opens a benchmark by name: `mini`, `release`, `release:DIR`, or the path of a custom file.
 *
 * @throws {InputError} for an unknown name, with the nearest match, and for missing or malformed
 * files.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../testing/assert.ts";
 * import { openBenchmark } from "./registry.ts";
 *
 * assertEquals((await openBenchmark("mini")).benchmark.name, "mini");
 * await assertInputError(() => openBenchmark("minni"), "did you mean mini?");
 * ```
 */
export async function openBenchmark(name: string): Promise<LoadedBenchmark> {
  const paper = await readPaper(PROJECT.paper);
  if (isPath(name) || (!isKnown(name) && await exists(name))) {
    const entry = await BENCHMARKS.file();
    return { ...await entry.open(name), paper };
  }
  const spec = parseSpec(name);
  if (spec.label !== undefined) {
    throw new InputError(
      `Cannot open the benchmark ${name}: only models can be given a label`,
    );
  }
  const entry = await findEntry(BENCHMARKS, spec, "benchmark");
  return { ...await entry.open(spec.argument), paper };
}

function isPath(name: string): boolean {
  return !isKnown(name) && (/[/\\]/.test(name) || name.endsWith(".json"));
}

function isKnown(name: string): boolean {
  return Object.hasOwn(BENCHMARKS, name.split(":", 1)[0]);
}
