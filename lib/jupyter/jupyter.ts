/** Executes notebooks with Jupyter itself. */
import { messageOf } from "../errors.ts";
import type { ExecuteOptions } from "./execute.ts";
import { asExecuted, cellError, runningCells } from "./executed.ts";
import { formatNotebook, type Notebook, parseNotebook } from "./format.ts";
import { jupyterEnvironment } from "./jupyter_environment.ts";
import { portsTaken } from "./launch.ts";

/** Options of {@link executeWithJupyter}. */
export interface JupyterOptions {
  /** A Python with the packages of `JUPYTER` in lib/pyenv. */
  python: string;
  /** A folder for Jupyter's own files; the user's are neither read nor written. */
  folder: string;
  /** The kernel's folder. */
  cwd: string;
  /** Environment variables in addition to this process's. */
  env?: Record<string, string>;
  /** Time limit per cell in seconds; 600 by default. */
  timeout?: number;
  /** Ends Jupyter and its kernel when aborted. */
  signal?: AbortSignal;
  /**
   * Called after each cell with its position among those that run, from 1, the seconds it took, and
   * the number of its outputs that arrived after the kernel had reported idle.
   */
  onCell?: (cell: number, seconds: number, late: number) => void;
}

/** The result of executing a notebook in Jupyter. */
export interface JupyterExecution {
  /** Includes the outputs up to the failure, if any. */
  notebook: Notebook;
  /** The error raised by Jupyter: a cell that threw, timed out, or ended its kernel. */
  error: {
    name: string;
    value: string;
    /** Whether the cell itself threw it. */
    thrown: boolean;
  } | null;
  /** Number of cells started. */
  begun: number;
}

/** How often Jupyter is started if its kernel loses a port to another process. */
const ATTEMPTS = 5;

/**
 * Executes a notebook with nbclient, which also validates it against Jupyter's own schema. Outputs
 * that arrive after the kernel reported idle, which nbclient alone would lose, are waited for.
 * Throws if Jupyter itself fails; errors of cells are part of the result.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { executeWithJupyter } from "./jupyter.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const options = { python: "no-such-python", folder, cwd: folder };
 * const notebook = { cells: [], metadata: {}, nbformat: 4 as const, nbformat_minor: 5 };
 * let refused = "";
 * await executeWithJupyter(notebook, options).catch((error) => refused = error.message);
 * assertOk(refused.includes("no-such-python"));
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function executeWithJupyter(
  notebook: Notebook,
  options: JupyterOptions,
): Promise<JupyterExecution> {
  for (let attempt = 1;; attempt++) {
    const { execution, begun, stderr } = await runClient(notebook, options);
    options.signal?.throwIfAborted();
    if (execution !== null) return { ...execution, begun };
    const again = begun === 0 && portsTaken(stderr) && attempt < ATTEMPTS;
    if (!again) throw new Error(`Jupyter failed: ${stderr}`);
  }
}

/**
 * Like `executeNotebook`, with the same outputs, metadata and errors, but run by Jupyter.
 *
 * @param jupyter Python and folder as in {@link JupyterOptions}.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { executeInJupyter } from "./jupyter.ts";
 * import { notebookOf } from "../testing/jupyter.ts";
 *
 * const folder = await Deno.makeTempDir();
 * let refused = "";
 * const options = { name: "a.ipynb", cwd: folder };
 * await executeInJupyter({ python: "no-such-python", folder }, notebookOf("1"), options)
 *   .catch((error) => refused = error.message);
 * assertOk(refused.startsWith("Cannot execute notebook a.ipynb: "));
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function executeInJupyter(
  jupyter: Pick<JupyterOptions, "python" | "folder">,
  notebook: Notebook,
  options: ExecuteOptions,
): Promise<Notebook> {
  const { name, onCell, signal, timeout = 600 } = options;
  const cells = runningCells(notebook).length;
  const { notebook: executed, error, begun } = await executeWithJupyter(notebook, {
    ...jupyter,
    ...options,
    onCell: (cell, seconds, late) => onCell?.({ cell, cells, seconds, late }),
  }).catch((error) => {
    signal?.throwIfAborted();
    throw new Error(`Cannot execute notebook ${name}: ${messageOf(error)}`, { cause: error });
  });
  if (error === null) {
    return asExecuted(executed, executed.metadata.language_info as Record<string, unknown>);
  }
  if (!error.thrown) {
    const known: Record<string, string> = {
      CellTimeoutError: `still running after ${timeout} s`,
      DeadKernelError: "the Deno kernel ended",
    };
    const why = known[error.name] ?? `${error.name}: ${error.value}`;
    throw cellError(name, notebook, begun, why);
  }
  const outputs = runningCells(executed)[begun - 1].outputs;
  const published = outputs.find((output) => output.output_type === "error");
  const { name: ename, value: evalue } = error;
  const replied = { output_type: "error" as const, ename, evalue, traceback: [] };
  throw cellError(name, notebook, begun, published ?? replied);
}

/** One run of the client: its result, or null and its error output. */
async function runClient(notebook: Notebook, options: JupyterOptions) {
  const { python, folder, cwd, env, timeout = 600, signal, onCell } = options;
  const client = new Deno.Command(python, {
    args: ["-c", CLIENT, cwd, String(timeout)],
    env: { ...env, ...await jupyterEnvironment(folder) },
    signal,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(client.stderr).text();
  const sent = send(client.stdin, formatNotebook(notebook));
  let execution: Omit<JupyterExecution, "begun"> | null = null;
  let begun = 0;
  let since = 0;
  for await (const line of linesOf(client.stdout)) {
    const message = JSON.parse(line);
    if (message.cell === "begun") {
      begun++;
      since = performance.now();
    } else if (message.cell === "ended") {
      onCell?.(begun, (performance.now() - since) / 1000, message.late);
    } else {
      const executed = parseNotebook(JSON.stringify(message.notebook), "executed by Jupyter");
      execution = { notebook: executed, error: message.error };
    }
  }
  const { success } = await client.status;
  // If the client fails, it may close its input before everything is written.
  await sent.catch(() => {});
  return { execution: success ? execution : null, begun, stderr: (await stderr).trim() };
}

async function send(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let pieces: string[] = [];
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const [rest, ...lines] = text.split("\n");
    pieces.push(rest);
    for (const line of lines) {
      yield pieces.join("");
      pieces = [line];
    }
  }
}

// After each cell a marker is published, as in our own kernel client: the kernel's output queue is
// first in, first out, so everything before the marker belongs to the cell.
const CLIENT = `
import json, sys, uuid
import nbformat
from jupyter_core.utils import ensure_async
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError

def say(**message):
    sys.stdout.write(json.dumps(message) + "\\n")
    sys.stdout.flush()

OUTPUTS = ("stream", "display_data", "execute_result", "error")

async def ended(cell, cell_index, execute_reply):
    marker = "flush-" + uuid.uuid4().hex
    code = "Deno.jupyter.broadcast(" + json.dumps(marker) + ", {})"
    client.kc.execute(code, silent=True, store_history=False)
    late = 0
    while True:
        message = await ensure_async(client.kc.iopub_channel.get_msg(timeout=60))
        if message["msg_type"] == marker:
            break
        if message["msg_type"] in OUTPUTS:
            client.process_message(message, cell, cell_index)
            late += 1
    say(cell="ended", late=late)

folder, timeout = sys.argv[1], int(sys.argv[2])
notebook = nbformat.reads(sys.stdin.buffer.read().decode(), as_version=4)
nbformat.validate(notebook)
client = NotebookClient(
    notebook,
    timeout=timeout,
    kernel_name="deno",
    resources={"metadata": {"path": folder}},
    on_cell_execute=lambda **_: say(cell="begun"),
    on_cell_executed=ended,
)
error = None
try:
    client.execute()
except CellExecutionError as raised:
    error = {"name": raised.ename, "value": raised.evalue, "thrown": True}
except (CellControlSignal, DeadKernelError) as raised:
    error = {"name": type(raised).__name__, "value": str(raised), "thrown": False}
say(notebook=notebook, error=error)
`;
