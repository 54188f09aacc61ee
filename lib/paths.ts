/** Where files are: the only module that knows. */
import { hash } from "node:crypto";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "./errors.ts";
import { checkName, checkVisible } from "./names.ts";

/** The project's folder. */
export const ROOT: string = fileURLToPath(new URL("../", import.meta.url));

/** Data that the project ships or fetches. */
export const PROJECT = {
  root: ROOT,
  lib: join(ROOT, "lib"),
  notebooks: join(ROOT, "notebooks"),
  config: join(ROOT, "deno.json"),
  /** Reworded prompts of the embedded tasks. */
  reworded: join(ROOT, "data", "mini", "reworded.json"),
  /** Weights of the embedded models. */
  models: join(ROOT, "data", "models"),
  /** Figures reported in the paper. */
  paper: join(ROOT, "data", "paper.json"),
  /** Prices of the models used as judges. */
  prices: join(ROOT, "data", "prices.json"),
  /** The released benchmark, once fetched. */
  release: join(ROOT, "data", "microworldbench"),
  results: join(ROOT, "results"),
  cache: join(ROOT, ".cache"),
  /** Cached answers of models, so that no request is paid for twice. */
  answers: join(ROOT, ".cache", "answers"),
} as const;

/** The files of a run. */
export interface RunPaths {
  /** The run's folder. */
  folder: string;
  /** A table's path, from its name. */
  table(name: string): string;
  /** A clip's path within the run's folder, with forward slashes. */
  clip(model: string, task: number, seed: number): string;
  /** Figures as SVG and PNG. */
  figures: string;
  /** The report's page and pictures. */
  report: string;
  /** What was run, with versions and flags. */
  manifest: string;
  /** Lock held while the manifest is written. */
  manifestLock: string;
  /** Lock held while a process works on the run. */
  lock: string;
  /** The state of submitted batches. */
  batches: string;
}

/**
 * The layout of a run's folder.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { runPaths } from "./paths.ts";
 *
 * assertEquals(runPaths("results/mini").clip("nano", 3, 0), "clips/nano/3-0.mp4");
 * ```
 */
export function runPaths(folder: string): RunPaths {
  return {
    folder,
    table: (name) => join(folder, `${name}.arrow`),
    clip: (model, task, seed) => `clips/${fileName(model)}/${task}-${seed}.mp4`,
    figures: join(folder, "figures"),
    report: join(folder, "report"),
    manifest: join(folder, "run.json"),
    manifestLock: join(folder, ".microverse-run.lock"),
    lock: join(folder, ".microverse.lock"),
    batches: join(folder, "batches", "state.json"),
  };
}

/**
 * A path as a user types it, whole: `~` at its beginning stands for the home folder, as in a shell, also
 * where no shell sees it, such as in `folder:~/clips`.
 *
 * @throws {InputError} where there is no home folder.
 *
 * @example
 * ```ts
 * import { homedir } from "node:os";
 * import { assertEquals } from "./testing/assert.ts";
 * import { userPath } from "./paths.ts";
 *
 * assertEquals(userPath("~/clips"), `${homedir()}/clips`);
 * assertEquals(["/a/~/b", "/a/../~b"].map(userPath), ["/a/~/b", "/~b"]);
 * ```
 */
export function userPath(typed: string): string {
  return resolve(expandHome(typed));
}

/** A path as typed, but for `~` at its beginning. */
export function expandHome(typed: string): string {
  if (!/^~(?=[/\\]|$)/.test(typed)) return typed;
  let home: string | undefined;
  try {
    home = homedir();
  } catch {
    home = undefined;
  }
  if (!home) {
    throw new InputError(`Cannot find the home folder of ${typed}; write the path without ~`);
  }
  return home + typed.slice(1);
}

/**
 * The folder of a run: a name is a folder in `results/`, anything with a slash is a path, and so is `~`.
 *
 * @throws {InputError} for a name that cannot be one.
 *
 * @example
 * ```ts
 * import { assertOk } from "./testing/assert.ts";
 * import { PROJECT, runFolder } from "./paths.ts";
 *
 * assertOk(runFolder("mini").startsWith(PROJECT.results));
 * assertOk(!runFolder("/tmp/mine").startsWith(PROJECT.results));
 * ```
 */
export function runFolder(name: string): string {
  const isPath = /[/\\]/.test(name) || name === "~";
  const folder = isPath ? userPath(name) : join(PROJECT.results, name);
  if (isPath) checkVisible(name, "run");
  else checkName(name, "run");
  return folder;
}

/**
 * A run's name for a command line: its name if it is in `results/`, otherwise its path.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { runFolder, runName } from "./paths.ts";
 *
 * assertEquals([runName(runFolder("mine")), runName("/tmp/mine")], ["mine", "/tmp/mine"]);
 * ```
 */
export function runName(folder: string): string {
  return dirname(folder) === PROJECT.results ? basename(folder) : folder;
}

/** Names that are the same file name everywhere, also where case does not count. */
const PLAIN = /^[a-z0-9][a-z0-9._-]{0,99}$/;
/** Names that Windows keeps for devices or cuts short. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|\.$/;

/**
 * A file name for a name: itself where it is plain (lower-case letters, digits, `.`, `_` and `-`),
 * otherwise what of it is plain and a hash. No two names share one, neither on disks that ignore case
 * or change the form of accents, nor on Windows; it has at most 100 bytes. Any text has one, also a
 * name of an earlier run that would be refused now: see `checkName` in `names.ts`.
 *
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "./testing/assert.ts";
 * import { fileName } from "./paths.ts";
 *
 * assertEquals(fileName("wan-2.1"), "wan-2.1");
 * assertEquals(fileName("My clips"), "my_clips~f48b90cf2d");
 * assertOk(fileName("甲") !== fileName("乙"));
 * ```
 */
export function fileName(name: string): string {
  if (PLAIN.test(name) && !RESERVED.test(name)) return name;
  const slug = name.toLowerCase().replace(/[^a-z0-9-]+/g, "_").replace(/^-+/, "_").slice(0, 60);
  return `${slug}~${hash("sha256", bytesOf(name)).slice(0, 10)}`;
}

/** UTF-8, or UTF-16 where there are halves of characters, which UTF-8 would make all alike. */
function bytesOf(name: string): string | Uint8Array {
  if (name.isWellFormed()) return name;
  return new Uint8Array(
    Uint16Array.from({ length: name.length }, (_, i) => name.charCodeAt(i)).buffer,
  );
}
