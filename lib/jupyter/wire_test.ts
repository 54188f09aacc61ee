import { assertEquals, assertOk } from "../testing/assert.ts";
import { decodeMessage, encodeMessage, type Message } from "./wire.ts";

const message: Message = {
  header: {
    msg_id: "1",
    msg_type: "execute_request",
    session: "s",
    username: "client",
    date: "2026-01-01T00:00:00Z",
    version: "5.3",
  },
  parent_header: {},
  metadata: {},
  content: { code: "1 + 1" },
};

const bytes = (text: string) => new TextEncoder().encode(text);

function refusal(frames: Uint8Array[], key: string): string {
  try {
    decodeMessage(frames, key);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

Deno.test("a message may have a topic before it and buffers after it", () => {
  const frames = [bytes("topic"), ...encodeMessage(message, "key"), bytes("buffer")];
  assertEquals(decodeMessage(frames, "key"), message);
});

Deno.test("an altered message and another key's signature are refused", () => {
  const frames = encodeMessage(message, "key");
  const changed = [...frames.slice(0, 5), bytes('{"code":"2 + 2"}')];
  assertOk(refusal(changed, "key").includes("signature"));
  assertOk(refusal(frames, "another").includes("signature"));
  assertEquals(refusal(frames, "key"), "");
});

Deno.test("a truncated message is refused", () => {
  assertOk(refusal(encodeMessage(message, "key").slice(0, 4), "key").includes("2 parts"));
});

Deno.test("signatures are those of RFC 4231's HMAC-SHA256", () => {
  // Test case 2 of the RFC, its text split over the four signed parts.
  const parts = ["what do ya", " want ", "for", " nothing?"].map(bytes);
  const signature = bytes("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  // The signature is valid; it is the text, which is not JSON, that is refused.
  assertOk(refusal([bytes("<IDS|MSG>"), signature, ...parts], "Jefe").includes("JSON"));
});
