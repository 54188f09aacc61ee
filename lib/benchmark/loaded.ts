/** A benchmark with what only some kinds of it have. */
import type { Entry } from "../registry.ts";
import { keyOf } from "../store/key.ts";
import type { Rubric } from "../worlds/rubric.ts";
import type { Benchmark } from "./benchmark.ts";
import type { Scene } from "./mini.ts";
import type { Paper } from "./paper.ts";
import type { Release } from "./release.ts";

/** A benchmark as it was opened. */
export interface LoadedBenchmark {
  /** Its tasks and criteria. */
  benchmark: Benchmark;
  /** What opens it again, from any folder: `mini`, `release`, `release:DIR`, the path of a file. */
  spec: string;
  /** The paper's figures, to show beside ours. */
  paper: Paper;
  /** The released files, of `release` alone. */
  release?: Release;
  /** World and parameters per task, where tasks are simulated worlds. */
  scenes?: ReadonlyMap<number, Scene>;
  /** The worlds' rubrics by world, of `mini` alone. */
  rubrics?: ReadonlyMap<string, Rubric>;
}

/** What a benchmark opens to; the paper's figures are added by `openBenchmark`. */
export type OpenedBenchmark = Omit<LoadedBenchmark, "paper">;

/** A kind of benchmark. */
export interface BenchmarkEntry extends Entry {
  /** Opens it. */
  open(argument: string | undefined): Promise<OpenedBenchmark>;
}

/**
 * The hash of all that is asked: tasks and criteria, whatever their order. 32 hexadecimal digits.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { benchmarkHash } from "./loaded.ts";
 *
 * assertEquals(benchmarkHash({ name: "mine", tasks: [], criteria: [] }).length, 32);
 * ```
 */
export function benchmarkHash({ name, tasks, criteria }: Benchmark): string {
  const lines = [...tasks, ...criteria].map((row) => keyOf({ ...row })).sort();
  return keyOf([name, ...lines]);
}
