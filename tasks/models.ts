/** Lists what can be run here, and what is missing. */
import { MODELS } from "../lib/models/registry.ts";
import { defineTask, main } from "./cli.ts";

/** The task. */
export const task = defineTask({
  name: "models",
  summary: "Lists the models that can be run here, and what others lack.",
  choice: {
    flag: "model",
    registry: MODELS,
    what: "model",
    help: "Say what this one needs and lacks, such as wan:DIR.",
    initial: null,
  },
  flags: {},
  work: new URL("./work/models.ts", import.meta.url),
});

if (import.meta.main) main(task);
