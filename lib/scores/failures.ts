/** The criteria that a model's clips fail, and how often. */
import { type Criterion, type Dimension, DIMENSIONS } from "../records/criterion.ts";
import { SCALES, type Task } from "../records/task.ts";
import { InputError } from "../errors.ts";
import type { Verdict } from "../records/verdict.ts";

/** One criterion of one model's clips of a task, over all seeds. */
export interface Failure {
  /** The judge's name. */
  judge: string;
  /** The video model's name. */
  model: string;
  /** The task's scale. */
  scale: Task["scale"];
  /** The criterion's. */
  dimension: Dimension;
  /** The task's number. */
  task: number;
  /** The criterion's id. */
  id: string;
  /** Its position in its block, from 1. */
  place: number;
  /** The criterion's text. */
  description: string;
  /** +1 for a positive criterion, −1 for a penalty. */
  sign: 1 | -1;
  /** The criterion's. */
  weight: number;
  /** Clips that failed it: a positive criterion not met, or a penalty met. */
  failed: number;
  /** Clips with a verdict. */
  judged: number;
  /** Clips with a null verdict: neither failed nor passed. */
  unjudged: number;
  /** Seeds of the failing clips, ascending. */
  seeds: number[];
  /** Evidence of the first failing verdict; empty if none failed. */
  evidence: string;
}

/** The failure rate of criteria of one kind. */
export interface FailureRate {
  /** The judge's name. */
  judge: string;
  /** The video model's name. */
  model: string;
  /** The task's scale. */
  scale: Task["scale"];
  /** The criterion's. */
  dimension: Dimension;
  /** Number of verdicts against the model. */
  failed: number;
  /** Number of verdicts that are not null. */
  judged: number;
  /** Number of null verdicts. */
  unjudged: number;
  /** `failed / judged`, 0–1; null if nothing was judged. */
  rate: number | null;
}

/** A criterion that a model fails, over all tasks with the same wording. */
export interface TopFailure {
  /** The judge's name. */
  judge: string;
  /** The model; if models are combined and several fail, their number. */
  model: string;
  /** The task's scale. */
  scale: Task["scale"];
  /** The criterion's. */
  dimension: Dimension;
  /** The criterion's text. */
  description: string;
  /** +1 for a positive criterion, −1 for a penalty. */
  sign: 1 | -1;
  /** The largest weight that any of the tasks assigns to it. */
  weight: number;
  /** Number of verdicts against the model. */
  failed: number;
  /** Number of verdicts that are not null. */
  judged: number;
  /** Number of null verdicts. */
  unjudged: number;
  /** `failed / judged`, 0–1. */
  rate: number;
  /** Tasks that failed it at least once, ascending. */
  tasks: number[];
  /** The first failing clip, with the verdict's evidence. */
  example: { model: string; task: number; id: string; seed: number; evidence: string };
}

/** Whether a verdict goes against the model: a positive criterion unmet, a penalty met. */
function fails(criterion: Criterion, met: boolean): boolean {
  return criterion.sign === 1 ? !met : met;
}

/**
 * Joins verdicts to criteria by task and id: one row per judge, model and criterion with verdicts,
 * ordered by judge and model in order of first appearance, then by task, dimension and criterion. A
 * null verdict is not a failure: it counts as `unjudged`.
 *
 * Throws {@link InputError} if a verdict has no criterion in the benchmark, or if a judge has two
 * verdicts on the same criterion of a clip.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { failures } from "./failures.ts";
 *
 * const task = { benchmark: "mini", task: 1, scale: "cell" as const, prompt: "A dividing cell",
 *   requirement: "", source: "" };
 * const criterion = { benchmark: "mini", task: 1, id: "area", dimension: "scientific" as const, place: 1, criterion: 3,
 *   description: "Area is conserved", sign: 1 as const, weight: 1, raw_weight: 3, probe: "" };
 * const verdict = { judge: "probe", judge_model: "1", model: "violator", task: 1, seed: 42,
 *   id: "area", criterion_hash: "", dimension: "scientific" as const, place: 1, met: false, reason: "",
 *   evidence: "area falls by 48%", clip_sha256: "", frames_hash: "", prompt_hash: "", attempts: 1, latency_ms: 0,
 *   prompt_tokens: 0, completion_tokens: 0, cost_usd: 0, key: "" };
 * const [row] = failures({ tasks: [task], criteria: [criterion] }, [verdict]);
 * assertEquals([row.failed, row.judged, row.seeds, row.scale], [1, 1, [42], "cell"]);
 * ```
 */
export function failures(
  benchmark: { tasks: readonly Task[]; criteria: readonly Criterion[] },
  verdicts: readonly Verdict[],
): Failure[] {
  const scales = new Map(benchmark.tasks.map(({ task, scale }) => [task, scale]));
  const criteria = new Map(
    benchmark.criteria.map((criterion) => [criterionKey(criterion), criterion]),
  );
  const groups = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const key = JSON.stringify([verdict.judge, verdict.model, criterionKey(verdict)]);
    const group = groups.get(key);
    if (group) group.push(verdict);
    else groups.set(key, [verdict]);
  }
  const order = (names: string[]) => new Map([...new Set(names)].map((name, i) => [name, i]));
  const judges = order(verdicts.map(({ judge }) => judge));
  const models = order(verdicts.map(({ model }) => model));
  return [...groups.values()]
    .map((group) => {
      const { task, dimension, id } = group[0];
      const criterion = criteria.get(criterionKey(group[0]));
      const scale = scales.get(task);
      if (!criterion || scale === undefined) {
        throw new InputError(
          `Cannot match the verdicts of judge ${group[0].judge} on model ${
            group[0].model
          } to the ` +
            `benchmark: found one on task ${task}, ${dimension} criterion ${id}; expected a ` +
            (scale === undefined ? "task that the benchmark has" : "criterion that this task has"),
        );
      }
      return failure(group, criterion, scale);
    })
    .sort((a, b) =>
      judges.get(a.judge)! - judges.get(b.judge)! ||
      models.get(a.model)! - models.get(b.model)! ||
      a.task - b.task ||
      DIMENSIONS.indexOf(a.dimension) - DIMENSIONS.indexOf(b.dimension) ||
      a.place - b.place
    );
}

function criterionKey(of: { task: number; id: string }): string {
  return `${of.task} ${of.id}`;
}

function failure(verdicts: Verdict[], criterion: Criterion, scale: Task["scale"]): Failure {
  const { judge, model, task, dimension } = verdicts[0];
  const seeds = new Set<number>();
  for (const { seed } of verdicts) {
    if (seeds.has(seed)) {
      throw new InputError(
        `Cannot count failures: judge ${judge} has two verdicts on model ${model}, task ${task}, ` +
          `seed ${seed}, ${dimension} criterion ${criterion.id}; expected one`,
      );
    }
    seeds.add(seed);
  }
  const judged = verdicts.filter(({ met }) => met !== null);
  const failed = judged
    .filter(({ met }) => fails(criterion, met!))
    .sort((a, b) => a.seed - b.seed);
  return {
    judge,
    model,
    scale,
    dimension,
    task,
    id: criterion.id,
    place: criterion.place,
    description: criterion.description,
    sign: criterion.sign,
    weight: criterion.weight,
    failed: failed.length,
    judged: judged.length,
    unjudged: verdicts.length - judged.length,
    seeds: failed.map(({ seed }) => seed),
    evidence: failed.length === 0 ? "" : failed[0].evidence || failed[0].reason,
  };
}

/** Groups `rows` by the values of some columns, in order of first appearance. */
function groupBy<Row>(rows: readonly Row[], key: (row: Row) => unknown[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = JSON.stringify(key(row));
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return [...groups.values()];
}

function total(rows: readonly Failure[], column: "failed" | "judged" | "unjudged"): number {
  return rows.reduce((sum, row) => sum + row[column], 0);
}

/**
 * Failure rates by judge, model, scale and dimension: the cells of the failure heatmap. Every
 * verdict counts once, so a criterion judged on five seeds counts five times. Ordered by judge and
 * model in order of first appearance, then by scale (tasks without one last), then by dimension.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { failureRates } from "./failures.ts";
 *
 * const row = { judge: "probe", model: "nano", scale: "organ" as const,
 *   dimension: "visual" as const, task: 1, id: "sharp", place: 1, description: "Sharp", sign: 1 as const,
 *   weight: 1, failed: 1, judged: 4, unjudged: 2, seeds: [3], evidence: "" };
 * assertEquals(failureRates([row])[0].rate, 0.25);
 * ```
 */
export function failureRates(rows: readonly Failure[]): FailureRate[] {
  const cells: FailureRate[] = [];
  for (const ofModel of groupBy(rows, ({ judge, model }) => [judge, model])) {
    const { judge, model } = ofModel[0];
    for (const scale of [...SCALES, ""] as const) {
      for (const dimension of DIMENSIONS) {
        const cell = ofModel.filter((row) => row.scale === scale && row.dimension === dimension);
        if (cell.length === 0) continue;
        const failed = total(cell, "failed");
        const judged = total(cell, "judged");
        const rate = judged === 0 ? null : failed / judged;
        const unjudged = total(cell, "unjudged");
        cells.push({ judge, model, scale, dimension, failed, judged, unjudged, rate });
      }
    }
  }
  return cells;
}

/**
 * Lower end of Wilson's 95% score interval for a proportion (E. B. Wilson, "Probable inference, the
 * law of succession, and statistical inference", JASA 22, 1927).
 */
function wilsonLow(failed: number, judged: number): number {
  const z = 1.959963984540054;
  const p = failed / judged;
  const spread = z * Math.sqrt(p * (1 - p) / judged + (z / (2 * judged)) ** 2);
  return Math.max(0, (p + z * z / (2 * judged) - spread) / (1 + z * z / judged));
}

/**
 * The criteria that fail most often, at most `limit` of them (10 by default). Tasks with
 * identically worded criteria are combined, and with `acrossModels` all models too: a benchmark
 * with a single clip per criterion needs this, since otherwise every failure would be 1 of 1.
 * Ordered by the lower end of Wilson's 95% interval of the failure rate, so that 9 failures of 10
 * come before 1 of 1; then by weight.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { mostFailed } from "./failures.ts";
 *
 * const row = { judge: "probe", model: "nano", scale: "organ" as const,
 *   dimension: "visual" as const, id: "sharp", place: 1, sign: 1 as const, weight: 1, unjudged: 0, evidence: "" };
 * const once = { ...row, task: 1, description: "Sharp", failed: 1, judged: 1, seeds: [1] };
 * const often = { ...row, task: 2, description: "Round", failed: 3, judged: 4, seeds: [1, 2, 4] };
 * assertEquals(mostFailed([once, often]).map((top) => top.description), ["Round", "Sharp"]);
 * ```
 */
export function mostFailed(
  rows: readonly Failure[],
  options: { limit?: number; acrossModels?: boolean } = {},
): TopFailure[] {
  const { limit = 10, acrossModels = false } = options;
  const alike = groupBy(
    rows,
    (row) => [
      row.judge,
      acrossModels ? "" : row.model,
      row.scale,
      row.dimension,
      row.sign,
      row.description,
    ],
  );
  return alike
    .filter((group) => total(group, "failed") > 0)
    .map((group): TopFailure => {
      const failing = group.filter(({ failed }) => failed > 0);
      const [first] = failing;
      const { judge, scale, dimension, description, sign } = first;
      const models = new Set(failing.map(({ model }) => model));
      const failed = total(group, "failed");
      const judged = total(group, "judged");
      return {
        judge,
        model: models.size === 1 ? first.model : `${models.size} models`,
        scale,
        dimension,
        description,
        sign,
        weight: Math.max(...group.map(({ weight }) => weight)),
        failed,
        judged,
        unjudged: total(group, "unjudged"),
        rate: failed / judged,
        tasks: [...new Set(failing.map(({ task }) => task))].sort((a, b) => a - b),
        example: {
          model: first.model,
          task: first.task,
          id: first.id,
          seed: first.seeds[0],
          evidence: first.evidence,
        },
      };
    })
    .sort((a, b) =>
      wilsonLow(b.failed, b.judged) - wilsonLow(a.failed, a.judged) || b.weight - a.weight
    )
    .slice(0, limit);
}
