/** The name of a benchmark of one's own. */
import { basename } from "node:path";
import { InputError } from "../errors.ts";
import { checkVisible } from "../names.ts";

/** Benchmarks and runs that are there already; on some disks case does not tell names apart. */
const TAKEN = ["mini", "release", "reference", "ablations", "dataset", "dataset-macro"];

/**
 * The name of a benchmark in a file: the file's without `.json`; with `-file` after it where that is
 * the name of another benchmark, or of a run that belongs to the project.
 *
 * @throws {InputError} for a file that is named `.json`, with dots alone, or with what cannot be seen.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../testing/assert.ts";
 * import { ownName } from "./own_name.ts";
 *
 * assertEquals(["/my/cells.json", "mini.json"].map(ownName), ["cells", "mini-file"]);
 * await assertInputError(() => ownName("/my/.json"), "/my/.json");
 * ```
 */
export function ownName(path: string): string {
  const name = basename(path).replace(/\.json$/i, "");
  if (/^[.\s]*$/.test(name)) {
    throw new InputError(
      `Cannot name a benchmark after the file ${path}; expected a name before .json`,
    );
  }
  checkVisible(name, "benchmark name");
  return TAKEN.includes(name.toLowerCase()) ? `${name}-file` : name;
}
