/** Where a model's thinking ends and its answer begins. */

/** What models call the blocks in which they think. */
const NAMES = "[\\w:-]*(?:think|thought|reason|reflect|analy[sz]|scratch|deliberat|draft|cot)" +
  "[\\w:-]*";

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
    `<\\|\\s*/\\s*${NAMES}\\s*\\|>`,
    `<\\|?\\s*(?:end|close)[_ -]?(?:of[_ -]?)?${NAMES}\\s*\\|?>`,
    "<unused95>",
    "<\\|channel\\|>\\s*final\\b[^{]*?<\\|message\\|>",
    "<channel\\|>",
    "assistantfinal",
  ].join("|"),
  "gi",
);

/**
 * The text after the last block of thinking: drafts in it are not the answer.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { afterThinking } from "./thinking.ts";
 *
 * assertEquals(afterThinking('<think>{"met": true}? No.</think>{"met": false}'), '{"met": false}');
 * assertEquals(afterThinking("[THINK]Hm.[/THINK]Yes."), "Yes.");
 * assertEquals(afterThinking("Yes."), "Yes.");
 * ```
 */
export function afterThinking(text: string): string {
  let from = 0;
  for (const { index, 0: closer } of text.matchAll(CLOSERS)) from = index + closer.length;
  return text.slice(from);
}
