/** Where files are: the only module that knows. */
import { hash } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "./errors.ts";

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

/** Names that are the same file name everywhere, also where case does not count. */
const PLAIN = /^[a-z0-9][a-z0-9._-]{0,99}$/;
/** Names that Windows keeps for devices or cuts short. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|\.$/;

/**
 * A file name for a label: itself where it is plain (lower-case letters, digits, `.`, `_` and `-`),
 * otherwise what of it is plain and a hash, so that no two labels share one on Linux, macOS or Windows.
 *
 * @throws {InputError} for a label that cannot be one: empty, `.`, `..`, or with control characters.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { fileName } from "./paths.ts";
 *
 * assertEquals(fileName("wan-2.1"), "wan-2.1");
 * assertEquals(fileName("My clips"), "my_clips~f48b90cf2d");
 * ```
 */
export function fileName(label: string): string {
  checkLabel(label);
  if (PLAIN.test(label) && !RESERVED.test(label)) return label;
  const slug = label.toLowerCase().replace(/[^a-z0-9-]+/g, "_").slice(0, 60);
  return `${slug}~${hash("sha256", label).slice(0, 10)}`;
}

/**
 * Refuses what cannot be the label of a model or judge.
 *
 * @throws {InputError} for the empty text, `.`, `..`, control characters and halves of characters.
 *
 * @example
 * ```ts
 * import { assertInputError } from "./testing/assert.ts";
 * import { checkLabel } from "./paths.ts";
 *
 * checkLabel("größe 2");
 * await assertInputError(() => checkLabel(".."), 'the label ".."');
 * ```
 */
export function checkLabel(label: string): void {
  // deno-lint-ignore no-control-regex
  const broken = /[\x00-\x1f\x7f-\x9f]/.test(label) || !label.isWellFormed();
  if (!broken && !["", ".", ".."].includes(label.trim())) return;
  throw new InputError(
    `Cannot use the label ${JSON.stringify(label)}; expected letters, digits or other characters ` +
      'that can be seen, and neither "." nor ".."',
  );
}
