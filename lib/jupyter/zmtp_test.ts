import { assertEquals } from "../testing/assert.ts";
import { connectZmtp } from "./zmtp.ts";

/** A peer that greets like a ROUTER, then echoes every byte, a few at a time. */
async function echo(listener: Deno.TcpListener, piece: number) {
  const stream = await listener.accept();
  const greeting = new Uint8Array(64);
  greeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1, ...new TextEncoder().encode("NULL")]);
  const ready = new TextEncoder().encode("\x05READY\x0bSocket-Type\0\0\0\x06ROUTER");
  await stream.write(new Uint8Array([...greeting, 4, ready.length, ...ready]));
  let greeted = 64 + 2 + "\x05READY\x0bSocket-Type\0\0\0\x06DEALER".length;
  const buffer = new Uint8Array(piece);
  for (let size; (size = await stream.read(buffer)) !== null;) {
    const skipped = Math.min(size, greeted);
    greeted -= skipped;
    for (let at = skipped; at < size;) at += await stream.write(buffer.subarray(at, size));
  }
  stream.close();
}

Deno.test("concurrent messages of all sizes arrive intact and in order", async () => {
  for (const piece of [7, 65536]) {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const peer = echo(listener, piece);
    const socket = await connectZmtp(listener.addr.port, "DEALER");
    const bodies = [0, 1, 255, 256, 70_000].map((size) =>
      Uint8Array.from({ length: size }, (_, i) => i % 251)
    );
    const messages = [bodies, bodies.toReversed(), [bodies[4]], [bodies[0]]];
    const sent = Promise.all(messages.map((frames) => socket.send(frames)));
    for (const message of messages) assertEquals(await socket.receive(), message);
    await sent;
    socket.close();
    assertEquals(await socket.receive(), null);
    await peer;
    listener.close();
  }
});

Deno.test("a peer that disconnects ends the messages", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const peer = echo(listener, 65536);
  const socket = await connectZmtp(listener.addr.port, "DEALER");
  const waiting = socket.receive();
  socket.close();
  assertEquals(await waiting, null);
  await peer;
  listener.close();
});
