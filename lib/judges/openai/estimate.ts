/** What asking a model will take, before anything is sent. */
import { samplePositions } from "../../video/sample.ts";
import type { JudgeUsage, PrepareWork } from "../judge_entry.ts";
import { type Asking, MOST_ANSWER_TOKENS } from "./asking.ts";
import { dollars } from "./cost/dollars.ts";
import { costOf } from "./cost/price.ts";
import { estimateTokens } from "./cost/tokens.ts";
import { worstCaseOf, worstCost } from "./cost/worst_case.ts";
import { firstForm, questioner } from "./prompt/question.ts";

/** Tokens taken for the answer to one criterion, and for what stands around all of them. */
const ANSWER_TOKENS = { criterion: 45, rest: 12 };

/** What a plan's requests will take, before anything is sent. */
export interface Estimate {
  requests: number;
  prompt_tokens: number;
  /** As answers of usual length have. */
  completion_tokens: number;
  /** US dollars, each request sent once and none answered from what is kept. */
  cost_usd: number;
  /** US dollars that the same requests can cost at most: what a budget sets aside for them. */
  most_usd: number;
}

/**
 * Counts what the calls that are left will take, from the clips' sizes alone: no clip is decoded. Text is counted at
 * about four characters a token, pictures by the provider's published rule.
 *
 * @param batch Whether the Batch API's price applies.
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { block, TASK } from "../../testing/openai/asking.ts";
 * import { estimateAsking } from "./estimate.ts";
 * import { priceOf } from "./cost/price.ts";
 * import { askSettings } from "./judge.ts";
 *
 * const clip = { width: 64, height: 48, fps: 8, frames: 8 };
 * const work = { byClip: [[{ clip, task: TASK, criteria: block(3) }]] } as never;
 * const given = { input_per_million: 1, output_per_million: 1 };
 * const price = priceOf({ models: [] } as never, "m", given);
 * const tokens = (max_tokens: number) =>
 *   estimateAsking(work, { settings: askSettings("m", { max_tokens }), price }, false)
 *     .completion_tokens;
 * assertEquals([tokens(4096), tokens(100)], [147, 100]);
 * ```
 */
export function estimateAsking(
  { byClip }: Pick<PrepareWork, "byClip">,
  { settings, price }: Pick<Asking, "settings" | "price">,
  batch: boolean,
): Estimate {
  const ask = questioner(settings);
  const estimate = {
    requests: 0,
    prompt_tokens: 0,
    completion_tokens: 0,
    cost_usd: 0,
    most_usd: 0,
  };
  for (const calls of byClip) {
    const { width, height, fps, frames: total } = calls[0].clip;
    const positions = samplePositions(total, settings.frames);
    const unseen = { width, height, fps, total, positions, frames: positions.map(() => NO_PIXELS) };
    for (const { task, criteria } of calls) {
      const question = ask(task, criteria, unseen);
      if (question.asked.length === 0) continue;
      const form = firstForm(question);
      const size = question.size(form);
      const prompt = estimateTokens({ ...size, price });
      const usual = question.asked.length * ANSWER_TOKENS.criterion + ANSWER_TOKENS.rest;
      const answer = Math.min(usual, size.max_tokens ?? Infinity);
      estimate.requests++;
      estimate.prompt_tokens += prompt;
      estimate.completion_tokens += answer;
      estimate.cost_usd += costOf(price, prompt, answer, { batch });
      // Where no limit is sent, a budget would not be taken, and this is a guess.
      const bound = worstCaseOf(size, price);
      estimate.most_usd += worstCost(bound, price, { without: MOST_ANSWER_TOKENS, batch });
    }
  }
  return estimate;
}

const NO_PIXELS = new Uint8Array();

/** An estimate in lines. */
export function estimateText(estimate: Estimate, { price }: Pick<Asking, "price">): string {
  const { requests, prompt_tokens, completion_tokens, cost_usd, most_usd } = estimate;
  return [
    `requests           ${requests}`,
    `prompt tokens      ${prompt_tokens}`,
    `completion tokens  ${completion_tokens}`,
    ...(price.unknown
      ? ["cost               not known without --price INPUT,OUTPUT, US dollars per million tokens"]
      : [
        `cost               $${
          cost_usd.toFixed(4)
        } if each is sent once and none was answered before`,
        `at most            $${
          most_usd.toFixed(4)
        } if each takes all that it may: what --budget sets aside`,
      ]),
    `price              ${price.source}${
      price.image_known ? "" : "; pictures counted as gpt-4o's"
    }`,
    "Nothing was sent.",
  ].join("\n");
}

/**
 * What asking a model took, in a line, with the money that nobody can account for.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { usageText } from "./estimate.ts";
 *
 * const usage = {
 *   started: "", model: "m", price: "", requests: 3, retried: 1, prompt_tokens: 900,
 *   completion_tokens: 50, uncounted: 0, cost_usd: 0.0028, maybe_billed_usd: 0.05,
 * };
 * assertEquals(
 *   usageText(usage),
 *   "asked     3 requests, 900 + 50 tokens, $0.0028; at most $0.05 more may have been billed " +
 *     "without an answer",
 * );
 * ```
 */
export function usageText(usage: JudgeUsage): string {
  const { requests, prompt_tokens, completion_tokens, uncounted, cost_usd } = usage;
  const { reasoning_tokens = 0, sent_as = [] } = usage;
  const thinking = reasoning_tokens > 0 ? ` (${reasoning_tokens} of them thinking)` : "";
  const { uncounted_usd = 0, maybe_billed_usd = 0, in_progress_usd = 0, overrun_usd = 0 } = usage;
  const answers = uncounted === 1 ? "1 answer" : `${uncounted} answers`;
  return [
    `asked     ${requests} ${
      requests === 1 ? "request" : "requests"
    }, ${prompt_tokens} + ${completion_tokens} tokens` +
    `${thinking}, $${cost_usd.toFixed(4)}`,
    ...(sent_as.length > 0 ? [sent_as.join(", ")] : []),
    ...(uncounted > 0
      ? [`${answers} without a credible count, ${dollars(uncounted_usd)} at most set aside`]
      : []),
    ...(maybe_billed_usd > 0
      ? [`at most ${dollars(maybe_billed_usd)} more may have been billed without an answer`]
      : []),
    ...(in_progress_usd > 0
      ? [`batches in progress may cost ${dollars(in_progress_usd)} at most`]
      : []),
    ...(overrun_usd > 0 ? [`${dollars(overrun_usd)} over the limits of the requests`] : []),
  ].join("; ");
}
