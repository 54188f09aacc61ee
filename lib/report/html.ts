/** HTML templates that escape values by default. */
import { pathToFileURL } from "node:url";
import { isAbsolute } from "node:path";
import { escapeMarkup } from "../markup.ts";

/** HTML that is safe to insert unescaped. */
export class Markup {
  constructor(readonly html: string) {}
}

type Value = Markup | string | number | readonly (Markup | string | number)[] | null;

function render(value: Value): string {
  if (value === null) return "";
  if (value instanceof Markup) return value.html;
  if (typeof value === "string" || typeof value === "number") return escapeMarkup(String(value));
  return value.map(render).join("");
}

/**
 * A template whose values are escaped unless they are {@link Markup}; lists are joined, null is
 * omitted.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { markup } from "./html.ts";
 *
 * const cells = ["a < b", "<script>"].map((text) => markup`<td>${text}</td>`);
 * assertEquals(
 *   markup`<tr>${cells}</tr>`.html,
 *   "<tr><td>a &lt; b</td><td>&lt;script&gt;</td></tr>",
 * );
 * ```
 */
export function markup(parts: TemplateStringsArray, ...values: Value[]): Markup {
  return new Markup(parts.reduce((before, part, i) => before + render(values[i - 1]) + part));
}

/**
 * The URL of a file for a page opened from disk: the names of a relative path are encoded, and an
 * absolute path becomes a `file:` URL. No path can turn into a URL of another scheme.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { addressOf } from "./html.ts";
 *
 * assertEquals(addressOf("../clips/my model/1 #2.mp4"), "../clips/my%20model/1%20%232.mp4");
 * assertEquals(addressOf("javascript:alert(1)"), "javascript%3Aalert(1)");
 * ```
 */
export function addressOf(path: string): string {
  if (isAbsolute(path)) return pathToFileURL(path).href;
  return path.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
}
