/**
 * Jupyter messages as bytes: a signed list of frames per message (messaging protocol 5.3, "The wire
 * protocol").
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";

/** Identifies a message and, as a parent header, the message it answers. */
export interface Header {
  msg_id: string;
  msg_type: string;
  /** The sender's session. */
  session: string;
  username: string;
  /** ISO 8601. */
  date: string;
  /** Protocol version, `5.3`. */
  version: string;
}

/** One message between a client and a kernel. */
export interface Message {
  header: Header;
  /** Empty if the message answers none. */
  parent_header: Partial<Header>;
  metadata: Record<string, unknown>;
  content: Record<string, unknown>;
}

const DELIMITER = "<IDS|MSG>";

/**
 * The frames of a message: delimiter, HMAC-SHA256 signature in hexadecimal, then header, parent,
 * metadata and content as JSON. `key` is the connection file's.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { decodeMessage, encodeMessage, type Message } from "./wire.ts";
 *
 * const header = {
 *   msg_id: "1", msg_type: "kernel_info_request", session: "s", username: "client",
 *   date: "2026-01-01T00:00:00Z", version: "5.3",
 * };
 * const message: Message = { header, parent_header: {}, metadata: {}, content: { café: 1 } };
 * assertEquals(decodeMessage(encodeMessage(message, "secret"), "secret"), message);
 * ```
 */
export function encodeMessage(message: Message, key: string): Uint8Array[] {
  const utf8 = new TextEncoder();
  const parts = [message.header, message.parent_header, message.metadata, message.content]
    .map((part) => utf8.encode(JSON.stringify(part)));
  return [utf8.encode(DELIMITER), utf8.encode(signatureOf(parts, key)), ...parts];
}

/**
 * The message in frames, ignoring routing identities or a topic before the delimiter and binary
 * buffers after the content. Throws if the delimiter is missing or the signature does not match
 * `key`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { decodeMessage } from "./wire.ts";
 *
 * let refused = "";
 * try {
 *   decodeMessage([new TextEncoder().encode("noise")], "secret");
 * } catch (error) {
 *   refused = (error as Error).message;
 * }
 * assertEquals(refused, "Cannot read a Jupyter message: no <IDS|MSG> among its 1 frames");
 * ```
 */
export function decodeMessage(frames: readonly Uint8Array[], key: string): Message {
  const text = new TextDecoder();
  const start = frames.findIndex((frame) =>
    frame.length === DELIMITER.length && text.decode(frame) === DELIMITER
  );
  if (start < 0) {
    throw new Error(
      `Cannot read a Jupyter message: no ${DELIMITER} among its ${frames.length} frames`,
    );
  }
  const [signature, ...parts] = frames.slice(start + 1, start + 6);
  if (parts.length < 4) {
    throw new Error(
      `Cannot read a Jupyter message: ${parts.length} parts after its signature, expected 4`,
    );
  }
  const expected = Buffer.from(signatureOf(parts, key));
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    throw new Error("Cannot read a Jupyter message: its signature does not match the key");
  }
  const [header, parent_header, metadata, content] = parts.map((part) =>
    JSON.parse(text.decode(part))
  );
  return { header, parent_header, metadata, content };
}

function signatureOf(parts: readonly Uint8Array[], key: string): string {
  if (key === "") return "";
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}
