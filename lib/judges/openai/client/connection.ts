/** Requests without a response: what their errors say of the connection. */

const UNREACHABLE =
  /refused|dns|tunnel|lookup|resolve|unreachable|certificate|invalid url|requests to port \d+ are blocked|scheme '[^']*' not supported|corrupt message|InvalidContentType/i;

/**
 * The messages of an error and its causes, outermost first, on one line.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { messagesOf } from "./connection.ts";
 *
 * const error = new Error("fetch failed", { cause: new Error("connection reset") });
 * assertEquals(messagesOf(error), "fetch failed: connection reset");
 * ```
 */
export function messagesOf(error: unknown): string {
  const messages: string[] = [];
  for (let at = error; at !== undefined && at !== null;) {
    const message = at instanceof Error ? at.message : String(at);
    // Some errors wrap another and repeat its message.
    if (message && !messages.some((m) => m.includes(message))) {
      messages.push(message.replace(/\.$/, ""));
    }
    at = at instanceof Error ? at.cause : undefined;
  }
  return messages.join(": ");
}

/**
 * Whether a connection was never established: a wrong address rather than a transient fault. Ports that
 * `fetch` blocks, schemes that it does not know, and servers that do not speak TLS are among them.
 */
export function isUnreachable(message: string): boolean {
  return UNREACHABLE.test(message);
}

/**
 * Whether an attempt that failed without a response was never sent: no connection was made. Only
 * what fetch itself says counts, never words in the address.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { isUnsent } from "./connection.ts";
 *
 * const sending = (url: string, rest: string) => `error sending request for url (${url}): ${rest}`;
 * const refused = "client error (Connect): tcp connect error: Connection refused (os error 111)";
 * assertEquals(isUnsent(sending("http://h/v1", refused)), true);
 * const broken = "client error (SendRequest): connection closed before message completed";
 * assertEquals(isUnsent(sending("http://refused/v1", broken)), false);
 * ```
 */
export function isUnsent(message: string): boolean {
  const words = message.replace(/\(?\bhttps?:\/\/\S+/gi, " ");
  return /client error \(Connect\)|requests to port \d+ are blocked|scheme '[^']*' not supported|invalid url/i
    .test(words);
}

/**
 * What went wrong with a connection, without the address and the layers of the client, which messages
 * name by themselves.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { connectionText } from "./connection.ts";
 *
 * const sent = "Connection error: error sending request for url (http://h:9/v1/chat/completions): ";
 * const layers = "client error (Connect): tcp connect error: ";
 * assertEquals(
 *   connectionText(`${sent}${layers}Connection refused (os error 111)`),
 *   "Connection refused",
 * );
 * ```
 */
export function connectionText(message: string): string {
  const text = message.replace(
    /^(Connection error: )?error sending request(?: for url \([^)]*\))?: /,
    "",
  )
    .replace(/^client error \(\w+\): /, "").replace(/^tcp connect error: /, "")
    .replaceAll(/ \(os error \d+\)/g, "");
  return text || message;
}
