/** Notebooks 3 to 5 on a run of someone's own: the release, another judge, clips of one model only. */
import { join } from "node:path";
import { executeNotebook } from "../lib/jupyter/execute.ts";
import { type Notebook, readNotebook } from "../lib/jupyter/format.ts";
import {
  chooseJudge,
  chooseModel,
  generateStep,
  judgeStep,
  scoreStep,
  silent,
  withSession,
} from "../lib/mod.ts";
import { PROJECT } from "../lib/paths.ts";
import { assertEquals, assertOk } from "../lib/testing/assert.ts";
import { outputsOf } from "../lib/testing/jupyter.ts";
import { sharedData } from "../lib/testing/shared_data.ts";
import { movingDisc } from "../lib/testing/video.ts";
import { encodeVideo } from "../lib/video/encode.ts";

const release = sharedData("microworldbench");
const fixtures = sharedData("release-fixtures");

/** A run on the release: verdicts of two models on three tasks, and the clips of the better one. */
async function releaseRun(folder: string): Promise<string> {
  const [clips, results, run] = ["clips", "results", "run"].map((name) => join(folder, name));
  await Deno.mkdir(clips);
  await Deno.mkdir(results);
  for (const [fixture, model] of [["synth_04", "mine"], ["synth_00", "other"]]) {
    const text = await Deno.readTextFile(join(fixtures.path, `${fixture}_result.json`));
    const first = JSON.stringify(JSON.parse(text).slice(0, 3));
    await Deno.writeTextFile(join(results, `${model}_result.json`), first);
  }
  for (const task of [1, 2, 3]) {
    await encodeVideo(movingDisc(8 + task, 96, 64, 8), join(clips, `${task}.mp4`));
  }
  await withSession({
    folder: run,
    invocation: { command: "generate", passed: [], resolved: {} },
    progress: silent,
    begins: true,
    benchmark: `release:${release.path}`,
  }, async (session) => {
    const seeds = [0];
    await generateStep(await chooseModel(`mine=folder:${clips}`), { seeds }, session);
    await judgeStep(await chooseJudge(`imported:${results}`), {}, session);
    await scoreStep(session);
  });
  return run;
}

/** Everything that a notebook shows in words, and how many pictures it shows. */
function shownBy(notebook: Notebook): { text: string; pictures: number } {
  const data = outputsOf(notebook).flat().flatMap((output): Record<string, unknown>[] =>
    "data" in output ? [output.data] : []
  );
  return {
    text: JSON.stringify(data),
    pictures: data.filter((bundle) => "image/jpeg" in bundle).length,
  };
}

Deno.test({
  name: "notebooks 3 to 5 show a run on the release, and say what it lacks",
  ignore: release.absent || fixtures.absent,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "notebooks-release-" });
    const run = await releaseRun(folder);
    const env = { ...Deno.env.toObject(), MICROVERSE_RUN: run };
    const execute = async (name: string) => {
      const notebook = await readNotebook(join(PROJECT.notebooks, name));
      // One task is enough for a calibration that is not the run's own.
      const cells = notebook.cells.map((cell) => (
        { ...cell, source: cell.source.replace("tasks: [1, 5, 9]", "tasks: [9]") }
      ));
      const options = { name, cwd: PROJECT.notebooks, env };
      return shownBy(await executeNotebook({ ...notebook, cells }, options));
    };

    const judging = await execute("03-judging.ipynb");
    for (
      const part of [
        "Benchmark `release`",
        "Judge `imported`: verdicts on 6 clips.",
        "mine, seed 0",
        "other, seed 0",
        "The probe measures none of these criteria",
        "no simulated clips",
        "You see 8 frames of it",
      ]
    ) assertOk(judging.text.includes(part), `${part} in notebook 3: ${judging.text.slice(0, 500)}`);
    // The better clip's frames, its player, and the frames that a model would be shown.
    assertEquals(judging.pictures, 2);

    const results = await execute("04-results.ipynb");
    for (const part of ["this run lacks their scores", "mine − other"]) {
      assertOk(results.text.includes(part), `${part} in notebook 4`);
    }

    const failing = await execute("05-failures.ipynb");
    for (const part of ["imported without clips", "no clips with such a violation"]) {
      assertOk(failing.text.includes(part), `${part} in notebook 5`);
    }
    assertOk(failing.pictures > 0, "frames of failing clips");
    await Deno.remove(folder, { recursive: true });
  },
});
