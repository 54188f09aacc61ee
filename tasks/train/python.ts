/** The Python of training, and what it reports. */
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { InputError } from "../../lib/errors.ts";
import { PROJECT } from "../../lib/paths.ts";
import { ensurePython } from "../../lib/pyenv/python.ts";
import { TRAINING } from "../../lib/pyenv/requirements.ts";

/** Lines of what a script said that are shown when it fails. */
const LAST_LINES = 12;

/** See {@link openPython}. */
export interface TrainingPython {
  /**
   * Runs a script, by its path from `tasks/train/`, to its end; each line of JSON that it prints is
   * given to `report`.
   *
   * @throws {InputError} with the end of what it said, where it fails.
   */
  run(
    script: string,
    flags: readonly string[],
    options?: { report?: (row: unknown) => Promise<void> | void; processes?: number },
  ): Promise<void>;
}

/**
 * The pinned Python of training, installed in `.cache/` where it is not there yet.
 *
 * @throws {InputError} where there is no Python to install it with.
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
      const said: string[] = [];
      const reading = lines(child.stdout, async (line) => {
        if (line.startsWith("{")) await report?.(JSON.parse(line));
        else said.push(line);
      });
      await Promise.all([reading, lines(child.stderr, (line) => void said.push(line))]);
      const { success, code } = await child.status;
      signal.throwIfAborted();
      if (!success) {
        throw new InputError(
          `${script} ended with code ${code}\n${said.slice(-LAST_LINES).join("\n")}`,
        );
      }
    },
  };
}

async function lines(
  stream: ReadableStream<Uint8Array>,
  take: (line: string) => Promise<void> | void,
): Promise<void> {
  // Node declares the one stream of both in its own words.
  const input = Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0]);
  for await (const line of createInterface({ input })) await take(line);
}
