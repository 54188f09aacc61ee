/** The endpoints of the Batch API according to OpenAI's API reference: files and batches. */
import type { Asked } from "./asked.ts";

/** Behaviour of batches. */
export interface BatchOptions {
  /**
   * Number of polls by GET until a batch is done: validating, then in progress, finalizing; 3 by
   * default.
   */
  polls?: number;
  /** A status and message for a line that fails on its own; null for one that does not. */
  failLine?: (customId: string, asked: Asked) => { status: number; message: string } | null;
  /** The window closes after this many lines: the rest is reported as expired. */
  expireAfter?: number;
  /** Lines after this many are in no file of results. */
  loseAfter?: number;
  /** The whole input is rejected with this message. */
  invalid?: string;
  /** Takes the bodies of a new batch's requests. */
  onCreate?: (bodies: string[]) => void;
}

interface StoredFile {
  id: string;
  filename: string;
  purpose: string;
  content: string;
  created_at: number;
}

interface Batch {
  id: string;
  endpoint: string;
  completion_window: string;
  metadata: unknown;
  status: string;
  input_file_id: string;
  output_file_id: string | null;
  error_file_id: string | null;
  errors: unknown;
  created_at: number;
  polls: number;
  counts: { total: number; completed: number; failed: number };
}

/** A processed line: its completion, or an error status. */
export type LineAnswer = { status: number; body: Record<string, unknown> };

/**
 * A handler for `/v1/files…` and `/v1/batches…`; returns null for any other path.
 *
 * @param answer Answers one line like the chat endpoint.
 */
export function batchEndpoints(
  options: BatchOptions,
  answer: (raw: string) => { asked: Asked; answer: LineAnswer },
) {
  const files = new Map<string, StoredFile>();
  const batches = new Map<string, Batch>();
  let made = 0;
  const now = () => Math.floor(Date.now() / 1000);

  function store(content: string, filename: string, purpose: string): StoredFile {
    const file = { id: `file-${++made}`, filename, purpose, content, created_at: now() };
    files.set(file.id, file);
    return file;
  }

  async function upload(request: Request): Promise<Response> {
    const form = await request.formData();
    const file = form.get("file");
    if (!(file instanceof File)) return failure(400, "'file' is a required property");
    const content = await file.text();
    return Response.json(fileObject(store(content, file.name, String(form.get("purpose")))));
  }

  async function create(request: Request): Promise<Response> {
    const { input_file_id, endpoint, completion_window, metadata } = await request.json();
    if (!files.has(input_file_id)) return failure(400, `No such file: ${input_file_id}`);
    const batch: Batch = {
      id: `batch_${++made}`,
      endpoint,
      completion_window,
      metadata: metadata ?? null,
      status: "validating",
      input_file_id,
      output_file_id: null,
      error_file_id: null,
      errors: null,
      created_at: now(),
      polls: 0,
      counts: { total: 0, completed: 0, failed: 0 },
    };
    batches.set(batch.id, batch);
    options.onCreate?.(lines(batch).map((line) => JSON.stringify(JSON.parse(line).body)));
    return Response.json(batchObject(batch));
  }

  /** Each poll advances a batch. */
  function poll(batch: Batch) {
    const { polls = 3 } = options;
    batch.polls += 1;
    if (["completed", "failed", "expired", "cancelled"].includes(batch.status)) return;
    if (batch.status === "cancelling") batch.status = "cancelled";
    else if (options.invalid !== undefined) {
      batch.status = "failed";
      const error = { code: "invalid_json_line", message: options.invalid, line: 1, param: null };
      batch.errors = { object: "list", data: [error] };
    } else if (batch.polls >= polls) work(batch);
    else batch.status = batch.polls === polls - 1 ? "finalizing" : "in_progress";
    if (batch.counts.total === 0) batch.counts.total = lines(batch).length;
  }

  function lines(batch: Batch): string[] {
    return files.get(batch.input_file_id)!.content.split("\n").filter((line) => line.trim() !== "");
  }

  function work(batch: Batch) {
    const { expireAfter = Infinity, loseAfter = Infinity, failLine = () => null } = options;
    const output: unknown[] = [];
    const errors: unknown[] = [];
    for (const [i, line] of lines(batch).slice(0, loseAfter).entries()) {
      const { custom_id, body } = JSON.parse(line);
      const id = `batch_req_${i + 1}`;
      if (i >= expireAfter) {
        const message = "This request could not be executed before the completion window expired.";
        errors.push({ id, custom_id, response: null, error: { code: "batch_expired", message } });
        continue;
      }
      const { asked, answer: given } = answer(JSON.stringify(body));
      const failed = failLine(custom_id, asked);
      const response = failed
        ? { status_code: failed.status, body: { error: { message: failed.message } } }
        : { status_code: given.status, body: given.body };
      const row = {
        id,
        custom_id,
        response: { ...response, request_id: `req_${i + 1}` },
        error: null,
      };
      (response.status_code === 200 ? output : errors).push(row);
    }
    batch.counts = {
      total: output.length + errors.length,
      completed: output.length,
      failed: errors.length,
    };
    batch.status = errors.length > 0 && expireAfter < batch.counts.total ? "expired" : "completed";
    // The output is in a different order than the input: OpenAI guarantees none.
    const write = (rows: unknown[], name: string) =>
      rows.length === 0 ? null : store(
        rows.reverse().map((row) => JSON.stringify(row) + "\n").join(""),
        name,
        "batch_output",
      )
        .id;
    batch.output_file_id = write(output, `${batch.id}_output.jsonl`);
    batch.error_file_id = write(errors, `${batch.id}_error.jsonl`);
  }

  return async function handle(request: Request): Promise<Response | null> {
    const [, , what, id, action] = new URL(request.url).pathname.split("/");
    const { method } = request;
    if (what === "files") {
      if (!id) {
        return method === "POST" ? await upload(request) : list([...files.values()], fileObject);
      }
      const file = files.get(id);
      if (!file) return failure(404, `No such File object: ${id}`);
      if (method === "DELETE") {
        files.delete(id);
        return Response.json({ id, object: "file", deleted: true });
      }
      return action === "content" ? new Response(file.content) : Response.json(fileObject(file));
    }
    if (what === "batches") {
      if (!id) {
        return method === "POST" ? await create(request) : list([...batches.values()], batchObject);
      }
      const batch = batches.get(id);
      if (!batch) return failure(404, `No batch found with id '${id}'.`);
      if (action === "cancel") batch.status = "cancelling";
      else poll(batch);
      return Response.json(batchObject(batch));
    }
    return null;
  };
}

function fileObject({ content, ...file }: StoredFile) {
  return { ...file, object: "file", bytes: content.length, status: "processed" };
}

function batchObject({ polls: _, counts, ...batch }: Batch) {
  return {
    ...batch,
    object: "batch",
    expires_at: batch.created_at + 86_400,
    request_counts: counts,
  };
}

function list<T>(items: T[], show: (item: T) => unknown): Response {
  return Response.json({ object: "list", data: items.map(show), has_more: false });
}

function failure(status: number, message: string): Response {
  const error = { message, type: "invalid_request_error", param: null, code: null };
  return Response.json({ error }, { status });
}
