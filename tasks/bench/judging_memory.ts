/** Measures the peak memory of taking, judging and reporting clips that ask for a lot of it. */
import { join } from "node:path";
import { columns } from "../../lib/columns.ts";
import { InputError } from "../../lib/errors.ts";
import { optionalCount } from "../../lib/options.ts";
import { PROJECT } from "../../lib/paths.ts";
import { hasFfmpeg } from "../../lib/testing/clip_kinds.ts";
import { defineTask, main } from "../cli.ts";
import { taskCommand } from "./measure.ts";
import { startServer } from "./serving.ts";

/** What the README promises, in bytes. */
const PROMISED = 2e9;

/** Clips, and ffmpeg's arguments that make them. */
const CLIPS = [
  {
    name: "1.gif",
    what: "GIF of 9000×9000, a few kB",
    source: "color=c=gray:s=9000x9000:r=8",
    frames: 12,
    args: [],
  },
  {
    name: "2.mp4",
    what: "mp4 of 4096×4096",
    source: "color=c=gray:s=4096x4096:r=24",
    frames: 2000,
    args: ["-c:v", "libx264", "-preset", "ultrafast", "-g", "500", "-pix_fmt", "yuv420p"],
  },
  {
    name: "3.mp4",
    what: "film of 1920×1080, 10 minutes",
    source: "testsrc=s=1920x1080:r=24",
    frames: 14_400,
    args: ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "30", "-pix_fmt", "yuv420p"],
  },
];

await main(
  defineTask({
    name: "bench judging-memory",
    summary: "Takes, judges and reports two bombs and a long film, and measures the peak memory.",
    details: "Clips are made with the system's ffmpeg and kept in the cache; that takes minutes.",
    flags: {
      frames: optionalCount("Frames of the long clips, for a quick look; all by default."),
    },
  }),
  async ({ frames }, { progress, signal }) => {
    if (!hasFfmpeg) throw new InputError("Found no ffmpeg; install the system's");
    const clips = await madeClips(frames, (line) => progress.note(line));
    const work = await Deno.makeTempDir({ prefix: "bench-memory-" });
    const rows: string[][] = [];
    const taken = async (what: string, task: string, flags: string[]) => {
      progress.note(what);
      const began = performance.now();
      const { peak, output } = await peakOf(task, flags, signal);
      rows.push([
        what,
        `${(peak / 1e6).toFixed(0)} MB`,
        `${((performance.now() - began) / 1000).toFixed(0)} s`,
        output,
      ]);
      return peak;
    };
    try {
      await using server = await startServer(50);
      const run = ["--run", join(work, "run")];
      const model = ["--model", `folder:${clips}`, "--benchmark", "mini"];
      const openai = ["--judge", "openai:gpt-4o", "--base-url", `${server.origin}/v1`];
      const answers = ["--answers", join(work, "answers")];
      const peaks = [
        await taken("generate", "generate", [...model, ...run]),
        await taken("judge, openai", "judge", [...openai, ...answers, ...run]),
        await taken("judge, probe", "judge", ["--judge", "probe", ...run]),
        await taken("score", "score", run),
        await taken("report", "report", run),
      ];
      console.log([
        "",
        ...columns([["step", "peak", "time", "last words"], ...rows]),
        "",
        ...CLIPS.map(({ name, what }) => `${name}: ${what}`),
        `highest peak ${(Math.max(...peaks) / 1e6).toFixed(0)} MB, promised ` +
        `${PROMISED / 1e6} MB: ${Math.max(...peaks) <= PROMISED ? "PASS" : "NOT REACHED"}`,
      ].join("\n"));
    } finally {
      await Deno.remove(work, { recursive: true });
    }
  },
);

async function madeClips(
  frames: number | undefined,
  onProgress: (line: string) => void,
): Promise<string> {
  const folder = join(PROJECT.cache, "bench", `bombs-${frames ?? "whole"}`);
  await Deno.mkdir(folder, { recursive: true });
  for (const { name, source, args, ...clip } of CLIPS) {
    const path = join(folder, name);
    if (await Deno.stat(path).catch(() => null)) continue;
    onProgress(`Making ${name}`);
    const partial = join(folder, `partial-${name}`);
    const { success, stderr } = await new Deno.Command("ffmpeg", {
      args: [
        ...["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", source],
        ...["-frames:v", String(Math.min(clip.frames, frames ?? Infinity)), ...args, partial],
      ],
      stdin: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    await Deno.rename(partial, path);
  }
  return folder;
}

/** Runs a task and reads its own peak from Linux, which outlives none of its children. */
async function peakOf(
  task: string,
  flags: readonly string[],
  signal: AbortSignal,
): Promise<{ peak: number; output: string }> {
  const [program, ...args] = await taskCommand(task, flags);
  const child = new Deno.Command(program, {
    args,
    cwd: PROJECT.root,
    env: { NO_COLOR: "1" },
    signal,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let peak = 0;
  const look = setInterval(() => {
    try {
      const status = Deno.readTextFileSync(`/proc/${child.pid}/status`);
      peak = Math.max(peak, 1024 * Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }, 20);
  const { stdout, stderr } = await child.output();
  clearInterval(look);
  const said = [stderr, stdout].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
  const lines = said.split(/[\r\n]+/).map((line) => line.trim()).filter((line) => line !== "");
  return { peak, output: lines.findLast((line) => !line.startsWith("Next"))?.slice(0, 90) ?? "" };
}
