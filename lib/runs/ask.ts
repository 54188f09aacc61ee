/** Asking a multimodal model in a run: the judge with its prices, budget and kept answers. */
import type { Judge } from "../judges/judge.ts";
import { type BatchReport, batchRequests, runBatches } from "../judges/openai/batch/batch.ts";
import { answerStore } from "../judges/openai/cache/answers.ts";
import { chatClient, type ChatEvent } from "../judges/openai/client/client.ts";
import { Budget } from "../judges/openai/cost/budget.ts";
import { costOf, type Price, priceOf, readPrices } from "../judges/openai/cost/price.ts";
import { estimateTokens } from "../judges/openai/cost/tokens.ts";
import { askSettings, openaiJudge } from "../judges/openai/judge.ts";
import {
  type AskSettings,
  firstForm,
  questioner,
  type RequestSize,
} from "../judges/openai/prompt/question.ts";
import { releasedPrompt } from "../judges/openai/prompt/released_prompt.ts";
import { PROJECT, type RunPaths } from "../paths.ts";
import { samplePositions } from "../video/sample.ts";
import { type CallPlan, framesFor } from "./judge_plan.ts";
import type { RunUsage } from "./manifest.ts";
import type { StepProgress } from "./progress.ts";

/** How a model is asked. */
export interface AskingOptions {
  model: string;
  /** Up to and with `/v1`. */
  baseUrl: string;
  /** Null for a server that asks for none. */
  apiKey: string | null;
  concurrency: number;
  timeoutMs: number;
  settings: Partial<Omit<AskSettings, "model" | "prompt">>;
  /** The user's copy of the released `video_evaluator.py`, to ask as it does; else the repaired prompt. */
  releasedEvaluator?: string;
  /** US dollars per million tokens of input and output, instead of the table's. */
  price?: { input_per_million: number; output_per_million: number };
  /** US dollars; `Infinity` for no limit. */
  budget: number;
  /** Folder of kept answers. */
  answers: string;
  onEvent?: (event: ChatEvent) => void;
}

/** A model that can be asked. */
export interface Asking {
  judge: Judge;
  /** The same judge for the nth time that a question is asked, from 1, within the same budget. */
  again(repeat: number): Judge;
  price: Price;
  settings: AskSettings;
  options: AskingOptions;
  /** What was asked so far. */
  usage(): RunUsage;
}

/** Tokens taken for the answer to one criterion, and for what stands around all of them. */
const ANSWER_TOKENS = { criterion: 45, rest: 12 };
/** Tokens that an answer may have where nothing else is asked for: about ten times the usual. */
const MOST_ANSWER_TOKENS = 4096;

/**
 * Prepares to ask a model.
 *
 * @throws {InputError} for a model without a price, a budget or address that is none, or a released
 * evaluator that cannot be read.
 */
export async function prepareAsking(options: AskingOptions): Promise<Asking> {
  const { model, baseUrl, apiKey, concurrency, timeoutMs, onEvent } = options;
  const price = priceOf(await readPrices(PROJECT.prices), model, options.price);
  const prompt = options.releasedEvaluator === undefined
    ? undefined
    : await releasedPrompt(options.releasedEvaluator);
  const settings = askSettings(model, {
    max_tokens: MOST_ANSWER_TOKENS,
    ...options.settings,
    ...(prompt && { prompt }),
  });
  const client = chatClient({ baseUrl, apiKey, concurrency, timeoutMs, onEvent });
  const budget = new Budget(options.budget);
  const started = new Date().toISOString();
  let cost = 0;
  const judgeFor = (repeat: number) =>
    openaiJudge({
      model,
      concurrency,
      settings: { ...settings, repeat },
      client,
      answers: answerStore(options.answers),
      cost(reply) {
        const paid = costOf(price, reply.prompt_tokens, reply.completion_tokens);
        cost += paid;
        return paid;
      },
      reserve: (size, { signal }) =>
        budget.reserve(
          costOf(price, promptTokens(size, price), size.max_tokens ?? MOST_ANSWER_TOKENS),
          { signal },
        ),
    });
  return {
    judge: judgeFor(0),
    again: judgeFor,
    price,
    settings,
    options,
    usage: () => ({
      started,
      model,
      requests: client.stats.sent,
      retried: client.stats.retried,
      prompt_tokens: client.stats.prompt_tokens,
      completion_tokens: client.stats.completion_tokens,
      uncounted: client.stats.uncounted,
      cost_usd: cost,
      price: price.source,
    }),
  };
}

/** What a plan's requests will take, before anything is sent. */
export interface Estimate {
  requests: number;
  prompt_tokens: number;
  /** As answers of usual length have. */
  completion_tokens: number;
  /** US dollars, each request sent once and none answered from what is kept. */
  cost_usd: number;
}

/**
 * Counts what a plan will take, from the clips' sizes alone: no clip is decoded. Text is counted at
 * about four characters a token, pictures by the provider's published rule.
 *
 * @param batch Whether the Batch API's price applies.
 */
export function estimateAsking(plan: CallPlan, asking: Asking, batch: boolean): Estimate {
  const { settings, price } = asking;
  const ask = questioner(settings);
  const estimate = { requests: 0, prompt_tokens: 0, completion_tokens: 0, cost_usd: 0 };
  for (const calls of plan.byClip) {
    const { width, height, fps, frames: total } = calls[0].clip;
    const positions = samplePositions(total, settings.frames);
    const unseen = { width, height, fps, total, positions, frames: positions.map(() => NO_PIXELS) };
    for (const { task, criteria } of calls) {
      const question = ask(task, criteria, unseen);
      if (question.asked.length === 0) continue;
      const prompt = promptTokens(question.size(firstForm(question)), price);
      const answer = question.asked.length * ANSWER_TOKENS.criterion + ANSWER_TOKENS.rest;
      estimate.requests++;
      estimate.prompt_tokens += prompt;
      estimate.completion_tokens += answer;
      estimate.cost_usd += costOf(price, prompt, answer, { batch });
    }
  }
  return estimate;
}

const NO_PIXELS = new Uint8Array();

function promptTokens({ text, images, messages }: RequestSize, price: Price): number {
  return estimateTokens({ text, images, messages, price });
}

/**
 * Sends a plan's requests to the Batch API, or goes on with those under way; their answers are kept
 * where judging finds them.
 *
 * @param wait Whether to wait until all have ended.
 */
export async function batchAsking(
  plan: CallPlan,
  asking: Asking,
  paths: RunPaths,
  { wait, signal, progress }: { wait: boolean; signal?: AbortSignal; progress: StepProgress },
): Promise<BatchReport> {
  const { options, settings } = asking;
  const ask = questioner(settings);
  async function* requests() {
    for (const calls of plan.byClip) {
      signal?.throwIfAborted();
      const video = await framesFor(asking.judge, calls[0].clip, paths);
      for (const { task, criteria } of calls) yield* batchRequests(ask(task, criteria, video));
    }
  }
  return await runBatches(requests(), {
    baseUrl: options.baseUrl,
    apiKey: options.apiKey,
    answers: answerStore(options.answers),
    statePath: paths.batches,
    wait,
    signal,
    onProgress: ({ done, in_flight, batches }) =>
      progress.tick(`${done} of ${in_flight}: ${batches.map(({ status }) => status).join(", ")}`),
  });
}
