/** The sheets of clips that a report shows, made where they are missing. */
import { join } from "node:path";
import type { RunPaths } from "../paths.ts";
import { exists, replaceFile } from "../store/file.ts";
import { sha256 } from "../store/key.ts";
import { modelSheet, modelsSheet, type TaskClips } from "./model_sheet.ts";
import { codeVersion } from "../code_version.ts";

/** Where the sheets are, relative to the report's folder. */
export interface SheetFiles {
  /** All tasks in one. */
  all: string;
  /** In the order of the tasks. */
  each: string[];
  /** How many were made now. */
  made: number;
}

/**
 * Makes the sheets of some tasks' clips in the report's folder. A sheet is named by what it shows, so
 * one that is there is not made again and no clip is decoded for it; sheets of other clips are
 * removed.
 *
 * @param shown One task or more, each with a clip.
 */
export async function keepSheets(
  shown: readonly TaskClips[],
  paths: RunPaths,
): Promise<SheetFiles> {
  const code = await codeVersion([new URL("./model_sheet.ts", import.meta.url)]);
  const folder = join(paths.report, "sheets");
  let made = 0;
  const keep = async (name: string, of: readonly TaskClips[], make: () => Promise<Uint8Array>) => {
    const content = of.map(({ world, task, clips }) => [
      world,
      task.task,
      task.prompt,
      clips.map(({ label, clip }) => [label, clip.sha256]),
    ]);
    const hash = sha256(JSON.stringify([code, content])).slice(0, 16);
    const file = `${name}-${hash}.jpg`;
    if (!await exists(join(folder, file))) {
      await replaceFile(join(folder, file), await make());
      made++;
    }
    return file;
  };
  const each: string[] = [];
  for (const one of shown) {
    each.push(await keep(`task-${one.task.task}`, [one], () => modelSheet(one)));
  }
  const all = await keep("worlds", shown, () => modelsSheet(shown));
  for await (const { name } of Deno.readDir(folder)) {
    if (name !== all && !each.includes(name)) await Deno.remove(join(folder, name));
  }
  const address = (file: string) => `sheets/${file}`;
  return { all: address(all), each: each.map(address), made };
}
