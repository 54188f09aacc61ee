import { join } from "node:path";
import { copyOf } from "../../../store/record_file.ts";
import { type Criterion, DIMENSIONS } from "../../../records/criterion.ts";
import { assertEquals, assertInputError, assertOk } from "../../../testing/assert.ts";
import { batchRequests, runBatches } from "./batch.ts";
import type { BatchOptions } from "./batch_types.ts";
import type { BatchRequest } from "./batch_files.ts";
import type { BatchState } from "./batch_state.ts";
import { chatClient } from "../client/client.ts";
import { askSettings, openaiJudge } from "../judge.ts";
import { questioner } from "../prompt/question.ts";
import { block, clip, memoryAnswers, TASK } from "../../../testing/openai/asking.ts";
import {
  type FaultServer,
  faultServer,
  type FaultServerOptions,
} from "../../../testing/openai/fault_server.ts";

const KEY = "sk-test-0123456789";
const videos = [0, 1, 2].map((shift) => clip(8, shift));

/** Three clips in three dimensions: nine requests. */
function requests(): BatchRequest[] {
  const questionOf = questioner(askSettings("m"));
  return videos.flatMap((video) =>
    DIMENSIONS.flatMap((dimension) => batchRequests(questionOf(TASK, block(3, dimension), video)))
  );
}

async function site(options: FaultServerOptions = {}) {
  const server = faultServer({ seed: 5, apiKey: KEY, ...options });
  const folder = await Deno.makeTempDir();
  const answers = memoryAnswers();
  const statePath = join(folder, "batch.json");
  const given: BatchOptions = {
    baseUrl: server.baseUrl,
    apiKey: KEY,
    answers,
    statePath,
    pollMs: 1,
  };
  return {
    server,
    folder,
    answers,
    statePath,
    run: (more: Partial<BatchOptions> = {}) => runBatches(requests(), { ...given, ...more }),
    state: async (): Promise<BatchState> => JSON.parse(await Deno.readTextFile(statePath)),
    async [Symbol.asyncDispose]() {
      await server.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** How often each question was answered in a batch. */
function timesAsked(server: FaultServer): number[] {
  const asked = server.requests.filter(({ path }) => path === "/v1/batches");
  return [...Map.groupBy(asked, ({ key }) => key).values()].map((list) => list.length);
}

async function batchesOf(server: FaultServer): Promise<number> {
  const headers = { authorization: `Bearer ${KEY}` };
  const response = await fetch(`${server.baseUrl}/batches`, { headers });
  return (await response.json()).data.length;
}

Deno.test("a batch's answers give the same verdicts as single requests, without sending any", async () => {
  await using here = await site();
  const progress: string[] = [];
  const report = await here.run({
    onProgress: ({ in_flight, batches }) => progress.push(`${in_flight} ${batches[0]?.status}`),
  });
  const { prompt_tokens, completion_tokens, ...counts } = report;
  const none = { failed: [], unsent: [], reached: null, in_flight_usd: 0, uncounted: 0 };
  assertEquals(counts, { submitted: 9, in_flight: 0, answered: 9, ...none });
  assertEquals({ prompt_tokens, completion_tokens }, { ...here.server.counted });
  assertEquals(progress, ["9 validating", "9 in_progress", "9 finalizing", "0 undefined"]);
  assertEquals(here.answers.replies.size, 9);
  const judgeWith = (answers: typeof here.answers) =>
    openaiJudge({
      model: "m",
      client: chatClient({
        baseUrl: here.server.baseUrl,
        apiKey: KEY,
        concurrency: 4,
        timeoutMs: 5000,
      }),
      answers,
      concurrency: 4,
      cost: () => 1,
    });
  const rulings = (answers: typeof here.answers, criteria: Criterion[], video = videos[0]) =>
    judgeWith(answers).judge(TASK, criteria, video, {});
  const live = memoryAnswers();
  for (const video of videos) {
    for (const dimension of DIMENSIONS) {
      const criteria = block(3, dimension);
      const batched = await rulings(here.answers, criteria, video);
      assertEquals(batched.usage!.cost_usd, 0);
      assertEquals(batched.rulings, (await rulings(live, criteria, video)).rulings);
    }
  }
  const chats = here.server.requests.filter(({ path }) => path === "/v1/chat/completions");
  assertEquals(chats.length, 9);
});

Deno.test("files are split at the limits; cached answers are not requested; a rerun sends nothing", async () => {
  await using here = await site();
  const [first] = requests();
  await here.answers.put(first.key, { content: "kept" } as never);
  const report = await here.run({ limits: { requests: 3, bytes: 200e6 } });
  assertEquals([report.submitted, report.answered], [8, 8]);
  assertEquals((await here.state()).parts.map(({ keys }) => keys.length), [3, 3, 2]);
  const again = await here.run();
  assertEquals([again.submitted, again.answered], [0, 0]);
  const line = JSON.stringify(await first.body()).length;
  await using other = await site();
  await other.run({ limits: { requests: 50_000, bytes: 2.5 * line } });
  assertEquals((await other.state()).parts.map(({ keys }) => keys.length), [2, 2, 2, 2, 1]);
  assertEquals([...Deno.readDirSync(other.folder)].map(({ name }) => name).sort(), [
    ...[".microverse-copy-batch.json", "batch.json"],
  ]);
});

Deno.test("without waiting, a later call continues; nothing in progress is sent again", async () => {
  await using here = await site();
  const sent = await here.run({ wait: false });
  assertEquals([sent.submitted, sent.in_flight, sent.answered], [9, 9, 0]);
  const looked = await here.run({ wait: false });
  assertEquals([looked.submitted, looked.in_flight], [0, 9]);
  const ended = await here.run();
  assertEquals([ended.submitted, ended.in_flight, ended.answered], [0, 0, 9]);
  assertEquals(timesAsked(here.server), Array(9).fill(1));
});

Deno.test("failed lines are reported, and only they are sent again", async () => {
  const failing = new Set(requests().slice(0, 2).map(({ key }) => key));
  await using here = await site({
    batch: {
      failLine: (id) => failing.has(id) ? { status: 500, message: `broken, ${KEY}` } : null,
    },
  });
  const report = await here.run();
  assertEquals([report.answered, here.answers.replies.size], [7, 7]);
  assertEquals(report.failed.map(({ key }) => key).sort(), [...failing].sort());
  assertOk(report.failed.every(({ reason }) => reason === "HTTP 500: broken, [key]"));
  here.server.change({ batch: {} });
  const again = await here.run();
  assertEquals([again.submitted, again.answered], [2, 2]);
  assertEquals(here.answers.replies.size, 9);
});

Deno.test("answers of an expired batch are kept; the rest is sent by the next call", async () => {
  await using here = await site({ batch: { expireAfter: 4 } });
  const report = await here.run();
  assertEquals([report.answered, report.failed.length, report.in_flight], [4, 5, 0]);
  assertOk(report.failed[0].reason.startsWith("batch_expired"), report.failed[0].reason);
  here.server.change({ batch: {} });
  assertEquals((await here.run()).submitted, 5);
  assertEquals([here.answers.replies.size, timesAsked(here.server).length], [9, 9]);
});

Deno.test("a rejected batch leaves all requests missing, with the server's message", async () => {
  await using here = await site({ batch: { invalid: "Enqueued token limit reached" } });
  const { answered, failed } = await here.run();
  assertEquals([answered, failed.length], [0, 9]);
  assertEquals(failed[0].reason, "the batch is failed: Enqueued token limit reached");
});

/**
 * A proxy that ends the client's run at its nth request: before forwarding the request, or after
 * forwarding it but before returning the response.
 */
function killer(target: string, nth: number, when: "before" | "after") {
  const end = new AbortController();
  let count = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    count += 1;
    if (count === nth && when === "before") end.abort(new Error("killed"));
    if (end.signal.aborted) return new Response(null, { status: 500 });
    const { pathname, search } = new URL(request.url);
    const { method, headers } = request;
    const body = method === "GET" ? undefined : await request.bytes();
    const response = await fetch(target.replace("/v1", pathname) + search, {
      method,
      headers,
      body,
    });
    const bytes = await response.bytes();
    if (count === nth && when === "after") end.abort(new Error("killed"));
    return new Response(bytes, { status: response.status, headers: response.headers });
  });
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    signal: end.signal,
    close: () => server.shutdown(),
  };
}

Deno.test("interrupted at any request and continued: each question is sent once, none is lost", async () => {
  const limits = { requests: 5, bytes: 200e6 };
  let kills = 0;
  for (let nth = 1;; nth++) {
    let finished = 0;
    for (const when of ["before", "after"] as const) {
      await using here = await site();
      const between = killer(here.server.baseUrl, nth, when);
      const ended = await here.run({ baseUrl: between.baseUrl, signal: between.signal, limits })
        .then(() => true, (error) => (assertEquals(error.message, "killed"), false));
      await between.close();
      if (ended) finished += 1;
      else {
        kills += 1;
        // Another process reads the state; the proxy's address is gone with the proxy.
        const state = await here.state();
        await Deno.writeTextFile(
          here.statePath,
          JSON.stringify({ ...state, check: undefined, server: here.server.baseUrl }),
        );
        await here.run({ limits });
      }
      assertEquals(here.answers.replies.size, 9, `ended ${when} request ${nth}`);
      assertEquals(timesAsked(here.server), Array(9).fill(1), `ended ${when} request ${nth}`);
      assertEquals(await batchesOf(here.server), 2, `ended ${when} request ${nth}`);
    }
    if (finished === 2) break;
  }
  // Two uploads, two batches, three looks at each, two files of answers.
  assertEquals(kills, 2 * 12);
});

Deno.test("if the response to creating a batch is lost, the batch is found and not created again", async () => {
  await using here = await site();
  let lost = 0;
  const between = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const { method, headers } = request;
    const body = method === "GET" ? undefined : await request.bytes();
    const target = here.server.baseUrl.replace("/v1", pathname) + search;
    const response = await fetch(target, { method, headers, body });
    if (method !== "POST" || !pathname.endsWith("/batches") || lost > 0) return response;
    lost += 1;
    await response.body?.cancel();
    return new Response("Bad gateway", { status: 502 });
  });
  const report = await here.run({ baseUrl: `http://127.0.0.1:${between.addr.port}/v1` });
  await between.shutdown();
  assertEquals([lost, report.answered, await batchesOf(here.server)], [1, 9, 1]);
});

Deno.test("a file that was never sent is created again", async () => {
  await using here = await site();
  const between = killer(here.server.baseUrl, 1, "before");
  await here.run({ baseUrl: between.baseUrl, signal: between.signal }).catch(() => {});
  await between.close();
  const state = await here.state();
  assertEquals(state.parts.map(({ input_file }) => input_file), [null]);
  await Deno.remove(join(here.folder, state.parts[0].file));
  await Deno.writeTextFile(
    here.statePath,
    JSON.stringify({ ...state, check: undefined, server: here.server.baseUrl }),
  );
  assertEquals((await here.run()).answered, 9);
});

Deno.test("no access, another server and a damaged state are user errors; no key is written", async () => {
  await using here = await site();
  const message = await assertInputError(
    () => here.run({ apiKey: "sk-wrong-9876543210" }),
    "Batch API",
    "401",
  );
  assertOk(!message.includes("sk-wrong"), message);
  await here.run({ wait: false });
  await assertInputError(
    () => here.run({ baseUrl: "https://api.example.org/v1" }),
    "in progress at http://127.0.0.1",
    "api.example.org",
  );
  assertOk(!(await Deno.readTextFile(here.statePath)).includes(KEY));
  const { parts } = await here.state();
  await Deno.writeTextFile(here.statePath, "{ half");
  // Its copy knows what is in progress: nothing is sent again.
  await here.run({ wait: false });
  assertEquals(
    (await here.state()).parts.map(({ batch }) => batch),
    parts.map(({ batch }) => batch),
  );
  for (const path of [here.statePath, copyOf(here.statePath)]) {
    await Deno.writeTextFile(path, "{ half");
  }
  await assertInputError(() => here.run(), here.statePath);
});

Deno.test("aborting ends the wait at once", async () => {
  await using here = await site();
  const stop = new AbortController();
  const began = performance.now();
  const run = here.run({
    pollMs: 60_000,
    signal: stop.signal,
    onProgress: () => stop.abort(new Error("enough")),
  });
  assertEquals(await run.catch((error) => error.message), "enough");
  assertOk(performance.now() - began < 2000);
  assertEquals((await here.run()).answered, 9);
});
