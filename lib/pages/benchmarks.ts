/** The benchmarks available to a notebook. */
import { join } from "node:path";
import type { LoadedBenchmark } from "../benchmark/loaded.ts";
import { openBenchmark } from "../benchmark/registry.ts";
import { RELEASE_FILES } from "../benchmark/release.ts";
import { PROJECT } from "../paths.ts";
import { exists } from "../store/file.ts";

/**
 * The embedded benchmark, and the released one if `deno task fetch` has downloaded it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { openBenchmarks } from "./benchmarks.ts";
 *
 * const [{ benchmark }] = await openBenchmarks();
 * assertEquals(benchmark.name, "mini");
 * ```
 */
export async function openBenchmarks(): Promise<LoadedBenchmark[]> {
  const fetched = await exists(join(PROJECT.release, RELEASE_FILES.normalised));
  return await Promise.all(["mini", ...fetched ? ["release"] : []].map(openBenchmark));
}
