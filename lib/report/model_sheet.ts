/** The clips of several models for one prompt, side by side. */
import { secondsOf } from "../video/timing.ts";
import { isAbsolute, join } from "node:path";
import type { Scene } from "../benchmark/mini.ts";
import type { Task } from "../records/task.ts";
import { InputError } from "../errors.ts";
import { type ClipFrames, clipsSideBySide } from "../figures/clips_side_by_side.ts";
import { frameSheet } from "../figures/frame_sheet.ts";
import type { Clip } from "../records/clip.ts";
import { type SampledVideo, sampleFrames, SHEET_FRAME_PIXELS } from "../video/sample.ts";
import { lazy } from "../lazy.ts";

const loadImage = lazy<typeof import("../video/image.ts")>(
  new URL("../video/image.ts", import.meta.url),
);

/** The models of the paper's argument, in display order. */
export const SHOWN_MODELS: readonly { model: string; label: string; note: string }[] = [
  { model: "s-base", label: "S-base", note: "trained on everyday motion" },
  { model: "l-base", label: "L-base", note: "the same, but larger" },
  { model: "nano", label: "Nano", note: "S-base, fine-tuned on micro-worlds" },
  { model: "simulator", label: "Simulator", note: "ground truth, the upper bound" },
];

/** Frames of a clip that a sheet shows. */
export const SHEET_COLUMNS = 6;

/** A model's clip with its display name. */
export interface ShownClip {
  label: string;
  note: string;
  /** The file's path. */
  file: string;
  clip: Clip;
}

/** The clips of several models for one task. */
export interface TaskClips {
  /** Name of the task's simulated world. */
  world: string;
  task: Task;
  clips: ShownClip[];
}

/**
 * For each world, one task with the clips of {@link SHOWN_MODELS} in the run: the first task that
 * most of them have a clip of, and of each the clip with the lowest seed. Nothing is chosen by
 * appearance. Worlds without clips are skipped.
 *
 * @param scenes World and parameters by task number.
 * @param folder The run's folder, which the clips' paths are relative to.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { clipsByWorld } from "./model_sheet.ts";
 *
 * assertEquals(clipsByWorld([], new Map(), [], "results/mini"), []);
 * ```
 */
export function clipsByWorld(
  tasks: readonly Task[],
  scenes: ReadonlyMap<number, Scene>,
  clips: readonly Clip[],
  folder: string,
): TaskClips[] {
  const known = tasks.filter(({ task }) => scenes.has(task));
  const byWorld = Map.groupBy(known, ({ task }) => scenes.get(task)!.world);
  return [...byWorld].flatMap(([world, own]) => {
    const found = own.map((task): TaskClips => ({
      world,
      task,
      clips: SHOWN_MODELS.flatMap(({ model, label, note }) => {
        const [clip] = clips.filter((row) => row.model === model && row.task === task.task)
          .sort((a, b) => a.seed - b.seed);
        if (!clip) return [];
        const file = isAbsolute(clip.path) ? clip.path : join(folder, clip.path);
        return [{ label, note, file, clip }];
      }),
    }));
    const most = Math.max(...found.map(({ clips }) => clips.length));
    return most === 0 ? [] : [found.find(({ clips }) => clips.length === most)!];
  });
}

/**
 * A JPEG of one task: its prompt, followed by a row of frames for each model. Frames of other sizes
 * are fitted to the first model's.
 *
 * @param columns Frames of each clip, at the positions that the released evaluation would sample.
 * @throws {InputError} for a clip that cannot be read, or if there are no clips.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { modelSheet } from "./model_sheet.ts";
 *
 * const task = { benchmark: "mini", task: 1, scale: "cell" as const, prompt: "A cell divides.",
 *   requirement: "", source: "world:mitosis" };
 * await assertInputError(() => modelSheet({ world: "mitosis", task, clips: [] }), "0 clips");
 * ```
 */
export async function modelSheet(shown: TaskClips, columns = SHEET_COLUMNS): Promise<Uint8Array> {
  const { world, task, clips } = shown;
  const videos = await framesOf([shown], columns);
  const [{ width, height }] = videos.values();
  return await frameSheet({
    title: `Task ${task.task}: ${wordsOf(world)}`,
    subtitle: task.prompt,
    width,
    height,
    columns: timesOf(videos.get(clips[0])!),
    rows: clips.map((clip) => ({
      name: clip.label,
      note: clip.note,
      frames: videos.get(clip)!.frames,
    })),
  });
}

/**
 * A JPEG of many tasks: each with its prompt and the models' frames, two models per row.
 *
 * @throws {InputError} for a clip that cannot be read, or if there are no clips.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { modelsSheet } from "./model_sheet.ts";
 *
 * await assertInputError(() => modelsSheet([]), "0 clips");
 * ```
 */
export async function modelsSheet(
  shown: readonly TaskClips[],
  columns = SHEET_COLUMNS,
): Promise<Uint8Array> {
  const videos = await framesOf(shown, columns);
  const [{ width, height }] = videos.values();
  const models = SHOWN_MODELS.filter(({ label }) =>
    shown.some(({ clips }) => clips.some((clip) => clip.label === label))
  );
  return await clipsSideBySide({
    title: "Each model's clip for one prompt of every world",
    subtitle: models.map(({ label, note }) => `${label}: ${note}.`).join(" "),
    width,
    height,
    prompts: shown.map(({ world, task, clips }) => ({
      heading: `${wordsOf(world)} (task ${task.task})`,
      prompt: task.prompt,
      clips: clips.map((clip): ClipFrames => ({
        name: clip.label,
        frames: videos.get(clip)!.frames,
      })),
    })),
  });
}

function timesOf(video: SampledVideo): string[] {
  return secondsOf(video, video.positions).map((time) => `${time.toFixed(2)} s`);
}

function wordsOf(world: string): string {
  return world.replaceAll("-", " ");
}

/** Frames of all clips, resized to the first. */
async function framesOf(
  shown: readonly TaskClips[],
  count: number,
): Promise<Map<ShownClip, SampledVideo>> {
  const videos = new Map<ShownClip, SampledVideo>();
  let first: SampledVideo | undefined;
  for (const clip of shown.flatMap(({ clips }) => clips)) {
    const video = await sampleFrames(clip.file, { count, atMost: SHEET_FRAME_PIXELS });
    first ??= video;
    videos.set(clip, await fitted(video, first));
  }
  if (videos.size === 0) {
    throw new InputError("Cannot make a sheet of models: found 0 clips; expected at least one");
  }
  return videos;
}

async function fitted(
  video: SampledVideo,
  { width, height }: Pick<SampledVideo, "width" | "height">,
): Promise<SampledVideo> {
  if (video.width === width && video.height === height) return video;
  const { fitFrame } = await loadImage();
  const frames = await Promise.all(
    video.frames.map((frame) => fitFrame(frame, video, { width, height })),
  );
  return { ...video, width, height, frames };
}
