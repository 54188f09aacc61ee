/** Asking a multimodal model in small examples: the prompt, one answer, cost estimates. */
import type { Benchmark } from "../benchmark/benchmark.ts";
import type { AskingOptions } from "../judges/openai/asking.ts";
import { priceOf, readPrices } from "../judges/openai/cost/price.ts";
import { repairedPrompt } from "../judges/openai/prompt/prompts.ts";
import type { Judgement, Shown } from "../judges/judge.ts";
import { lazy } from "../lazy.ts";
import { PROJECT } from "../paths.ts";
import type { Clip } from "../records/clip.ts";
import type { Criterion } from "../records/criterion.ts";
import type { Task } from "../records/task.ts";
import { planCalls } from "../runs/judge_plan.ts";
import type { SampledVideo } from "../video/sample.ts";

const loadAsking = lazy<typeof import("../judges/openai/asking.ts")>(
  new URL("../judges/openai/asking.ts", import.meta.url),
);
const loadAnswers = lazy<typeof import("../judges/openai/cache/answers.ts")>(
  new URL("../judges/openai/cache/answers.ts", import.meta.url),
);
const loadQuestion = lazy<typeof import("../judges/openai/prompt/question.ts")>(
  new URL("../judges/openai/prompt/question.ts", import.meta.url),
);
const loadEstimate = lazy<typeof import("../judges/openai/estimate.ts")>(
  new URL("../judges/openai/estimate.ts", import.meta.url),
);

/** The model and its server. */
export interface ExampleModel {
  /** Its name on the server. */
  readonly model: string;
  /** Base URL, including `/v1`. */
  readonly baseUrl: string;
  /** US dollars per million tokens, for a model missing from the price table. */
  readonly price?: { input_per_million: number; output_per_million: number };
}

/** One clip and the criteria of one dimension. */
export interface ExampleCall {
  /** The clip's task. */
  task: Task;
  /** The criteria of one dimension. */
  criteria: readonly Criterion[];
  /** The frames shown to the model. */
  video: SampledVideo;
}

/** A question as text. */
export interface QuestionText {
  /** The text before the frames. */
  before: string;
  /** The text after the frames. */
  after: string;
}

/**
 * The question about a clip, as text.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { block, clip, TASK } from "../testing/openai/asking.ts";
 * import { questionText } from "./asking_example.ts";
 *
 * const video = { ...clip(), total: 24, positions: [3, 9] };
 * const { before, after } = questionText({ task: TASK, criteria: block(2), video });
 * assertOk(before.includes(TASK.prompt) && after.includes("criteria 1, 2"));
 * ```
 */
export function questionText({ task, criteria, video }: ExampleCall): QuestionText {
  const shown: Shown = video;
  const { before, after } = repairedPrompt().compose(task, criteria, shown);
  return { before, after };
}

/** A model's answer and the verdicts read from it. */
export interface ExampleAnswer {
  /** The text of its first answer; null if it gave none. */
  text: string | null;
  /** The verdicts with their cost. */
  judgement: Judgement;
}

/**
 * Asks a model about one clip and dimension without caching: every call sends a request.
 *
 * @throws {InputError} for a model without a price, and for errors that affect every request.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { block, clip, TASK } from "../testing/openai/asking.ts";
 * import { askOnce } from "./asking_example.ts";
 * import { standIn } from "./stand_in.ts";
 *
 * await using model = await standIn("gpt-4o");
 * const video = { ...clip(), total: 24, positions: [3, 9] };
 * const { text, judgement } = await askOnce(model, { task: TASK, criteria: block(2), video });
 * const { criteria } = JSON.parse(text!);
 * assertEquals(judgement.rulings.map(({ met }) => met), criteria.map((row: { met: boolean }) => row.met));
 * ```
 */
export async function askOnce(model: ExampleModel, call: ExampleCall): Promise<ExampleAnswer> {
  const [{ prepareAsking }, { answerStore }, { firstForm, questioner }] = await Promise.all([
    loadAsking(),
    loadAnswers(),
    loadQuestion(),
  ]);
  const { task, criteria, video } = call;
  const answers = await Deno.makeTempDir({ prefix: "answers-" });
  try {
    const asking = await prepareAsking(exampleAsking(model, answers));
    const judgement = await asking.judge.judge(task, [...criteria], video, {});
    const question = questioner(asking.settings)(task, criteria, video);
    const reply = await answerStore(answers).get(question.key(firstForm(question)));
    return { text: reply?.content ?? null, judgement };
  } finally {
    await Deno.remove(answers, { recursive: true });
  }
}

/** The cost of judging clips with a model; tokens are estimates. */
export interface Bill {
  /** The model to ask. */
  model: string;
  /** One request for each clip and dimension. */
  requests: number;
  /** Tokens of all requests. */
  prompt_tokens: number;
  /** Tokens of all answers, assuming a typical length. */
  completion_tokens: number;
  /** In US dollars. */
  cost_usd: number;
  /** In US dollars, at Batch API prices. */
  batch_usd: number;
  /** The date of its price, `YYYY-MM-DD`. */
  priced: string;
}

/**
 * The estimated cost of judging every clip with each of several models of the price table. Sends
 * nothing.
 *
 * @throws {InputError} for a model without a price.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { openBenchmark } from "../benchmark/registry.ts";
 * import { billsFor } from "./asking_example.ts";
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
  const [{ prepareAsking }, { estimateAsking }] = await Promise.all([
    loadAsking(),
    loadEstimate(),
  ]);
  const table = await readPrices(PROJECT.prices);
  return await Promise.all(models.map(async (model) => {
    const { model: priced } = priceOf(table, model);
    const { date } = table.models.find((row) => row.model === priced)!;
    // Nothing is sent; the address says whose discount on batches holds.
    const asking = await prepareAsking(exampleAsking({ model, baseUrl: OPENAI }, "answers"));
    const plan = await planCalls(asking.judge, benchmark, clips, () => undefined);
    const { cost_usd: batch_usd } = estimateAsking(plan, asking, true);
    return { model, ...estimateAsking(plan, asking, false), batch_usd, priced: date };
  }));
}

const OPENAI = "https://api.openai.com/v1";

/** The options of an example's requests: no API key, no budget. */
export function exampleAsking(model: ExampleModel, answers: string): AskingOptions {
  const { model: name, baseUrl, price } = model;
  return {
    model: name,
    baseUrl,
    price,
    apiKey: null,
    concurrency: 4,
    timeoutMs: 60_000,
    settings: {},
    budget: Infinity,
    answers,
  };
}
