/** The steps around labelling by hand: a run's clips → a sheet; a filled-in sheet → verdicts. */
import { extname, join } from "node:path";
import type { Benchmark } from "../benchmark/benchmark.ts";
import { InputError, messageOf } from "../errors.ts";
import {
  labelFolder,
  readAnswered,
  readKey,
  readLabelled,
  writeKey,
} from "../judges/human/labels.ts";
import { type SheetClip, sheetPage } from "../judges/human/page.ts";
import { sampleClips } from "../judges/human/sample.ts";
import { clipCode, type KeyEntry, sheetCsv } from "../judges/human/sheet.ts";
import { isByHand } from "../judges/judge_label.ts";
import { runName, type RunPaths } from "../paths.ts";
import type { Clip } from "../records/clip.ts";
import type { Criterion } from "../records/criterion.ts";
import type { Task } from "../records/task.ts";
import type { Verdict } from "../records/verdict.ts";
import { commandText } from "../shell.ts";
import { exists, replaceByCopy, replaceFile } from "../store/file.ts";
import { contactSheet } from "../video/image.ts";
import {
  sampledHash,
  type SampledVideo,
  sampleFrames,
  SHEET_FRAME_PIXELS,
} from "../video/sample.ts";
import { clipPath } from "./clip_files.ts";
import { keepVerdicts } from "./judge.ts";
import { fileOf } from "./judge_plan.ts";
import type { StepProgress } from "./progress.ts";
import type { StepResult } from "./session.ts";

/** Frames in the strip: those that the released evaluation looks at. */
const STRIP_FRAMES = 8;
const STRIP_HEIGHT = 160;

/** Which clips to have labelled. */
export interface LabelOptions {
  benchmark: Benchmark;
  /** Those to draw from. */
  clips: readonly Clip[];
  /** How many to draw. */
  sample: number;
  /** The draw's seed. */
  draw: number;
  /** Takes what is worth knowing. */
  note?(line: string): void;
}

/**
 * Writes `labels/sheet.csv` and `labels/sheet.html` with the strips and clips that they show, and
 * `labels/key.json`, which says whose clips they are and keeps what earlier sheets asked about. A clip that cannot be shown
 * is left out and named.
 *
 * @returns Clips in the sheet.
 * @throws {InputError} if a clip is not what its row says, none can be shown, or there is a sheet with
 * answers in it that this one would replace.
 */
export async function writeSheet(
  { benchmark: { tasks, criteria }, clips, sample, draw, note = () => {} }: LabelOptions,
  paths: RunPaths,
  progress: StepProgress,
): Promise<StepResult> {
  const folder = labelFolder(paths);
  await refuseToReplace(paths, criteria);
  const chosen = sampleClips(clips, sample, draw)
    .map((clip) => ({ clip, code: clipCode(clip) }))
    .sort((a, b) => a.code < b.code ? -1 : 1);
  const key: KeyEntry[] = [];
  const shown: SheetClip[] = [];
  const problems: string[] = [];
  for (const { clip, code } of chosen) {
    const path = await fileOf(clip, paths);
    const sampling = { count: STRIP_FRAMES, threads: 1, whole: true };
    let video: SampledVideo, strip: Uint8Array, frames_hash: string;
    try {
      video = await sampleFrames(path, { ...sampling, atMost: SHEET_FRAME_PIXELS });
      strip = await contactSheet(video, { height: STRIP_HEIGHT });
      frames_hash = await sampledHash(path, sampling);
    } catch (error) {
      problems.push(`Left out ${clip.path}, which cannot be shown: ${messageOf(error)}`);
      continue;
    }
    const { model, task, seed, sha256 } = clip;
    key.push({ clip: code, model, task, seed, sha256, frames_hash });
    shown.push(await placeClip(clip, code, { video, strip }, tasks, folder, paths));
    progress.tick(`clip ${code}`);
  }
  if (shown.length === 0 && problems.length > 0) {
    throw new InputError(`Cannot make a sheet:\n  ${problems.join("\n  ")}`);
  }
  for (const problem of problems) note(problem);
  const earlier = (await readKey(paths)).filter((entry) =>
    !key.some(({ clip }) => clip === entry.clip)
  );
  await writeKey(paths, [...key, ...earlier]);
  await replaceFile(join(folder, "sheet.html"), sheetPage(shown, criteria));
  await replaceFile(join(folder, "sheet.csv"), sheetCsv(key, criteria));
  return { made: key.length, cached: 0 };
}

/** What reading a sheet did. */
export interface ReadResult extends StepResult {
  /** Its answers that are filled in. */
  answered: number;
}

/**
 * What to tell the user of a sheet that is filled in partly; null if it is whole.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { partlyText } from "./label.ts";
 *
 * assertOk(partlyText({ made: 80, cached: 10, answered: 1 })?.startsWith("1 of 90 answers is filled in"));
 * ```
 */
export function partlyText({ made, cached, answered }: ReadResult): string | null {
  const asked = made + cached;
  if (answered === asked) return null;
  return `${answered} of ${asked} answers ${answered === 1 ? "is" : "are"} filled in; ` +
    "the others are null until you fill them in and read the sheet again";
}

/**
 * Reads a filled-in sheet into the run's verdicts, in place of what the same judge said there before.
 *
 * @param file The sheet's path.
 * @param options.judge The judge's name in the table of verdicts.
 * @throws {InputError} if the run has no key, no answer is filled in, or for anything in the sheet that
 * is not as expected.
 */
export async function readLabels(
  file: string,
  { judge, criteria }: { judge: string; criteria: readonly Criterion[] },
  paths: RunPaths,
): Promise<ReadResult> {
  const verdicts = await readAnswered(file, { judge, criteria, paths });
  const answered = verdicts.filter(({ met }) => met !== null).length;
  return { ...await keepVerdicts(verdicts, paths), answered };
}

/**
 * The judge to compare a person with: the one with most verdicts on what that person has labelled; of
 * equals one that is no person, then the first by name. Null where there is none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import type { Verdict } from "../records/verdict.ts";
 * import { judgeToCompare } from "./label.ts";
 *
 * const of = (judge: string, judge_model: string, seeds: number[]) =>
 *   seeds.map((seed) => ({ judge, judge_model, model: "nano", task: 1, seed, met: true }) as Verdict);
 * const anna = of("anna", "sheet-2", [1, 2]);
 * const probe = of("probe", "probe", [1, 2]);
 * const rows = [...of("abel", "m", [1, 7, 8, 9]), ...anna, ...of("ben", "sheet-2", [1, 2]), ...probe];
 * assertEquals(judgeToCompare("anna", rows), "probe");
 * assertEquals(judgeToCompare("anna", anna), null);
 * ```
 */
export function judgeToCompare(person: string, verdicts: readonly Verdict[]): string | null {
  const placeOf = ({ model, task, seed, id }: Verdict) => JSON.stringify([model, task, seed, id]);
  const labelled = new Set(
    verdicts.filter(({ judge, met }) => judge === person && met !== null).map(placeOf),
  );
  const others = [
    ...Map.groupBy(verdicts.filter((row) => row.judge !== person), (row) => row.judge),
  ]
    .map(([name, rows]) => ({
      name,
      shared: rows.filter((row) => row.met !== null && labelled.has(placeOf(row))).length,
      isPerson: isByHand(rows[0].judge_model),
    }));
  others.sort((a, b) =>
    b.shared - a.shared || Number(a.isPerson) - Number(b.isPerson) || (a.name < b.name ? -1 : 1)
  );
  return others[0]?.name ?? null;
}

/** Someone's work is not written over. */
async function refuseToReplace(paths: RunPaths, criteria: readonly Criterion[]): Promise<void> {
  const file = join(labelFolder(paths), "sheet.csv");
  if (!await exists(file)) return;
  const answered = (await readLabelled(file, { judge: "human", criteria, paths }))
    .filter(({ met, evidence }) => met !== null || evidence !== "").length;
  if (answered > 0) {
    throw new InputError(
      `Cannot write ${file}: it holds ${answered} ${
        answered === 1 ? "answer" : "answers"
      }; read what it holds with ` +
        `${
          commandText("label", ["--run", runName(paths.folder), "--read", file])
        }, then move it away`,
    );
  }
}

async function placeClip(
  clip: Clip,
  code: string,
  drawn: { video: SampledVideo; strip: Uint8Array },
  tasks: readonly Task[],
  folder: string,
  paths: RunPaths,
): Promise<SheetClip> {
  const task = tasks.find((row) => row.task === clip.task);
  if (!task) {
    throw new InputError(`Clip ${clip.path} is of task ${clip.task}, which the run's tasks lack`);
  }
  const strip = `strips/${code}.jpg`;
  // Under another name, for the clip's own folder is named after its model.
  const copy = `clips/${code}${extname(clip.path).toLowerCase()}`;
  await replaceFile(join(folder, strip), drawn.strip);
  await replaceByCopy(join(folder, copy), clipPath(clip, paths));
  return {
    clip: code,
    task,
    strip,
    video: copy,
    frames: clip.frames,
    shown: drawn.video.frames.length,
    duration: clip.fps > 0 ? clip.frames / clip.fps : null,
  };
}
