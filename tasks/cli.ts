/** What every task shares: flags parsed once with zod, help, errors, exit codes, Ctrl-C. */
import { parseArgs } from "@std/cli";
import { z } from "zod";
import { InputError, messageOf } from "../lib/errors.ts";
import type { Invocation } from "../lib/runs/manifest.ts";
import { type Progress, textProgress } from "../lib/runs/progress.ts";

/** A flag: its schema (from the text as typed), what help says, and what stands for its value. */
export interface Flag<T extends z.ZodType = z.ZodType> {
  schema: T;
  help: string;
  /** What help shows in place of a value; absent for a flag that takes none. */
  value?: string;
}

/** A task's flags. */
export type Flags = Readonly<Record<string, Flag>>;
/** A task's flags once parsed. */
export type Parsed<F extends Flags> = { [K in keyof F]: z.infer<F[K]["schema"]> };

/** What a task's work is given beside its flags. */
export interface TaskContext {
  invocation: Invocation;
  progress: Progress;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** A task as the command line knows it. */
export interface TaskSpec<F extends Flags> {
  name: string;
  /** One line: what it does. */
  summary: string;
  /** Further lines for `--help`. */
  details?: string;
  flags: F;
}

const INPUT_ERROR = 2;
const INTERRUPTED = 130;

/**
 * Runs a task: exit code 0 if its work ends well, 2 for a mistake in what was given (its message
 * alone), 130 after Ctrl-C, 1 for a bug (with its stack).
 */
export async function main<F extends Flags>(
  spec: TaskSpec<F>,
  work: (flags: Parsed<F>, context: TaskContext) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) Deno.exit(INTERRUPTED);
    console.error("\nStopping; what is made is kept. Ctrl-C again stops at once.");
    controller.abort(new DOMException("interrupted", "AbortError"));
  };
  Deno.addSignalListener("SIGINT", interrupt);
  try {
    const passed = Deno.args;
    if (passed.includes("--help") || passed.includes("-h")) {
      console.log(helpText(spec));
      return;
    }
    const flags = parseFlags(spec, passed);
    const write = (text: string) => void Deno.stderr.writeSync(new TextEncoder().encode(text));
    const progress = textProgress(write, { terminal: Deno.stderr.isTerminal() });
    const invocation = { command: spec.name, passed, resolved: flags };
    await work(flags, { invocation, progress, signal: controller.signal });
  } catch (error) {
    if (controller.signal.aborted) {
      console.error(`Stopped. To go on: deno task ${[spec.name, ...Deno.args].join(" ")}`);
      Deno.exitCode = INTERRUPTED;
    } else if (error instanceof InputError) {
      console.error(messageOf(error));
      Deno.exitCode = INPUT_ERROR;
    } else throw error;
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
  }
}

/**
 * Parses flags.
 *
 * @throws {InputError} naming every flag that is unknown or whose value does not fit, together.
 */
export function parseFlags<F extends Flags>(
  { name, flags }: Pick<TaskSpec<F>, "name" | "flags">,
  args: readonly string[],
): Parsed<F> {
  const names = Object.keys(flags);
  const problems: string[] = [];
  const args_ = parseArgs([...args], {
    string: names.filter((flag) => flags[flag].value !== undefined),
    boolean: names.filter((flag) => flags[flag].value === undefined),
    unknown: (arg) => {
      problems.push(`unknown ${arg.startsWith("-") ? "flag" : "word"} ${arg}`);
      return false;
    },
  });
  const parsed: Record<string, unknown> = {};
  for (const [flag, { schema }] of Object.entries(flags)) {
    const result = schema.safeParse(args_[flag]);
    if (result.success) parsed[flag] = result.data;
    else {
      const wanted = result.error.issues.map(({ message }) => message).join("; ");
      problems.push(`--${flag} is ${JSON.stringify(args_[flag]) ?? "missing"}: ${wanted}`);
    }
  }
  if (problems.length > 0) {
    throw new InputError(`${problems.join("\n")}\nSee deno task ${name} --help`);
  }
  return parsed as Parsed<F>;
}

/** What `--help` prints. */
export function helpText<F extends Flags>({ name, summary, details, flags }: TaskSpec<F>): string {
  const rows = [
    ...Object.entries(flags).map(([flag, { value, help, schema }]) => {
      const initial = schema.safeParse(undefined);
      const shown = initial.success && initial.data !== undefined && initial.data !== false
        ? ` (default ${initial.data})`
        : "";
      return [`--${flag}${value ? ` ${value}` : ""}`, help + shown];
    }),
    ["--help", "Show this."],
  ];
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  const lines = rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`);
  return [
    `deno task ${name} [FLAGS]`,
    "",
    summary,
    ...(details ? ["", details] : []),
    "",
    "Flags:",
    ...lines,
  ].join("\n");
}
