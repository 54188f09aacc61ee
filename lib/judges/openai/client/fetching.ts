/** `fetch` as servers of others are asked: no key goes to another address, and no body is endless. */
import { readErrorBody } from "./error_body.ts";
import { publicUrl } from "./secret.ts";

/** The most that is read of an answer, in bytes: more than any model writes. */
export const MOST_ANSWER_BYTES = 16 * 2 ** 20;
/** And of an error. */
const MOST_ERROR_BYTES = 2 ** 20;
/** Redirections in a row. */
const MOST_MOVES = 5;

/** A body that is larger than an answer can be. */
export class BodyTooLarge extends Error {
  override name = "BodyTooLarge";
}

/** See {@link fetching}. */
export interface FetchingOptions {
  /** The most that is read of a body, in bytes; no limit by default. */
  mostBytes?: number;
}

/**
 * A `fetch` for npm:openai that
 * - follows redirections within the same origin alone: `fetch` itself would hand our own headers, key
 *   included, and the pictures to any address that a server names. What is only read (GET) is followed
 *   elsewhere without a header;
 * - converts error bodies to OpenAI's format: in others the package would lose what they say;
 * - reads no more than a body's limit, decompressed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { fetching } from "./fetching.ts";
 *
 * const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () =>
 *   new Response(null, { status: 307, headers: { location: "http://127.0.0.1:9/v1/chat/completions" } }));
 * const url = `http://127.0.0.1:${server.addr.port}/v1/chat/completions`;
 * const response = await fetching()(url, { method: "POST", body: "{}" });
 * const { error } = await response.json();
 * assertEquals([response.status, error.message], [307, "the server sends requests on to http://127.0.0.1:9/v1"]);
 * await server.shutdown();
 * ```
 */
export function fetching(
  { mostBytes }: FetchingOptions = {},
): (input: string | URL | Request, init?: RequestInit) => Promise<Response> {
  return async (input, init = {}) => {
    const response = await fetchNear(input, init);
    if (response.ok) return mostBytes === undefined ? response : limited(response, mostBytes);
    const { status, statusText, headers } = response;
    const text = await startOf(response, MOST_ERROR_BYTES);
    return new Response(inOpenAiForm(text), { status, statusText, headers });
  };
}

/** The response, after redirections that may be followed; of another one, an error that names it. */
async function fetchNear(input: string | URL | Request, init: RequestInit): Promise<Response> {
  let url = new URL(input instanceof Request ? input.url : input);
  let sent: RequestInit = init;
  const reads = (init.method ?? "GET").toUpperCase() === "GET";
  for (let moves = 0;; moves++) {
    const from = moves === 0 ? input : url;
    const response = await fetch(from, { ...sent, redirect: "manual" });
    const location = response.headers.get("location");
    if (location === null || ![301, 302, 303, 307, 308].includes(response.status)) return response;
    await response.body?.cancel();
    const next = URL.parse(location, url);
    const near = next?.origin === url.origin;
    // After the other statuses a browser would ask again without what was sent.
    const follows = next !== null && (reads || (near && [307, 308].includes(response.status)));
    if (!follows || moves === MOST_MOVES) return moved(response.status, next?.href ?? location);
    if (!near) sent = { signal: init.signal };
    url = next;
  }
}

function moved(status: number, to: string): Response {
  const address = publicUrl(to).replace(/\/chat\/completions$/, "");
  const message = `the server sends requests on to ${address}`;
  return Response.json({ error: { message } }, { status });
}

/** A response whose body fails once it is larger than allowed. */
function limited({ body, status, statusText, headers }: Response, mostBytes: number): Response {
  let size = 0;
  const counted = body?.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(bytes, controller) {
        size += bytes.length;
        if (size <= mostBytes) return controller.enqueue(bytes);
        throw new BodyTooLarge(`the server answered with more than ${mostBytes / 2 ** 20} MiB`);
      },
    }),
  );
  return new Response(counted ?? null, { status, statusText, headers });
}

/** The start of a body, as text. */
async function startOf({ body }: Response, mostBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    size += bytes.length;
    if (size > mostBytes) break;
  }
  return text;
}

function inOpenAiForm(text: string): string {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return text;
  }
  const error = readErrorBody(found);
  return error === null ? text : JSON.stringify({ error });
}
