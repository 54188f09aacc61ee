/**
 * Judging through a third-party OpenAI-compatible server, whose random model answers with noise.
 */
import { join } from "node:path";
import { InputError } from "../../lib/errors.ts";
import { type Verdict, verdictsTable } from "../../lib/records/verdict.ts";
import { PROJECT, runPaths } from "../../lib/paths.ts";
import { ensurePython } from "../../lib/pyenv/python.ts";
import { SERVED } from "../../lib/pyenv/requirements.ts";
import { readTable } from "../../lib/store/table.ts";
import { count } from "../../lib/options.ts";
import { defineTask, main } from "../cli.ts";
import { taskCommand } from "./measure.ts";

/** Seconds that the server may take to load its model. */
const START_TIMEOUT_S = 90;

await main(
  defineTask({
    name: "bench real-server",
    summary: "Judges clips of the embedded benchmark through `transformers serve`.",
    details:
      "Its model is a tiny LLaVA with random weights, generated on the fly: every verdict must be\n" +
      "null, with the reason. Installs PyTorch and transformers in .cache/ once: 1 GB for the CPU\n" +
      "build, several if pip selects the one for CUDA.",
    flags: {
      clips: count("Clips to judge, for tasks 1 to N.", 5),
      port: count("Port of the server.", 8765),
    },
  }),
  async ({ clips, port }, { progress, signal }) => {
    const onProgress = (line: string) => progress.note(line);
    const python = await ensurePython(PROJECT.cache, SERVED, { onProgress, signal });
    if (python.path === null) throw new InputError(`The server needs Python: ${python.reason}`);
    const work = await Deno.makeTempDir({ prefix: "bench-server-" });
    try {
      const model = join(work, "model");
      const run = join(work, "run");
      progress.note("Creating the model");
      const recipe = join(PROJECT.root, "tasks", "bench", "real_server.py");
      await finish([python.path, recipe, model], signal);
      progress.note(`Starting transformers serve at port ${port}`);
      await using server = await serve(python.path, model, port);
      const generated = ["--model", "simulator", "--tasks", `1-${clips}`, "--seeds", "0"];
      await finish(await taskCommand("generate", [...generated, "--run", run]), signal);
      const began = performance.now();
      const said = await finish(
        await taskCommand("judge", [
          ...["--judge", `openai:${model}`, "--base-url", server.baseUrl],
          ...["--price", "0,0", "--answers", join(work, "answers"), "--run", run],
        ]),
        signal,
        // No verdict at all is a failure of the command, and here what is expected.
        2,
      );
      const seconds = (performance.now() - began) / 1000;
      const verdicts = await readTable(verdictsTable, runPaths(run).table("verdicts"));
      console.log(resultText(verdicts, clips, seconds, /^asked.*$/m.exec(said)?.[0] ?? ""));
      const groundless = verdicts.filter(({ met, reason }) => met !== null || reason === "");
      if (verdicts.length === 0 || groundless.length > 0) {
        throw new Error(
          `${groundless.length} of ${verdicts.length} verdicts are not null with a reason`,
        );
      }
    } finally {
      await Deno.remove(work, { recursive: true });
    }
  },
);

/** Starts the server and waits until it responds. */
async function serve(
  python: string,
  model: string,
  port: number,
): Promise<AsyncDisposable & { baseUrl: string }> {
  const log = await Deno.makeTempFile({ suffix: ".log" });
  const child = new Deno.Command("sh", {
    // The server logs a lot; a pipe that nobody reads would block it.
    args: ["-c", 'exec "$0" "$@" > "$LOG" 2>&1', python, "-m", "transformers.cli.transformers"]
      .concat(["serve", model, "--device", "cpu", "--host", "127.0.0.1", "--port", String(port)]),
    env: { LOG: log, HF_HUB_OFFLINE: "1" },
    stdin: "null",
  }).spawn();
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  let ended = false;
  const status = child.status.finally(() => ended = true);
  const stop = async () => {
    if (!ended) child.kill("SIGKILL");
    await status;
    await Deno.remove(log);
  };
  const body = JSON.stringify({
    model,
    max_tokens: 4,
    messages: [{ role: "user", content: "Are you there?" }],
  });
  const headers = { "content-type": "application/json" };
  for (let waited = 0; waited < START_TIMEOUT_S && !ended; waited++) {
    const answer = await fetch(`${baseUrl}/chat/completions`, { method: "POST", headers, body })
      .catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) return { baseUrl, [Symbol.asyncDispose]: stop };
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  const output = (await Deno.readTextFile(log)).slice(-2000);
  await stop();
  throw new InputError(`transformers serve did not start within ${START_TIMEOUT_S} s:\n${output}`);
}

async function finish(
  [program, ...args]: string[],
  signal: AbortSignal,
  expected = 0,
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd: PROJECT.root,
    env: { NO_COLOR: "1", HF_HUB_OFFLINE: "1" },
    signal,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  signal.throwIfAborted();
  const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
  if (code !== expected) {
    throw new Error(`${program} ${args.join(" ")} failed\n${output.slice(-2000)}`);
  }
  return output;
}

function resultText(
  verdicts: readonly Verdict[],
  clips: number,
  seconds: number,
  asked: string,
): string {
  const nulls = verdicts.filter(({ met }) => met === null);
  // The quoted answers differ each time; the reasons do not.
  const reasons = Map.groupBy(
    nulls,
    ({ reason }) => reason.replace(/: "(?:\\.|[^"…])*["…]?/g, ""),
  );
  return [
    `\n${clips} clips, ${verdicts.length} verdicts, ${nulls.length} of them null, in ` +
    `${seconds.toFixed(0)} s`,
    asked,
    ...[...reasons].map(([reason, rows]) => `${String(rows.length).padStart(5)}  ${reason}`),
  ].join("\n");
}
