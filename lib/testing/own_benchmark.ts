/** Benchmarks of one's own for tests. */

/**
 * Writes a benchmark file with one task, which has one criterion in each block.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./assert.ts";
 * import { openBenchmark } from "../benchmark/registry.ts";
 * import { writeOwnBenchmark } from "./own_benchmark.ts";
 *
 * const file = await Deno.makeTempFile({ suffix: ".json" });
 * await writeOwnBenchmark(file, { index: 9, criterion: "It is sharp." });
 * const { benchmark } = await openBenchmark(file);
 * assertEquals(benchmark.criteria.map(({ task }) => task), [9, 9, 9]);
 * await Deno.remove(file);
 * ```
 */
export async function writeOwnBenchmark(
  path: string,
  { index = 1, criterion = "It is sharp." }: { index?: number; criterion?: string } = {},
): Promise<void> {
  const block = { d1: criterion, s1: "+1", w1: 1 };
  const blocks = { rubrics_scientific: block, rubrics_visual: block, rubrics_instruction: block };
  const tasks = [{ index, task: "A cell divides.", requirement: "A cell.", ...blocks }];
  await Deno.writeTextFile(path, JSON.stringify(tasks));
}
