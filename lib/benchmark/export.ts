/** Export of a benchmark in the released format, readable by other evaluators. */
import { DIMENSIONS } from "../records/criterion.ts";
import type { LoadedBenchmark } from "./loaded.ts";

/** A file's name and content. */
export interface ExportedFile {
  name: string;
  text: string;
}

/**
 * The files of a benchmark in the released format: one per world if its tasks have worlds,
 * otherwise a single file. In addition to the released fields, tasks have their scale, world and
 * parameters, and criteria their probes (`p1`, …), as `parseOwnBenchmark` reads them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { exportBenchmark } from "./export.ts";
 * import { openBenchmark } from "./registry.ts";
 *
 * const files = exportBenchmark(await openBenchmark("mini"));
 * assertEquals(files.find(({ name }) => name === "valve.json")?.text.includes('"index": 16'), true);
 * ```
 */
export function exportBenchmark({ benchmark, scenes }: LoadedBenchmark): ExportedFile[] {
  const groups = Map.groupBy(
    benchmark.tasks,
    ({ task }) => scenes?.get(task)?.world ?? benchmark.name,
  );
  return [...groups].map(([name, tasks]) => ({
    name: `${name}.json`,
    text: `${JSON.stringify(tasks.map(entryOf), null, 2)}\n`,
  }));

  function entryOf({ task, prompt, requirement, scale }: typeof benchmark.tasks[number]) {
    const blocks = DIMENSIONS.map((dimension) => {
      const block = benchmark.criteria
        .filter((row) => row.task === task && row.dimension === dimension)
        .toSorted((a, b) => a.place - b.place)
        .flatMap(({ criterion: n, description, sign, weight, probe }) => [
          [`d${n}`, description],
          [`s${n}`, sign > 0 ? "+1" : "-1"],
          [`w${n}`, weight],
          ...(probe === "" ? [] : [[`p${n}`, JSON.parse(probe)]]),
        ]);
      return [`rubrics_${dimension}`, Object.fromEntries(block)];
    });
    return {
      index: task,
      task: prompt,
      requirement,
      ...(scale === "" ? {} : { scale }),
      ...scenes?.get(task),
      ...Object.fromEntries(blocks),
    };
  }
}
