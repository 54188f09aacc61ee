/** The work of `deno task test`. */
import { PROJECT } from "../../lib/paths.ts";
import type { WorkOf } from "../cli.ts";
import type { task } from "../gate.ts";
import { RULES } from "../gate/rules.ts";
import { readSources } from "../gate/sources.ts";
import { checkWalls } from "../gate/walls.ts";

export const run: WorkOf<typeof task> = async ({ only }, { progress, signal }) => {
  const started = performance.now();
  if (only === undefined) {
    for (const check of [["fmt", "--check"], ["lint"], ["check", "--quiet", "lib", "tasks"]]) {
      progress.note(`deno ${check.join(" ")}`);
      const { code } = await deno(check, "inherit", signal);
      if (code !== 0) return fail(`deno ${check.join(" ")} failed`);
    }
    progress.note("walls: who imports whom");
    const breaches = checkWalls(await readSources(PROJECT.root), RULES);
    if (breaches.length > 0) return fail(breaches.join("\n"));
  }
  const filter = only === undefined ? [] : ["--filter", only];
  progress.note("deno test (examples, tests, notebooks)");
  const tests = ["test", "--allow-all", "--doc", "--parallel", "--no-check", ...filter];
  const { code, output } = await deno(tests, "piped", signal);
  const counts = /(\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?/
    .exec(output);
  if (!counts) return fail("deno test ended without a summary");
  const [passed, failed, skipped = "0"] = counts.slice(1);
  console.log(`Took ${Math.round((performance.now() - started) / 1000)} s`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (code !== 0) Deno.exitCode = 1;
  else if (Number(passed) === 0) fail("no test ran");
};

function fail(problem: string): void {
  console.error(problem);
  Deno.exitCode = 1;
}

/** Runs this very Deno; `piped` output is shown as it comes and returned. */
async function deno(args: string[], stdout: "inherit" | "piped", signal: AbortSignal) {
  // Some tests wait, for servers, kernels and browsers: meanwhile one more has work to do.
  const jobs = String(navigator.hardwareConcurrency + 1);
  const env = { NO_COLOR: "1", DENO_JOBS: jobs };
  const command = new Deno.Command(Deno.execPath(), {
    args,
    cwd: PROJECT.root,
    stdout,
    env,
    signal,
  });
  const child = command.spawn();
  let output = "";
  if (stdout === "piped") {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      Deno.stdout.writeSync(chunk);
      output += decoder.decode(chunk, { stream: true });
    }
  }
  return { code: (await child.status).code, output };
}
