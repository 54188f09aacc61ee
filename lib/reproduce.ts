/** The paper's thread, from one end to the other. */
import { InputError } from "./errors.ts";
import { chooseJudge, DEFAULT_JUDGE } from "./judges/registry.ts";
import { chooseModel, EMBEDDED_MODELS, EMBEDDED_SEEDS } from "./models/registry.ts";
import { reportStep } from "./report/step.ts";
import { benchmarkStep } from "./runs/benchmark.ts";
import { generateStep } from "./runs/generate_step.ts";
import { judgeStep } from "./runs/judge_step.ts";
import { scoreStep } from "./runs/score.ts";
import type { Selection } from "./runs/selection.ts";
import type { Session } from "./runs/session.ts";

/** What to reproduce. */
export interface ReproduceOptions {
  /** Folder of released `*_result.json`: verdicts to import instead of generating and judging. */
  results?: string;
  /**
   * Models to generate with and to judge, by their names, or those of the results; {@link EMBEDDED_MODELS}
   * and whatever else the run has, or all of the results, where absent.
   */
  models?: readonly string[];
  /** Seeds to generate with and to judge; {@link EMBEDDED_SEEDS}, and all that the run has, where absent. */
  seeds?: readonly number[];
  /** Numbers of the tasks to generate for, to judge and to score; all where absent. */
  tasks?: readonly number[];
  /** Whether what else the run has is judged and scored too. */
  rest?: boolean;
  /** The scoring rule that the report leads with. */
  rule: string;
}

/**
 * Runs every step of the paper on the session's benchmark: its statistics and audit, generation,
 * judging, scoring, figures and the report. Only what is missing is made. What is selected is selected
 * in every step: other clips of the run are neither judged nor scored, unless the rest is asked for.
 *
 * @throws {InputError} for a benchmark that can be neither simulated nor measured, without verdicts; at the
 * end, for clips or results that could not be read beside others.
 */
export async function reproduce(options: ReproduceOptions, session: Session): Promise<void> {
  const { results, models, seeds, tasks, rest, rule } = options;
  let selection: Selection = rest ? {} : { models, tasks, seeds };
  const { loaded } = session;
  const refused: InputError[] = [];
  const onRefused = (error: InputError) => void refused.push(error);
  // What the benchmark asks, and what is wrong with it.
  await benchmarkStep(session);
  if (results !== undefined) {
    // The paper's own verdicts.
    const imported = await judgeStep(chooseJudge(`imported:${results}`), { selection }, session);
    if (imported.refused) onRefused(imported.refused);
  } else {
    const judge = chooseJudge(DEFAULT_JUDGE);
    const refusal = judge.entry.refuses?.(loaded);
    if (refusal) {
      throw new InputError(
        `Cannot reproduce ${loaded.benchmark.name} without verdicts: give the folder of released ` +
          `*_result.json with --results DIR. ${refusal}`,
      );
    }
    // Clips of every model, then a verdict on every criterion.
    const names: string[] = [];
    for (const name of models ?? EMBEDDED_MODELS) {
      const model = chooseModel(name);
      const { simulated, sampled } = EMBEDDED_SEEDS;
      const own = model.entry.simulated ? simulated : sampled;
      names.push(await generateStep(model, { seeds, ownSeeds: own, tasks, onRefused }, session));
    }
    if (models && !rest) selection = { ...selection, models: names };
    await judgeStep(judge, { selection }, session);
  }
  // Scores under every rule, the claims, and the page that shows them with the clips behind them.
  await scoreStep(session, selection);
  await reportStep(session, rule);
  // What could not be read has stopped nothing, and is not forgotten.
  if (refused.length > 0) throw new InputError(refused.map(({ message }) => message).join("\n"));
}
