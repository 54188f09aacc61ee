import OpenAI, { toFile } from "openai";
import sharp from "sharp";
import { assertEquals, assertOk } from "../assert.ts";
import { FAULTS, type FaultServer, faultServer, pictureSize } from "./fault_server.ts";

const QUESTION = "Judge each.\n1 (a quality to find): It divides.\n2 (an error): It vanishes.\n" +
  "Answer with one entry for each of the criteria 1, 2:";

async function post(server: FaultServer, words: string, more: Record<string, unknown> = {}) {
  const response = await fetch(`${server.baseUrl}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: words }], ...more }),
  });
  return { status: response.status, body: await response.json() };
}

const contentOf = (answer: { body: { choices: { message: { content: string } }[] } }) =>
  answer.body.choices[0].message.content;

function api(server: FaultServer): OpenAI {
  return new OpenAI({ baseURL: server.baseUrl, apiKey: "none", maxRetries: 0 });
}

Deno.test("seeded answers are the same whenever asked; random ones are not", async () => {
  await using server = faultServer({ seed: 3 });
  const long = "Answer for each of the criteria 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12:";
  const first = contentOf(await post(server, long));
  assertEquals(contentOf(await post(server, long)), first);
  server.change({ seed: 4 });
  assertOk(contentOf(await post(server, long)) !== first);
  server.change({ answer: "random" });
  assertOk(contentOf(await post(server, long)) !== contentOf(await post(server, long)));
});

Deno.test("a retry of a question in the same conversation keeps the seeded verdicts", async () => {
  await using server = faultServer({ faults: [FAULTS["too few entries"].fault] });
  const user = { role: "user", content: QUESTION };
  const first = contentOf(await post(server, QUESTION));
  const messages = [user, { role: "assistant", content: first }, {
    role: "user",
    content: "This could not be used. Answer for each of the criteria 1, 2:",
  }];
  const second = contentOf(await post(server, QUESTION, { messages }));
  assertEquals(JSON.parse(first).criteria.length, 1);
  assertEquals(JSON.parse(second).criteria[0], JSON.parse(first).criteria[0]);
  assertEquals(JSON.parse(second).criteria.length, 2);
});

Deno.test("answers have the requested format", async () => {
  await using server = faultServer({ answer: "yes" });
  const entries = JSON.parse(contentOf(await post(server, QUESTION)));
  assertEquals(entries.criteria.map((c: { id: number }) => c.id), [1, 2]);
  const scores = JSON.parse(contentOf(await post(server, '1. a\n2. b\n3. c\n{"scores": [0]}')));
  assertEquals(scores.scores, [1, 1, 1]);
  server.change({ structured: false });
  const refused = await post(server, QUESTION, { response_format: { type: "json_object" } });
  assertEquals(refused.status, 400);
  assertOk(refused.body.error.message.includes("response_format"));
  assertEquals((await post(server, QUESTION)).status, 200);
});

Deno.test("options for all requests: key, models, bytes", async () => {
  await using server = faultServer({ apiKey: "sk-right-right" });
  assertEquals((await post(server, QUESTION)).status, 401);
  const files = await fetch(`${server.baseUrl}/files`, { headers: { authorization: "Bearer x" } });
  assertEquals(files.status, 401);
  await files.body?.cancel();
  server.change({ apiKey: undefined, models: ["other"] });
  assertEquals((await post(server, QUESTION)).status, 404);
  server.change({ models: undefined, maxBytes: 100 });
  assertEquals((await post(server, QUESTION)).status, 413);
  assertEquals(server.requests.map(({ authorization }) => authorization), Array(3).fill("absent"));
  assertOk(!JSON.stringify(server.requests).includes("sk-right"));
});

Deno.test("picture sizes are read from the pictures' own headers", async () => {
  for (const [width, height] of [[1, 1], [832, 480], [3000, 7]]) {
    const plain = sharp({ create: { width, height, channels: 3, background: "#226688" } });
    const urls = {
      jpeg: `data:image/jpeg;base64,${(await plain.clone().jpeg().toBuffer()).toString("base64")}`,
      progressive: `data:image/jpeg;base64,${
        (await plain.clone().jpeg({ progressive: true }).toBuffer()).toString("base64")
      }`,
      png: `data:image/png;base64,${(await plain.clone().png().toBuffer()).toString("base64")}`,
    };
    for (const [name, url] of Object.entries(urls)) {
      assertEquals(pictureSize(url), { width, height }, name);
    }
  }
  assertEquals(pictureSize("https://example.org/a.jpg"), null);
  assertEquals(pictureSize("data:image/jpeg;base64,AAAA"), null);
});

Deno.test("disconnecting ends a request; closing ends a hang", async () => {
  const server = faultServer({ faults: () => FAULTS["hang"].fault });
  for (let i = 0; i < 3; i++) {
    const controller = new AbortController();
    const aborted = fetch(`${server.baseUrl}/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: QUESTION }] }),
      signal: controller.signal,
    }).catch((error: Error) => error.name);
    while (server.requests.length <= i) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    assertEquals(await aborted, "AbortError");
  }
  const began = performance.now();
  await server.close();
  assertOk(performance.now() - began < 1000, "closing waits for a hang");
});

/** Uploads a number of questions, and polls the batch until it is done. */
async function batchOf(server: FaultServer, count: number) {
  const client = api(server);
  const rows = Array.from({ length: count }, (_, i) => ({
    custom_id: `row-${i}`,
    method: "POST",
    url: "/v1/chat/completions",
    body: { model: "m", messages: [{ role: "user", content: `${QUESTION} ${i}` }] },
  }));
  const text = rows.map((row) => JSON.stringify(row)).join("\n");
  const file = await client.files.create({
    file: await toFile(new TextEncoder().encode(text), "in.jsonl"),
    purpose: "batch",
  });
  const created = await client.batches.create({
    input_file_id: file.id,
    endpoint: "/v1/chat/completions",
    completion_window: "24h",
    metadata: { run: "test" },
  });
  const statuses: string[] = [created.status];
  let batch = created;
  while (["validating", "in_progress", "finalizing"].includes(batch.status)) {
    batch = await client.batches.retrieve(created.id);
    statuses.push(batch.status);
  }
  const read = async (id: string | null | undefined) =>
    id
      ? (await (await client.files.content(id)).text()).trim().split("\n").map((l) => JSON.parse(l))
      : [];
  return {
    batch,
    statuses,
    output: await read(batch.output_file_id),
    errors: await read(batch.error_file_id),
  };
}

Deno.test("a batch goes through its states and has its output in another order", async () => {
  await using server = faultServer({ answer: "yes", batch: { polls: 3 } });
  const { batch, statuses, output, errors } = await batchOf(server, 4);
  assertEquals(statuses, ["validating", "in_progress", "finalizing", "completed"]);
  assertEquals(batch.request_counts, { total: 4, completed: 4, failed: 0 });
  assertEquals(batch.metadata, { run: "test" });
  assertEquals(output.map((row) => row.custom_id), ["row-3", "row-2", "row-1", "row-0"]);
  assertOk(JSON.parse(output[0].response.body.choices[0].message.content).criteria[0].met);
  assertEquals(errors, []);
});

Deno.test("a batch fails partly, expires, or is rejected", async () => {
  const failLine = (id: string) => id === "row-1" ? { status: 400, message: "bad line" } : null;
  await using server = faultServer({ batch: { polls: 1, failLine } });
  const partly = await batchOf(server, 3);
  assertEquals(partly.batch.status, "completed");
  assertEquals(partly.errors.map((row) => row.response.status_code), [400]);
  assertEquals(partly.output.length, 2);

  server.change({ batch: { polls: 1, expireAfter: 2 } });
  const expired = await batchOf(server, 5);
  assertEquals(expired.batch.status, "expired");
  assertEquals(expired.output.length, 2);
  assertEquals(expired.errors.map((row) => row.error.code), Array(3).fill("batch_expired"));

  server.change({ batch: { polls: 1, invalid: "line 1 is not valid JSON" } });
  const invalid = await batchOf(server, 1);
  assertEquals(invalid.batch.status, "failed");
  assertEquals(invalid.batch.errors?.data?.[0].message, "line 1 is not valid JSON");

  server.change({ batch: { polls: 9 } });
  const client = api(server);
  const waiting = await client.batches.create({
    input_file_id: invalid.batch.input_file_id,
    endpoint: "/v1/chat/completions",
    completion_window: "24h",
  });
  assertEquals((await client.batches.cancel(waiting.id)).status, "cancelling");
  assertEquals((await client.batches.retrieve(waiting.id)).status, "cancelled");
});

Deno.test("malformed answers also occur in batches", async () => {
  await using server = faultServer({ batch: { polls: 1 }, faults: [FAULTS["fenced"].fault] });
  const { output } = await batchOf(server, 1);
  assertOk(output[0].response.body.choices[0].message.content.startsWith("```json"));
});
