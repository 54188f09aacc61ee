/** Audit: defects of a benchmark that its data alone reveals. */
import { isMisKeyed } from "./keys.ts";
import { type Release, RELEASE_FILES } from "./release.ts";
import type { Benchmark } from "./benchmark.ts";
import { type Criterion, DIMENSIONS } from "../records/criterion.ts";
import type { Finding } from "../records/finding.ts";
import type { Scale } from "../records/task.ts";

/** The kinds of finding, each with its consequence for users of the benchmark. */
export const FINDING_KINDS: Readonly<Record<string, string>> = {
  "mis-keyed-block":
    "A block's keys are not d1, d2, …: the released prompt lists none of its criteria and the released scorer gives the dimension 0.",
  "block-size":
    "A block has a different number of criteria than nearly all other blocks of its dimension.",
  "zero-weight": "A criterion weighs 0 when scored: meeting or missing it changes nothing.",
  "weightless-penalties": "Every penalty of a task weighs 0: no error can cost it anything.",
  "no-penalty": "A task has no penalties.",
  "no-positive-weight":
    "A block has no positive weight: its dimension has no score, or 0 as released.",
  "duplicate-prompt": "Two tasks have the same prompt.",
  "duplicate-criterion": "A block contains the same criterion twice.",
  "string-weight": "A weight of the scoring file is a string, not a number.",
  "string-weights-file": "A file gives all its weights as strings.",
  "prompt-key-mismatch":
    "The released evaluator reads 任务 and 具体要求; the file it reads by default has other keys, so its prompts contain no task.",
  "text-mismatch": "The two rubric files differ in a task's text.",
  "weight-mapping": "One raw weight stands for several normalised ones.",
  "scale-label": "The scale label contradicts the coarse category assigned before it.",
  "scale-count": "A scale has a different number of tasks than reported in the paper.",
  "perfect-score": "A perfect model does not score 100 in a dimension under the released rule.",
};

/**
 * Findings that apply to any benchmark: keys, block sizes, weights, repetitions.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { auditBenchmark } from "./audit.ts";
 *
 * const task = { benchmark: "mini", task: 1, scale: "cell" as const, prompt: "A", requirement: "B", source: "C" };
 * const kinds = auditBenchmark({ name: "mini", tasks: [task], criteria: [] }).map((row) => row.kind);
 * assertEquals(kinds.includes("no-penalty"), true);
 * ```
 */
export function auditBenchmark({ name, tasks, criteria }: Benchmark): Finding[] {
  const findings: Finding[] = [];
  const add = (kind: string, at: Partial<Finding>, detail: string) =>
    findings.push({ benchmark: name, task: 0, dimension: "", criterion: 0, ...at, kind, detail });

  const blocks = Map.groupBy(criteria, ({ task, dimension }) => `${task}/${dimension}`);
  for (const dimension of DIMENSIONS) {
    const sizes = tasks.map(({ task }) => blocks.get(`${task}/${dimension}`)?.length ?? 0);
    const usual = usualSize(sizes);
    for (const { task } of tasks) {
      const block = blocks.get(`${task}/${dimension}`) ?? [];
      const numbers = block.map((entry) => entry.criterion);
      if (isMisKeyed(numbers)) {
        add(
          "mis-keyed-block",
          { task, dimension },
          `keys are ${numbers.map((n) => `d${n}`).join(", ")}`,
        );
      }
      if (usual !== null && block.length !== usual) {
        add(
          "block-size",
          { task, dimension },
          `${block.length} criteria; other blocks have ${usual}`,
        );
      }
      if (!block.some((entry) => entry.sign > 0 && entry.weight > 0)) {
        add("no-positive-weight", { task, dimension }, `criteria: ${block.length}`);
      }
      for (const [description, twins] of Map.groupBy(block, (entry) => entry.description)) {
        if (twins.length > 1) {
          add(
            "duplicate-criterion",
            { task, dimension, criterion: twins[1].criterion },
            description,
          );
        }
      }
    }
  }
  for (const entry of criteria) {
    if (entry.weight === 0) {
      const { task, dimension, criterion } = entry;
      const what = entry.sign < 0 ? "penalty" : "criterion";
      add(
        "zero-weight",
        { task, dimension, criterion },
        `${what} of raw weight ${entry.raw_weight}`,
      );
    }
  }
  const byTask = Map.groupBy(criteria, ({ task }) => task);
  for (const { task } of tasks) {
    const penalties = (byTask.get(task) ?? []).filter(({ sign }) => sign < 0);
    if (penalties.length === 0) add("no-penalty", { task }, "no criterion has sign -1");
    else if (penalties.every(({ weight }) => weight === 0)) {
      add("weightless-penalties", { task }, `penalties: ${penalties.length}, all of weight 0`);
    }
  }
  for (const twins of Map.groupBy(tasks, ({ prompt }) => prompt).values()) {
    for (const { task } of twins.slice(1)) {
      add("duplicate-prompt", { task }, `the prompt of task ${twins[0].task}`);
    }
  }
  return findings;
}

/**
 * Findings about the released files, and discrepancies with the paper.
 *
 * @param paper Tasks per scale as reported in the paper.
 */
export function auditRelease(
  release: Release,
  benchmark: Benchmark,
  paper: Readonly<Record<Scale, number>>,
): Finding[] {
  const findings: Finding[] = [];
  const add = (kind: string, at: Partial<Finding>, detail: string) =>
    findings.push({
      benchmark: benchmark.name,
      task: 0,
      dimension: "",
      criterion: 0,
      ...at,
      kind,
      detail,
    });

  for (const task of release.normalised) {
    for (const dimension of DIMENSIONS) {
      for (const { number, weightText } of task.blocks[dimension]) {
        if (weightText === null) continue;
        const at = { task: task.index, dimension, criterion: number };
        add("string-weight", at, `w${number} is ${JSON.stringify(weightText)}`);
      }
    }
  }
  const rawEntries = release.raw.flatMap(({ blocks }) => Object.values(blocks).flat());
  const rawStrings = rawEntries.filter(({ weightText }) => weightText !== null).length;
  if (rawStrings > 0) {
    add(
      "string-weights-file",
      {},
      `${rawStrings} of ${rawEntries.length} weights of ${RELEASE_FILES.raw} are strings`,
    );
  }
  const normalised = new Map(release.normalised.map((task) => [task.index, task]));
  for (const task of release.raw) {
    if (task.keys[0] !== "任务") {
      const detail = `${RELEASE_FILES.raw} has ${
        task.keys.join(", ")
      }; the evaluator reads 任务, 具体要求`;
      add("prompt-key-mismatch", { task: task.index }, detail);
    }
    const twin = normalised.get(task.index)!;
    for (const field of ["prompt", "requirement"] as const) {
      if (task[field] !== twin[field]) {
        add("text-mismatch", { task: task.index }, `${field} differs between the rubric files`);
      }
    }
  }
  for (const [raw, entries] of Map.groupBy(benchmark.criteria, (entry) => entry.raw_weight)) {
    const weights = Map.groupBy(entries, (entry: Criterion) => entry.weight);
    if (weights.size > 1) {
      const counts = [...weights].sort(([a], [b]) => a - b).map(([w, list]) =>
        `${w} (${list.length})`
      );
      add("weight-mapping", {}, `raw weight ${raw} becomes ${counts.join(", ")}`);
    }
  }
  for (const { index, scale, category } of release.labels) {
    if ((category === "organ") !== (scale === "organ")) {
      add("scale-label", { task: index }, `label ${scale}, category ${category}`);
    }
  }
  for (const [scale, expected] of Object.entries(paper)) {
    const found = benchmark.tasks.filter((task) => task.scale === scale).length;
    if (found !== expected) {
      add("scale-count", {}, `${found} ${scale} tasks; the paper says ${expected}`);
    }
  }
  return findings;
}

/** The size of at least nine in ten blocks; null if sizes vary more. */
function usualSize(sizes: readonly number[]): number | null {
  for (const [size, same] of Map.groupBy(sizes, (size) => size)) {
    if (same.length >= 0.9 * sizes.length) return size;
  }
  return null;
}
