/** The content of a request to the fault server, and its token count. */
import { sha256 } from "../../store/key.ts";
import { type ImageRule, type ImageSize, imageTokens } from "../../judges/openai/cost/tokens.ts";
import type { ChatBody } from "../../judges/openai/client/types.ts";

/** A chat completion as understood by the server. */
export interface Asked {
  /** Number of chat requests so far, including this one; lines of a batch count too. */
  nth: number;
  /** Number of times that this exact body was received, including this time. */
  time: number;
  /** Hash of the whole body. */
  key: string;
  /**
   * Hash of the conversation up to its first user message, which a retry of a question preserves.
   */
  question: string;
  model: string;
  /** All text of all messages. */
  text: string;
  /** Inline pictures, with the sizes from their own headers. */
  images: ImageSize[];
  /** Messages in the conversation: 1 or 2 for a first attempt. */
  messages: number;
  /** The JSON schema for the answer; null if absent. */
  schema: unknown;
  /** Whether a response format is requested. */
  formatted: boolean;
  /** Size of the body in bytes. */
  bytes: number;
  /** The requested criteria, by their numbers in the text. */
  ids: number[];
  body: ChatBody;
}

/** Parses a request. */
export function askedOf(raw: string, nth: number, time: number): Asked {
  const body = JSON.parse(raw) as ChatBody;
  const format = body.response_format;
  const first = body.messages.findIndex(({ role }) => role === "user");
  const opening = body.messages.slice(0, first + 1);
  return {
    nth,
    time,
    key: sha256(raw),
    question: sha256(
      parts(opening).map(({ text, image_url }) => text ?? addressOf(image_url)).join("\0") +
        body.model,
    ),
    model: body.model,
    text: wordsOf(body.messages),
    images: imagesOf(body.messages),
    messages: body.messages.length,
    schema: format?.type === "json_schema" ? format.json_schema.schema : null,
    formatted: format !== undefined,
    bytes: raw.length,
    ids: idsOf(wordsOf(opening)),
    body,
  };
}

type Part = {
  type: string;
  text?: string;
  image_url?: string | { url: string; detail?: ImageSize["detail"] };
};

function parts(messages: ChatBody["messages"]): Part[] {
  return messages.flatMap(({ content }): Part[] => {
    if (typeof content === "string") return [{ type: "text", text: content }];
    return Array.isArray(content) ? content : [];
  });
}

/** Some servers take a picture's address alone. */
function addressOf(image: Part["image_url"]): string | undefined {
  return typeof image === "string" ? image : image?.url;
}

function wordsOf(messages: ChatBody["messages"]): string {
  return parts(messages).map(({ text }) => text).filter(Boolean).join("\n");
}

function imagesOf(messages: ChatBody["messages"]): ImageSize[] {
  return parts(messages).flatMap(({ image_url }) => {
    const size = image_url && pictureSize(addressOf(image_url)!);
    const detail = Object(image_url).detail ?? "high";
    return size ? [{ ...size, detail }] : [];
  });
}

/** The criteria's numbers: from a list in a sentence, otherwise from numbered lines. */
function idsOf(text: string): number[] {
  const listed = [...text.matchAll(/criteria (\d+(?:,? (?:and )?\d+)*)/g)].at(-1);
  const found = listed
    ? listed[1].match(/\d+/g)!
    : [...text.matchAll(/^\s*(?:[-*]\s*)?(\d+)\s*(?:\([^)\n]*\))?\s*[.:)：、]/gm)].map((m) => m[1]);
  return [...new Set(found.map(Number))];
}

/**
 * The size of a JPEG or PNG in a data URL, from its own header (ITU T.81, B.2.2; PNG, 11.2.2). Null
 * for anything else.
 */
export function pictureSize(url: string): { width: number; height: number } | null {
  const data = url.match(/^data:image\/(?:jpeg|jpg|png);base64,/);
  if (!data) return null;
  // The size precedes the picture's data, mostly within the first few hundred bytes.
  for (const bytes of [3 * 1024, 3 * 65536]) {
    const size = sizeInHeader(atob(url.slice(data[0].length, data[0].length + bytes / 3 * 4)));
    if (size) return size;
  }
  return null;
}

function sizeInHeader(text: string): { width: number; height: number } | null {
  const byte = (at: number) => text.charCodeAt(at);
  const word = (at: number) => byte(at) * 256 + byte(at + 1);
  if (text.startsWith("\x89PNG")) return { width: word(18), height: word(22) };
  if (word(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 < text.length && byte(at) === 0xff;) {
    const marker = byte(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: word(at + 5), width: word(at + 7) };
    at += 2 + word(at + 2);
  }
  return null;
}

/**
 * Number of tokens of a text, as split by a byte-pair encoder: words with the preceding space, one
 * or two tokens by length, numbers by three digits, punctuation separately. Independent of the
 * estimate in `tokens.ts`, so that comparing the two is meaningful.
 */
export function countText(text: string): number {
  let count = 0;
  for (const [piece] of text.matchAll(/ ?[A-Za-z]+| ?\d{1,3}|[^\sA-Za-z\d]|\s*\n+|\s+/g)) {
    const letters = /[A-Za-z]/.test(piece) ? piece.trim().length : 0;
    count += letters > 12 ? 3 : letters > 8 ? 2 : 1;
  }
  return count;
}

/** Prompt tokens by the published rules: text, pictures, and three tokens per message. */
export function countPrompt(asked: Asked, rule: ImageRule): number {
  const schema = asked.schema === null ? 0 : countText(JSON.stringify(asked.schema));
  const pictures = asked.images.reduce((sum, image) => sum + imageTokens(image, rule), 0);
  return countText(asked.text) + schema + pictures + 3 * asked.messages + 3;
}
