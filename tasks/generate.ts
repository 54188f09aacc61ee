/** Generates clips with a model, or takes someone's own. */
import { join } from "node:path";
import { z } from "zod";
import { runFolder } from "../lib/paths.ts";
import {
  generateWith,
  keepBenchmark,
  loadBenchmark,
  MODEL_SPECS,
  withSession,
} from "../lib/run/mod.ts";
import { main } from "./cli.ts";
import * as flag from "./flags.ts";

await main({
  name: "generate",
  summary: "Makes the clips of a model for every task, or takes a folder of your own.",
  details: Object.entries(MODEL_SPECS).map(([spec, what]) => `  ${spec.padEnd(18)}${what}`).join(
    "\n",
  ),
  flags: {
    model: {
      schema: z.string("expected a model, see --help").min(1),
      value: "MODEL",
      help: "Which model, as listed above.",
    },
    benchmark: flag.benchmark,
    release: flag.release,
    seeds: flag.seeds,
    tasks: flag.tasks,
    run: flag.run,
  },
}, async (flags, { invocation, progress, signal }) => {
  const folder = runFolder(flags.run ?? flags.benchmark);
  const loaded = await loadBenchmark(flags.benchmark, flags.release);
  const seeds = Array.from({ length: flags.seeds }, (_, seed) => seed);
  await withSession({ folder, invocation, progress, signal }, async (session) => {
    await session.step("stats", 0, () => keepBenchmark(loaded, session.paths));
    await generateWith(flags.model, loaded, { seeds, tasks: flags.tasks }, session);
  });
  console.log(`Clips: ${join(folder, "clips.arrow")}. Next: deno task judge`);
});
