/** Token prices. They are dated data; see `data/prices.json`. */
import { z } from "zod";
import { InputError, messageOf } from "../../../errors.ts";
import { type ImageRule, imageRuleSchema } from "./tokens.ts";
import { zodText } from "../../../zod_text.ts";

export * from "./budget.ts";
export * from "./tokens.ts";

const rate = z.number().nonnegative();
const date = z.iso.date();

/** The schema of the price table's file. */
const priceTableSchema = z.strictObject({
  /** The date of the table. */
  date,
  currency: z.literal("USD"),
  source: z.string().min(1),
  models: z.array(z.strictObject({
    model: z.string().min(1),
    /** Snapshots and aliases with the same price. */
    aliases: z.array(z.string().min(1)).optional(),
    input_per_million: rate,
    output_per_million: rate,
    cached_input_per_million: rate.optional(),
    /** The Batch API's discount as a fraction: 0.5 is half. */
    batch_discount: z.number().min(0).max(1).optional(),
    image: imageRuleSchema,
    /** The date of the source. */
    date,
    source: z.string().min(1),
  })),
});

/** See {@link priceTableSchema}. */
export type PriceTable = z.infer<typeof priceTableSchema>;

/** US dollars per million tokens, as given by the user. */
export interface PriceOverride {
  input_per_million: number;
  output_per_million: number;
}

/** A model's token prices in US dollars per million. */
export interface Price extends PriceOverride {
  model: string;
  cached_input_per_million?: number;
  /** The batch discount as a fraction; 0 if unknown. */
  batch_discount: number;
  image: ImageRule;
  /** False if the model is unknown, in which case `image` is gpt-4o's rule. */
  image_known: boolean;
  /** Source and date of the price. */
  source: string;
  /** Whether nobody knows it: its rates are 0, and mean nothing. */
  unknown?: true;
}

/** The rule assumed for images of unknown models: gpt-4o's. */
const ASSUMED_IMAGE: ImageRule = { rule: "tiles", base: 85, per_tile: 170 };

/**
 * Reads a price table.
 *
 * @throws {InputError} for a file that cannot be read or does not fit the schema, or a duplicate
 * model name.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { readPrices } from "./price.ts";
 *
 * const table = await readPrices(new URL("../../../../data/prices.json", import.meta.url));
 * assertEquals(table.currency, "USD");
 * ```
 */
export async function readPrices(path: string | URL): Promise<PriceTable> {
  const shown = String(path);
  let found: unknown;
  try {
    found = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    throw new InputError(`Cannot read prices from ${shown}: ${messageOf(error)}`);
  }
  const parsed = priceTableSchema.safeParse(found);
  if (!parsed.success) {
    throw new InputError(`Cannot read prices from ${shown}: ${zodText(parsed.error)}`);
  }
  const names = parsed.data.models.flatMap(({ model, aliases = [] }) => [model, ...aliases]);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new InputError(`Cannot read prices from ${shown}: ${twice} appears twice`);
  return parsed.data;
}

/**
 * The price of a model: the user's if given, otherwise the table's. A model missing from the table
 * needs the user's price, has no known batch discount, and its images are counted as gpt-4o's.
 *
 * @throws {InputError} for a model missing from the table if no price is given, or a price that is
 * not a number from 0.
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { priceOf, readPrices } from "./price.ts";
 *
 * const table = await readPrices(new URL("../../../../data/prices.json", import.meta.url));
 * assertEquals(priceOf(table, "gpt-4o-2024-11-20").model, "gpt-4o");
 * const own = priceOf(table, "my-model", { input_per_million: 0, output_per_million: 0 });
 * assertEquals(own.image_known, false);
 * ```
 */
export function priceOf(table: PriceTable, model: string, override?: PriceOverride): Price {
  const known = table.models.find((m) => m.model === model || m.aliases?.includes(model));
  if (override) {
    const { input_per_million, output_per_million } = override;
    for (const value of [input_per_million, output_per_million]) {
      if (!Number.isFinite(value) || value < 0) {
        throw new InputError(
          `Cannot use the price ${input_per_million},${output_per_million} of --price; ` +
            "expected US dollars per million tokens of input and of output, each from 0",
        );
      }
    }
    return {
      model: known?.model ?? model,
      input_per_million,
      output_per_million,
      batch_discount: known?.batch_discount ?? 0,
      image: known?.image ?? ASSUMED_IMAGE,
      image_known: known !== undefined,
      source: "given with --price",
    };
  }
  if (!known) {
    throw new InputError(
      `No price is known for model ${model}: the table of ${table.date} has ` +
        `${
          table.models.map((m) => m.model).join(", ")
        }. Give its price in US dollars per million ` +
        "tokens with --price INPUT,OUTPUT (--price 0,0 for a server that costs nothing)",
    );
  }
  return {
    model: known.model,
    input_per_million: known.input_per_million,
    output_per_million: known.output_per_million,
    cached_input_per_million: known.cached_input_per_million,
    batch_discount: known.batch_discount ?? 0,
    image: known.image,
    image_known: true,
    source: `${known.date}: ${known.source}`,
  };
}

/**
 * Like {@link priceOf}, but for a model without a price one that says so, for counting tokens alone.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { priceIfKnown } from "./price.ts";
 *
 * const { unknown, image_known } = priceIfKnown({ models: [] } as never, "my-model");
 * assertEquals([unknown, image_known], [true, false]);
 * ```
 */
export function priceIfKnown(table: PriceTable, model: string, override?: PriceOverride): Price {
  const isKnown = table.models.some((m) => m.model === model || m.aliases?.includes(model));
  if (override || isKnown) return priceOf(table, model, override);
  const free = priceOf(table, model, { input_per_million: 0, output_per_million: 0 });
  return { ...free, source: `not known for ${model}`, unknown: true };
}

/**
 * The cost of tokens in US dollars.
 *
 * @param options.batch Whether the Batch API's discount applies.
 * @param options.cachedTokens Number of prompt tokens that the server counted as cached.
 * @example
 * ```ts
 * import { assertNear } from "../../../testing/assert.ts";
 * import { costOf, priceOf, readPrices } from "./price.ts";
 *
 * const table = await readPrices(new URL("../../../../data/prices.json", import.meta.url));
 * const price = priceOf(table, "my-model", { input_per_million: 2, output_per_million: 8 });
 * assertNear(costOf(price, 500_000, 250_000), 3, 1e-12);
 * ```
 */
export function costOf(
  price: Price,
  promptTokens: number,
  completionTokens: number,
  options: { batch?: boolean; cachedTokens?: number } = {},
): number {
  const { batch = false, cachedTokens = 0 } = options;
  const cachedRate = price.cached_input_per_million ?? price.input_per_million;
  const millions = (tokens: number) => tokens / 1e6;
  const full = millions(promptTokens - cachedTokens) * price.input_per_million +
    millions(cachedTokens) * cachedRate +
    millions(completionTokens) * price.output_per_million;
  return batch ? full * (1 - price.batch_discount) : full;
}
