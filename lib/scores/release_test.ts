/** Scores of the released scorer, from its own output on seeded verdicts. */
import { assertEquals, assertNear, assertOk } from "../testing/assert.ts";
import { sharedData } from "../testing/shared_data.ts";
import { readRelease, releaseBenchmark } from "../benchmark/release.ts";
import { DIMENSIONS } from "../records/criterion.ts";
import { readImported } from "../judges/imported.ts";
import type { Summary } from "../records/summary.ts";
import { perfectScores } from "./perfect.ts";
import { ruleNamed } from "./rules.ts";
import { scoreVerdicts } from "./score.ts";
import { summarise } from "./summary.ts";

const release = sharedData("microworldbench");
const fixtures = sharedData("release-fixtures");

async function released() {
  const benchmark = releaseBenchmark(await readRelease(release.path));
  const { models, verdicts } = await readImported(fixtures.path, benchmark);
  return { benchmark, models, verdicts };
}

Deno.test({
  name: "under the rule release, every number of the released report as printed there",
  ignore: release.absent || fixtures.absent,
  async fn() {
    const { benchmark, models, verdicts } = await released();
    const scores = scoreVerdicts(ruleNamed("release"), benchmark.criteria, verdicts);
    const summary = summarise(scores, benchmark.tasks);
    const mean = (model: string, group: string): Summary =>
      summary.find((row) => row.model === model && row.group === group)!;
    const report = await Deno.readTextFile(`${fixtures.path}/evaluation_report.md`);

    const rows = [...report.matchAll(/^\| (synth_\d+) \|(.*)\|$/gm)];
    assertEquals(rows.length, 3 * models.length);
    const columns = [
      null,
      ["all", "organ", "cell", "subcellular"],
      ["all", "scientific", "visual", "instruction"],
    ];
    let checked = 0;
    rows.forEach(([, model, cells], i) => {
      const printed = cells.split("|").map((cell) => cell.trim());
      const groups = columns[Math.floor(i / models.length)];
      if (groups === null) {
        assertEquals(printed, [String(mean(model, "all").tasks), "459", "100.0%"]);
        return;
      }
      groups.forEach((group, j) => {
        assertEquals(mean(model, group).mean!.toFixed(1), printed[j], `${model} ${group}`);
        checked++;
      });
    });
    assertEquals(checked, 8 * models.length);

    const names: Record<string, string> = {
      "**Overall average**": "all",
      "**Scientific average**": "scientific",
      "**Visual average**": "visual",
      "**Instruction average**": "instruction",
      "Organ-level": "organ",
      "Cellular-level": "cell",
      "Subcellular-level": "subcellular",
    };
    for (const section of report.split("\n### ").slice(1)) {
      const model = section.split("\n")[0];
      if (!models.includes(model)) continue;
      const lines = [...section.matchAll(/^- (.+?): ([\d.]+)(?: \((\d+) tasks\))?$/gm)];
      for (const [, name, printed, tasks] of lines) {
        if (!(name in names)) continue;
        const row = mean(model, names[name]);
        assertEquals(row.mean!.toFixed(2), printed, `${model} ${name}`);
        if (tasks) assertEquals(row.tasks, Number(tasks));
        checked++;
      }
    }
    assertEquals(checked, 15 * models.length);
  },
});

Deno.test({
  name: "1e-9 agreement with a literal reading of the released formula, task by task",
  ignore: release.absent || fixtures.absent,
  async fn() {
    const { benchmark, models, verdicts } = await released();
    const scores = scoreVerdicts(ruleNamed("release"), benchmark.criteria, verdicts);
    const found = new Map(scores.map((row) => [`${row.model}/${row.task}/${row.dimension}`, row]));
    const rubrics: Record<string, Record<string, string>>[] = JSON.parse(
      await Deno.readTextFile(`${release.path}/MWBenchRubrics_norm.json`),
    );
    let compared = 0;
    for (const model of models) {
      const results = JSON.parse(await Deno.readTextFile(`${fixtures.path}/${model}_result.json`));
      for (const result of results) {
        const rubric = rubrics.find((entry) => Number(entry.index) === result.index)!;
        let allRaw = 0, allMax = 0;
        for (const dimension of DIMENSIONS) {
          const block = rubric[`rubrics_${dimension}`];
          let raw = 0, max = 0;
          result[`${dimension}_eval`].parsed_result.scores.forEach((score: number, i: number) => {
            if (!(`w${i + 1}` in block)) return;
            const sign = Number(block[`s${i + 1}`]), weight = Number(block[`w${i + 1}`]);
            if (score === 1) raw += sign * weight;
            if (sign > 0) max += weight;
          });
          const expected = max > 0 ? Math.max(0, raw / max * 100) : 0;
          assertNear(found.get(`${model}/${result.index}/${dimension}`)!.score!, expected, 1e-9);
          allRaw += raw;
          allMax += max;
          compared++;
        }
        const total = allMax > 0 ? Math.max(0, allRaw / allMax * 100) : 0;
        assertNear(found.get(`${model}/${result.index}/total`)!.score!, total, 1e-9);
      }
    }
    assertEquals(compared, models.length * 459 * 3);
  },
});

Deno.test({
  name: "a perfect model gets less than 100 under release, and 100 once keys are repaired",
  ignore: release.absent,
  async fn() {
    const benchmark = releaseBenchmark(await readRelease(release.path));
    const of = (rule: string) =>
      perfectScores(benchmark, ruleNamed(rule)).map(({ mean }) => mean.toFixed(2));
    assertEquals(of("release").slice(0, 3), ["99.13", "99.78", "89.11"]);
    for (const rule of ["repaired", "paper", "repaired-raw", "repaired-equal"]) {
      assertEquals(of(rule), ["100.00", "100.00", "100.00", "100.00"]);
    }
    const broken = perfectScores(benchmark, ruleNamed("release")).find((row) =>
      row.dimension === "scientific"
    );
    assertOk(broken?.below.join() === "60,325,330,453");
  },
});
