/** Text inside XML and HTML. */

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control characters, halves of characters, and those that turn the direction of what follows. */
const UNSEEN =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

/**
 * A name as it can be shown on a line: what cannot be seen, and what would move the terminal's cursor
 * or turn the text around, becomes U+FFFD.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { visibleText } from "./markup.ts";
 *
 * assertEquals(visibleText("a\u001b[31mb\u202ec"), "a\ufffd[31mb\ufffdc");
 * assertEquals(visibleText("שלום 甲"), "שלום 甲");
 * ```
 */
export function visibleText(text: string): string {
  return text.toWellFormed().replace(UNSEEN, "\ufffd");
}

/**
 * Text or markup without what XML cannot contain even when escaped (control characters, halves of
 * characters) and without what turns the direction of the text that follows: each becomes U+FFFD. Tabs
 * and line breaks stay.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { withoutControls } from "./markup.ts";
 *
 * assertEquals(withoutControls("<b>a\u0001\ud800</b>\n"), "<b>a\ufffd\ufffd</b>\n");
 * ```
 */
export function withoutControls(text: string): string {
  return text.toWellFormed().replace(
    // deno-lint-ignore no-control-regex
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g,
    "\ufffd",
  );
}

/**
 * Escapes text for XML and HTML, in content and in attributes. What {@link withoutControls} replaces
 * becomes U+FFFD.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { escapeMarkup } from "./markup.ts";
 *
 * assertEquals(escapeMarkup(`<a href="x">&'`), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
 * assertEquals(escapeMarkup("a\u0000b"), "a\ufffdb");
 * ```
 */
export function escapeMarkup(text: string): string {
  return withoutControls(text)
    .replace(/[&<>"']/g, (character) => ESCAPES[character]);
}
