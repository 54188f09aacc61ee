/** A run's labels on disk: the sheet that a person fills in, and the key that says whose clips it is of. */
import { join } from "node:path";
import { InputError, messageOf } from "../../errors.ts";
import type { RunPaths } from "../../paths.ts";
import type { Criterion } from "../../records/criterion.ts";
import type { Verdict } from "../../records/verdict.ts";
import { exists } from "../../store/file.ts";
import { type KeyEntry, parseKey, readSheet } from "./sheet.ts";

/** Where a run's sheet is. */
export function labelFolder(paths: RunPaths): string {
  return join(paths.folder, "labels");
}

/** Where the sheet's key is. */
export function keyPath(paths: RunPaths): string {
  return join(labelFolder(paths), "key.json");
}

/**
 * The clips of all sheets that were made for a run; none where none was.
 *
 * @throws {InputError} for a file that is not such a key.
 */
export async function readKey(paths: RunPaths): Promise<KeyEntry[]> {
  const path = keyPath(paths);
  return await exists(path) ? parseKey(await Deno.readTextFile(path), path) : [];
}

/**
 * The verdicts of a filled-in sheet of a run.
 *
 * @param options.judge The judge's name in the table of verdicts.
 * @throws {InputError} if the run has no key, or for anything in the sheet that is not as expected.
 */
export async function readLabelled(
  file: string,
  { judge, criteria, paths }: {
    judge: string;
    criteria: readonly Criterion[];
    paths: RunPaths;
  },
): Promise<Verdict[]> {
  if (!await exists(keyPath(paths))) {
    throw new InputError(
      `Cannot read ${file}: found no ${keyPath(paths)}, which says whose clips these are; ` +
        "name the run that the sheet was made for with --run NAME",
    );
  }
  return readSheet(await textOf(file), { file, key: await readKey(paths), criteria, judge });
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
