/** The judges that can be named; each is one line here. */
import { choose, type Chosen, type Registry } from "../registry.ts";
import type { JudgeEntry } from "./judge_entry.ts";

/** Judges by the word that names them. */
export const JUDGES: Registry<JudgeEntry> = {
  probe: () => import("./probe/entry.ts").then(({ probe }) => probe),
  openai: () => import("./openai/entry.ts").then(({ openai }) => openai),
  imported: () => import("./imported_entry.ts").then(({ imported }) => imported),
  human: () => import("./human/entry.ts").then(({ human }) => human),
};

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
 * const { entry, options } = await chooseJudge("openai:gpt-4o");
 * assertEquals([entry.name, options.frames], ["openai", 8]);
 * await assertInputError(() => chooseJudge("prob"), "did you mean probe?");
 * ```
 */
export function chooseJudge(name: string): Promise<Chosen<JudgeEntry>> {
  return choose(JUDGES, name, "judge");
}
