/** Compares the throughput of judging with the limit set by a server's latency. */
import { join } from "node:path";
import { openBenchmark } from "../../lib/benchmark/registry.ts";
import { PROJECT, runPaths } from "../../lib/paths.ts";
import { median } from "../../lib/statistics.ts";
import { type Clip, clipsTable } from "../../lib/records/clip.ts";
import { fileOf } from "../../lib/runs/judge_plan.ts";
import { forEachAtOnce } from "../../lib/runs/pool.ts";
import { readTable } from "../../lib/store/table.ts";
import { columns } from "../../lib/columns.ts";
import * as option from "../../lib/options.ts";
import { defineTask, main } from "../cli.ts";
import { fillWithClips } from "./clips.ts";
import { taskCommand } from "./measure.ts";
import { saveResult } from "./save.ts";
import { type ServerStats, startServer } from "./serving.ts";

/** Small clips, so that requests are measured rather than decoding. */
const SIZE = { width: 128, height: 128, frames: 33 };
const BAR = 1.15;
const FRAMES_SHOWN = 8;
/** As in judging: one Worker per clip decoded concurrently. */
const DECODERS = Math.min(navigator.hardwareConcurrency, 4);

await main(
  defineTask({
    name: "bench judge-throughput",
    summary: "Judges a clip for every task of the release, and compares the time with the ideal.",
    details: "The ideal is requests × latency ÷ concurrency. Decoding alone is timed separately.",
    flags: {
      benchmark: option.text(
        "NAME",
        "release, or release:DIR for a local folder with its files.",
      ),
      concurrency: option.count("Maximum number of concurrent requests.", 64),
      latency: option.count("Milliseconds until the server answers.", 200),
      repeats: option.count("Runs after the first; their median is compared with the target.", 3),
      clips: option.optionalCount("Clips, for tasks 1 to N; all by default."),
    },
  }),
  async (flags, { progress, signal }) => {
    const { benchmark: name = "release", concurrency, latency, repeats } = flags;
    const { benchmark, spec } = await openBenchmark(name);
    const clips = flags.clips ?? benchmark.tasks.length;
    const work = await Deno.makeTempDir({ prefix: "bench-throughput-" });
    try {
      const folder = join(work, "clips");
      await Deno.mkdir(folder);
      await fillWithClips(folder, clips, SIZE, (line) => progress.note(line));
      await using server = await startServer(latency);
      const runs: Run[] = [];
      for (let i = 0; i <= repeats; i++) {
        const run = join(work, String(i));
        const common = ["--run", run];
        const model = ["--model", `folder:${folder}`, "--benchmark", spec];
        await finish("generate", [...model, ...common], signal);
        const began = performance.now();
        await finish("judge", [
          ...["--judge", "openai:gpt-4o", "--base-url", `${server.origin}/v1`],
          ...["--concurrency", String(concurrency), "--answers", join(run, "answers"), ...common],
        ], signal);
        const wall_s = (performance.now() - began) / 1000;
        const served = await server.take();
        if (served.requests !== 3 * clips) {
          throw new Error(
            `${served.requests} requests were sent for ${clips} clips; expected 3 per clip`,
          );
        }
        const decoding_s = await decoding(run);
        runs.push({ wall_s, served, decoding_s, load: Deno.loadavg()[0] });
      }
      const ideal_s = (3 * clips * latency) / 1000 / concurrency;
      console.log(text(runs, { ideal_s, clips, concurrency, latency }));
      const kept = { at: new Date().toISOString(), clips, concurrency, latency, ideal_s, runs };
      await saveResult("judge-throughput", kept);
    } finally {
      await Deno.remove(work, { recursive: true });
    }
  },
);

interface Run {
  /** For the whole process. */
  wall_s: number;
  served: ServerStats;
  /** For decoding alone, in this process. */
  decoding_s: number;
  load: number;
}

async function finish(task: string, flags: string[], signal: AbortSignal): Promise<void> {
  const [program, ...args] = await taskCommand(task, flags);
  const { success, stderr } = await new Deno.Command(program, {
    args,
    cwd: PROJECT.root,
    env: { NO_COLOR: "1" },
    signal,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  signal.throwIfAborted();
  if (!success) throw new Error(`${task} failed\n${new TextDecoder().decode(stderr).slice(-1500)}`);
}

/** Seconds for sampling all clips of a run as in judging, and nothing else. */
async function decoding(run: string): Promise<number> {
  const paths = runPaths(run);
  const clips = await readTable(clipsTable, paths.table("clips"));
  const url = new URL("./decode_worker.ts", import.meta.url);
  const workers = Array.from({ length: DECODERS }, () => new Worker(url, { type: "module" }));
  const decode = async (worker: Worker, clip: Clip) => {
    const path = await fileOf(clip, paths);
    await new Promise((resolve) => {
      worker.onmessage = resolve;
      worker.postMessage({ path, count: FRAMES_SHOWN });
    });
  };
  // The first call includes startup.
  await Promise.all(workers.map((worker) => decode(worker, clips[0])));
  const began = performance.now();
  await forEachAtOnce(clips, DECODERS, async (clip) => {
    const worker = workers.pop()!;
    await decode(worker, clip);
    workers.push(worker);
  });
  const seconds = (performance.now() - began) / 1000;
  for (const worker of workers) worker.terminate();
  return seconds;
}

/** Ratios of a run's time to the ideal, with and without decoding. */
function ratios({ served, decoding_s }: Run, ideal_s: number) {
  return { all: served.span_s / ideal_s, asking: (served.span_s - decoding_s) / ideal_s };
}

function text(
  runs: readonly Run[],
  { ideal_s, clips, concurrency, latency }: {
    ideal_s: number;
    clips: number;
    concurrency: number;
    latency: number;
  },
): string {
  const ratio = median(runs.slice(1).map((run) => ratios(run, ideal_s).asking));
  return [
    `\n${clips} clips × 3 requests, answers after ${latency} ms, ${concurrency} at a time: ideal ` +
    `${ideal_s.toFixed(2)} s`,
    "",
    ...columns([
      [
        "run",
        "load",
        "most at once",
        "process",
        "first to last",
        "ratio",
        "decoding",
        "ratio without",
      ],
      ...runs.map((run, i) => [
        i === 0 ? "first" : String(i),
        run.load.toFixed(1),
        String(run.served.most_in_flight),
        `${run.wall_s.toFixed(2)} s`,
        `${run.served.span_s.toFixed(2)} s`,
        ratios(run, ideal_s).all.toFixed(3),
        `${run.decoding_s.toFixed(2)} s`,
        ratios(run, ideal_s).asking.toFixed(3),
      ]),
    ]),
    "",
    "first to last: from the first request to the last answer, as the server saw it.",
    "decoding: only sampling the same clips, as in judging.",
    `median ratio without decoding ${ratio.toFixed(3)}, target ${BAR}: ${
      ratio <= BAR ? "PASS" : "NOT REACHED"
    }`,
  ].join("\n");
}
