/** Asking a multimodal model: the judge with its prices, budget and kept answers. */
import { PROJECT } from "../../paths.ts";
import type { Judge } from "../judge.ts";
import type { JudgeUsage } from "../judge_entry.ts";
import type { BatchMoney } from "./batch/batch_money.ts";
import { answerStore } from "./cache/answers.ts";
import { chatClient, type ChatEvent } from "./client/client.ts";
import { type Dialect, dialectNotes } from "./client/dialect.ts";
import { usableAnswers } from "./client/usable.ts";
import { type DialectMemory, dialectMemory } from "./client/dialect_memory.ts";
import { publicUrl } from "./client/secret.ts";
import type { ChatBody } from "./client/types.ts";
import { Budget } from "./cost/budget.ts";
import { chargesOf } from "./cost/charge.ts";
import { costOf, type Price, priceIfKnown, priceOf, readPrices } from "./cost/price.ts";
import { askSettings, openaiJudge } from "./judge.ts";
import type { AskSettings } from "./prompt/question.ts";
import { releasedPrompt } from "./prompt/released_prompt.ts";

/** How a model is asked. */
export interface AskingOptions {
  model: string;
  /** Up to and with `/v1`. */
  baseUrl: string;
  /** Null for a server that asks for none. */
  apiKey: string | null;
  /** Headers of the user's own; their values are secret. */
  headers?: Readonly<Record<string, string>>;
  /** The proxy that requests go through, for messages; null for none. */
  proxy?: string | null;
  /** The judge's name in tables, instead of its own. */
  name?: string;
  concurrency: number;
  timeoutMs: number;
  settings: Partial<Omit<AskSettings, "model" | "prompt">>;
  /** The user's copy of the released `video_evaluator.py`, to ask as it does; else the repaired prompt. */
  releasedEvaluator?: string;
  /** US dollars per million tokens of input and output, instead of the table's. */
  price?: { input_per_million: number; output_per_million: number };
  /** Whether only to estimate, which a model without a price does not stop. */
  estimate?: boolean;
  /** US dollars; `Infinity` for no limit. */
  budget: number;
  /** Folder of kept answers. */
  answers: string;
  /** Milliseconds that a client waits at most between two attempts; 30 s by default. */
  maxBackoffMs?: number;
  onEvent?: (event: ChatEvent) => void;
}

/** A model that can be asked. */
export interface Asking {
  judge: Judge;
  /** The same judge for the nth time that a question is asked, from 1, within the same budget. */
  again(repeat: number): Judge;
  price: Price;
  settings: AskSettings;
  /** What is known of how the server wants requests. */
  server: DialectMemory;
  options: AskingOptions;
  /** Money of batches, from the same budget. */
  batches: BatchMoney;
  /**
   * A request with a limit on the tokens of its answer where a budget needs one and the prompt as
   * released sends none.
   *
   * @param cap The limit's name, as the server takes it; that of the first form by default.
   */
  limited(body: ChatBody, cap?: Dialect["cap"]): ChatBody;
  /** From now on the question with this key in its first form is not asked, for this reason. */
  withhold(key: string, reason: string): void;
  /** From now on nothing is sent, for this reason where a question has none of its own. */
  withholdAll(reason: string): void;
  /** @throws {InputError} once an answer was over what its request allowed. */
  checkSpending(): void;
  /** What was asked since this was last called, in batches too; with `peek`, only a look. */
  spent(options?: { peek?: boolean }): JudgeUsage;
}

/** Tokens that an answer may have where nothing else is asked for: about ten times the usual. */
export const MOST_ANSWER_TOKENS = 4096;

/**
 * Prepares to ask a model.
 *
 * @throws {InputError} for a model without a price, a budget or address that is none, or a released
 * evaluator that cannot be read.
 */
export async function prepareAsking(options: AskingOptions): Promise<Asking> {
  const { model, name, baseUrl, apiKey, concurrency, timeoutMs, maxBackoffMs, onEvent } = options;
  const { headers, proxy, answers } = options;
  const prices = await readPrices(PROJECT.prices);
  const listed = options.estimate
    ? priceIfKnown(prices, model, options.price)
    : priceOf(prices, model, options.price);
  const price = { ...listed, batch_discount: isOpenAi(baseUrl) ? listed.batch_discount : 0 };
  const prompt = options.releasedEvaluator === undefined
    ? undefined
    : await releasedPrompt(options.releasedEvaluator);
  const settings = askSettings(model, {
    max_tokens: MOST_ANSWER_TOKENS,
    ...options.settings,
    ...(prompt && { prompt }),
  });
  const addsLimit = settings.prompt.bare && Number.isFinite(options.budget);
  const limited = (body: ChatBody, cap: Dialect["cap"] = "max_completion_tokens"): ChatBody =>
    addsLimit && cap !== "none" ? { ...body, [cap]: MOST_ANSWER_TOKENS } : body;
  const client = chatClient({
    ...{ baseUrl, apiKey, headers, proxy, concurrency, timeoutMs, maxBackoffMs, onEvent },
  });
  const server = await dialectMemory({ folder: answers, server: publicUrl(baseUrl), model });
  const budget = new Budget(options.budget);
  const usable = usableAnswers(publicUrl(baseUrl));
  const withheld = new Map<string, string>();
  let withheldAll: string | undefined;
  const batched = {
    requests: 0,
    prompt_tokens: 0,
    completion_tokens: 0,
    reasoning_tokens: 0,
    uncounted: 0,
  };
  const { charge, checkSpending, batches } = chargesOf(budget, price, MOST_ANSWER_TOKENS);
  const started = new Date().toISOString();
  const judgeFor = (repeat: number) =>
    openaiJudge({
      model,
      name,
      concurrency,
      settings: { ...settings, repeat },
      client,
      ...{ server, usable },
      answers: answerStore(answers),
      cost: (reply) => costOf(price, reply.prompt_tokens, reply.completion_tokens),
      reserve: ({ images }, sent, { signal }) => charge(sent, images, { signal }),
      checkSpending,
      limited,
      withheld: (keys) => keys.map((key) => withheld.get(key)).find(Boolean) ?? withheldAll,
    });
  const total = () => {
    const { sent, retried, prompt_tokens, completion_tokens, uncounted } = client.stats;
    const { spent, ...ledger } = budget.ledger;
    return {
      requests: sent + batched.requests,
      retried,
      prompt_tokens: prompt_tokens + batched.prompt_tokens,
      completion_tokens: completion_tokens + batched.completion_tokens,
      reasoning_tokens: client.stats.reasoning_tokens + batched.reasoning_tokens,
      uncounted: uncounted + batched.uncounted,
      cost_usd: spent,
      uncounted_usd: ledger.uncounted,
      maybe_billed_usd: ledger.maybe_billed,
      overrun_usd: ledger.overrun,
    };
  };
  let before = total();
  return {
    judge: judgeFor(0),
    again: judgeFor,
    price,
    settings,
    server,
    options,
    batches: {
      ...batches,
      end(reservation, most, end, rates) {
        batches.end(reservation, most, end, rates);
        if (typeof end === "string") return;
        batched.requests += 1;
        batched.prompt_tokens += end.prompt_tokens;
        batched.completion_tokens += end.completion_tokens;
        batched.reasoning_tokens += end.reasoning_tokens ?? 0;
        batched.uncounted += end.uncounted ? 1 : 0;
      },
    },
    limited,
    withhold: (key, reason) => void withheld.set(key, reason),
    withholdAll: (reason) => void (withheldAll = reason),
    checkSpending,
    spent({ peek = false } = {}) {
      const now = total();
      const since = { ...now };
      for (const name of Object.keys(now) as (keyof typeof now)[]) since[name] -= before[name];
      if (!peek) before = now;
      // Once asking has ended, only batches hold reservations.
      const in_progress_usd = budget.reserved;
      const room = server.room > 1 ? [`${server.room} times --max-tokens`] : [];
      const sent_as = [...dialectNotes(server.known), ...room];
      return {
        ...{ started, model, ...since, in_progress_usd, price: price.source },
        ...(sent_as.length > 0 && { sent_as }),
      };
    },
  };
}

/** Whether OpenAI's discount on batches is known to hold: elsewhere they may cost the full price. */
function isOpenAi(baseUrl: string): boolean {
  const host = URL.parse(baseUrl)?.hostname ?? "";
  return host === "api.openai.com" || host.endsWith(".openai.azure.com");
}
