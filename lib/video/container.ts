/** The container format of a clip, from its content, and whether the file is complete. */
import { InputError, messageOf } from "../errors.ts";
import { missingFromBoxes } from "./boxes.ts";
import { FileBytes } from "./bytes.ts";
import { missingFromEbml } from "./ebml.ts";
import { missingFromGif } from "./gif.ts";
import { missingFromRiff } from "./riff.ts";

/** Container families, named as FFmpeg's demuxers: mp4 and mov are one, mkv and webm are one. */
export type Container = "mov" | "matroska" | "avi" | "gif";

/** Types of the first box found in MP4 and QuickTime files. */
const FIRST_BOXES = ["ftyp", "moov", "mdat", "free", "skip", "wide", "pnot"];

function containerOf(bytes: FileBytes): Container | null {
  const head = bytes.text(0, 12);
  if (head.startsWith("\x1a\x45\xdf\xa3")) return "matroska";
  if (head.startsWith("RIFF") && head.slice(8) === "AVI ") return "avi";
  if (/^GIF8[79]a/.test(head)) return "gif";
  return FIRST_BOXES.includes(head.slice(4, 8)) ? "mov" : null;
}

const MISSING: Record<Container, (bytes: FileBytes) => string | null> = {
  mov: missingFromBoxes,
  matroska: missingFromEbml,
  avi: missingFromRiff,
  gif: missingFromGif,
};

function open(path: string): FileBytes {
  try {
    return new FileBytes(path);
  } catch (error) {
    throw new InputError(`Cannot read clip ${path}: ${messageOf(error)}`);
  }
}

/**
 * The container of a clip, detected from its first bytes rather than its name. Throws an InputError
 * stating what the file declares and what was found if the file is missing, empty, of another kind,
 * or shorter than its own structure declares.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { containerOfClip } from "./container.ts";
 *
 * await assertInputError(() => containerOfClip("no-such-clip.mp4"), "no-such-clip.mp4");
 * ```
 */
export function containerOfClip(path: string): Container {
  using bytes = open(path);
  if (bytes.size === 0) throw new InputError(`Cannot read clip ${path}: the file is empty`);
  const container = containerOf(bytes);
  if (!container) {
    const head = JSON.stringify(bytes.text(0, 12));
    throw new InputError(
      `Cannot read clip ${path}: it begins with ${head}; expected mp4, mov, webm, mkv, avi or gif`,
    );
  }
  const missing = MISSING[container](bytes);
  if (missing) {
    throw new InputError(`Cannot read clip ${path}: the file is not whole: it ${missing}`);
  }
  return container;
}
