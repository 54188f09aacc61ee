/** The one gate: format, lint, types, walls, documented examples, tests, notebooks. */
import { text } from "../lib/options.ts";
import { defineTask, main } from "./cli.ts";

/** The task. */
export const task = defineTask({
  name: "test",
  summary: "Runs every check: format, lint, types, walls, documented examples, tests, notebooks.",
  details: "Tests that need data, Python or a browser that is not here are skipped and say so.",
  flags: { only: text("TEXT", "Run only the tests whose name holds this, and no other check.") },
  work: new URL("./work/gate.ts", import.meta.url),
});

if (import.meta.main) main(task);
