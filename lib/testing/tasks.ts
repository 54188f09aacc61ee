/** Tasks as `deno task` runs them, permissions and all, for tests. */
import { PROJECT } from "../paths.ts";

/** How a task is run. */
export interface TaskOptions {
  /** Variables beside the test's own. */
  env?: Record<string, string>;
}

/** A task of deno.json with flags, to be spawned or waited for; its output is piped. */
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
