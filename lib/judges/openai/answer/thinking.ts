/** Where a model's thinking ends and its answer begins. */

/** What models call the blocks in which they think. */
const NAMES = "[\\w:▁-]*(?:think|thought|reason|reflect|analy[sz]|scratch|deliberat|" +
  "draft|cot|ponder|monolog|contemplat)[\\w:▁-]*";

/**
 * What closes a block of thinking: `</think>`, `</seed:think>`, `[/THINK]`, `◁/think▷`, `<|/think|>`,
 * `<|END_THINKING|>`, `<|end_of_thought|>`, MedGemma's `<unused95>`; and the header of the last
 * channel of harmony, also where a server has dropped its special tokens.
 */
const CLOSERS = new RegExp(
  [
    `<\\s*/\\s*${NAMES}\\s*>`,
    `\\[\\s*/\\s*${NAMES}\\s*\\]`,
    `◁\\s*/\\s*${NAMES}\\s*▷`,
    `<[|｜]\\s*/\\s*${NAMES}\\s*[|｜]>`,
    `<[|｜]?\\s*(?:end|close)[_▁ -]?(?:of[_▁ -]?)?${NAMES}\\s*[|｜]?>`,
    "<unused95>",
    "<\\|channel\\|>\\s*final\\b[^{]*?<\\|message\\|>",
    "<channel\\|>",
    "assistantfinal",
  ].join("|"),
  "gi",
);

/** What opens a block of thinking. Titles in brackets, such as [Reasoning], are none. */
const OPENERS = new RegExp(
  [
    `<[|｜]?\\s*(?:(?:start|begin|open)[_▁ -]?(?:of[_▁ -]?)?)?${NAMES}\\s*[|｜]?>`,
    "\\[THINK\\]",
    `◁\\s*${NAMES}\\s*▷`,
    "<\\|channel\\|?>\\s*(?:analysis|commentary|thought)\\b",
  ].join("|"),
  "gi",
);

/**
 * The text outside of thinking, after its last block: drafts in it are not the answer. A block that
 * is not closed lasts until the end.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { afterThinking } from "./thinking.ts";
 *
 * assertEquals(afterThinking('<think>{"met": true}? No.</think>{"met": false}'), '{"met": false}');
 * assertEquals(afterThinking("[THINK]Hm.[/THINK]Yes."), "Yes.");
 * assertEquals(afterThinking('<think>{"met": true}? No, wait'), "");
 * assertEquals(afterThinking("Yes."), "Yes.");
 * ```
 */
export function afterThinking(text: string): string {
  let from = 0;
  for (const { index, 0: closer } of text.matchAll(CLOSERS)) from = index + closer.length;
  const rest = text.slice(from);
  let depth = 0;
  let seen = 0;
  for (const { index } of rest.matchAll(OPENERS)) {
    for (; seen < index; seen++) depth += rest[seen] === "{" ? 1 : rest[seen] === "}" ? -1 : 0;
    // Inside an object it is a word of a reason.
    if (depth === 0) return rest.slice(0, index);
  }
  return rest;
}
