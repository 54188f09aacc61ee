/** Checks who imports whom, and counts what each task loads. */
import { flag } from "../lib/options.ts";
import { PROJECT } from "../lib/paths.ts";
import { defineTask, main } from "./cli.ts";

/** The task. */
export const task = defineTask({
  name: "walls",
  summary: "Checks who imports whom: order of the floors, circles, what tasks load.",
  details: "The rules are in tasks/gate/rules.ts. A part of deno task test.",
  flags: {
    counts: flag("List instead what each task loads before it runs: our files, heavy packages."),
  },
  async run({ counts }) {
    const { loadOf } = await import("./gate/reach.ts");
    const { RULES } = await import("./gate/rules.ts");
    const { readSources } = await import("./gate/sources.ts");
    const { checkWalls, isTask } = await import("./gate/walls.ts");
    const sources = await readSources(PROJECT.root);
    if (counts) {
      const byName = new Map(sources.map((source) => [source.file, source]));
      for (const { file } of sources.filter(isTask)) {
        const { files, heavy } = loadOf(file, byName, RULES.heavy);
        console.log(
          `${file.padEnd(24)}${String(files).padStart(4)}  ${[...heavy.keys()].join(" ")}`,
        );
      }
      return;
    }
    const breaches = checkWalls(sources, RULES);
    for (const breach of breaches) console.error(breach);
    if (breaches.length > 0) Deno.exitCode = 1;
  },
});

if (import.meta.main) await main(task);
