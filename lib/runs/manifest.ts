/** `run.json`: where a run's results come from. */
import { z } from "zod";
import { InputError, messageOf } from "../errors.ts";
import { replaceFile } from "../store/file.ts";

const stepSchema = z.object({
  name: z.string(),
  /** Rows or files that this run made. */
  made: z.int(),
  /** Rows or files that were there already. */
  there: z.int(),
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

const manifestSchema = z.object({
  command: z.string(),
  versions: z.record(z.string(), z.string()),
  /** Null where the project is no git checkout. */
  commit: z.string().nullable(),
  /** Whether files differed from the commit; null where that is unknown. */
  dirty: z.boolean().nullable(),
  flags_passed: z.array(z.string()),
  flags: z.record(z.string(), z.unknown()),
  started: z.string(),
  finished: z.string().nullable(),
  status: z.enum(["running", "finished", "stopped", "failed"]),
  steps: z.array(stepSchema),
  /** What was asked of models for this run so far, and what it cost: one entry a command that asked. */
  usage: z.array(usageSchema).default([]),
});

/** What a step made, and how long it took. */
export type StepRecord = z.infer<typeof stepSchema>;
/** What asking a model took. */
export type RunUsage = z.infer<typeof usageSchema>;
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
 * @throws {InputError} if the file is there and is none.
 */
export async function readManifest(path: string): Promise<Manifest | null> {
  try {
    return manifestSchema.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new InputError(`Cannot read ${path}: ${problem}`);
  }
}

/** Writes a run's manifest. */
export async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  await replaceFile(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * A manifest for a run that begins now.
 *
 * @param config Path of deno.json, for the versions of the libraries.
 */
export async function beginManifest(
  { command, passed, resolved }: Invocation,
  config: string,
  root: string,
): Promise<Manifest> {
  const { imports } = JSON.parse(await Deno.readTextFile(config)) as {
    imports: Record<string, string>;
  };
  const versions: Record<string, string> = { deno: Deno.version.deno };
  for (const specifier of Object.values(imports)) {
    const match = /^(?:npm|jsr):(.+)@([^@/]+)$/.exec(specifier);
    if (match) versions[match[1]] = match[2];
  }
  const commit = await git(root, "rev-parse", "HEAD");
  const status = commit === null ? null : await git(root, "status", "--porcelain");
  return {
    command,
    versions,
    commit,
    dirty: status === null ? null : status !== "",
    flags_passed: [...passed],
    flags: { ...resolved },
    started: new Date().toISOString(),
    finished: null,
    status: "running",
    steps: [],
    usage: [],
  };
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
