/** Questions by way of the Batch API: at half the price, within a day, into the same kept answers. */
import { dirname } from "node:path";
import OpenAI, { APIError } from "openai";
import { InputError } from "../../../errors.ts";
import type { KeptAnswers } from "../client/ask.ts";
import { BATCH_LIMITS, type BatchLimits, type BatchRequest, requestFiles } from "./batch_files.ts";
import { advance, type BatchContext, isPassing, pass } from "./batch_part.ts";
import { type BatchPart, readBatchState, writeBatchState } from "./batch_state.ts";
import { failureOfStatus, messagesOf, shortened, statusFailure } from "../client/failure.ts";
import { firstForm, type Question } from "../prompt/question.ts";
import { publicUrl, redactor } from "../client/secret.ts";

/** How the requests stand, for whoever shows progress. */
export interface BatchProgress {
  /** Requests that are under way. */
  in_flight: number;
  /** Of these, as far as the server says. */
  done: number;
  /** The batches under way: the server's id and its word for how it stands. */
  batches: { batch: string; status: string }[];
}

/** See {@link runBatches}. */
export interface BatchOptions {
  /** Up to and with `/v1`. */
  baseUrl: string;
  /** Null for a server that asks for none. */
  apiKey: string | null;
  answers: KeptAnswers;
  /** The state's file; requests are written beside it until they are sent. */
  statePath: string;
  /** Milliseconds between two looks; a minute unless told. */
  pollMs?: number;
  /** False looks once, and leaves what is under way to a later call. */
  wait?: boolean;
  onProgress?: (progress: BatchProgress) => void;
  limits?: BatchLimits;
  signal?: AbortSignal;
}

/** What one call did. */
export interface BatchReport {
  /** Requests sent by this call. */
  submitted: number;
  /** Requests still under way. */
  in_flight: number;
  /** Answers kept by this call. */
  answered: number;
  /** Requests found by this call to have ended without an answer: the next call sends them again. */
  failed: { key: string; reason: string }[];
  /** Of the answers kept by this call. */
  prompt_tokens: number;
  completion_tokens: number;
}

const POLL_MS = 60_000;
/** Looks in a row that may fail for a server that is not there; a night is long. */
const LOST_LOOKS = 10;

/**
 * The request of a question, for {@link runBatches}; none where the prompt asks for nothing. It takes
 * the first form of a question: a batch finds out no other.
 *
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
export function batchRequests(question: Question): BatchRequest[] {
  if (question.asked.length === 0) return [];
  const form = firstForm(question);
  return [{ key: question.key(form), body: () => question.body(form) }];
}

/**
 * Sends requests to the Batch API and keeps their answers, so that judging finds them. What is kept
 * already and what is under way is not sent. The state's file says at any moment what is under way:
 * another process goes on from it by the same call. Requests that failed, and those of a batch that
 * expired, are reported; the next call sends them again.
 *
 * One process at a time may use a state.
 *
 * @param requests Gone through once; equal keys are sent once.
 * @throws {InputError} where the server does not let in, has no Batch API or cannot be reached; a
 * later call goes on.
 * @throws The signal's reason once it is aborted; a later call goes on.
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
  const { state, report } = context;
  let submitted = 0;
  let lost = 0;
  const open = () => state.parts.filter((part) => !part.collected);
  try {
    for (const part of open()) await advance(context, part);
    const taken = new Set(open().flatMap((part) => part.keys));
    const next = state.parts.length + 1;
    const names = (index: number) => `batch-${next + index}.jsonl`;
    const missing = missingOf(requests, options.answers, taken, signal);
    for await (const { file, keys } of requestFiles(missing, dirname(statePath), names, limits)) {
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
      };
      state.parts.push(part);
      await context.save();
      await advance(context, part);
      submitted += keys.length;
    }
    while (wait && open().length > 0) {
      options.onProgress?.(progressOf(context));
      await pass(pollMs, signal);
      try {
        for (const part of open()) await advance(context, part);
        lost = 0;
      } catch (error) {
        if (signal?.aborted || !isPassing(error) || ++lost === LOST_LOOKS) throw error;
      }
    }
  } catch (error) {
    throw inWords(error, context);
  }
  options.onProgress?.(progressOf(context));
  return {
    ...report,
    submitted,
    in_flight: open().reduce((sum, part) => sum + part.keys.length, 0),
  };
}

async function openContext(options: BatchOptions): Promise<BatchContext> {
  const { baseUrl, apiKey, statePath, answers, pollMs = POLL_MS, signal } = options;
  const state = await readBatchState(statePath, publicUrl(baseUrl));
  return {
    api: new OpenAI({
      baseURL: baseUrl,
      apiKey: apiKey ?? "none",
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      defaultHeaders: apiKey === null ? { Authorization: null } : {},
      maxRetries: 4,
      logLevel: "off",
    }),
    answers,
    state,
    folder: dirname(statePath),
    report: { answered: 0, failed: [], prompt_tokens: 0, completion_tokens: 0 },
    done: new Map(),
    pauseMs: Math.min(2000, pollMs),
    signal,
    clean: redactor(apiKey),
    save: () => writeBatchState(statePath, state),
  };
}

/** Requests that are neither kept nor under way, each once. */
async function* missingOf(
  requests: AsyncIterable<BatchRequest> | Iterable<BatchRequest>,
  answers: KeptAnswers,
  taken: Set<string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<BatchRequest> {
  for await (const request of requests) {
    signal?.throwIfAborted();
    if (taken.has(request.key) || await answers.get(request.key)) continue;
    taken.add(request.key);
    yield request;
  }
}

function progressOf({ state, done }: BatchContext): BatchProgress {
  const open = state.parts.filter((part) => !part.collected);
  return {
    in_flight: open.reduce((sum, part) => sum + part.keys.length, 0),
    done: open.reduce((sum, part) => sum + (done.get(part.batch ?? "") ?? 0), 0),
    batches: open.map(({ batch, status }) => ({ batch: batch ?? "", status })),
  };
}

/** The server's errors in one line, without secrets; anything else as it is. */
function inWords(error: unknown, { clean, state, signal }: BatchContext): unknown {
  if (signal?.aborted) return signal.reason;
  if (!(error instanceof APIError)) return error;
  const status = statusFailure(error);
  const reason = status
    ? failureOfStatus(status, clean, Date.now()).reason
    : shortened(clean(messagesOf(error)));
  return new InputError(
    `Cannot use the Batch API at ${state.server}: ${reason}. What is under way is kept in mind; ` +
      "run the same command to go on",
  );
}
