/** The form in which a server and model take requests, where it is not the one we ask in first. */
import type { ChatBody } from "./types.ts";

/** How the answer's format is requested; if a server does not support one, the next is tried. */
export const ANSWER_MODES = ["json_schema", "json_object", "text"] as const;
/** See {@link ANSWER_MODES}. */
export type AnswerMode = typeof ANSWER_MODES[number];

/** Fields that can be left out. */
export const OPTIONAL = ["temperature", "seed", "reasoning_effort"] as const;
/** See {@link OPTIONAL}. */
export type OptionalField = typeof OPTIONAL[number];

/** The names of the limit of an answer's tokens; none where a server takes neither. */
export const CAPS = ["max_completion_tokens", "max_tokens", "none"] as const;

/** A form of requests. */
export interface Dialect {
  /** The strictest answer format that is accepted. */
  mode: AnswerMode;
  /** Fields that are refused, sorted. */
  without: readonly OptionalField[];
  /** The name of the limit of an answer's tokens. */
  cap: typeof CAPS[number];
  /** The largest limit that is accepted; null for any. */
  most_tokens: number | null;
  /** How a picture is named: by an object, one with its detail, or its address alone. */
  image: "object" | "detail" | "address";
}

/** The form in which every server is asked first. */
export const PLAIN: Dialect = {
  mode: "json_schema",
  without: [],
  cap: "max_completion_tokens",
  most_tokens: null,
  image: "object",
};

/**
 * A request in a dialect. The answer's format is not its matter: it is chosen with the question.
 *
 * @param body A request in the {@link PLAIN} form.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { inDialect, PLAIN } from "./dialect.ts";
 *
 * const body = { model: "m", messages: [], temperature: 0, seed: 0, max_completion_tokens: 4096 };
 * const dialect = { ...PLAIN, without: ["seed" as const], cap: "max_tokens" as const, most_tokens: 512 };
 * assertEquals(inDialect(body, dialect), { model: "m", messages: [], temperature: 0, max_tokens: 512 });
 * assertEquals(inDialect(body, PLAIN), body);
 * ```
 */
export function inDialect(body: ChatBody, dialect: Dialect): ChatBody {
  const { without, cap, most_tokens, image } = dialect;
  const { max_completion_tokens: limit, ...rest } = body;
  const fields = Object.entries(rest).filter(([name]) => !without.includes(name as OptionalField));
  const most = limit && most_tokens !== null ? Math.min(limit, most_tokens) : limit;
  const limited = most === undefined || most === null || cap === "none" ? {} : { [cap]: most };
  const sent = { ...Object.fromEntries(fields), ...limited } as unknown as ChatBody;
  return image === "object" ? sent : { ...sent, messages: picturesAs(sent.messages, image) };
}

/** The limit of an answer's tokens in a dialect; null where none is sent. */
export function limitIn(limit: number | null, { cap, most_tokens }: Dialect): number | null {
  if (limit === null || cap === "none") return null;
  return Math.min(limit, most_tokens ?? Infinity);
}

function picturesAs(
  messages: ChatBody["messages"],
  image: Dialect["image"],
): ChatBody["messages"] {
  return messages.map((message) => {
    if (!Array.isArray(message.content)) return message;
    const content = message.content.map((part) => {
      if (part.type !== "image_url") return part;
      const { url } = part.image_url;
      return { ...part, image_url: image === "detail" ? { url, detail: "auto" } : url };
    });
    return { ...message, content } as typeof message;
  });
}

/**
 * What was sent otherwise than asked, in words; none for the {@link PLAIN} form.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { dialectNotes, PLAIN } from "./dialect.ts";
 *
 * assertEquals(dialectNotes({ ...PLAIN, without: ["temperature"], cap: "max_tokens" }), [
 *   "sent without temperature",
 *   "sent max_tokens for max_completion_tokens",
 * ]);
 * ```
 */
export function dialectNotes({ mode, without, cap, most_tokens, image }: Dialect): string[] {
  return [
    ...(without.length > 0 ? [`sent without ${without.join(", ")}`] : []),
    ...(cap === "none" ? ["sent without a limit of tokens"] : []),
    ...(cap === "max_tokens" ? ["sent max_tokens for max_completion_tokens"] : []),
    ...(most_tokens !== null ? [`${most_tokens} tokens at most`] : []),
    ...(mode === "json_object" ? ["sent without a schema (json_object)"] : []),
    ...(mode === "text" ? ["sent without response_format"] : []),
    ...(image === "detail" ? ["sent with detail: auto"] : []),
    ...(image === "address" ? ["sent pictures as addresses alone"] : []),
  ];
}
