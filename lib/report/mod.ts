/** The page that a person opens after a run. */
export { reportPage } from "./page.ts";
export type {
  Claim,
  CoveragePart,
  FailureCard,
  FailuresPart,
  FindingCount,
  LeaderboardPart,
  Part,
  ReportData,
  ReportFigure,
  RunFacts,
  TableFacts,
  UnjudgedReason,
} from "./types.ts";
export { writeReport } from "./write_report.ts";
