/** What the sections of a report show beside figures: cards, coverage, findings, tables. */
import { join, relative } from "node:path";
import { FINDING_KINDS } from "../benchmark/audit.ts";
import type { LoadedBenchmark } from "../benchmark/loaded.ts";
import { messageOf } from "../errors.ts";
import { lazy } from "../lazy.ts";
import { fileName, type RunPaths } from "../paths.ts";
import type { Clip } from "../records/clip.ts";
import type { Verdict } from "../records/verdict.ts";
import { audit } from "../runs/benchmark.ts";
import { clipPath, FAULTS } from "../runs/clip_files.ts";
import type { RunVerdicts } from "../runs/verdicts.ts";
import type { Coverage } from "../scores/coverage.ts";
import type { Failure } from "../scores/failures.ts";
import { STALE } from "../scores/match.ts";
import { replaceFile } from "../store/file.ts";
import { countRows } from "../store/table.ts";
import { sampleFrames, SHEET_FRAME_PIXELS } from "../video/sample.ts";
import { worstCriteria } from "./figures.ts";
import type { CoveragePart, FailureCard, FindingCount, TableFacts, UnscoredPart } from "./types.ts";

const loadImage = lazy<typeof import("../video/image.ts")>(
  new URL("../video/image.ts", import.meta.url),
);

const STRIP_HEIGHT = 128;
const TABLES = [
  ...["tasks", "criteria", "stats", "findings", "clips", "verdicts", "scores", "summary"],
  "claims",
];

/** A file's path as linked from the page. */
export function fromPage(file: string, paths: RunPaths): string {
  return relative(paths.report, file).replaceAll("\\", "/");
}

/** The criteria that fail most often, each with frames of an example clip. */
export async function failureCards(
  failed: readonly Failure[],
  clips: readonly Clip[],
  paths: RunPaths,
): Promise<FailureCard[]> {
  const cards: FailureCard[] = [];
  /** Of each strip, why it could not be made; null where it could. */
  const made = new Map<string, string | null>();
  for (const top of worstCriteria(failed)) {
    const { model, task, seed } = top.example;
    const clip = clips.find((row) => row.model === model && row.task === task && row.seed === seed);
    if (!clip) {
      cards.push({ ...top, strip: null, video: null });
      continue;
    }
    const file = clipPath(clip, paths);
    const strip = `strips/${fileName(clip.model)}-${task}-${seed}.jpg`;
    // A long film takes a minute to read, and one clip may fail many criteria.
    if (!made.has(strip)) made.set(strip, await makeStrip(file, join(paths.report, strip)));
    const problem = made.get(strip)!;
    cards.push(
      problem === null
        ? { ...top, strip, video: fromPage(file, paths) }
        : { ...top, strip: null, video: null, problem },
    );
  }
  return cards;
}

/** Makes a strip of a clip's frames. Returns why not, where the clip cannot be read. */
async function makeStrip(clip: string, strip: string): Promise<string | null> {
  const { contactSheet } = await loadImage();
  let picture: Uint8Array;
  try {
    const frames = await sampleFrames(clip, { whole: true, atMost: SHEET_FRAME_PIXELS });
    picture = await contactSheet(frames, { height: STRIP_HEIGHT });
  } catch (error) {
    // No single clip ends the report, whatever it fails with.
    return messageOf(error);
  }
  await replaceFile(strip, picture);
  return null;
}

/** How much of its clips' criteria a judge has judged, and why not all. */
export function coveragePart(
  verdicts: readonly Verdict[],
  { criteria, judged, unasked }: Coverage,
): CoveragePart {
  const nulls = verdicts.filter(({ met }) => met === null);
  const groups = Map.groupBy(nulls, ({ model, reason }) => JSON.stringify([model, reason]));
  return {
    judged,
    asked: criteria,
    unasked,
    reasons: [...groups.values()].map((rows) => ({
      model: rows[0].model,
      reason: rows[0].reason,
      verdicts: rows.length,
    })).sort((a, b) => b.verdicts - a.verdicts),
  };
}

/** The audit of the benchmark, by kind. */
export function findingCounts(loaded: LoadedBenchmark): FindingCount[] {
  return [...Map.groupBy(audit(loaded), ({ kind }) => kind)].map(([kind, rows]) => ({
    kind,
    findings: rows.length,
    example: `${FINDING_KINDS[kind]} First: ${rows[0].task ? `task ${rows[0].task}, ` : ""}${
      rows[0].detail
    }`,
  }));
}

/** The tables that the run has. */
export async function tableFacts(paths: RunPaths): Promise<TableFacts[]> {
  const facts: TableFacts[] = [];
  for (const name of TABLES) {
    const rows = await countRows(paths.table(name));
    if (rows !== null) facts.push({ name, path: `../${name}.arrow`, rows });
  }
  return facts;
}

/** Flags as they are shown. */
export function textOf(flags: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(flags)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
}

/** Verdicts that the report does not count, by reason; undefined where there are none. */
export function unscoredOf(
  { stale, faulty, unchecked }: RunVerdicts,
  told: string | null,
): UnscoredPart | undefined {
  if (told === null) return undefined;
  const reasons = [
    ...stale.map(({ why, verdicts }) => ({ reason: STALE[why] as string, verdicts })),
    ...faulty.map(({ why, verdicts }) => ({ reason: `the clip's file ${FAULTS[why]}`, verdicts })),
  ];
  return {
    reasons: [...Map.groupBy(reasons, ({ reason }) => reason)].map(([reason, own]) => ({
      reason,
      verdicts: own.reduce((sum, { verdicts }) => sum + verdicts, 0),
    })),
    unchecked: unchecked.length,
    told,
  };
}
