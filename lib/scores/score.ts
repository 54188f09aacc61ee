/** Scores from verdicts. */
import { type Criterion, DIMENSIONS } from "../records/criterion.ts";
import { NON_BINARY, type Verdict } from "../records/verdict.ts";
import type { Rule } from "./rules.ts";
import type { Score } from "../records/score.ts";

/** A criterion of a block with its verdict. */
interface Judged {
  sign: number;
  weight: number;
  met: boolean | null;
  /** Whether the rule counts it: judged, or a score was given that is neither 0 nor 1. */
  counted: boolean;
}

/**
 * Scores each clip of the verdicts under a rule: three dimensions and their total.
 *
 * With s the sign and w the weight, over the criteria of a block that count:
 * score = 100 · Σ s·w over those met ÷ Σ w over those with s > 0, clamped at 0 if the rule clamps
 * (the paper, section on MicroWorldBench; `calculate_scores.py` at the pinned commit). It is 0 if
 * no positive weight counts; where a dimension has none at all it is null, not 0, but under the rules that
 * drop tasks, as the released script has it. The total is computed in the same way over all three dimensions
 * together.
 *
 * Verdicts are matched to criteria by id; with keys as released, by position and number.
 *
 * Unjudged criteria do not count; `low` and `high` assume all of them against and in favour of the
 * model. Under `drop-task`, a task with a dimension without any verdict has no score (null).
 *
 * @returns Rows in the order of the verdicts' clips, four for each.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { scoreVerdicts } from "./score.ts";
 * import { ruleNamed } from "./rules.ts";
 * import type { Criterion } from "../records/criterion.ts";
 * import type { Verdict } from "../records/verdict.ts";
 *
 * const at = { benchmark: "mini", task: 1, dimension: "visual" as const };
 * const criteria = [
 *   { ...at, id: "sharp", sign: 1, weight: 1 },
 *   { ...at, id: "still", sign: -1, weight: 0.2 },
 * ] as Criterion[];
 * const clip = { judge: "probe", model: "nano", task: 1, seed: 0, dimension: "visual" as const };
 * const verdicts = [{ ...clip, id: "sharp", met: true }, { ...clip, id: "still", met: true }];
 * const rows = scoreVerdicts(ruleNamed("repaired"), criteria, verdicts as Verdict[]);
 * assertEquals(rows.find((row) => row.dimension === "visual")?.score, 80);
 * ```
 */
export function scoreVerdicts(
  rule: Rule,
  criteria: readonly Criterion[],
  verdicts: readonly Verdict[],
): Score[] {
  const blocks = Map.groupBy(criteria, ({ task, dimension }) => `${task}/${dimension}`);
  // The released script finds the nth score by the key dn, whatever the criterion is.
  const byNumber = rule.keys === "as-released";
  // It also counts a score that is no judgement, such as 0.5, as asked and not met; no other rule does.
  const isAsked = ({ reason }: Verdict) => byNumber && reason.startsWith(NON_BINARY);
  const clips = Map.groupBy(
    verdicts,
    ({ judge, model, task, seed }) => JSON.stringify([judge, model, task, seed]),
  );
  const rows: Score[] = [];
  for (const clip of clips.values()) {
    const { judge, model, task, seed } = clip[0];
    const found = new Map(
      clip.map((row) => [byNumber ? `${row.dimension}/${row.place}` : row.id, row]),
    );
    const dimensions = DIMENSIONS.map((dimension) =>
      (blocks.get(`${task}/${dimension}`) ?? []).map((criterion): Judged => {
        const verdict = found.get(byNumber ? `${dimension}/${criterion.criterion}` : criterion.id);
        const met = verdict?.met ?? null;
        const counted = met !== null || (verdict !== undefined && isAsked(verdict));
        return { sign: criterion.sign, weight: weightOf(criterion, rule), met, counted };
      })
    );
    const answered = DIMENSIONS.every((dimension) =>
      clip.some((row) => row.dimension === dimension && (row.met !== null || isAsked(row)))
    );
    const dropped = rule.missing === "drop-task" && !answered;
    for (const [i, dimension] of [...DIMENSIONS, "total" as const].entries()) {
      const judged = dimension === "total" ? dimensions.flat() : dimensions[i];
      const score = scoreOf(judged, rule);
      rows.push({
        rule: rule.name,
        judge,
        model,
        task,
        seed,
        dimension,
        ...score,
        score: dropped ? null : score.score,
        judged: judged.filter(({ met }) => met !== null).length,
        criteria: judged.length,
      });
    }
  }
  return rows;
}

function weightOf(criterion: Criterion, rule: Rule): number {
  if (rule.weights === "raw") return criterion.raw_weight;
  return rule.weights === "equal" ? 1 : criterion.weight;
}

function scoreOf(
  judged: readonly Judged[],
  { clamped, missing }: Rule,
): { score: number | null; low: number; high: number } {
  const over = (entries: readonly Judged[], met: (entry: Judged) => boolean | null): number => {
    let raw = 0;
    let best = 0;
    for (const entry of entries) {
      if (met(entry)) raw += entry.sign * entry.weight;
      if (entry.sign > 0) best += entry.weight;
    }
    const score = best > 0 ? raw / best * 100 : 0;
    return clamped ? Math.max(0, score) : score;
  };
  const low = over(judged, (entry) => entry.met ?? entry.sign < 0);
  const high = over(judged, (entry) => entry.met ?? entry.sign > 0);
  const counted = judged.filter((entry) => entry.counted);
  // The released script gives 0 if no score matches a criterion, as in a mis-keyed block, or none weighs.
  const worth = judged.some(({ sign, weight }) => sign > 0 && weight > 0);
  if (missing === "bounds" && (counted.length === 0 || !worth)) return { score: null, low, high };
  return { score: over(counted, (entry) => entry.met), low, high };
}
