/** A Jupyter to use: the one that is already there, or one of our own. */
import { messageOf } from "../errors.ts";
import { ensurePython, type PythonOptions } from "./python.ts";
import type { Needed } from "./requirements.ts";

/** A Jupyter's Python and what it has, or why there is none. */
export type Jupyter =
  | {
    readonly python: string;
    /** Whose it is: found on PATH, or made by us in the cache. */
    readonly from: "path" | "cache";
    /** The package asked for, with its version. */
    readonly version: string;
    readonly reason: null;
  }
  | { readonly python: null; readonly reason: string };

/** How a Jupyter is found or made. */
export interface JupyterSearch extends PythonOptions {
  /** The program that is asked first; `jupyter`, as found on PATH. */
  program?: string;
}

/**
 * The Jupyter on PATH where what it has of `needed` is new enough, else the Python of an environment
 * under `cache` with `requirements`, made on demand. Nothing is thrown: where neither can be had, the
 * reason names both and what became of them.
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
  needed: Needed,
  options: JupyterSearch = {},
): Promise<Jupyter> {
  const found = await jupyterOnPath(needed, options);
  if (found.python !== null) return found;
  const own = await ensurePython(cache, requirements, options);
  if (own.path === null) {
    const reason = `${found.reason}; and none could be made in ${cache}: ${own.reason}`;
    return { python: null, reason };
  }
  const version = await versionOf(own.path, needed.name, options.signal);
  return { python: own.path, from: "cache", version: `${needed.name} ${version}`, reason: null };
}

/**
 * The Python that the `jupyter` on PATH runs in, where it has a new enough `needed`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { jupyterOnPath } from "./jupyter.ts";
 * import { NBCLIENT } from "./requirements.ts";
 *
 * const { reason } = await jupyterOnPath(NBCLIENT, { program: "no-such-jupyter" });
 * assertEquals(reason, "there is no no-such-jupyter on PATH");
 * ```
 */
export async function jupyterOnPath(
  needed: Needed,
  { program = "jupyter", signal }: Pick<JupyterSearch, "program" | "signal"> = {},
): Promise<Jupyter> {
  const none = (reason: string): Jupyter => ({ python: null, reason });
  try {
    // A launcher may be a script, a shim or an executable: only it knows which Python it runs.
    const said = await output(program, ["troubleshoot"], signal);
    const python = said?.match(/^sys\.executable:\s*(\S.*)$/m)?.[1].trim();
    if (python === undefined) {
      return none(`${program} on PATH does not work: it does not say which Python it runs`);
    }
    const version = await versionOf(python, needed.name, signal);
    const whose = `the ${program} on PATH (of ${python})`;
    if (version === null) return none(`${whose} has no ${needed.name}`);
    if (older(version, needed.oldest)) {
      return none(`${whose} has ${needed.name} ${version}; expected ${needed.oldest} or newer`);
    }
    return { python, from: "path", version: `${needed.name} ${version}`, reason: null };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return none(`there is no ${program} on PATH`);
    return none(`${program} on PATH does not work: ${messageOf(error)}`);
  }
}

/** A package's version in a Python; null where it does not have it. */
async function versionOf(python: string, name: string, signal?: AbortSignal) {
  const ask = `import importlib.metadata as m; print(m.version(${JSON.stringify(name)}))`;
  return (await output(python, ["-c", ask], signal))?.trim() ?? null;
}

/** What a program prints; null where it fails. */
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

/** Whether one version comes before another, number by number; what follows them does not count. */
function older(version: string, than: string): boolean {
  const numbers = (text: string) => text.match(/^\d+(\.\d+)*/)?.[0].split(".").map(Number) ?? [];
  const [a, b] = [numbers(version), numbers(than)];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) < (b[i] ?? 0);
  }
  return false;
}
