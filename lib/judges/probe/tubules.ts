/** Measures of tubules, for mitochondria and microtubules. */
import { type Measure, measure, measured, noArgs } from "../../vision/measure.ts";
import { median } from "../../statistics.ts";
import { tubulesOf } from "../../vision/tubules.ts";

/** Measures of tubules of any kind. */
export const TUBULES: Record<string, Measure> = {
  "tubules-at-start": measure(
    "tubules",
    "separate bright tubules over the first four frames, median",
    noArgs,
    (analysis) => {
      const { pieces } = tubulesOf(analysis);
      return measured(median(pieces.slice(0, 4).map((found) => found.length)));
    },
  ),
};
