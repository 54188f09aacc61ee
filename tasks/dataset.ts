/** Makes a training set of simulated clips. */
import { join, resolve } from "node:path";
import { InputError } from "../lib/errors.ts";
import { choice, count, text, words } from "../lib/options.ts";
import { PROJECT } from "../lib/paths.ts";
import { DEFAULT_CLIP } from "../lib/sim/default_clip.ts";
import { EVERYDAY_NAMES } from "../lib/worlds/everyday/registry.ts";
import { WORLD_NAMES } from "../lib/worlds/registry.ts";
import { defineTask, main } from "./cli.ts";

/** Names of the worlds of each set. */
const NAMES = { micro: WORLD_NAMES, macro: EVERYDAY_NAMES };

/** The task. */
export const task = defineTask({
  name: "dataset",
  summary: "Makes simulated clips with captions and truth, split for training.",
  details:
    "Writes train/, validation/ and test/, each with videos/, truth/ and metadata.json as the\n" +
    "released training code reads it, and clips.arrow for all. An interrupted run resumes.\n" +
    "The set macro shows everyday motion instead: what a model learns before it sees the small.",
  flags: {
    clips: count("How many, over all worlds.", 100),
    set: choice("Worlds of the microscope, or everyday motion", ["micro", "macro"], "micro"),
    out: text("DIR", "Folder; results/dataset by default, results/dataset-macro for macro."),
    mix: choice("Every world as often, or scales as in MicroSim-10K", ["even", "paper"], "even"),
    worlds: words(
      "LIST",
      `Only these, of ${NAMES.micro.join(", ")}; of ${NAMES.macro.join(", ")}.`,
    ),
    width: count("Pixels.", DEFAULT_CLIP.width),
    height: count("Pixels.", DEFAULT_CLIP.height),
    frames: count("Frames a clip.", DEFAULT_CLIP.frames),
    fps: count("Frames per second.", DEFAULT_CLIP.fps),
    sheet: text("FILE", "Only draw the worlds of micro, correct and violated, as a JPEG."),
  },
  async run({ clips: wanted, set, out, mix, worlds, sheet, ...shape }, { progress, signal }) {
    const unknown = worlds?.filter((name) => !NAMES[set].includes(name)) ?? [];
    if (unknown.length > 0) {
      throw new InputError(
        `Cannot simulate ${unknown.join(", ")} for the set ${set}; expected ${
          NAMES[set].join(", ")
        }`,
      );
    }
    if (set === "macro" && (mix === "paper" || sheet !== undefined)) {
      throw new InputError(
        `Cannot use ${mix === "paper" ? "--mix paper" : "--sheet"} with --set macro: ` +
          "its worlds have no scales of the paper and no violations; expected --set micro",
      );
    }
    if (sheet !== undefined) return await drawWorlds(sheet, worlds ?? NAMES.micro);
    const { readPaper } = await import("../lib/benchmark/paper.ts");
    const { makeDataset } = await import("../lib/dataset/simulated/dataset.ts");
    const { planDataset, planMacroDataset } = await import("../lib/dataset/simulated/plan.ts");
    const { datasetText } = await import("../lib/dataset/simulated/text.ts");
    const folder = resolve(
      out ?? join(PROJECT.results, set === "macro" ? "dataset-macro" : "dataset"),
    );
    const paper = await readPaper(PROJECT.paper);
    const plan = set === "macro"
      ? planMacroDataset(wanted, worlds)
      : planDataset(wanted, mix === "paper" ? paper.mix : undefined, worlds);
    const step = progress.step("dataset", plan.length);
    const { made, cached, clips } = await makeDataset({ plan, shape, folder, signal }, step);
    step.done(`${made} made, ${cached} cached`);
    console.log(datasetText(clips, set, paper.mix));
    console.log(`\nAll rows: ${join(folder, "clips.arrow")}`);
  },
});

async function drawWorlds(file: string, names: readonly string[]): Promise<void> {
  const { worldsSheet } = await import("../lib/pages/world_sheet.ts");
  const { replaceFile } = await import("../lib/store/file.ts");
  const { WORLDS } = await import("../lib/worlds/all.ts");
  const shown = WORLDS.filter(({ name }) => names.includes(name));
  await replaceFile(resolve(file), await worldsSheet(shown));
  console.log(`Drawn: ${file}`);
}

if (import.meta.main) await main(task);
