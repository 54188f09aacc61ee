/** The work of `tasks/readme.ts`. */
import { join } from "node:path";
import { PROJECT } from "../../lib/paths.ts";
import { replaceFileIfChanged } from "../../lib/store/file.ts";
import type { WorkOf } from "../cli.ts";
import { helpText } from "../help.ts";
import type { task } from "../readme.ts";
import { TASKS } from "../registry.ts";

/** What stands before the reference; it goes to the end of the file. */
export const MARK = "<!-- Below: written by deno run -A tasks/readme.ts -->\n";

/** Where it is. */
export const README = join(PROJECT.root, "tasks", "README.md");

/** Writes the reference in place of the former one. */
export const run: WorkOf<typeof task> = async () => {
  const [guides] = (await Deno.readTextFile(README)).split(MARK);
  const changed = await replaceFileIfChanged(README, guides + MARK + await referenceText());
  console.log(changed ? `Written: ${README}` : `Up to date: ${README}`);
};

/** Every command with its summary, and then with all that its help says. */
export async function referenceText(): Promise<string> {
  const tasks = await Promise.all(Object.values(TASKS).map((load) => load()));
  return [
    "",
    "| command | what it does |",
    "|---|---|",
    ...tasks.map(({ name, summary }) => `| [\`${name}\`](#deno-task-${name}) | ${summary} |`),
    ...tasks.flatMap((task) => [
      "",
      `### deno task ${task.name}`,
      "",
      "```text",
      ...helpText(task).split("\n").map((line) => line.trimEnd()),
      "```",
    ]),
    "",
  ].join("\n");
}
