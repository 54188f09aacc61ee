/** Worker that examines the probe judge; see `microsim.ts`. */
import { type ExamClip, examine, type ExamRow } from "../../lib/studies/calibration/exam.ts";
import { openBenchmark } from "../../lib/benchmark/registry.ts";
import type { Variant } from "../../lib/studies/calibration/degrade.ts";
import { serve } from "../../lib/workers.ts";

// Not awaited here: a message that arrives before `serve` is called would be lost.
const loaded = openBenchmark("mini").then(({ benchmark, scenes }) => ({
  benchmark,
  scenes: scenes!,
}));

serve(async ({ clip, variants }: { clip: ExamClip; variants: Variant[] }): Promise<ExamRow[]> => {
  const { benchmark, scenes } = await loaded;
  return await examine(clip, variants, benchmark, scenes);
});
