/** Servers that send requests elsewhere, send too much, or send back what they were sent. */
import { assertEquals, assertInputError, assertOk } from "../../../testing/assert.ts";
import { dialectServer } from "../../../testing/openai/dialect_server.ts";
import { chatClient } from "./client.ts";
import { fetching } from "./fetching.ts";
import { MOST_ANSWER_BYTES } from "./fetching.ts";

const KEY = "Zq83hdYw0plM+/=x";
const TOKEN = "gw 77+token/of=mine";
const BODY = { model: "m", messages: [{ role: "user" as const, content: "criteria 1" }] };

function serve(answer: (request: Request) => Response | Promise<Response>) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
const clientOf = (baseUrl: string) =>
  chatClient({
    ...{ baseUrl, apiKey: KEY, headers: { "x-gateway": TOKEN } },
    ...{ concurrency: 1, timeoutMs: 5000, maxBackoffMs: 1, attempts: 2 },
  });

Deno.test("neither key, header nor picture goes to another address; a move within the server is followed", async () => {
  const strayed: string[] = [];
  await using other = serve((request) => {
    strayed.push(`${request.method} ${request.headers.get("x-gateway")}`);
    return new Response("file");
  });
  for (const status of [301, 302, 303, 307, 308]) {
    await using server = serve(() =>
      new Response(null, {
        status,
        headers: { location: `${other.origin}/v1/chat/completions?k=1` },
      })
    );
    const asking = () => clientOf(`${server.origin}/v1`).send(BODY, {});
    await assertInputError(asking, `HTTP ${status}`, `on to ${other.origin}/v1;`, "--base-url");
  }
  assertEquals(strayed, []);
  await using server = dialectServer(({ path }) =>
    path.endsWith("/") ? null : { status: 307, body: "", headers: { location: `${path}/` } }
  );
  assertEquals((await clientOf(`${server.origin}/v1`).send(BODY, {})).finish_reason, "stop");
  // A batch's file may lie elsewhere; there it is fetched without a header.
  await using files = serve(() =>
    new Response(null, { status: 302, headers: { location: other.origin } })
  );
  const response = await fetching()(files.origin, { headers: { "x-gateway": TOKEN } });
  assertEquals([await response.text(), strayed], ["file", ["GET null"]]);
});

Deno.test("an answer without an end is not read to its end", async () => {
  const piece = new Uint8Array(2 ** 20).fill(32);
  let sent = 0;
  await using server = serve(() =>
    new Response(
      new ReadableStream({
        pull(controller) {
          sent += piece.length;
          controller.enqueue(piece);
        },
      }),
    )
  );
  const asking = clientOf(`${server.origin}/v1`).send(BODY, {});
  const reason = await asking.then(() => "", (error) => String(error.message));
  assertOk(reason.startsWith("the server answered with more than 16 MiB"), reason);
  assertOk(sent < 4 * MOST_ANSWER_BYTES, `${sent} bytes for two attempts`);
});

Deno.test("a key that comes back in an answer is not kept, in whatever form", async () => {
  const forms = [
    KEY,
    encodeURIComponent(KEY),
    btoa(KEY),
    btoa(`u:${KEY}`),
    btoa(`me:${KEY}!`),
    TOKEN,
  ];
  await using server = dialectServer(() => ({
    change({ choices: [{ message }] }) {
      message.content = `sk-of-another ${forms.join(" ")}`;
      message.refusal = KEY;
    },
  }));
  const { content, refusal } = await clientOf(`${server.origin}/v1`).send(BODY, {});
  assertEquals(content, `sk-of-another ${forms.map(() => "[key]").join(" ")}`);
  assertEquals(refusal, "[key]");
});
