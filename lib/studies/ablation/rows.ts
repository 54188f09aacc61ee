/** Rows of ablations: the effect on a model's scores of varying one factor at a time. */
import type { Task } from "../../records/task.ts";
import type { Ablation } from "../../records/ablation.ts";
import { comparePaired, summarise } from "../../scores/summary.ts";
import type { Score } from "../../records/score.ts";
import type { Group } from "../../records/summary.ts";

/** The groups reported for each setting: the total score and scientific fidelity. */
const ABLATED_GROUPS = ["all", "scientific"] as const satisfies readonly Group[];

/** A planned setting. */
export type AblationSetting = Pick<
  Ablation,
  "factor" | "place" | "value" | "model" | "variant" | "judge" | "rule" | "seeds" | "is_default"
>;

/**
 * The rows of one setting, one for each of {@link ABLATED_GROUPS}. Differences are paired by task,
 * with a task's seeds averaged first.
 *
 * @param scores The setting's own scores, for one model, rule and judge.
 * @param atDefault Scores of the factor's default setting; ignored if this is the default.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { ablationRows } from "./rows.ts";
 * import type { Score } from "../../records/score.ts";
 *
 * const row = { rule: "repaired", judge: "probe", seed: 0, low: 0, high: 100, judged: 3, criteria: 3 };
 * const scoresOf = (model: string, score: number) =>
 *   [1, 2, 3].map((task): Score => ({ ...row, model, task, dimension: "total", score: score + task }));
 * const setting = {
 *   factor: "steps", place: 1, value: "2", model: "nano", variant: "nano steps=2",
 *   judge: "probe", rule: "repaired", seeds: 1, is_default: false,
 * } as const;
 * const [all] = ablationRows(setting, scoresOf("nano steps=2", 40), scoresOf("nano", 50), []);
 * assertEquals([all.group, all.mean, all.difference, all.tasks], ["all", 42, -10, 3]);
 * ```
 */
export function ablationRows(
  setting: AblationSetting,
  scores: readonly Score[],
  atDefault: readonly Score[],
  tasks: readonly Task[],
): Ablation[] {
  const summary = summarise(scores, tasks);
  return ABLATED_GROUPS.map((group) => {
    const own = summary.find((row) => row.group === group);
    const paired = setting.is_default ? null : comparePaired(scores, atDefault, group, tasks);
    return {
      ...setting,
      group,
      tasks: own?.tasks ?? 0,
      mean: own?.mean ?? null,
      ci_low: own?.ci_low ?? null,
      ci_high: own?.ci_high ?? null,
      difference: paired?.difference ?? null,
      difference_low: paired?.ci_low ?? null,
      difference_high: paired?.ci_high ?? null,
    };
  });
}

/**
 * The gain of one model over another, clip by clip: rows like scores, with means equal to the mean
 * paired differences. Clips without a score for both are skipped.
 *
 * @param model The gain's name; see {@link gainName}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { gainScores } from "./rows.ts";
 * import type { Score } from "../../records/score.ts";
 *
 * const row = { rule: "repaired", judge: "probe", task: 1, seed: 0, judged: 3, criteria: 3 };
 * const at = { ...row, dimension: "total", low: 0, high: 100 } as const;
 * const scores: Score[] = [{ ...at, model: "nano", score: 70 }, { ...at, model: "s-base", score: 20 }];
 * const [gain] = gainScores([scores[0]], [scores[1]], "gain");
 * assertEquals([gain.model, gain.score, gain.low, gain.high], ["gain", 50, -100, 100]);
 * ```
 */
export function gainScores(
  scores: readonly Score[],
  base: readonly Score[],
  model: string,
): Score[] {
  const clipOf = ({ task, seed, dimension }: Score) => `${task}/${seed}/${dimension}`;
  const others = new Map(base.map((row) => [clipOf(row), row]));
  return scores.flatMap((row) => {
    const other = others.get(clipOf(row));
    if (row.score === null || !other || other.score === null) return [];
    return [{
      ...row,
      model,
      score: row.score - other.score,
      low: row.low - other.high,
      high: row.high - other.low,
    }];
  });
}

/**
 * The name of one model's gain over another.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { gainName } from "./rows.ts";
 *
 * assertEquals(gainName("nano", "s-base"), "nano − s-base");
 * ```
 */
export function gainName(model: string, base: string): string {
  return `${model}${MINUS}${base}`;
}

const MINUS = " − ";

/**
 * Whether a name is that of a gain; see {@link gainName}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { isGain } from "./rows.ts";
 *
 * assertEquals([isGain("nano − s-base"), isGain("s-base")], [true, false]);
 * ```
 */
export function isGain(model: string): boolean {
  return model.includes(MINUS);
}

/** How much of a gain remains when prompts are reworded. */
export interface RetainedGain {
  /** Scientific fidelity of the model minus that of its base, in points. */
  gain: number;
  /** The same difference with reworded prompts. */
  reworded: number;
  /** Their ratio; null if there was no gain. */
  share: number | null;
}

/**
 * The share of a gain in scientific fidelity that remains with reworded prompts. Null if the rows
 * do not include it.
 *
 * @param model See {@link gainName}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import type { Ablation } from "../../records/ablation.ts";
 *
 * const row = { factor: "wording", model: "nano − s-base", group: "scientific" };
 * const rows = [
 *   { ...row, value: "benchmark's", is_default: true, mean: 40 },
 *   { ...row, value: "reworded", is_default: false, mean: 30 },
 * ] as Ablation[];
 * assertEquals(retainedGain(rows, "nano − s-base"), { gain: 40, reworded: 30, share: 0.75 });
 * assertEquals(retainedGain([], "nano − s-base"), null);
 * ```
 */
export function retainedGain(rows: readonly Ablation[], model: string): RetainedGain | null {
  const [gain, reworded] = [true, false].map((isDefault) =>
    rows.find((row) =>
      row.factor === "wording" && row.model === model && row.group === "scientific" &&
      row.is_default === isDefault
    )?.mean ?? null
  );
  if (gain === null || reworded === null) return null;
  return { gain, reworded, share: gain > 0 ? reworded / gain : null };
}
