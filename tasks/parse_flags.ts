/** Flags as typed, understood once. */
import { parseArgs } from "@std/cli";
import type { z } from "zod";
import { InputError, messageOf } from "../lib/errors.ts";
import { type Given, metaOf, readOptions } from "../lib/options.ts";
import { allEntries, choose, type Chosen, expectedText, nearest } from "../lib/registry.ts";
import type { Flags, Task } from "./cli.ts";

/** See {@link parseFlags}. */
export interface ParsedFlags {
  /** As the task's work takes them; the choice stands under its flag's name. */
  flags: Record<string, unknown> & Record<string, Chosen>;
  /** As `run.json` keeps them: the chosen entry's name as typed, and its options, beside the others. */
  resolved: Record<string, unknown>;
}

/**
 * Understands a task's flags, those of the entry that was chosen among them.
 *
 * @throws {InputError} naming together every flag that is unknown, with the nearest one, or given
 * twice, and every value that does not fit; for an option of another entry than the chosen one.
 */
export function parseFlags(
  task: Pick<Task, "name" | "flags" | "choice">,
  args: readonly string[],
): ParsedFlags {
  const { name, flags, choice } = task;
  const entries = choice ? allEntries(choice.registry) : [];
  const options: Flags = Object.assign({}, ...entries.map((entry) => entry.options.shape));
  const { given, problems } = splitArgs(args, { ...options, ...flags }, choice?.flag);
  const of = (names: object) =>
    Object.fromEntries(Object.entries(given).filter(([flag]) => flag in names));
  const read = readOptions(flags, of(flags));
  problems.push(...read.problems);
  let chosen: Chosen | null = null;
  if (choice) {
    try {
      chosen = choiceOf(choice, given[choice.flag], of(options));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(messageOf(error));
    }
  }
  if (problems.length > 0) {
    throw new InputError(`${problems.join("\n")}\nSee deno task ${name} --help`);
  }
  if (!choice) return { flags: read.options as never, resolved: read.options };
  return {
    flags: { ...read.options, [choice.flag]: chosen } as never,
    resolved: { ...read.options, [choice.flag]: chosen?.spec.text, ...chosen?.options },
  };
}

function choiceOf(
  { flag, registry, what, initial }: NonNullable<Task["choice"]>,
  typed: string | true | undefined,
  options: Given,
): Chosen | null {
  const text = typed ?? initial;
  if (typeof text === "string") return choose(registry, text, what, options);
  const [option] = Object.keys(options);
  if (text === null && option === undefined) return null;
  if (text === null) {
    throw new InputError(`--${option} is an option of some ${what}s; name one with --${flag}`);
  }
  throw new InputError(`--${flag} is missing: expected a ${what}\n${expectedText(registry)}`);
}

/** Which flags were given, and what is wrong with how they were. */
function splitArgs(
  args: readonly string[],
  known: Flags,
  choice: string | undefined,
): { given: Record<string, string | true>; problems: string[] } {
  const takesValue = (flag: string) => metaOf(known[flag] as z.ZodType).value !== undefined;
  const own = Object.keys(known);
  const strings = [...own.filter(takesValue), ...(choice === undefined ? [] : [choice])];
  const names = [...own, ...(choice === undefined ? [] : [choice])];
  const problems: string[] = [];
  /** Whether a word follows a flag that is unknown: it is named once. */
  const isValueOfUnknown = (word: string) => {
    const before = args[args.indexOf(word) - 1] ?? "";
    return before.startsWith("-") && !names.includes(before.replace(/^-+/, ""));
  };
  const parsed = parseArgs([...args], {
    string: strings,
    boolean: own.filter((flag) => !takesValue(flag)),
    collect: names,
    unknown: (arg: string) => {
      if (arg.startsWith("-")) {
        const flag = arg.replace(/^-+/, "").replace(/=.*/, "");
        const guess = nearest(flag, [...names, "help"]);
        problems.push(`unknown flag --${flag}${guess ? `; did you mean --${guess}?` : ""}`);
      } else if (!isValueOfUnknown(arg)) problems.push(`unknown word ${arg}`);
      return false;
    },
  }) as Record<string, unknown>;
  const given: Record<string, string | true> = {};
  for (const flag of names) {
    const values = parsed[flag] as (string | boolean)[];
    if (values.length > 1) problems.push(`--${flag} is given ${values.length} times`);
    else if (typeof values[0] === "string" || values[0] === true) given[flag] = values[0];
  }
  return { given, problems };
}
