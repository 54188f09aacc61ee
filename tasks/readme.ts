/** Writes the reference of all commands into `tasks/README.md`. */
import { defineTask, main } from "./cli.ts";

/** The task; not one of deno.json's. */
export const task = defineTask({
  name: "readme",
  summary: "Writes the reference of all commands into tasks/README.md, from what --help says.",
  flags: {},
  work: new URL("./work/readme.ts", import.meta.url),
});

if (import.meta.main) main(task);
