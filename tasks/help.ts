/** What `--help` prints, and the reference repeats. */
import { initialOf, metaOf } from "../lib/options.ts";
import { allEntries, type Entry, formLines, type Registry } from "../lib/registry.ts";
import type { FlagMeta, Flags, Task } from "./cli.ts";

/** A task's help. */
export function helpText(task: Task): string {
  const { name, summary, details, usage = "[FLAGS]" } = task;
  const sections = sectionsOf(task);
  const width = Math.max(...sections.flatMap(({ rows }) => rows).map(([left]) => left.length)) + 2;
  return [
    `deno task ${name} ${usage}`,
    "",
    summary,
    ...(details ? ["", details] : []),
    ...sections.flatMap(({ title, lines, rows }) => [
      "",
      `${title}:`,
      ...lines,
      ...rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`),
    ]),
  ].join("\n");
}

/** A part of help: lines as they are, or flags with what they mean. */
interface Section {
  title: string;
  lines: string[];
  rows: [string, string][];
}

function sectionsOf({ flags, choice }: Task): Section[] {
  const names = Object.values(flags).map((schema) =>
    (schema.meta() as Partial<FlagMeta> | undefined)?.names
  )
    .filter((names) => names !== undefined);
  const lists = [
    ...(choice ? [listOf(`${capital(choice.what)}s`, choice.registry)] : []),
    ...names.map(({ title, registry }) => listOf(title, registry)),
  ];
  const own: [string, string][] = [
    ...(choice ? [rowOfChoice(choice)] : []),
    ...rowsOf(flags),
    ["--help", "Show this."],
  ];
  return [
    ...lists,
    { title: "Flags", lines: [], rows: own },
    ...(choice ? optionsOf(allEntries(choice.registry)) : []),
  ];
}

function listOf(title: string, registry: Registry<Entry>): Section {
  return { title, lines: formLines(registry), rows: [] };
}

/** Options of entries; those that share theirs stand together. */
function optionsOf(entries: readonly Entry[]): Section[] {
  const shared = Map.groupBy(entries, ({ options }) => options);
  return [...shared].map(([options, own]) => ({
    title: `Options of ${own.map(({ name }) => name).join(", ")}`,
    lines: [],
    rows: rowsOf(options.shape as Flags),
  })).filter(({ rows }) => rows.length > 0);
}

function rowsOf(flags: Flags): [string, string][] {
  return Object.entries(flags).map(([flag, schema]) => {
    const { value, help } = metaOf(schema);
    const initial = initialOf(schema);
    return [
      `--${flag}${value ? ` ${value}` : ""}`,
      initial === null ? help : `${help} (default ${initial})`,
    ];
  });
}

function rowOfChoice({ flag, what, help, initial }: NonNullable<Task["choice"]>): [string, string] {
  return [`--${flag} ${what.toUpperCase()}`, initial ? `${help} (default ${initial})` : help];
}

function capital(word: string): string {
  return word[0].toUpperCase() + word.slice(1);
}
