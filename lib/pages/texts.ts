/** Texts as pages show them. */
import { type Bundle, html } from "../jupyter/bundle.ts";
import { escapeMarkup } from "../markup.ts";

/**
 * What the probe measures for a criterion, with the limits within which it counts as met.
 *
 * @param probe The column `probe` of the criterion: JSON, empty for one that is not measured.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { probeText } from "./texts.ts";
 *
 * const probe = '{"measure":"object-count","objects":"cells","min":7,"max":12,"unit":"objects"}';
 * assertEquals(probeText(probe), "object-count (objects = cells): 7 to 12 objects");
 * assertEquals(probeText('{"measure":"lost-share","max":0.07,"unit":"1"}'), "lost-share: at most 0.07");
 * assertEquals(probeText(""), "");
 * ```
 */
export function probeText(probe: string): string {
  if (probe === "") return "";
  const { measure, min, max, unit, ...args } = JSON.parse(probe);
  const named = Object.entries(args).map(([name, value]) => `${name} = ${value}`);
  const given = named.length > 0 ? ` (${named.join(", ")})` : "";
  const limits = min === undefined
    ? `at most ${max}`
    : max === undefined
    ? `at least ${min}`
    : `${min} to ${max}`;
  return `${measure}${given}: ${limits}${unit === "1" ? "" : ` ${unit}`}`;
}

/**
 * A text with its line breaks, wrapped between words where lines are too long for the page.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { wrapped } from "./texts.ts";
 *
 * const text = "Answer with one JSON object.";
 * assertEquals(wrapped(text)["text/plain"], text);
 * ```
 */
export function wrapped(text: string): Bundle {
  const style = "white-space: pre-wrap; word-break: normal; overflow-wrap: break-word";
  return html(`<pre style="${style}">${escapeMarkup(text)}</pre>`, text);
}
