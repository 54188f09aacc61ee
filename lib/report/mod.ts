/** The page that a person opens after a run. */
export { reportPage } from "./page.ts";
export type {
  ArgumentPart,
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
  TaskPlayers,
  UnjudgedReason,
} from "./types.ts";
export { writeReport } from "./write_report.ts";
