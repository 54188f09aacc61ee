/** Executes the notebooks, each from a clean kernel. */
import { join, resolve } from "node:path";
import { z } from "zod";
import { InputError } from "../lib/errors.ts";
import {
  executeNotebook,
  type Notebook,
  readNotebook,
  writeNotebook,
} from "../lib/notebook/mod.ts";
import { PROJECT, runFolder } from "../lib/paths.ts";
import { main } from "./cli.ts";
import * as flag from "./flags.ts";

await main({
  name: "notebooks",
  summary: "Executes each notebook from a clean Deno kernel and keeps its outputs.",
  details:
    "Needs neither Jupyter nor Python. A notebook is rewritten only after all of its cells ran;\n" +
    "at the first cell that throws, the task ends with exit code 2 and its file stays as it was.",
  flags: {
    only: flag.text("TEXT", "Only notebooks whose name holds this, such as 01."),
    check: {
      schema: z.boolean().default(false),
      help: "Only see whether they run: write nothing into the notebooks.",
    },
    run: flag.text("NAME", "The run that they read and complete; mini by default."),
    folder: flag.text("DIR", "Where the notebooks are; the project's notebooks/ by default."),
  },
}, async ({ only = "", check, run, folder }, { progress, signal }) => {
  const cwd = folder === undefined ? PROJECT.notebooks : resolve(folder);
  const env = Deno.env.toObject();
  if (run !== undefined) env.MICROVERSE_RUN = runFolder(run);
  for (const name of await notebooksIn(cwd, only)) {
    const path = join(cwd, name);
    const notebook = await readNotebook(path);
    const step = progress.step(name, codeCells(notebook));
    let late = 0;
    const executed = await executeNotebook(notebook, {
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
});

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

/** How many cells will run. */
function codeCells({ cells }: Notebook): number {
  return cells.filter((cell) => cell.cell_type === "code" && cell.source.trim() !== "").length;
}
