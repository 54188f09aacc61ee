/** The version of our own code, as rows and figures record it: what a step's modules reach. */
import { hash } from "node:crypto";
import { basename } from "node:path";
import { InputError } from "./errors.ts";
import { followImports, type Reference, type SourceFile } from "./import_graph.ts";

/** Where {@link codeVersion} looks. */
export interface CodeVersionOptions {
  /** The folder of deno.json; the project's by default. */
  root?: string;
}

/**
 * The version of some code: 32 hexadecimal digits of the SHA-256 of every file that the entries reach
 * through imports (Workers, dynamic imports and data named by address included), of the data given,
 * and of the names and versions of the packages reached. Imports of types alone do not count, since
 * they are gone when the code runs, and tests are never reached.
 *
 * A file named `registry.ts` lists what can be chosen: it is left out and not followed, so that a
 * change in one world or model leaves the rows of the others valid. Whoever opens something from a
 * registry gives its module as an entry too.
 *
 * @param entries Addresses, or paths: absolute or relative to the root.
 * @param data Further files that the code reads, such as weights; paths as for entries.
 * @throws {InputError} for a file that cannot be read, a package that deno.json does not name, or
 * entries that hold nothing to hash.
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "./testing/assert.ts";
 * import { codeVersion } from "./code_version.ts";
 *
 * const version = await codeVersion([new URL("./random.ts", import.meta.url)]);
 * assertEquals(version, await codeVersion(["lib/random.ts"]));
 * assertOk(version !== await codeVersion(["lib/random.ts"], ["data/prices.json"]));
 * ```
 */
export async function codeVersion(
  entries: readonly (URL | string)[],
  data: readonly string[] = [],
  { root }: CodeVersionOptions = {},
): Promise<string> {
  const files = await followImports([...entries, ...data], { root, follow: counts });
  const hashed = files.filter(({ file }) => !isRegistry(file));
  if (hashed.length === 0) {
    const given = entries.length === 0 ? "no entries" : `only ${entries.join(", ")}`;
    throw new InputError(`Cannot hash a version of code: found ${given}, expected a module`);
  }
  const parts = new Set(hashed.map(({ file, sha256 }) => `${placeOf(file)} ${sha256}`));
  for (const { references } of hashed) {
    for (const reference of references) {
      const used = reference.package;
      if (used && counts(reference)) parts.add(`${used.name}@${used.version}`);
    }
  }
  return hash("sha256", [...parts].sort().join("\n")).slice(0, 32);
}

function counts({ kind, file }: Reference, from?: SourceFile): boolean {
  return kind !== "type" && !file?.endsWith("_test.ts") && !(from && isRegistry(from.file));
}

function isRegistry(file: string): boolean {
  return basename(file) === "registry.ts";
}

/** A file's name in the hash: its place in the project, wherever the project lies. */
function placeOf(file: string): string {
  return file.startsWith("../") ? basename(file) : file;
}
