/** The run that `deno task bench flips` damages: small, with every kind of file that a run can have. */
import { join } from "node:path";
import { JUDGES } from "../../lib/judges/registry.ts";
import { chooseModel } from "../../lib/models/registry.ts";
import { runPaths } from "../../lib/paths.ts";
import { clipsTable } from "../../lib/records/clip.ts";
import { verdictsTable } from "../../lib/records/verdict.ts";
import { parseSpec } from "../../lib/registry.ts";
import { reportStep } from "../../lib/report/step.ts";
import { benchmarkStep } from "../../lib/runs/benchmark.ts";
import { generateStep } from "../../lib/runs/generate_step.ts";
import { judgeStep } from "../../lib/runs/judge_step.ts";
import { writeSheet } from "../../lib/runs/label.ts";
import { type Progress, silent } from "../../lib/runs/progress.ts";
import { scoreStep } from "../../lib/runs/score.ts";
import { type Session, withSession } from "../../lib/runs/session.ts";
import { openShard } from "../../lib/runs/shards.ts";
import { openCache } from "../../lib/store/cache.ts";
import { readTable, writeTable } from "../../lib/store/table.ts";

/** Where a run lies, beside its kept answers, and who answers. */
export interface FlipsRun {
  /** Holds `run` and `answers`. */
  root: string;
  /** A server of OpenAI's protocol that answers by seed and ends no batch. */
  baseUrl: string;
}

const TASK = 9;
const MODELS: readonly { model: string; options?: Record<string, unknown> }[] = [
  { model: "simulator" },
  { model: "simulator:each" },
  { model: "s-base", options: { steps: 1, provider: "cpu" } },
];

/** The run's folder. */
export function folderOf({ root }: FlipsRun): string {
  return join(root, "run");
}

/** Makes all of the run that is missing: clips, verdicts of judges of each kind, scores, a report. */
export async function makeRun(run: FlipsRun, notes: string[] = []): Promise<void> {
  await inRun(run, async (session) => {
    await benchmarkStep(session);
    for (const { model, options = {} } of MODELS) {
      await generateStep(modelOf(model, options), { seeds: [0], tasks: [TASK] }, session);
    }
    await judgeStep(judgeOf("probe", {}), {}, session);
    await judgeStep(judgeOf("openai:fake", asking(run)), {}, session);
    const later = { ...asking(run), "batch-api": true, "no-wait": true };
    await judgeStep(judgeOf("openai:later", later), {}, session);
    await scoreStep(session);
    await reportStep(session, "repaired");
  }, notes);
}

/** Makes the sheet for people anew. */
export async function makeSheet(run: FlipsRun): Promise<void> {
  await inRun(run, async (session) => {
    const { loaded: { benchmark }, paths, step } = session;
    const clips = await readTable(clipsTable, paths.table("clips"));
    const drawn = { benchmark, clips, sample: 2, draw: 1 };
    await step("label", 2, (progress) => writeSheet(drawn, paths, progress));
  });
}

/** Scores the run and reports on it, as a user does who does not know of the damage. */
export async function scoreAndReport(run: FlipsRun, notes: string[]): Promise<void> {
  await inRun(run, (session) => scoreStep(session), notes);
  await inRun(run, (session) => reportStep(session, "repaired"), notes);
}

/** Leaves the run as kills leave it: rows in the journals of a table and of a shard alone. */
export async function leaveJournals(run: FlipsRun): Promise<void> {
  const paths = runPaths(folderOf(run));
  const clips = await readTable(clipsTable, paths.table("clips"));
  {
    using shard = await openShard(paths, { index: 1, of: 2 });
    await writeTable(clipsTable, paths.table("clips"), clips.slice(1));
    await shard.append(clips.slice(0, 1));
  }
  const verdicts = await readTable(verdictsTable, paths.table("verdicts"));
  await writeTable(verdictsTable, paths.table("verdicts"), verdicts.slice(10));
  const table = await openCache(verdictsTable, paths.table("verdicts"));
  await table.append(verdicts.slice(0, 5));
  await table.append(verdicts.slice(5, 10));
  table.close();
}

const invocation = { command: "bench", passed: [], resolved: {} };

function inRun(
  run: FlipsRun,
  work: (session: Session) => Promise<unknown>,
  notes: string[] = [],
): Promise<unknown> {
  const progress: Progress = { ...silent, note: (line) => void notes.push(line) };
  return withSession({ folder: folderOf(run), invocation, progress, begins: true }, work);
}

function asking({ root, baseUrl }: FlipsRun): Record<string, unknown> {
  const price = { input_per_million: 0, output_per_million: 0 };
  return { "base-url": baseUrl, answers: join(root, "answers"), frames: 2, price };
}

function modelOf(name: string, given: Record<string, unknown>) {
  const chosen = chooseModel(name);
  return { ...chosen, options: { ...chosen.options as object, ...given } } as typeof chosen;
}

function judgeOf(text: string, given: Record<string, unknown>) {
  const spec = parseSpec(text);
  const entry = JUDGES[spec.kind as keyof typeof JUDGES];
  // Checked as flags are, but for numbers, which are given as such.
  const options = { ...entry.options.parse({}), ...given };
  return { entry, spec, options } as unknown as Parameters<typeof judgeStep>[0];
}
