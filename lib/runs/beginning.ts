/** A run that was begun in vain. */
import { basename } from "node:path";
import { criteriaTable } from "../records/criterion.ts";
import { findingsTable } from "../records/finding.ts";
import { statsTable } from "../records/statistic.ts";
import { tasksTable } from "../records/task.ts";
import type { RunPaths } from "../paths.ts";
import { copyOf } from "../store/record_file.ts";
import { holderOf, isLock } from "./lock.ts";

/**
 * Removes a run that holds nothing but `run.json`, its benchmark's tables and its locks, and its
 * folder; leaves any other as it is. Only who began the run and holds its folder alone may.
 *
 * @param options.keepFolder Whether the folder stays, as one that was there before the run.
 * @returns Whether the run was removed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { runPaths } from "../paths.ts";
 * import { removeBeginning } from "./beginning.ts";
 *
 * const folder = await Deno.makeTempDir();
 * for (const name of ["run.json", "notes.txt"]) await Deno.writeTextFile(`${folder}/${name}`, "");
 * assertEquals(await removeBeginning(runPaths(folder), { keepFolder: false }), false);
 * await Deno.remove(`${folder}/notes.txt`);
 * assertEquals(await removeBeginning(runPaths(folder), { keepFolder: true }), true);
 * assertEquals([...Deno.readDirSync(folder)], []);
 * await Deno.remove(folder);
 * ```
 */
export async function removeBeginning(
  { folder, table, manifest, manifestLock, lock }: RunPaths,
  { keepFolder }: { keepFolder: boolean },
): Promise<boolean> {
  const tables = [tasksTable, criteriaTable, statsTable, findingsTable]
    .map(({ name }) => table(name));
  const locks = [manifestLock, lock].flatMap((path) => [path, holderOf(path)]);
  // In this order, a kill on the way leaves a run, or nothing but locks.
  const own = [...tables, copyOf(manifest), manifest, ...locks];
  const found = await Array.fromAsync(Deno.readDir(folder));
  const names = own.map((path) => basename(path));
  if (found.some(({ name, isFile }) => !isFile || !names.includes(name))) return false;
  const present = own.filter((path) => found.some(({ name }) => name === basename(path)));
  for (const path of present) {
    if (locks.includes(path) && !await isLock(path)) return false;
  }
  for (const path of present) await Deno.remove(path);
  // Another process may have come to the folder meanwhile.
  if (!keepFolder) await Deno.remove(folder).catch(() => {});
  return true;
}
