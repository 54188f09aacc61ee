/** Agreement of two judges on the same clips, and each judge's ranking of the models. */
import { type Criterion, DIMENSIONS } from "../../records/criterion.ts";
import type { Task } from "../../records/task.ts";
import { judgeLabel, judgeLabels } from "../../judges/judge_label.ts";
import { InputError } from "../../errors.ts";
import type { Verdict } from "../../records/verdict.ts";
import { compareRaters, type RatedPair } from "./raters.ts";
import type { Estimate } from "../../scores/clusters.ts";
import type { Rule } from "../../scores/rules.ts";
import { scoreVerdicts } from "../../scores/score.ts";
import { summarise } from "../../scores/summary.ts";
import type { JudgeAgreement } from "../../records/agreement.ts";

/** Options of {@link compareJudges}. */
export interface AgreementOptions {
  /** The two judges, each by name or as `judge/judge_model`. */
  judges: readonly [string, string];
  /** The benchmark's tasks. */
  tasks: readonly Task[];
  /** With the benchmark's own keys: the rule determines how keys are read. */
  criteria: readonly Criterion[];
  /** Verdicts of both judges. */
  verdicts: readonly Verdict[];
  /** The scoring rule. */
  rule: Rule;
}

/**
 * Compares two judges on the clips put to both.
 *
 * @throws {InputError} if a judge has no verdicts, a name is ambiguous, both are the same, or no
 * clip was judged by both.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import type { Criterion } from "../../records/criterion.ts";
 * import type { Task } from "../../records/task.ts";
 * import type { Verdict } from "../../records/verdict.ts";
 * import { ruleNamed } from "../../scores/rules.ts";
 * import { compareJudges } from "./compare.ts";
 *
 * const at = { task: 1, id: "sharp", dimension: "visual" as const };
 * const said = (judge: string, met: boolean) =>
 *   ({ judge, judge_model: "1", model: "nano", seed: 0, ...at, met, reason: "" }) as Verdict;
 * const [all] = compareJudges({
 *   judges: ["probe", "human"],
 *   tasks: [{ task: 1, scale: "cell" } as Task],
 *   criteria: [{ ...at, sign: 1, weight: 1, raw_weight: 1 } as Criterion],
 *   verdicts: [said("probe", true), said("human", true)],
 *   rule: ruleNamed("repaired"),
 * });
 * assertEquals([all.first, all.second, all.raw, all.pairs], ["probe/1", "human/1", 1, 1]);
 * ```
 */
export function compareJudges(
  { judges, tasks, criteria, verdicts, rule }: AgreementOptions,
): JudgeAgreement[] {
  const [first, second] = judges.map((name) => judgeOf(name, verdicts));
  if (first === second) {
    throw new InputError(`Cannot compare ${first} with itself; expected two judges`);
  }
  const theirs = new Map(
    verdicts.filter((row) => nameOf(row) === second).map((row) => [pairKey(row), row]),
  );
  const both = verdicts.filter((row) => nameOf(row) === first).flatMap((row) => {
    const other = theirs.get(pairKey(row));
    return other ? [{ mine: row, other }] : [];
  });
  if (both.length === 0) {
    throw new InputError(`Cannot compare ${first} and ${second}: no clip was judged by both`);
  }
  const models = [...new Set(both.map(({ mine }) => mine.model))].sort();
  // Means and ranks rest on the same criteria of the same clips under both judges.
  const judged = both.map(({ mine, other }) => {
    const isJudged = mine.met !== null && other.met !== null;
    return [mine, other].map((row) => isJudged ? row : { ...row, met: null, reason: "" });
  });
  const mean = {
    first: meansOf(judged.map(([mine]) => mine), criteria, tasks, rule),
    second: meansOf(judged.map(([, other]) => other), criteria, tasks, rule),
  };
  const rows: JudgeAgreement[] = [];
  for (const model of ["all", ...models]) {
    for (const dimension of ["all", ...DIMENSIONS] as const) {
      const own = both.filter(({ mine }) =>
        (model === "all" || mine.model === model) &&
        (dimension === "all" || mine.dimension === dimension)
      );
      if (own.length === 0) continue;
      const { pairs, nulls, raw, kappa, macro_f1, alpha } = compareRaters(
        own.map(({ mine, other }): RatedPair => ({
          task: mine.task,
          first: mine.met,
          second: other.met,
        })),
      );
      const [a, b] = [mean.first, mean.second].map((means) => means(model, dimension));
      rows.push({
        first,
        second,
        rule: rule.name,
        dimension,
        model,
        pairs,
        nulls,
        ...spread("raw", raw),
        ...spread("kappa", kappa),
        ...spread("macro_f1", macro_f1),
        ...spread("alpha", alpha),
        first_mean: a.mean,
        first_rank: a.rank,
        second_mean: b.mean,
        second_rank: b.rank,
        tasks: a.tasks,
      });
    }
  }
  return rows;
}

function nameOf({ judge, judge_model }: Verdict): string {
  return `${judge}/${judge_model}`;
}

function pairKey({ model, task, seed, id, criterion_hash }: Verdict): string {
  return JSON.stringify([model, task, seed, id, criterion_hash]);
}

/** The judge identified by a name. */
function judgeOf(name: string, verdicts: readonly Verdict[]): string {
  const of = (is: (row: Verdict) => boolean) =>
    [...new Set(verdicts.filter(is).map(nameOf))].sort();
  if (of((row) => nameOf(row) === name).length > 0) return name;
  const labelled = of((row) => judgeLabel(row) === name);
  const found = labelled.length === 1 ? labelled : of(({ judge }) => judge === name);
  if (found.length === 1) return found[0];
  const known = judgeLabels(verdicts);
  throw new InputError(
    found.length === 0
      ? `Found no verdicts of the judge ${name}` +
        (known.length > 0 ? `; expected one of ${known.join(", ")}` : ", nor of any other")
      : `The judge ${name} is ambiguous; expected one of ${
        judgeLabels(verdicts.filter(({ judge }) => judge === name)).join(", ")
      }`,
  );
}

/** A model's mean score and rank under one judge, and the tasks that they are over. */
interface Placed {
  mean: number | null;
  rank: number | null;
  tasks: number;
}

/**
 * Each model's mean score and rank under one judge, by model and dimension, over the tasks that all
 * ranked models have; of a model with too few of them its own mean, without a rank.
 */
function meansOf(
  verdicts: readonly Verdict[],
  criteria: readonly Criterion[],
  tasks: readonly Task[],
  rule: Rule,
): (model: string, dimension: string) => Placed {
  const summary = summarise(scoreVerdicts(rule, criteria, verdicts), tasks);
  return (model, dimension) => {
    const row = summary.find((row) => row.model === model && row.group === dimension);
    if (!row) return { mean: null, rank: null, tasks: 0 };
    const { rank, common_mean, common_tasks } = row;
    return common_tasks > 0
      ? { mean: common_mean, rank, tasks: common_tasks }
      : { mean: row.mean, rank, tasks: row.tasks };
  };
}

type Spread<Name extends string> = {
  [K in Name | `${Name}_low` | `${Name}_high`]: number | null;
};

function spread<Name extends string>(name: Name, { value, low, high }: Estimate): Spread<Name> {
  return { [name]: value, [`${name}_low`]: low, [`${name}_high`]: high } as Spread<Name>;
}
