/** Text inside XML and HTML. */

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Escapes text for XML and HTML, in content and in attributes. Control characters, which XML cannot
 * contain even when escaped, become U+FFFD.
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
  return text
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"']/g, (character) => ESCAPES[character]);
}
