/** Names that users give to models, judges and runs: what they may hold, and which are the same. */
import { InputError } from "./errors.ts";

/** Characters that a name may have at most. */
export const LONGEST_NAME = 100;

/** What cannot be seen in a name, or looks like what it is not. */
const UNSEEN: readonly (readonly [RegExp, string])[] = [
  [/[\p{Cc}\p{Zl}\p{Zp}]/u, "a control character or line break"],
  [/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u, "a mark that turns the direction of text"],
  [/[\p{Cf}\u115f\u1160\u2800\u3164\uffa0]/u, "an invisible character"],
  [/\p{Co}|\p{Cn}/u, "a character that Unicode does not define"],
];

/**
 * Refuses what cannot be the name of a model, judge or run. Every name passes here that a user gives:
 * a label before `=`, a folder of clips, a file of results, `--as`, `--run`.
 *
 * @param name The name.
 * @param what What it would name, for the message: `model`, `judge`, `run`.
 * @param remedy What to do, for the message.
 * @throws {InputError} in one line, for a name that is empty, `.` or `..`, begins or ends with a space,
 * has more than {@link LONGEST_NAME} characters, a comma, `/` or `\`, or anything that cannot be seen.
 *
 * @example
 * ```ts
 * import { assertInputError } from "./testing/assert.ts";
 * import { checkName } from "./names.ts";
 *
 * checkName("größe 2", "model");
 * await assertInputError(() => checkName("..", "model"), 'the model name ".."');
 * await assertInputError(() => checkName("a\u202eb", "judge"), '"a\\u202eb"', "direction");
 * ```
 */
export function checkName(name: string, what: string, remedy?: string): void {
  const problem = problemOf(name);
  if (problem === null) return;
  const shown = visible(cut(name));
  throw new InputError(
    `Cannot use the ${what} name ${shown}: it ${problem}; expected letters, digits and other visible ` +
      `characters, ${LONGEST_NAME} at most, without a comma, / or \\${remedy ? `; ${remedy}` : ""}`,
  );
}

/**
 * Refuses only what of a name cannot be seen: for a path, whose parts are others' choice.
 *
 * @throws {InputError} in one line.
 */
export function checkVisible(path: string, what: string): void {
  const problem = unseenIn(path);
  if (problem !== null) {
    throw new InputError(`Cannot use the ${what} ${visible(path)}: it ${problem}`);
  }
}

function unseenIn(text: string): string | null {
  if (!text.isWellFormed()) return "holds half a character";
  const unseen = UNSEEN.find(([pattern]) => pattern.test(text));
  return unseen ? `holds ${unseen[1]}` : null;
}

function problemOf(name: string): string | null {
  if (name.trim() === "") return "is empty";
  if (name === "." || name === "..") return "stands for a folder";
  const unseen = unseenIn(name);
  if (unseen !== null) return unseen;
  if (name !== name.trim()) return "begins or ends with a space";
  const separator = /[,/\\]/.exec(name);
  if (separator) return `holds ${separator[0]}`;
  const { length } = [...name];
  return length > LONGEST_NAME ? `has ${length} characters` : null;
}

function cut(name: string): string {
  const characters = [...name];
  return characters.length > LONGEST_NAME ? `${characters.slice(0, 60).join("")}…` : name;
}

/**
 * A text in quotes, for a message: whatever cannot be seen is written as its code.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { visible } from "./names.ts";
 *
 * assertEquals(visible("a\u200b\nb"), '"a\\u200b\\nb"');
 * ```
 */
export function visible(text: string): string {
  return JSON.stringify(text).replace(
    /[\p{C}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/gu,
    (character) =>
      Array.from(
        { length: character.length },
        (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
      ).join(""),
  );
}

/**
 * What two names have in common that a reader, or a disk on which case does not count, takes for one:
 * upper and lower case, composed and decomposed letters, full-width and other compatible forms.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { nameKey } from "./names.ts";
 *
 * assertEquals(nameKey("Größe"), nameKey("gro\u0308sse"));
 * assertEquals(nameKey("Veo3") === nameKey("Veo2"), false);
 * ```
 */
export function nameKey(name: string): string {
  return name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
}
