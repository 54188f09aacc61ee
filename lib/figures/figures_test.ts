import { pathToFileURL } from "node:url";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import {
  exampleCriteria,
  examplePaper,
  examplePrompts,
  exampleRates,
  exampleScales,
  exampleSummary,
  exampleTop,
  exampleWeights,
} from "../testing/example_rows.ts";
import { criteriaPerDimension } from "./criteria_per_dimension.ts";
import { failureHeatmap } from "./failure_heatmap.ts";
import { leaderboard } from "./leaderboard.ts";
import { renderPng } from "./png.ts";
import { promptLengths } from "./prompt_lengths.ts";
import { ruleSensitivity } from "./rule_sensitivity.ts";
import { tasksPerScale } from "./tasks_per_scale.ts";
import { topFailures } from "./top_failures.ts";
import { weightHistogram } from "./weight_histogram.ts";
import { assertSelfContained, select, textsIn } from "../testing/figure.ts";
import { assertSnapshot } from "../testing/snapshot.ts";

const RULES = ["repaired", "release", "paper", "repaired-raw", "repaired-equal"];

const FIGURES: Record<string, () => string> = {
  "tasks-per-scale": () => tasksPerScale(exampleScales()),
  "criteria-per-dimension": () => criteriaPerDimension(exampleCriteria()),
  "weight-histogram": () => weightHistogram(exampleWeights()),
  "prompt-lengths": () => promptLengths(examplePrompts()),
  "leaderboard": () => leaderboard(exampleSummary(12), { paper: examplePaper(), paperTasks: 459 }),
  "failure-heatmap": () => failureHeatmap(exampleRates(12)),
  "top-failures": () => topFailures(exampleTop(10)),
  "rule-sensitivity": () => ruleSensitivity(exampleSummary(12, RULES)),
};

/** The same figures with minimal data, and with more than usual. */
const EXTREMES: Record<string, () => string> = {
  "one scale": () => tasksPerScale([{ scale: "cell", tasks: 4, paper: null }]),
  "one criterion": () => criteriaPerDimension([{ dimension: "visual", sign: -1, criteria: 1 }]),
  "one weight": () => weightHistogram([{ which: "raw", weight: 1, sign: 1, criteria: 1 }]),
  "one prompt": () => promptLengths([{ task: 1, words: 31 }]),
  "one model": () => leaderboard(exampleSummary(1)),
  "one model's failures": () => failureHeatmap(exampleRates(1)),
  "one failure": () => topFailures(exampleTop(1)),
  "one model under one rule": () => ruleSensitivity(exampleSummary(1)),
  "nine rules": () =>
    ruleSensitivity(exampleSummary(4, [..."abcdefgh", "a-rule-with-a-long-name"])),
};

for (const [name, figure] of Object.entries(FIGURES)) {
  Deno.test(`${name} matches its snapshot`, () => assertSnapshot(name, figure()));
}

for (const [name, figure] of Object.entries({ ...FIGURES, ...EXTREMES })) {
  Deno.test(`${name}: self-contained, deterministic, and within the page`, () => {
    assertSelfContained(figure);
    const svg = figure();
    const [root, ...others] = select(svg, "svg");
    assertEquals(others.length, 0);
    assertEquals(root.getAttribute("width"), "800");
    assertEquals(root.getAttribute("viewBox"), `0 0 800 ${root.getAttribute("height")}`);
  });
}

Deno.test("names with markup are escaped", () => {
  const svg = FIGURES["leaderboard"]();
  assertOk(textsIn(svg).includes("<script>alert(1)</script>"));
  assertEquals(select(svg, "script").length, 0);
});

Deno.test("the leaderboard ranks by mean, whatever the row order, with models without a mean last", () => {
  const summary = exampleSummary(12);
  const svg = leaderboard(summary);
  assertOk(leaderboard([...summary].sort((a, b) => a.model < b.model ? -1 : 1)) === svg);
  const all = summary.filter(({ group, mean }) => group === "all" && mean !== null);
  const best = all.reduce((a, b) => a.mean! > b.mean! ? a : b);
  const words = textsIn(svg);
  assertOk(words.indexOf(best.model) < words.indexOf("violator"));
  assertOk(words.indexOf("violator") < words.indexOf("CogVideoX-5B"));
  assertOk(words.includes("no task could be scored"));
});

Deno.test("the paper's rows are lines of their own, apart from a model of the same name", () => {
  const diamonds = (svg: string) => select(svg, 'g[aria-label="dot"] path[d^="M0,-"]').length;
  const summary = exampleSummary(12);
  const without = leaderboard(summary);
  const paper = examplePaper();
  const svg = leaderboard(summary, { paper, paperTasks: 459 });
  // In four panels three, one and one mean, of two models that we have too and one that we have not.
  assertEquals(diamonds(svg) - diamonds(without), 5);
  const named = (name: string) => textsIn(svg).filter((text) => text === name).length;
  assertEquals(["Sora", "MicroVerse-1.3B"].map(named), [3, 6]);
  assertOk(svg.includes("over all 459 tasks") && !without.includes("paper"));
});

Deno.test("models with too few tasks follow the ranked ones without a rank", () => {
  const svg = leaderboard(exampleSummary(6));
  const words = textsIn(svg);
  const heading = words.indexOf("Not ranked: too few of the others' tasks");
  assertOk(heading > words.indexOf("violator"));
  assertOk(words.includes("Wan2.1-T2V-14B"));
  assertOk(!leaderboard(exampleSummary(3)).includes("Not ranked"));
});

Deno.test("ranks under each rule are those of its rows; a model that is not ranked has none", () => {
  const row = {
    ...{ judge: "probe", group: "all" as const, tasks: 9, clips: 9, coverage: 1 },
    ...{ ci_low: null, ci_high: null, common_low: null, common_high: null },
  };
  const ranks: Record<string, (number | null)[]> = { a: [3, 1, 1, null], b: [1, 3, 1, 4] };
  const svg = ruleSensitivity(
    Object.entries(ranks).flatMap(([rule, ofRule]) =>
      ofRule.map((rank, i) => {
        const mean = rank === null ? null : 90 - 10 * rank;
        const common_tasks = rank === null ? 0 : 9;
        return { ...row, rule, model: `m${i}`, mean: 50, rank, common_mean: mean, common_tasks };
      })
    ),
  );
  // Column by column in the order of rule a: ranks equal to those under it, then the changed ones.
  const shown = textsIn(svg).filter((text) => /^[1-9–]$/.test(text));
  assertEquals(shown, ["1", "1", "3", "–", "1", "1", "3", "4"]);
  assertOk(svg.includes("3 of 4 models change rank"));
});

Deno.test("long names that begin alike, or end alike too, are not drawn alike", () => {
  const begin = "wan-2.1-t2v-14b-microverse-lora-rank-32-learning-rate";
  const names = [`${begin}-epoch-10`, `${begin}-epoch-20`, `${begin}-a-epoch-20`];
  const row = { rule: "repaired", judge: "probe", group: "all" as const, tasks: 9, clips: 9 };
  const means = { mean: 50, ci_low: 40, ci_high: 60, coverage: 1, rank: 1, common_tasks: 9 };
  const common = { common_mean: 50, common_low: 40, common_high: 60 };
  const summary = names.map((model) => ({ ...row, ...means, ...common, model }));
  const rates = names.map((model) => ({
    ...{ judge: "probe", model, scale: "cell" as const, dimension: "visual" as const },
    ...{ failed: 1, judged: 2, unjudged: 0, rate: 0.5 },
  }));
  for (const svg of [leaderboard(summary), ruleSensitivity(summary), failureHeatmap(rates)]) {
    const shown = textsIn(svg).filter((words) => words.startsWith("wan-2.1"));
    assertEquals(shown.length, 3);
    assertEquals(new Set(shown).size, 3, shown.join());
  }
});

Deno.test("a cell without verdicts shows no rate", () => {
  const svg = failureHeatmap(exampleRates(3));
  assertEquals(textsIn(svg).filter((text) => text === "–").length, 3);
  assertEquals(textsIn(svg).filter((text) => text === "n = 0").length, 3);
});

Deno.test("unusable rows are refused, stating what was found", async () => {
  const two = exampleSummary(2, ["release", "paper"]);
  await assertInputError(() => leaderboard(two), "release, paper");
  await assertInputError(() => leaderboard([]), "no row of group all");
  const once = exampleSummary(1);
  await assertInputError(() => leaderboard([...once, ...once]), "simulator", "two rows");
  await assertInputError(() => ruleSensitivity([]), "0 rows");
  await assertInputError(() => ruleSensitivity([...once, ...once]), "two rows");
  const rates = exampleRates(1);
  await assertInputError(() => failureHeatmap([...rates, ...rates]), "two rows");
  await assertInputError(() => failureHeatmap([]), "0 rows");
  const empty = [tasksPerScale, criteriaPerDimension, weightHistogram, promptLengths, topFailures];
  for (const draw of empty) await assertInputError(() => draw([]), "found 0 rows");
});

Deno.test("the font has every character that figures use", () => {
  const drawn = (character: string) =>
    renderPng(
      `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="10" y="30" ` +
        `font-family="Inter" font-size="24">${character}</text></svg>`,
    ).join();
  const [missing, blank] = [drawn("\u{f8ff1}"), drawn(" ")];
  for (const character of "aZ09−–—…·²³±≥≤×µκασ°√Δ→é") {
    assertOk(![missing, blank].includes(drawn(character)), `Inter draws ${character}`);
  }
});

Deno.test("a PNG has the requested size, and text that is not SVG is refused", async () => {
  const svg = FIGURES["tasks-per-scale"]();
  for (const scale of [1, 2]) {
    const png = renderPng(svg, { scale });
    assertEquals(new DataView(png.buffer).getUint32(16), 800 * scale);
    assertEquals(png, renderPng(svg, { scale }));
  }
  await assertInputError(() => renderPng("no picture"), "no picture");
});

Deno.test("a differing or missing snapshot fails and leaves the new drawing", async () => {
  const dir = await Deno.makeTempDir();
  const folder = pathToFileURL(`${dir}/`);
  const fails = async (svg: string) => {
    try {
      await assertSnapshot("x", svg, folder);
    } catch {
      return true;
    }
    return false;
  };
  try {
    assertEquals(await fails("<svg><g/></svg>"), true);
    await Deno.rename(new URL("x-changed.svg", folder), new URL("x.svg", folder));
    assertEquals(await fails("<svg><g/></svg>"), false);
    assertEquals(await fails("<svg><a/></svg>"), true);
    assertEquals(
      await Deno.readTextFile(new URL("x-changed.svg", folder)),
      "<!-- deno-fmt-ignore-file -->\n<svg>\n<a/>\n</svg>",
    );
    assertEquals(await fails("<svg><g/></svg>"), false);
    assertEquals([...Deno.readDirSync(dir)].map(({ name }) => name), ["x.svg"]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
