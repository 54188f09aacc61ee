import { assertEquals, assertOk } from "../../testing/assert.ts";
import { BILLINGS } from "../../testing/openai/billing.ts";
import { type BudgetRun, budgetRun } from "../../testing/openai/budget_run.ts";

// `deno task bench budget` has 200 of these runs.
Deno.test("a server bills no more than the budget, unless it counts too little or ignores limits", async () => {
  const runs: BudgetRun[] = [];
  for (const [seed, billing] of BILLINGS.entries()) runs.push(await budgetRun(billing, seed));
  for (const { billing, budget, billed, promised, ledger } of runs) {
    const label = `${billing}: billed ${billed} of ${budget}, ${JSON.stringify(ledger)}`;
    assertOk(billed <= promised + 1e-9, label);
    const { spent, overrun, uncounted, maybe_billed } = ledger;
    assertOk(spent - overrun + uncounted + maybe_billed <= budget + 1e-9, label);
  }
  // The runs come to where a budget matters, and the dishonest ones are what they are called.
  assertOk(runs.filter(({ reached }) => reached).length > 9, "few budgets were reached");
  assertOk(runs.filter(({ billed }) => billed > 0).length > 11, "little was billed");
  const over = (billing: string) => runs.find((run) => run.billing === billing)!.ledger.overrun > 0;
  assertEquals(over("counts truly"), false);
  assertEquals(over("ignores the limit of tokens"), true);
});
