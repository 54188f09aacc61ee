/** Examines the probe judge with one clip after another; see `microsim.ts`. */
import { readKeys } from "../../lib/benchmark/keys.ts";
import { type ExamClip, examine, type ExamRow } from "../../lib/studies/calibration/exam.ts";
import { loadBenchmark } from "../../lib/runs/benchmark.ts";
import type { Variant } from "../../lib/studies/calibration/degrade.ts";
import { serve } from "../../lib/workers.ts";

// Not awaited here: a message that comes before `serve` is called would be lost.
const loaded = loadBenchmark("mini").then(({ benchmark, scenes }) => ({
  benchmark: { ...benchmark, criteria: readKeys(benchmark.criteria, "repaired") },
  scenes: scenes!,
}));

serve(async ({ clip, variants }: { clip: ExamClip; variants: Variant[] }): Promise<ExamRow[]> => {
  const { benchmark, scenes } = await loaded;
  return await examine(clip, variants, benchmark, scenes);
});
