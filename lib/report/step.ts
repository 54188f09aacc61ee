/** Draws the figures (SVG, PNG) and writes the report from a run's tables. */
import { basename, join } from "node:path";
import { benchmarkHash, type LoadedBenchmark } from "../benchmark/loaded.ts";
import { missingReference, paperReference } from "../benchmark/paper.ts";
import { codeVersion } from "../code_version.ts";
import { InputError } from "../errors.ts";
import { lazy } from "../lazy.ts";
import { runName, type RunPaths } from "../paths.ts";
import type { DomainClaim } from "../records/claim.ts";
import type { Clip } from "../records/clip.ts";
import { criteriaTable } from "../records/criterion.ts";
import { findingsTable } from "../records/finding.ts";
import { statsTable } from "../records/statistic.ts";
import type { Summary } from "../records/summary.ts";
import { tasksTable } from "../records/task.ts";
import type { Verdict } from "../records/verdict.ts";
import { keepBenchmark, statistics } from "../runs/benchmark.ts";
import { judgeAgainHint } from "../runs/judge_hint.ts";
import { missingNote } from "../runs/missing_verdicts.ts";
import type { StepProgress } from "../runs/progress.ts";
import { freshScores, lastScoring, type ScoredRows } from "../runs/score.ts";
import { scoredPart, type Selection, selectionText, withinSelection } from "../runs/selection.ts";
import type { Session } from "../runs/session.ts";
import {
  matchRun,
  readVerdicts,
  type RunVerdicts,
  unjudgedText,
  unscoredNote,
} from "../runs/verdicts.ts";
import { coverageOf, coverageText } from "../scores/coverage.ts";
import { failures } from "../scores/failures.ts";
import { ruleNamed } from "../scores/rules.ts";
import { onCommonTasks } from "../scores/summary.ts";
import { exists, replaceFile } from "../store/file.ts";
import { sha256 } from "../store/key.ts";
import type { TableSchema } from "../store/schema.ts";
import { openTable } from "../store/table.ts";
import { runReliability } from "../studies/calibration/known_verdicts.ts";
import * as entries from "./entries.ts";
import {
  coveragePart,
  failureCards,
  findingCounts,
  fromPage,
  tableFacts,
  textOf,
  unscoredOf,
} from "./gather.ts";
import { answeringJudges, chooseJudge, type JudgeFacts, judgesOf } from "./judge_facts.ts";
import { clipsByWorld } from "./model_sheet.ts";
import { paperComparison } from "./paper.ts";
import type { FigureSection, NamedFigure, ReportTables } from "./report_figure.ts";
import { writeReadable } from "./sheets.ts";
import type { ArgumentPart, FailuresPart, ReportData } from "./types.ts";
import { writeReport } from "./write_report.ts";

const loadPng = lazy<typeof import("../figures/png.ts")>(
  new URL("../figures/png.ts", import.meta.url),
);

/** What a report shows. */
export interface ReportOptions {
  /** Name of the judge in tables; by default the one with verdicts on most clips. */
  judge?: string;
  /** Shows verdicts whose clip's file is gone too, as in an archived run. */
  withoutClips?: boolean;
}

/** What a report is made from. */
interface ReportWork {
  rule: string;
  /** The verdicts that are scored, of all judges. */
  verdicts: readonly Verdict[];
  rows: ScoredRows;
  judges: readonly JudgeFacts[];
  judge: JudgeFacts;
  /** What could not be scored, and the clips that can be shown. */
  matched: RunVerdicts;
  /** What to do about verdicts that are not scored; null where there are none. */
  told: string | null;
  /** Which verdicts were asked for when the run was last scored. */
  selection: Selection;
  /** That only a selection was scored, in words; null where all was. */
  partly: string | null;
  /** Which clips and verdicts are missing, in words; null where none is. */
  left: string | null;
}

/**
 * Draws the figures and writes the report of the scores, for one leading rule and one judge. Scores that
 * are not those of the verdicts on the clips as they are now are made again first.
 *
 * @throws {InputError} for a run without scores, one whose verdicts are all stale or on clips that are
 * gone, or a judge that it lacks.
 */
export async function reportStep(
  session: Session,
  rule: string,
  { judge: wanted, withoutClips }: ReportOptions = {},
): Promise<void> {
  const { loaded, paths, progress, signal } = session;
  const { benchmark } = loaded;
  const isScored = await exists(paths.table("summary")) || await lastScoring(paths) !== null;
  if (!isScored) {
    throw new InputError(
      `Found no scores in the run ${runName(paths.folder)}; make them with ` +
        session.command("score"),
    );
  }
  const all = await readVerdicts(paths, session) ?? [];
  const matched = await matchRun(benchmark, all, paths, { withoutClips, progress, signal });
  const told = unscoredNote(matched, session, "report");
  const { verdicts, rows, selection, told: wrong } = await freshScores(
    benchmark,
    matched.current,
    paths,
  );
  if (verdicts.length === 0) {
    throw new InputError(
      `Cannot report on the run ${runName(paths.folder)}: ${
        told ?? (matched.current.length === 0
          ? `the verdicts that were scored are gone; make them again with ${
            judgeAgainHint(all, session)
          }`
          : `its scores are not of its verdicts; score it again with ${session.command("score")}`)
      }`,
    );
  }
  if (told) progress.note(told);
  const missing = await missingNote(all, benchmark, paths, session);
  if (missing) progress.note(missing);
  const left = [unjudgedText(matched.unjudged, judgeAgainHint(all, session)), missing]
    .filter((text) => text !== null).join("; ") || null;
  for (const line of wrong) progress.note(line);
  await renewBenchmark(session);
  const of = selectionText(selection);
  const partly = verdicts.length === matched.current.length
    ? null
    : `This report is of ${verdicts.length} of ${matched.current.length} verdicts, since the last ` +
      `scoring was of these alone${of ? ` (${of})` : ""}; score all with ${
        session.command("score")
      }`;
  if (partly) progress.note(partly);
  const every = await judgesOf(verdicts, paths);
  const judges = answeringJudges(every, verdicts);
  const silent = every.filter((one) => !judges.includes(one)).map(({ label }) => label);
  if (silent.length > 0) {
    progress.note(`Left out, without any verdict: the judge ${silent.join(", ")}`);
  }
  const judge = chooseJudge(wanted, judges);
  const others = judges.filter(({ name }) => name !== judge.name).map(({ label }) => label);
  if (others.length > 0) {
    progress.note(
      `The report shows the judge ${judge.label}; others of this run: ${others.join(", ")}` +
        (wanted === undefined ? " (--judge chooses)" : ""),
    );
  }
  const work: ReportWork = {
    rule,
    verdicts,
    rows,
    judges,
    judge,
    matched,
    told,
    selection,
    partly,
    left,
  };
  const tables = await Promise.all(
    ["clips", "verdicts", "scores", "summary", "claims"].map(async (name) =>
      await exists(paths.table(name)) ? sha256(await Deno.readFile(paths.table(name))) : ""
    ),
  );
  const code = await codeVersion([import.meta.url]);
  // Rubrics have the ground truth of simulated clips; the paper's figures are compared with ours.
  const inputs = sha256(JSON.stringify([
    ...[
      loaded.paper,
      loaded.published ?? false,
      told,
      judge,
      judges,
      partly,
      left,
    ],
    ...loaded.rubrics?.values() ?? [],
  ]));
  const key = sha256([rule, benchmarkHash(benchmark), inputs, code, ...tables].join());
  const outputs = [paths.report, paths.figures];
  await session.stepOnce(
    "report",
    key,
    outputs,
    (step) => reportRun(loaded, work, session, step),
  );
}

/**
 * Writes a run's figures and report. Returns the number of files written.
 */
async function reportRun(
  loaded: LoadedBenchmark,
  work: ReportWork,
  session: Pick<Session, "paths" | "record" | "command" | "loaded">,
  progress: StepProgress,
): Promise<number> {
  const { paths, record } = session;
  const { benchmark, paper } = loaded;
  const { rule, verdicts, rows, judge, judges, matched } = work;
  // Files of clips that have changed are not shown.
  const clips = matched.whole;
  const own = verdicts.filter((row) => row.judge === judge.name);
  // Figures name the model that was asked, too.
  const named = <Row extends { judge: string }>(all: readonly Row[]): Row[] =>
    all.filter((row) => row.judge === judge.name).map((row) => ({ ...row, judge: judge.label }));
  const shown = named(rows.summary);
  const claims = named(rows.claims).filter((row) => row.rule === rule);
  const failed = failures(benchmark, own.map((row) => ({ ...row, judge: judge.label })));
  const scored = rows.scores.filter((row) => row.judge === judge.name && row.rule === rule);
  const { criteria, tasks } = benchmark;
  const of = withinSelection(matched.clips, work.selection);
  const covered = coverageOf({ clips: of, criteria, verdicts: own, scores: scored });

  // Clips that were never asked count, too, where others of their tasks were.
  const ruled = shown.filter((row) => row.rule === rule).map((row) =>
    row.group === "all" ? { ...row, coverage: covered.shares.get(row.model) ?? row.coverage } : row
  );

  const tables: ReportTables = {
    benchmark,
    paper,
    reference: paperReference(loaded),
    ruled,
    summary: ledBy(rule, shown),
    claims,
    failures: failed,
    compared: onCommonTasks(failed, scored),
    reliability: named(runReliability(loaded, clips, own)),
  };
  const drawn = Object.values(entries).map(({ section, draw }) => ({
    section,
    figures: draw(tables),
  }));
  const figuresOf = (section: FigureSection) =>
    drawn.flatMap((each) => each.section === section ? each.figures : []);
  const figures = drawn.flatMap((each) => each.figures);
  const { renderPng } = await loadPng();
  for (const { name, svg } of figures) {
    await replaceFile(join(paths.figures, `${name}.svg`), svg);
    await replaceFile(join(paths.figures, `${name}.png`), renderPng(svg));
    progress.tick(name);
  }
  const cards = await failureCards(failed, clips, paths);
  const argued = figuresOf("argument");
  const argument = argued.length > 0
    ? await argumentPart(argued, claims, loaded, clips, paths)
    : null;
  const data: ReportData = {
    run: {
      name: basename(paths.folder),
      benchmark: benchmark.name,
      status: record.status === "running" ? "finished" : record.status,
      started: record.started,
      finished: new Date().toISOString(),
      commit: record.commit,
      dirty: record.dirty,
      versions: record.versions,
      flags: textOf(record.flags),
    },
    shown: {
      judge: judge.label,
      about: judge.about,
      partly: work.partly,
      rule,
      others: judges.filter(({ name }) => name !== judge.name).map(({ name, label }) => ({
        label,
        command: session.command("report", ["--judge", name]),
      })),
    },
    unscored: unscoredOf(matched, work.told),
    argument: argument?.part,
    leaderboard: {
      summary: ruled,
      figures: figuresOf("leaderboard"),
      tasks: tasks.length,
      part: scoredPart(work.selection, tasks),
      reference: tables.reference,
      paperTasks: paper.tasks,
      noReference: missingReference(loaded),
    },
    failures: { figures: figuresOf("failures"), top: cards } satisfies FailuresPart,
    trust: some(figuresOf("trust")),
    rules: some(figuresOf("rules")),
    dataset: figuresOf("dataset"),
    comparison: loaded.release
      ? paperComparison(statistics(loaded))
      : { missing: "The paper's figures refer to the released benchmark, not to this one." },
    coverage: {
      ...coveragePart(own, covered),
      told: coverageText(covered, ruleNamed(rule)),
      unjudged: work.left,
    },
    findings: findingCounts(loaded),
    tables: await tableFacts(paths),
  };
  await writeReport(paths.report, data);
  const strips = cards.filter(({ strip }) => strip !== null).length;
  return 2 * figures.length + strips + (argument?.sheets ?? 0) + 1;
}

/** The benchmark's tables in the run are made again where they lost rows. */
async function renewBenchmark({ loaded, paths }: Session): Promise<void> {
  const schemas = [tasksTable, criteriaTable, statsTable, findingsTable];
  for (const schema of schemas as unknown as TableSchema<object>[]) {
    const found = await openTable(schema, paths.table(schema.name)).catch(() => null);
    if (!found?.lost) continue;
    await keepBenchmark(loaded, paths);
    return;
  }
}

/** A section without figures is omitted. */
function some(figures: NamedFigure[]): NamedFigure[] | undefined {
  return figures.length > 0 ? figures : undefined;
}

/** The leading rule first, so that the figure's order of models matches the leaderboard. */
function ledBy(rule: string, summary: readonly Summary[]): Summary[] {
  return [
    ...summary.filter((row) => row.rule === rule),
    ...summary.filter((row) => row.rule !== rule),
  ];
}

/** Claims, and the models' clips for one task of every world, with the number of sheets made. */
async function argumentPart(
  figures: NamedFigure[],
  claims: readonly DomainClaim[],
  { benchmark, scenes }: LoadedBenchmark,
  clips: readonly Clip[],
  paths: RunPaths,
): Promise<{ part: ArgumentPart; sheets: number }> {
  const choose = (from: readonly Clip[]) =>
    clipsByWorld(benchmark.tasks, scenes ?? new Map(), from, paths.folder);
  const sheets = await writeReadable(choose, clips, paths);
  if (sheets === null) return { part: { figures, claims, clips: [], sheet: null }, sheets: 0 };
  const { shown, all, each, made } = sheets;
  const players = shown.map(({ world, task, clips }, i) => ({
    heading: `${world.replaceAll("-", " ")}, task ${task.task}`,
    prompt: task.prompt,
    players: clips.map(({ label, note, file }) => ({ label, note, video: fromPage(file, paths) })),
    sheet: each[i],
  }));
  return { part: { figures, claims, clips: players, sheet: all }, sheets: made };
}
