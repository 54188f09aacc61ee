/** Answers that were paid for and cannot be used: after a few, asking on is of no use. */
import { InputError } from "../../../errors.ts";
import type { Asked } from "./ask.ts";
import { MOST_ALIKE } from "./alike.ts";

/** Counts questions until the first usable answer. */
export interface UsableAnswers {
  /**
   * Counts a question that was answered.
   *
   * @throws {InputError} once so many have no usable answer and none has one; so for all later ones.
   */
  count(asked: Pick<Asked, "answered" | "problem">): void;
  /** @throws {InputError} that error, for who is about to send another request. */
  check(): void;
}

/**
 * A counter of usable answers: a server or a model that gives none is asked no more after five
 * questions, or every command would pay for all of them anew.
 *
 * @param server Its address, for the message.
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../../../testing/assert.ts";
 * import { usableAnswers } from "./usable.ts";
 *
 * const { count } = usableAnswers("http://host/v1");
 * const bad = { answered: null, problem: "the answer is empty" };
 * for (let i = 0; i < 4; i++) count(bad);
 * await assertInputError(() => count(bad), "http://host/v1", "5 questions", "the answer is empty");
 * const other = usableAnswers("http://host/v1");
 * other.count({ answered: [], problem: "" });
 * for (let i = 0; i < 9; i++) other.count(bad);
 * ```
 */
export function usableAnswers(server: string): UsableAnswers {
  let usable = false;
  let unusable = 0;
  let stopped: InputError | null = null;
  const check = () => {
    if (stopped) throw stopped;
  };
  return {
    check,
    count({ answered, problem }) {
      if (answered !== null) usable = true;
      else unusable++;
      check();
      if (usable || unusable < MOST_ALIKE) return;
      stopped ??= new InputError(
        `Stopped asking the judge at ${server}: the answers to the first ${unusable} questions are ` +
          `all unusable (of the last, ${problem}). They are paid for and would be asked again; ask ` +
          "another model, or try another --prompt, --max-tokens or --reasoning-effort",
      );
      check();
    },
  };
}
