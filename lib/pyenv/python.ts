/** A virtual environment with pinned packages, if Python is available. */
import { hash } from "node:crypto";
import { join } from "node:path";
import { messageOf } from "../errors.ts";

/** The path of a Python, or the reason for its absence. */
export type Python =
  | { readonly path: string; readonly reason: null }
  | { readonly path: null; readonly reason: string };

/** Options of {@link ensurePython}. */
export interface PythonOptions {
  /** Called with a line to print before each slow step. */
  onProgress?: (line: string) => void;
  /** Cancels the work in progress; the result then has its reason. */
  signal?: AbortSignal;
  /**
   * Programs to try, in order; the first that is Python 3.10 or newer is used. By default
   * `python3`, `python`.
   */
  candidates?: readonly string[];
}

/**
 * The Python of a virtual environment with `requirements` (`name==version`), in a folder under
 * `cache` named by their hash: created once, then reused. An environment is valid only once its
 * last file, `complete`, is written, so an interrupted one is recreated. If creation fails (no
 * Python, no `venv` module, packages unreachable), the result has the reason; nothing is thrown.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { ensurePython } from "./python.ts";
 *
 * const cache = await Deno.makeTempDir();
 * const { path, reason } = await ensurePython(cache, ["not a requirement"]);
 * assertOk(path === null && reason.length > 0);
 * await Deno.remove(cache, { recursive: true });
 * ```
 */
export async function ensurePython(
  cache: string,
  requirements: readonly string[],
  options: PythonOptions = {},
): Promise<Python> {
  const wanted = [...requirements].sort();
  const folder = join(cache, `python-${hash("sha256", wanted.join("\n")).slice(0, 12)}`);
  const path = Deno.build.os === "windows"
    ? join(folder, "Scripts", "python.exe")
    : join(folder, "bin", "python");
  const marker = join(folder, "complete");
  let lock: Deno.FsFile | null = null;
  try {
    await Deno.mkdir(cache, { recursive: true });
    // If two processes need the same environment, one creates it and the other finds it.
    lock = await Deno.open(`${folder}.lock`, { create: true, write: true });
    await lock.lock(true);
    // A marked environment may still point to a Python that has since been removed.
    if (await exists(marker) && await isUsable(path)) return { path, reason: null };
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    const python = await findPython(options.candidates ?? ["python3", "python"]);
    if (python === null) return { path: null, reason: "no Python 3.10 or newer found" };
    options.onProgress?.(`Creating a Python environment with ${wanted.join(", ")} …`);
    const failure = await failureOf(python, ["-m", "venv", folder], options.signal);
    if (failure !== null) return await failed(`Python's module venv failed: ${failure}`);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
    const timeouts = ["--retries", "1", "--timeout", "20"];
    const pipFailure = await failureOf(path, [...pip, ...timeouts, ...wanted], options.signal);
    if (pipFailure !== null) return await failed(`pip could not install: ${pipFailure}`);
    await Deno.writeTextFile(marker, wanted.join("\n") + "\n");
    return { path, reason: null };
  } catch (error) {
    return await failed(messageOf(error));
  } finally {
    lock?.close();
  }

  async function failed(reason: string): Promise<Python> {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    return { path: null, reason };
  }
}

async function findPython(candidates: readonly string[]): Promise<string | null> {
  for (const name of candidates) {
    if (await isUsable(name)) return name;
  }
  return null;
}

/** Whether a program is Python 3.10 or newer. */
async function isUsable(program: string): Promise<boolean> {
  const check = "import sys; sys.exit(sys.version_info < (3, 10))";
  return await failureOf(program, ["-c", check]).catch(() => "not there") === null;
}

/** Null if a program succeeds, otherwise the last line of its error output. */
async function failureOf(
  program: string,
  args: string[],
  signal?: AbortSignal,
): Promise<string | null> {
  const { success, code, stderr } = await new Deno.Command(program, {
    args,
    signal,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return null;
  const lines = new TextDecoder().decode(stderr).trim().split("\n");
  return lines.findLast((line) => line.includes("ERROR")) ?? (lines.at(-1) || `code ${code}`);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
