/** The work of `deno task dataset`. */
import { join, resolve } from "node:path";
import { readPaper } from "../../lib/benchmark/paper.ts";
import { makeDataset } from "../../lib/dataset/simulated/dataset.ts";
import { planDataset, planMacroDataset } from "../../lib/dataset/simulated/plan.ts";
import { datasetText } from "../../lib/dataset/simulated/text.ts";
import { InputError } from "../../lib/errors.ts";
import { worldsSheet } from "../../lib/pages/world_sheet.ts";
import { PROJECT } from "../../lib/paths.ts";
import { replaceFile } from "../../lib/store/file.ts";
import { WORLDS } from "../../lib/worlds/all.ts";
import type { WorkOf } from "../cli.ts";
import { NAMES, type task } from "../dataset.ts";
import { isOurTable, refuseOtherFile, takeFolder } from "./out_folder.ts";

export const run: WorkOf<typeof task> = async (
  { clips: wanted, set, out, mix, worlds, sheet, ...shape },
  { progress, signal },
) => {
  const unknown = worlds?.filter((name) => !NAMES[set].includes(name)) ?? [];
  if (unknown.length > 0) {
    throw new InputError(
      `Cannot simulate ${unknown.join(", ")} for the set ${set}; expected ${NAMES[set].join(", ")}`,
    );
  }
  if (set === "macro" && (mix === "paper" || sheet !== undefined)) {
    throw new InputError(
      `Cannot use ${mix === "paper" ? "--mix paper" : "--sheet"} with --set macro: ` +
        "its worlds have no scales of the paper and no violations; expected --set micro",
    );
  }
  if (sheet !== undefined) return await drawWorlds(sheet, worlds ?? NAMES.micro);
  const folder = resolve(
    out ?? join(PROJECT.results, set === "macro" ? "dataset-macro" : "dataset"),
  );
  const paper = await readPaper(PROJECT.paper);
  const plan = set === "macro"
    ? planMacroDataset(wanted, worlds)
    : planDataset(wanted, mix === "paper" ? paper.mix : undefined, worlds);
  await takeFolder(folder, "dataset", { isFormer: () => isOurTable(join(folder, "clips.arrow")) });
  const step = progress.step("dataset", plan.length);
  const { made, cached, clips } = await makeDataset({ plan, shape, folder, signal }, step);
  step.done(`${made} made, ${cached} cached`);
  console.log(datasetText(clips, set, paper.mix));
  console.log(`\nAll rows: ${join(folder, "clips.arrow")}`);
};

async function drawWorlds(file: string, names: readonly string[]): Promise<void> {
  const shown = WORLDS.filter(({ name }) => names.includes(name));
  await refuseOtherFile(resolve(file), () => false);
  await replaceFile(resolve(file), await worldsSheet(shown));
  console.log(`Drawn: ${file}`);
}
