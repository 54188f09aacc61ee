/** Trains the embedded models and exports them. */
import { z } from "zod";
import { count, optionalCount, text, whole, words } from "../lib/options.ts";
import { EVERYDAY_NAMES } from "../lib/worlds/everyday/registry.ts";
import { WORLD_NAMES } from "../lib/worlds/registry.ts";
import { defineTask, main } from "./cli.ts";
import { FULL } from "./train/recipe.ts";

/** The task. */
export const task = defineTask({
  name: "train",
  summary: "Trains MicroVerse-Nano and its base models with PyTorch, and exports them.",
  details:
    `Simulates ${WORLD_NAMES.length} micro-worlds and ${EVERYDAY_NAMES.length} everyday ones, then ` +
    "trains " +
    FULL.stages.filter(({ optional }) => !optional).map(({ name }) => name).join(", ") + ".\n" +
    "Only on request, for an ablation: " +
    FULL.stages.filter(({ optional }) => optional).map(({ name }) => name).join(", ") + ".\n" +
    "Installs PyTorch in .cache/ once. Run it again to resume an interrupted training.",
  flags: {
    out: text("DIR", "Folder of clips and checkpoints; .cache/nano by default."),
    export: text("DIR", "Folder of the ONNX files; onnx/ in --out by default."),
    stages: words("LIST", "Train only these stages; earlier ones must be trained already."),
    clips: optionalCount(`Clips of each data set (default ${FULL.clips}).`, 10_000_000),
    "scale-steps": z.string().transform(Number).pipe(z.number().positive().max(1000)).default(1)
      .meta({ value: "X", help: "Multiply the steps of every stage by this." }),
    processes: count("Number of processes, one per GPU.", 1, 1024),
    seed: whole("Seed of weights, batches and noise.", 0),
    smoke: z.boolean().default(false).meta({
      help: "Train every stage for two steps on a few clips.",
    }),
  },
  work: new URL("./work/train.ts", import.meta.url),
});

if (import.meta.main) main(task);
