/**
 * MicroVerse Notebooks: benchmarks of the microscopic world, the clips that video models generate
 * for them, verdicts, scores, studies and figures, for notebooks and other programs. Helpers of
 * single notebook pages are in `@microverse/notebooks/pages`.
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
 * @example From clips to scores, in a run's folder.
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import {
 *   chooseJudge, chooseModel, generateStep, judgeStep, openRun, scoreStep, silent, withSession,
 * } from "./mod.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const invocation = { command: "example", passed: [], resolved: {} };
 * await withSession({ folder, invocation, progress: silent, begins: true }, async (session) => {
 *   await generateStep(chooseModel("simulator"), { tasks: [9], seeds: [0] }, session);
 *   await judgeStep(chooseJudge("probe"), {}, session);
 *   await scoreStep(session);
 * });
 * const { summary } = await openRun(folder);
 * const [{ model, mean }] = summary.filter((row) => row.rule === "repaired" && row.group === "all");
 * assertEquals([model, mean], ["simulator", 100]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @module
 */

// Benchmarks: their content, comparison with the paper, and defects.
export type { Benchmark } from "./benchmark/benchmark.ts";
export { FINDING_KINDS } from "./benchmark/audit.ts";
export type { BenchmarkEntry, LoadedBenchmark, OpenedBenchmark } from "./benchmark/loaded.ts";
export type { Scene } from "./benchmark/mini.ts";
export { type Paper, type PaperModel, paperReference, type PerScale } from "./benchmark/paper.ts";
export { BENCHMARKS, openBenchmark } from "./benchmark/registry.ts";
export type { BlockEntry } from "./benchmark/block.ts";
export type { Release, RubricTask as ReleasedTask, TaskLabel } from "./benchmark/release.ts";
export { audit, statistics } from "./runs/benchmark.ts";
export { paperComparison } from "./report/paper.ts";
export type { PaperComparison } from "./report/types.ts";

// Runs: a folder, and the steps that fill it.
export { InputError } from "./errors.ts";
export { runFolder, type RunPaths, runPaths } from "./paths.ts";
export { reproduce, type ReproduceOptions } from "./reproduce.ts";
export { keepBenchmark } from "./runs/benchmark.ts";
export { type GenerateSelection, generateStep } from "./runs/generate_step.ts";
export type { Invocation } from "./runs/invocation.ts";
export { type JudgeOutcome, judgeStep, type JudgeStepOptions } from "./runs/judge_step.ts";
export type { InvocationRecord, ScoredSelection, StepRecord } from "./runs/manifest.ts";
export { type Progress, silent, type StepProgress, textProgress } from "./runs/progress.ts";
export { type ScoreOptions, scoreStep } from "./runs/score.ts";
export type { ClipFault, FaultyClip } from "./runs/clip_files.ts";
export type { Selection } from "./runs/selection.ts";
export { type Session, type SessionOptions, type StepResult, withSession } from "./runs/session.ts";
export type { Shard } from "./runs/shards.ts";
export { type ReportOptions, reportStep } from "./report/step.ts";

// Names that users type: registry entries and their options.
export type { Given, OptionMeta, OptionSchema, OptionsSchema } from "./options.ts";
export {
  choose,
  type Chosen,
  type Entry,
  type Form,
  parseSpec,
  type Registry,
  type Spec,
} from "./registry.ts";

// Video models: a task in, a clip out.
export type {
  GenerateAllOptions,
  GenerateOptions,
  Generator,
  Origin,
  StepOptions,
} from "./models/generator.ts";
export { chooseModel, EMBEDDED_MODELS, EMBEDDED_SEEDS, MODELS } from "./models/registry.ts";
export { simulator, type SimulatorOptions } from "./models/simulator.ts";
export {
  type FoundClip,
  type FoundClips,
  type OpenGenerator,
  type OpenModel,
  type VideoModel,
} from "./models/video_model.ts";
export { describeWan } from "./models/wan/checkpoint/describe.ts";

// Judges: a clip in, verdicts out.
export type {
  EncodeJob,
  FileJob,
  FileRulings,
  FrameEncoder,
  Judge,
  Judgement,
  PicturedClip,
  PictureSettings,
  PictureWish,
  Ruling,
  Shown,
  Usage,
} from "./judges/judge.ts";
export {
  type JudgeEntry,
  type JudgeUsage,
  type OpenJudge,
  type OpenJudgeWith,
  type PendingCall,
  type Prepared,
  type PrepareWork,
  type ReadVerdicts,
} from "./judges/judge_entry.ts";
export { probeJudge } from "./judges/probe/judge.ts";
export { chooseJudge, DEFAULT_JUDGE, JUDGES } from "./judges/registry.ts";

// Scores: verdicts combined, and the most frequent failures.
export type { KeyReading } from "./benchmark/keys.ts";
export {
  type Failure,
  type FailureRate,
  failureRates,
  failures,
  mostFailed,
  type TopFailure,
} from "./scores/failures.ts";
export {
  type MatchedVerdicts,
  type MatchedWith,
  matchVerdicts,
  STALE,
  type StaleVerdicts,
} from "./scores/match.ts";
export { DEFAULT_RULE, type Rule, ruleNamed, RULES } from "./scores/rules.ts";
export { scoreVerdicts } from "./scores/score.ts";
export type { Interval } from "./scores/interval.ts";
export {
  type CommonTasks,
  commonTasks,
  type Ranked,
  rankModels,
  type TaskMeans,
} from "./scores/ranking.ts";
export {
  comparePaired,
  type Comparison,
  GROUPS,
  type Leaderboard,
  leaderboardOf,
  onCommonTasks,
  summarise,
} from "./scores/summary.ts";

// Studies: the paper's claims, judges' reliability, ablations, agreement.
export { type FoundAblations, readAblations } from "./studies/ablation/read_ablations.ts";
export { gainName, type RetainedGain, retainedGain } from "./studies/ablation/rows.ts";
export { type AgreementOptions, compareJudges } from "./studies/agreement/compare.ts";
export { CLAIMED, type ClaimedModels, domainClaims } from "./studies/argument/claims.ts";
export { calibrate, type CalibrateOptions } from "./studies/calibration/calibrate.ts";
export { type Detection, detections } from "./studies/calibration/detections.ts";
export { runReliability } from "./studies/calibration/known_verdicts.ts";
export { type KnownVerdict, reliability } from "./studies/calibration/reliability.ts";

// Figures: rows in, SVG or JPEG out.
export { frameSheet, type Ring, type Sheet, type SheetRow } from "./figures/frame_sheet.ts";
export {
  type LossReport,
  trainingLoss,
  type TrainingLossOptions,
} from "./figures/training_loss.ts";
export {
  argumentFigure,
  datasetFigures,
  failureFigures,
  leaderboardFigure,
  reliabilityFigure,
  ruleFigure,
} from "./report/figures.ts";
export type { NamedFigure } from "./report/report_figure.ts";
export { ablationsFigure } from "./studies/ablation/figure.ts";
export { calibrationFigure } from "./studies/calibration/figure.ts";

// Records: the rows of each table.
export { type Ablation, ablationsTable, type Factor, FACTORS } from "./records/ablation.ts";
export { agreementTable, type JudgeAgreement } from "./records/agreement.ts";
export {
  type Calibration,
  calibrationTable,
  type Estimates,
  RELIABILITY_MEASURES,
  type ReliabilityMeasure,
} from "./records/calibration.ts";
export { claimsTable, type DomainClaim, type Standing } from "./records/claim.ts";
export { type Clip, clipsTable } from "./records/clip.ts";
export { criteriaTable, type Criterion, type Dimension, DIMENSIONS } from "./records/criterion.ts";
export { type Finding, findingsTable } from "./records/finding.ts";
export { type Score, scoresTable } from "./records/score.ts";
export { type Statistic, statsTable } from "./records/statistic.ts";
export { type Group, type Summary, summaryTable } from "./records/summary.ts";
export { type Scale, SCALES, type Task, tasksTable } from "./records/task.ts";
export { type TrainingReport, trainingTable } from "./records/training.ts";
export { type Verdict, verdictsTable } from "./records/verdict.ts";

// Tables on disk.
export {
  type Cell,
  type Column,
  type ColumnType,
  defineTable,
  type TableSchema,
} from "./store/schema.ts";
export { countRows, readTable, readTableIfAny, writeTable } from "./store/table.ts";

// Simulated worlds with known ground truth.
export {
  type ClipOptions,
  type ParametersSchema,
  type SimulatedWorld,
  type SimulateOptions,
  type Simulation,
  type TrueObject,
  type Truth,
  type Violation,
  VIOLATION_KINDS,
  type ViolationKind,
  type World,
} from "./sim/types.ts";
export { world, WORLDS } from "./worlds/all.ts";
export {
  type Control,
  CONTROLS,
  type Rubric,
  type RubricCriterion,
  type RubricEffect,
  type RubricTask,
  type RubricValue,
} from "./worlds/rubric.ts";

// Video files.
export type { DecodeOptions } from "./video/decode.ts";
export { type SampledVideo, sampleFrames, type SampleOptions } from "./video/sample.ts";
export type { Video } from "./video/types.ts";

// Notebooks: showing values below a cell, and opening a run with its tables.
export type { Bundle, Drawing, Showable } from "./jupyter/bundle.ts";
export { html, markdown, show, video } from "./jupyter/show.ts";
export type { Row, TableOptions } from "./jupyter/table.ts";
export type { VideoOptions } from "./jupyter/video.ts";
export { openBenchmarks } from "./pages/benchmarks.ts";
export { aboutRun, type OpenRun, openRun, type OpenRunOptions } from "./pages/open_run.ts";
