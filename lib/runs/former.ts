/** Runs of the form before `run.json` knew its benchmark: how they are told from other folders. */
import { z } from "zod";
import type { RunPaths } from "../paths.ts";
import { exists } from "../store/file.ts";
import { readLoose } from "../store/table.ts";
import { readJson } from "./manifest.ts";

/** All fields that it had, and no others: the `run.json` of another program is never taken for one. */
const formerSchema = z.strictObject({
  command: z.string(),
  versions: z.record(z.string(), z.string()).refine(({ deno }) => deno !== undefined),
  commit: z.string().nullable(),
  dirty: z.boolean().nullable(),
  flags_passed: z.array(z.string()),
  flags: z.looseObject({ benchmark: z.string().optional(), release: z.string().optional() }),
  started: z.iso.datetime(),
  finished: z.iso.datetime().nullable(),
  status: z.enum(["running", "finished", "stopped", "failed"]),
  steps: z.array(z.strictObject({
    ...{ name: z.string(), made: z.int(), there: z.int(), seconds: z.number() },
    key: z.string().optional(),
  })),
  usage: z.array(z.any()).default([]),
});

/** One of them is there as soon as a command of the former form has done anything. */
const TABLES = ["tasks", "criteria", "stats", "findings", "clips", "verdicts"];

/** A run of the former form. */
export interface FormerRun {
  /** What its `run.json` holds. */
  manifest: z.output<typeof formerSchema>;
  /** What opens its benchmark. */
  spec: string;
}

/**
 * Reads what makes a folder a run of the former form; null for any other folder.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { runPaths } from "../paths.ts";
 * import { readFormer } from "./former.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/run.json`, '{ "command": "x", "steps": [] }');
 * assertEquals(await readFormer(runPaths(folder)), null);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function readFormer(paths: RunPaths): Promise<FormerRun | null> {
  const { success, data: manifest } = formerSchema.safeParse(await readJson(paths.manifest));
  if (!success) return null;
  const tables = await Promise.all(TABLES.map((name) => exists(paths.table(name))));
  if (!tables.includes(true)) return null;
  const tasks = await readLoose(paths.table("tasks")) ?? [];
  const name = String(tasks[0]?.benchmark ?? manifest.flags.benchmark ?? "mini");
  const folder = manifest.flags.release;
  return { manifest, spec: name === "release" && folder ? `release:${folder}` : name };
}
