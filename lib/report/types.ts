/** The data of a report: plain text, numbers and relative paths. */

import type { TopFailure } from "../scores/failures.ts";
import type { DomainClaim } from "../records/claim.ts";
import type { Summary } from "../records/summary.ts";
import type { ScoredPart } from "../scores/compared_text.ts";
import type { PaperModel } from "../benchmark/paper.ts";

/**
 * A part of the report. If undefined, it is omitted; if `missing`, its heading appears with the
 * reason for its absence.
 */
export type Part<T> = T | { missing: string } | undefined;

/** The content of the page. */
export interface ReportData {
  run: RunFacts;
  /** Whose verdicts the page shows, and under which rule. */
  shown?: ShownFacts;
  /** Verdicts that no part of the page counts. */
  unscored?: UnscoredPart;
  comparison?: Part<PaperComparison[]>;
  dataset?: Part<ReportFigure[]>;
  leaderboard?: Part<LeaderboardPart>;
  /** Whether domain data improves fidelity more than model size does. */
  argument?: Part<ArgumentPart>;
  failures?: Part<FailuresPart>;
  /** Effect of the scoring rule. */
  rules?: Part<ReportFigure[]>;
  /** Reliability of the judge. */
  trust?: Part<ReportFigure[]>;
  coverage?: Part<CoveragePart>;
  findings?: Part<FindingCount[]>;
  tables?: Part<TableFacts[]>;
}

/** The judge and the rule that a page shows. */
export interface ShownFacts {
  /** That only a selection was scored, in words. */
  partly?: string | null;
  /** With the model that was asked. */
  judge: string;
  /** What the judge is, and its settings. */
  about: string;
  rule: string;
  /** The run's other judges, each with the command that shows it. */
  others: { label: string; command: string }[];
}

/** Verdicts that were left out because they are stale, or their clip is gone or has changed. */
export interface UnscoredPart {
  reasons: { reason: string; verdicts: number }[];
  /** Clips whose verdicts count although their file is gone, as asked for. */
  unchecked: number;
  /** What is left out and what to do, in lines. */
  told: string;
}

/** Details of the run, from `run.json`. */
export interface RunFacts {
  /** The run's name, in the page's title. */
  name: string;
  benchmark: string;
  /** For example `complete`, or the step where it stopped. */
  status: string;
  /** ISO 8601. */
  started: string;
  /** ISO 8601; null while it runs. */
  finished: string | null;
  /** Commit of the code; null outside a checkout. */
  commit: string | null;
  /** Whether the checkout had uncommitted changes; null where that was not looked at. */
  dirty: boolean | null;
  /** Versions by name: this project, Deno, libraries, judges. */
  versions: Record<string, string>;
  /** Resolved flags, including defaults. */
  flags: Record<string, string>;
}

/** A figure of the paper compared with its reproduction. */
export interface PaperComparison {
  /** The quantity compared. */
  what: string;
  /** Our value. */
  ours: string;
  /** The paper's value. */
  paper: string;
  /** The accepted difference. */
  tolerance: string;
  /** `—` if there is nothing to compare with. */
  verdict: "PASS" | "DRIFT" | "—";
}

/** A figure in the page, with links to its files. */
export interface ReportFigure {
  /** File name without extension: the page links `../figures/<name>.svg` and `.png`. */
  name: string;
  /** The SVG made by `lib/figures`, inserted unescaped. */
  svg: string;
}

/** The leaderboard: rows of one rule and one judge, for all groups. */
export interface LeaderboardPart {
  summary: readonly Summary[];
  figures: ReportFigure[];
  /** Number of the benchmark's tasks. */
  tasks: number;
  /** The selection that was scored; null where all was. */
  part?: ScoredPart | null;
  /** The paper's models, for reference. */
  reference: readonly PaperModel[];
  /** The number of tasks that the paper's means are over. */
  paperTasks: number;
  /** Why there is none, where one could expect it. */
  noReference?: string | null;
}

/** The paper's argument: claims of one rule and one judge, and clips that illustrate them. */
export interface ArgumentPart {
  figures: ReportFigure[];
  claims: readonly DomainClaim[];
  clips: TaskPlayers[];
  /** All tasks' clips in one picture, relative to the report's folder; null if there are none. */
  sheet: string | null;
}

/** One prompt, and the models' clips for it. Paths are relative to the report's folder. */
export interface TaskPlayers {
  heading: string;
  prompt: string;
  players: { label: string; note: string; video: string }[];
  /** Frames of all the clips. */
  sheet: string;
}

/** The most frequent failures, with evidence. */
export interface FailuresPart {
  figures: ReportFigure[];
  top: FailureCard[];
}

/** A failing criterion and an example clip. Paths are relative to the report's folder. */
export interface FailureCard extends TopFailure {
  /** Eight frames side by side; null if there is no clip. */
  strip: string | null;
  video: string | null;
  /** Why the clip cannot be shown, where it is there. */
  problem?: string;
}

/** How many criteria the judge shown has judged, and the reasons for the others. */
export interface CoveragePart {
  judged: number;
  /** Criteria of the run's clips, or of those of the selection that was scored. */
  asked: number;
  /** Of these, those that the judge was never asked. */
  unasked: number;
  /** How tasks count of which whole dimensions have no verdict, and so on; null where all have one. */
  told?: string | null;
  reasons: UnjudgedReason[];
  /** Which clips have no verdict at all, in words; null where all have some. */
  unjudged?: string | null;
}

/** Null verdicts with the same reason. */
export interface UnjudgedReason {
  model: string;
  reason: string;
  verdicts: number;
}

/** Audit findings of one kind. */
export interface FindingCount {
  kind: string;
  findings: number;
  /** Detail of the first finding. */
  example: string;
}

/** A table of results on disk. */
export interface TableFacts {
  name: string;
  /** Relative to the report's folder. */
  path: string;
  rows: number;
}
