/** The messages of an Arrow IPC stream or file, found one after another, also where some are damaged. */
import { Message, MessageHeader } from "apache-arrow";
import { hasHeaderSeals, headerState, sealHeader } from "./seal.ts";

const CONTINUATION = 0xffffffff;
const PREFIX_BYTES = 8;
/** What ends a stream. */
export const END_OF_STREAM: Uint8Array<ArrayBuffer> = new Uint8Array([
  255,
  255,
  255,
  255,
  0,
  0,
  0,
  0,
]);

/** What was found; parts of the bytes, not copies. */
export interface Messages {
  /** The first schema message; null where there is none that can be read. */
  schema: Uint8Array | null;
  /** Messages that say they hold rows. */
  batches: Uint8Array[];
  /** Bytes up to the end of the last whole message. */
  whole: number;
  /** Whether something between the whole messages cannot be read; an end that is cut off does not count. */
  broken: boolean;
  /** Whether headers have seals; those of earlier versions have none. */
  sealed: boolean;
}

/** The messages in bytes from `start`, which is where the first one begins. */
export function messagesIn(bytes: Uint8Array, start: number): Messages {
  const sealed = hasHeaderSeals(bytes);
  const found: Messages = { schema: null, batches: [], whole: start, broken: false, sealed };
  let at = start;
  let skipping = false;
  while (at + PREFIX_BYTES <= bytes.length) {
    const message = messageAt(bytes, at, sealed);
    if (message === "end") break;
    if (message === null) {
      // Messages begin at multiples of 8 bytes.
      skipping = true;
      at = nextPrefix(bytes, at + 8 - (at - start) % 8);
      continue;
    }
    found.broken ||= skipping;
    skipping = false;
    const part = bytes.subarray(at, at + message.size);
    if (message.type === MessageHeader.Schema) found.schema ??= part;
    else if (message.type === MessageHeader.RecordBatch) found.batches.push(part);
    at += message.size;
    found.whole = at;
  }
  found.broken ||= skipping && !isCutOff(bytes, found.whole, sealed);
  return found;
}

/** Size of the message at the beginning of these bytes. */
export function messageSize(bytes: Uint8Array): number {
  const message = messageAt(bytes, 0, false);
  if (message === null || message === "end") throw new Error("no Arrow message");
  return message.size;
}

/** Seals the headers of all messages in bytes from `start` that were written just now. */
export function sealHeaders(bytes: Uint8Array, start: number): Uint8Array {
  for (let at = start;;) {
    const message = messageAt(bytes, at, false);
    if (message === null || message === "end") return bytes;
    sealHeader(bytes.subarray(at, at + message.header));
    at += message.size;
  }
}

/** The message at `at`, with its body; null if it is absent, cut off or damaged. */
function messageAt(
  bytes: Uint8Array,
  at: number,
  sealed: boolean,
): { size: number; header: number; type: number } | "end" | null {
  if (at + PREFIX_BYTES > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, PREFIX_BYTES);
  if (view.getUint32(0, true) !== CONTINUATION) return null;
  const metadata = view.getInt32(4, true);
  if (metadata === 0) return "end";
  const header = PREFIX_BYTES + metadata;
  if (metadata < 0 || at + header > bytes.length) return null;
  if (sealed && headerState(bytes.subarray(at, at + header)) !== "whole") return null;
  try {
    const { bodyLength, headerType } = Message.decode(
      bytes.subarray(at + PREFIX_BYTES, at + header),
    );
    const size = header + bodyLength;
    const isWhole = bodyLength >= 0 && at + size <= bytes.length;
    return isWhole ? { size, header, type: headerType } : null;
  } catch {
    return null;
  }
}

/** Whether what follows the last whole message began as one that the file is too short for. */
function isCutOff(bytes: Uint8Array, at: number, sealed: boolean): boolean {
  const rest = bytes.subarray(at);
  if (rest.length < PREFIX_BYTES) return true;
  const view = new DataView(rest.buffer, rest.byteOffset, PREFIX_BYTES);
  if (view.getUint32(0, true) !== CONTINUATION) return false;
  const body = PREFIX_BYTES + view.getInt32(4, true);
  if (body > rest.length) return true;
  if (sealed && headerState(rest.subarray(0, body)) !== "whole") return false;
  try {
    return body + Message.decode(rest.subarray(PREFIX_BYTES, body)).bodyLength > rest.length;
  } catch {
    return false;
  }
}

function nextPrefix(bytes: Uint8Array, from: number): number {
  for (let at = from; at + PREFIX_BYTES <= bytes.length; at += 8) {
    if (
      bytes[at] === 255 && bytes[at + 1] === 255 && bytes[at + 2] === 255 && bytes[at + 3] === 255
    ) {
      return at;
    }
  }
  return bytes.length;
}
