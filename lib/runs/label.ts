/** The steps around labelling by hand: a run's clips → a sheet; a filled-in sheet → verdicts. */
import { extname, isAbsolute, join } from "node:path";
import { criteriaTable, type Criterion } from "../records/criterion.ts";
import { type Task, tasksTable } from "../records/task.ts";
import { InputError, messageOf } from "../errors.ts";
import { type SheetClip, sheetPage } from "../judges/human/page.ts";
import { sampleClips } from "../judges/human/sample.ts";
import { clipCode, type KeyEntry, parseKey, readSheet, sheetCsv } from "../judges/human/sheet.ts";
import { type Clip, clipsTable } from "../records/clip.ts";
import type { RunPaths } from "../paths.ts";
import { exists, replaceFile } from "../store/file.ts";
import { readTable, readTableIfAny } from "../store/table.ts";
import { contactSheet } from "../video/image.ts";
import { framesHash, type SampledVideo } from "../video/sample.ts";
import { framesFor } from "./judge_plan.ts";
import type { StepProgress } from "./progress.ts";
import type { StepResult } from "./session.ts";
import { keepVerdicts } from "./judge.ts";

/** Frames in the strip: those that the released evaluation looks at. */
const STRIP_FRAMES = 8;
const STRIP_HEIGHT = 160;

/** Which clips to have labelled. */
export interface LabelOptions {
  /** How many. */
  sample: number;
  /** What the draw depends on. */
  seed: number;
}

/**
 * Writes `labels/sheet.csv` and `labels/sheet.html` with the strips and clips that they show, and
 * `labels/key.json`, which says whose clips they are and keeps what earlier sheets asked about.
 *
 * @returns Clips in the sheet.
 * @throws {InputError} if the run has no clips, if a clip is not what its row says, or if there is a
 * sheet with answers in it that this one would replace.
 */
export async function writeSheet(
  { sample, seed }: LabelOptions,
  paths: RunPaths,
  progress: StepProgress,
): Promise<StepResult> {
  const folder = labelFolder(paths);
  const { tasks, criteria } = await benchmarkOf(paths);
  const clips = await readTableIfAny(clipsTable, paths.table("clips"));
  if (!clips || clips.length === 0) {
    throw new InputError(`Found no clips in ${paths.folder}; make them with deno task generate`);
  }
  await refuseToReplace(paths, criteria);
  const chosen = sampleClips(clips, sample, seed)
    .map((clip) => ({ clip, code: clipCode(clip) }))
    .sort((a, b) => a.code < b.code ? -1 : 1);
  const key: KeyEntry[] = [];
  const shown: SheetClip[] = [];
  for (const { clip, code } of chosen) {
    const video = await framesFor({ frames: STRIP_FRAMES }, clip, paths) as SampledVideo;
    const { model, task, seed, sha256 } = clip;
    key.push({ clip: code, model, task, seed, sha256, frames_hash: framesHash(video) });
    shown.push(await placeClip(clip, code, video, tasks, folder, paths));
    progress.tick(`clip ${code}`);
  }
  const earlier = (await readKey(folder)).filter((entry) =>
    !key.some(({ clip }) => clip === entry.clip)
  );
  await replaceFile(keyPath(folder), `${JSON.stringify([...key, ...earlier], null, 2)}\n`);
  await replaceFile(join(folder, "sheet.html"), sheetPage(shown, criteria));
  await replaceFile(join(folder, "sheet.csv"), sheetCsv(key, criteria));
  return { made: key.length, cached: 0 };
}

/**
 * Reads a filled-in sheet into the run's verdicts, in place of what the same judge said there before.
 *
 * @param file The sheet's path.
 * @param judge The judge's name in the table of verdicts.
 * @throws {InputError} if the run has no key, or for anything in the sheet that is not as expected.
 */
export async function readLabels(
  file: string,
  judge: string,
  paths: RunPaths,
): Promise<StepResult> {
  const folder = labelFolder(paths);
  if (!await exists(keyPath(folder))) {
    throw new InputError(
      `Cannot read ${file}: found no ${keyPath(folder)}, which says whose clips these are; ` +
        "name the run that the sheet was made for with --run NAME",
    );
  }
  const { criteria } = await benchmarkOf(paths);
  const key = await readKey(folder);
  const verdicts = readSheet(await textOf(file), { file, key, criteria, judge });
  return await keepVerdicts(verdicts, paths);
}

/** Where a run's sheet is. */
export function labelFolder(paths: RunPaths): string {
  return join(paths.folder, "labels");
}

function keyPath(folder: string): string {
  return join(folder, "key.json");
}

async function readKey(folder: string): Promise<KeyEntry[]> {
  const path = keyPath(folder);
  return await exists(path) ? parseKey(await Deno.readTextFile(path), path) : [];
}

/** The run's benchmark. */
async function benchmarkOf(paths: RunPaths): Promise<{ tasks: Task[]; criteria: Criterion[] }> {
  return {
    tasks: await readTable(tasksTable, paths.table("tasks")),
    criteria: await readTable(criteriaTable, paths.table("criteria")),
  };
}

/** Someone's work is not written over. */
async function refuseToReplace(paths: RunPaths, criteria: readonly Criterion[]): Promise<void> {
  const folder = labelFolder(paths);
  const file = join(folder, "sheet.csv");
  if (!await exists(file)) return;
  const key = await readKey(folder);
  const answered = readSheet(await textOf(file), { file, key, criteria, judge: "human" })
    .filter(({ met, evidence }) => met !== null || evidence !== "").length;
  if (answered > 0) {
    throw new InputError(
      `Cannot write ${file}: it holds ${answered} answers; read them with ` +
        `deno task label --run ${paths.folder} --read ${file}, then move it away`,
    );
  }
}

async function placeClip(
  clip: Clip,
  code: string,
  video: SampledVideo,
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
  const file = isAbsolute(clip.path) ? clip.path : join(paths.folder, clip.path);
  await replaceFile(join(folder, strip), await contactSheet(video, { height: STRIP_HEIGHT }));
  await replaceFile(join(folder, copy), await Deno.readFile(file));
  return {
    clip: code,
    task,
    strip,
    video: copy,
    frames: clip.frames,
    shown: video.frames.length,
    duration: clip.fps > 0 ? clip.frames / clip.fps : null,
  };
}

async function textOf(file: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(file);
  } catch (error) {
    throw new InputError(`Cannot read ${file}: ${messageOf(error)}`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InputError(`Cannot read ${file}: it is not UTF-8; save it as CSV UTF-8`);
  }
}
