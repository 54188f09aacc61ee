/** Varies one thing at a time of the embedded model, and scores each variation. */
import { join, resolve } from "node:path";
import { z } from "zod";
import { readReworded } from "../lib/benchmark/reworded.ts";
import { openNano } from "../lib/models/nano/nano.ts";
import { SAMPLING } from "../lib/models/nano/sample.ts";
import { PROVIDERS } from "../lib/onnx/provider.ts";
import { PROJECT, runFolder } from "../lib/paths.ts";
import { ablate } from "../lib/studies/ablation/ablate.ts";
import { modelsIn, trainedOnFewer } from "../lib/studies/ablation/trained.ts";
import { openBenchmark } from "../lib/benchmark/registry.ts";
import { withSession } from "../lib/runs/session.ts";
import { probeJudge } from "../lib/judges/probe/judge.ts";
import { FACTORS } from "../lib/records/ablation.ts";
import { ablationText } from "../lib/studies/ablation/text.ts";
import { main } from "./cli.ts";
import * as flag from "./flags.ts";

/** The model before it was fine-tuned. */
const BASE = "s-base";

await main({
  name: "ablate",
  summary: "Varies one thing at a time of the embedded model, and scores each variation.",
  details: [
    "  steps     sampling steps",
    "  guidance  guidance scale",
    "  solver    of the differential equation",
    "  seeds     clips per task: what the mean and its interval do",
    "  rule      scoring rule, on the same verdicts",
    "  frames    shown to the probes: all, every second, fourth, eighth; of true clips, too",
    `  wording   other prompts for the same criteria, of the model and of ${BASE}`,
    "  data      clips fine-tuned on: models of the folder --trained that are named NAME-CLIPS",
    "",
    "The clips, verdicts and scores of each variation are kept in the run's folder under a name of",
    "its own. Run it again to go on where it stopped.",
  ].join("\n"),
  flags: {
    factors: {
      schema: z.string().default(FACTORS.join(","))
        .transform((list) => list.split(",").map((name) => name.trim()))
        .pipe(z.array(z.enum(FACTORS, `expected some of ${FACTORS.join(",")}`))),
      value: "LIST",
      help: "What to vary.",
    },
    model: {
      schema: z.string().regex(/^([^@:=]+@.+|[^@:=]+)$/, "expected NAME or NAME@DIR")
        .default("nano"),
      value: "NAME[@DIR]",
      help: "The model, and its folder of weights if not data/models.",
    },
    trained: flag.text("DIR", "Weights of models fine-tuned on fewer clips; the model's folder."),
    seeds: flag.count("Clips per task, seeds 0 to N − 1.", 1),
    tasks: flag.tasks,
    provider: {
      schema: z.enum(["auto", ...PROVIDERS], `expected auto, ${PROVIDERS.join(" or ")}`)
        .default("auto"),
      value: "NAME",
      help: `Where networks compute: auto, ${PROVIDERS.join(", ")}.`,
    },
    run: flag.text("NAME", "Folder in results/, or a path; ablations by default."),
  },
}, async (flags, { invocation, progress, signal }) => {
  const { seeds, tasks, provider } = flags;
  const [model, path = PROJECT.models] = flags.model.split(/@(.*)/, 2);
  const folder = resolve(path);
  const trainedFolder = flags.trained === undefined ? folder : resolve(flags.trained);
  const trained = trainedOnFewer(model, await modelsIn(trainedFolder));
  const hasBase = model !== BASE && (await modelsIn(folder)).includes(BASE);
  const loaded = await openBenchmark("mini");
  const judge = probeJudge();
  const opened = new Set<string>();
  const runs = runFolder(flags.run ?? "ablations");
  const rows = await withSession(
    { folder: runs, invocation, progress, signal },
    async (session) =>
      ablate({
        factors: FACTORS.filter((factor) => flags.factors.includes(factor)),
        model,
        base: hasBase ? BASE : null,
        trained,
        sampling: SAMPLING,
        seeds,
        tasks,
        reworded: await readReworded(PROJECT.reworded, loaded.benchmark.tasks),
        loaded,
        judge,
        open: (weights, name, sampling) =>
          openNano({
            folder: trained.some((each) => each.model === weights) ? trainedFolder : folder,
            model: weights,
            name,
            provider,
            sampling,
            onOpen({ provider }) {
              if (!opened.has(weights)) progress.note(`${weights} computes on ${provider}`);
              opened.add(weights);
            },
          }),
      }, session),
  );
  console.log(ablationText(rows, model, BASE));
  const figure = join(runs, "figures", "ablations.png");
  console.log(`Table: ${join(runs, "ablations.arrow")}. Figure: ${figure}`);
});
