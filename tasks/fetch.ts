/** Gets MicroWorldBench as released. */
import { text } from "../lib/options.ts";
import { defineTask, main } from "./cli.ts";

/** The task. */
export const task = defineTask({
  name: "fetch",
  summary: "Downloads MicroWorldBench at its pinned commit and checks every file's SHA-256.",
  details: "An interrupted download resumes. Files that are there and right stay.",
  flags: {
    from: text("DIR", "Copy from this folder instead of downloading."),
    into: text("DIR", "Folder that receives the files; data/microworldbench by default."),
  },
  work: new URL("./work/fetch.ts", import.meta.url),
});

if (import.meta.main) main(task);
