/** A benchmark with the additional data of its kind. */
import type { Entry } from "../registry.ts";
import { keyOf } from "../store/key.ts";
import type { Rubric } from "../worlds/rubric.ts";
import type { Benchmark } from "./benchmark.ts";
import type { Scene } from "./mini.ts";
import type { Paper } from "./paper.ts";
import type { Release } from "./release.ts";

/** An opened benchmark. */
export interface LoadedBenchmark {
  /** Its tasks and criteria. */
  benchmark: Benchmark;
  /**
   * The name that opens it again, from any folder: `mini`, `release`, `release:DIR`, or a file's
   * path.
   */
  spec: string;
  /** The figures reported in the paper, for comparison. */
  paper: Paper;
  /** The released files; only for `release`. */
  release?: Release;
  /** Whether the released files are the published ones, byte for byte. */
  published?: boolean;
  /** World and parameters by task, for tasks on simulated worlds. */
  scenes?: ReadonlyMap<number, Scene>;
  /** The rubrics by world; only for `mini`. */
  rubrics?: ReadonlyMap<string, Rubric>;
}

/** An opened benchmark before `openBenchmark` adds the paper's figures. */
export type OpenedBenchmark = Omit<LoadedBenchmark, "paper">;

/** A kind of benchmark. */
export interface BenchmarkEntry extends Entry {
  /** Opens the benchmark. */
  open(argument: string | undefined): Promise<OpenedBenchmark>;
}

/**
 * The hash of all tasks and criteria, independent of their order: 32 hexadecimal digits.
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
