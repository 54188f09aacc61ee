/** The progress of one file of requests through the Batch API. */
import { join } from "node:path";
import type OpenAI from "openai";
import { APIConnectionError, APIError } from "openai";
import type { AnswerCache } from "../client/ask.ts";
import type { BatchPurse, LineEnd } from "./batch_money.ts";
import { linesOf, readResult } from "./batch_files.ts";
import { withoutSecrets } from "../answer/reply.ts";
import type { BatchPart, BatchState } from "./batch_state.ts";
import type { Refusal } from "../client/refusal.ts";
import { wait } from "../client/backoff.ts";
import { shortened } from "../client/failure.ts";
import { SYSTEM_CLOCK } from "../client/limiter.ts";
import type { Reply } from "../client/types.ts";

const ENDED = ["completed", "failed", "expired", "cancelled"];
/** Maximum attempts at creating a batch. */
const MAX_TRIES = 4;
const DAY_MS = 86_400_000;

/** Totals of a call so far; see `BatchReport`. */
export interface BatchTally {
  answered: number;
  failed: { key: string; reason: string }[];
  uncounted: number;
  prompt_tokens: number;
  completion_tokens: number;
}

/** The context of one call. */
export interface BatchContext {
  api: OpenAI;
  answers: AnswerCache;
  state: BatchState;
  folder: string;
  report: BatchTally;
  purse: BatchPurse;
  /** Parts of an earlier call, sent or not, that do not fit into this call's budget. */
  unfit: Set<BatchPart>;
  /** Completed requests of each batch, by the server's count. */
  done: Map<string, number>;
  /** Milliseconds between attempts at creating a batch. */
  pauseMs: number;
  signal: AbortSignal | undefined;
  /** Takes what a line was refused for. */
  learn(refusal: Refusal): void;
  clean(text: string): string;
  /** Removes secrets from an answer, which stays as it is otherwise. */
  masked(text: string): string;
  save(): Promise<void>;
}

/** Advances a part as far as possible now: uploads, submits or polls it, or caches its answers. */
export async function advance(context: BatchContext, part: BatchPart): Promise<void> {
  const { api, signal } = context;
  signal?.throwIfAborted();
  const path = join(context.folder, part.file);
  if (context.unfit.delete(part)) {
    const sent = part.input_file !== null &&
      await batchOf(api, part.input_file, part.uploaded_at, signal);
    if (!sent) return await drop(context, part);
    context.purse.holdSent(part);
  }
  let resumed = part.input_file !== null;
  if (part.input_file === null) {
    const bytes = await Deno.readFile(path).catch(() => null);
    if (bytes === null) {
      return await drop(context, part);
    }
    const file = new File([bytes], part.file, { type: "application/jsonl" });
    const uploaded = await api.files.create({ file, purpose: "batch" }, { signal });
    part.input_file = uploaded.id;
    part.uploaded_at = Date.now();
    await context.save();
    resumed = false;
  }
  if (part.batch === null) {
    const batch = await submit(context, part.input_file, part.uploaded_at, resumed);
    if ("refused" in batch) {
      await Deno.remove(path).catch(() => {});
      const why = `the server refused the batch: ${batch.refused}`;
      return await settle(context, part, new Map(), {}, { why, billable: false });
    }
    part.batch = batch.id;
    part.status = batch.status;
    await context.save();
    await Deno.remove(path).catch(() => {});
    return;
  }
  const batch = await api.batches.retrieve(part.batch, { signal });
  const { completed = 0, failed = 0 } = batch.request_counts ?? {};
  context.done.set(part.batch, completed + failed);
  if (batch.status !== part.status) {
    part.status = batch.status;
    await context.save();
  }
  if (ENDED.includes(batch.status)) await collect(context, part, batch);
}

/** Forgets a part whose requests were never sent: they count as missing again. */
async function drop({ state, purse, folder, save }: BatchContext, part: BatchPart): Promise<void> {
  purse.release(part);
  state.parts.splice(state.parts.indexOf(part), 1);
  await save();
  await Deno.remove(join(folder, part.file)).catch(() => {});
}

/** Whether an error is transient: no connection, overload, or a fault of the server. */
export function isTransient(error: unknown): boolean {
  if (error instanceof APIConnectionError) return true;
  return error instanceof APIError && (error.status === 429 || Number(error.status) >= 500);
}

/**
 * Creates a batch from an uploaded file. The request is not repeated blindly: if its response was
 * lost, the batch is in progress and is found by its file.
 */
async function submit(
  { api, pauseMs, signal }: BatchContext,
  input_file_id: string,
  uploadedAt: number,
  resumed: boolean,
): Promise<OpenAI.Batch | { refused: string }> {
  for (let tries = 1;; tries++) {
    if (resumed || tries > 1) {
      const found = await batchOf(api, input_file_id, uploadedAt, signal);
      if (found) return found;
    }
    try {
      return await api.batches.create(
        { input_file_id, endpoint: "/v1/chat/completions", completion_window: "24h" },
        { maxRetries: 0, signal },
      );
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof APIError && error.status === 400) return { refused: error.message };
      if (!isTransient(error) || tries === MAX_TRIES) throw error;
      await delay(pauseMs, signal);
    }
  }
}

/** The batch created from a file, if any; the server lists the newest first. */
async function batchOf(
  api: OpenAI,
  inputFile: string,
  uploadedAt: number,
  signal: AbortSignal | undefined,
): Promise<OpenAI.Batch | null> {
  for await (const batch of api.batches.list({ limit: 100 }, { signal })) {
    if (batch.input_file_id === inputFile) return batch;
    // Clocks may differ, but not by a day.
    if (batch.created_at * 1000 < uploadedAt - DAY_MS) break;
  }
  return null;
}

/** Caches the answers of a finished batch, and records the reasons of requests without one. */
async function collect(context: BatchContext, part: BatchPart, batch: OpenAI.Batch): Promise<void> {
  const { api, answers, report, signal } = context;
  const wanted = new Set(part.keys);
  const replies = new Map<string, Reply>();
  const failed: Record<string, Failed> = {};
  let unreadable = 0;
  for (const id of [batch.output_file_id, batch.error_file_id]) {
    if (!id) continue;
    const { body } = await api.files.content(id, { signal });
    if (!body) continue;
    for await (const line of linesOf(body)) {
      const result = readResult(line);
      if (!result) unreadable += 1;
      else if (!wanted.has(result.key) || replies.has(result.key)) continue;
      else if ("reply" in result) {
        const reply = withoutSecrets(result.reply, context.masked);
        await answers.put(result.key, reply);
        replies.set(result.key, reply);
        report.answered += 1;
        report.uncounted += result.reply.uncounted ? 1 : 0;
        report.prompt_tokens += result.reply.prompt_tokens;
        report.completion_tokens += result.reply.completion_tokens;
      } else {
        const { failed: why, billable, refusal } = result;
        if (refusal) context.learn(refusal);
        failed[result.key] = { why: context.clean(why), billable };
      }
    }
  }
  const errors = batch.errors?.data?.map(({ code, message }) => message ?? code).join("; ");
  const lines = unreadable > 0 ? `; ${unreadable} lines of its results cannot be read` : "";
  const without = batch.status === "completed" ? ", without a line for this request" : "";
  const why = `the batch is ${batch.status}${without}${errors ? `: ${errors}` : ""}${lines}`;
  // A batch that fails as a whole was rejected before its first request.
  const billable = batch.status !== "failed" || replies.size > 0;
  await settle(context, part, replies, failed, { why, billable });
}

/** Why a request has no answer, and whether it may have been billed. */
interface Failed {
  why: string;
  billable: boolean;
}

/**
 * Closes a part: keys without a reply got no answer, for the reasons in `failed` or for `otherwise`.
 */
async function settle(
  { report, purse, clean, save }: BatchContext,
  part: BatchPart,
  replies: ReadonlyMap<string, Reply>,
  failed: Readonly<Record<string, Failed>>,
  otherwise: Failed,
): Promise<void> {
  const failedOf = (key: string) => failed[key] ?? otherwise;
  const unanswered = part.keys.filter((key) => !replies.has(key));
  part.failed = Object.fromEntries(
    unanswered.map((key) => [key, shortened(clean(failedOf(key).why))]),
  );
  part.answered = replies.size;
  part.collected = true;
  await save();
  purse.end(part, (key): LineEnd =>
    replies.get(key) ??
      (failedOf(key).billable ? "maybe billed" : "not billed"));
  for (const [key, reason] of Object.entries(part.failed)) report.failed.push({ key, reason });
}

/**
 * Resolves after the given time in milliseconds, or rejects with the signal's reason if aborted.
 */
export function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return wait(ms, SYSTEM_CLOCK, [signal]);
}
