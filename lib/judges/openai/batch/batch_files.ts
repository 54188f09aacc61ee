/** Files of the Batch API: requests, one JSON object per line, and their results. */
import { join } from "node:path";
import { z } from "zod";
import { shortened } from "../client/failure.ts";
import { readBody } from "../answer/reply.ts";
import type { ChatBody, Reply } from "../client/types.ts";

/** A request for a batch; its body is created only if it is sent. */
export interface BatchRequest {
  /** The key of its answer. */
  key: string;
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
}

/**
 * Writes requests into as many files as the limits require. Each file is yielded when complete; the
 * next is started on demand.
 *
 * @param nameOf Returns the name of a file, counted from 0.
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
 * assertEquals(files, [{ file: "0.jsonl", keys: ["a", "b"] }, { file: "1.jsonl", keys: ["c"] }]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function* requestFiles(
  requests: AsyncIterable<BatchRequest> | Iterable<BatchRequest>,
  folder: string,
  nameOf: (index: number) => string,
  limits: BatchLimits,
): AsyncGenerator<RequestFile> {
  const encoder = new TextEncoder();
  let open: { name: string; file: Deno.FsFile; keys: string[]; bytes: number } | null = null;
  let made = 0;
  const close = async ({ name, file, keys }: NonNullable<typeof open>): Promise<RequestFile> => {
    await file.syncData();
    file.close();
    await Deno.rename(join(folder, `${name}.partial`), join(folder, name));
    return { file: name, keys };
  };
  await Deno.mkdir(folder, { recursive: true });
  try {
    for await (const { key, body } of requests) {
      const line = { custom_id: key, method: "POST", url: "/v1/chat/completions" };
      const bytes = encoder.encode(JSON.stringify({ ...line, body: await body() }) + "\n");
      if (
        open && (open.keys.length >= limits.requests || open.bytes + bytes.length > limits.bytes)
      ) {
        const whole = open;
        open = null;
        yield await close(whole);
      }
      if (!open) {
        const name = nameOf(made++);
        const file = await Deno.create(join(folder, `${name}.partial`));
        open = { name, file, keys: [], bytes: 0 };
      }
      for (let at = 0; at < bytes.length;) at += await open.file.write(bytes.subarray(at));
      open.keys.push(key);
      open.bytes += bytes.length;
    }
    if (open) {
      const whole = open;
      open = null;
      yield await close(whole);
    }
  } finally {
    open?.file.close();
  }
}

const resultSchema = z.looseObject({
  custom_id: z.string(),
  response: z.looseObject({ status_code: z.number(), body: z.unknown() }).nullish(),
  error: z.looseObject({ message: z.string().nullish(), code: z.string().nullish() }).nullish(),
});

/** A line of an output or error file. */
export type BatchResult = { key: string } & ({ reply: Reply } | { failed: string });

/**
 * Reads a line of an output or error file; null if it is not a result.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { readResult } from "./batch_files.ts";
 *
 * const line = '{"custom_id": "a", "response": null, "error": {"code": "batch_expired", "message": "too late"}}';
 * assertEquals(readResult(line), { key: "a", failed: "batch_expired: too late" });
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
    return { key, failed: shortened(words || "no response") };
  }
  const body = JSON.stringify(response.body ?? null);
  const read = readBody(body, "");
  if (response.status_code !== 200) {
    const message = "failure" in read
      ? read.failure.message.replace(" (sent as a success)", "")
      : body;
    return { key, failed: `HTTP ${response.status_code}: ${shortened(message)}` };
  }
  if ("reply" in read) return { key, reply: { ...read.reply, latency_ms: 0, attempts: 1 } };
  return { key, failed: "problem" in read ? read.problem : shortened(read.failure.message) };
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
