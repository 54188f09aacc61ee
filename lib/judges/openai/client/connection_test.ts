import { assertEquals } from "../../../testing/assert.ts";
import { isUnreachable, messagesOf } from "./connection.ts";

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
