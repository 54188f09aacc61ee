/** The judges by name. */
import { choose, type Chosen, type Registry, registryOf } from "../registry.ts";
import * as entries from "./entries.ts";
import type { JudgeEntry } from "./judge_entry.ts";

/** Judges by the word that names them. */
export const JUDGES: Registry<JudgeEntry> = registryOf(Object.values(entries));

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
