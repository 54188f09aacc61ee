/** Generates clips with a model, or takes someone's own. */
import { join } from "node:path";
import { z } from "zod";
import { SAMPLING, SOLVERS } from "../lib/models/mod.ts";
import { PROVIDERS } from "../lib/onnx/provider.ts";
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

/** A number that only models which sample have a use for. */
function number(value: string, help: string) {
  return { schema: z.string().transform(Number).pipe(z.number()).optional(), value, help };
}

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
    steps: number("N", `Sampling steps (default ${SAMPLING.steps}).`),
    guidance: number("X", `Guidance scale (default ${SAMPLING.guidance}).`),
    solver: {
      schema: z.enum(SOLVERS, `expected ${SOLVERS.join(" or ")}`).optional(),
      value: "NAME",
      help: `${SOLVERS.join(" or ")} (default ${SAMPLING.solver}); adams is of second order.`,
    },
    batch: flag.count("Clips of one task that a model samples together.", 1),
    provider: {
      schema: z.enum(["auto", ...PROVIDERS], `expected auto, ${PROVIDERS.join(" or ")}`)
        .default("auto"),
      value: "NAME",
      help: `Where networks compute: auto, ${PROVIDERS.join(", ")}.`,
    },
  },
}, async (flags, { invocation, progress, signal }) => {
  const folder = runFolder(flags.run ?? flags.benchmark);
  const loaded = await loadBenchmark(flags.benchmark, flags.release);
  const seeds = Array.from({ length: flags.seeds }, (_, seed) => seed);
  await withSession({ folder, invocation, progress, signal }, async (session) => {
    await session.step("stats", 0, () => keepBenchmark(loaded, session.paths));
    const { tasks, provider, batch, steps, guidance, solver } = flags;
    const chosen = Object.entries({ steps, guidance, solver })
      .filter(([, value]) => value !== undefined);
    const sampling = { provider, batch, sampling: Object.fromEntries(chosen) };
    await generateWith(flags.model, loaded, { seeds, tasks, sampling }, session);
  });
  console.log(`Clips: ${join(folder, "clips.arrow")}. Next: deno task judge`);
});
