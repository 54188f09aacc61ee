/** Which steps, in what order, what is already there, progress. */
export {
  audit,
  keep,
  keepBenchmark,
  loadBenchmark,
  type LoadedBenchmark,
  statistics,
} from "./benchmark.ts";
export { generateClips, takeClips } from "./clips.ts";
export { type Invocation, type Manifest, readManifest } from "./manifest.ts";
export { EMBEDDED_MODELS, generateWith, MODEL_SPECS } from "./models.ts";
export { type Progress, silent, type StepProgress, textProgress } from "./progress.ts";
export { scoreRun } from "./scores.ts";
export { type Session, type SessionOptions, type StepResult, withSession } from "./session.ts";
export { judgeClips, keepVerdicts } from "./verdicts.ts";
export { reproduce, type ReproduceOptions, SEEDS } from "./reproduce.ts";
export { importStep, judgeStep, reportStep, scoreStep } from "./steps.ts";
