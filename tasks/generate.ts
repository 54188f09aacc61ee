/** Generates clips with a model, or takes someone's own. */
import { join } from "node:path";
import { z } from "zod";
import { InputError, messageOf } from "../lib/errors.ts";
import { SOLVERS } from "../lib/models/flow_matching.ts";
import { SAMPLING } from "../lib/models/nano/sample.ts";
import { WAN_SOLVERS } from "../lib/models/wan/sampling/sample.ts";
import { PROVIDERS } from "../lib/onnx/provider.ts";
import { runFolder } from "../lib/paths.ts";
import { openBenchmark } from "../lib/benchmark/registry.ts";
import { keepBenchmark } from "../lib/runs/benchmark.ts";
import { generateWith, MODEL_SPECS } from "../lib/runs/models.ts";
import { withSession } from "../lib/runs/session.ts";
import { main } from "./cli.ts";
import * as flag from "./flags.ts";
import * as wan from "./wan_flags.ts";

/** A number that only models which sample have a use for. */
function number(value: string, help: string) {
  return { schema: z.string().transform(Number).pipe(z.number()).optional(), value, help };
}

const EVERY_SOLVER = [...new Set([...SOLVERS, ...WAN_SOLVERS])];

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
    shift: number("X", `How far times are moved towards noise (default ${SAMPLING.shift}).`),
    solver: {
      schema: z.enum(EVERY_SOLVER, `expected ${EVERY_SOLVER.join(", ")}`).optional(),
      value: "NAME",
      help: `${SOLVERS.join(" or ")} (default ${SAMPLING.solver}); Wan: ${
        WAN_SOLVERS.join(" or ")
      }.`,
    },
    batch: flag.count("Clips of one task that a model samples together.", 1),
    provider: {
      schema: z.enum(["auto", ...PROVIDERS], `expected auto, ${PROVIDERS.join(" or ")}`)
        .default("auto"),
      value: "NAME",
      help: `Where networks compute: auto, ${PROVIDERS.join(", ")}.`,
    },
    "first-seed": flag.whole("Seeds start here; MicroVerse's is 42.", 0),
    shard: wan.shard,
    size: wan.size,
    lora: wan.lora,
    "fine-tune": wan.fineTune,
    negative: wan.negative,
    rounding: wan.rounding,
    compute: wan.compute,
  },
}, async (flags, { invocation, progress, signal }) => {
  const folder = runFolder(flags.run ?? flags.benchmark);
  const loaded = await openBenchmark(flags.benchmark);
  const seeds = Array.from({ length: flags.seeds }, (_, i) => flags["first-seed"] + i);
  const { shard } = flags;
  const shared = shard !== undefined;
  await withSession({ folder, invocation, progress, signal, shared }, async (session) => {
    await session.step("stats", 0, () => keepBenchmark(loaded, session.paths));
    const { tasks, provider, batch, lora, size } = flags;
    const { steps, guidance, solver, shift, rounding } = flags;
    const chosen = Object.fromEntries(
      Object.entries({ steps, guidance, solver, shift }).filter(([, value]) => value !== undefined),
    );
    await generateWith(flags.model, loaded, {
      ...{ seeds, tasks, shard },
      sampling: { provider, batch, sampling: chosen },
      wan: {
        ...{ provider, lora, size, fineTune: flags["fine-tune"], compute: flags.compute },
        negative: await saidOrRead(flags.negative),
        sampling: { ...chosen, ...(rounding ? { rounding } : {}) },
      },
    }, session);
  });
  console.log(`Clips: ${join(folder, "clips.arrow")}. Next: deno task judge`);
});

/** The text itself, or that of the file after an @. */
async function saidOrRead(said: string | undefined): Promise<string | undefined> {
  if (!said?.startsWith("@")) return said;
  try {
    return (await Deno.readTextFile(said.slice(1))).trim();
  } catch (error) {
    throw new InputError(`Cannot read ${said.slice(1)}: ${messageOf(error)}`);
  }
}
