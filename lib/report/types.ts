/** What a report is made from: plain data, all of it text, numbers and relative paths. */

import type { TopFailure } from "../scores/failures.ts";
import type { DomainClaim } from "../records/claim.ts";
import type { Summary } from "../records/summary.ts";

/**
 * A part of the report. Left undefined, it does not appear; with `missing`, its heading appears with
 * the reason why there is nothing to show.
 */
export type Part<T> = T | { missing: string } | undefined;

/** All that the page shows. */
export interface ReportData {
  run: RunFacts;
  claims?: Part<Claim[]>;
  dataset?: Part<ReportFigure[]>;
  leaderboard?: Part<LeaderboardPart>;
  /** Whether domain data bought what size did not. */
  argument?: Part<ArgumentPart>;
  failures?: Part<FailuresPart>;
  /** What the scoring rule changes. */
  rules?: Part<ReportFigure[]>;
  /** How far the judge can be trusted. */
  trust?: Part<ReportFigure[]>;
  coverage?: Part<CoveragePart>;
  findings?: Part<FindingCount[]>;
  tables?: Part<TableFacts[]>;
}

/** What was run, as `run.json` has it. */
export interface RunFacts {
  /** The run's name, in the page's title. */
  name: string;
  benchmark: string;
  /** For example `complete`, or the step at which it stopped. */
  status: string;
  /** ISO 8601. */
  started: string;
  /** ISO 8601; null while it runs. */
  finished: string | null;
  /** Commit of the code; null outside a checkout. */
  commit: string | null;
  /** Whether the checkout had changes that are in no commit. */
  dirty: boolean;
  /** Versions by name: this project, Deno, libraries, judges. */
  versions: Record<string, string>;
  /** Flags as they were resolved, defaults included. */
  flags: Record<string, string>;
}

/** A figure of the paper that was reproduced, or a claim that was checked. */
export interface Claim {
  /** What is compared. */
  what: string;
  /** What we count or measure. */
  ours: string;
  /** What the paper says. */
  paper: string;
  /** How far apart they may be. */
  tolerance: string;
  /** `—` where there is nothing to compare with. */
  verdict: "PASS" | "DRIFT" | "—";
}

/** A figure in the page, with links to its files. */
export interface ReportFigure {
  /** File name without ending: the page links `../figures/<name>.svg` and `.png`. */
  name: string;
  /** The SVG itself, as `lib/figures` makes it; it stands in the page as it is. */
  svg: string;
}

/** The leaderboard: one rule's and one judge's rows, all groups. */
export interface LeaderboardPart {
  summary: readonly Summary[];
  figures: ReportFigure[];
}

/** The paper's argument: one rule's and one judge's claims, and clips to see them by. */
export interface ArgumentPart {
  figures: ReportFigure[];
  claims: readonly DomainClaim[];
  clips: TaskPlayers[];
  /** The clips of all tasks in one picture, relative to the report's folder; null where none are. */
  sheet: string | null;
}

/** One prompt, and the clips that models made of it. Paths are relative to the report's folder. */
export interface TaskPlayers {
  heading: string;
  prompt: string;
  players: { label: string; note: string; video: string }[];
  /** Frames of all of them. */
  sheet: string;
}

/** What fails most, with the evidence. */
export interface FailuresPart {
  figures: ReportFigure[];
  top: FailureCard[];
}

/** A failing criterion and the clip behind it. Paths are relative to the report's folder. */
export interface FailureCard extends TopFailure {
  /** Eight frames side by side; null where there is no clip. */
  strip: string | null;
  video: string | null;
}

/** How many criteria were judged, and why the others were not. */
export interface CoveragePart {
  judged: number;
  asked: number;
  reasons: UnjudgedReason[];
}

/** Verdicts that are null for one reason. */
export interface UnjudgedReason {
  judge: string;
  model: string;
  reason: string;
  verdicts: number;
}

/** Audit findings of one kind. */
export interface FindingCount {
  kind: string;
  findings: number;
  /** What the first of them says. */
  example: string;
}

/** A table of results on disk. */
export interface TableFacts {
  name: string;
  /** Relative to the report's folder. */
  path: string;
  rows: number;
}
