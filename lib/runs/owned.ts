/** What in a run's folder is the run's: all else there is someone's, and is never replaced. */
import { join } from "node:path";
import { InputError } from "../errors.ts";
import type { RunPaths } from "../paths.ts";

/** What each step writes to, as names in the run's folder. */
const WRITES: Readonly<Record<string, readonly string[]>> = {
  stats: ["tasks.arrow", "criteria.arrow", "stats.arrow", "findings.arrow"],
  audit: ["findings.arrow"],
  generate: ["clips.arrow", "clips.journal.arrows", "clips", "shards"],
  judge: ["verdicts.arrow", "verdicts.journal.arrows", "batches"],
  label: ["labels", "verdicts.arrow", "verdicts.journal.arrows"],
  score: ["scores.arrow", "summary.arrow", "claims.arrow"],
  report: ["report", "figures"],
  agreement: ["agreement.arrow", "figures"],
  calibrate: ["calibration.arrow", "figures"],
  ablate: ["ablations.arrow", "figures"],
};

/** What a repeated judging writes to, after `judge`. */
const REPEATED = /^verdicts(-repeat-\d+)\.(arrow|journal\.arrows)$/;

/**
 * The names that a step writes to; `judge-repeat-1` is a judging of the same clips once more.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { writtenBy } from "./owned.ts";
 *
 * assertEquals(writtenBy("report"), ["report", "figures"]);
 * assertEquals(writtenBy("judge-repeat-2")[0], "verdicts-repeat-2.arrow");
 * ```
 */
export function writtenBy(step: string): readonly string[] {
  const [, repeat] = /^judge(-repeat-\d+)$/.exec(step) ?? [];
  if (repeat) return [`verdicts${repeat}.arrow`, `verdicts${repeat}.journal.arrows`];
  return WRITES[step] ?? [];
}

/** Every name that some step writes to and that is there: a run of an earlier version owns these. */
export async function ownedBefore({ folder }: RunPaths): Promise<string[]> {
  const repeated = (await Array.fromAsync(Deno.readDir(folder)))
    .map(({ name }) => name).filter((name) => REPEATED.test(name)).sort();
  const names = [...new Set(Object.values(WRITES).flat()), ...repeated];
  const there = await Promise.all(names.map((name) => isTaken(join(folder, name))));
  return names.filter((_, i) => there[i]);
}

/**
 * Refuses names that are to become the run's where something is there already that is not.
 *
 * @throws {InputError} naming it; nothing was touched.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { runPaths } from "../paths.ts";
 * import { refuseTaken } from "./owned.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.mkdir(`${folder}/report`);
 * await refuseTaken(runPaths(folder), ["report", "figures"]);
 * await Deno.writeTextFile(`${folder}/report/index.html`, "mine");
 * await assertInputError(() => refuseTaken(runPaths(folder), ["report"]), "report", "move it away");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function refuseTaken(
  { folder }: RunPaths,
  names: readonly string[],
): Promise<void> {
  const taken: string[] = [];
  for (const name of names) if (await isTaken(join(folder, name))) taken.push(name);
  if (taken.length === 0) return;
  throw new InputError(
    `Cannot write ${join(folder, taken[0])}: something is there already that no command of this ` +
      `run has written${taken.length > 1 ? `, and ${taken.slice(1).join(", ")} too` : ""}; ` +
      `move it away and run this again`,
  );
}

/** Whether anything is there, a folder or a file with content, or a link that leads anywhere. */
async function isTaken(path: string): Promise<boolean> {
  try {
    const { isDirectory, isSymlink, size } = await Deno.lstat(path);
    if (isSymlink) return true;
    if (!isDirectory) return size > 0;
    for await (const _ of Deno.readDir(path)) return true;
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
