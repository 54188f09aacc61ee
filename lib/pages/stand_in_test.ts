import { block, clip, TASK } from "../testing/openai/asking.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { askOnce } from "./asking_example.ts";
import { standIn } from "./stand_in.ts";

const criteria = block(12);

function call(shift: number) {
  return { task: TASK, criteria, video: { ...clip(24, shift), total: 24, positions: [3, 9] } };
}

Deno.test("guesses: the same for the same question, others for other frames, at a price", async () => {
  await using model = await standIn("gpt-4o");
  const verdicts = async (shift: number) =>
    (await askOnce(model, call(shift))).judgement.rulings.map(({ met }) => met);
  const first = await verdicts(0);
  assertEquals(new Set(first), new Set([true, false]));
  assertEquals(await verdicts(0), first);
  assertOk((await verdicts(5)).join() !== first.join());
  const { usage } = (await askOnce(model, call(0))).judgement;
  assertOk(usage!.prompt_tokens > 500 && usage!.completion_tokens > 100 && usage!.cost_usd > 0);
});

Deno.test("a forgetful one: no verdict, with the reason", async () => {
  await using model = await standIn("gpt-4o", { forgetful: true });
  const { judgement: { rulings, usage } } = await askOnce(model, call(0));
  assertOk(rulings.every(({ met, reason }) => met === null && reason.includes("11 entries")));
  assertEquals(usage!.attempts, 2);
  await assertInputError(() => standIn("no-such-model"), "No price is known");
});
