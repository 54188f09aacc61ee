/** The benchmarks by name. */
import { InputError } from "../errors.ts";
import { lazy } from "../lazy.ts";
import { findEntry, parseSpec, type Registry, registryOf } from "../registry.ts";
import { expandHome, PROJECT } from "../paths.ts";
import { exists } from "../store/file.ts";
import * as entries from "./entries.ts";
import type { BenchmarkEntry, LoadedBenchmark } from "./loaded.ts";
import { ownName } from "./own_name.ts";

const loadPaper = lazy<typeof import("./paper.ts")>(new URL("./paper.ts", import.meta.url));

/** Benchmarks by name; a `file` is named by its path alone. */
export const BENCHMARKS: Registry<BenchmarkEntry> = registryOf(Object.values(entries));

/**
 * The run of a benchmark where none is named: its own name, of a file that of {@link ownName}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { defaultRun } from "./registry.ts";
 *
 * assertEquals(["release:/data", "/my/cells.json", undefined].map(defaultRun), ["release", "cells", "mini"]);
 * ```
 */
export function defaultRun(name: string = "mini"): string {
  return isKnown(name) ? name.split(":", 1)[0] : ownName(name);
}

/**
 * Opens a benchmark by name: `mini`, `release`, `release:DIR`, or the path of a custom file.
 *
 * @param typed Its name; `~` at a path's beginning is the home folder.
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
export async function openBenchmark(typed: string): Promise<LoadedBenchmark> {
  const name = expandHome(typed);
  const { readPaper } = await loadPaper();
  const paper = await readPaper(PROJECT.paper);
  if (isPath(name) || (!isKnown(name) && await exists(name))) {
    return { ...await entries.file.open(name), paper };
  }
  const spec = parseSpec(name);
  if (spec.label !== undefined) {
    throw new InputError(
      `Cannot open the benchmark ${name}: only models can be given a label`,
    );
  }
  const entry = findEntry(BENCHMARKS, spec, "benchmark");
  return { ...await entry.open(spec.argument), paper };
}

function isPath(name: string): boolean {
  return !isKnown(name) && (/[/\\]/.test(name) || name.endsWith(".json"));
}

function isKnown(name: string): boolean {
  return Object.hasOwn(BENCHMARKS, name.split(":", 1)[0]);
}
