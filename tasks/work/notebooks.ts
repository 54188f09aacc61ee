/** The work of `deno task notebooks`. */
import { join, resolve } from "node:path";
import { InputError } from "../../lib/errors.ts";
import { runningCells } from "../../lib/jupyter/executed.ts";
import { readNotebook, writeNotebook } from "../../lib/jupyter/format.ts";
import { PROJECT, runFolder } from "../../lib/paths.ts";
import type { WorkOf } from "../cli.ts";
import type { task } from "../notebooks.ts";
import { chooseExecutor } from "./executor.ts";

export const run: WorkOf<typeof task> = async (
  { only = "", check, run, folder, with: asked },
  { progress, signal },
) => {
  const cwd = folder === undefined ? PROJECT.notebooks : resolve(folder);
  const env = Deno.env.toObject();
  if (run !== undefined) env.MICROVERSE_RUN = runFolder(run);
  const names = await notebooksIn(cwd, only);
  const say = (line: string) => progress.note(line);
  const execute = await chooseExecutor(asked, PROJECT.cache, { onProgress: say, signal });
  for (const name of names) {
    const path = join(cwd, name);
    const notebook = await readNotebook(path);
    const step = progress.step(name, runningCells(notebook).length);
    let late = 0;
    const executed = await execute(notebook, {
      name,
      cwd,
      env,
      signal,
      onCell: (cell) => {
        late += cell.late;
        step.tick(`cell ${cell.cell}`);
      },
    });
    if (!check) await writeNotebook(path, executed);
    step.done(check ? "runs" : "executed");
    if (late > 0) {
      progress.note(
        `Warning: ${late} outputs of ${name} came after their cell had ended; Jupyter would lose ` +
          "them. Show them with show, or await settle() after printing.",
      );
    }
  }
};

/** Names of a folder's notebooks, in order. */
async function notebooksIn(folder: string, only: string): Promise<string[]> {
  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(folder));
  } catch {
    throw new InputError(`Cannot read the folder ${folder}; expected one that holds notebooks`);
  }
  const all = entries.map(({ name }) => name).filter((name) => name.endsWith(".ipynb")).sort();
  const chosen = all.filter((name) => name.includes(only));
  if (chosen.length === 0) {
    const there = all.length === 0 ? "there is none" : `there are ${all.join(", ")}`;
    throw new InputError(
      `Found no notebook ${only && `whose name holds ${only} `}in ${folder}; ${there}`,
    );
  }
  return chosen;
}
