/** Tasks run like `deno task` runs them, including permissions, for tests. */
import { PROJECT } from "../paths.ts";

/** Options for running a task. */
export interface TaskOptions {
  /** Environment variables in addition to the test's. */
  env?: Record<string, string>;
}

/** A task of deno.json with flags, to be spawned or awaited; its output is piped. */
export async function spawnTask(
  name: string,
  flags: readonly string[],
  { env = {} }: TaskOptions = {},
): Promise<Deno.Command> {
  const { tasks } = JSON.parse(await Deno.readTextFile(PROJECT.config));
  const words = tasks[name].command.split(" ").slice(1);
  return new Deno.Command(Deno.execPath(), {
    args: [...words, ...flags],
    cwd: PROJECT.root,
    env: { NO_COLOR: "1", ...env },
    stdout: "piped",
    stderr: "piped",
  });
}
