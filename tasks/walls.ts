/** Checks who imports whom, and counts what each task loads. */
import { z } from "zod";
import { PROJECT } from "../lib/paths.ts";
import { main } from "./cli.ts";
import { loadOf } from "./gate/reach.ts";
import { RULES } from "./gate/rules.ts";
import { readSources } from "./gate/sources.ts";
import { checkWalls, isTask } from "./gate/walls.ts";

await main({
  name: "walls",
  summary: "Checks who imports whom: order of the floors, circles, what tasks load.",
  details: "The rules are in tasks/gate/rules.ts. A part of deno task test.",
  flags: {
    counts: {
      schema: z.boolean().default(false),
      help: "List instead what each task loads before it runs: our files, heavy packages.",
    },
  },
}, async ({ counts }) => {
  const sources = await readSources(PROJECT.root);
  if (counts) {
    const byName = new Map(sources.map((source) => [source.file, source]));
    for (const { file } of sources.filter(isTask)) {
      const { files, heavy } = loadOf(file, byName, RULES.heavy);
      console.log(`${file.padEnd(24)}${String(files).padStart(4)}  ${[...heavy.keys()].join(" ")}`);
    }
    return;
  }
  const breaches = checkWalls(sources, RULES);
  for (const breach of breaches) console.error(breach);
  if (breaches.length > 0) Deno.exitCode = 1;
});
