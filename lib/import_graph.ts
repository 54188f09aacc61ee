/** What source files import, followed from file to file; packages by the versions in deno.json. */
import { hash } from "node:crypto";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { InputError, messageOf } from "./errors.ts";
import { ROOT } from "./paths.ts";
import { importsOf, type SourceImport } from "./source_imports.ts";

/** A package as deno.json pins it. */
export interface Package {
  /** Without its registry: `zod`, `@std/cli`. */
  name: string;
  /** As pinned, such as `4.6.7` or `^1.0.20`; empty where none is. */
  version: string;
}

/** An import and where it leads. */
export interface Reference extends SourceImport {
  /** The file, relative to the root with forward slashes; null for any other. */
  file: string | null;
  /** The package; null for any other. */
  package: Package | null;
}

/** A file as the graph knows it. */
export interface SourceFile {
  /** Relative to the root with forward slashes. */
  file: string;
  /** SHA-256 of its bytes in hexadecimal. */
  sha256: string;
  /** Empty for data. */
  references: readonly Reference[];
}

/** What {@link followImports} follows, and where. */
export interface FollowOptions {
  /** The folder of deno.json; the project's by default. */
  root?: string;
  /** Whether to follow a reference of `from`; all but those for types alone by default. */
  follow?: (reference: Reference, from: SourceFile) => boolean;
}

const CODE = /\.[cm]?[jt]sx?$/;
const PACKAGE = /^(?:npm|jsr):\/?((?:@[^/]+\/)?[^@/]+)(?:@([^/]+))?/;
/** A file younger than this may change again without a new time of change, milliseconds. */
const SETTLED_MS = 100;

interface Parsed {
  stamp: string;
  sha256: string;
  imports: SourceImport[];
}

/** What was read, by absolute path: many versions of code share most files. */
const parsed = new Map<string, Parsed>();

/**
 * The files that `entries` reach through their imports, the entries among them, in the order of
 * their names. Workers' modules and data count where `new URL("…", import.meta.url)` names them; an
 * address that ends in a slash is a folder's and leads nowhere, and neither do `node:` modules and
 * computed imports.
 *
 * @param entries Addresses, or paths: absolute or relative to the root.
 * @throws {InputError} for a file that cannot be read, or a package that deno.json does not name.
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

/** A file's name within the root, from its address or path. */
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
    throw new InputError(`Cannot read the packages' versions from ${path}: ${messageOf(error)}`);
  }
}

/** Where a specifier leads. */
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
  // What deno.json maps to a path is meant from deno.json.
  return target(mapped, { ...from, file: "deno.json" });
}

/** What an import map makes of a bare specifier: the longest of its names that begins it. */
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
