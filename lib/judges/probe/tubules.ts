/** Measures of tubules: of mitochondria and of microtubules alike. */
import { type Measure, measure, measured, noArgs } from "../../vision/measure.ts";
import { median } from "../../statistics.ts";
import { tubulesOf } from "../../vision/tubules.ts";

/** Measures of tubules of any kind. */
export const TUBULES: Record<string, Measure> = {
  "tubules-at-start": measure(
    "tubules",
    "separate bright tubules over the first four frames, median",
    noArgs,
    (scene) => {
      const { pieces } = tubulesOf(scene);
      return measured(median(pieces.slice(0, 4).map((found) => found.length)));
    },
  ),
};
