/** Commands as typed by a person. */

/**
 * A task with its flags as a line for a POSIX shell.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { commandText } from "./shell.ts";
 *
 * assertEquals(commandText("judge", ["--run", "mine"]), "deno task judge --run mine");
 * assertEquals(commandText("judge", ["--run", "/my runs/it's"]), `deno task judge --run '/my runs/it'\\''s'`);
 * ```
 */
export function commandText(task: string, flags: readonly string[]): string {
  return ["deno", "task", task, ...flags.map(shellWord)].join(" ");
}

/**
 * A word as a POSIX shell is to be given it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { shellWord } from "./shell.ts";
 *
 * assertEquals(["a-b", "a b"].map(shellWord), ["a-b", "'a b'"]);
 * ```
 */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
