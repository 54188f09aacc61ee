/** Figures of the benchmark and its results: rows in, one self-contained SVG out. */
export { calibrationFigure } from "./calibration.ts";
export { calibrationByWorld, type WorldLabel } from "./calibration_worlds.ts";
export { claimsFigure, type ClaimsFigureOptions } from "./claims.ts";
export { criteriaPerDimension } from "./criteria_per_dimension.ts";
export { failureHeatmap } from "./failure_heatmap.ts";
export { leaderboard, type LeaderboardOptions } from "./leaderboard.ts";
export { type PngOptions, renderPng } from "./png.ts";
export { promptLengths } from "./prompt_lengths.ts";
export { ruleSensitivity } from "./rule_sensitivity.ts";
export { tasksPerScale } from "./tasks_per_scale.ts";
export { topFailures } from "./top_failures.ts";
export { type LossReport, trainingLoss, type TrainingLossOptions } from "./training_loss.ts";
export type { CriteriaCount, PaperMean, PromptLength, ScaleCount, WeightCount } from "./types.ts";
export { weightHistogram } from "./weight_histogram.ts";
