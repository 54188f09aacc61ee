/** The import graph of source files; packages by the versions in deno.json. */
import { hash } from "node:crypto";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { InputError, messageOf } from "./errors.ts";
import { ROOT } from "./paths.ts";
import { importsOf, type SourceImport } from "./source_imports.ts";

/** A package as pinned in deno.json. */
export interface Package {
  /** Without its registry: `zod`, `@std/cli`. */
  name: string;
  /** As pinned, such as `4.6.7` or `^1.0.20`; empty if not pinned. */
  version: string;
}

/** An import and its target. */
export interface Reference extends SourceImport {
  /** The file, relative to the root with forward slashes; null if it is not a file. */
  file: string | null;
  /** The package; null if it is not a package. */
  package: Package | null;
}

/** A file of the graph. */
export interface SourceFile {
  /** Path relative to the root, with forward slashes. */
  file: string;
  /** SHA-256 of its bytes in hexadecimal. */
  sha256: string;
  /** Empty for data. */
  references: readonly Reference[];
}

/** Options of {@link followImports}. */
export interface FollowOptions {
  /** The folder of deno.json; by default the project's. */
  root?: string;
  /** Whether to follow a reference found in `from`; by default all but type-only imports. */
  follow?: (reference: Reference, from: SourceFile) => boolean;
}

const CODE = /\.[cm]?[jt]sx?$/;
const PACKAGE = /^(?:npm|jsr):\/?((?:@[^/]+\/)?[^@/]+)(?:@([^/]+))?/;
/**
 * A file modified less than this many milliseconds ago may change again within the same timestamp.
 */
const SETTLED_MS = 100;

interface Parsed {
  stamp: string;
  sha256: string;
  imports: SourceImport[];
}

/** Parsed files by absolute path, since many code versions share most files. */
const parsed = new Map<string, Parsed>();

/**
 * The files that `entries` reach through their imports, including the entries, sorted by name.
 * Workers' modules and data count where `new URL("…", import.meta.url)` names them. A URL that ends
 * in a slash is a folder and is not followed, and neither are `node:` modules and computed imports.
 *
 * @param entries URLs, or paths: absolute or relative to the root.
 * @throws {InputError} if a file cannot be read, or a package is missing from deno.json.
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "./testing/assert.ts";
 * import { followImports } from "./import_graph.ts";
 *
 * const files = await followImports([new URL("./random.ts", import.meta.url)]);
 * assertEquals(files.map(({ file }) => file), ["lib/random.ts"]);
 * assertOk(files[0].references.some((reference) => reference.package?.name === "pure-rand"));
 * ```
 */
export async function followImports(
  entries: readonly (URL | string)[],
  { root = ROOT, follow = ({ kind }) => kind !== "type" }: FollowOptions = {},
): Promise<SourceFile[]> {
  const imports = await readImportMap(root);
  const found = new Map<string, SourceFile>();
  let reached = new Map(entries.map((entry) => [nameOf(entry, root), "an entry"]));
  while (reached.size > 0) {
    const files = await Promise.all(
      Array.from(reached, ([file, reason]) => readSource(root, file, imports, reason)),
    );
    for (const source of files) found.set(source.file, source);
    reached = new Map();
    for (const from of files) {
      for (const reference of from.references) {
        const { file } = reference;
        if (file === null || found.has(file) || !follow(reference, from)) continue;
        reached.set(file, `imported by ${from.file}`);
      }
    }
  }
  return [...found.values()].sort((a, b) => a.file < b.file ? -1 : 1);
}

/** A file's path within the root, from its URL or path. */
function nameOf(file: URL | string, root: string): string {
  const isAddress = file instanceof URL || file.startsWith("file:");
  const path = isAddress ? fileURLToPath(new URL(file)) : resolve(root, file);
  return relative(root, path).split(sep).join("/");
}

async function readSource(
  root: string,
  file: string,
  imports: ReadonlyMap<string, string>,
  reason: string,
): Promise<SourceFile> {
  let source;
  try {
    source = await readParsed(join(root, file));
  } catch (error) {
    throw new InputError(`Cannot read ${file}, ${reason}: ${messageOf(error)}`);
  }
  const references = source.imports.map((one) => ({
    ...one,
    ...target(one.specifier, { root, file, imports }),
  }));
  return { file, sha256: source.sha256, references };
}

async function readParsed(path: string): Promise<Parsed> {
  const { mtime, size } = await Deno.stat(path);
  const changed = mtime?.getTime() ?? Date.now();
  const stamp = `${changed} ${size}`;
  const known = parsed.get(path);
  if (known?.stamp === stamp) return known;
  const started = Date.now();
  const bytes = await Deno.readFile(path);
  const fresh = {
    stamp,
    sha256: hash("sha256", bytes),
    imports: CODE.test(path) ? importsOf(new TextDecoder().decode(bytes)) : [],
  };
  if (started - changed > SETTLED_MS) parsed.set(path, fresh);
  return fresh;
}

/** The `imports` of a root's deno.json. */
async function readImportMap(root: string): Promise<Map<string, string>> {
  const path = join(root, "deno.json");
  try {
    const { imports = {} } = JSON.parse(await Deno.readTextFile(path));
    return new Map(Object.entries(imports));
  } catch (error) {
    throw new InputError(`Cannot read the package versions from ${path}: ${messageOf(error)}`);
  }
}

/** The target of a specifier. */
function target(
  specifier: string,
  from: { root: string; file: string; imports: ReadonlyMap<string, string> },
): Pick<Reference, "file" | "package"> {
  const { root, file, imports } = from;
  if (specifier === "" || /^(?:node|data|blob):/.test(specifier)) {
    return { file: null, package: null };
  }
  if (/^(?:\.{0,2}\/|\.{1,2}$|file:)/.test(specifier)) {
    if (/(?:^|\/)\.{0,2}$/.test(specifier)) return { file: null, package: null };
    const address = new URL(specifier, pathToFileURL(join(root, file)));
    return { file: nameOf(address, root), package: null };
  }
  const [, name, version = ""] = PACKAGE.exec(specifier) ?? [];
  if (name !== undefined) return { file: null, package: { name, version } };
  if (/^https?:/.test(specifier)) return { file: null, package: { name: specifier, version: "" } };
  const mapped = lookUp(specifier, imports);
  if (mapped === undefined) {
    throw new InputError(
      `Cannot follow ${file}: it imports "${specifier}"; expected a name in deno.json's imports`,
    );
  }
  // Paths in deno.json are relative to deno.json.
  return target(mapped, { ...from, file: "deno.json" });
}

/** Resolves a bare specifier with an import map: the longest matching prefix wins. */
function lookUp(specifier: string, imports: ReadonlyMap<string, string>): string | undefined {
  const parts = specifier.split("/");
  for (let n = parts.length; n > 0; n--) {
    const name = parts.slice(0, n).join("/");
    const rest = parts.slice(n).join("/");
    const folder = n < parts.length ? imports.get(`${name}/`) : undefined;
    if (folder !== undefined) return folder + rest;
    const whole = imports.get(name);
    if (whole !== undefined && (rest === "" || PACKAGE.test(whole))) return whole;
  }
}
