/** Varies one thing at a time of the embedded model, and scores each variation. */
import { join, resolve } from "node:path";
import { z } from "zod";
import { InputError } from "../lib/errors.ts";
import { PROVIDERS } from "../lib/onnx/provider.ts";
import { choice, count, text } from "../lib/options.ts";
import { runFolder } from "../lib/paths.ts";
import type { Factor } from "../lib/records/ablation.ts";
import { parseSpec } from "../lib/registry.ts";
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

/** The model before it was fine-tuned. */
const BASE = "s-base";
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
const FACTORS = Object.keys(VARIED) as Factor[];

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
    "per-task": count("Clips per task, seeds 0 to N − 1.", 1),
    provider: choice("Where networks compute", ["auto", ...PROVIDERS], "auto"),
    run: text("NAME", "Folder in results/, or a path; ablations by default."),
  },
  async run(flags, { invocation, progress, signal }) {
    const { readReworded } = await import("../lib/benchmark/reworded.ts");
    const { probeJudge } = await import("../lib/judges/probe/judge.ts");
    const { weightsOf } = await import("../lib/models/nano/entry.ts");
    const { modelsIn } = await import("../lib/models/nano/find_weights.ts");
    const { openNano } = await import("../lib/models/nano/nano.ts");
    const { SAMPLING } = await import("../lib/models/nano/sampling.ts");
    const { PROJECT } = await import("../lib/paths.ts");
    const { withSession } = await import("../lib/runs/session.ts");
    const { ablate } = await import("../lib/studies/ablation/ablate.ts");
    const { ablationText } = await import("../lib/studies/ablation/text.ts");
    const { trainedOnFewer } = await import("../lib/studies/ablation/trained.ts");
    const { folder, model } = await weightsOf(parseSpec(flags.model));
    const models = await modelsIn(folder);
    if (!models.includes(model)) {
      throw new InputError(
        `Unknown model ${flags.model}; expected ${models.join(", ")} or trained:DIR/NAME`,
      );
    }
    const trainedFolder = flags.trained === undefined ? folder : resolve(flags.trained);
    const trained = trainedOnFewer(model, await modelsIn(trainedFolder));
    const opened = new Set<string>();
    const runs = runFolder(flags.run ?? "ablations");
    const rows = await withSession(
      { folder: runs, invocation, progress, signal, begins: true },
      async (session) => {
        const { loaded } = session;
        return await ablate({
          ...{ model, trained, loaded, sampling: SAMPLING, tasks: flags.tasks },
          factors: FACTORS.filter((factor) => flags.factors.includes(factor)),
          base: model !== BASE && models.includes(BASE) ? BASE : null,
          seeds: flags["per-task"],
          reworded: await readReworded(PROJECT.reworded, loaded.benchmark.tasks),
          judge: probeJudge(),
          open: (weights, name, sampling) =>
            openNano({
              folder: trained.some((each) => each.model === weights) ? trainedFolder : folder,
              model: weights,
              ...{ name, provider: flags.provider, sampling },
              onOpen({ provider }) {
                if (!opened.has(weights)) progress.note(`${weights} computes on ${provider}`);
                opened.add(weights);
              },
            }),
        }, session);
      },
    );
    console.log(ablationText(rows, model, BASE));
    const figure = join(runs, "figures", "ablations.png");
    console.log(`Table: ${join(runs, "ablations.arrow")}. Figure: ${figure}`);
  },
});

if (import.meta.main) await main(task);
