/** Judges the clips of a run, or imports verdicts that the released evaluator wrote. */
import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../lib/errors.ts";
import { runFolder } from "../lib/paths.ts";
import {
  importStep,
  judgeStep,
  keepBenchmark,
  loadBenchmark,
  withSession,
} from "../lib/run/mod.ts";
import { main } from "./cli.ts";
import * as flag from "./flags.ts";

await main({
  name: "judge",
  summary: "Judges every clip of a run against every criterion of its task.",
  details:
    "  probe         measures frames against thresholds; for benchmarks with probes (mini)\n" +
    "  imported:DIR  reads the released evaluator's <model>_result.json files",
  flags: {
    judge: {
      schema: z.string().min(1).default("probe"),
      value: "JUDGE",
      help: "Which judge, as listed above.",
    },
    benchmark: flag.benchmark,
    release: flag.release,
    run: flag.run,
  },
}, async (flags, { invocation, progress, signal }) => {
  const imported = /^imported:(.+)$/.exec(flags.judge)?.[1];
  if (imported === undefined && flags.judge !== "probe") {
    throw new InputError(`Unknown judge ${flags.judge}; expected probe or imported:DIR`);
  }
  const folder = runFolder(flags.run ?? flags.benchmark);
  const loaded = await loadBenchmark(flags.benchmark, flags.release);
  await withSession({ folder, invocation, progress, signal }, async (session) => {
    await session.step("stats", 0, () => keepBenchmark(loaded, session.paths));
    if (imported !== undefined) await importStep(imported, loaded, session);
    else await judgeStep(loaded, session);
  });
  console.log(`Verdicts: ${join(folder, "verdicts.arrow")}. Next: deno task score`);
});
