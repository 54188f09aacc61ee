/** Makes a training set of simulated clips. */
import { choice, count, text, words } from "../lib/options.ts";
import { DEFAULT_CLIP } from "../lib/sim/default_clip.ts";
import { EVERYDAY_NAMES } from "../lib/worlds/everyday/registry.ts";
import { WORLD_NAMES } from "../lib/worlds/registry.ts";
import { defineTask, main } from "./cli.ts";

/** Names of the worlds of each set. */
export const NAMES = { micro: WORLD_NAMES, macro: EVERYDAY_NAMES };

/** The task. */
export const task = defineTask({
  name: "dataset",
  summary: "Makes simulated clips with captions and truth, split for training.",
  details:
    "Writes train/, validation/ and test/, each with videos/, truth/ and metadata.json as the\n" +
    "released training code reads it, and clips.arrow for all. An interrupted run resumes.\n" +
    "The set macro shows everyday motion instead: what a model learns before it sees the small.",
  flags: {
    clips: count("How many, over all worlds.", 100, 10_000_000),
    set: choice("Worlds of the microscope, or everyday motion", ["micro", "macro"], "micro"),
    out: text("DIR", "Folder; results/dataset by default, results/dataset-macro for macro."),
    mix: choice("Every world as often, or scales as in MicroSim-10K", ["even", "paper"], "even"),
    worlds: words(
      "LIST",
      `Only these, of ${NAMES.micro.join(", ")}; of ${NAMES.macro.join(", ")}.`,
    ),
    width: count("Pixels.", DEFAULT_CLIP.width, 2048),
    height: count("Pixels.", DEFAULT_CLIP.height, 2048),
    frames: count("Frames a clip.", DEFAULT_CLIP.frames, 1000),
    fps: count("Frames per second.", DEFAULT_CLIP.fps, 240),
    sheet: text("FILE", "Only draw the worlds of micro, correct and violated, as a JPEG."),
  },
  work: new URL("./work/dataset.ts", import.meta.url),
});

if (import.meta.main) main(task);
