/** Executes the notebooks, each from a clean kernel. */
import { join, resolve } from "node:path";
import { z } from "zod";
import { InputError } from "../lib/errors.ts";
import { flag, text } from "../lib/options.ts";
import { PROJECT, runFolder } from "../lib/paths.ts";
import { defineTask, main } from "./cli.ts";

/** Who can execute notebooks. */
const EXECUTORS = ["jupyter", "kernel"] as const;

/** The task. */
export const task = defineTask({
  name: "notebooks",
  summary: "Executes each notebook from a clean Deno kernel and keeps its outputs.",
  details:
    "Uses the jupyter on PATH, or makes one in .cache/ (Python packages at pinned versions); where\n" +
    "neither is available, says why and executes without Jupyter and Python. Outputs are the same in\n" +
    "all three. A notebook is rewritten only after all of its cells ran; at the first cell that\n" +
    "throws, the task ends with exit code 2 and its file stays as it was.",
  flags: {
    only: text("TEXT", "Only notebooks whose name holds this, such as 01."),
    check: flag("Only see whether they run: write nothing into the notebooks."),
    run: text("NAME", "The run that they read and complete; mini by default."),
    folder: text("DIR", "Where the notebooks are; the project's notebooks/ by default."),
    with: z.enum(EXECUTORS, `expected ${EXECUTORS.join(" or ")}`).optional().meta({
      value: "NAME",
      help: "jupyter, or kernel (without Jupyter); by default jupyter where it is available.",
    }),
  },
  async run({ only = "", check, run, folder, with: asked }, { progress, signal }) {
    const { runningCells } = await import("../lib/jupyter/executed.ts");
    const { readNotebook, writeNotebook } = await import("../lib/jupyter/format.ts");
    const { chooseExecutor } = await import("./executor.ts");
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
  },
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

if (import.meta.main) await main(task);
