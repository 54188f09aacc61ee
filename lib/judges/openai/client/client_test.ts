import { InputError } from "../../../errors.ts";
import { assertEquals, assertInputError, assertOk } from "../../../testing/assert.ts";
import { chatClient, type ChatClientOptions, type ChatEvent } from "./client.ts";
import {
  type Fault,
  FAULTS,
  faultServer,
  type FaultServerOptions,
} from "../../../testing/openai/fault_server.ts";
import { type ChatBody, PayloadTooLarge, RequestFailed, type Reserve } from "./types.ts";

const KEY = "sk-proj-Zx81kQvv90TTlmAApq33";
const ask = (words = "Judge criteria 1, 2, 3:"): ChatBody => ({
  model: "gpt-4o",
  messages: [{ role: "user", content: words }],
});

/** A server and a client of it with short waits. */
function pair(server: FaultServerOptions, client: Partial<ChatClientOptions> = {}) {
  const running = faultServer(server);
  const events: ChatEvent[] = [];
  return {
    server: running,
    events,
    client: chatClient({
      baseUrl: running.baseUrl,
      apiKey: KEY,
      concurrency: 4,
      timeoutMs: 5000,
      maxBackoffMs: 10,
      onEvent: (event) => events.push(event),
      ...client,
    }),
    [Symbol.asyncDispose]: () => running.close(),
  };
}

async function thrownBy(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

Deno.test("an answer is returned with its token counts, whatever its content", async () => {
  await using run = pair({ apiKey: KEY, answer: "yes" });
  const reply = await run.client.send(ask(), {});
  assertEquals(JSON.parse(reply.content!).criteria.length, 3);
  assertEquals([reply.attempts, reply.finish_reason, reply.model], [1, "stop", "gpt-4o"]);
  assertEquals(reply.prompt_tokens, run.server.counted.prompt_tokens);
  assertEquals(reply.completion_tokens, run.server.counted.completion_tokens);
  assertOk(reply.latency_ms > 0);
});

for (const [name, { fault, remedy }] of Object.entries(FAULTS)) {
  Deno.test(`fault ${name}: ${remedy}`, async () => {
    const slow = fault.kind === "hang" || fault.kind === "stall";
    await using run = pair({ apiKey: KEY, faults: [fault] }, slow ? { timeoutMs: 150 } : {});
    const sent = run.client.send(ask(), {});
    if (remedy === "resend") {
      const reply = await sent;
      assertEquals(reply.attempts, 2);
      assertEquals(JSON.parse(reply.content!).criteria.length, 3);
      assertEquals(run.events.filter(({ kind }) => kind === "retry").length, 1);
      assertEquals(run.client.stats.retried, 1);
    } else if (remedy === "reask" || remedy === "usable") {
      const reply = await sent;
      assertEquals(reply.attempts, 1);
      if (name === "refusal") assertOk(reply.refusal);
      if (["no choices", "null content", "refusal"].includes(name)) {
        assertEquals(reply.content, null);
      }
      if (name === "truncated") assertEquals(reply.finish_reason, "length");
      const counted = name === "uncounted" ? 1 : 0;
      assertEquals(run.client.stats.uncounted, counted);
      assertEquals(reply.prompt_tokens === 0, counted === 1);
    } else {
      const error = await thrownBy(sent);
      const kind = { fatal: InputError, shrink: PayloadTooLarge, refused: RequestFailed }[remedy];
      assertOk(error instanceof kind, `${error.name}: ${error.message}`);
      assertEquals(run.server.requests.length, 1);
      if (fault.kind === "status") {
        assertOk(error.message.includes(`HTTP ${fault.status}: ${fault.message}`), error.message);
      }
      if (remedy === "fatal") assertOk(error.message.includes(run.server.baseUrl), error.message);
    }
  });
}

Deno.test("after all attempts, the last actual reason is reported", async () => {
  const faults: Fault[] = ["500", "reset", "web page"].map((name) => FAULTS[name].fault);
  await using run = pair({ faults }, { attempts: 3 });
  const error = await thrownBy(run.client.send(ask(), {}));
  assertEquals(error.name, "RequestFailed");
  assertEquals(
    error.message,
    "the server answered with a web page instead of JSON: <!DOCTYPE html><html><head><title>502 " +
      "Bad Gateway</title></head><body><h1>502 Ba… (attempt 3 of 3)",
  );
  const reasons = run.events.flatMap((event) => event.kind === "retry" ? [event.reason] : []);
  assertEquals(reasons[0], "HTTP 500: The server had an error (server_error)");
  assertOk(reasons[1].startsWith("connection failed: "), reasons[1]);
});

Deno.test("Retry-After delays all requests, to within 20 ms", async () => {
  const first = { kind: "status", status: 429, message: "slow down", retry_after: "0.3" } as const;
  // Three times, because another program may occupy the processor at the moment of waking.
  const waits: number[] = [];
  for (let time = 0; time < 3; time++) {
    await using run = pair({ faults: [first] }, { concurrency: 2 });
    await run.client.send(ask("warm up"), {});
    await Promise.all([1, 2, 3, 4].map((i) => run.client.send(ask(`question ${i}`), {})));
    const [refused, ...later] = run.server.requests.map(({ at_ms }) => at_ms);
    waits.push(...later.map((at) => at - refused));
  }
  assertOk(Math.min(...waits) >= 299.5, `asked after ${Math.min(...waits)} ms`);
  assertOk(Math.min(...waits) <= 320, `asked after ${Math.min(...waits)} ms`);
});

Deno.test("an exhausted rate limit pauses until it resets", async () => {
  const limited = faultServerWithHeaders({
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset-requests": "200ms",
  });
  const client = chatClient({
    baseUrl: limited.baseUrl,
    apiKey: null,
    concurrency: 2,
    timeoutMs: 5000,
  });
  const times: number[] = [];
  for (let i = 0; i < 2; i++) {
    await client.send(ask(), {});
    times.push(performance.now());
  }
  await limited.close();
  const waited = times[1] - times[0];
  assertOk(waited >= 195 && waited < 300, `waited ${waited} ms`);
});

/** A server that sends these headers with every answer. */
function faultServerWithHeaders(headers: Record<string, string>) {
  const completion = {
    model: "gpt-4o",
    choices: [{ finish_reason: "stop", message: { content: "fine" } }],
    usage: { prompt_tokens: 1, completion_tokens: 1 },
  };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => Response.json(completion, { headers }),
  );
  return { baseUrl: `http://127.0.0.1:${server.addr.port}/v1`, close: () => server.shutdown() };
}

Deno.test("one access error stops all requests, with one error", async () => {
  await using run = pair({ apiKey: "another", latencyMs: 20 }, { concurrency: 3 });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, (_, i) => run.client.send(ask(`question ${i}`), {})),
  );
  const errors = outcomes.map((o) => o.status === "rejected" ? o.reason : null);
  assertOk(errors.every((error) => error instanceof InputError && error === errors[0]));
  assertOk(run.server.requests.length <= 3, `${run.server.requests.length} requests`);
  assertEquals(await thrownBy(run.client.send(ask(), {})), errors[0]);
});

Deno.test("a request waiting for a retry is stopped too", async () => {
  const faults = [FAULTS["500"].fault, FAULTS["401"].fault];
  await using run = pair({ faults }, { maxBackoffMs: 60_000 });
  const waiting = thrownBy(run.client.send(ask("one"), {}));
  while (run.events.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const began = performance.now();
  const [first, second] = [await thrownBy(run.client.send(ask("two"), {})), await waiting];
  assertEquals(first, second);
  // Far below the backoff, which may take up to 60 s; a busy machine may be slow to answer.
  assertOk(performance.now() - began < 5000);
});

Deno.test("an address that fetch refuses to ask is reported at once", async () => {
  const baseUrl = "http://127.0.0.1:9/v1";
  const events: ChatEvent[] = [];
  const client = chatClient({
    ...{ baseUrl, apiKey: KEY, concurrency: 4, timeoutMs: 5000 },
    onEvent: (event) => events.push(event),
  });
  await assertInputError(() => client.send(ask(), {}), baseUrl, "port 9 are blocked");
  assertEquals([events, client.stats.sent], [[], 1]);
});

Deno.test("an unreachable server is reported at once", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const client = chatClient({
    baseUrl: `http://127.0.0.1:${port}/v1`,
    apiKey: KEY,
    concurrency: 2,
    timeoutMs: 2000,
  });
  await assertInputError(() => client.send(ask(), {}), `http://127.0.0.1:${port}/v1`, "refused");
  await assertInputError(
    () => chatClient({ baseUrl: "localhost", apiKey: KEY, concurrency: 1, timeoutMs: 1 }),
    "expected a base URL",
  );
});

Deno.test("abort throws the signal's reason without waiting: in flight, queued, between attempts", async () => {
  await using run = pair({
    faults: ({ text }) => FAULTS[text.includes("broken") ? "500" : "hang"].fault,
  }, { concurrency: 2, maxBackoffMs: 60_000, timeoutMs: 30_000 });
  const controller = new AbortController();
  const { signal } = controller;
  const sent = ["broken", "hanging", "hanging too", "in line"].map((words) =>
    thrownBy(run.client.send(ask(words), { signal }))
  );
  while (run.server.requests.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  const began = performance.now();
  const reason = new Error("interrupted");
  controller.abort(reason);
  for (const error of await Promise.all(sent)) assertEquals(error, reason);
  const took = performance.now() - began;
  // The hanging requests would take 30 s.
  assertOk(took < 5000, `took ${took} ms`);
  assertEquals(run.client.stats.limiter.in_flight, 0);
  assertEquals(run.client.stats.limiter.waiting, 0);
  assertEquals(await thrownBy(run.client.send(ask(), { signal })), reason);
});

Deno.test("no message or event contains the key, or a revealing part of it", async () => {
  const quoting = [
    `Incorrect API key provided: ${KEY}.`,
    `Incorrect API key provided: ${KEY.slice(0, 7)}********${KEY.slice(-4)}.`,
    `bad header Authorization: Bearer ${KEY}`,
    `key ${encodeURIComponent(KEY)} starting with ${KEY.slice(3, 15)} and ${btoa(KEY)}`,
  ];
  const seen: string[] = [];
  for (const message of quoting) {
    for (const status of [401, 400, 413, 500]) {
      const fault: Fault = { kind: "status", status, message };
      await using run = pair({ faults: () => fault }, { attempts: 2 });
      const error = await thrownBy(run.client.send(ask(), {}));
      seen.push(error.message, String(error.stack), JSON.stringify(error), String(error.cause));
      seen.push(JSON.stringify(run.events), JSON.stringify(run.client.stats));
    }
    const body: Fault = { kind: "body", body: `<p>${message}</p>` };
    await using run = pair({ faults: () => body }, { attempts: 2 });
    seen.push((await thrownBy(run.client.send(ask(), {}))).message, JSON.stringify(run.events));
  }
  for (const text of seen) {
    for (let at = 0; at + 8 <= KEY.length; at++) {
      assertOk(!text.includes(KEY.slice(at, at + 8)), `a part of the key is in: ${text}`);
    }
    assertOk(!text.includes("****") && !text.includes(btoa(KEY)), text);
  }
  assertOk(seen.some((text) => text.includes("Incorrect API key provided: [key]")));
});

Deno.test("error messages of other servers than OpenAI's are found", async () => {
  const bodies = [
    '{"object":"error","message":"no such thing","code":400}',
    '{"detail":"no such thing"}',
    '{"error":"no such thing"}',
    "no such thing",
    "<html><style>a { b: c }</style><body><h1>no such thing</h1></body></html>",
  ];
  for (const body of bodies) {
    await using run = pair({ faults: [{ kind: "status", status: 400, body }] });
    const { message } = await thrownBy(run.client.send(ask(), {}));
    assertOk(message.startsWith("HTTP 400: no such thing"), message);
  }
});

Deno.test("the rate falls when the server is overloaded, and everything is answered", async () => {
  await using run = pair({ latencyMs: 15 }, { concurrency: 16, attempts: 12, maxBackoffMs: 60 });
  let now = 0;
  // Accepts four at a time; a fifth is rejected.
  run.server.change({
    faults: () => {
      if (now >= 4) return FAULTS["429"].fault;
      now += 1;
      setTimeout(() => now -= 1, 15);
      return null;
    },
  });
  const replies = await Promise.all(
    Array.from({ length: 120 }, (_, i) => run.client.send(ask(`question ${i}`), {})),
  );
  assertEquals(replies.length, 120);
  const { limiter, throttled } = run.client.stats;
  assertOk(limiter.lowest <= 4, `the limit fell only to ${limiter.lowest}`);
  assertOk(throttled < 240, `${throttled} refusals for 120 answers`);
});

Deno.test("one request in ten failing at random costs attempts, not answers", async () => {
  await using run = pair({ failureRate: 0.1, seed: 5 }, { concurrency: 16 });
  const replies = await Promise.all(
    Array.from({ length: 200 }, (_, i) => run.client.send(ask(`question ${i}`), {})),
  );
  const again = replies.filter(({ attempts }) => attempts > 1).length;
  assertOk(again > 5 && again < 40, `${again} of 200 were sent again`);
  assertEquals(run.client.stats.sent, run.server.requests.length);
});

Deno.test("64 at a time: that many are in flight, over reused connections", async () => {
  await using run = pair({ latencyMs: 50, answer: () => "fine" }, { concurrency: 64 });
  const send = (i: number) => run.client.send(ask(`question ${i}`), {});
  await Promise.all(Array.from({ length: 64 }, (_, i) => send(i)));
  await Promise.all(Array.from({ length: 300 }, (_, i) => send(i)));
  assertEquals(run.server.mostInFlight, 64);
  const { connections } = run.server;
  assertOk(connections <= 80, `${connections} connections for 364 requests, 64 at a time`);
});

/** A reservation book: how each attempt's charge ended, in the order of reserving. */
function book() {
  const ends: string[] = [];
  const reserve: Reserve = () => {
    const at = ends.push("open") - 1;
    const end = (how: string) => {
      assertEquals(ends[at], "open", "a charge was ended twice");
      ends[at] = how;
    };
    return Promise.resolve({
      settle: ({ prompt_tokens }) => end(prompt_tokens > 0 ? "settled" : "settled for nothing"),
      keep: (why) => end(why),
      release: () => end("released"),
    });
  };
  return { ends, reserve };
}

for (const [name, { fault, remedy }] of Object.entries(FAULTS)) {
  Deno.test(`money after ${name}: every attempt is charged, and each charge is ended`, async () => {
    const slow = fault.kind === "hang" || fault.kind === "stall";
    await using run = pair({ apiKey: KEY, faults: [fault] }, slow ? { timeoutMs: 150 } : {});
    const { ends, reserve } = book();
    await run.client.send(ask(), { reserve }).catch(() => {});
    const refused = fault.kind === "status" && fault.status < 500 && fault.status !== 408;
    const first = name === "uncounted"
      ? "uncounted"
      : ["reask", "usable"].includes(remedy)
      ? "settled"
      : refused
      ? "released"
      : "maybe billed";
    assertEquals(ends, remedy === "resend" ? [first, "settled"] : [first]);
    assertEquals(ends.length, run.client.stats.sent);
  });
}

Deno.test("counts that cannot be believed keep their reservation, and give a reply without tokens", async () => {
  const usages = [
    undefined,
    null,
    {},
    { prompt_tokens: -4, completion_tokens: 9 },
    { prompt_tokens: 10.5, completion_tokens: 9 },
    { prompt_tokens: 90, completion_tokens: 1e12 },
    { prompt_tokens: 0, completion_tokens: 9 },
    { prompt_tokens: "90", completion_tokens: 9 },
    { prompt_tokens: 90, completion_tokens: 0 },
  ];
  for (const usage of usages) {
    const choices = [{ finish_reason: "stop", message: { content: "two cells divide" } }];
    const body = JSON.stringify({ model: "m", choices, usage });
    await using run = pair({ faults: () => ({ kind: "body", body }) });
    const { ends, reserve } = book();
    const reply = await run.client.send(ask(), { reserve });
    const label = JSON.stringify(usage);
    assertEquals(ends, ["uncounted"], label);
    assertEquals([reply.prompt_tokens, reply.completion_tokens], [0, 0], label);
    assertEquals([reply.uncounted, run.client.stats.uncounted], [true, 1], label);
  }
});

Deno.test("an aborted request may have been billed; one that was never sent was not", async () => {
  await using run = pair({ faults: () => FAULTS["hang"].fault }, { concurrency: 1 });
  const { ends, reserve } = book();
  const controller = new AbortController();
  const { signal } = controller;
  const sent = ["hanging", "in line"].map((words) =>
    thrownBy(run.client.send(ask(words), { signal, reserve }))
  );
  while (run.server.requests.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort(new Error("interrupted"));
  await Promise.all(sent);
  assertEquals(ends, ["maybe billed"]);
  const late = book();
  const again = new AbortController();
  const cut = async (body: ChatBody) => {
    const charge = await late.reserve(body);
    again.abort(new Error("interrupted"));
    return charge;
  };
  await thrownBy(run.client.send(ask(), { signal: again.signal, reserve: cut }));
  assertEquals([late.ends, run.server.requests.length], [["released"], 1]);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const nobody = chatClient({
    ...{ baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: null, concurrency: 1, timeoutMs: 5000 },
  });
  const unsent = book();
  await thrownBy(nobody.send(ask(), { reserve: unsent.reserve }));
  assertEquals(unsent.ends, ["released"]);
});

Deno.test("what to try is told once where a question is refused before any is answered, and never after", async () => {
  const fault: Fault = { kind: "status", status: 400, message: "model takes no image" };
  await using run = pair({ faults: ({ text }) => text.includes("fine") ? null : fault });
  const refused = async (words: string) => {
    const error = await thrownBy(run.client.send(ask(words), {}));
    return run.client.gaveUp!(error);
  };
  const advices = () => run.events.filter((event) => event.kind === "advice");
  assertEquals([await refused("one"), await refused("two")], [null, null]);
  assertEquals(advices().length, 1);
  assertOk(JSON.stringify(advices()).includes("takes pictures"));
  await run.client.send(ask("fine"), {});
  // Once one is answered, however many are refused, the rest goes on.
  for (let i = 0; i < 8; i++) assertEquals(await refused(`later ${i}`), null);
  assertEquals(advices().length, 1);
});
