/** Whether a folder is a run, and what to say where it is not. */
import { basename, dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import { PROJECT, runName, runPaths } from "../paths.ts";
import { nearest } from "../registry.ts";
import { commandText } from "../shell.ts";
import { exists } from "../store/file.ts";

/** What a run's folder may hold before it has a `run.json`: what `stats` and others left there. */
const OWN = /^(\..*|.*\.arrow|.*\.journal\.arrows|clips|figures|report|labels|shards|batches)$/;

/** Whether a folder is a run. */
export async function isRun(folder: string): Promise<boolean> {
  try {
    return await exists(runPaths(folder).manifest);
  } catch (error) {
    if (error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}

/**
 * Refuses a folder that is no run, before anything is created.
 *
 * @throws {InputError} with the runs that there are, the nearest name, and how to make one.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { requireRun } from "./find_run.ts";
 *
 * await assertInputError(() => requireRun("/tmp/no-such-run"), "/tmp/no-such-run", "generate");
 * ```
 */
export async function requireRun(folder: string): Promise<void> {
  if (await isRun(folder)) return;
  const beside = dirname(folder);
  const runs = await runsIn(beside);
  const guess = nearest(basename(folder), runs);
  const name = runName(folder);
  throw new InputError(
    [
      `Found no run ${name}${guess ? `; did you mean ${runName(join(beside, guess))}?` : ""}`,
      beside === PROJECT.results
        ? `Runs in results/: ${runs.join(", ") || "none yet"}`
        : `A run's folder holds run.json; ${folder} does not`,
      `To begin it: ${commandText("generate", ["--model", "MODEL", "--run", name])}`,
    ].join("\n"),
  );
}

/**
 * Refuses to begin a run in a folder that holds what is not a run's.
 *
 * @throws {InputError} naming some of it.
 */
export async function refuseForeign(folder: string): Promise<void> {
  if (await isRun(folder)) return;
  let names: string[];
  try {
    names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (error instanceof Deno.errors.NotADirectory) {
      throw new InputError(`Cannot begin a run in ${folder}: it is a file; expected a folder`);
    }
    throw error;
  }
  const foreign = names.filter((name) => !OWN.test(name)).sort();
  if (foreign.length === 0) return;
  throw new InputError(
    `Cannot begin a run in ${folder}: it holds ${foreign.slice(0, 5).join(", ")}` +
      `${
        foreign.length > 5 ? ` and ${foreign.length - 5} more` : ""
      }, which no run has; expected a ` +
      "new or empty folder",
  );
}

/** Names of the runs in a folder, sorted. */
async function runsIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory && await isRun(join(folder, name))) names.push(name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}
