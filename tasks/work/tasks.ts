/** The work of `deno task tasks`. */
import { resolve } from "node:path";
import { openBenchmark } from "../../lib/benchmark/registry.ts";
import { promptList } from "../../lib/models/prompt_list.ts";
import { selectTasks } from "../../lib/runs/selection.ts";
import { replaceFile } from "../../lib/store/file.ts";
import type { WorkOf } from "../cli.ts";
import type { task } from "../tasks.ts";
import { refuseOtherFile } from "./out_folder.ts";

export const run: WorkOf<typeof task> = async (
  { benchmark = "mini", format, tasks, seeds, out },
) => {
  const opened = await openBenchmark(benchmark);
  const wanted = selectTasks(opened.benchmark, tasks);
  const list = promptList(wanted, format, seeds);
  if (out === undefined) return await print(list);
  const file = resolve(out);
  await refuseOtherFile(file, (bytes) => new TextDecoder().decode(bytes) === list);
  await replaceFile(file, list);
  console.log(`${wanted.length} prompts: ${file}`);
};

/** Prints all of a text, also where the reader takes it in parts, or stops early as `head` does. */
async function print(text: string): Promise<void> {
  let rest = new TextEncoder().encode(text);
  try {
    while (rest.length > 0) rest = rest.subarray(await Deno.stdout.write(rest));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
