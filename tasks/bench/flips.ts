/** `deno task bench flips`: every file of a run damaged, one bit at a time; then scored and reported. */
import { join, relative } from "node:path";
import { InputError } from "../../lib/errors.ts";
import { chooseModel } from "../../lib/models/registry.ts";
import { JUDGES } from "../../lib/judges/registry.ts";
import { count } from "../../lib/options.ts";
import { runPaths } from "../../lib/paths.ts";
import { random } from "../../lib/random.ts";
import { parseSpec } from "../../lib/registry.ts";
import { reportStep } from "../../lib/report/step.ts";
import { generateStep } from "../../lib/runs/generate_step.ts";
import { judgeStep } from "../../lib/runs/judge_step.ts";
import { benchmarkStep } from "../../lib/runs/benchmark.ts";
import type { Progress } from "../../lib/runs/progress.ts";
import { silent } from "../../lib/runs/progress.ts";
import { scoreStep } from "../../lib/runs/score.ts";
import { type Session, withSession } from "../../lib/runs/session.ts";
import { sha256 } from "../../lib/store/key.ts";
import { sealOf } from "../../lib/store/seal.ts";
import { defineTask, main, type WorkOf } from "../cli.ts";

const task = defineTask({
  name: "bench flips",
  summary: "Flips single bits of every file of a small run, then scores and reports it.",
  flags: {
    flips: count("Flips of each file.", 100),
    seed: count("Seed of the flips.", 1),
  },
});

/** What became of the flips of one file. */
interface Outcome {
  /** Scores, summary and claims as without the flip. */
  right: number;
  /** An error that names a file of the run. */
  named: number;
  /** Any other error. */
  unnamed: number;
  /** Scores without a clip that changed, which a line says. */
  told: number;
  /** Other scores, and neither an error nor a line that says so. */
  wrong: number;
  /** Bytes of the run's tables that differ after the whole pipeline ran again. */
  unhealed: number;
}

const SCORES = ["scores.arrow", "summary.arrow", "claims.arrow"];

export const run: WorkOf<typeof task> = async ({ flips, seed }, { progress }) => {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "bench-flips-" }));
  try {
    await pipeline(folder);
    const before = await read(folder);
    const expected = scoresOf(before);
    const draw = random(seed, "flips");
    const names = [...before.keys()].filter((name) => before.get(name)!.length > 0);
    const step = progress.step("flips", names.length);
    const table: Record<string, Outcome> = {};
    for (const name of names) {
      const own: Outcome = { right: 0, named: 0, unnamed: 0, told: 0, wrong: 0, unhealed: 0 };
      for (let i = 0; i < flips; i++) {
        const bytes = before.get(name)!.slice();
        bytes[Math.floor(draw() * bytes.length)] ^= 1 << Math.floor(draw() * 8);
        await Deno.writeFile(join(folder, name), bytes);
        const notes: string[] = [];
        const problem = await attempt(() => scoreAndReport(folder, notes));
        if (problem === null) {
          own[
            scoresOf(await read(folder)) === expected
              ? "right"
              : notes.length > 0
              ? "told"
              : "wrong"
          ]++;
        } else {own[
            problem instanceof InputError && problem.message.includes(folder) ? "named" : "unnamed"
          ]++;}
        if (problem !== null && !(problem instanceof InputError)) console.error(name, problem);
        const again = await attempt(() => pipeline(folder));
        const after = await read(folder);
        if (again !== null || scoresOf(after) !== expected || !isMended(before, after, name)) {
          own.unhealed++;
          if (again !== null) console.error(name, again);
        }
        await restore(folder, before, after);
      }
      table[name] = own;
      step.tick(name);
    }
    step.done(`${names.length * flips} flips of ${names.length} files`);
    console.table(table);
    const bad = Object.values(table).some(({ wrong, unhealed, unnamed }) =>
      wrong + unhealed + unnamed > 0
    );
    if (bad) Deno.exitCode = 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
};

const invocation = { command: "bench", passed: [], resolved: {} };

function inRun(
  folder: string,
  work: (session: Session) => Promise<unknown>,
  notes: string[] = [],
): Promise<unknown> {
  const progress: Progress = { ...silent, note: (line) => void notes.push(line) };
  return withSession({ folder, invocation, progress, begins: true }, work);
}

async function pipeline(folder: string): Promise<void> {
  await inRun(folder, async (session) => {
    await benchmarkStep(session);
    await generateStep(chooseModel("simulator"), { seeds: [0], tasks: [1, 9] }, session);
    const options = JUDGES.probe.options.parse({}) as never;
    await judgeStep(
      { entry: JUDGES.probe, spec: parseSpec("probe"), options } as never,
      {},
      session,
    );
    await scoreStep(session);
    await reportStep(session, "repaired");
  });
}

async function scoreAndReport(folder: string, notes: string[]): Promise<void> {
  await inRun(folder, (session) => scoreStep(session), notes);
  await inRun(folder, (session) => reportStep(session, "repaired"), notes);
}

async function attempt(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
    return null;
  } catch (error) {
    return error;
  }
}

/** The bytes of all files in a folder, by their paths within it. */
async function read(folder: string, within = folder): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for await (const { name, isDirectory } of Deno.readDir(within)) {
    const path = join(within, name);
    if (!isDirectory) files.set(relative(folder, path), await Deno.readFile(path));
    else for (const [inner, bytes] of await read(folder, path)) files.set(inner, bytes);
  }
  return files;
}

function scoresOf(files: ReadonlyMap<string, Uint8Array>): string {
  return SCORES.map((name) => sha256(files.get(name) ?? new Uint8Array())).join();
}

/** Whether a file is as it was; records of commands grow, and the page says when it was made. */
function isMended(
  before: ReadonlyMap<string, Uint8Array>,
  after: ReadonlyMap<string, Uint8Array>,
  name: string,
): boolean {
  const bytes = after.get(name) ?? new Uint8Array();
  // Rows that are made again took another time.
  if (/^(clips|verdicts)\.arrow$/.test(name)) return sealOf(bytes) === "whole";
  const changes = /run\.json$|index\.html$|\.lock$/.test(name);
  return changes || sha256(bytes) === sha256(before.get(name)!);
}

async function restore(
  folder: string,
  before: ReadonlyMap<string, Uint8Array>,
  after: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  for (const name of after.keys()) {
    if (!before.has(name)) await Deno.remove(join(runPaths(folder).folder, name));
  }
  for (const [name, bytes] of before) await Deno.writeFile(join(folder, name), bytes);
}

if (import.meta.main) await main(task, run);
