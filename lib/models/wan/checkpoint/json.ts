/** Reads and validates the JSON files of a model. */
import type { z } from "zod";
import { InputError, messageOf } from "../../../errors.ts";

/**
 * Reads a JSON file.
 *
 * @throws {InputError} for a file that cannot be read, is not JSON, or does not match the schema; the
 * message names the entry, what was expected and what was found.
 *
 * @example
 * ```ts
 * import { z } from "zod";
 * import { assertEquals, assertInputError } from "../../../testing/assert.ts";
 * import { readJson } from "./json.ts";
 *
 * const file = await Deno.makeTempFile({ suffix: ".json" });
 * await Deno.writeTextFile(file, '{"num_layers":30,"eps":1e-6}');
 * assertEquals(await readJson(file, z.object({ num_layers: z.int() })), { num_layers: 30 });
 * await assertInputError(() => readJson(file, z.object({ eps: z.int() })), file, "eps", "int");
 * await Deno.remove(file);
 * ```
 */
export async function readJson<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  let value: unknown;
  try {
    value = JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    throw new InputError(`Cannot read ${file}: ${messageOf(error)}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => {
    const at = path.reduce<unknown>((found, key) => Object(found)[key], value);
    return `${path.join(".") || "the whole"}: ${message}, found ${JSON.stringify(at) ?? "nothing"}`;
  });
  throw new InputError(`Cannot read ${file}: ${problems.join("; ")}`);
}
