/** Measures of objects of any kind: their number and persistence. */
import {
  type Measure,
  measure,
  measured,
  noArgs,
  objectArgs,
  objectsOf,
  unmeasured,
} from "../../vision/measure.ts";
import { mean, median } from "../../statistics.ts";

/** Mean of the numbers in each third of the clip. */
function thirds(values: readonly number[]): number[] {
  const n = values.length;
  return [0, 1, 2].map((i) =>
    mean(values.slice(Math.floor(i * n / 3), Math.floor((i + 1) * n / 3)))
  );
}

/** Measures of objects of any kind. */
export const OBJECTS: Record<string, Measure> = {
  "object-count": measure(
    "objects",
    "objects in view, mean over the frames",
    objectArgs,
    (analysis, { objects }) =>
      measured(mean(objectsOf(analysis, objects).map((frame) => frame.length))),
  ),
  "count-retention": measure(
    "1",
    "objects in the last third of the clip over those in the first",
    objectArgs,
    (analysis, { objects }) => {
      const counts = objectsOf(analysis, objects).map((frame) => frame.length);
      if (counts.length < 6) return unmeasured(`${counts.length} frames are too few`);
      const [first, , last] = thirds(counts);
      return first < 3 ? unmeasured("fewer than 3 objects at the start") : measured(last / first);
    },
  ),
  "bodies-at-start": measure(
    "bodies",
    "separate bodies over the first four frames, median",
    noArgs,
    (analysis) => measured(median(analysis.bodies().slice(0, 4).map((bodies) => bodies.length))),
  ),
};
