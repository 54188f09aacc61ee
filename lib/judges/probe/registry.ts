/** The measures that the probe knows: those for any clip, then those of each world. */
import type { Measure } from "../../vision/measure.ts";
import { openMeasures, WORLD_NAMES, worldFile } from "../../worlds/registry.ts";

/** Measures defined in one file. */
export interface MeasureGroup {
  /** The file that verdicts by these measures depend on. */
  file: URL;
  measures: Readonly<Record<string, Measure>>;
}

const at = (path: string) => new URL(path, import.meta.url);

/** All groups of measures. */
export const GROUPS: readonly MeasureGroup[] = await Promise.all([
  import("./appearance.ts").then((m) => ({ file: at("appearance.ts"), measures: m.APPEARANCE })),
  import("./objects.ts").then((m) => ({ file: at("objects.ts"), measures: m.OBJECTS })),
  import("./progress.ts").then((m) => ({ file: at("progress.ts"), measures: m.PROGRESS })),
  import("./tubules.ts").then((m) => ({ file: at("tubules.ts"), measures: m.TUBULES })),
  ...WORLD_NAMES.map(async (world) => ({
    file: worldFile(world, "measures.ts"),
    measures: await openMeasures(world),
  })),
]);
