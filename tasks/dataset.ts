/** Makes a training set of simulated clips. */
import { join, resolve } from "node:path";
import { z } from "zod";
import { InputError } from "../lib/errors.ts";
import { DEFAULT_CLIP } from "../lib/sim/world.ts";
import { WORLDS } from "../lib/worlds/all.ts";
import { PROJECT } from "../lib/paths.ts";
import { readPaper } from "../lib/benchmark/paper.ts";
import { SCALES } from "../lib/records/task.ts";
import { type DatasetClip, makeDataset } from "../lib/dataset/simulated/dataset.ts";
import {
  type DatasetName,
  DATASETS,
  planDataset,
  planMacroDataset,
  SPLITS,
} from "../lib/dataset/simulated/plan.ts";
import { worldsSheet } from "../lib/pages/world_sheet.ts";
import { replaceFile } from "../lib/store/file.ts";
import { columns } from "../lib/studies/calibration/text.ts";
import { main } from "./cli.ts";
import * as flag from "./flags.ts";

await main({
  name: "dataset",
  summary: "Makes simulated clips with captions and truth, split for training.",
  details:
    "Writes train/, validation/ and test/, each with videos/, truth/ and metadata.json as the\n" +
    "released training code reads it, and clips.arrow for all. Run it again to go on.\n" +
    "The set macro shows everyday motion instead: what a model learns before it sees the small.",
  flags: {
    clips: flag.count("How many, over all worlds.", 100),
    set: {
      schema: z.enum(["micro", "macro"], "expected micro or macro").default("micro"),
      value: "SET",
      help: "micro (the worlds of the microscope) or macro (everyday motion).",
    },
    out: flag.text("DIR", "Where to; results/dataset by default, results/dataset-macro for macro."),
    mix: {
      schema: z.enum(["even", "paper"], "expected even or paper").default("even"),
      value: "MIX",
      help: "even (every world as often) or paper (scales as in MicroSim-10K); of micro.",
    },
    worlds: flag.text("LIST", `Only these, of ${namesOf("micro")}; of ${namesOf("macro")}.`),
    width: flag.count("Pixels.", DEFAULT_CLIP.width),
    height: flag.count("Pixels.", DEFAULT_CLIP.height),
    frames: flag.count("Frames a clip.", DEFAULT_CLIP.frames),
    fps: flag.count("Frames per second.", DEFAULT_CLIP.fps),
    sheet: flag.text("FILE", "Only draw the worlds of micro, correct and violated, as a JPEG."),
  },
}, async ({ clips: count, set, out, mix, worlds, sheet, ...shape }, { progress, signal }) => {
  const folder = resolve(
    out ?? join(PROJECT.results, set === "macro" ? "dataset-macro" : "dataset"),
  );
  const names = worlds?.split(",");
  const unknown = (names ?? []).filter((name) => !DATASETS[set].some((w) => w.name === name));
  if (unknown.length > 0) {
    throw new InputError(
      `Cannot simulate ${unknown.join(", ")} for the set ${set}; expected ${namesOf(set)}`,
    );
  }
  if (set === "macro" && (mix === "paper" || sheet !== undefined)) {
    throw new InputError(
      `Cannot use ${mix === "paper" ? "--mix paper" : "--sheet"} with --set macro: ` +
        "its worlds have no scales of the paper and no violations; expected --set micro",
    );
  }
  if (sheet !== undefined) {
    const shown = WORLDS.filter(({ name }) => names?.includes(name) ?? true);
    await replaceFile(resolve(sheet), await worldsSheet(shown));
    console.log(`Drawn: ${sheet}`);
    return;
  }
  const paper = await readPaper(PROJECT.paper);
  const plan = set === "macro"
    ? planMacroDataset(count, names)
    : planDataset(count, mix === "paper" ? paper.mix : undefined, names);
  const step = progress.step("dataset", plan.length);
  const { made, cached, clips } = await makeDataset({ plan, shape, folder, signal }, step);
  step.done(`${made} made, ${cached} cached`);
  console.log(statistics(clips, set, paper.mix));
  console.log(`\nAll rows: ${join(folder, "clips.arrow")}`);
});

function namesOf(set: DatasetName): string {
  return DATASETS[set].map(({ name }) => name).join(", ");
}

/** Clips by scale, for micro-worlds beside the paper's shares, by world, and by split. */
function statistics(
  clips: readonly DatasetClip[],
  set: DatasetName,
  paper: Record<string, number>,
): string {
  const count = (of: (clip: DatasetClip) => boolean) => clips.filter(of).length;
  const share = (n: number) => `${(100 * n / clips.length).toFixed(1)}%`;
  const words = clips.map(({ prompt }) => prompt.split(/\s+/).length);
  const rows = [["", "clips", "share", ...(set === "micro" ? ["paper"] : [])]];
  const add = (name: string, n: number, beside = "") =>
    rows.push([name, String(n), share(n), ...(set === "micro" ? [beside] : [])]);
  const addWorlds = (worlds: readonly { name: string }[]) => {
    for (const { name } of worlds) add(`  ${name}`, count((clip) => clip.world === name));
  };
  if (set === "macro") {
    add("macro", count((clip) => clip.scale === "macro"));
    addWorlds(DATASETS.macro);
  } else {
    for (const scale of SCALES) {
      const beside = `${(100 * paper[scale]).toFixed(1)}%`;
      add(scale, count((clip) => clip.scale === scale), beside);
      addWorlds(WORLDS.filter((world) => world.scale === scale));
    }
  }
  for (const split of Object.keys(SPLITS)) add(split, count((clip) => clip.split === split));
  return [
    "",
    ...columns(rows),
    `\n${new Set(clips.map(({ prompt }) => prompt)).size} different captions of ` +
    `${Math.min(...words)} to ${Math.max(...words)} words`,
  ].join("\n");
}
