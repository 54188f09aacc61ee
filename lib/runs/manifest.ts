/** `run.json`: what a run is of, and every command that worked on it. */
import { z } from "zod";
import { InputError } from "../errors.ts";
import type { JudgeUsage } from "../judges/judge_entry.ts";
import { tellDamage } from "../store/damage.ts";
import { type FoundRecord, readRecord, writeRecord } from "../store/record_file.ts";
import { zodText } from "../zod_text.ts";

/** The form of the file; another is upgraded, see `upgrade.ts`. */
export const MANIFEST_FORM = 2;

/** What a step made, and how long it took. */
export interface StepRecord {
  /** The step. */
  name: string;
  /** Rows or files that this command made. */
  made: number;
  /** Rows or files that were there already. */
  cached: number;
  /** Wall-clock seconds. */
  seconds: number;
  /** Hash of all that the step's output was made from; absent where rows carry their own keys. */
  key?: string;
  /** Hash of the output's bytes; absent where rows carry their own keys. */
  output?: string;
}

/** Which verdicts a command scored; all where a part is absent. */
export interface ScoredSelection {
  /** Names of video models. */
  models?: string[];
  /** Numbers of tasks. */
  tasks?: number[];
  /** Seeds. */
  seeds?: number[];
}

/** One command that worked on a run. */
export interface InvocationRecord {
  /** Its own; random. */
  id: string;
  /** The task's name. */
  command: string;
  /** As typed. */
  flags_passed: string[];
  /** As understood, defaults included. */
  flags: Record<string, unknown>;
  /** Where the clips of a model come from, by its name; see `sources.ts`. */
  sources?: Record<string, string[]>;
  /** What it scored; empty for all. Absent where it scored nothing, and in earlier versions' records. */
  scored?: ScoredSelection;
  /** Of this project, of Deno and of each package. */
  versions: Record<string, string>;
  /** Null where the project is no git checkout. */
  commit: string | null;
  /** Whether files differed from the commit, as earlier versions had git say; null since. */
  dirty: boolean | null;
  /** `benchmarkHash` of the benchmark as it was then; null where none was needed. */
  benchmark_hash: string | null;
  /** When it began, ISO 8601. */
  started: string;
  /** When it ended, ISO 8601; null while it runs, and where it was killed. */
  ended: string | null;
  /** What became of it. */
  status: "running" | "finished" | "stopped" | "failed" | "killed";
  /** What it failed with. */
  error: string | null;
  /** In the order in which they were taken. */
  steps: StepRecord[];
  /** The sum over its steps. */
  rows_made: number;
  /** What was asked of models, and what it cost. */
  usage: JudgeUsage[];
  /** The sum over its usage. */
  prompt_tokens: number;
  /** The sum over its usage. */
  completion_tokens: number;
  /** The sum over its usage, US dollars. */
  cost_usd: number;
  /** The sum over its usage, US dollars; absent in records of earlier versions. */
  uncounted_usd?: number;
  /** The sum over its usage, US dollars; absent in records of earlier versions. */
  maybe_billed_usd?: number;
}

const stepSchema: z.ZodType<StepRecord> = z.object({
  name: z.string(),
  made: z.int(),
  cached: z.int(),
  seconds: z.number(),
  key: z.string().optional(),
  output: z.string().optional(),
});

// Earlier versions kept counts as servers gave them, fractions too: they stay readable.
const tokens = z.number();

const usageSchema: z.ZodType<JudgeUsage> = z.object({
  started: z.string(),
  model: z.string(),
  requests: z.int(),
  retried: z.int(),
  prompt_tokens: tokens,
  completion_tokens: tokens,
  reasoning_tokens: tokens.optional(),
  sent_as: z.array(z.string()).optional(),
  uncounted: z.int(),
  cost_usd: z.number(),
  uncounted_usd: z.number().optional(),
  maybe_billed_usd: z.number().optional(),
  in_progress_usd: z.number().optional(),
  overrun_usd: z.number().optional(),
  price: z.string(),
});

const invocationSchema: z.ZodType<InvocationRecord> = z.object({
  id: z.string(),
  command: z.string(),
  flags_passed: z.array(z.string()),
  flags: z.record(z.string(), z.unknown()),
  sources: z.record(z.string(), z.array(z.string()).min(1)).optional(),
  scored: z.object({
    models: z.array(z.string()).optional(),
    tasks: z.array(z.int()).optional(),
    seeds: z.array(z.int()).optional(),
  }).optional(),
  versions: z.record(z.string(), z.string()),
  commit: z.string().nullable(),
  dirty: z.boolean().nullable(),
  benchmark_hash: z.string().nullable(),
  started: z.string(),
  ended: z.string().nullable(),
  status: z.enum(["running", "finished", "stopped", "failed", "killed"]),
  error: z.string().nullable(),
  steps: z.array(stepSchema),
  rows_made: z.int(),
  usage: z.array(usageSchema),
  prompt_tokens: tokens,
  completion_tokens: tokens,
  cost_usd: z.number(),
  uncounted_usd: z.number().optional(),
  maybe_billed_usd: z.number().optional(),
});

const manifestSchema = z.strictObject({
  form: z.literal(MANIFEST_FORM),
  /** Null until a command needs one. */
  benchmark: z.object({
    /** What opens it: `mini`, `release`, `release:DIR`, or a file's path. */
    spec: z.string(),
    name: z.string(),
    /** `benchmarkHash` of it when it was last opened. */
    hash: z.string(),
  }).nullable(),
  /** From the first; a later command adds one and changes no other. */
  invocations: z.array(invocationSchema),
  /**
   * Names in the folder that the run's commands have written to, or may have been about to; others are
   * not ours. Absent in runs of earlier versions.
   */
  owns: z.array(z.string()).optional(),
});

/** What `run.json` holds. */
export type Manifest = z.infer<typeof manifestSchema>;

/**
 * Reads a run's manifest, from its copy where it is damaged; null where there is none.
 *
 * @throws {InputError} if the file is there and is none, or is of another form, with what to do.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../testing/assert.ts";
 * import { readManifest } from "./manifest.ts";
 *
 * const path = await Deno.makeTempFile();
 * for (const content of ["", '{"form": 2, "invoc', '{"form": 2}']) {
 *   await Deno.writeTextFile(path, content);
 *   await assertInputError(() => readManifest(path), path, "move it away, write");
 * }
 * await Deno.writeTextFile(path, '{"form": 2, "benchmark": null, "invocations": []}');
 * assertEquals((await readManifest(path))?.invocations, []);
 * await Deno.remove(path);
 * ```
 */
export async function readManifest(path: string): Promise<Manifest | null> {
  const found = await readRecord(path, {
    accepts: (value) => manifestSchema.safeParse(value).success,
    isOurs: (value) => value?.form === MANIFEST_FORM || Array.isArray(value?.invocations),
    isBehind,
  });
  if (found === null) return null;
  if (found.restored) {
    tellDamage(
      `${path} was changed or damaged, or is an older one; what its copy holds is used`,
    );
  }
  const parsed = manifestSchema.safeParse(found.value);
  if (parsed.success && found.state !== "damaged") return parsed.data;
  const form = z.looseObject({ form: z.number() }).safeParse(found.value);
  if (found.state === "damaged" && (found.value === null || form.success)) {
    throw damaged(path, found.problem);
  }
  if (form.success && form.data.form > MANIFEST_FORM) {
    throw new InputError(
      `Cannot read ${path}: a later version of this project wrote it (form ${form.data.form}, ` +
        `expected ${MANIFEST_FORM}). Nothing was changed; use that version, or a later one`,
    );
  }
  const problem = parsed.error ? zodText(parsed.error) : found.problem;
  const why = problem.replaceAll(/\s*\n\s*/g, " ");
  if (form.success) throw damaged(path, why);
  throw new InputError(
    `Cannot read ${path}: it is not the run.json of a run (${why}). Nothing was changed; name ` +
      "another folder with --run",
  );
}

/**
 * Whether a manifest is an older one, another run's, or edited: its copy has commands that it lacks, or
 * it lost its checksum and has no command that the copy lacks. An earlier version, which writes neither
 * checksum nor copy, adds one.
 */
function isBehind({ value, state }: FoundRecord, copy: Record<string, unknown>): boolean {
  const [own, kept] = [idsOf(value), idsOf(copy)];
  return kept.difference(own).size > 0 || (state === "unchecked" && own.isSubsetOf(kept));
}

function idsOf(value: FoundRecord["value"]): Set<unknown> {
  const { invocations } = value ?? {};
  return new Set(Array.isArray(invocations) ? invocations.map((one) => Object(one).id) : []);
}

/** A manifest without any command, to put in the place of one that cannot be read. */
const EMPTY: Manifest = { form: MANIFEST_FORM, benchmark: null, invocations: [] };

function damaged(path: string, why: string): InputError {
  return new InputError(
    `Cannot read ${path}: ${why}. Nothing was changed, and the run's tables do not depend on it. ` +
      `To use them again, move it away, write ${
        JSON.stringify(EMPTY)
      } in its place, and name the ` +
      "run's benchmark once with --benchmark. Only the record of earlier commands and of what " +
      "they cost is then missing",
  );
}

/** The JSON of a file; undefined where there is no file. */
export async function readJson(path: string): Promise<unknown> {
  const found = await readRecord(path);
  return found === null ? undefined : found.value;
}

/**
 * Refuses a manifest that its owner has made read-only; one that is not there may be written.
 *
 * @throws {InputError} saying so.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { requireWritable } from "./manifest.ts";
 *
 * const path = await Deno.makeTempFile();
 * await requireWritable(path);
 * await Deno.chmod(path, 0o444);
 * await assertInputError(() => requireWritable(path), path, "read-only");
 * await Deno.remove(path);
 * ```
 */
export async function requireWritable(path: string): Promise<void> {
  try {
    const { mode } = await Deno.stat(path);
    // Who is root may write to all files, and a file is replaced by leave of its folder alone.
    if (mode === null || (mode & 0o222) !== 0) return;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new InputError(`Cannot write ${path}: it is read-only. Nothing was written.`);
}

/** Writes a run's manifest and its copy; where a link stands in its place, the file it leads to. */
export async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  await writeRecord(path, manifest);
}

/** Brings the sums of a record up to date with its steps and usage. */
export function sumUp(record: InvocationRecord): void {
  const total = <Row>(rows: readonly Row[], of: (row: Row) => number) =>
    rows.reduce((sum, row) => sum + of(row), 0);
  record.rows_made = total(record.steps, ({ made }) => made);
  record.prompt_tokens = total(record.usage, ({ prompt_tokens }) => prompt_tokens);
  record.completion_tokens = total(record.usage, ({ completion_tokens }) => completion_tokens);
  record.cost_usd = total(record.usage, ({ cost_usd }) => cost_usd);
  record.uncounted_usd = total(record.usage, ({ uncounted_usd = 0 }) => uncounted_usd);
  record.maybe_billed_usd = total(record.usage, ({ maybe_billed_usd = 0 }) => maybe_billed_usd);
}
