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
  return ["deno", "task", task, ...flags.map(quoted)].join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
