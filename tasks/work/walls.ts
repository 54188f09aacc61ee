/** The work of `tasks/walls.ts`. */
import { PROJECT } from "../../lib/paths.ts";
import type { WorkOf } from "../cli.ts";
import { loadOf } from "../gate/reach.ts";
import { RULES } from "../gate/rules.ts";
import { readSources } from "../gate/sources.ts";
import { checkWalls, isTask } from "../gate/walls.ts";
import type { task } from "../walls.ts";

export const run: WorkOf<typeof task> = async ({ counts }) => {
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
};
