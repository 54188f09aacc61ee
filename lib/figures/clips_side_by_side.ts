/** Clips of several models side by side, one prompt after another, in one picture. */
import { InputError } from "../errors.ts";
import { text } from "./compose.ts";
import { drawnHeight, MUTED, RULE, SIZE, WIDTH } from "./look.ts";
import { truncate, wrap } from "./text.ts";
import { lazy } from "../lazy.ts";

const loadSheet = lazy<typeof import("./sheet.ts")>(new URL("./sheet.ts", import.meta.url));

/** Frames of one model's clip. */
export interface ClipFrames {
  /** The model's display name. */
  name: string;
  /** 8-bit RGB, in order; all clips have the same number. */
  frames: readonly Uint8Array[];
}

/** A prompt and each model's clip. */
export interface PromptClips {
  heading: string;
  prompt: string;
  clips: readonly ClipFrames[];
}

/** The content of {@link clipsSideBySide}. */
export interface ClipsSideBySide {
  title: string;
  subtitle: string;
  /** Width of the frames, pixels. */
  width: number;
  /** Height of the frames, pixels. */
  height: number;
  prompts: readonly PromptClips[];
}

const SIDE = 20;
const GAP = 2;
/** Between the two clips of a row. */
const MIDDLE = 20;
const LINE = 15;

/**
 * A JPEG file with a heading and text per prompt, followed by the clips, two per row, each as a
 * strip of frames. Equal inputs give equal bytes.
 *
 * @throws {InputError} if there are no clips, or their numbers of frames differ.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { clipsSideBySide } from "./clips_side_by_side.ts";
 *
 * const clip = (level: number) => [1, 2].map(() => new Uint8Array(32 * 24 * 3).fill(level));
 * const jpeg = await clipsSideBySide({
 *   title: "Two models", subtitle: "of grey", width: 32, height: 24,
 *   prompts: [{ heading: "dusk", prompt: "It gets dark.", clips: [
 *     { name: "small", frames: clip(90) },
 *     { name: "large", frames: clip(30) },
 *   ] }],
 * });
 * assertEquals([...jpeg.subarray(0, 2)], [0xff, 0xd8]);
 * ```
 */
export async function clipsSideBySide(sheet: ClipsSideBySide): Promise<Uint8Array> {
  const { title, subtitle, width, height, prompts } = sheet;
  const shown = check(prompts);
  const { frameDataUrl, sheetJpeg } = await loadSheet();
  const strip = (WIDTH - 2 * SIDE - MIDDLE) / 2;
  const across = (strip - GAP * (shown - 1)) / shown;
  const down = drawnHeight({ width, height }, across);
  const parts: string[] = [];
  let y = 0;
  for (const [i, { heading, prompt, clips }] of prompts.entries()) {
    if (i > 0) {
      parts.push(`<path d="M${SIDE},${y}H${WIDTH - SIDE}" stroke="${RULE}" stroke-width="0.5"/>`);
      y += 10;
    }
    parts.push(text(SIDE, y + 12, heading, { weight: 600 }));
    y += 18;
    for (const line of wrap(prompt, WIDTH - 2 * SIDE, SIZE.small, 3)) {
      parts.push(text(SIDE, y + 11, line, { size: SIZE.small, colour: MUTED }));
      y += LINE;
    }
    y += 4;
    for (const [j, { name, frames }] of clips.entries()) {
      const left = SIDE + (j % 2) * (strip + MIDDLE);
      const label = truncate(name, strip, SIZE.small);
      parts.push(text(left, y + 11, label, { size: SIZE.small, weight: 600 }));
      for (const [k, frame] of frames.entries()) {
        const address = await frameDataUrl(frame, width, height);
        parts.push(
          `<image x="${left + k * (across + GAP)}" y="${y + LINE}" width="${across}" ` +
            `height="${down}" href="${address}"/>`,
        );
      }
      if (j % 2 === 1 || j === clips.length - 1) y += LINE + down + 6;
    }
    y += 6;
  }
  return await sheetJpeg({ title, subtitle, parts, height: y - 12, density: width / across });
}

/** The number of frames per clip. */
function check(prompts: readonly PromptClips[]): number {
  const clips = prompts.flatMap((prompt) => prompt.clips);
  const counts = [...new Set(clips.map(({ frames }) => frames.length))];
  if (counts.length !== 1 || counts[0] === 0) {
    throw new InputError(
      `Cannot show clips side by side: found ${clips.length} clips of ${prompts.length} prompts ` +
        `with ${
          counts.join(", ") || "no"
        } frames; expected at least one clip, and the same number of frames in each`,
    );
  }
  return counts[0];
}
