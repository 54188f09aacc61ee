/** Where files are: the only module that knows. */
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

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
 * The folder of a run: a name is a folder in `results/`, anything with a slash is a path.
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

/** A folder name for a model: each run of unusual characters becomes one underscore. */
export function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9.\-]+/g, "_");
}
