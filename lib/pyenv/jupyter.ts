/** Finds a usable Jupyter on PATH, or installs one in the cache. */
import { messageOf } from "../errors.ts";
import { ensurePython, type PythonOptions } from "./python.ts";
import type { RequiredPackage } from "./requirements.ts";

/** A Jupyter's Python with its version, or the reason for its absence. */
export type Jupyter =
  | {
    readonly python: string;
    /** Whether it was found on PATH or installed in the cache. */
    readonly from: "path" | "cache";
    /** The required package with its version. */
    readonly version: string;
    readonly reason: null;
  }
  | { readonly python: null; readonly reason: string };

/** Options of {@link ensureJupyter}. */
export interface JupyterSearch extends PythonOptions {
  /** The Jupyter program to try first; by default `jupyter`, as found on PATH. */
  program?: string;
}

/**
 * The Jupyter on PATH if its version of `needed` is recent enough; otherwise the Python of an
 * environment under `cache` with `requirements`, created on demand. Never throws: if both fail, the
 * reason describes both failures.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { ensureJupyter } from "./jupyter.ts";
 * import { JUPYTER, NBCLIENT } from "./requirements.ts";
 *
 * const cache = await Deno.makeTempDir();
 * const nowhere = { program: "no-such-jupyter", candidates: ["no-such-python"] };
 * const { python, reason } = await ensureJupyter(cache, JUPYTER, NBCLIENT, nowhere);
 * assertOk(python === null && reason?.includes("no-such-jupyter"));
 * await Deno.remove(cache, { recursive: true });
 * ```
 */
export async function ensureJupyter(
  cache: string,
  requirements: readonly string[],
  needed: RequiredPackage,
  options: JupyterSearch = {},
): Promise<Jupyter> {
  const found = await jupyterOnPath(needed, options);
  if (found.python !== null) return found;
  const own = await ensurePython(cache, requirements, options);
  if (own.path === null) {
    const reason = `${found.reason}; and none could be installed in ${cache}: ${own.reason}`;
    return { python: null, reason };
  }
  const version = await versionOf(own.path, needed.name, options.signal);
  return { python: own.path, from: "cache", version: `${needed.name} ${version}`, reason: null };
}

/**
 * The Python of the `jupyter` on PATH, if it has a recent enough `needed`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { jupyterOnPath } from "./jupyter.ts";
 * import { NBCLIENT } from "./requirements.ts";
 *
 * const { reason } = await jupyterOnPath(NBCLIENT, { program: "no-such-jupyter" });
 * assertEquals(reason, "no no-such-jupyter on PATH");
 * ```
 */
export async function jupyterOnPath(
  needed: RequiredPackage,
  { program = "jupyter", signal }: Pick<JupyterSearch, "program" | "signal"> = {},
): Promise<Jupyter> {
  const unavailable = (reason: string): Jupyter => ({ python: null, reason });
  try {
    // A launcher may be a script, a shim or an executable: only it knows which Python it runs.
    const report = await output(program, ["troubleshoot"], signal);
    const python = report?.match(/^sys\.executable:\s*(\S.*)$/m)?.[1].trim();
    if (python === undefined) {
      return unavailable(`${program} on PATH does not work: it does not report its Python`);
    }
    const version = await versionOf(python, needed.name, signal);
    const jupyter = `the ${program} on PATH (of ${python})`;
    if (version === null) return unavailable(`${jupyter} has no ${needed.name}`);
    if (older(version, needed.oldest)) {
      return unavailable(
        `${jupyter} has ${needed.name} ${version}; expected ${needed.oldest} or newer`,
      );
    }
    return { python, from: "path", version: `${needed.name} ${version}`, reason: null };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return unavailable(`no ${program} on PATH`);
    return unavailable(`${program} on PATH does not work: ${messageOf(error)}`);
  }
}

/** A package's version in a Python; null if not installed. */
async function versionOf(python: string, name: string, signal?: AbortSignal) {
  const ask = `import importlib.metadata as m; print(m.version(${JSON.stringify(name)}))`;
  return (await output(python, ["-c", ask], signal))?.trim() ?? null;
}

/** A program's standard output; null if it fails. */
async function output(program: string, args: string[], signal?: AbortSignal) {
  const { success, stdout } = await new Deno.Command(program, {
    args,
    signal,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).output();
  return success ? new TextDecoder().decode(stdout) : null;
}

/** Whether one version precedes another, compared number by number; suffixes are ignored. */
function older(version: string, than: string): boolean {
  const numbers = (text: string) => text.match(/^\d+(\.\d+)*/)?.[0].split(".").map(Number) ?? [];
  const [a, b] = [numbers(version), numbers(than)];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) < (b[i] ?? 0);
  }
  return false;
}
