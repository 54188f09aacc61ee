/** A run's labels on disk: the sheet that a person fills in, and the key to its clips. */
import { join } from "node:path";
import { InputError, messageOf } from "../../errors.ts";
import type { RunPaths } from "../../paths.ts";
import type { Criterion } from "../../records/criterion.ts";
import type { Verdict } from "../../records/verdict.ts";
import { tellDamage } from "../../store/damage.ts";
import { exists } from "../../store/file.ts";
import { readRecord, writeRecord } from "../../store/record_file.ts";
import { type KeyEntry, parseKey, readSheet } from "./sheet.ts";

/** Path of a run's sheet. */
export function labelFolder(paths: RunPaths): string {
  return join(paths.folder, "labels");
}

/** Path of the sheet's key. */
export function keyPath(paths: RunPaths): string {
  return join(labelFolder(paths), "key.json");
}

/**
 * The clips of all sheets made for a run; empty if there are none.
 *
 * @throws {InputError} for a malformed key.
 */
export async function readKey(paths: RunPaths): Promise<KeyEntry[]> {
  const path = keyPath(paths);
  const found = await readRecord(path);
  if (found === null) return [];
  if (found.restored) tellDamage(`${path} was changed or damaged; what its copy holds is used`);
  if (found.state === "damaged") {
    throw new InputError(
      `Cannot read the key ${path}: ${found.problem}. It says whose clips a sheet shows: restore it ` +
        "from a backup, or have a new sheet made after moving labels/ away",
    );
  }
  // Earlier versions wrote a list, without a checksum.
  return found.value === null
    ? parseKey(await Deno.readTextFile(path), path)
    : parseKey(JSON.stringify(found.value.clips ?? null), path);
}

/**
 * Writes the key, with a checksum and a copy.
 *
 * @throws {InputError} where the disk does not take it.
 */
export async function writeKey(paths: RunPaths, clips: readonly KeyEntry[]): Promise<void> {
  await writeRecord(keyPath(paths), { clips });
}

/**
 * The verdicts of a filled-in sheet of a run.
 *
 * @param options.judge The judge's name in the table of verdicts.
 * @throws {InputError} if the run has no key, or the sheet is invalid.
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
      `Cannot read ${file}: found no ${keyPath(paths)}, which identifies the clips; ` +
        "name the run that the sheet was made for with --run NAME",
    );
  }
  return readSheet(await textOf(file), { file, key: await readKey(paths), criteria, judge });
}

/**
 * The same of a sheet that someone has begun to fill in.
 *
 * @throws {InputError} also if no answer is filled in.
 */
export async function readAnswered(
  ...[file, options]: Parameters<typeof readLabelled>
): Promise<Verdict[]> {
  const verdicts = await readLabelled(file, options);
  if (verdicts.every(({ met }) => met === null)) {
    throw new InputError(
      `Cannot read ${file}: none of its ${verdicts.length} answers is filled in; ` +
        "write yes or no in the column met, save it as CSV, and read it again",
    );
  }
  return verdicts;
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
