/** Checks who imports whom, and counts what each task loads. */
import { flag } from "../lib/options.ts";
import { defineTask, main } from "./cli.ts";

/** The task. */
export const task = defineTask({
  name: "walls",
  summary: "Checks who imports whom: order of the floors, circles, what tasks load.",
  details: "The rules are in tasks/gate/rules.ts. A part of deno task test.",
  flags: {
    counts: flag("List instead what each task loads before it runs: our files, heavy packages."),
  },
  work: new URL("./work/walls.ts", import.meta.url),
});

if (import.meta.main) main(task);
