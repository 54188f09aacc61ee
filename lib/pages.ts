/**
 * Helpers of single notebook pages: judging examples, clips side by side, simulated quantities
 * compared with closed-form solutions, facts about Wan.
 *
 * @example
 * ```ts
 * import { assertOk } from "./testing/assert.ts";
 * import { closedForm, curve } from "./pages.ts";
 *
 * const law = curve((t) => t ** 2, 0, 2);
 * const clips = [{ name: "fall", points: law }];
 * const svg = closedForm({ title: "Fall", subtitle: "t²", x: "t (s)", y: "s (m)", law, clips });
 * assertOk(svg.includes(">Fall<"));
 * ```
 *
 * @module
 */

// Clips.
export { clipFile } from "./pages/clip_file.ts";
export { filmStrip, type FilmStripText } from "./pages/film_strip.ts";
export { type PlayedClip, players } from "./pages/players.ts";

// Generation: sampling from noise, Wan, simulated quantities compared with closed-form solutions.
export { type ClosedForm, closedForm, type Point } from "./pages/closed_form.ts";
export {
  type Denoising,
  type PreviewOptions,
  type StepPreview,
  watchDenoising,
  type WatchOptions,
} from "./pages/denoising.ts";
export {
  hasEmbeddedModels,
  type PromptWord,
  promptWords,
  readTraining,
} from "./pages/embedded_models.ts";
export type { Sampling } from "./models/nano/sampling.ts";
export { type SolverName, SOLVERS } from "./models/solvers.ts";
export { denoisingSheet } from "./pages/model_sheet_denoising.ts";
export {
  curve,
  meanSquaredDisplacement,
  rmsDeviation,
  speedProfile,
  totalArea,
} from "./pages/physics.ts";
export { noiseSchedules, type WanSize, wanSizes } from "./pages/wan_facts.ts";
export { truthSheet, worldSheet, type WorldSheetOptions } from "./pages/world_sheet.ts";

// Judging: one clip, the cost of asking a model, a small calibration.
export {
  askOnce,
  type Bill,
  billsFor,
  type ExampleAnswer,
  type ExampleCall,
  type ExampleModel,
  type QuestionText,
  questionText,
} from "./pages/asking_example.ts";
export {
  calibrateIn,
  namedJudge,
  type ReliabilityRow,
  reliabilityRows,
} from "./pages/calibration_example.ts";
export { judgedCriteria, type JudgedCriterion } from "./pages/judged.ts";
export {
  type DifferingVerdict,
  differingVerdicts,
  type ExampleClip,
  type JudgedExample,
  judgedExample,
} from "./pages/judged_example.ts";
export { type StandIn, standIn, type StandInOptions } from "./pages/stand_in.ts";
export { probeText, wrapped } from "./pages/texts.ts";

// Results and failures.
export { type ComparedPair, comparedPair } from "./pages/compared_pair.ts";
export { type FailingClip, failingClips } from "./pages/failing_clips.ts";
export { type PlantedClip, plantedClips, type PlantedTables } from "./pages/planted.ts";
