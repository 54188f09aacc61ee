/** Keys: hashes of what a row was made from. */
import { hash } from "node:crypto";

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | {
  readonly [k: string]: Json;
};

/**
 * A key for a row: 32 hexadecimal digits of the SHA-256 of what it was made from. The order of an
 * object's fields does not matter.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { keyOf } from "./key.ts";
 *
 * assertEquals(keyOf({ task: 1, seed: 0 }), keyOf({ seed: 0, task: 1 }));
 * ```
 */
export function keyOf(inputs: Json): string {
  return sha256(canonical(inputs)).slice(0, 32);
}

/** SHA-256 in lower-case hexadecimal. */
export function sha256(content: Uint8Array | string): string {
  return hash("sha256", content);
}

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value as Record<string, Json>)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => a < b ? -1 : 1)
      .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`);
    return `{${fields.join(",")}}`;
  }
  return JSON.stringify(value);
}
