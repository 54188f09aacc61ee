/** Commands on a run: how one was called, and its record when it begins. */
import { commitOf } from "./commit.ts";
import type { InvocationRecord } from "./manifest.ts";

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
  return {
    id: crypto.randomUUID(),
    command,
    flags_passed: [...passed],
    flags: { ...resolved },
    versions,
    commit: await commitOf(root),
    // Only git can say, and what runs git can run anything.
    dirty: null,
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
