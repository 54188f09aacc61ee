/** What the flags that most commands share stand for. */
import { defaultRun } from "../../lib/benchmark/registry.ts";
import { runFolder } from "../../lib/paths.ts";
import type { Selection } from "../../lib/runs/selection.ts";

/** The folder of the run that a command is about. */
export function folderOf({ run, benchmark }: { run?: string; benchmark?: string }): string {
  return runFolder(run ?? defaultRun(benchmark));
}

/** What `flags.selection` selects, as the library takes it. */
export function selected(
  { model: models, tasks, seeds }: { model?: string[]; tasks?: number[]; seeds?: number[] },
): Selection {
  return { models, tasks, seeds };
}
