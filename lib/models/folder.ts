/** Your own clips: files in one folder, named after their tasks. */
import { hash } from "node:crypto";
import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { InputError, messageOf } from "../errors.ts";
import { visible } from "../names.ts";
import { someOf } from "../numbers.ts";
import { sha256OfFile } from "../store/file_hash.ts";
import { decodeFrames } from "../video/decode.ts";
import type { Clip } from "../records/clip.ts";
import { clipNames, type NamedClip, type NamedTask } from "./clip_names.ts";
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
  /** Clips by ascending task number and seed. */
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

/**
 * Finds the clips of a folder: files whose name {@link clipNames} reads as a task, or a task and a seed,
 * with a clip's extension, as `19.mp4`, `19-2.mp4` or the task's prompt. Subfolders are not searched.
 * Tasks without a clip are not an error but are listed in `missing`; hidden files and files of other
 * kinds are listed in `ignored`.
 *
 * One InputError lists all problems: two files for the same task and seed, a number outside the
 * benchmark, a clip whose name fits no task or several, an unsupported video format, no clips at all.
 * Files are not opened: {@link clipOfFile} does that.
 *
 * @param folder The folder's path.
 * @param tasks The benchmark's tasks.
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../testing/assert.ts";
 * import { scanFolder } from "./folder.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const tasks = [1, 2, 3].map((task) => ({ task, prompt: "" }));
 * for (const name of ["1.mp4", "3-2.webm", "notes.txt"]) await Deno.create(`${folder}/${name}`);
 * const { clips, missing, ignored } = await scanFolder(folder, tasks);
 * assertEquals(clips.map(({ task, seed }) => [task, seed]), [[1, 0], [3, 2]]);
 * assertEquals([missing, ignored], [[2], ["notes.txt"]]);
 *
 * await Deno.create(`${folder}/1_0.avi`);
 * await assertInputError(() => scanFolder(folder, tasks), "1.mp4, 1_0.avi", "task 1, seed 0");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function scanFolder(
  folder: string,
  tasks: readonly NamedTask[],
  options: ScanOptions = {},
): Promise<FolderScan> {
  const extensions = options.extensions ?? CLIP_EXTENSIONS;
  const known = new Set(tasks.map(({ task }) => task));
  const read = clipNames(tasks);
  const found = new Map<string, { clip: NamedClip; files: string[] }>();
  const ignored: string[] = [];
  const problems: string[] = [];
  const entries = (await entriesOf(folder)).toSorted((a, b) => a.name < b.name ? -1 : 1);
  for (const entry of entries) {
    const extension = extname(entry.name).toLowerCase();
    const stem = entry.name.slice(0, entry.name.length - extension.length);
    if (entry.name.startsWith(".") || !await mayBeClip(folder, entry)) {
      ignored.push(entry.name);
      continue;
    }
    if (!extensions.includes(extension)) {
      if ([...CLIP_EXTENSIONS, ...OTHER_VIDEO].includes(extension)) {
        problems.push(
          `${visibleName(entry.name)}: ${extension} clips are not read; expected ${
            extensions.join(", ")
          }`,
        );
      } else ignored.push(entry.name);
      continue;
    }
    const clip = read(stem);
    if (typeof clip === "string") {
      problems.push(
        `${
          visibleName(entry.name)
        }: ${clip}; expected one such as 19${extension}, 19-2${extension} ` +
          "(seed 2) or the prompt",
      );
      continue;
    }
    const place = `${clip.task}/${clip.seed}`;
    const same = found.get(place);
    if (same) same.files.push(entry.name);
    else found.set(place, { clip, files: [entry.name] });
  }
  const all = [...found.values()].sort(({ clip: a }, { clip: b }) =>
    a.task - b.task || a.seed - b.seed
  );
  for (const { clip: { task, seed }, files } of all) {
    const named = files.map(visibleName).join(", ");
    if (!known.has(task)) {
      problems.push(
        `${named}: the benchmark has no task ${task}; expected ` +
          `one of ${known.size} tasks from ${Math.min(...known)} to ${Math.max(...known)}`,
      );
    }
    if (files.length > 1) {
      problems.push(`${named}: ${files.length} files for task ${task}, seed ${seed}; expected one`);
    }
  }
  if (all.length === 0) {
    const names = entries.map(({ name }) => visibleName(name));
    problems.push(
      `no clips named <task number>.<extension> among its ${entries.length} entries` +
        `${entries.length ? ` (${someOf(names)})` : ""}; expected ${extensions.join(", ")}. ` +
        "Clips that a run has from here stay in it, and are not scored while their files are gone",
    );
  }
  if (problems.length > 0) {
    throw new InputError(
      [`Cannot use the clips in ${folder}:`, ...problems].join("\n  "),
    );
  }
  const having = new Set(all.map(({ clip }) => clip.task));
  return {
    clips: all.map(({ clip, files }) => ({ ...clip, path: join(folder, files[0]) })),
    missing: [...known].filter((task) => !having.has(task)).sort((a, b) => a - b),
    ignored,
  };
}

/** Whether an entry is a file: a pipe would never end. A link that leads nowhere is a clip that is missing. */
async function mayBeClip(folder: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  try {
    return (await stat(join(folder, entry.name))).isFile();
  } catch {
    return true;
  }
}

/** A file's name as it is, or in quotes where some of it cannot be seen. */
function visibleName(name: string): string {
  const quoted = visible(name);
  return quoted === `"${name}"` ? name : quoted;
}

/**
 * The `clips` row of an existing file, such as another model's clip. The whole clip is decoded, so
 * that a truncated or damaged one is an InputError here rather than a low score later. `steps`,
 * `guidance` and `seconds` are 0 and `device` is `none`, since nothing was computed; `path` is as given;
 * `key` is the SHA-256 of model, task, seed and file contents, so it survives moving the file and changes
 * with its contents.
 *
 * @param clip The clip's file, the task that it answers and its seed.
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
 * const { task, model, width, height, fps, ...clip } = await clipOfFile({ path, task: 19, seed: 0 }, "mine");
 * assertEquals([task, model, clip.frames, width, height, fps], [19, "mine", 3, 32, 32, 8]);
 * await Deno.remove(path);
 * ```
 */
export async function clipOfFile(
  { path, task, seed }: FoundClip,
  model: string,
): Promise<Clip> {
  const shape = { frames: 0, width: 0, height: 0, fps: 0 };
  // Only the first frame is returned, for the size; the rest are decoded to check that they are intact.
  for await (const frame of decodeFrames(path, { wanted: (index) => index === 0 })) {
    const { total: frames, width, height, timing: { fps } } = frame;
    Object.assign(shape, { frames, width, height, fps });
  }
  const sha256 = await sha256OfFile(path);
  return {
    model,
    task,
    seed,
    world: "",
    violation: "",
    path,
    sha256,
    ...shape,
    steps: 0,
    guidance: 0,
    device: "none",
    seconds: 0,
    key: hash(
      "sha256",
      JSON.stringify(["folder", model, task, sha256, ...seed === 0 ? [] : [seed]]),
    ),
  };
}
