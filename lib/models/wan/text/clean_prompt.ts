/** Prompts as Wan's pipelines clean them before they are cut into tokens. */
import { decodeHTML } from "entities";

/** What Unicode calls white space: JavaScript's `\s` has U+FEFF too, and lacks U+0085. */
const SPACES = /\p{White_Space}+/gu;

const SINGLE_QUOTES = /[\u02bc\u2018-\u201b]/g;
const DOUBLE_QUOTES = /[\u201c-\u201f]/g;

/**
 * A prompt with HTML's character references resolved, twice, since some were escaped twice, with
 * straight quotes for curly ones, and with one space for each run of white space, none at the ends.
 *
 * Wan's pipelines straighten quotes by the Python package ftfy, which also mends text that was
 * decoded in the wrong encoding, and takes out the codes of terminals: that is not done here. What
 * else it does, such as ligatures and full-width letters, the tokenizer's own normalisation does too.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { cleanPrompt } from "./clean_prompt.ts";
 *
 * assertEquals(cleanPrompt(" red &amp;amp; white\n blood\u00a0cells "), "red & white blood cells");
 * assertEquals(cleanPrompt("the valve’s “leaflets”"), `the valve's "leaflets"`);
 * ```
 */
export function cleanPrompt(prompt: string): string {
  return decodeHTML(decodeHTML(prompt))
    .replace(SINGLE_QUOTES, "'")
    .replace(DOUBLE_QUOTES, '"')
    .replace(SPACES, " ")
    .replace(/^ | $/g, "");
}
