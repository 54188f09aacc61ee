/** Who executes notebooks: Jupyter where it is available, else our own client of the Deno kernel. */
import { join } from "node:path";
import { InputError } from "../../lib/errors.ts";
import { executeNotebook } from "../../lib/jupyter/execute.ts";
import { executeInJupyter } from "../../lib/jupyter/jupyter.ts";
import { ensureJupyter, type JupyterSearch } from "../../lib/pyenv/jupyter.ts";
import { JUPYTER, NBCLIENT } from "../../lib/pyenv/requirements.ts";

/** Executes a notebook; all of them give the same outputs. */
export type Executor = typeof executeNotebook;

/**
 * The executor asked for; Jupyter by default, and where none is available the kernel's own client, after
 * saying why. Jupyter's own files, the Deno kernel's specification among them, are kept in `cache`.
 *
 * @throws {InputError} if Jupyter is asked for and is not available.
 */
export async function chooseExecutor(
  asked: "jupyter" | "kernel" | undefined,
  cache: string,
  search: JupyterSearch = {},
): Promise<Executor> {
  if (asked === "kernel") return executeNotebook;
  const jupyter = await ensureJupyter(cache, JUPYTER, NBCLIENT, search);
  search.signal?.throwIfAborted();
  if (jupyter.python === null) {
    const missing = `No Jupyter available: ${jupyter.reason}`;
    if (asked === "jupyter") throw new InputError(missing);
    search.onProgress?.(
      `${missing}\nExecuting with the Deno kernel alone, which needs neither Jupyter nor Python.`,
    );
    return executeNotebook;
  }
  const { python, version, from } = jupyter;
  const whose = from === "path" ? "the jupyter on PATH" : "a Jupyter of the project's own";
  search.onProgress?.(`Executing with ${whose} (${version})`);
  const folder = join(cache, "jupyter");
  return (notebook, options) => executeInJupyter({ python, folder }, notebook, options);
}
