/** The sheets of clips in a report, made only if missing. */
import { join } from "node:path";
import type { RunPaths } from "../paths.ts";
import type { Clip } from "../records/clip.ts";
import { exists, replaceFile } from "../store/file.ts";
import { sha256 } from "../store/key.ts";
import { modelSheet, modelsSheet, SHEET_COLUMNS, type TaskClips } from "./model_sheet.ts";
import { sampleFrames, SHEET_FRAME_PIXELS } from "../video/sample.ts";
import { codeVersion } from "../code_version.ts";

/** Paths of the sheets, relative to the report's folder. */
export interface SheetFiles {
  /** The sheet of all tasks. */
  all: string;
  /** One sheet per task, in order. */
  each: string[];
  /** Number of sheets made by this call. */
  made: number;
}

/**
 * Makes the sheets of some tasks' clips in the report's folder. A sheet's name is a hash of its
 * content and one of its bytes, so existing sheets that are whole are reused without decoding any clip; sheets of other clips are
 * removed.
 *
 * @param shown At least one task, each with a clip.
 */
export async function writeSheets(
  shown: readonly TaskClips[],
  paths: RunPaths,
): Promise<SheetFiles> {
  const code = await codeVersion([new URL("./model_sheet.ts", import.meta.url)]);
  const folder = join(paths.report, "sheets");
  let made = 0;
  const sheetFile = async (
    name: string,
    of: readonly TaskClips[],
    make: () => Promise<Uint8Array>,
  ) => {
    const content = of.map(({ world, task, clips }) => [
      world,
      task.task,
      task.prompt,
      clips.map(({ label, clip }) => [label, clip.sha256]),
    ]);
    const hash = sha256(JSON.stringify([code, content])).slice(0, 16);
    const kept = await wholeSheet(folder, `${name}-${hash}`);
    if (kept !== null) return kept;
    const bytes = await make();
    const file = `${name}-${hash}-${sha256(bytes).slice(0, 16)}.jpg`;
    await replaceFile(join(folder, file), bytes);
    made++;
    return file;
  };
  const each: string[] = [];
  for (const one of shown) {
    each.push(await sheetFile(`task-${one.task.task}`, [one], () => modelSheet(one)));
  }
  const all = await sheetFile("worlds", shown, () => modelsSheet(shown));
  for await (const { name } of Deno.readDir(folder)) {
    // Others' files in it are theirs.
    const isSheet = /^(task-\d+|worlds)-[0-9a-f]{16}(-[0-9a-f]{16})?\.jpg$/.test(name);
    if (isSheet && name !== all && !each.includes(name)) await Deno.remove(join(folder, name));
  }
  const sheetPath = (file: string) => `sheets/${file}`;
  return { all: sheetPath(all), each: each.map(sheetPath), made };
}

/**
 * As {@link writeSheets}, of the clips that can be read: others, as earlier versions took them, do not
 * end the report.
 *
 * @param choose What to show of some clips.
 * @returns What is shown, too; null where nothing can be.
 */
export async function writeReadable(
  choose: (clips: readonly Clip[]) => TaskClips[],
  clips: readonly Clip[],
  paths: RunPaths,
): Promise<SheetFiles & { shown: TaskClips[] } | null> {
  let left = clips;
  while (true) {
    const shown = choose(left);
    if (shown.length === 0) return null;
    try {
      return { shown, ...await writeSheets(shown, paths) };
    } catch (error) {
      const broken = new Set<Clip>();
      for (const { file, clip } of shown.flatMap(({ clips }) => clips)) {
        if (!await isReadable(file)) broken.add(clip);
      }
      if (broken.size === 0) throw error;
      left = left.filter((clip) => !broken.has(clip));
    }
  }
}

async function isReadable(file: string): Promise<boolean> {
  try {
    await sampleFrames(file, { count: SHEET_COLUMNS, atMost: SHEET_FRAME_PIXELS });
    return true;
  } catch {
    return false;
  }
}

/** The sheet of a content if it is there, with the bytes that its name says. */
async function wholeSheet(folder: string, content: string): Promise<string | null> {
  if (!await exists(folder)) return null;
  for await (const { name } of Deno.readDir(folder)) {
    const [, bytes] = new RegExp(`^${content}-([0-9a-f]{16})\\.jpg$`).exec(name) ?? [];
    if (bytes === undefined) continue;
    if (sha256(await Deno.readFile(join(folder, name))).slice(0, 16) === bytes) return name;
  }
  return null;
}
