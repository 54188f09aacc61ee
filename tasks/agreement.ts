/** Compares two judges that judged the same clips. */
import { z } from "zod";
import { criteriaTable, DIMENSIONS } from "../lib/records/criterion.ts";
import { tasksTable } from "../lib/records/task.ts";
import { verdictsTable } from "../lib/records/verdict.ts";
import { runFolder } from "../lib/paths.ts";
import { agreementTable, type JudgeAgreement } from "../lib/records/agreement.ts";
import { compareJudges } from "../lib/studies/agreement/compare.ts";
import { keep } from "../lib/runs/benchmark.ts";
import { withSession } from "../lib/runs/session.ts";
import { matchVerdicts, staleText } from "../lib/scores/match.ts";
import { ruleNamed } from "../lib/scores/rules.ts";
import { sortRows } from "../lib/store/cache.ts";
import { readTable, readTableIfAny } from "../lib/store/table.ts";
import { columns } from "../lib/studies/calibration/text.ts";
import { main } from "./cli.ts";
import * as flag from "./flags.ts";

await main({
  name: "agreement",
  summary: "Compares two judges on the clips that both judged, and ranks the models under each.",
  details: "A judge is named as in the table verdicts: by its name, or as judge/judge_model.",
  flags: {
    judges: {
      schema: z.string("expected two judges, such as probe,human")
        .regex(/^[^,]+,[^,]+$/, "expected two judges, such as probe,human")
        .transform((pair) => pair.split(",").map((name) => name.trim()) as [string, string]),
      value: "A,B",
      help: "Which judges.",
    },
    rule: flag.rule,
    run: flag.text("NAME", "Folder in results/, or a path; mini by default."),
  },
}, async (flags, { invocation, progress, signal }) => {
  const folder = runFolder(flags.run ?? "mini");
  const rows = await withSession({ folder, invocation, progress, signal }, async (session) => {
    const { paths } = session;
    const criteria = await readTable(criteriaTable, paths.table("criteria"));
    const verdicts = await readTable(verdictsTable, paths.table("verdicts"));
    const { current, stale } = matchVerdicts(criteria, verdicts);
    const told = staleText(stale, session.command("judge"));
    if (told) progress.note(told);
    const rows = compareJudges({
      judges: flags.judges,
      tasks: await readTable(tasksTable, paths.table("tasks")),
      criteria,
      verdicts: current,
      rule: ruleNamed(flags.rule),
    });
    const [{ first, second, rule }] = rows;
    const others = (await readTableIfAny(agreementTable, paths.table("agreement")) ?? [])
      .filter((row) => row.first !== first || row.second !== second || row.rule !== rule);
    await session.step(
      "agreement",
      0,
      () => keep(agreementTable, sortRows(agreementTable, [...others, ...rows]), paths),
    );
    return rows;
  });
  console.log(agreementText(rows));
});

/** Agreement by dimension and by model, then the ranking under each judge. */
function agreementText(rows: readonly JudgeAgreement[]): string {
  const [{ first, second, rule }] = rows;
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
  const ranked = models.toSorted((a, b) => (a.first_rank ?? Infinity) - (b.first_rank ?? Infinity));
  return [
    `\n${first} and ${second}, with 95% intervals over tasks`,
    ...columns([["dimension", ...heads], ...byDimension.map((row) => line(row.dimension, row))]),
    "",
    ...columns([["model", ...heads], ...models.map((row) => line(row.model, row))]),
    "",
    `Mean score and rank under the rule ${rule}, over the clips that both judged`,
    ...columns([
      ["model", first, "rank", second, "rank"],
      ...ranked.map((row) => [
        row.model,
        row.first_mean?.toFixed(2) ?? "–",
        String(row.first_rank ?? "–"),
        row.second_mean?.toFixed(2) ?? "–",
        String(row.second_rank ?? "–"),
      ]),
    ]),
    "",
  ].join("\n");
}

function interval(value: number | null, low: number | null, high: number | null): string {
  if (value === null) return "–";
  const own = value.toFixed(3);
  return low === null || high === null ? own : `${own} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}
