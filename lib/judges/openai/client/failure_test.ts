import { assertEquals } from "../../../testing/assert.ts";
import { failureOfStatus, isUnreachable, messagesOf } from "./failure.ts";

Deno.test("an address that fetch refuses to ask is unreachable, and a broken connection is not", async () => {
  for (const address of ["http://127.0.0.1:9/v1", "ftp://127.0.0.1/v1", "http://:80/v1"]) {
    const message = await fetch(address).then(() => "answered", messagesOf);
    assertEquals([message, isUnreachable(message)], [message, true]);
  }
  await using plain = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    return new Response("not TLS");
  });
  const { port } = plain.addr;
  const message = await fetch(`https://127.0.0.1:${port}/v1`).then(() => "answered", messagesOf);
  assertEquals([message, isUnreachable(message)], [message, true]);
  assertEquals(isUnreachable("invalid peer certificate: UnknownIssuer"), true);
  assertEquals(isUnreachable("fetch failed: connection reset by peer"), false);
});

Deno.test("nothing in a server's error steers the terminal", () => {
  const failure = {
    status: 400,
    message: "no\u001b[2J \u202eway\u0007",
    code: "c\u001b]0;x\u0007",
  };
  const { reason } = failureOfStatus(failure, (text) => text, 0);
  assertEquals(reason, "HTTP 400: no[2J way (c]0;x)");
});

Deno.test("a page's title is not said twice; one that has nothing else is still said", () => {
  const reason = (message: string) =>
    failureOfStatus({ status: 501, message }, (text) => text, 0).reason;
  const page = (head: string, body: string) => `<html>${head}<body>${body}</body></html>`;
  const head = "<head><style>p {}</style><title>Error response</title></head>";
  assertEquals(
    reason(page(head, "<h1>Error response</h1><p>Unsupported method</p>")),
    "HTTP 501: Error response Unsupported method",
  );
  assertEquals(reason(page(head, "")), "HTTP 501: Error response");
  assertEquals(reason(page("<HEAD><TITLE>No</TITLE></HEAD>", "gone")), "HTTP 501: gone");
});
