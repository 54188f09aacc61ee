/** JSON as models write it, made valid where there is one reading only. */

/** A string of JSON, also one with line breaks in it. */
const STRING = /"(?:[^"\\]|\\[\s\S])*"/g;
const ESCAPE = /\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])|\\/g;

/**
 * Makes the strings of a JSON text valid: a backslash that begins no escape, as in `\mu` and `\(`,
 * stands for itself, and so does a control character. Valid JSON is left as it is.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { repairStrings } from "./json_repair.ts";
 *
 * const typed = String.raw`{"reason": "5 \mu m \(wide\), \"sharp\""}`;
 * assertEquals(JSON.parse(repairStrings(typed)).reason, String.raw`5 \mu m \(wide\), "sharp"`);
 * ```
 */
export function repairStrings(json: string): string {
  return json.replace(
    STRING,
    (string) =>
      string.replace(ESCAPE, (escape) => escape === "\\" ? "\\\\" : escape)
        // deno-lint-ignore no-control-regex
        .replace(/[\u0000-\u001f]/g, (char) => JSON.stringify(char).slice(1, -1)),
  );
}
