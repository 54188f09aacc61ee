/** Files of the Batch API: requests, one JSON object per line, and their results. */
import { join } from "node:path";
import { z } from "zod";
import { temporaryPath } from "../../../temporary.ts";
import { failureOfStatus, shortened } from "../client/failure.ts";
import type { ImageSize } from "../cost/tokens.ts";
import { readBody } from "../answer/reply.ts";
import type { Refusal } from "../client/refusal.ts";
import type { ChatBody, Reply } from "../client/types.ts";

/** A request for a batch; its body is created only if it is sent. */
export interface BatchRequest {
  /** The key of its answer. */
  key: string;
  /** Keys of answers to the same question in other forms: where one is kept, it is not sent. */
  otherKeys?: readonly string[];
  /** Sizes of its pictures in pixels; none where absent. */
  images?: readonly ImageSize[];
  body(): Promise<ChatBody>;
}

/** Limits of one file. */
export interface BatchLimits {
  requests: number;
  bytes: number;
}

/** Limits of the Batch API, according to its reference ("Create batch", `input_file_id`). */
export const BATCH_LIMITS: BatchLimits = { requests: 50_000, bytes: 200e6 };

/** A complete file of requests on disk. */
export interface RequestFile {
  /** Its name within the folder. */
  file: string;
  keys: string[];
  /** The most that each request can cost, as `keys`. */
  most_usd: number[];
}

/**
 * Writes requests into as many files as the limits require. Each file is yielded when complete; the
 * next is started on demand.
 *
 * @param nameOf Returns the name of a file, counted from 0.
 * @param mostOf Returns the most that a request can cost in US dollars; 0 by default.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { type BatchRequest, requestFiles } from "./batch_files.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const requests = ["a", "b", "c"].map((key): BatchRequest => ({
 *   key,
 *   body: () => Promise.resolve({ model: "m", messages: [] }),
 * }));
 * const limits = { requests: 2, bytes: 1e6 };
 * const files = await Array.fromAsync(requestFiles(requests, folder, (i) => `${i}.jsonl`, limits));
 * assertEquals(files.map(({ file, keys }) => [file, keys]), [
 *   ["0.jsonl", ["a", "b"]],
 *   ["1.jsonl", ["c"]],
 * ]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function* requestFiles(
  requests: AsyncIterable<BatchRequest> | Iterable<BatchRequest>,
  folder: string,
  nameOf: (index: number) => string,
  limits: BatchLimits,
  mostOf: (sent: ChatBody, images: readonly ImageSize[]) => number = () => 0,
): AsyncGenerator<RequestFile> {
  const encoder = new TextEncoder();
  let open: OpenFile | null = null;
  let made = 0;
  const close = async (
    { name, temporary, file, keys, most_usd }: OpenFile,
  ): Promise<RequestFile> => {
    await file.syncData();
    file.close();
    await Deno.rename(temporary, join(folder, name));
    return { file: name, keys, most_usd };
  };
  await Deno.mkdir(folder, { recursive: true });
  try {
    for await (const { key, images = [], body } of requests) {
      const line = { custom_id: key, method: "POST", url: "/v1/chat/completions" };
      const sent = await body();
      const most = mostOf(sent, images);
      const bytes = encoder.encode(JSON.stringify({ ...line, body: sent }) + "\n");
      if (
        open && (open.keys.length >= limits.requests || open.bytes + bytes.length > limits.bytes)
      ) {
        const whole = open;
        open = null;
        yield await close(whole);
      }
      if (!open) {
        const name = nameOf(made++);
        const temporary = temporaryPath(join(folder, name));
        const file = await Deno.open(temporary, { write: true, createNew: true });
        open = { name, temporary, file, keys: [], most_usd: [], bytes: 0 };
      }
      for (let at = 0; at < bytes.length;) at += await open.file.write(bytes.subarray(at));
      open.keys.push(key);
      open.most_usd.push(most);
      open.bytes += bytes.length;
    }
    if (open) {
      const whole = open;
      open = null;
      yield await close(whole);
    }
  } finally {
    open?.file.close();
    if (open) await Deno.remove(open.temporary).catch(() => {});
  }
}

interface OpenFile extends Omit<RequestFile, "file"> {
  name: string;
  /** Its path until it is whole. */
  temporary: string;
  file: Deno.FsFile;
  bytes: number;
}

const resultSchema = z.looseObject({
  custom_id: z.string(),
  response: z.looseObject({ status_code: z.number(), body: z.unknown() }).nullish(),
  error: z.looseObject({ message: z.string().nullish(), code: z.string().nullish() }).nullish(),
});

/**
 * A line of an output or error file: an answer, or why there is none and whether the request may
 * have been billed all the same.
 */
export type BatchResult =
  & { key: string }
  & ({ reply: Reply } | { failed: string; billable: boolean; refusal?: Refusal });

/**
 * Reads a line of an output or error file; null if it is not a result.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { readResult } from "./batch_files.ts";
 *
 * const line = '{"custom_id": "a", "response": null, "error": {"code": "batch_expired", "message": "too late"}}';
 * const failed = "batch_expired: too late";
 * assertEquals(readResult(line), { key: "a", failed, billable: true });
 * assertEquals(readResult('{"custom'), null);
 * ```
 */
export function readResult(line: string): BatchResult | null {
  let found: unknown;
  try {
    found = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = resultSchema.safeParse(found);
  if (!parsed.success) return null;
  const { custom_id: key, response, error } = parsed.data;
  if (!response || error) {
    const words = [error?.code, error?.message].filter(Boolean).join(": ");
    // Whether the model had begun when the line failed or expired is not known here.
    return { key, failed: shortened(words || "no response"), billable: true };
  }
  const body = JSON.stringify(response.body ?? null);
  const read = readBody(body, "");
  const { status_code: status } = response;
  if (status !== 200) {
    const message = "failure" in read
      ? read.failure.message.replace(" (sent as a success)", "")
      : body;
    const said = "failure" in read ? read.failure : { message: body };
    const { billable, refusal } = failureOfStatus({ ...said, status }, (text) => text, 0);
    const counted = Object(response.body).usage !== undefined;
    const failed = `HTTP ${status}: ${shortened(message)}`;
    return { key, failed, billable: billable || counted, refusal };
  }
  if ("reply" in read) return { key, reply: { ...read.reply, latency_ms: 0, attempts: 1 } };
  const failed = "problem" in read ? read.problem : shortened(read.failure.message);
  return { key, failed, billable: true };
}

/**
 * The lines of a stream of UTF-8 bytes, without empty ones.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { linesOf } from "./batch_files.ts";
 *
 * const { body } = new Response("one\n\ntwo");
 * assertEquals(await Array.fromAsync(linesOf(body!)), ["one", "two"]);
 * ```
 */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop()!;
    yield* lines.filter((line) => line.trim() !== "");
  }
  if (rest.trim() !== "") yield rest;
}
