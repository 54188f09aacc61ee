/** A local server for OpenAI's protocol that misbehaves as configured. For tests. */
import { random } from "../../random.ts";
import { sha256 } from "../../store/key.ts";
import type { ImageRule } from "../../judges/openai/cost/tokens.ts";
import { type Answering, completionFor } from "./answering.ts";
import { type Asked, askedOf } from "./asked.ts";
import { batchEndpoints, type BatchOptions, type LineAnswer } from "./batches.ts";
import type { AnswerFault, Fault } from "./faults.ts";

export type { Answering } from "./answering.ts";
export { type Asked, pictureSize } from "./asked.ts";
export type { BatchOptions } from "./batches.ts";
export { type AnswerFault, type Fault, FAULTS } from "./faults.ts";

/** See {@link faultServer}. */
export interface FaultServerOptions {
  /** How questions are answered; `seeded` by default. */
  answer?: Answering;
  /** Milliseconds before an answer; 0 by default. */
  latencyMs?: number;
  /**
   * Faults: a list gives the nth request the nth fault (null for none) and no faults after its end;
   * a function is called for every request.
   */
  faults?: (Fault | null)[] | ((asked: Asked) => Fault | null | undefined);
  /** Share of requests, from 0 to 1, that fail with a 500, drawn by request and attempt. */
  failureRate?: number;
  /** Seed of `seeded` and `random` answers and of `failureRate`; 0 by default. */
  seed?: number;
  /** The key that requests must have, or else 401; none by default. */
  apiKey?: string;
  /** The known models, or else 404; any by default. */
  models?: string[];
  /** Bodies larger than this many bytes get 413. */
  maxBytes?: number;
  /** If false, a request for a response format gets 400. */
  structured?: boolean;
  /** How pictures are counted; as gpt-4o's tiles by default. */
  image?: ImageRule;
  batch?: BatchOptions;
  /** Whether {@link Recorded} keeps the requests' bodies, including pictures. */
  keepBodies?: boolean;
}

/** A received request. */
export interface Recorded extends Omit<Asked, "body"> {
  path: string;
  /** Milliseconds since the server started. */
  at_ms: number;
  authorization: "right" | "wrong" | "absent";
  /** The fault that was applied; null for none. */
  fault: Fault | null;
  body?: Asked["body"];
}

/** See {@link faultServer}. */
export interface FaultServer extends AsyncDisposable {
  /** Base URL, including `/v1`. */
  readonly baseUrl: string;
  /** Chat requests in order of arrival. Bodies only with `keepBodies`. */
  readonly requests: readonly Recorded[];
  /** Number of connections used by chat requests. */
  readonly connections: number;
  /** Maximum number of concurrent chat requests. */
  readonly mostInFlight: number;
  /** Token counts of all answers sent. */
  readonly counted: { prompt_tokens: number; completion_tokens: number };
  /** Replaces the options from now on. */
  change(options: Partial<FaultServerOptions>): void;
  close(): Promise<void>;
}

const TILES: ImageRule = { rule: "tiles", base: 85, per_tile: 170 };

/**
 * Starts a server at 127.0.0.1 on a free port. It answers `/v1/chat/completions` with a verdict for
 * each criterion requested in the text (`criteria 1, 2, 3`, or numbered lines), in the requested
 * format, and counts tokens by the published rules; it also has `/v1/models`, `/v1/files` and
 * `/v1/batches`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../assert.ts";
 * import { faultServer, FAULTS } from "./fault_server.ts";
 *
 * await using server = faultServer({ answer: "yes", faults: [FAULTS["503"].fault] });
 * const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "criteria 1, 2" }] });
 * const ask = () => fetch(`${server.baseUrl}/chat/completions`, { method: "POST", body });
 * const first = await ask();
 * assertEquals(first.status, 503);
 * await first.body?.cancel();
 * const { choices } = await (await ask()).json();
 * const { criteria } = JSON.parse(choices[0].message.content);
 * assertEquals(criteria.map((c: { met: boolean }) => c.met), [true, true]);
 * ```
 */
export function faultServer(given: FaultServerOptions = {}): FaultServer {
  let options = given;
  const began = performance.now();
  const requests: Recorded[] = [];
  const seen = new Map<string, number>();
  const ports = new Set<number>();
  const counted = { prompt_tokens: 0, completion_tokens: 0 };
  const closing = new AbortController();
  let inFlight = 0;
  let mostInFlight = 0;

  function register(raw: string, path: string, authorization: Recorded["authorization"]): Asked {
    const key = sha256(raw);
    const time = (seen.get(key) ?? 0) + 1;
    seen.set(key, time);
    const asked = askedOf(raw, requests.length + 1, time);
    const { body, ...rest } = asked;
    requests.push({
      ...rest,
      path,
      at_ms: performance.now() - began,
      authorization,
      fault: null,
      ...(options.keepBodies ? { body } : {}),
    });
    return asked;
  }

  /** The fault of a request: options for all requests come before those for this one. */
  function faultOf(asked: Asked, authorization: Recorded["authorization"]): Fault | null {
    const { models, maxBytes = Infinity, structured = true, faults, failureRate = 0 } = options;
    const { seed = 0 } = options;
    const refusal = (status: number, message: string, code?: string): Fault => ({
      kind: "status",
      status,
      message,
      code,
    });
    if (options.apiKey !== undefined && authorization !== "right") {
      return refusal(401, "Incorrect API key provided", "invalid_api_key");
    }
    if (models && !models.includes(asked.model)) {
      return refusal(404, `The model '${asked.model}' does not exist`, "model_not_found");
    }
    if (asked.bytes > maxBytes) return refusal(413, "Request entity too large");
    if (!structured && asked.formatted) {
      return refusal(400, "'response_format' is not supported by this server");
    }
    const fault = typeof faults === "function" ? faults(asked) : faults?.[asked.nth - 1];
    if (fault) return fault;
    if (random(seed, "failure", asked.key, asked.time)() < failureRate) {
      return refusal(500, "The server had an error");
    }
    return null;
  }

  function complete(asked: Asked, fault: AnswerFault | null): Record<string, unknown> {
    const { answer = "seeded", seed = 0, image = TILES } = options;
    const completion = completionFor(asked, { answering: answer, seed, rule: image, fault });
    const usage = completion.usage as typeof counted | undefined;
    counted.prompt_tokens += usage?.prompt_tokens ?? 0;
    counted.completion_tokens += usage?.completion_tokens ?? 0;
    return completion;
  }

  async function chat(request: Request, disconnected: AbortSignal): Promise<Response> {
    const authorization = authorizationOf(request, options.apiKey);
    const asked = register(await request.text(), "/v1/chat/completions", authorization);
    const fault = faultOf(asked, authorization);
    requests[asked.nth - 1].fault = fault;
    const signal = AbortSignal.any([disconnected, closing.signal]);
    await delay(options.latencyMs ?? 0, signal);
    switch (fault?.kind) {
      case "status":
        return errorResponse(fault);
      case "body":
        return new Response(fault.body, {
          headers: { "content-type": fault.type ?? "application/json" },
        });
      case "hang":
        await delay(fault.ms ?? 30_000, signal);
        return Response.json(complete(asked, null));
      case "reset":
        return halfResponse(complete(asked, null), 0, signal);
      case "stall":
        return halfResponse(complete(asked, null), fault.ms ?? 30_000, signal);
      default:
        return Response.json(complete(asked, fault?.kind ?? null));
    }
  }

  const batches = batchEndpoints({
    get polls() {
      return options.batch?.polls;
    },
    get failLine() {
      return options.batch?.failLine;
    },
    get expireAfter() {
      return options.batch?.expireAfter;
    },
    get loseAfter() {
      return options.batch?.loseAfter;
    },
    get invalid() {
      return options.batch?.invalid;
    },
    get onCreate() {
      return options.batch?.onCreate;
    },
  }, (raw) => {
    const asked = register(raw, "/v1/batches", "right");
    const fault = faultOf(asked, "right");
    requests[asked.nth - 1].fault = fault;
    const answer: LineAnswer = fault?.kind === "status"
      ? { status: fault.status, body: errorBody(fault) }
      : fault?.kind === "body"
      ? { status: 200, body: JSON.parse(fault.body) }
      : { status: 200, body: complete(asked, answerFaultOf(fault)) };
    return { asked, answer };
  });

  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
    // A broken connection is the purpose of a reset and not reported.
    onError: () => new Response(null, { status: 500 }),
  }, async (request, info) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/v1/chat/completions" && request.method === "POST") {
      ports.add((info.remoteAddr as Deno.NetAddr).port);
      inFlight += 1;
      mostInFlight = Math.max(mostInFlight, inFlight);
      try {
        return await chat(request, disconnectSignal(info));
      } finally {
        inFlight -= 1;
      }
    }
    if (pathname === "/v1/models") {
      const data = (options.models ?? []).map((id) => ({ id, object: "model" }));
      return Response.json({ object: "list", data });
    }
    const known = authorizationOf(request, options.apiKey) !== "wrong" || !options.apiKey;
    const found = known ? await batches(request) : errorResponse({ kind: "status", status: 401 });
    return found ?? errorResponse({ kind: "status", status: 404, message: `No path ${pathname}` });
  });

  async function close() {
    closing.abort();
    await server.shutdown();
  }

  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    requests,
    get connections() {
      return ports.size;
    },
    get mostInFlight() {
      return mostInFlight;
    },
    counted,
    change(more) {
      options = { ...options, ...more };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Aborted once the client has disconnected or received its answer. */
function disconnectSignal(info: Deno.ServeHandlerInfo): AbortSignal {
  const controller = new AbortController();
  const end = () => controller.abort();
  info.completed.then(end, end);
  return controller.signal;
}

function authorizationOf(request: Request, key: string | undefined): Recorded["authorization"] {
  const header = request.headers.get("authorization");
  if (header === null) return "absent";
  return key === undefined || header === `Bearer ${key}` ? "right" : "wrong";
}

function answerFaultOf(fault: Fault | null): AnswerFault | null {
  const sending = ["status", "body", "hang", "reset", "stall"];
  return fault && !sending.includes(fault.kind) ? fault.kind as AnswerFault : null;
}

function errorBody({ status, message = "", code }: Fault & { kind: "status" }) {
  const type = status >= 500 ? "server_error" : "invalid_request_error";
  return { error: { message, type, param: null, code: code ?? null } };
}

function errorResponse(fault: Fault & { kind: "status" }): Response {
  const { status, retry_after, headers = {}, body } = fault;
  const sent = new Headers(headers);
  if (typeof retry_after === "string") sent.set("retry-after", retry_after);
  else if (retry_after) {
    sent.set("retry-after", new Date(Date.now() + retry_after.date_in_ms).toUTCString());
  }
  if (body !== undefined) return new Response(body, { status, headers: sent });
  return Response.json(errorBody(fault), { status, headers: sent });
}

/** Half of a body, then the given milliseconds of silence, then a broken connection. */
function halfResponse(completion: unknown, ms: number, signal: AbortSignal): Response {
  const bytes = new TextEncoder().encode(JSON.stringify(completion));
  let sent = false;
  const body = new ReadableStream({
    async pull(controller) {
      if (!sent) {
        sent = true;
        controller.enqueue(bytes.subarray(0, bytes.length / 2));
        return;
      }
      await delay(ms, signal);
      controller.error(new Error("the connection breaks here"));
    },
  });
  return new Response(body, {
    headers: { "content-type": "application/json", "content-length": String(bytes.length) },
  });
}

/** Waits the given milliseconds, or until the client disconnects or the server closes. */
function delay(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
