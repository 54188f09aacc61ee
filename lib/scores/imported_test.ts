/** Imported answers of every kind under each rule; expected scores by hand from the released script. */
import type { Benchmark } from "../benchmark/benchmark.ts";
import { placed } from "../benchmark/keys.ts";
import { readImported } from "../judges/imported.ts";
import { DIMENSIONS } from "../records/criterion.ts";
import { assertEquals } from "../testing/assert.ts";
import { inFolder } from "../testing/folder.ts";
import { RULES } from "./rules.ts";
import { scoreVerdicts } from "./score.ts";

const task = { benchmark: "own", task: 1, scale: "cell" as const };
/** Three criteria a dimension, of weights 1, 0.5 and, as a penalty, 0.2. */
const benchmark: Benchmark = {
  name: "own",
  tasks: [{ ...task, prompt: "P", requirement: "R", source: "S" }],
  criteria: placed(
    DIMENSIONS.flatMap((dimension) =>
      ([[1, 1], [1, 0.5], [-1, 0.2]] as const).map(([sign, weight], i) => ({
        ...{ benchmark: "own", task: 1, dimension, criterion: i + 1, description: `D${i}` },
        ...{ sign, weight, raw_weight: weight, probe: "" },
      }))
    ),
  ),
};

/** The visual score of a list, the other dimensions being met: of every rule, and how many are judged. */
async function scored(scores: unknown): Promise<Record<string, string>> {
  const answered = (scores: unknown) => ({ raw_response: "…", parsed_result: { scores } });
  const entry = {
    index: 1,
    scientific_eval: answered([1, 1, 0]),
    visual_eval: answered(scores),
    instruction_eval: answered([1, 1, 0]),
  };
  const rows: Record<string, string> = {};
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/m_result.json`, JSON.stringify([entry]));
    const { verdicts } = await readImported(folder, benchmark);
    for (const rule of RULES) {
      const found = scoreVerdicts(rule, benchmark.criteria, verdicts)
        .find(({ dimension }) => dimension === "visual")!;
      rows[rule.name] = `${found.score?.toFixed(1) ?? null} of ${found.judged}`;
    }
  });
  return rows;
}

Deno.test("booleans count as numbers do, under release and every other rule", async () => {
  for (
    const [booleans, numbers] of [[[true, false, true], [1, 0, 1]], [[false, true, 0], [0, 1, 0]]]
  ) {
    assertEquals(await scored(booleans), await scored(numbers));
  }
  // (1·1 − 0.2) / 1.5
  assertEquals((await scored([true, false, true])).release, "53.3 of 3");
});

Deno.test("unreadable scores count as not met under release, and are null under every other rule", async () => {
  const { release, repaired, paper } = await scored([1, "1", 0]);
  // 1 / 1.5: the text is asked and not met. Elsewhere only what was judged counts.
  assertEquals([release, repaired, paper], ["66.7 of 2", "100.0 of 2", "100.0 of 2"]);
  for (const list of ["101", { a: 1, b: 0, c: 0 }, [null, 0.5, [1]]]) {
    const { release, repaired } = await scored(list);
    assertEquals([release, repaired], ["0.0 of 0", "null of 0"], JSON.stringify(list));
  }
  // What Python takes for no answer drops the task.
  for (const none of [[], "", null, 0, false, {}]) {
    assertEquals((await scored(none)).release, "null of 0", JSON.stringify(none));
  }
});
