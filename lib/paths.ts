/** The one module that knows where things are. */
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const ROOT: string = fileURLToPath(new URL("../", import.meta.url));

/** Where the project keeps what it ships and what it fetches. */
export const PROJECT = {
  root: ROOT,
  lib: join(ROOT, "lib"),
  notebooks: join(ROOT, "notebooks"),
  config: join(ROOT, "deno.json"),
  /** The embedded tasks' prompts in other words. */
  reworded: join(ROOT, "data", "mini", "reworded.json"),
  /** The embedded models' weights. */
  models: join(ROOT, "data", "models"),
  /** The paper's figures. */
  paper: join(ROOT, "data", "paper.json"),
  /** What models cost. */
  prices: join(ROOT, "data", "prices.json"),
  /** The released benchmark, once fetched. */
  release: join(ROOT, "data", "microworldbench"),
  results: join(ROOT, "results"),
  cache: join(ROOT, ".cache"),
  /** Answers of models, kept so that no request is paid for twice. */
  answers: join(ROOT, ".cache", "answers"),
} as const;

/** Where a run keeps what it makes. */
export interface RunPaths {
  /** All of it. */
  folder: string;
  /** A table by its name. */
  table(name: string): string;
  /** A clip's path within the run's folder, with forward slashes. */
  clip(model: string, task: number, seed: number): string;
  /** Figures as SVG and PNG. */
  figures: string;
  /** The report's page and pictures. */
  report: string;
  /** What was run, with which versions and flags. */
  manifest: string;
  /** Held while the manifest is written. */
  manifestLock: string;
  /** Held while a process works on the run. */
  lock: string;
  /** The state of batches under way. */
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
 * assertEquals(runPaths("results/mini").clip("folder:/my clips", 3, 0), "clips/folder_my_clips/3-0.mp4");
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
    manifestLock: join(folder, ".run.lock"),
    lock: join(folder, ".lock"),
    batches: join(folder, "batches", "state.json"),
  };
}

/**
 * The folder of a run: a name stands in `results/`, anything with a slash is a path.
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
  return /[/\\]/.test(name) ? resolve(name) : join(PROJECT.results, name);
}

/**
 * What to call a run on a command line: its name in `results/`, else its path.
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

/** A model's name as the name of a folder: runs of anything unusual become one underscore. */
export function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9.\-]+/g, "_");
}
