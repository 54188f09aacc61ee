/** Cleans prompts before tokenization, as Wan's pipelines do. */
import { decodeHTML } from "entities";

/** Unicode's white space: JavaScript's `\s` also has U+FEFF, and lacks U+0085. */
const SPACES = /\p{White_Space}+/gu;

const SINGLE_QUOTES = /[\u02bc\u2018-\u201b]/g;
const DOUBLE_QUOTES = /[\u201c-\u201f]/g;

/**
 * Resolves HTML character references (twice, since some are escaped twice), straightens curly quotes,
 * collapses white space and trims.
 *
 * Wan's pipelines straighten quotes with the Python package ftfy, which also repairs text decoded in
 * the wrong encoding and removes terminal escape codes: that is not done here. Its other changes, such
 * as ligatures and full-width letters, are also made by the tokenizer's own normalisation.
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
