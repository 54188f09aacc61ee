/** The flag of commands that begin a run, or read a benchmark. */
import { BENCHMARKS } from "../lib/benchmark/registry.ts";
import { text } from "../lib/options.ts";

/** The benchmark by its name. */
export const benchmark = text("NAME", "Benchmark: one of those above, mini by default.").meta({
  names: { title: "Benchmarks", registry: BENCHMARKS },
});
