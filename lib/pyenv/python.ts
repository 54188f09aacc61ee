/** A Python of our own, with pinned packages, where one can be had. */
import { hash } from "node:crypto";
import { join } from "node:path";
import { messageOf } from "../errors.ts";

/** A Python to run, or why there is none. */
export type Python =
  | { readonly path: string; readonly reason: null }
  | { readonly path: null; readonly reason: string };

/** How an environment is made. */
export interface PythonOptions {
  /** Called with a line to print before each step that takes long. */
  onProgress?: (line: string) => void;
  /** Ends what is under way; the answer is then its reason. */
  signal?: AbortSignal;
  /** The programs to make it with, the first that is Python 3.10 or newer; `python3`, `python`. */
  candidates?: readonly string[];
}

/**
 * The Python of a virtual environment that holds `requirements` (`name==version`), in its own folder
 * under `cache`, named by their hash: made once, then found. An environment counts as there only when
 * its last file, `complete`, is written, so that an interrupted one is made anew. Where it cannot be
 * made (no Python, no `venv` module, packages out of reach), the answer says why; nothing is thrown.
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
    // Of two processes that want the same environment, one makes it and the other finds it.
    lock = await Deno.open(`${folder}.lock`, { create: true, write: true });
    await lock.lock(true);
    // A marked environment may still point to a Python that has since been removed.
    if (await exists(marker) && await answers(path)) return { path, reason: null };
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    const outside = await findPython(options.candidates ?? ["python3", "python"]);
    if (outside === null) return { path: null, reason: "no Python 3.10 or newer was found" };
    options.onProgress?.(`Making a Python environment with ${wanted.join(", ")} …`);
    const made = await tell(outside, ["-m", "venv", folder], options.signal);
    if (made !== null) return await undone(`Python's module venv failed: ${made}`);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
    const patience = ["--retries", "1", "--timeout", "20"];
    const installed = await tell(path, [...pip, ...patience, ...wanted], options.signal);
    if (installed !== null) return await undone(`pip could not install: ${installed}`);
    await Deno.writeTextFile(marker, wanted.join("\n") + "\n");
    return { path, reason: null };
  } catch (error) {
    return await undone(messageOf(error));
  } finally {
    lock?.close();
  }

  async function undone(reason: string): Promise<Python> {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    return { path: null, reason };
  }
}

async function findPython(candidates: readonly string[]): Promise<string | null> {
  for (const name of candidates) {
    if (await answers(name)) return name;
  }
  return null;
}

/** Whether a program is a Python that is new enough. */
async function answers(program: string): Promise<boolean> {
  const check = "import sys; sys.exit(sys.version_info < (3, 10))";
  return await tell(program, ["-c", check]).catch(() => "not there") === null;
}

/** Null where a program succeeds, else the last line of its complaint. */
async function tell(
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
