/** The paper's thread, from one end to the other. */
import { probeJudge } from "./judges/probe/judge.ts";
import { InputError } from "./errors.ts";
import { openBenchmark } from "./benchmark/registry.ts";
import { keepBenchmark } from "./runs/benchmark.ts";
import { generateWith, isSimulated } from "./runs/models.ts";
import type { Session } from "./runs/session.ts";
import { reportStep } from "./report/step.ts";
import { scoreStep } from "./runs/score.ts";
import { importStep, judgeStep } from "./runs/steps.ts";

/** What to reproduce. */
export interface ReproduceOptions {
  benchmark: "mini" | "release";
  /** Folder of the released files. */
  release?: string;
  /** Folder of released `*_result.json`: verdicts to import instead of generating and judging. */
  results?: string;
  /** Models to generate with, by their specs. */
  models: readonly string[];
  /** Clips per task and model; {@link SEEDS} where absent. */
  seeds?: number;
  /** Numbers of the tasks to generate for; all where absent. */
  tasks?: readonly number[];
  /** The scoring rule that the report leads with. */
  rule: string;
}

/** Clips per task: of simulated worlds enough that each violation is planted once. */
export const SEEDS = { simulated: 3, sampled: 2 };

/**
 * Runs every step of the paper on a benchmark: its statistics and audit, generation, judging, scoring,
 * figures and the report. What is there from before is not made again.
 *
 * @throws {InputError} for a benchmark without verdicts to import and without models to run.
 */
export async function reproduce(options: ReproduceOptions, session: Session): Promise<void> {
  const { benchmark, release, results, models, rule } = options;
  if (benchmark === "release" && results === undefined) {
    throw new InputError(
      "Cannot reproduce release without verdicts: give the folder of released *_result.json with " +
        "--results DIR",
    );
  }
  const loaded = await openBenchmark(benchmark);
  await session.step("stats", 0, () => keepBenchmark(loaded, session.paths));
  if (results !== undefined) await importStep(results, loaded, session);
  else {
    for (const model of models) {
      const count = options.seeds ?? (isSimulated(model) ? SEEDS.simulated : SEEDS.sampled);
      const seeds = Array.from({ length: count }, (_, seed) => seed);
      await generateWith(model, loaded, { seeds, tasks: options.tasks }, session);
    }
    await judgeStep(probeJudge(), loaded, session);
  }
  await scoreStep(loaded, session);
  await reportStep(loaded, rule, session);
}
