/** The most that a request can cost, computed from what is really sent. */
import type { ChatBody } from "../client/types.ts";
import { costOf, type Price } from "./price.ts";
import { type ImageSize, imageTokens } from "./tokens.ts";

/** Tokens that a server's chat template may add to a request, and to each of its messages. */
const TEMPLATE = { request: 256, message: 16 };

/** Pictures by the provider's published rule may be counted so much higher. */
const PICTURE_MARGIN = 1.25;

/**
 * Tokens of a picture at most where its model's rule is unknown: one for each square of 14 px, the
 * finest in use, or those of models that count every picture alike, up to 13 tiles of 256.
 */
const UNKNOWN_PICTURE = { square: 14, least: 3500 };

/** Upper bounds of a request's tokens. */
export interface WorstCase {
  prompt_tokens: number;
  /** The limit that was sent; null where none was. */
  completion_tokens: number | null;
}

/**
 * Upper bounds of the tokens of a request. Its text has at most as many tokens as bytes, because
 * tokens of byte-level and byte-fallback tokenizers cover at least one; names, punctuation and the
 * schema are taken as text too. Pictures count by the model's published rule, a quarter more, or by
 * the most that is known of any model.
 *
 * @param body The request as sent.
 * @param images Sizes of its pictures in pixels.
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "../../../testing/assert.ts";
 * import { priceOf, readPrices } from "./price.ts";
 * import { worstCase } from "./worst_case.ts";
 *
 * const table = await readPrices(new URL("../../../../data/prices.json", import.meta.url));
 * const messages = [{ role: "user" as const, content: "A cell divides." }];
 * const body = { model: "gpt-4o", messages, max_completion_tokens: 500 };
 * const bound = worstCase(body, [{ width: 832, height: 480 }], priceOf(table, "gpt-4o"));
 * assertOk(bound.prompt_tokens > 425 + 4);
 * assertEquals(bound.completion_tokens, 500);
 * ```
 */
export function worstCase(
  body: ChatBody,
  images: readonly ImageSize[],
  price: Pick<Price, "image" | "image_known">,
): WorstCase {
  const text = JSON.stringify(body, (key, value) => isPicture(key, value) ? "" : value);
  const { messages, max_completion_tokens, max_tokens } = body;
  const limits = [max_completion_tokens, max_tokens].filter((n) => typeof n === "number");
  return worstCaseOf({
    text,
    messages: messages.length,
    images,
    max_tokens: limits.length === 0 ? null : Math.max(...limits),
  }, price);
}

/** Servers take pictures as `{ url }` or as a string. */
function isPicture(key: string, value: unknown): boolean {
  return ["url", "image_url"].includes(key) && typeof value === "string";
}

/** The same from what is known of a request before it is written. */
export function worstCaseOf(
  { text, messages, images, max_tokens }: {
    text: string;
    messages: number;
    images: readonly ImageSize[];
    max_tokens: number | null;
  },
  price: Pick<Price, "image" | "image_known">,
): WorstCase {
  const bytes = new TextEncoder().encode(text).length;
  const pictures = images.reduce((sum, image) => sum + mostTokens(image, price), 0);
  return {
    prompt_tokens: bytes + pictures + TEMPLATE.request + TEMPLATE.message * messages,
    completion_tokens: max_tokens,
  };
}

/**
 * The cost of the worst case in US dollars.
 *
 * @param without Tokens taken for an answer whose length was not limited.
 */
export function worstCost(
  { prompt_tokens, completion_tokens }: WorstCase,
  price: Price,
  { without, batch }: { without: number; batch?: boolean },
): number {
  return costOf(price, prompt_tokens, completion_tokens ?? without, { batch });
}

function mostTokens(
  image: ImageSize,
  { image: rule, image_known }: Pick<Price, "image" | "image_known">,
): number {
  if (image_known) return Math.ceil(imageTokens(image, rule) * PICTURE_MARGIN);
  const { square, least } = UNKNOWN_PICTURE;
  return Math.max(least, Math.ceil(image.width / square) * Math.ceil(image.height / square));
}
