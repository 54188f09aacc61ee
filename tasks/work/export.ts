/** The work of `deno task export`. */
import { join, resolve } from "node:path";
import { exportBenchmark } from "../../lib/benchmark/export.ts";
import { openBenchmark } from "../../lib/benchmark/registry.ts";
import { replaceFileIfChanged } from "../../lib/store/file.ts";
import type { WorkOf } from "../cli.ts";
import type { task } from "../export.ts";
import { refuseOtherFile, refuseOtherFolder } from "./out_folder.ts";

export const run: WorkOf<typeof task> = async ({ benchmark = "mini", out }) => {
  const folder = resolve(out);
  const files = exportBenchmark(await openBenchmark(benchmark));
  await refuseOtherFolder(folder, "export", isExport);
  for (const { name } of files) await refuseOtherFile(join(folder, name), isExport);
  let written = 0;
  for (const { name, text } of files) {
    if (await replaceFileIfChanged(join(folder, name), text)) written++;
  }
  console.log(`${written} of ${files.length} files written, into ${folder}`);
};

/** Whether a file holds tasks in the released format, as this command writes it. */
function isExport(bytes: Uint8Array): boolean {
  return /^\[\s*\{\s*"index": \d+,\s*"task": /.test(new TextDecoder().decode(bytes));
}
