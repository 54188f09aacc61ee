/** Registries: entries that users select by name, each in its own file and loaded on demand. */
import { z } from "zod";
import { InputError } from "./errors.ts";

/** A way to name an entry, such as `wan:DIR`, and its help text. */
export interface Form {
  form: string;
  help: string;
}

/** The common properties of registry entries. */
export interface Entry {
  /** The word before the colon. */
  readonly name: string;
  /** The ways to name it. */
  readonly syntax: readonly Form[];
  /** A one-line description. */
  readonly help: string;
  /**
   * Its own options, by flag name. Each is a schema of the text as typed (`undefined` if absent; a
   * boolean for a switch) with `meta({ value, help })`; see `options.ts`.
   */
  readonly options: z.ZodObject;
}

/** Entries by the word before the colon; each is imported on demand. */
export type Registry<E extends Entry> = Readonly<Record<string, () => Promise<E>>>;

/** A name as typed: `[LABEL=]KIND[:ARGUMENT]`. */
export interface Spec {
  /** As typed. */
  text: string;
  /** Display name in tables and figures; absent for the default. */
  label?: string;
  kind: string;
  argument?: string;
}

/**
 * Reads a name such as `nano`, `folder:/my/clips` or `mine=wan:DIR`.
 *
 * @throws {InputError} for an empty name or label.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { parseSpec } from "./registry.ts";
 *
 * const { label, kind, argument } = parseSpec("mine=wan:/weights=1/wan:2");
 * assertEquals([label, kind, argument], ["mine", "wan", "/weights=1/wan:2"]);
 * assertEquals(parseSpec("nano").argument, undefined);
 * ```
 */
export function parseSpec(text: string): Spec {
  const [, label, kind, argument] = /^(?:([^=:]*)=)?([^=:]*)(?::([^]*))?$/.exec(text) ?? [];
  if (!kind || label === "" || argument === "") {
    throw new InputError(
      `Cannot read the name ${JSON.stringify(text)}; expected ` +
        "KIND, KIND:ARGUMENT or LABEL=KIND:ARGUMENT",
    );
  }
  return { text, label, kind, argument };
}

/**
 * Finds the entry for a name.
 *
 * @param what The kind of entry, for the error message: `model`, `judge`.
 * @throws {InputError} for an unknown kind, with the nearest match and the list.
 *
 * @example
 * ```ts
 * import { z } from "zod";
 * import { assertEquals, assertInputError } from "./testing/assert.ts";
 * import { findEntry, parseSpec } from "./registry.ts";
 *
 * const nano = { name: "nano", syntax: [{ form: "nano", help: "small" }], help: "small", options: z.object({}) };
 * const registry = { nano: () => Promise.resolve(nano) };
 * assertEquals((await findEntry(registry, parseSpec("nano"), "model")).name, "nano");
 * await assertInputError(() => findEntry(registry, parseSpec("nanno"), "model"), "did you mean nano?");
 * ```
 */
export async function findEntry<E extends Entry>(
  registry: Registry<E>,
  { text, kind }: Spec,
  what: string,
): Promise<E> {
  if (Object.hasOwn(registry, kind)) return await registry[kind]();
  const forms = (await allEntries(registry)).flatMap(({ syntax }) => syntax);
  const width = Math.max(...forms.map(({ form }) => form.length)) + 2;
  const list = forms.map(({ form, help }) => `  ${form.padEnd(width)}${help}`);
  const guess = nearest(kind, Object.keys(registry));
  throw new InputError(
    `Unknown ${what} ${text}${guess ? `; did you mean ${guess}?` : ""}\n` +
      `Expected one of\n${list.join("\n")}`,
  );
}

/** Every entry of a registry once, in order. */
export async function allEntries<E extends Entry>(registry: Registry<E>): Promise<E[]> {
  return [...new Set(await Promise.all(Object.values(registry).map((load) => load())))];
}

/**
 * The known word nearest to a mistyped one, by edit distance; null if none is close.
 *
 * @example
 * ```ts
 * import { assertEquals } from "./testing/assert.ts";
 * import { nearest } from "./registry.ts";
 *
 * assertEquals(nearest("relaese", ["mini", "release"]), "release");
 * assertEquals(nearest("gpt", ["mini", "release"]), null);
 * ```
 */
export function nearest(word: string, known: readonly string[]): string | null {
  const ranked = known.map((name) => ({ name, distance: editDistance(word, name) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  if (!best || best.distance > Math.max(1, Math.floor(best.name.length / 3))) return null;
  return best.name;
}

/** Levenshtein distance with transpositions of adjacent characters (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array(b.length).fill(0)]);
  for (let j = 1; j <= b.length; j++) rows[0][j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.length][b.length];
}
