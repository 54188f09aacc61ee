/** Resource usage of a whole program: time, processor, memory. */
import { join } from "node:path";
import { z } from "zod";
import { PROJECT } from "../../lib/paths.ts";

const measuredSchema = z.object({
  wall_s: z.number(),
  user_s: z.number(),
  system_s: z.number(),
  peak_bytes: z.number(),
});

/** Resource usage of a program. */
export type Measured = z.infer<typeof measuredSchema>;

/** Options of {@link measure}. */
export interface MeasureOptions {
  /** A Python that waits for the program and reads its resource usage from the kernel. */
  python: string;
  env?: Record<string, string>;
  signal?: AbortSignal;
}

/**
 * Runs a program until it exits.
 *
 * @throws {Error} with the end of its output, if it fails.
 */
export async function measure(
  command: readonly string[],
  { python, env, signal }: MeasureOptions,
): Promise<Measured> {
  const result = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const { success, code, stdout, stderr } = await new Deno.Command(python, {
      args: [join(PROJECT.root, "tasks", "bench", "measured.py"), result, ...command],
      cwd: PROJECT.root,
      env: { NO_COLOR: "1", ...env },
      signal,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    signal?.throwIfAborted();
    if (!success) {
      const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).slice(-1500));
      throw new Error(`${command.join(" ")} exited with code ${code}\n${output.join("\n")}`);
    }
    return measuredSchema.parse(JSON.parse(await Deno.readTextFile(result)));
  } finally {
    await Deno.remove(result);
  }
}

/**
 * A task of deno.json with flags, as a command line: the task's own process, without `deno task`'s.
 */
export async function taskCommand(name: string, flags: readonly string[]): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(PROJECT.config));
  const words: string[] = tasks[name].command.split(" ").slice(1);
  return [Deno.execPath(), ...words, ...flags];
}
