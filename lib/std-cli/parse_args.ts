/**
 * A thin adapter with the signature of `@std/cli`'s `parseArgs`, over `node:util`'s, for places that
 * cannot reach JSR. It covers what this project's tasks use: boolean and string flags, aliases,
 * defaults, `collect`, `negatable`, `unknown` and `stopEarly`. Delete the `links` line of the
 * project's deno.json to use JSR's own.
 */
import { parseArgs as parseNodeArgs } from "node:util";

/** What {@link parseArgs} takes: the names are those of `@std/cli`. */
export interface ParseOptions {
  /** Flags that take no value. */
  boolean?: readonly string[];
  /** Flags that take a value. */
  string?: readonly string[];
  /** String flags that may be given more than once; their values come as a list. */
  collect?: readonly string[];
  /** Boolean flags that `--no-NAME` turns off. */
  negatable?: readonly string[];
  alias?: Readonly<Record<string, string | readonly string[]>>;
  default?: Readonly<Record<string, unknown>>;
  /** Called for each flag or word that was not named; returning false leaves it out. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  /** Leaves everything after the first word that is not a flag unparsed. */
  stopEarly?: boolean;
}

/** The parsed flags, and under `_` the words that belong to none. */
export type Args = { _: string[] } & Record<string, unknown>;

/**
 * Parses command-line arguments.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { parseArgs } from "./parse_args.ts";
 *
 * const args = parseArgs(["--seeds=3", "--force", "clips"], { string: ["seeds"], boolean: ["force"] });
 * assertEquals({ ...args }, { _: ["clips"], seeds: "3", force: true });
 * ```
 */
export function parseArgs(args: readonly string[], options: ParseOptions = {}): Args {
  const booleans = new Set(options.boolean);
  const strings = new Set(options.string);
  const collected = new Set(options.collect);
  const canonical = new Map<string, string>();
  for (const [name, aliases] of Object.entries(options.alias ?? {})) {
    for (const alias of [aliases].flat()) canonical.set(alias as string, name);
  }
  const result: Args = { _: [] };
  for (const name of booleans) result[name] = false;
  for (const name of collected) result[name] = [];
  Object.assign(result, options.default);

  const stop = options.stopEarly ? firstWord(args, strings, canonical) : args.length;
  const { tokens } = parseNodeArgs({
    args: args.slice(0, stop),
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries([
      ...[...booleans].map((name) => [name, { type: "boolean" }]),
      ...[...strings].map((name) => [name, { type: "string" }]),
      ...[...canonical].map(([alias, name]) => [
        alias,
        { type: strings.has(name) ? "string" : "boolean" },
      ]),
    ]),
  });
  for (const token of tokens) {
    if (token.kind === "option") {
      const given = canonical.get(token.name) ?? token.name;
      const off = given.startsWith("no-") && options.negatable?.includes(given.slice(3));
      const name = off ? given.slice(3) : given;
      if (!booleans.has(name) && !strings.has(name)) {
        if (options.unknown?.(token.rawName, given, token.value) === false) continue;
      }
      const value = booleans.has(name)
        ? (off ? false : token.value === undefined || token.value === "true")
        : token.value ?? (strings.has(name) ? "" : true);
      if (collected.has(name)) (result[name] as unknown[]).push(value);
      else result[name] = value;
    } else if (token.kind === "positional") {
      if (options.unknown?.(token.value) !== false) result._.push(token.value);
    }
  }
  result._.push(...args.slice(stop));
  return result;
}

function firstWord(
  args: readonly string[],
  strings: ReadonlySet<string>,
  canonical: ReadonlyMap<string, string>,
): number {
  for (let i = 0; i < args.length; i++) {
    if (!args[i].startsWith("-")) return i;
    const name = args[i].replace(/^--?/, "");
    if (!name.includes("=") && strings.has(canonical.get(name) ?? name)) i++;
  }
  return args.length;
}
