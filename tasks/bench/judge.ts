/** Compares the released evaluator with ours: the same clips, tasks, server and machine. */
import { join, resolve } from "node:path";
import { openBenchmark } from "../../lib/benchmark/registry.ts";
import { RELEASE_FILES } from "../../lib/benchmark/release.ts";
import { InputError } from "../../lib/errors.ts";
import { PROJECT } from "../../lib/paths.ts";
import { ensurePython } from "../../lib/pyenv/python.ts";
import { RELEASED } from "../../lib/pyenv/requirements.ts";
import { exists } from "../../lib/store/file.ts";
import { count, text } from "../../lib/options.ts";
import { defineTask, main } from "../cli.ts";
import { fillWithClips } from "./clips.ts";
import { type Comparison, comparisonText, type Iteration, summarise } from "./comparison.ts";
import { measure, taskCommand } from "./measure.ts";
import { saveResult } from "./save.ts";
import { type BenchServer, startServer } from "./serving.ts";

const SIZE = { width: 832, height: 480, frames: 81 };
const LATENCY_MS = 200;
const CONCURRENCY = 64;
const MODEL = "gpt-4o";

await main(
  defineTask({
    name: "bench judge",
    summary: "Judges the same clips with the released evaluator and with ours.",
    details:
      `Clips of ${SIZE.frames} frames, ${SIZE.width} × ${SIZE.height}, simulated once; a local ` +
      `server that answers after ${LATENCY_MS} ms.\nWhole processes are measured, including startup. The ` +
      "first iteration is reported separately.",
    flags: {
      evaluator: text("DIR", "Folder with the released video_evaluator.py."),
      benchmark: text("NAME", "release, or release:DIR for a local folder with its files."),
      clips: count("Clips to judge, for tasks 1 to N.", 60),
      repeats: count("Iterations after the first; their medians are compared.", 1),
    },
  }),
  async (
    { evaluator: released, benchmark: name = "release", clips, repeats },
    { progress, signal },
  ) => {
    if (released === undefined || !await exists(join(released, "video_evaluator.py"))) {
      throw new InputError(
        `Found no ${join(released ?? "DIR", "video_evaluator.py")}; --evaluator names its folder`,
      );
    }
    const { benchmark, spec, release } = await openBenchmark(name);
    if (!release) {
      throw new InputError(`Cannot compare on ${name}; expected release or release:DIR`);
    }
    if (clips > benchmark.tasks.length) {
      throw new InputError(`--clips is ${clips}; the release has ${benchmark.tasks.length} tasks`);
    }
    const onProgress = (line: string) => progress.note(line);
    const python = await ensurePython(PROJECT.cache, RELEASED, { onProgress, signal });
    if (python.path === null) {
      throw new InputError(`The released evaluator needs Python: ${python.reason}`);
    }
    const work = await Deno.makeTempDir({ prefix: "bench-judge-" });
    try {
      const folder = join(work, "clips");
      await Deno.mkdir(folder);
      await fillWithClips(folder, clips, SIZE, onProgress);
      await using server = await startServer(LATENCY_MS);
      const bench: Bench = {
        python: python.path,
        server,
        folder,
        clips,
        released: resolve(released),
        benchmark: spec,
        signal,
      };
      const iterations: Iteration[] = [];
      for (let i = 0; i <= repeats; i++) {
        progress.note(i === 0 ? "First iteration" : `Iteration ${i} of ${repeats}`);
        iterations.push(await iteration(bench, join(work, String(i))));
      }
      const comparison: Comparison = {
        at: new Date().toISOString(),
        clips,
        size: SIZE,
        latency_ms: LATENCY_MS,
        cores: navigator.hardwareConcurrency,
        iterations,
        ...summarise(iterations.slice(1)),
      };
      console.log(comparisonText(comparison));
      await saveResult("judge", comparison);
    } finally {
      await Deno.remove(work, { recursive: true });
    }
  },
);

interface Bench {
  python: string;
  server: BenchServer;
  /** Of the clips. */
  folder: string;
  clips: number;
  released: string;
  /** `release` or `release:DIR`. */
  benchmark: string;
  signal: AbortSignal;
}

/** Both once, in a separate folder, so that neither finds earlier results. */
async function iteration(bench: Bench, work: string): Promise<Iteration> {
  const { python, server, folder, signal } = bench;
  const load = Deno.loadavg()[0];
  const released = await measure([
    python,
    join(PROJECT.root, "tasks", "bench", "released.py"),
    bench.released,
    join(folderOf(bench), RELEASE_FILES.raw),
    folder,
    join(work, "released"),
    MODEL,
  ], { python, signal, env: { EVAL_BASE_URL: server.origin, EVAL_API_KEY: "none" } });
  const releasedServed = await served(bench, "the released evaluator");
  const run = ["--run", join(work, "run")];
  const generate = await taskCommand("generate", [
    ...["--model", `folder:${folder}`, "--benchmark", bench.benchmark],
    ...run,
  ]);
  const judge = await taskCommand("judge", [
    ...["--judge", `openai:${MODEL}`, "--base-url", `${server.origin}/v1`],
    ...["--concurrency", String(CONCURRENCY), "--answers", join(work, "answers")],
    ...run,
  ]);
  const taken = await measure(generate, { python, signal });
  const judged = await measure(judge, { python, signal });
  return {
    load,
    released: { ...released, served: releasedServed },
    generate: taken,
    judge: { ...judged, served: await served(bench, "ours") },
  };
}

/** The folder of the release's files. */
function folderOf({ benchmark }: Bench): string {
  return benchmark.slice("release:".length) || PROJECT.release;
}

/**
 * The server's statistics for one side; a comparison in which one did not do its work would be
 * meaningless.
 */
async function served({ server, clips }: Bench, who: string) {
  const stats = await server.take();
  if (stats.requests !== 3 * clips) {
    throw new Error(
      `${who} sent ${stats.requests} requests for ${clips} clips; expected 3 per clip`,
    );
  }
  return stats;
}
