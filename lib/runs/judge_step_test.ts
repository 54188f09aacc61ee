import type { OpenJudge } from "../judges/judge_entry.ts";
import { chooseModel } from "../models/registry.ts";
import { assertEquals } from "../testing/assert.ts";
import { generateStep } from "./generate_step.ts";
import { judgeWith } from "./judge_step.ts";
import { silent } from "./progress.ts";
import { clipsOf } from "./selection.ts";
import { withSession } from "./session.ts";

const invocation = { command: "try", passed: [], resolved: {} };

/** A judge that has no verdict on the first criteria of a call, for a reason. */
function judgeWithout(nulls: number): OpenJudge {
  return {
    judge: {
      ...{ name: "mute", model: "1", fingerprint: () => `mute ${nulls}`, retriesNulls: false },
      ...{ frames: 2, per: "clip", concurrency: 1 },
      judge: (_task, criteria) =>
        Promise.resolve({
          rulings: criteria.map(({ id }, i) => {
            const met = i < nulls ? null : true;
            return { id, met, reason: i === 0 ? "refused" : "no answer", evidence: "" };
          }),
        }),
    },
  };
}

Deno.test("how many new verdicts are null, and mostly why, is said once after judging", async () => {
  const folder = await Deno.makeTempDir();
  const notes: string[] = [];
  const progress = { ...silent, note: (line: string) => void notes.push(line) };
  await withSession({ folder, invocation, progress, begins: true }, async (session) => {
    await generateStep(chooseModel("simulator"), { seeds: [0], tasks: [9] }, session);
    const clips = await clipsOf(session);
    const made = session.loaded.benchmark.criteria.filter(({ task }) => task === 9).length;
    const said = async (nulls: number) => {
      notes.length = 0;
      await judgeWith(judgeWithout(nulls), clips, session);
      return notes.filter((line) => line.includes("null"));
    };
    const told = `of ${made} verdicts`;
    const are = "null, neither met nor not met;";
    assertEquals(await said(3), [
      `3 ${told} are ${are} the most frequent reason, of 2: no answer`,
    ]);
    assertEquals(await said(3), [], "nothing is made again");
    assertEquals(await said(1), [`1 ${told} is ${are} the reason: refused`]);
    assertEquals(await said(0), []);
  });
  await Deno.remove(folder, { recursive: true });
});
