/** `deno task bench flips`: every file of a run damaged, one bit at a time; then scored and reported. */
import { count, text } from "../../lib/options.ts";
import { sha256 } from "../../lib/store/key.ts";
import { faultServer } from "../../lib/testing/openai/fault_server.ts";
import { gate } from "../../lib/runs/pool.ts";
import { openWorkers } from "../../lib/workers.ts";
import { defineTask, main, type WorkOf } from "../cli.ts";
import { leaveJournals, makeRun, makeSheet, scoreAndReport } from "./flips_run.ts";
import { type FlipsJob, type Outcome, read } from "./flips_files.ts";

const task = defineTask({
  name: "bench flips",
  summary: "Flips single bits of every file of a small run, then scores and reports it.",
  flags: {
    flips: count("Flips of each file.", 100),
    seed: count("Seed of the flips.", 1),
    workers: count("Copies of the run at once.", 2),
    only: text("PART", "Only files whose path holds this."),
  },
});

export const run: WorkOf<typeof task> = async (
  { flips, seed, workers, only = "" },
  { progress, signal },
) => {
  const whole = await Deno.realPath(await Deno.makeTempDir({ prefix: "bench-flips-" }));
  let batches = 0;
  const batch = { polls: Infinity, onCreate: () => void batches++ };
  await using server = faultServer({ batch });
  const { baseUrl } = server;
  try {
    const made = { root: whole, baseUrl };
    await makeRun(made);
    await makeSheet(made);
    await scoreAndReport(made, []);
    const folded = new Map([...await read(whole)].map(([name, bytes]) => [name, sha256(bytes)]));
    await leaveJournals(made);
    const files = await read(whole);
    const names = [...files.keys()]
      .filter((name) => name.includes(only) && files.get(name)!.length > 0).sort();
    const sent = batches;
    const step = progress.step("flips", names.length);
    const module = new URL("./flips_worker.ts", import.meta.url);
    const inTurn = gate(workers);
    const rows = await Promise.all(names.map((name) =>
      inTurn(async () => {
        signal.throwIfAborted();
        const started = performance.now();
        // A Worker a file: thousands of reports in one would fill the memory.
        using worker = openWorkers<FlipsJob, Outcome>(module, { workers: 1 });
        const outcome = await worker.do({ whole, baseUrl, name, flips, seed, folded });
        step.tick(name);
        if (outcome.first) progress.note(`${name}: ${outcome.first}`);
        const { first: _, ...counts } = outcome;
        return [name, { ...counts, seconds: Math.round((performance.now() - started) / 100) / 10 }];
      })
    ));
    signal.throwIfAborted();
    step.done(`${names.length * flips} flips of ${names.length} files`);
    console.table(Object.fromEntries(rows));
    console.log(`Batches sent again since their record was damaged: ${batches - sent}`);
    const outcomes = rows.map(([, outcome]) => outcome as Omit<Outcome, "first">);
    if (outcomes.some(({ wrong, unhealed, unnamed }) => wrong + unhealed + unnamed > 0)) {
      Deno.exitCode = 1;
    }
  } finally {
    await Deno.remove(whole, { recursive: true });
  }
};

if (import.meta.main) await main(task, run);
