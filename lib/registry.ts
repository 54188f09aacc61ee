/** Registries: entries that users select by name, each in its own file. */
import type { z } from "zod";
import { InputError } from "./errors.ts";
import { type Given, type OptionsSchema, readOptions } from "./options.ts";
import { expandHome } from "./paths.ts";
import { checkName, nameKey, visible } from "./names.ts";

/** A way to name an entry, such as `wan:DIR`, and its help text. */
export interface Form {
  /** For example `wan:DIR`. */
  form: string;
  /** Its help text. */
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
  /** Its own options, by flag name. */
  readonly options: OptionsSchema;
  /**
   * Refuses what can be seen to be wrong before anything is opened or begun.
   *
   * @throws {InputError} for an argument or options that do not fit.
   */
  check?(spec: Spec, options: Readonly<Record<string, unknown>>): void;
}

/**
 * Entries by the word before the colon. Their modules are lightweight, since help reads them all;
 * anything needed for opening an entry is imported on demand; see `lazy.ts`.
 */
export type Registry<E extends Entry> = Readonly<Record<string, E>>;

/**
 * A registry of entries, by their names.
 *
 * @example
 * ```ts
 * import { z } from "zod";
 * import { assertEquals } from "./testing/assert.ts";
 * import { registryOf } from "./registry.ts";
 *
 * const nano = { name: "nano", syntax: [{ form: "nano", help: "small" }], help: "small", options: z.object({}) };
 * assertEquals(Object.keys(registryOf([nano])), ["nano"]);
 * ```
 */
export function registryOf<E extends Entry>(entries: readonly E[]): Registry<E> {
  const sorted = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return Object.fromEntries(sorted.map((entry) => [entry.name, entry]));
}

/** A name as typed: `[LABEL=]KIND[:ARGUMENT]`. */
export interface Spec {
  /** As typed. */
  text: string;
  /** Display name in tables and figures; absent for the default. */
  label?: string;
  /** The entry's name. */
  kind: string;
  /** The part after the colon. */
  argument?: string;
}

/**
 * Reads a name such as `nano`, `folder:/my/clips` or `mine=wan:DIR`; `~` at the argument's beginning is the
 * home folder.
 *
 * @throws {InputError} for an empty name, or a label that {@link checkName} refuses.
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
      `Cannot read the name ${visible(text)}; expected ` +
        "KIND, KIND:ARGUMENT or LABEL=KIND:ARGUMENT",
    );
  }
  if (label !== undefined) checkName(label, "chosen");
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(argument ?? "")) {
    throw new InputError(
      `Cannot read the name ${visible(text)}: it holds a control character or line break`,
    );
  }
  return { text, label, kind, argument: argument && expandHome(argument) };
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
 * const registry = { nano };
 * assertEquals(findEntry(registry, parseSpec("nano"), "model").name, "nano");
 * await assertInputError(() => findEntry(registry, parseSpec("nanno"), "model"), "did you mean nano?");
 * ```
 */
export function findEntry<E extends Entry>(
  registry: Registry<E>,
  { text, kind }: Spec,
  what: string,
): E {
  if (Object.hasOwn(registry, kind)) return registry[kind];
  const guess = nearest(kind, Object.keys(registry));
  throw new InputError(
    `Unknown ${what} ${text}${guess ? `; did you mean ${guess}?` : ""}\n` +
      expectedText(registry),
  );
}

/** "Expected one of" and the ways to name the entries, one per line. */
export function expectedText(registry: Registry<Entry>): string {
  return `Expected one of\n${formLines(registry).join("\n")}`;
}

/** The ways to name a registry's entries with their help texts, one per line. */
export function formLines(registry: Registry<Entry>): string[] {
  const forms = allEntries(registry).flatMap(({ syntax }) => syntax);
  const width = Math.max(...forms.map(({ form }) => form.length)) + 2;
  return forms.map(({ form, help }) => `  ${form.padEnd(width)}${help}`);
}

/** A selected entry with its parsed options. */
export interface Chosen<E extends Entry = Entry> {
  /** The name as typed. */
  spec: Spec;
  /** The selected entry. */
  entry: E;
  /** Its own parsed options, including defaults. */
  options: Readonly<Record<string, unknown>>;
}

/**
 * Selects an entry by name, with options as typed; absent options have their defaults.
 *
 * @param what The kind of entry, for the error message: `model`, `judge`.
 * @throws {InputError} for an unknown name; a label that is the name of another entry; a missing or unexpected argument; an option of another
 * entry, naming that entry; or an invalid value.
 *
 * @example
 * ```ts
 * import { z } from "zod";
 * import { assertEquals, assertInputError } from "./testing/assert.ts";
 * import { count } from "./options.ts";
 * import { choose } from "./registry.ts";
 *
 * const entry = (name: string, options: z.ZodObject) => ({ name, syntax: [{ form: name, help: "" }], help: "", options });
 * const nano = entry("nano", z.object({ steps: count("Steps.", 12) }));
 * const wan = entry("wan", z.object({ lora: count("Rank.", 1) }));
 * const models = { nano, wan };
 * assertEquals(choose(models, "nano", "model").options, { steps: 12 });
 * await assertInputError(
 *   () => choose(models, "nano", "model", { lora: "4" }),
 *   "--lora is an option of wan; nano takes --steps",
 * );
 * await assertInputError(() => choose(models, "nano:big", "model"), "nano:big", "expected nano");
 * ```
 */
export function choose<E extends Entry>(
  registry: Registry<E>,
  text: string,
  what: string,
  given: Given = {},
): Chosen<E> {
  const spec = parseSpec(text);
  const entry = findEntry(registry, spec, what);
  if (spec.label !== undefined) refuseTaken(registry, spec.label, spec.kind, what);
  const forms = entry.syntax.map(({ form }) => form);
  const fits = forms.some((form) => form.includes(":") === (spec.argument !== undefined));
  if (!fits) {
    throw new InputError(`Cannot use the ${what} ${text}; expected ${forms.join(" or ")}`);
  }
  const others = allEntries(registry).filter((other) => other !== entry);
  const problems = Object.keys(given).filter((name) => !(name in entry.options.shape))
    .map((name) => notOf(name, entry, others));
  const read = readOptions(entry.options.shape as Record<string, z.ZodType>, given);
  problems.push(...read.problems);
  if (problems.length > 0) throw new InputError(problems.join("\n"));
  entry.check?.(spec, read.options);
  return { spec, entry, options: read.options };
}

/**
 * Refuses a name of the user's choice that is another entry's: both would share their rows.
 *
 * @param kind The entry that is to go by it.
 * @throws {InputError} in one line.
 */
export function refuseTaken(
  registry: Registry<Entry>,
  name: string,
  kind: string,
  what: string,
): void {
  const taken = Object.keys(registry).find((other) => nameKey(other) === nameKey(name));
  if (taken === undefined || taken === kind && name === kind) return;
  throw new InputError(
    `Cannot call a ${what} ${name}: ${taken} is a ${what} of its own; choose another name`,
  );
}

/** The error for an option that the chosen entry does not have. */
function notOf(name: string, entry: Entry, others: readonly Entry[]): string {
  const owners = others.filter(({ options }) => name in options.shape).map(({ name }) => name);
  const own = Object.keys(entry.options.shape).map((option) => `--${option}`);
  return `--${name} is an option of ${owners.join(", ") || "none of these"}; ${entry.name} takes ` +
    (own.join(", ") || "no options");
}

/** Every entry of a registry, by name. */
export function allEntries<E extends Entry>(registry: Registry<E>): E[] {
  return Object.values(registry);
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
