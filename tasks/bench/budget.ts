/** Budgets against servers that count, fail and bill as they please: is one ever passed? */
import { columns } from "../../lib/columns.ts";
import { count } from "../../lib/options.ts";
import { BILLINGS } from "../../lib/testing/openai/billing.ts";
import { type BudgetRun, budgetRun } from "../../lib/testing/openai/budget_run.ts";
import { defineTask, main } from "../cli.ts";
import { saveResult } from "./save.ts";

await main(
  defineTask({
    name: "bench budget",
    summary: "Runs budgets against local servers that keep their own books.",
    details: "Overrun: what was billed beyond the budget. Broken: beyond what the README promises.",
    flags: { runs: count("Runs, all kinds of servers in turn.", 200) },
  }),
  async ({ runs: wanted }, { progress, signal }) => {
    const runs: BudgetRun[] = [];
    for (let seed = 0; seed < wanted; seed++) {
      signal.throwIfAborted();
      runs.push(await budgetRun(BILLINGS[seed % BILLINGS.length], seed));
      if (seed % 20 === 19) progress.note(`${seed + 1} of ${wanted}`);
    }
    const rows = BILLINGS.map((billing) => rowOf(runs.filter((run) => run.billing === billing)));
    const table = columns([
      ["the server …", "runs", "stopped", "billed of budget", "overrun", "promise broken by"],
      ...BILLINGS.map((billing, i) => [billing, ...rows[i]]),
      ["all", ...rowOf(runs)],
    ]);
    console.log(table.join("\n"));
    await saveResult("budget", runs, 1);
  },
);

/** Runs, those that the budget ended, and the largest shares and sums. */
function rowOf(runs: readonly BudgetRun[]): string[] {
  const most = (of: (run: BudgetRun) => number) => Math.max(0, ...runs.map(of));
  const over = most(({ billed, budget }) => billed - budget);
  return [
    String(runs.length),
    String(runs.filter(({ reached }) => reached).length),
    `${(100 * most(({ billed, budget }) => billed / budget)).toFixed(0)}%`,
    `$${over.toFixed(4)}`,
    `$${most(brokenBy).toFixed(4)}`,
  ];
}

/** US dollars beyond the promise: billed, or by the run's own account. */
function brokenBy({ billed, budget, promised, ledger }: BudgetRun): number {
  const { spent, uncounted, maybe_billed, overrun } = ledger;
  const own = spent - overrun + uncounted + maybe_billed;
  const tolerance = 1e-9;
  return Math.max(0, billed - promised - tolerance, own - budget - tolerance);
}
