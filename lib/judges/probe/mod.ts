/** The judge that measures frames. */
export { PROBE_VERSION, probeJudge } from "./judge.ts";
export { type Binding, MEASURES, readBinding } from "./binding.ts";
export type { Measure, Measured } from "./measure.ts";
export { type Scene, sceneOf } from "./scene.ts";
