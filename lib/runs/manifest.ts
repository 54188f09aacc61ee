/** `run.json`: what a run is of, and every command that worked on it. */
import { z } from "zod";
import { InputError, messageOf } from "../errors.ts";
import { replaceFile } from "../store/file.ts";

/** The form of the file; another is upgraded, see `upgrade.ts`. */
export const MANIFEST_FORM = 2;

const stepSchema = z.object({
  name: z.string(),
  /** Rows or files that this command made. */
  made: z.int(),
  /** Rows or files that were there already. */
  cached: z.int(),
  seconds: z.number(),
  /** Hash of all that the step's output was made from; absent where rows carry their own keys. */
  key: z.string().optional(),
});

const usageSchema = z.object({
  /** When the command began that asked. */
  started: z.string(),
  model: z.string(),
  /** Requests sent, repeated ones included. */
  requests: z.int(),
  /** Requests sent again after a failure. */
  retried: z.int(),
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  /** Answers whose tokens the server did not count: the sums lack them. */
  uncounted: z.int(),
  cost_usd: z.number(),
  /** Where the price comes from. */
  price: z.string(),
});

const invocationSchema = z.object({
  /** Its own; random. */
  id: z.string(),
  command: z.string(),
  /** As typed. */
  flags_passed: z.array(z.string()),
  /** As understood, defaults included. */
  flags: z.record(z.string(), z.unknown()),
  versions: z.record(z.string(), z.string()),
  /** Null where the project is no git checkout. */
  commit: z.string().nullable(),
  /** Whether files differed from the commit; null where that is unknown. */
  dirty: z.boolean().nullable(),
  /** `benchmarkHash` of the benchmark as it was then; null where none was needed. */
  benchmark_hash: z.string().nullable(),
  started: z.string(),
  ended: z.string().nullable(),
  status: z.enum(["running", "finished", "stopped", "failed"]),
  /** What it failed with. */
  error: z.string().nullable(),
  steps: z.array(stepSchema),
  /** The sum over its steps. */
  rows_made: z.int(),
  /** What was asked of models, and what it cost. */
  usage: z.array(usageSchema),
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  cost_usd: z.number(),
});

const manifestSchema = z.object({
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
});

/** What a step made, and how long it took. */
export type StepRecord = z.infer<typeof stepSchema>;
/** What asking a model took. */
export type RunUsage = z.infer<typeof usageSchema>;
/** One command that worked on a run. */
export type InvocationRecord = z.infer<typeof invocationSchema>;
/** What `run.json` holds. */
export type Manifest = z.infer<typeof manifestSchema>;

/** How a task was called. */
export interface Invocation {
  /** The task's name. */
  command: string;
  /** The flags as typed. */
  passed: readonly string[];
  /** The flags as understood, defaults included. */
  resolved: Readonly<Record<string, unknown>>;
}

/**
 * Reads a run's manifest; null where there is none.
 *
 * @throws {InputError} if the file is there and is none, or is of another form.
 */
export async function readManifest(path: string): Promise<Manifest | null> {
  const json = await readJson(path);
  if (json === null) return null;
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const form = z.looseObject({ form: z.number() }).safeParse(json);
  if (form.success && form.data.form > MANIFEST_FORM) {
    throw new InputError(`Cannot read ${path}: a later version of this project wrote it`);
  }
  throw new InputError(`Cannot read ${path}: ${z.prettifyError(parsed.error)}`);
}

/** The JSON of a file; null where there is none. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw new InputError(`Cannot read ${path}: ${messageOf(error)}`);
  }
}

/** Writes a run's manifest. */
export async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  await replaceFile(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * The record of a command that begins now.
 *
 * @param config Path of deno.json, for the versions of the libraries.
 */
export async function beginInvocation(
  { command, passed, resolved }: Invocation,
  config: string,
  root: string,
): Promise<InvocationRecord> {
  const { version, imports } = JSON.parse(await Deno.readTextFile(config)) as {
    version?: string;
    imports: Record<string, string>;
  };
  const versions: Record<string, string> = {
    ...(version === undefined ? {} : { microverse: version }),
    deno: Deno.version.deno,
  };
  for (const specifier of Object.values(imports)) {
    const match = /^(?:npm|jsr):(.+)@([^@/]+)$/.exec(specifier);
    if (match) versions[match[1]] = match[2];
  }
  const commit = await git(root, "rev-parse", "HEAD");
  const status = commit === null ? null : await git(root, "status", "--porcelain");
  return {
    id: crypto.randomUUID(),
    command,
    flags_passed: [...passed],
    flags: { ...resolved },
    versions,
    commit,
    dirty: status === null ? null : status !== "",
    benchmark_hash: null,
    started: new Date().toISOString(),
    ended: null,
    status: "running",
    error: null,
    steps: [],
    rows_made: 0,
    usage: [],
    prompt_tokens: 0,
    completion_tokens: 0,
    cost_usd: 0,
  };
}

/** Brings the sums of a record up to date with its steps and usage. */
export function sumUp(record: InvocationRecord): void {
  const total = <Row>(rows: readonly Row[], of: (row: Row) => number) =>
    rows.reduce((sum, row) => sum + of(row), 0);
  record.rows_made = total(record.steps, ({ made }) => made);
  record.prompt_tokens = total(record.usage, ({ prompt_tokens }) => prompt_tokens);
  record.completion_tokens = total(record.usage, ({ completion_tokens }) => completion_tokens);
  record.cost_usd = total(record.usage, ({ cost_usd }) => cost_usd);
}

/** What git answers; null where there is no git, no checkout, or no leave to run it. */
async function git(root: string, ...args: string[]): Promise<string | null> {
  try {
    const command = new Deno.Command("git", { args: ["-C", root, ...args], stderr: "null" });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    return null;
  }
}
