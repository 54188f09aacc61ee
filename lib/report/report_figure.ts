/** What a figure of the report is given, and what it gives. */
import type { Benchmark } from "../benchmark/benchmark.ts";
import type { Paper, PaperModel } from "../benchmark/paper.ts";
import type { Calibration } from "../records/calibration.ts";
import type { DomainClaim } from "../records/claim.ts";
import type { Summary } from "../records/summary.ts";
import type { Failure } from "../scores/failures.ts";

/** A figure with the name of its files. */
export interface NamedFigure {
  /** Without ending. */
  name: string;
  /** The figure. */
  svg: string;
}

/** The data for a report's figures. */
export interface ReportTables {
  benchmark: Benchmark;
  paper: Paper;
  /** The paper's models that are shown for reference: on the published release alone. */
  reference: readonly PaperModel[];
  /** One judge's rows under the leading rule. */
  ruled: readonly Summary[];
  /** One judge's rows under all rules, the leading one first. */
  summary: readonly Summary[];
  claims: readonly DomainClaim[];
  failures: readonly Failure[];
  /** Those that models can be compared by: of ranked models on the tasks that all of them have. */
  compared: readonly Failure[];
  reliability: readonly Calibration[];
}

/** The sections of the report that contain figures. */
export type FigureSection =
  | "argument"
  | "leaderboard"
  | "failures"
  | "trust"
  | "rules"
  | "dataset";

/** Figures of one section; the sections are in the order of the page, whatever order these are in. */
export interface ReportFigure {
  section: FigureSection;
  /** The figures drawn from a run's tables; none where there is nothing to draw. */
  draw(tables: ReportTables): NamedFigure[];
}
