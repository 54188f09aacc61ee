/** Varies one thing at a time of the embedded model, and scores each variation. */
import { z } from "zod";
import { PROVIDERS } from "../lib/onnx/provider.ts";
import { choice, count, text } from "../lib/options.ts";
import type { Factor } from "../lib/records/ablation.ts";
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

/** The model before it was fine-tuned. */
export const BASE = "s-base";
/** What can be varied. */
const VARIED: Readonly<Record<Factor, string>> = {
  steps: "sampling steps",
  guidance: "guidance scale",
  solver: "of the differential equation",
  seeds: "clips per task: what the mean and its interval do",
  rule: "scoring rule, on the same verdicts",
  frames: "shown to the probes: all, every second, fourth, eighth; of true clips, too",
  wording: `other prompts for the same criteria, of the model and of ${BASE}`,
  data: "clips fine-tuned on: models of the folder --trained that are named NAME-CLIPS",
};
/** Names of what can be varied. */
export const FACTORS = Object.keys(VARIED) as Factor[];

/** The task. */
export const task = defineTask({
  name: "ablate",
  summary: "Varies one thing at a time of the embedded model, and scores each variation.",
  details: [
    ...Object.entries(VARIED).map(([factor, what]) => `  ${factor.padEnd(10)}${what}`),
    "",
    "The clips, verdicts and scores of each variation are kept in the run's folder under a name of",
    "its own. An interrupted run resumes.",
  ].join("\n"),
  flags: {
    factors: z.string().default(FACTORS.join(","))
      .transform((list) => list.split(",").map((name) => name.trim()))
      .pipe(z.array(z.enum(FACTORS, `expected some of ${FACTORS.join(",")}`)))
      .meta({ value: "LIST", help: "What to vary." }),
    model: z.string().default("nano").meta({
      value: "MODEL",
      help: "The model: nano, s-base, l-base, or trained:DIR/NAME.",
    }),
    trained: text("DIR", "Weights of models fine-tuned on fewer clips; the model's folder."),
    tasks: flag.tasks,
    "per-task": count("Clips per task, seeds 0 to N − 1.", 1, 100_000),
    provider: choice("Where networks compute", ["auto", ...PROVIDERS], "auto"),
    run: text("NAME", "Folder in results/, or a path; ablations by default."),
  },
  work: new URL("./work/ablate.ts", import.meta.url),
});

if (import.meta.main) main(task);
