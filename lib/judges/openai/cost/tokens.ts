/**
 * Estimates the token count of a request before it is sent. Text is an estimate; images follow the
 * provider's published rules (OpenAI's guide "Images and vision", section "Calculating costs").
 */
import { z } from "zod";

/**
 * How a model counts an image.
 * - `tiles`: scaled down to fit 2048 × 2048 px and a short side of 768 px, then `base` tokens and
 * `per_tile` for each 512-px square, rounded up; a low-detail image costs `base`.
 * - `patches`: 32-px squares, rounded up, after scaling down if there are more than `budget`, each
 * counted as `multiplier` tokens; the detail setting has no effect.
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

/**
 * An image's size in pixels, and the detail setting (`high` by default; values other than `low`
 * count alike).
 */
export interface ImageSize {
  width: number;
  height: number;
  detail?: "low" | "high" | "auto" | "original";
}

/**
 * Token count of one image, rounded up.
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
  // Slightly smaller still, so that one side is a whole number of patches.
  const fit = Math.min(Math.floor(across) / across, Math.floor(down) / down);
  return begun(width * shrink * fit, 32) * begun(height * shrink * fit, 32);
}

/** Number of squares of `side` needed to cover a length, ignoring rounding errors. */
function begun(length: number, side: number): number {
  return Math.max(1, Math.ceil(length / side - 1e-9));
}

/**
 * Approximate token count of a text: one per four characters of Latin script, OpenAI's rule of
 * thumb for English, and one per character of other scripts (approximately right for Chinese,
 * Japanese and Korean). English prose is within some 10%; code and digits can exceed the estimate
 * by a third.
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

/**
 * Tokens of the message format: three per message and its role, and three that begin the answer.
 */
const PER_MESSAGE = 4;
const PER_REQUEST = 3;

/**
 * Approximate number of prompt tokens of a request: its text, its images, and the overhead per
 * message. The text is everything sent as words, including a JSON schema.
 *
 * @param request.messages Number of messages that the text is divided into; 1 by default.
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
