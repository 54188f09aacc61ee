/** Draws the figures (SVG, PNG) and writes the report from a run's tables. */
import { basename, isAbsolute, join, relative } from "node:path";
import { codeVersion } from "../code_version.ts";
import { InputError } from "../errors.ts";
import { benchmarkHash } from "../benchmark/loaded.ts";
import { sha256 } from "../store/key.ts";
import { FINDING_KINDS } from "../benchmark/audit.ts";
import type { Verdict } from "../records/verdict.ts";
import { type Clip, clipsTable } from "../records/clip.ts";
import { fileName, runName, type RunPaths } from "../paths.ts";
import type {
  ArgumentPart,
  CoveragePart,
  FailureCard,
  FailuresPart,
  FindingCount,
  ReportData,
  TableFacts,
} from "./types.ts";
import { writeReport } from "./write_report.ts";
import { type Score, scoresTable } from "../records/score.ts";
import { type Summary, summaryTable } from "../records/summary.ts";
import { type Failure, failures } from "../scores/failures.ts";
import { claimsTable, type DomainClaim } from "../records/claim.ts";
import { exists, replaceFile } from "../store/file.ts";
import { countRows, readTable, readTableIfAny } from "../store/table.ts";
import { sampleFrames } from "../video/sample.ts";
import type { LoadedBenchmark } from "../benchmark/loaded.ts";
import { audit, statistics } from "../runs/benchmark.ts";
import { paperComparison } from "./paper.ts";
import * as entries from "./entries.ts";
import { worstCriteria } from "./figures.ts";
import type { FigureSection, NamedFigure, ReportTables } from "./report_figure.ts";
import { runReliability } from "../studies/calibration/known_verdicts.ts";
import type { Session } from "../runs/session.ts";
import { clipsByWorld } from "./model_sheet.ts";
import { writeSheets } from "./sheets.ts";
import type { StepProgress } from "../runs/progress.ts";
import { matchRun, readVerdicts, staleNote } from "../runs/verdicts.ts";
import { lazy } from "../lazy.ts";

const loadImage = lazy<typeof import("../video/image.ts")>(
  new URL("../video/image.ts", import.meta.url),
);

const loadPng = lazy<typeof import("../figures/png.ts")>(
  new URL("../figures/png.ts", import.meta.url),
);

const STRIP_HEIGHT = 128;
const TABLES = [
  ...["tasks", "criteria", "stats", "findings", "clips", "verdicts", "scores", "summary"],
  "claims",
];

/**
 * Draws the figures and writes the report of the scores, for one leading rule.
 *
 * @throws {InputError} for a run without scores, or one whose verdicts are all stale.
 */
export async function reportStep(session: Session, rule: string): Promise<void> {
  const { loaded, paths } = session;
  if (!await exists(paths.table("summary"))) {
    throw new InputError(
      `Found no scores in the run ${runName(paths.folder)}; make them with ` +
        session.command("score"),
    );
  }
  await refuseStale(session);
  const tables = await Promise.all(
    ["clips", "verdicts", "scores", "summary", "claims"].map(async (name) =>
      await exists(paths.table(name)) ? sha256(await Deno.readFile(paths.table(name))) : ""
    ),
  );
  const code = await codeVersion([import.meta.url]);
  // Rubrics have the ground truth of simulated clips; the paper's figures are compared with ours.
  const inputs = sha256(JSON.stringify([loaded.paper, ...loaded.rubrics?.values() ?? []]));
  const key = sha256([rule, benchmarkHash(loaded.benchmark), inputs, code, ...tables].join());
  const outputs = [join(paths.report, "index.html"), join(paths.figures, "leaderboard.png")];
  await session.stepOnce(
    "report",
    key,
    outputs,
    (progress) => reportRun(loaded, rule, session, progress),
  );
}

/** Says which verdicts are stale. Where all are, the scores are of nothing that is there. */
async function refuseStale(session: Session): Promise<void> {
  const { loaded: { benchmark }, paths, progress } = session;
  const { current, stale } = await matchRun(benchmark, await readVerdicts(paths) ?? [], paths);
  const told = staleNote(stale, session);
  if (told === null) return;
  if (current.length === 0) {
    throw new InputError(`Cannot report on the run ${runName(paths.folder)}: ${told}`);
  }
  progress.note(
    `${told}\nScores made before may rest on them; make them again with ${
      session.command("score")
    }`,
  );
}

/**
 * Writes a run's figures and report from its tables. Returns the number of files written.
 *
 * @param rule The leaderboard's rule.
 */
export async function reportRun(
  loaded: LoadedBenchmark,
  rule: string,
  session: Pick<Session, "paths" | "record">,
  progress: StepProgress,
): Promise<number> {
  const { paths, record } = session;
  const { paper } = loaded;
  const { benchmark } = loaded;
  const { current } = await matchRun(benchmark, await readVerdicts(paths) ?? [], paths);
  const verdicts = await scoredOf(current, paths);
  const clips = await readTableIfAny(clipsTable, paths.table("clips")) ?? [];
  const summary = await readTable(summaryTable, paths.table("summary"));
  const judge = summary[0].judge;
  const shown = summary.filter((row) => row.judge === judge);
  const claims = (await readTableIfAny(claimsTable, paths.table("claims")) ?? [])
    .filter((row) => row.rule === rule && row.judge === judge);
  const failed = failures(benchmark, verdicts.filter((row) => row.judge === judge));

  const tables: ReportTables = {
    benchmark,
    paper,
    ruled: shown.filter((row) => row.rule === rule),
    summary: ledBy(rule, shown),
    claims,
    failures: failed,
    reliability: runReliability(loaded, clips, verdicts.filter((row) => row.judge === judge)),
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
      dirty: record.dirty ?? false,
      versions: record.versions,
      flags: textOf(record.flags),
    },
    argument: argument?.part,
    leaderboard: { summary: tables.ruled, figures: figuresOf("leaderboard") },
    failures: { figures: figuresOf("failures"), top: cards } satisfies FailuresPart,
    trust: some(figuresOf("trust")),
    rules: some(figuresOf("rules")),
    dataset: figuresOf("dataset"),
    comparison: loaded.release
      ? paperComparison(statistics(loaded))
      : { missing: "The paper's figures refer to the released benchmark, not to this one." },
    coverage: coverageOf(verdicts),
    findings: findingCounts(loaded),
    tables: await tableFacts(paths),
  };
  await writeReport(paths.report, data);
  const strips = cards.filter(({ strip }) => strip !== null).length;
  return 2 * figures.length + strips + (argument?.sheets ?? 0) + 1;
}

/** The verdicts that were scored: the last scoring may have covered only a selection. */
async function scoredOf(verdicts: readonly Verdict[], paths: RunPaths): Promise<Verdict[]> {
  const clipOf = ({ judge, model, task, seed }: Pick<Score, "judge" | "model" | "task" | "seed">) =>
    JSON.stringify([judge, model, task, seed]);
  const scored = new Set((await readTable(scoresTable, paths.table("scores"))).map(clipOf));
  return verdicts.filter((row) => scored.has(clipOf(row)));
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
  const shown = clipsByWorld(benchmark.tasks, scenes ?? new Map(), clips, paths.folder);
  if (shown.length === 0) return { part: { figures, claims, clips: [], sheet: null }, sheets: 0 };
  const { all, each, made } = await writeSheets(shown, paths);
  const players = shown.map(({ world, task, clips }, i) => ({
    heading: `${world.replaceAll("-", " ")}, task ${task.task}`,
    prompt: task.prompt,
    players: clips.map(({ label, note, file }) => ({ label, note, video: fromPage(file, paths) })),
    sheet: each[i],
  }));
  return { part: { figures, claims, clips: players, sheet: all }, sheets: made };
}

/** A file's path as linked from the page. */
function fromPage(file: string, paths: RunPaths): string {
  return relative(paths.report, file).replaceAll("\\", "/");
}

/** The criteria that fail most often, each with frames of an example clip. */
async function failureCards(
  failed: readonly Failure[],
  clips: readonly Clip[],
  paths: RunPaths,
): Promise<FailureCard[]> {
  const cards: FailureCard[] = [];
  for (const top of worstCriteria(failed)) {
    const { model, task, seed } = top.example;
    const clip = clips.find((row) => row.model === model && row.task === task && row.seed === seed);
    if (!clip) {
      cards.push({ ...top, strip: null, video: null });
      continue;
    }
    const file = isAbsolute(clip.path) ? clip.path : join(paths.folder, clip.path);
    const strip = `strips/${fileName(clip.model)}-${task}-${seed}.jpg`;
    const { contactSheet } = await loadImage();
    const sheet = await contactSheet(await sampleFrames(file), { height: STRIP_HEIGHT });
    await replaceFile(join(paths.report, strip), sheet);
    cards.push({ ...top, strip, video: fromPage(file, paths) });
  }
  return cards;
}

function coverageOf(verdicts: readonly Verdict[]): CoveragePart {
  const nulls = verdicts.filter(({ met }) => met === null);
  const groups = Map.groupBy(
    nulls,
    ({ judge, model, reason }) => JSON.stringify([judge, model, reason]),
  );
  return {
    judged: verdicts.length - nulls.length,
    asked: verdicts.length,
    reasons: [...groups.values()].map((rows) => ({
      judge: rows[0].judge,
      model: rows[0].model,
      reason: rows[0].reason,
      verdicts: rows.length,
    })).sort((a, b) => b.verdicts - a.verdicts),
  };
}

function findingCounts(loaded: LoadedBenchmark): FindingCount[] {
  return [...Map.groupBy(audit(loaded), ({ kind }) => kind)].map(([kind, rows]) => ({
    kind,
    findings: rows.length,
    example: `${FINDING_KINDS[kind]} First: ${rows[0].task ? `task ${rows[0].task}, ` : ""}${
      rows[0].detail
    }`,
  }));
}

async function tableFacts(paths: RunPaths): Promise<TableFacts[]> {
  const facts: TableFacts[] = [];
  for (const name of TABLES) {
    const rows = await countRows(paths.table(name));
    if (rows !== null) facts.push({ name, path: `../${name}.arrow`, rows });
  }
  return facts;
}

function textOf(flags: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(flags)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
}
