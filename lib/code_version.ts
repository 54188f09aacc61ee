/** Code versions, as rows and figures record them: a hash of the modules that a step reaches. */
import { hash } from "node:crypto";
import { basename } from "node:path";
import { InputError } from "./errors.ts";
import { followImports, type Reference, type SourceFile } from "./import_graph.ts";

/** Options of {@link codeVersion}. */
export interface CodeVersionOptions {
  /** The folder of deno.json; by default the project's. */
  root?: string;
}

/**
 * A version of code: 32 hexadecimal digits of the SHA-256 of every file that the entries reach
 * through imports (including Workers, dynamic imports and data referenced by URL), of the given
 * data files, and of the names and versions of the packages reached. Type-only imports do not
 * count, since they are erased when the code runs, and neither do tests.
 *
 * A file named `registry.ts` lists the available choices. It is neither hashed nor followed, so
 * that a change in one world or model leaves the rows of the others valid. Callers that open an
 * entry of a registry must pass its module as an entry too.
 *
 * @param entries URLs, or paths: absolute or relative to the root.
 * @param data Further files that the code reads, such as weights; paths as for `entries`.
 * @throws {InputError} if a file cannot be read, a package is missing from deno.json, or there is
 * nothing to hash.
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
    throw new InputError(`Cannot hash a code version: found ${given}, expected a module`);
  }
  const parts = new Set(hashed.map(({ file, sha256 }) => `${projectPath(file)} ${sha256}`));
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

/** A file's name in the hash: its path within the project, wherever the project is. */
function projectPath(file: string): string {
  return file.startsWith("../") ? basename(file) : file;
}
