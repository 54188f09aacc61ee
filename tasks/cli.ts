/** What every task shares: a task is plain data with its work; its run has help, errors, exit codes. */
import type { z } from "zod";
import { InputError, messageOf, systemText } from "../lib/errors.ts";
import { lazy } from "../lib/lazy.ts";
import type { OptionMeta } from "../lib/options.ts";
import type { Chosen, Entry, Registry } from "../lib/registry.ts";
import type { Invocation } from "../lib/runs/invocation.ts";
import { type Progress, textProgress } from "../lib/runs/progress.ts";
import { commandText } from "../lib/shell.ts";
import { helpText } from "./help.ts";
import { parseFlags } from "./parse_flags.ts";

/** A task's flags: schemas of the text as typed, with what help says of them; see `lib/options.ts`. */
export type Flags = Readonly<Record<string, z.ZodType>>;

/** What help says of a flag, and the names that its value may be one of. */
export interface FlagMeta extends OptionMeta {
  names?: { title: string; registry: Registry<Entry> };
}

/** A flag whose value names an entry of a registry, which brings options of its own. */
export interface Choice<
  Name extends string = string,
  E extends Entry = Entry,
  Initial extends string | null | undefined = string | null | undefined,
> {
  /** The flag. */
  flag: Name;
  registry: Registry<E>;
  /** What is chosen, in a word: `model`. */
  what: string;
  help: string;
  /** Taken where the flag is left out; absent where it may not be, null where nothing is chosen then. */
  initial?: Initial;
}

/** A task's flags once understood. */
export type Parsed<F extends Flags, Name extends string, E extends Entry, Initial> =
  & { [K in keyof F]: z.output<F[K]> }
  & { [K in Name]: Initial extends null ? Chosen<E> | null : Chosen<E> };

/** What a task's work is given beside its flags. */
export interface TaskContext {
  invocation: Invocation;
  progress: Progress;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** A task as the command line and the reference know it. */
export interface Task {
  name: string;
  /** One line: what it does. */
  summary: string;
  /** Further lines for `--help`. */
  details?: string;
  /** What follows its name on the command line; flags by default. */
  usage?: string;
  flags: Flags;
  choice?: Choice;
  /**
   * Address of the module whose `run` does the work (see {@link WorkOf}): it is loaded when the work
   * begins, so that `--help` takes no longer than it must. Absent for a task whose file does its work.
   */
  work?: URL;
}

/** A task that knows what its flags are understood as; `parsed` is only a type. */
export type TypedTask<P> = Task & { readonly parsed?: P };

/** The work of a task. */
export type Work<P> = (flags: P, context: TaskContext) => Promise<void>;
/** The work of a task, as its module exports it as `run`. */
export type WorkOf<T extends TypedTask<unknown>> = Work<NonNullable<T["parsed"]>>;

/** Keeps the types of a task's flags and choice for its work. */
export function defineTask<
  F extends Flags,
  Name extends string = never,
  E extends Entry = Entry,
  Initial extends string | null | undefined = undefined,
>(
  task: Task & { flags: F; choice?: Choice<Name, E, Initial> },
): TypedTask<Parsed<F, Name, E, Initial>> {
  return task;
}

const INPUT_ERROR = 2;
const SYSTEM_ERROR = 1;
/** Exit codes of a command that was stopped, as shells have them: 128 and the signal's number. */
const STOPPED = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Runs a task: exit code 0 if its work ends well, 2 for a mistake in what was given and 1 for an error
 * of the system, such as a full disk (its message alone), 130 after Ctrl-C and 143 after SIGTERM, 1
 * for a bug (with its stack). A task's file does not await it: its work may import the file, which
 * would then wait for its own importer.
 *
 * @param work Where the task names no module for it.
 */
export async function main<P>(task: TypedTask<P>, work?: Work<P>): Promise<void> {
  const controller = new AbortController();
  let stopped: number = STOPPED.SIGINT;
  const stopper = (signal: keyof typeof STOPPED) => () => {
    if (controller.signal.aborted) Deno.exit(STOPPED[signal]);
    stopped = STOPPED[signal];
    console.error("\nStopping; what is made is kept. Ctrl-C again stops at once.");
    controller.abort(new DOMException("interrupted", "AbortError"));
  };
  const [interrupt, terminate] = [stopper("SIGINT"), stopper("SIGTERM")];
  // Errors that nobody awaits, such as of a write that was begun and not yet asked about.
  const unhandled = (event: PromiseRejectionEvent) => {
    const isOurs = event.reason instanceof InputError || systemText(event.reason) !== null;
    if (!isOurs && !controller.signal.aborted) return;
    event.preventDefault();
    end(event.reason);
    Deno.exit();
  };
  /** Says how the work ended; false for a bug. */
  const end = (error: unknown): boolean => {
    const text = systemText(error);
    if (controller.signal.aborted) {
      if (error instanceof InputError) console.error(messageOf(error));
      console.error(`Stopped. To go on: ${commandText(task.name, Deno.args)}`);
      Deno.exitCode = stopped;
    } else if (error instanceof InputError) {
      console.error(messageOf(error));
      Deno.exitCode = INPUT_ERROR;
    } else if (text !== null) {
      console.error(text);
      Deno.exitCode = SYSTEM_ERROR;
    } else return false;
    return true;
  };
  Deno.addSignalListener("SIGINT", interrupt);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", terminate);
  globalThis.addEventListener("unhandledrejection", unhandled);
  try {
    const passed = Deno.args;
    if (passed.includes("--help") || passed.includes("-h")) {
      console.log(helpText(task));
      return;
    }
    const { flags, resolved } = parseFlags(task, passed);
    const write = (text: string) => void Deno.stderr.writeSync(new TextEncoder().encode(text));
    const progress = textProgress(write, { terminal: Deno.stderr.isTerminal() });
    const invocation = { command: task.name, passed, resolved };
    const run = work ?? (await lazy<{ run: Work<P> }>(task.work!)()).run;
    await run(flags as P, { invocation, progress, signal: controller.signal });
  } catch (error) {
    if (!end(error)) throw error;
    // A network may go on computing for minutes, which nothing ends but this.
    if (controller.signal.aborted) Deno.exit();
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
    if (Deno.build.os !== "windows") Deno.removeSignalListener("SIGTERM", terminate);
    globalThis.removeEventListener("unhandledrejection", unhandled);
  }
}
