/**
 * The client side of ZeroMQ's protocol over TCP, as far as a Jupyter kernel needs it: ZMTP 3.0 with
 * the NULL mechanism, socket types DEALER and SUB (https://rfc.zeromq.org/spec/23/). The native
 * library is not used because its sockets stall under Deno 2.9: they are polled only when something
 * else wakes the event loop.
 */

/** A connection for messages of one or more frames. */
export interface ZmtpSocket {
  /** Sends one message; concurrent calls are allowed, messages stay intact and in order. */
  send(frames: readonly Uint8Array[]): Promise<void>;
  /** The next message; null once either side has closed. */
  receive(): Promise<Uint8Array[] | null>;
  close(): void;
}

const MORE = 1;
const LONG = 2;
const COMMAND = 4;

/**
 * Connects to a ZeroMQ socket listening on a local port: DEALER to talk to a ROUTER, SUB to receive
 * everything that a PUB publishes from then on. Throws if nothing listens there, or the peer does
 * not speak ZMTP 3 or higher with the NULL mechanism.
 *
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "../testing/assert.ts";
 * import { connectZmtp } from "./zmtp.ts";
 *
 * const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const { port } = listener.addr;
 * const peer = listener.accept().then(async (stream) => {
 *   await stream.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n".padEnd(64)));
 *   return stream;
 * });
 * let refused = "";
 * await connectZmtp(port, "DEALER").catch((error) => refused = error.message);
 * assertEquals(refused, `Port ${port} does not speak ZMTP 3 with the NULL mechanism`);
 * (await peer).close();
 * listener.close();
 * ```
 */
export async function connectZmtp(port: number, type: "DEALER" | "SUB"): Promise<ZmtpSocket> {
  const stream = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    stream.setNoDelay(true);
    const read = reader(stream);
    await writeAll(stream, greeting());
    if (!greets(await read(64))) {
      throw new Error(`Port ${port} does not speak ZMTP 3 with the NULL mechanism`);
    }
    await writeAll(stream, frame(ready(type), COMMAND));
    await readFrame(read);
    if (type === "SUB") await writeAll(stream, frame(new Uint8Array([1]), 0));
    return socketOn(stream, read);
  } catch (error) {
    stream.close();
    throw error;
  }
}

function socketOn(stream: Deno.TcpConn, read: Read): ZmtpSocket {
  let closed = false;
  let sending = Promise.resolve();
  return {
    send(frames) {
      const bytes = joined(
        frames.map((body, i) => frame(body, i + 1 < frames.length ? MORE : 0)),
      );
      // One write at a time: a large one is split into pieces that must not be interleaved with
      // another.
      return sending = sending.then(() => writeAll(stream, bytes));
    },
    async receive() {
      const frames: Uint8Array[] = [];
      try {
        while (true) {
          const { flags, body } = await readFrame(read);
          if (flags & COMMAND) continue;
          frames.push(body);
          if (!(flags & MORE)) return frames;
        }
      } catch (error) {
        if (closed || error instanceof Closed) return null;
        throw error;
      }
    },
    close() {
      if (!closed) stream.close();
      closed = true;
    },
  };
}

/**
 * Signature (10 octets), version 3.0, mechanism (20 octets), client role, padding: 64 octets in
 * all.
 */
function greeting(): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0]);
  bytes.set(new TextEncoder().encode("NULL"), 12);
  return bytes;
}

function greets(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[9] === 0x7f && bytes[10] >= 3 &&
    new TextDecoder().decode(bytes.subarray(12, 17)) === "NULL\0";
}

/** The READY command with the one property that peers require. */
function ready(type: string): Uint8Array {
  const ascii = new TextEncoder();
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, type.length);
  return joined([ascii.encode("\x05READY\x0bSocket-Type"), length, ascii.encode(type)]);
}

function frame(body: Uint8Array, flags: number): Uint8Array {
  if (body.length < 256) return joined([new Uint8Array([flags, body.length]), body]);
  const head = new Uint8Array(9);
  head[0] = flags | LONG;
  new DataView(head.buffer).setBigUint64(1, BigInt(body.length));
  return joined([head, body]);
}

async function readFrame(read: Read): Promise<{ flags: number; body: Uint8Array }> {
  const [flags] = await read(1);
  const size = await read(flags & LONG ? 8 : 1);
  const length = flags & LONG
    ? Number(new DataView(size.buffer, size.byteOffset).getBigUint64(0))
    : size[0];
  return { flags, body: await read(length) };
}

/** The peer has closed the connection. */
class Closed extends Error {}

type Read = (count: number) => Promise<Uint8Array>;

/** Reads exact numbers of bytes, requesting larger pieces from the system. */
function reader(stream: Deno.TcpConn): Read {
  let held = new Uint8Array(0);
  return async (count) => {
    const bytes = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      if (held.length === 0) {
        const piece = new Uint8Array(65536);
        const size = await stream.read(piece);
        if (size === null) throw new Closed("The connection ended");
        held = piece.subarray(0, size);
      }
      const part = held.subarray(0, count - filled);
      bytes.set(part, filled);
      filled += part.length;
      held = held.subarray(part.length);
    }
    return bytes;
  };
}

async function writeAll(stream: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await stream.write(bytes.subarray(written));
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
