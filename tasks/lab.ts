/** Opens the notebooks in JupyterLab, with the Deno kernel. */
import { count, flag, text } from "../lib/options.ts";
import { defineTask, main } from "./cli.ts";

/** The task. */
export const task = defineTask({
  name: "lab",
  summary: "Opens the notebooks in JupyterLab, with the Deno kernel; Ctrl-C ends it.",
  details:
    "Uses the jupyter on PATH where it has JupyterLab, or installs one in .cache/ (about 230 MB,\n" +
    "once). The kernel is known to this JupyterLab alone, and its settings are kept in .cache/.",
  flags: {
    folder: text("DIR", "The folder that it opens; the project's notebooks/ by default."),
    port: count("Where it listens; the next free one from here.", 8888, 65_535),
    "no-browser": flag("Open no browser: only print the address."),
  },
  work: new URL("./work/lab.ts", import.meta.url),
});

if (import.meta.main) main(task);
