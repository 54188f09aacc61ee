/** The judges that can be named; each is one line here, and its import. */
import { choose, type Chosen, type Registry } from "../registry.ts";
import { human } from "./human/entry.ts";
import { imported } from "./imported_entry.ts";
import type { JudgeEntry } from "./judge_entry.ts";
import { openai } from "./openai/entry.ts";
import { probe } from "./probe/entry.ts";

/** Judges by the word that names them. */
export const JUDGES: Registry<JudgeEntry> = { probe, openai, imported, human };

/** The judge where none is named. */
export const DEFAULT_JUDGE = "probe";

/**
 * A judge by its name, such as `probe`, `openai:MODEL` or `paper=imported:DIR`, with its options'
 * defaults.
 *
 * @throws {InputError} for an unknown name, with the nearest one and the list.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../testing/assert.ts";
 * import { chooseJudge } from "./registry.ts";
 *
 * const { entry, options } = chooseJudge("openai:gpt-4o");
 * assertEquals([entry.name, options.frames], ["openai", 8]);
 * await assertInputError(() => chooseJudge("prob"), "did you mean probe?");
 * ```
 */
export function chooseJudge(name: string): Chosen<JudgeEntry> {
  return choose(JUDGES, name, "judge");
}
