/** The progress of one file of requests through the Batch API. */
import { join } from "node:path";
import type OpenAI from "openai";
import { APIConnectionError, APIError } from "openai";
import type { AnswerCache } from "../client/ask.ts";
import { linesOf, readResult } from "./batch_files.ts";
import type { BatchPart, BatchState } from "./batch_state.ts";
import { shortened } from "../client/failure.ts";

const ENDED = ["completed", "failed", "expired", "cancelled"];
/** Maximum attempts at creating a batch. */
const MAX_TRIES = 4;
const DAY_MS = 86_400_000;

/** Totals of a call so far; see `BatchReport`. */
export interface BatchTally {
  answered: number;
  failed: { key: string; reason: string }[];
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
  /** Completed requests of each batch, by the server's count. */
  done: Map<string, number>;
  /** Milliseconds between attempts at creating a batch. */
  pauseMs: number;
  signal: AbortSignal | undefined;
  clean(text: string): string;
  save(): Promise<void>;
}

/** Advances a part as far as possible now: uploads, submits or polls it, or caches its answers. */
export async function advance(context: BatchContext, part: BatchPart): Promise<void> {
  const { api, state, signal } = context;
  signal?.throwIfAborted();
  const path = join(context.folder, part.file);
  let resumed = part.input_file !== null;
  if (part.input_file === null) {
    const bytes = await Deno.readFile(path).catch(() => null);
    if (bytes === null) {
      // Its requests were never sent: they count as missing again.
      state.parts.splice(state.parts.indexOf(part), 1);
      return await context.save();
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
      return await settle(context, part, new Set(part.keys), {}, why);
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
  const failed: Record<string, string> = {};
  let unreadable = 0;
  for (const id of [batch.output_file_id, batch.error_file_id]) {
    if (!id) continue;
    const { body } = await api.files.content(id, { signal });
    if (!body) continue;
    for await (const line of linesOf(body)) {
      const result = readResult(line);
      if (!result) unreadable += 1;
      else if (!wanted.has(result.key)) continue;
      else if ("reply" in result) {
        await answers.put(result.key, result.reply);
        wanted.delete(result.key);
        report.answered += 1;
        report.prompt_tokens += result.reply.prompt_tokens;
        report.completion_tokens += result.reply.completion_tokens;
      } else failed[result.key] = context.clean(result.failed);
    }
  }
  const errors = batch.errors?.data?.map(({ code, message }) => message ?? code).join("; ");
  const lines = unreadable > 0 ? `; ${unreadable} lines of its results cannot be read` : "";
  const why = `the batch is ${batch.status}${errors ? `: ${errors}` : ""}${lines}`;
  await settle(context, part, wanted, failed, why);
}

/**
 * Closes a part whose keys in `unanswered` got no answer, for the reasons in `failed` or for `why`.
 */
async function settle(
  { report, clean, save }: BatchContext,
  part: BatchPart,
  unanswered: Set<string>,
  failed: Record<string, string>,
  why: string,
): Promise<void> {
  const reasonOf = (key: string) => failed[key] ?? shortened(clean(why));
  part.failed = Object.fromEntries([...unanswered].map((key) => [key, reasonOf(key)]));
  part.answered = part.keys.length - unanswered.size;
  part.collected = true;
  await save();
  for (const [key, reason] of Object.entries(part.failed)) report.failed.push({ key, reason });
}

/**
 * Resolves after the given time in milliseconds, or rejects with the signal's reason if aborted.
 */
export function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
