/**
 * MicroVerse Notebooks: benchmarks of the microscopic world, the clips that video models make of them,
 * verdicts, scores, studies and figures, as notebooks and other programs import them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { openBenchmark } from "./mod.ts";
 *
 * const { benchmark } = await openBenchmark("mini");
 * assertEquals(benchmark.tasks.length, 39);
 * ```
 *
 * @module
 */

// Benchmarks: tasks and criteria, and what is wrong with them.
export { BENCHMARKS, openBenchmark } from "./benchmark/registry.ts";
export type { BenchmarkEntry, LoadedBenchmark, OpenedBenchmark } from "./benchmark/loaded.ts";
export type { Benchmark } from "./benchmark/benchmark.ts";
export type { Scene } from "./benchmark/mini.ts";
export type { Paper } from "./benchmark/paper.ts";
export { FINDING_KINDS } from "./benchmark/audit.ts";
export { audit, statistics } from "./runs/benchmark.ts";
export { type Claim } from "./report/types.ts";
export { paperComparison } from "./report/paper.ts";

// Runs: a folder, the steps that fill it, and the whole paper in one call.
export { type Session, type SessionOptions, type StepResult, withSession } from "./runs/session.ts";
export type { Invocation } from "./runs/invocation.ts";
export type { InvocationRecord, RunUsage, StepRecord } from "./runs/manifest.ts";
export { type Progress, silent, type StepProgress, textProgress } from "./runs/progress.ts";
export { runFolder, type RunPaths, runPaths } from "./paths.ts";
export { keepBenchmark } from "./runs/benchmark.ts";
export { type GenerateSelection, generateStep } from "./runs/generate_step.ts";
export { type JudgeOutcome, judgeStep, type JudgeStepOptions } from "./runs/judge_step.ts";
export { scoreStep } from "./runs/score.ts";
export { reportStep } from "./report/step.ts";
export { reproduce, type ReproduceOptions } from "./reproduce.ts";
export type { Selection } from "./runs/selection.ts";
export type { Shard } from "./runs/shards.ts";
export { InputError } from "./errors.ts";

// Registries: what users name, with its options.
export type { Chosen, Entry, Form, Registry, Spec } from "./registry.ts";
export { choose } from "./registry.ts";
export type { Given } from "./options.ts";
export * as options from "./options.ts";

// Video models: a task in, a clip out.
export { chooseModel, EMBEDDED_MODELS, EMBEDDED_SEEDS, MODELS } from "./models/registry.ts";
export {
  type FoundClip,
  type FoundClips,
  type OpenGenerator,
  type OpenModel,
  type VideoModel,
  videoModel,
} from "./models/video_model.ts";
export type {
  GenerateAllOptions,
  GenerateOptions,
  Generator,
  Origin,
  StepOptions,
} from "./models/generator.ts";
export { simulator, type SimulatorOptions } from "./models/simulator.ts";

// Judges: a clip in, verdicts out.
export { chooseJudge, DEFAULT_JUDGE, JUDGES } from "./judges/registry.ts";
export {
  type JudgeEntry,
  judgeEntry,
  type JudgeUsage,
  type OpenJudge,
  type OpenJudgeWith,
  type PendingCall,
  type Prepared,
  type PrepareWork,
  type ReadVerdicts,
} from "./judges/judge_entry.ts";
export type {
  FileJob,
  FileRulings,
  Judge,
  Judgement,
  PicturedClip,
  PictureSettings,
  PictureWish,
  Ruling,
  Shown,
  Usage,
} from "./judges/judge.ts";
export { probeJudge } from "./judges/probe/judge.ts";

// Scores: verdicts under a rule.
export { DEFAULT_RULE, type Rule, ruleNamed, RULES } from "./scores/rules.ts";
export { scoreVerdicts } from "./scores/score.ts";
export { type MatchedVerdicts, matchVerdicts, type StaleVerdicts } from "./scores/match.ts";
export { comparePaired, type Comparison, GROUPS, summarise } from "./scores/summary.ts";
export {
  type Failure,
  type FailureRate,
  failureRates,
  failures,
  mostFailed,
  type TopFailure,
} from "./scores/failures.ts";

// Studies: the paper's claims, trust in judges, ablations, agreement.
export { type ClaimedModels, domainClaims } from "./studies/argument/claims.ts";
export { calibrate, type CalibrateOptions } from "./studies/calibration/calibrate.ts";
export { type KnownVerdict, reliability } from "./studies/calibration/reliability.ts";
export { runReliability } from "./studies/calibration/known_verdicts.ts";
export { type Detection, detections } from "./studies/calibration/detections.ts";
export { type KeptAblations, readAblations } from "./studies/ablation/kept.ts";
export { gainName, type KeptGain, keptGain } from "./studies/ablation/rows.ts";
export { type AgreementOptions, compareJudges } from "./studies/agreement/compare.ts";

// Figures: rows in, SVG out.
export {
  argumentFigure,
  datasetFigures,
  failureFigures,
  leaderboardFigure,
  type NamedFigure,
  reliabilityFigure,
  ruleFigure,
} from "./report/figures.ts";
export { calibrationFigure } from "./studies/calibration/figure.ts";
export { ablationsFigure } from "./studies/ablation/figure.ts";
export { trainingLoss } from "./figures/training_loss.ts";
export { frameSheet } from "./figures/frame_sheet.ts";

// Records: a row type and its table.
export { type Scale, SCALES, type Task, tasksTable } from "./records/task.ts";
export { criteriaTable, type Criterion, type Dimension, DIMENSIONS } from "./records/criterion.ts";
export { type Clip, clipsTable } from "./records/clip.ts";
export { type Verdict, verdictsTable } from "./records/verdict.ts";
export { type Score, scoresTable } from "./records/score.ts";
export { type Group, type Summary, summaryTable } from "./records/summary.ts";
export { claimsTable, type DomainClaim, type Standing } from "./records/claim.ts";
export {
  type Calibration,
  calibrationTable,
  type ReliabilityMeasure,
} from "./records/calibration.ts";
export { agreementTable, type JudgeAgreement } from "./records/agreement.ts";
export { type Ablation, ablationsTable } from "./records/ablation.ts";
export { type Finding, findingsTable } from "./records/finding.ts";
export { type Statistic, statsTable } from "./records/statistic.ts";
export { type TrainingReport, trainingTable } from "./records/training.ts";

// Tables on disk.
export { type Column, type ColumnType, defineTable, type TableSchema } from "./store/schema.ts";
export { countRows, readTable, readTableIfAny, writeTable } from "./store/table.ts";

// Worlds.
export { world, WORLDS } from "./worlds/all.ts";
export type {
  ClipOptions,
  SimulatedWorld,
  SimulateOptions,
  Simulation,
  TrueObject,
  Truth,
  Violation,
  ViolationKind,
  World,
} from "./sim/types.ts";
export { VIOLATION_KINDS } from "./sim/types.ts";
export type { Rubric } from "./worlds/rubric.ts";

// Video files.
export type { Video } from "./video/types.ts";
export {
  type SampledVideo,
  sampleFrames,
  type SampleOptions,
  samplePositions,
} from "./video/sample.ts";

// Notebooks.
export { html, markdown, show, video } from "./jupyter/show.ts";
