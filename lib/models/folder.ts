/** Your own clips: files named `<task number>.<extension>` in one folder. */
import { createHash, hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { InputError, messageOf } from "../errors.ts";
import { decodeFrames } from "../video/decode.ts";
import type { Clip } from "../records/clip.ts";
import type { FoundClip } from "./video_model.ts";

/** File name extensions of clips, in lower case. */
const CLIP_EXTENSIONS: readonly string[] = [
  ".mp4",
  ".mov",
  ".webm",
  ".mkv",
  ".avi",
  ".gif",
];

/** Unsupported video formats: a file with one of these is an error; a `.txt` is not. */
const OTHER_VIDEO = [
  ".3gp",
  ".asf",
  ".flv",
  ".m2ts",
  ".m4v",
  ".mpeg",
  ".mpg",
  ".mts",
  ".ogv",
  ".vob",
  ".wmv",
  ".y4m",
];

/** The contents of a folder of clips, compared with a benchmark. */
export interface FolderScan {
  /** Clips by ascending task number. */
  clips: FoundClip[];
  /** Task numbers of the benchmark without a clip, ascending. */
  missing: number[];
  /** Names of entries that are not clips (folders, notes, hidden files), sorted. */
  ignored: string[];
}

export interface ScanOptions {
  /** Extensions of clips, with the dot, in lower case. */
  extensions?: readonly string[];
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw new InputError(`Cannot read the folder of clips ${folder}: ${messageOf(error)}`);
  }
}

/** The first few of a list, and how many more there are. */
function some(things: readonly (string | number)[], most = 10): string {
  const more = things.length > most ? ` and ${things.length - most} more` : "";
  return `${things.slice(0, most).join(", ")}${more}`;
}

/**
 * Finds the clips of a folder: files named by a task's number and a clip's extension, as `19.mp4`
 * (`019.mp4` is the same task). Subfolders are not searched. Tasks without a clip are not an error
 * but are listed in `missing`; hidden files and files of other kinds are listed in `ignored`.
 *
 * One InputError lists all problems: two files with the same number, a number outside the benchmark,
 * a clip whose name is not a number, an unsupported video format, no clips at all. Files are not
 * opened: {@link clipOfFile} does that.
 *
 * @param folder The folder's path.
 * @param tasks The benchmark's task numbers.
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../testing/assert.ts";
 * import { scanFolder } from "./folder.ts";
 *
 * const folder = await Deno.makeTempDir();
 * for (const name of ["1.mp4", "3.webm", "notes.txt"]) await Deno.create(`${folder}/${name}`);
 * const { clips, missing, ignored } = await scanFolder(folder, [1, 2, 3]);
 * assertEquals(clips.map(({ task }) => task), [1, 3]);
 * assertEquals([missing, ignored], [[2], ["notes.txt"]]);
 *
 * await Deno.create(`${folder}/3.avi`);
 * await assertInputError(() => scanFolder(folder, [1, 2, 3]), "3.avi, 3.webm", "task 3");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function scanFolder(
  folder: string,
  tasks: readonly number[],
  options: ScanOptions = {},
): Promise<FolderScan> {
  const extensions = options.extensions ?? CLIP_EXTENSIONS;
  const known = new Set(tasks);
  const names = new Map<number, string[]>();
  const ignored: string[] = [];
  const problems: string[] = [];
  const entries = (await entriesOf(folder)).toSorted((a, b) => a.name < b.name ? -1 : 1);
  for (const entry of entries) {
    const extension = extname(entry.name).toLowerCase();
    const stem = entry.name.slice(0, entry.name.length - extension.length);
    const hidden = entry.name.startsWith(".");
    if (entry.isDirectory() || hidden) {
      ignored.push(entry.name);
    } else if (!extensions.includes(extension)) {
      if ([...CLIP_EXTENSIONS, ...OTHER_VIDEO].includes(extension)) {
        problems.push(
          `${entry.name}: ${extension} clips are not read; expected ${extensions.join(", ")}`,
        );
      } else {
        ignored.push(entry.name);
      }
    } else if (!/^\d+$/.test(stem)) {
      problems.push(
        `${entry.name}: the name is not a task number; expected one such as 19${extension}`,
      );
    } else {
      const task = Number(stem);
      names.set(task, [...names.get(task) ?? [], entry.name]);
    }
  }
  const numbers = [...names.keys()].sort((a, b) => a - b);
  for (const task of numbers) {
    const files = names.get(task)!;
    if (!known.has(task)) {
      problems.push(
        `${files.join(", ")}: the benchmark has no task ${task}; expected ` +
          `one of ${known.size} tasks from ${Math.min(...known)} to ${Math.max(...known)}`,
      );
    }
    if (files.length > 1) {
      problems.push(`${files.join(", ")}: ${files.length} files for task ${task}; expected one`);
    }
  }
  if (numbers.length === 0) {
    problems.push(
      `no clips named <task number>.<extension> among its ${entries.length} entries` +
        `${entries.length ? ` (${some(entries.map((entry) => entry.name))})` : ""}; ` +
        `expected ${extensions.join(", ")}`,
    );
  }
  if (problems.length > 0) {
    throw new InputError(
      [`Cannot use the clips in ${folder}:`, ...problems].join("\n  "),
    );
  }
  return {
    clips: numbers.map((task) => ({ task, path: join(folder, names.get(task)![0]) })),
    missing: [...known].filter((task) => !names.has(task)).sort((a, b) => a - b),
    ignored,
  };
}

async function sha256Of(path: string): Promise<string> {
  const digest = createHash("sha256");
  for await (const chunk of createReadStream(path)) digest.update(chunk);
  return digest.digest("hex");
}

/**
 * The `clips` row of an existing file, such as another model's clip. The whole clip is decoded, so
 * that a truncated or damaged one is an InputError here rather than a low score later. `seed`,
 * `steps`, `guidance` and `seconds` are 0 and `device` is `none`, since nothing was computed; `path`
 * is as given; `key` is the SHA-256 of model, task and file contents, so it survives moving the file
 * and changes with its contents.
 *
 * @param path The clip's file.
 * @param task The task that the clip answers.
 * @param model The model's name in tables and figures.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { encodeVideo } from "../video/encode.ts";
 * import { clipOfFile } from "./folder.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".mp4" });
 * const frames = [0, 1, 2].map((t) => new Uint8Array(32 * 32 * 3).fill(40 * t));
 * await encodeVideo({ width: 32, height: 32, fps: 8, frames }, path);
 * const { task, model, width, height, fps, ...clip } = await clipOfFile(path, 19, "mine");
 * assertEquals([task, model, clip.frames, width, height, fps], [19, "mine", 3, 32, 32, 8]);
 * await Deno.remove(path);
 * ```
 */
export async function clipOfFile(path: string, task: number, model: string): Promise<Clip> {
  const shape = { frames: 0, width: 0, height: 0, fps: 0 };
  // Only the first frame is returned, for the size; the rest are decoded to check that they are intact.
  for await (const frame of decodeFrames(path, { wanted: (index) => index === 0 })) {
    const { total: frames, width, height, timing: { fps } } = frame;
    Object.assign(shape, { frames, width, height, fps });
  }
  const sha256 = await sha256Of(path);
  return {
    model,
    task,
    seed: 0,
    world: "",
    violation: "",
    path,
    sha256,
    ...shape,
    steps: 0,
    guidance: 0,
    device: "none",
    seconds: 0,
    key: hash("sha256", JSON.stringify(["folder", model, task, sha256])),
  };
}
