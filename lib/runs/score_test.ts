import { chooseJudge } from "../judges/registry.ts";
import { chooseModel } from "../models/registry.ts";
import { reportStep } from "../report/step.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { generateStep } from "./generate_step.ts";
import { judgeStep } from "./judge_step.ts";
import { silent } from "./progress.ts";
import { scoreStep } from "./score.ts";
import { type Session, withSession } from "./session.ts";

const invocation = { command: "try", passed: [], resolved: {} };

/** Works in a run and gives what it noted. */
async function inRun(
  folder: string,
  work: (session: Session) => Promise<unknown>,
  benchmark?: string,
): Promise<string> {
  const notes: string[] = [];
  const step = (name: string) => ({
    ...silent.step(name, 0),
    done: (summary: string) => void notes.push(`${name} ${summary}`),
  });
  const progress = { step, note: (line: string) => void notes.push(line) };
  await withSession({ folder, invocation, progress, begins: true, benchmark }, work);
  return notes.join("\n");
}

Deno.test("verdicts on clips that were made again since are neither scored nor reported", async () => {
  const folder = await Deno.makeTempDir();
  const make = (model: string, tasks: number[]) => (session: Session) =>
    generateStep(chooseModel(model), { seeds: [0], tasks }, session);
  await inRun(folder, async (session) => {
    await make("x=simulator", [9, 10])(session);
    await judgeStep(chooseJudge("probe"), {}, session);
    await scoreStep(session);
  });
  await inRun(folder, make("x=simulator:each", [9]));
  for (const step of [scoreStep, (session: Session) => reportStep(session, "repaired")]) {
    const told = await inRun(folder, step);
    assertOk(told.includes("its clip was made again"), told);
    assertOk(told.includes(`deno task judge --run ${folder} --judge probe`), told);
  }
  await inRun(folder, make("x=simulator:each", [10]));
  await assertInputError(() => inRun(folder, scoreStep), "Found no verdicts");
  await assertInputError(
    () => inRun(folder, (session) => reportStep(session, "repaired")),
    "stale",
  );
  const again = await inRun(folder, async (session) => {
    await judgeStep(chooseJudge("probe"), {}, session);
    await scoreStep(session);
  });
  assertEquals(again.includes("stale"), false, again);
  await Deno.remove(folder, { recursive: true });
});
