/** Judging with a model in small examples: one answer, cost estimates, a small calibration. */
import type { Benchmark } from "../benchmark/benchmark.ts";
import { type Criterion, DIMENSIONS } from "../records/criterion.ts";
import type { Task } from "../records/task.ts";
import type { Judge, Judgement } from "../judges/judge.ts";
import { answerStore } from "../judges/openai/cache/answers.ts";
import { firstForm, questioner } from "../judges/openai/prompt/question.ts";
import type { Clip } from "../records/clip.ts";
import type { Calibration, ReliabilityMeasure } from "../records/calibration.ts";
import type { SampledVideo } from "../video/sample.ts";
import type { Video } from "../video/types.ts";
import { type AskingOptions, prepareAsking } from "../judges/openai/asking.ts";
import { estimateAsking } from "../judges/openai/estimate.ts";
import { openBenchmark } from "../benchmark/registry.ts";
import { calibrate } from "../studies/calibration/calibrate.ts";
import { planCalls } from "../runs/judge_plan.ts";
import { silent } from "../runs/progress.ts";
import { withSession } from "../runs/session.ts";

/** The model and its server. */
export interface ExampleAsking {
  model: string;
  /** Base URL, including `/v1`. */
  baseUrl: string;
  /** US dollars per million tokens, for a model missing from the price table. */
  price?: AskingOptions["price"];
}

/** One clip and the criteria of one dimension. */
export interface ExampleCall {
  task: Task;
  criteria: readonly Criterion[];
  video: Video | SampledVideo;
}

/**
 * Asks a model about one clip and dimension without caching: every call sends a request.
 *
 * @returns The text of its first answer (null if it gave none) and the verdicts read from it.
 * @throws {InputError} as `prepareAsking` does, and for errors that affect every request.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { block, clip, TASK } from "../testing/openai/asking.ts";
 * import { faultServer } from "../testing/openai/fault_server.ts";
 * import { askOnce } from "./judging_example.ts";
 *
 * await using server = faultServer({ answer: "yes" });
 * const { said, judgement } = await askOnce(
 *   { model: "gpt-4o", baseUrl: server.baseUrl },
 *   { task: TASK, criteria: block(2), video: clip() },
 * );
 * assertEquals(JSON.parse(said!).criteria.length, 2);
 * assertEquals(judgement.rulings.map(({ met }) => met), [true, true]);
 * ```
 */
export async function askOnce(
  whom: ExampleAsking,
  { task, criteria, video }: ExampleCall,
): Promise<{ said: string | null; judgement: Judgement }> {
  const answers = await Deno.makeTempDir({ prefix: "answers-" });
  try {
    const asking = await prepareAsking(optionsOf(whom, answers));
    const judgement = await asking.judge.judge(task, [...criteria], video, {});
    const question = questioner(asking.settings)(task, criteria, video);
    const reply = await answerStore(answers).get(question.key(firstForm(question)));
    return { said: reply?.content ?? null, judgement };
  } finally {
    await Deno.remove(answers, { recursive: true });
  }
}

/** The cost of judging clips with a model; tokens are estimates. */
export interface Bill {
  model: string;
  requests: number;
  prompt_tokens: number;
  completion_tokens: number;
  /** In US dollars. */
  cost_usd: number;
  /** In US dollars, at Batch API prices. */
  batch_usd: number;
}

/**
 * The estimated cost of judging every clip with each of several models of the price table. Sends
 * nothing.
 *
 * @throws {InputError} for a model without a price.
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { openBenchmark } from "../benchmark/registry.ts";
 * import { billsFor } from "./judging_example.ts";
 *
 * const { benchmark } = await openBenchmark("mini");
 * await assertInputError(() => billsFor(benchmark, [], ["no-such-model"]), "No price is known");
 * ```
 */
export async function billsFor(
  benchmark: Benchmark,
  clips: readonly Clip[],
  models: readonly string[],
): Promise<Bill[]> {
  return await Promise.all(models.map(async (model) => {
    // Neither the URL nor the folder is used: nothing is sent.
    const whom = { model, baseUrl: "http://127.0.0.1/v1" };
    const asking = await prepareAsking(optionsOf(whom, "answers"));
    const plan = await planCalls(asking.judge, benchmark, clips, () => undefined);
    const { cost_usd: batch_usd } = estimateAsking(plan, asking, true);
    return { model, ...estimateAsking(plan, asking, false), batch_usd };
  }));
}

/**
 * A server's model as a judge named after it, for {@link calibrateIn}. Answers are cached in
 * `folder`.
 *
 * @throws {InputError} as `prepareAsking` does.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { namedJudge } from "./judging_example.ts";
 *
 * const whom = { model: "gpt-4o", baseUrl: "http://127.0.0.1/v1" };
 * const judge = await namedJudge("the judge", whom, "answers");
 * assertEquals([judge.name, judge.model], ["the judge", "gpt-4o"]);
 * ```
 */
export async function namedJudge(
  name: string,
  whom: ExampleAsking,
  folder: string,
): Promise<Judge> {
  const { judge } = await prepareAsking(optionsOf(whom, folder));
  return { ...judge, name };
}

/**
 * Tests a judge on clips of the embedded benchmark with known ground truth, in a folder of its own;
 * see `calibrate`. Existing clips and verdicts are reused.
 *
 * @returns This judge's rows.
 * @throws {InputError} for a task that the benchmark lacks, or a folder that is in use.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { faultServer } from "../testing/openai/fault_server.ts";
 * import { calibrateIn, namedJudge, reliabilityRows } from "./judging_example.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await using server = faultServer({ answer: "yes" });
 * const whom = { model: "gpt-4o", baseUrl: server.baseUrl };
 * const judge = await namedJudge("yes", whom, `${folder}/answers`);
 * const rows = await calibrateIn(folder, judge, { tasks: [9], seeds: 1 });
 * const [{ sensitivity, specificity }] = reliabilityRows(rows);
 * assertEquals([sensitivity, specificity].map((text) => text.split(" ")[0]), ["1.00", "0.00"]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function calibrateIn(
  folder: string,
  judge: Judge,
  { tasks, seeds }: { tasks: readonly number[]; seeds: number },
): Promise<Calibration[]> {
  const loaded = await openBenchmark("mini");
  const invocation = { command: "notebooks", passed: [], resolved: { tasks, seeds } };
  return await withSession(
    { folder, invocation, progress: silent, begins: true },
    (session) => calibrate({ judge, loaded, tasks, seeds, repeats: 1 }, session),
  );
}

/** A judge's agreement with the truth in one dimension, as text with 95% intervals. */
export interface ReliabilityRow {
  judge: string;
  dimension: string;
  /** Verdicts on criteria of certain truth. */
  judged: number;
  /** Criteria of certain truth without a verdict; excluded from the shares below. */
  "no verdict": number;
  sensitivity: string;
  specificity: string;
  "Cohen's κ": string;
}

/**
 * Rows of the table `calibration` as text: all dimensions together, then each.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { reliability } from "../studies/calibration/reliability.ts";
 * import { reliabilityRows } from "./judging_example.ts";
 *
 * const clip = { world: "mitosis", violation: "", task: 5, seed: 0, repeat: 0 };
 * const [row] = reliabilityRows(reliability("probe", "probe-1", [
 *   { ...clip, dimension: "visual", id: "a", sign: 1, truth: true, met: true },
 * ]));
 * assertEquals([row.dimension, row.judged, row.specificity], ["all", 1, "–"]);
 * ```
 */
export function reliabilityRows(rows: readonly Calibration[]): ReliabilityRow[] {
  const overall = rows.filter(({ world, kind }) => world === "all" && kind === "all");
  return ["all", ...DIMENSIONS].flatMap((name) =>
    overall.filter(({ dimension }) => dimension === name).map((row) => ({
      judge: row.judge,
      dimension: row.dimension,
      judged: row.judged,
      "no verdict": row.nulls,
      sensitivity: withInterval(row, "sensitivity"),
      specificity: withInterval(row, "specificity"),
      "Cohen's κ": withInterval(row, "kappa"),
    }))
  );
}

function withInterval(row: Calibration, measure: ReliabilityMeasure): string {
  const [value, low, high] = [row[measure], row[`${measure}_low`], row[`${measure}_high`]]
    .map((number) => number === null ? "–" : number.toFixed(2).replace(/^-(0\.00)$/, "$1"));
  return low === "–" ? value : `${value} [${low}, ${high}]`;
}

function optionsOf(whom: ExampleAsking, answers: string): AskingOptions {
  return {
    ...whom,
    apiKey: null,
    concurrency: 4,
    timeoutMs: 60_000,
    settings: {},
    budget: Infinity,
    answers,
  };
}
