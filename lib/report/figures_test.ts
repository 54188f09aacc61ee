import { readPaper } from "../benchmark/paper.ts";
import { parseOwnBenchmark } from "../benchmark/own.ts";
import { PROJECT } from "../paths.ts";
import { failures } from "../scores/failures.ts";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { verdictOn } from "../testing/verdicts.ts";
import { datasetFigures, failureFigures } from "./figures.ts";

/** Two tasks of a custom benchmark: one with a scale, one without. */
function ownBenchmark(scales: readonly (string | undefined)[]) {
  const rubrics = { d1: "It is seen.", s1: "+1", w1: "1", d2: "It is lost.", s2: "-1", w2: "0.5" };
  const entries = scales.map((scale, i) => ({
    index: i + 1,
    task: `Show organoid ${i + 1}.`,
    requirement: "It buds.",
    scale,
    rubrics_scientific: rubrics,
    rubrics_visual: rubrics,
    rubrics_instruction: rubrics,
  }));
  return parseOwnBenchmark(JSON.stringify(entries), "/my/organoids.json").benchmark;
}

Deno.test("a custom benchmark is drawn whether or not its tasks have scales", async () => {
  const paper = await readPaper(PROJECT.paper);
  for (const scales of [[undefined, undefined], ["organ", undefined], ["organ", "cell"]]) {
    const benchmark = ownBenchmark(scales);
    const [perScale] = datasetFigures(benchmark, paper);
    assertEquals(perScale.svg.includes("No scale"), scales.includes(undefined));
    const drawn = failureFigures(
      failures(benchmark, benchmark.criteria.map((row) => verdictOn(row, false))),
    );
    assertEquals(drawn.map(({ name }) => name), ["failures", "top-failures"]);
    for (const { name, svg } of drawn) {
      assertOk(!svg.includes("undefined"), name);
      assertEquals(svg.includes("No scale"), scales.includes(undefined), name);
    }
  }
});
