/**
 * How many tokens a request will be counted as, before it is sent. Text is an estimate; images follow
 * the rules that the provider publishes (OpenAI's guide "Images and vision", section "Calculating
 * costs").
 */
import { z } from "zod";

/**
 * How a model counts an image.
 * - `tiles`: scaled down to fit 2048 × 2048 px and a short side of 768 px, then `base` tokens and
 *   `per_tile` for each 512-px square begun; an image of low detail costs `base`.
 * - `patches`: squares of 32 px begun, scaled down where they are more than `budget`, each counted as
 *   `multiplier` tokens; the detail asked for changes nothing.
 */
export const imageRuleSchema = z.discriminatedUnion("rule", [
  z.strictObject({
    rule: z.literal("tiles"),
    base: z.number().nonnegative(),
    per_tile: z.number().positive(),
  }),
  z.strictObject({
    rule: z.literal("patches"),
    budget: z.int().positive(),
    multiplier: z.number().positive(),
  }),
]);

/** See {@link imageRuleSchema}. */
export type ImageRule = z.infer<typeof imageRuleSchema>;

/** An image's size in pixels, and the detail asked for (`high` unless told; others than `low` count alike). */
export interface ImageSize {
  width: number;
  height: number;
  detail?: "low" | "high" | "auto" | "original";
}

/**
 * Tokens that one image is counted as, rounded up.
 *
 * @example The examples of OpenAI's guide.
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { imageTokens } from "./tokens.ts";
 *
 * const tiles = { rule: "tiles", base: 85, per_tile: 170 } as const;
 * assertEquals(imageTokens({ width: 1024, height: 1024 }, tiles), 765);
 * assertEquals(imageTokens({ width: 2048, height: 4096 }, tiles), 1105);
 * const patches = { rule: "patches", budget: 1536, multiplier: 1 } as const;
 * assertEquals(imageTokens({ width: 1024, height: 1024 }, patches), 1024);
 * assertEquals(imageTokens({ width: 1800, height: 2400 }, patches), 1452);
 * ```
 */
export function imageTokens(image: ImageSize, rule: ImageRule): number {
  if (rule.rule === "patches") {
    return Math.ceil(patchesOf(image.width, image.height, rule.budget) * rule.multiplier);
  }
  if (image.detail === "low") return rule.base;
  return Math.ceil(rule.base + rule.per_tile * tilesOf(image.width, image.height));
}

function tilesOf(width: number, height: number): number {
  const fit = Math.min(1, 2048 / Math.max(width, height));
  // Smaller images are not enlarged: a 128 × 64 image is billed as one tile.
  const scale = fit * Math.min(1, 768 / (Math.min(width, height) * fit));
  return begun(width * scale, 512) * begun(height * scale, 512);
}

function patchesOf(width: number, height: number, budget: number): number {
  const whole = begun(width, 32) * begun(height, 32);
  if (whole <= budget) return whole;
  const shrink = Math.sqrt(budget * 32 ** 2 / (width * height));
  const across = width * shrink / 32;
  const down = height * shrink / 32;
  // Then a little smaller still, so that one side holds whole patches.
  const fit = Math.min(Math.floor(across) / across, Math.floor(down) / down);
  return begun(width * shrink * fit, 32) * begun(height * shrink * fit, 32);
}

/** Squares of `side` that a length begins; a length a rounding error too long begins none. */
function begun(length: number, side: number): number {
  return Math.max(1, Math.ceil(length / side - 1e-9));
}

/**
 * About how many tokens a text is: one for four characters of Latin script, the rule of thumb that
 * OpenAI gives for English, and one for each character of scripts outside it (Chinese, Japanese and
 * Korean take about that many). An estimate: English prose comes within some 10%, code and digits
 * can be a third above it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { textTokens } from "./tokens.ts";
 *
 * assertEquals(textTokens("Red cells flow through the vessel."), 9);
 * assertEquals(textTokens("具体要求"), 4);
 * ```
 */
export function textTokens(text: string): number {
  let wide = 0;
  let narrow = 0;
  for (const character of text) {
    if (character.codePointAt(0)! > 0x2e7f) wide += 1;
    else narrow += 1;
  }
  return Math.ceil(wide + narrow / 4);
}

/** Tokens around the messages: three a message and its role, and three that begin the answer. */
const PER_MESSAGE = 4;
const PER_REQUEST = 3;

/**
 * About how many prompt tokens a request is counted as: its text, its images, and what the chat
 * format adds to each message. The text is all that is sent in words, a JSON schema included.
 *
 * @param request.messages How many messages the text is spread over; 1 unless told.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { estimateTokens } from "./tokens.ts";
 *
 * const image = { rule: "tiles", base: 85, per_tile: 170 } as const;
 * const images = Array.from({ length: 8 }, () => ({ width: 832, height: 480 }));
 * assertEquals(estimateTokens({ text: "", images, price: { image } }), 8 * 425 + 7);
 * ```
 */
export function estimateTokens(
  request: {
    text: string;
    images: readonly ImageSize[];
    price: { image: ImageRule };
    messages?: number;
  },
): number {
  const { text, images, price, messages = 1 } = request;
  const seen = images.reduce((sum, image) => sum + imageTokens(image, price.image), 0);
  return textTokens(text) + seen + messages * PER_MESSAGE + PER_REQUEST;
}
