import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { sha256 } from "../store/key.ts";
import { fetchRelease } from "./fetch.ts";

const BODY = new Uint8Array(300_000).map((_, i) => (i * 31) % 251);
const HASHES = { "a.json": sha256(BODY) };

/** Serves `BODY` through `answer` on a loopback port while `run` runs. */
async function withServer(
  answer: (request: Request, nth: number) => Response,
  run: (url: string, requests: Request[]) => Promise<void>,
) {
  const requests: Request[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    requests.push(request);
    return answer(request, requests.length);
  });
  try {
    await run(`http://127.0.0.1:${server.addr.port}/`, requests);
  } finally {
    await server.shutdown();
  }
}

function broken(from: number, to: number): Response {
  return new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(BODY.slice(from, to));
        setTimeout(() => controller.error(new Error("reset")), 20);
      },
    }),
    { status: from > 0 ? 206 : 200 },
  );
}

Deno.test("an interrupted download resumes where it stopped", async () => {
  const into = await Deno.makeTempDir();
  await withServer((request, nth) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.get("range") ?? "")?.[1] ?? 0);
    return nth < 3
      ? broken(from, from + 90_000)
      : new Response(BODY.slice(from), { status: from > 0 ? 206 : 200 });
  }, async (url, requests) => {
    await fetchRelease({ into, hashes: HASHES, url, backoff: 1 });
    assertEquals(await Deno.readFile(`${into}/a.json`), BODY);
    assertEquals(requests.map((request) => request.headers.get("range")), [
      null,
      "bytes=90000-",
      "bytes=180000-",
    ]);
    const [again] = await fetchRelease({ into, hashes: HASHES, url, backoff: 1 });
    assertOk(again.cached);
    assertEquals(requests.length, 3);
  });
});

Deno.test("servers that ignore ranges or drop connections are handled", async () => {
  const into = await Deno.makeTempDir();
  await Deno.writeFile(`${into}/.microverse-a.json.part`, BODY.slice(0, 1000));
  await withServer(
    (_, nth) => nth === 1 ? new Response("busy", { status: 503 }) : new Response(BODY),
    async (url) => {
      await fetchRelease({ into, hashes: HASHES, url, backoff: 1 });
      assertEquals(await Deno.readFile(`${into}/a.json`), BODY);
    },
  );
});

Deno.test("a full-length partial file (HTTP 416) is used if its hash matches and dropped otherwise", async () => {
  for (const part of [BODY, new Uint8Array(400_000)]) {
    const into = await Deno.makeTempDir();
    await Deno.writeFile(`${into}/.microverse-a.json.part`, part);
    await withServer(
      (request) =>
        request.headers.has("range") ? new Response(null, { status: 416 }) : new Response(BODY),
      async (url) => {
        await fetchRelease({ into, hashes: HASHES, url, backoff: 1 });
        assertEquals(await Deno.readFile(`${into}/a.json`), BODY);
      },
    );
  }
});

Deno.test("a wrong hash is refused, naming the file and both hashes, and the existing file is kept", async () => {
  const into = await Deno.makeTempDir();
  await Deno.writeTextFile(`${into}/a.json`, "what was there");
  const other = new TextEncoder().encode("something else");
  await withServer(() => new Response(other), async (url) => {
    await assertInputError(
      () => fetchRelease({ into, hashes: HASHES, url }),
      "a.json",
      HASHES["a.json"],
      sha256(other),
    );
  });
  const from = await Deno.makeTempDir();
  await Deno.writeFile(`${from}/a.json`, other);
  await assertInputError(() => fetchRelease({ into, hashes: HASHES, from }), sha256(other));
  assertEquals(await Deno.readTextFile(`${into}/a.json`), "what was there");
});

Deno.test("errors give the URL and a remedy", async () => {
  const into = await Deno.makeTempDir();
  await withServer(() => new Response("no", { status: 404 }), async (url) => {
    await assertInputError(() => fetchRelease({ into, hashes: HASHES, url }), url, "404", "--from");
  });
  await assertInputError(
    () => fetchRelease({ into, hashes: HASHES, url: "http://127.0.0.1:9/", backoff: 1 }),
    "a.json",
    "4 attempts",
  );
  await assertInputError(
    () => fetchRelease({ into, hashes: HASHES, from: "/nowhere" }),
    "/nowhere/a.json",
  );
});
