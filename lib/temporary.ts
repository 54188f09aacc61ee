/** Names of files that are still being written. */
import { basename, dirname, join } from "node:path";

/** Names of this form alone are ever swept away; see `runs/lock.ts`. */
const NAME = /^\.microverse-.+-[0-9a-f]{8}\.tmp$/s;

/**
 * A name beside `path` under which its content is written before it is renamed. It is random, since
 * processes in different containers can have the same id.
 *
 * @example
 * ```ts
 * import { assertOk } from "./testing/assert.ts";
 * import { isTemporary, temporaryPath } from "./temporary.ts";
 *
 * const path = temporaryPath("/tmp/clip.mp4");
 * assertOk(/^\/tmp\/\.microverse-clip\.mp4-[0-9a-f]{8}\.tmp$/.test(path));
 * assertOk(isTemporary(path.slice(5)) && !isTemporary("film.mkv.partial"));
 * ```
 */
export function temporaryPath(path: string): string {
  const random = crypto.randomUUID().slice(0, 8);
  // A file's name has 255 bytes at most, and ours is to be no reason to refuse one.
  const name = basename(path).slice(-50);
  return join(dirname(path), `.microverse-${name}-${random}.tmp`);
}

/** Whether a file name is one that {@link temporaryPath} gives. */
export function isTemporary(name: string): boolean {
  return NAME.test(name);
}
