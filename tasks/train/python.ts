/** Runs the Python scripts of training and collects their reports. */
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { InputError } from "../../lib/errors.ts";
import { PROJECT } from "../../lib/paths.ts";
import { ensurePython } from "../../lib/pyenv/python.ts";
import { TRAINING } from "../../lib/pyenv/requirements.ts";

/** Lines of a script's output that are shown if it fails. */
const LAST_LINES = 12;

/** See {@link openPython}. */
export interface TrainingPython {
  /**
   * Runs a script, by its path relative to `tasks/train/`; each line of JSON that it prints is passed
   * to `report`.
   *
   * @throws {InputError} with the last lines of its output, if it fails.
   */
  run(
    script: string,
    flags: readonly string[],
    options?: { report?: (row: unknown) => Promise<void> | void; processes?: number },
  ): Promise<void>;
}

/**
 * The pinned Python environment of training, installed in `.cache/` on first use.
 *
 * @throws {InputError} if Python is unavailable.
 */
export async function openPython(
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<TrainingPython> {
  const python = await ensurePython(PROJECT.cache, TRAINING, { onProgress, signal });
  signal.throwIfAborted();
  if (python.path === null) throw new InputError(`Training needs Python: ${python.reason}`);
  const program = python.path;
  return {
    async run(script, flags, { report, processes = 1 } = {}) {
      const file = join(PROJECT.root, "tasks", "train", script);
      const launch = processes > 1
        ? ["-m", "accelerate.commands.launch", "--num_processes", String(processes)]
        : [];
      const child = new Deno.Command(program, {
        args: [...launch, file, ...flags],
        env: { PYTHONUNBUFFERED: "1", PYTHONWARNINGS: "ignore" },
        signal,
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const output: string[] = [];
      const reading = lines(child.stdout, async (line) => {
        if (line.startsWith("{")) await report?.(JSON.parse(line));
        else output.push(line);
      });
      await Promise.all([reading, lines(child.stderr, (line) => void output.push(line))]);
      const { success, code } = await child.status;
      signal.throwIfAborted();
      if (!success) {
        throw new InputError(
          `${script} exited with code ${code}\n${output.slice(-LAST_LINES).join("\n")}`,
        );
      }
    },
  };
}

async function lines(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => Promise<void> | void,
): Promise<void> {
  // The same stream, but Node declares its own type.
  const input = Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0]);
  for await (const line of createInterface({ input })) await onLine(line);
}
