import { InputError } from "../errors.ts";
import type { OpenJudge } from "../judges/judge_entry.ts";
import { chooseJudge } from "../judges/registry.ts";
import { chooseModel } from "../models/registry.ts";
import { runPaths } from "../paths.ts";
import { verdictsTable } from "../records/verdict.ts";
import { readTable } from "../store/table.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { generateStep } from "./generate_step.ts";
import { judgedLines } from "./judge.ts";
import { judgeStep, judgeWith } from "./judge_step.ts";
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

Deno.test("how many new verdicts are null, and why, is said once after judging; none at all is no success", async () => {
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
    const are = "null, neither met nor not met:";
    assertEquals(await said(3), [
      `judged    ${made - 3} of ${made} verdicts; 3 are ${are}`,
      "null      2: no answer",
      "null      1: refused",
    ]);
    assertEquals(await said(3), [], "nothing is made again");
    assertEquals(await said(1), [
      `judged    ${made - 1} of ${made} verdicts; 1 is ${are}`,
      "null      1: refused",
    ]);
    assertEquals(await said(0), []);
    const none = await judgeWith(judgeWithout(made), clips, session);
    assertEquals(
      none.none,
      `No verdict: all ${made} are null; the most frequent reason, of ${made - 1}: no answer`,
    );
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("results that can be read are kept where others cannot, and the caller is told", async () => {
  await inFolder(async (folder) => {
    const answered = (scores: unknown) => ({ raw_response: "…", parsed_result: { scores } });
    const entry = { index: 9, scientific_eval: answered([1, true]) };
    await Deno.writeTextFile(`${folder}/good_result.json`, JSON.stringify([entry]));
    await Deno.writeTextFile(`${folder}/bad_result.json`, "[{");
    const [invocation, run] = [{ command: "judge", passed: [], resolved: {} }, `${folder}/run`];
    await withSession(
      { folder: run, invocation, progress: silent, begins: true },
      async (session) => {
        const { complete, refused } = await judgeStep(
          chooseJudge(`imported:${folder}`),
          {},
          session,
        );
        assertEquals([complete, refused?.message.includes("bad_result.json")], [true, true]);
      },
    );
    const rows = await readTable(verdictsTable, runPaths(run).table("verdicts"));
    assertEquals(rows.filter(({ met }) => met).map(({ model, task }) => [model, task]), [
      ...[["good", 9], ["good", 9]],
    ]);
  });
});

Deno.test("a clip that cannot be read is null with its reason, and the others are judged", () =>
  inFolder(async (folder) => {
    await withSession({ folder, invocation, progress: silent, begins: true }, async (session) => {
      await generateStep(chooseModel("simulator"), { seeds: [0, 1], tasks: [9] }, session);
      const clips = await clipsOf(session);
      const shown = { positions: [0], total: 1, fps: 8, width: 8, height: 8, hash: "h" };
      let asked = 0;
      const open: OpenJudge = judgeWithout(0);
      const settings = { longest_side: 768, quality: 90, chroma: "4:4:4" } as const;
      const judge = {
        ...open.judge,
        pictures: { settings, repeats: false },
        openEncoder: () => ({
          encode: ({ path }: { path: string }) =>
            asked++ === 0
              ? Promise.reject(new InputError(`Cannot read clip ${path}: damaged picture`))
              : Promise.resolve({ ...shown, urls: () => Promise.resolve([]) }),
          [Symbol.dispose]() {},
        }),
      };
      await judgeWith({ ...open, judge }, clips, session);
      const rows = await readTable(verdictsTable, session.paths.table("verdicts"));
      const nulls = rows.filter(({ met }) => met === null);
      assertEquals(rows.length, 2 * nulls.length);
      assertEquals(new Set(nulls.map(({ seed }) => seed)).size, 1);
      assertEquals(nulls.every(({ reason }) => reason.includes("damaged picture")), true);
    });
  }));

Deno.test("a clip that changes while others are judged stops none of them, and is named at the end", () =>
  inFolder(async (folder) => {
    await withSession({ folder, invocation, progress: silent, begins: true }, async (session) => {
      await generateStep(chooseModel("simulator"), { seeds: [0, 1], tasks: [9] }, session);
      const clips = await clipsOf(session);
      await Deno.truncate(`${folder}/${clips[0].path}`, 100);
      await assertInputError(
        () => judgeWith(judgeWithout(0), clips, session),
        "has changed since",
        "The other clips are judged",
      );
      const rows = await readTable(verdictsTable, session.paths.table("verdicts"));
      assertEquals(new Set(rows.map(({ seed }) => seed)), new Set([clips[1].seed]));
    });
  }));

Deno.test("a judge of money that stops says how many questions were judged; rare reasons are counted, with where they are", async () => {
  await inFolder(async (folder) => {
    const notes: string[] = [];
    const progress = { ...silent, note: (line: string) => void notes.push(line) };
    await withSession({ folder, invocation, progress, begins: true }, async (session) => {
      await generateStep(chooseModel("simulator"), { seeds: [0, 1, 2], tasks: [9] }, session);
      const clips = await clipsOf(session);
      let asked = 0;
      const { judge } = judgeWithout(0);
      const paid: OpenJudge = {
        judge: {
          ...judge,
          judge(...given) {
            if (++asked > 2) throw new InputError("Budget reached");
            return judge.judge(...given);
          },
        },
        spent: () => null,
      };
      await assertInputError(() => judgeWith(paid, clips, session), "Budget reached");
    });
    assertEquals(notes.length, 1);
    assertOk(
      /^stopped {3}after 2 of 3 questions: [1-9]\d* verdicts, 0 null$/.test(notes[0]),
      notes[0],
    );
  });
  const unjudged = ["a", "a", "b", "b", "c", "c", "d", "d", "e", "e", "f", "g"];
  assertEquals(
    judgedLines({ made: 12, cached: 0, unjudged, changed: [] }).at(-1),
    "null      2: 2 other reasons; the table verdicts has each in its column reason",
  );
});
