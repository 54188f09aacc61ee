import { openBenchmark } from "../benchmark/registry.ts";
import { commandText } from "../shell.ts";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { judgeHint } from "./judge_hint.ts";
import { staleNote } from "./verdicts.ts";

const loaded = await openBenchmark("mini");
const criteria = loaded.benchmark.criteria.map((row) => ({ ...row, probe: "" }));
const bare = { ...loaded, benchmark: { ...loaded.benchmark, criteria } };
const command = (task: string, flags: readonly string[] = []) =>
  commandText(task, ["--run", "own", ...flags]);
const ASK = "deno task judge --run own --judge openai:MODEL";

Deno.test("no command names the probe where the benchmark has no probes", () => {
  assertEquals(judgeHint({ loaded, command }), "deno task judge --run own");
  assertEquals(judgeHint({ loaded: bare, command }), ASK);

  const of = (judge: string, judge_model: string) =>
    ({ task: 1, id: "sharp", judge, judge_model, verdicts: 1, why: "changed" }) as const;
  const told = (session: typeof loaded, judge: string, judge_model: string) =>
    staleNote([of(judge, judge_model)], { loaded: session, command, earlier: [] })!.split("\n").at(
      -1,
    )!;
  assertOk(told(loaded, "probe", "probe").endsWith("--run own --judge probe"));
  assertOk(told(bare, "probe", "probe").endsWith(ASK));
  assertOk(told(bare, "mine", "probe").endsWith(ASK));
  const unknown = told(bare, "openai", "gpt-4o");
  assertOk(
    unknown.includes("--judge openai:gpt-4o --base-url URL (run.json does not say"),
    unknown,
  );
});
