import type { LoadedBenchmark } from "../benchmark/loaded.ts";
import { openBenchmark } from "../benchmark/registry.ts";
import { simulator } from "../models/simulator.ts";
import { runPaths } from "../paths.ts";
import { clipsTable } from "../records/clip.ts";
import { generateClips } from "../runs/generate.ts";
import { silent } from "../runs/progress.ts";
import { scoreStep } from "../runs/score.ts";
import { type Session, withSession } from "../runs/session.ts";
import { judgeStep } from "../runs/judge_step.ts";
import { chooseJudge } from "../judges/registry.ts";
import { readTable } from "../store/table.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { reportStep } from "./step.ts";

const invocation = { command: "report", passed: [], resolved: {} };
const within = <T>(folder: string, use: (session: Session) => Promise<T>) =>
  withSession({ folder, invocation, progress: silent, begins: true }, use);

/** Number of files written by a report. */
async function written(loaded: LoadedBenchmark, folder: string): Promise<number> {
  const { steps } = await within(folder, async (session) => {
    await reportStep({ ...session, loaded }, "repaired");
    return session.record;
  });
  return steps.find(({ name }) => name === "report")!.made;
}

Deno.test("a report is rewritten only if the declared ground truth of its clips changes", async () => {
  const folder = await Deno.makeTempDir();
  const loaded = await openBenchmark("mini");
  await assertInputError(() => written(loaded, folder), "no scores");
  await within(folder, async (session) => {
    const { paths } = session;
    const generator = simulator({ scenes: loaded.scenes!, violation: "ballistic" });
    const tasks = loaded.benchmark.tasks.filter(({ task }) => task === 9);
    await session.step(
      "generate",
      1,
      (progress) => generateClips({ generator, tasks, seeds: [0], paths }, progress),
    );
    await judgeStep(chooseJudge("probe"), {}, session);
    await scoreStep(session);
  });
  const [clip] = await readTable(clipsTable, runPaths(folder).table("clips"));
  assertEquals([clip.world, clip.violation], ["vesicle-diffusion", "ballistic"]);

  assertOk(await written(loaded, folder) > 10);
  assertEquals(await written(loaded, folder), 0);
  const rubrics = new Map(loaded.rubrics);
  const rubric = structuredClone(rubrics.get("vesicle-diffusion")!);
  rubric.violations["ballistic"].uncertain.push({ id: "still", because: "who knows" });
  rubrics.set("vesicle-diffusion", rubric);
  assertOk(await written({ ...loaded, rubrics }, folder) > 10);
  await Deno.remove(folder, { recursive: true });
});
