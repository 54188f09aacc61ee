/**
 * Asking questions through the Batch API: at half the price, within a day, filling the same answer
 * cache.
 */
import { dirname, join } from "node:path";
import { APIError } from "openai";
import { InputError } from "../../../errors.ts";
import { addressOf } from "../client/address.ts";
import type { BudgetReached } from "../cost/budget.ts";
import { openaiApi } from "../client/api.ts";
import type { AnswerCache } from "../client/ask.ts";
import { BATCH_LIMITS, type BatchRequest, requestFiles } from "./batch_files.ts";
import { batchPurse } from "./batch_money.ts";
import { advance, type BatchContext, delay, isTransient } from "./batch_part.ts";
import type { BatchOptions, BatchProgress, BatchReport } from "./batch_types.ts";
import { type BatchPart, readBatchState, writeBatchState } from "./batch_state.ts";
import { fetching } from "../client/fetching.ts";
import { messagesOf } from "../client/connection.ts";
import { failureOfStatus, shortened, statusFailure } from "../client/failure.ts";
import { PLAIN } from "../client/dialect.ts";
import type { DialectMemory } from "../client/dialect_memory.ts";
import { firstForm, firstKeys, type Question } from "../prompt/question.ts";
import { masker, publicUrl, redactor } from "../client/secret.ts";

const POLL_MS = 60_000;
/** Number of consecutive polls that may fail because the server is unreachable; a night is long. */
const MAX_FAILED_POLLS = 10;

/**
 * The request of a question, for {@link runBatches}; none if the prompt covers no criterion. It
 * uses the form that the server is known to take, since a batch cannot fall back to another.
 *
 * @param server What is known of the server; its {@link PLAIN} form by default.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { batchRequests } from "./batch.ts";
 * import { askSettings } from "../judge.ts";
 * import { questioner } from "../prompt/question.ts";
 * import { block, clip, TASK } from "../../../testing/openai/asking.ts";
 *
 * const question = questioner(askSettings("gpt-4o"))(TASK, block(), clip());
 * assertEquals(batchRequests(question).map(({ key }) => key.length), [32]);
 * ```
 */
export function batchRequests(
  question: Question,
  { known, forms }: Pick<DialectMemory, "known" | "forms"> = { known: PLAIN, forms: [] },
): BatchRequest[] {
  if (question.asked.length === 0) return [];
  const form = firstForm(question, known);
  const { images } = question.size(form);
  const key = question.key(form);
  const otherKeys = firstKeys(question, forms).filter((other) => other !== key);
  return [{ key, otherKeys, images, body: () => question.body(form) }];
}

/**
 * Sends requests to the Batch API and caches their answers, so that judging finds them. Requests
 * already cached or in progress are not sent. The state's file always records what is in progress,
 * so another process can continue with the same call. Failed requests, and those of an expired
 * batch, are reported and sent again by the next call, never by the one that found them.
 *
 * With `money`, all that a batch can cost is reserved before it is uploaded. A batch that does not
 * fit is not sent, and nothing after it.
 *
 * A state may be used by only one process at a time.
 *
 * @param requests Iterated once; equal keys are sent once.
 * @throws {InputError} if the server denies access, has no Batch API or cannot be reached; a later
 * call continues.
 * @throws The signal's reason if aborted; a later call continues.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { answerStore } from "../cache/answers.ts";
 * import { runBatches } from "./batch.ts";
 * import { faultServer } from "../../../testing/openai/fault_server.ts";
 *
 * await using server = faultServer({ answer: "yes" });
 * const folder = await Deno.makeTempDir();
 * const answers = answerStore(`${folder}/answers`);
 * const messages = [{ role: "user" as const, content: "criteria 1, 2" }];
 * const request = { key: "0123456789abcdef", body: () => Promise.resolve({ model: "m", messages }) };
 * const report = await runBatches([request], {
 *   baseUrl: server.baseUrl, apiKey: null, answers, statePath: `${folder}/batch.json`, pollMs: 1,
 * });
 * assertEquals([report.answered, report.failed], [1, []]);
 * assertEquals((await answers.get("0123456789abcdef"))?.model, "m");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function runBatches(
  requests: AsyncIterable<BatchRequest> | Iterable<BatchRequest>,
  options: BatchOptions,
): Promise<BatchReport> {
  const { statePath, limits = BATCH_LIMITS, pollMs = POLL_MS, wait = true, signal } = options;
  const context = await openContext(options);
  const { state, report, purse } = context;
  let submitted = 0;
  let failedPolls = 0;
  const unsent: string[] = [];
  let reached: BudgetReached | null = null;
  const open = () => state.parts.filter((part) => !part.collected);
  try {
    holdOpen(context, options);
    for (const part of open()) await advance(context, part);
    const taken = new Set([
      ...open().flatMap((part) => part.keys),
      ...report.failed.map(({ key }) => key),
      ...(options.leaveFailed ? state.parts.flatMap(({ failed }) => Object.keys(failed)) : []),
    ]);
    const next = state.parts.length + 1;
    const names = (index: number) => `batch-${next + index}.jsonl`;
    const folder = dirname(statePath);
    const missing = missingOf(requests, options.answers, taken, signal, (key) => {
      if (reached) unsent.push(key);
      return reached === null;
    });
    const files = requestFiles(missing, folder, names, limits, purse.mostOf);
    for await (const { file, keys, most_usd } of files) {
      const part: BatchPart = {
        file,
        keys,
        input_file: null,
        uploaded_at: 0,
        batch: null,
        status: "",
        collected: false,
        answered: 0,
        failed: {},
        most_usd,
        rates: purse.rates,
      };
      if (reached || !purse.reserve(part)) {
        reached ??= options.money!.reached(purse.most(part), keys.length);
        unsent.push(...keys);
        await Deno.remove(join(folder, file));
        continue;
      }
      state.parts.push(part);
      await context.save();
      await advance(context, part);
      submitted += keys.length;
    }
    while (wait && open().length > 0) {
      options.onProgress?.(progressOf(context));
      await delay(pollMs, signal);
      try {
        for (const part of open()) await advance(context, part);
        failedPolls = 0;
      } catch (error) {
        if (signal?.aborted || !isTransient(error) || ++failedPolls === MAX_FAILED_POLLS) {
          throw error;
        }
      }
    }
  } catch (error) {
    throw toInputError(error, context);
  }
  options.onProgress?.(progressOf(context));
  return {
    ...report,
    submitted,
    unsent,
    reached,
    in_flight: open().reduce((sum, part) => sum + part.keys.length, 0),
    in_flight_usd: open().reduce((sum, part) => sum + purse.most(part), 0),
  };
}

/**
 * What is in progress since an earlier call takes part of this call's budget; what that call may not
 * have sent any more is sent only if it fits.
 */
function holdOpen({ state, purse, unfit }: BatchContext, { money, statePath }: BatchOptions) {
  for (const part of state.parts) {
    if (part.collected) continue;
    if (money?.limited && part.most_usd === undefined) {
      throw new InputError(
        `Cannot keep --budget: ${statePath} has requests in progress, and an earlier version did ` +
          "not record what they may cost. Collect them first, without --budget",
      );
    }
    if (part.batch !== null) purse.holdSent(part);
    else if (!purse.reserve(part)) unfit.add(part);
  }
}

async function openContext(options: BatchOptions): Promise<BatchContext> {
  const { baseUrl, apiKey, headers = {}, statePath, answers, pollMs = POLL_MS, signal } = options;
  const state = await readBatchState(statePath, publicUrl(baseUrl));
  return {
    api: openaiApi({ ...addressOf(baseUrl), apiKey, headers, maxRetries: 4, fetch: fetching() }),
    answers,
    state,
    folder: dirname(statePath),
    report: { answered: 0, failed: [], uncounted: 0, prompt_tokens: 0, completion_tokens: 0 },
    purse: batchPurse(options.money),
    unfit: new Set(),
    done: new Map(),
    pauseMs: Math.min(2000, pollMs),
    signal,
    learn: options.learn ?? (() => {}),
    clean: redactor(apiKey, Object.values(headers)),
    masked: masker(apiKey, Object.values(headers)),
    save: () => writeBatchState(statePath, state),
  };
}

/** Requests that are neither cached nor in progress, without duplicates. */
async function* missingOf(
  requests: AsyncIterable<BatchRequest> | Iterable<BatchRequest>,
  answers: AnswerCache,
  taken: Set<string>,
  signal: AbortSignal | undefined,
  isWanted: (key: string) => boolean,
): AsyncGenerator<BatchRequest> {
  for await (const request of requests) {
    signal?.throwIfAborted();
    if (await isThere([request.key, ...request.otherKeys ?? []], answers, taken)) continue;
    taken.add(request.key);
    if (isWanted(request.key)) yield request;
  }
}

/** Whether a question is answered or in progress, in whatever form. */
async function isThere(
  keys: readonly string[],
  answers: AnswerCache,
  taken: ReadonlySet<string>,
): Promise<boolean> {
  for (const key of keys) if (taken.has(key) || await answers.get(key)) return true;
  return false;
}

function progressOf({ state, done }: BatchContext): BatchProgress {
  const open = state.parts.filter((part) => !part.collected);
  return {
    in_flight: open.reduce((sum, part) => sum + part.keys.length, 0),
    done: open.reduce((sum, part) => sum + (done.get(part.batch ?? "") ?? 0), 0),
    batches: open.map(({ batch, status }) => ({ batch: batch ?? "", status })),
  };
}

/** The server's errors as one line without secrets; other errors unchanged. */
function toInputError(error: unknown, { clean, state, signal }: BatchContext): unknown {
  if (signal?.aborted) return signal.reason;
  if (!(error instanceof APIError)) return error;
  const status = statusFailure(error);
  const reason = status
    ? failureOfStatus(status, clean, Date.now()).reason
    : shortened(clean(messagesOf(error)));
  return new InputError(
    `Cannot use the Batch API at ${state.server}: ${reason}. Batches in progress are recorded; ` +
      "run the same command to continue",
  );
}
