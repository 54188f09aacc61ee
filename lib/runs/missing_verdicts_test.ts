import type { OpenJudge } from "../judges/judge_entry.ts";
import { chooseJudge } from "../judges/registry.ts";
import { chooseModel } from "../models/registry.ts";
import { runPaths } from "../paths.ts";
import { verdictsTable } from "../records/verdict.ts";
import { openTable } from "../store/table.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { generateStep } from "./generate_step.ts";
import { commandsOf } from "./judge_command.ts";
import { judgeStep, judgeWith } from "./judge_step.ts";
import type { InvocationRecord } from "./manifest.ts";
import { silent } from "./progress.ts";
import { scoreStep } from "./score.ts";
import { clipsOf } from "./selection.ts";
import { type Session, withSession } from "./session.ts";

const URL_HERE = "http://127.0.0.1:18704/v1";

/** A judge as openai's is named, that asks nobody. */
const asked: OpenJudge = {
  judge: {
    ...{ name: "openai", model: "gpt-4o", fingerprint: () => "asked", retriesNulls: true },
    ...{ frames: 2, per: "clip", concurrency: 1 },
    judge: (_task, criteria) =>
      Promise.resolve({
        rulings: criteria.map(({ id }) => ({ id, met: true, reason: "", evidence: "SEEN-HERE" })),
      }),
  },
};

Deno.test("rows that a damaged table lost stay named, with the command of their own judge, until they are made again", () =>
  inFolder(async (folder) => {
    const table = runPaths(folder).table("verdicts");
    const as = async (
      [command, ...passed]: string[],
      resolved: Record<string, unknown>,
      work: (session: Session) => Promise<unknown>,
    ) => {
      const notes: string[] = [];
      const progress = { ...silent, note: (line: string) => void notes.push(line) };
      const invocation = { command, passed, resolved };
      await withSession({ folder, invocation, progress, begins: true }, work);
      return notes.join("\n");
    };
    const probe = () =>
      as(["judge", "--run", folder], { judge: "probe" }, async (session) => {
        await judgeStep(chooseJudge("probe"), {}, session);
      });
    const ask = () =>
      as(
        [
          ...["judge", "--run", folder, "--judge", "openai:gpt-4o", `--base-url=${URL_HERE}`],
          ...["--price", "1,2", "--header", "x-gate=GATE", "--budget", "3"],
        ],
        { judge: "openai:gpt-4o", "base-url": URL_HERE },
        async (session) => await judgeWith(asked, await clipsOf(session), session),
      );
    const score = () => as(["score"], {}, (session) => scoreStep(session));
    await as(
      ["generate"],
      {},
      (session) => generateStep(chooseModel("x=simulator"), { seeds: [0], tasks: [9] }, session),
    );
    await probe();
    await ask();
    assertOk(!(await score()).includes("missing"));
    const bytes = await Deno.readFile(table);
    const at = new TextDecoder("latin1").decode(bytes).indexOf("SEEN-HERE");
    bytes[at] ^= 1;
    bytes[at + 12] ^= 1;
    await Deno.writeFile(table, bytes);
    const lost = 2;
    assertEquals((await openTable(verdictsTable, table))?.lost, true);
    const own = `--judge openai:gpt-4o --base-url ${URL_HERE} --price 1,2 --header x-gate=GATE`;
    await assertInputError(score, `${lost} of openai (gpt-4o)`, own);
    // The table is written again, without them.
    await probe();
    const said = await score();
    assertOk(said.includes(`${lost} verdicts of openai (gpt-4o) are missing`), said);
    assertOk(said.endsWith(own), said);
    await ask();
    assertOk(!(await score()).includes("missing"));
  }));

Deno.test("a command is suggested as it was given: labels, selections, sheets; keys in addresses are not shown", () => {
  const record = (command: string, text: string, flags: Record<string, unknown>, made = 1) =>
    ({
      ...{ command, flags, flags_passed: text.split(" "), status: "finished", usage: [] },
      steps: [{ name: command, made, cached: 0, seconds: 0 }],
    }) as unknown as InvocationRecord;
  const command = (task: string, flags: readonly string[] = []) => [task, ...flags].join(" ");
  const url = "https://host/v1?api-key=secret-word";
  const earlier = [
    record("judge", `--judge g=openai:m --base-url ${url} --tasks 1-2 --batch-api`, {
      judge: "g=openai:m",
      tasks: [1, 2],
    }),
    record("judge", "--judge g=openai:m --base-url http://wrong/v1", { judge: "g=openai:m" }, 0),
    record("judge", "--judge openai:m --prompt as-released --evaluator DIR --estimate", {
      ...{ judge: "openai:m", prompt: "as-released", estimate: true },
    }),
    record("label", "--read anna.csv --as anna", { read: "anna.csv", as: "anna" }),
  ];
  const of = (judge: string, judge_model: string, all = false) =>
    commandsOf({ judge, judge_model }, { earlier, command }, { all });
  const g = "judge --judge g=openai:m --base-url https://host/v1?… --batch-api";
  assertEquals(of("g", "m"), [`${g} --tasks 1-2`]);
  assertEquals(of("g/m", "m", true), [g]);
  assertEquals(of("anna", "sheet-3"), ["label --read anna.csv --as anna"]);
  // An estimate has made no verdict: nobody knows where they came from.
  assertOk(of("openai-as-released", "m")[0].includes("--evaluator DIR --base-url URL (run.json"));
});
