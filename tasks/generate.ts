/** Makes clips with a model, or takes someone's own. */
import { z } from "zod";
import { MODELS, OWN_SEEDS } from "../lib/models/registry.ts";
import { listText, numbers } from "../lib/options.ts";
import { benchmark } from "./benchmark_flag.ts";
import { defineTask, main } from "./cli.ts";
import * as flag from "./flags.ts";

/** More processes than anyone has. */
const MOST_SHARES = 10_000;

/** The task. */
export const task = defineTask({
  name: "generate",
  summary: "Makes the clips of a model for every task, or takes a folder of your own.",
  details: "Clips that are there are not made again, also after a kill.",
  choice: {
    flag: "model",
    registry: MODELS,
    what: "model",
    help: "Which model; LABEL=MODEL has it under a name of your choice.",
  },
  flags: {
    benchmark,
    tasks: flag.tasks,
    seeds: numbers(
      `Seeds, such as 0-2 or 42; by default ${listText(OWN_SEEDS)}, of a folder all that it has.`,
    ),
    run: flag.run,
    shard: z.string().regex(/^[1-9]\d*\/[1-9]\d*$/, "expected a share such as 2/4")
      .transform((typed) => {
        const [index, of] = typed.split("/").map(Number);
        return { index, of };
      }).refine(
        ({ index, of }) => index <= of && of <= MOST_SHARES,
        `expected a share such as 2/4, of ${MOST_SHARES} at most`,
      ).optional().meta({
        value: "I/N",
        help: "Only this share; others may run beside it, here or on machines with the same disk.",
      }),
  },
  work: new URL("./work/generate.ts", import.meta.url),
});

if (import.meta.main) main(task);
