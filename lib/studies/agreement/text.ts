/** A text summary of the agreement of two judges for the terminal. */
import type { JudgeAgreement } from "../../records/agreement.ts";
import { DIMENSIONS } from "../../records/criterion.ts";
import { judgeLabel } from "../../judges/judge_label.ts";
import { columns } from "../../columns.ts";
import { visibleText } from "../../markup.ts";

/** Agreement by dimension and by model, then the ranking under each judge. */
export function agreementText(rows: readonly JudgeAgreement[]): string {
  const [{ rule }] = rows;
  const [first, second] = labelsOf(rows[0]);
  const models = rows.filter(({ model, dimension }) => model !== "all" && dimension === "all");
  const line = (name: string, row: JudgeAgreement) => [
    name,
    interval(row.kappa, row.kappa_low, row.kappa_high),
    interval(row.macro_f1, row.macro_f1_low, row.macro_f1_high),
    interval(row.alpha, row.alpha_low, row.alpha_high),
    interval(row.raw, row.raw_low, row.raw_high),
    String(row.pairs),
    String(row.nulls),
  ];
  const heads = ["κ", "macro-F1", "α", "equal", "pairs", "nulls"];
  const byDimension = (["all", ...DIMENSIONS] as const).flatMap((dimension) =>
    rows.filter((row) => row.model === "all" && row.dimension === dimension)
  );
  const byRank = models.toSorted((a, b) => (a.first_rank ?? Infinity) - (b.first_rank ?? Infinity));
  const n = models.filter((row) => row.first_rank !== null).length;
  // A model alone has no rank.
  const isRanked = n > 1;
  const isApart = (row: JudgeAgreement) => n > 0 && row.first_rank === null;
  const together = byRank.filter((row) => !isApart(row));
  const apart = byRank.filter(isApart);
  const rankings = columns([
    ["model", first, "rank", second, "rank", "tasks"],
    ...[...together, ...apart].map((row) => [
      visibleText(row.model),
      row.first_mean?.toFixed(2) ?? "–",
      isRanked ? String(row.first_rank ?? "–") : "–",
      row.second_mean?.toFixed(2) ?? "–",
      isRanked ? String(row.second_rank ?? "–") : "–",
      String(row.tasks),
    ]),
  ]);
  return [
    `\n${first} and ${second}, with 95% intervals over tasks`,
    ...columns([["dimension", ...heads], ...byDimension.map((row) => line(row.dimension, row))]),
    "",
    ...columns([["model", ...heads], ...models.map((row) => line(visibleText(row.model), row))]),
    "",
    `Mean score and rank under the rule ${rule}, over the criteria that both judged` +
    (together.length > 1
      ? `, of the tasks that all ${isRanked ? "ranked" : "compared"} models have`
      : ""),
    ...rankings.slice(0, 1 + together.length),
    ...(isRanked ? [] : [
      together.length === 1 ? "No rank: one model alone" : "No ranks: fewer than 5 such tasks",
    ]),
    ...(apart.length > 0
      ? [
        "Not ranked, too few of the others' tasks; means over their own:",
        ...rankings.slice(1 + together.length),
      ]
      : []),
    "",
  ].join("\n");
}

/** The two judges as they are shown; with a slash where they would be called alike. */
function labelsOf({ first, second }: JudgeAgreement): string[] {
  const labels = [first, second].map((name) => {
    // No judge's name holds a slash, a model's may.
    const at = name.indexOf("/");
    return visibleText(judgeLabel({ judge: name.slice(0, at), judge_model: name.slice(at + 1) }));
  });
  return labels[0] === labels[1] ? [first, second].map((name) => visibleText(name)) : labels;
}

function interval(value: number | null, low: number | null, high: number | null): string {
  if (value === null) return "–";
  const own = value.toFixed(3);
  return low === null || high === null ? own : `${own} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}
