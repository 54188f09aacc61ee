/**
 * Helpers for tests of the report: an example report, and a real browser if the machine has one.
 */
import {
  exampleCriteria,
  examplePaper,
  examplePrompts,
  exampleRates,
  exampleScales,
  exampleSummary,
  exampleTop,
  exampleWeights,
} from "./example_rows.ts";
import { criteriaPerDimension } from "../figures/criteria_per_dimension.ts";
import { failureHeatmap } from "../figures/failure_heatmap.ts";
import { leaderboard } from "../figures/leaderboard.ts";
import { promptLengths } from "../figures/prompt_lengths.ts";
import { ruleSensitivity } from "../figures/rule_sensitivity.ts";
import { tasksPerScale } from "../figures/tasks_per_scale.ts";
import { topFailures } from "../figures/top_failures.ts";
import { weightHistogram } from "../figures/weight_histogram.ts";
import { claimsFigure } from "../studies/argument/figure.ts";
import type { ArgumentPart, ReportData } from "../report/types.ts";

/** A full report for `models` models, with the clip and film strip of every second failure. */
export function exampleReport(models: number): ReportData {
  const summary = exampleSummary(models);
  const top = exampleTop(6);
  return {
    run: {
      name: "mini-2026-03-01",
      benchmark: "mini",
      status: "complete",
      started: "2026-03-01T10:00:00Z",
      finished: "2026-03-01T10:01:47Z",
      commit: "0123456789abcdef0123456789abcdef01234567",
      dirty: true,
      versions: { MicroVerse: "0.1.0", Deno: "2.9.6", probe: "1" },
      flags: { benchmark: "mini", models: "simulator,violator", rule: "repaired", seeds: "3" },
    },
    comparison: [
      {
        what: "Criteria, all dimensions",
        ours: "6,884",
        paper: "6,884",
        tolerance: "exact",
        verdict: "PASS",
      },
      {
        what: "Tasks at organ scale",
        ours: "189",
        paper: "238",
        tolerance: "exact",
        verdict: "DRIFT",
      },
      { what: "Judge against experts, κ", ours: "0.71", paper: "—", tolerance: "—", verdict: "—" },
    ],
    dataset: [
      { name: "tasks-per-scale", svg: tasksPerScale(exampleScales()) },
      { name: "criteria-per-dimension", svg: criteriaPerDimension(exampleCriteria()) },
      { name: "weights", svg: weightHistogram(exampleWeights()) },
      { name: "prompt-lengths", svg: promptLengths(examplePrompts()) },
    ],
    leaderboard: {
      summary,
      figures: [{ name: "leaderboard", svg: leaderboard(summary, { paper: examplePaper() }) }],
      tasks: 459,
      reference: [{ model: "Sora", all: 50.7, organ: 55.9, cell: 46.1, subcellular: 55 }],
      paperTasks: 459,
    },
    argument: exampleArgument(),
    failures: {
      figures: [
        { name: "failures", svg: failureHeatmap(exampleRates(models)) },
        { name: "top-failures", svg: topFailures(top) },
      ],
      top: top.map((card, i) => ({
        ...card,
        strip: i % 2 === 0 ? "../strips/first model #1/3 42.png" : null,
        video: i % 2 === 0 ? "../clips/first model #1/3 42.mp4" : null,
      })),
    },
    rules: [{
      name: "rule-sensitivity",
      svg: ruleSensitivity(exampleSummary(models, ["release", "paper", "repaired"])),
    }],
    coverage: {
      judged: 1893,
      asked: 1920,
      unasked: 0,
      reasons: [
        { model: "violator", reason: "fewer than 3 cells tracked", verdicts: 21 },
        { model: "violator", reason: '<img src="x">', verdicts: 6 },
      ],
    },
    findings: [
      { kind: "mis-keyed block", findings: 55, example: "task 60, scientific: keys d11 … d55" },
      { kind: "zero weight", findings: 884, example: "task 1, visual d3: raw 0.5 became 0" },
    ],
    tables: ["tasks", "criteria", "verdicts", "scores", "summary"].map((name, i) => ({
      name,
      path: `../${name}.arrow`,
      rows: 12 * 10 ** i,
    })),
  };
}

/** Two claims and two prompts, one with four players and one with a single one. */
function exampleArgument(): ArgumentPart {
  const of = { rule: "repaired", judge: "probe", tasks: 39 };
  const claims = [
    { ...of, claim: "b", says: "nano exceeds s-base", difference: 36.9, ci_low: 28.6, ci_high: 45 },
    { ...of, claim: "c", says: "nano exceeds l-base", difference: -1.2, ci_low: -9, ci_high: 6.6 },
  ].map((row) => ({ ...row, standing: row.ci_low > 0 ? "supported" : "undecided" } as const));
  const levels = ["s-base", "nano"].map((model, i) => ({
    ...of,
    model,
    group: "scientific" as const,
    mean: 20 + 37 * i,
    ci_low: 15 + 37 * i,
    ci_high: 25 + 37 * i,
    coverage: 1,
    clips: 39,
    rank: 2 - i,
    common_mean: 20 + 37 * i,
    common_low: 15 + 37 * i,
    common_high: 25 + 37 * i,
    common_tasks: 39,
  }));
  const player = { note: "tuned on <micro-worlds>", video: "../clips/first model #1/3 42.mp4" };
  const players = ["S-base", "L-base", "Nano", "Simulator"].map((label) => ({ label, ...player }));
  const sheet = "sheets/task 5 #1.jpg";
  return {
    figures: [{
      name: "claims",
      svg: claimsFigure(claims, levels, { models: ["s-base", "nano"] }),
    }],
    claims,
    clips: [
      { heading: "mitosis, task 5", prompt: "One cell becomes two. ".repeat(8), players, sheet },
      { heading: "valve, task 16", prompt: "It opens.", players: players.slice(0, 1), sheet },
    ],
    sheet: "sheets/worlds #1.jpg",
  };
}
