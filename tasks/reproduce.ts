/** The whole paper in one command. */
import { EMBEDDED_MODELS, EMBEDDED_SEEDS } from "../lib/models/registry.ts";
import { listText, numbers, text, words } from "../lib/options.ts";
import { benchmark } from "./benchmark_flag.ts";
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

const { simulated, sampled } = EMBEDDED_SEEDS;

/** The task. */
export const task = defineTask({
  name: "reproduce",
  summary: "Reruns the paper: statistics, generation, judging, scores, figures, report.",
  details:
    "By default on the embedded benchmark, with the embedded models, true worlds and planted\n" +
    "violations. Only what is missing is made; an interrupted run resumes.",
  flags: {
    benchmark,
    results: text("DIR", "Import verdicts from released *_result.json in this folder instead."),
    model: words("LIST", "Models, by the names that deno task models lists.").meta({
      initial: EMBEDDED_MODELS.join(","),
    }),
    tasks: flag.tasks,
    seeds: numbers(
      `Seeds, such as 0-2 or 42; by default ${listText(simulated)} of simulated worlds and ` +
        `${listText(sampled)} of models that sample.`,
    ),
    rule: flag.rule,
    run: flag.run,
  },
  work: new URL("./work/reproduce.ts", import.meta.url),
});

if (import.meta.main) main(task);
