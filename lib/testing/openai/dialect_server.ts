/** A server that answers in one dialect, at any path. For tests and benches. */
import { completionFor } from "./answering.ts";
import { type Asked, askedOf } from "./asked.ts";

/** A request to a dialect. */
export interface DialectRequest {
  asked: Asked;
  /** The body as sent. */
  body: Record<string, unknown>;
  /** The path with which it came. */
  path: string;
  query: URLSearchParams;
  headers: Headers;
}

/** How a dialect answers: an error or other body, a completion with changes, or as any server. */
export type DialectAnswer =
  | { status: number; body: unknown; headers?: Record<string, string> }
  | { change(completion: Completion): void }
  | null;

/** A completion as the server would send it, for a dialect to change. */
export interface Completion {
  choices: {
    message: Record<string, unknown> & { content: string | null };
    finish_reason: string;
  }[];
  usage: Record<string, unknown> & { prompt_tokens: number; completion_tokens: number };
}

/** A running server. */
export interface DialectServer extends AsyncDisposable {
  /** Without a path. */
  readonly origin: string;
  /** Requests so far, bodies without pictures. */
  readonly requests: readonly DialectRequest[];
}

/**
 * Starts a server at 127.0.0.1 that answers every POST as told, with true for each criterion.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../assert.ts";
 * import { dialectServer } from "./dialect_server.ts";
 *
 * await using server = dialectServer(({ body }) =>
 *   "seed" in body ? { status: 400, body: { error: "unknown field: seed" } } : null);
 * const body = JSON.stringify({ model: "m", seed: 0, messages: [] });
 * const response = await fetch(`${server.origin}/v1/chat/completions`, { method: "POST", body });
 * assertEquals([response.status, await response.json()], [400, { error: "unknown field: seed" }]);
 * ```
 */
export function dialectServer(answer: (request: DialectRequest) => DialectAnswer): DialectServer {
  const requests: DialectRequest[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname: path, searchParams: query } = new URL(request.url);
    const raw = await request.text();
    const asked = askedOf(raw, requests.length + 1, 1);
    const received = {
      ...{ asked, path, query, headers: request.headers },
      body: asked.body as unknown as Record<string, unknown>,
    };
    requests.push(received);
    const found = answer(received);
    if (found && "status" in found) {
      const { status, body, headers } = found;
      return typeof body === "string"
        ? new Response(body, { status, headers })
        : Response.json(body, { status, headers });
    }
    const completion = completionFor(asked, {
      ...{ answering: "yes", seed: 0, fault: null },
      rule: { rule: "tiles", base: 85, per_tile: 170 },
    }) as unknown as Completion;
    found?.change(completion);
    return Response.json(completion);
  });
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
    },
  };
}
