/** Flags that several tasks have, so that they mean the same everywhere. */
import { choice, flag, numbers, text, words } from "../lib/options.ts";
import { DEFAULT_RULE, RULES } from "../lib/scores/rules.ts";

/** The benchmark of a command on a run that is there: only to say that another is refused. */
export const runsBenchmark = text(
  "NAME",
  "Not needed: a run knows its benchmark, others are refused.",
);

/** The run of a command that begins one. */
export const run = text("NAME", "Folder in results/, or a path; the benchmark's name by default.");

/** The run of any other command. */
export const existingRun = text("NAME", "Run: a folder in results/, or a path; mini by default.");

/** Which clips: of these models, … */
export const model = words(
  "LIST",
  "Only these models, by their names in tables, such as nano,wan.",
);
/** … of these tasks, … */
export const tasks = numbers("Only these tasks, such as 1-5,9.");
/** … and of these seeds. */
export const seeds = numbers("Only these seeds, such as 0-2 or 42.");

/** The flags that select clips of a run. */
export const selection = { model, tasks, seeds };

/** How verdicts become scores. */
export const rule = choice("Scoring rule", RULES.map(({ name }) => name), DEFAULT_RULE);

/** For an archived run, whose clips were not copied. */
export const withoutClips = flag(
  "Also score verdicts whose clip's file is gone, as in an archived run.",
);
