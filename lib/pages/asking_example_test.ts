import { block, clip, TASK } from "../testing/openai/asking.ts";
import { FAULTS, faultServer } from "../testing/openai/fault_server.ts";
import type { Clip } from "../records/clip.ts";
import { assertEquals, assertNear, assertOk } from "../testing/assert.ts";
import { openBenchmark } from "../benchmark/registry.ts";
import { askOnce, billsFor } from "./asking_example.ts";

const { benchmark } = await openBenchmark("mini");
const CALL = { task: TASK, criteria: block(3), video: { ...clip(), total: 24, positions: [3, 9] } };

Deno.test("an answer costs its tokens at the given price, and every call sends a request", async () => {
  await using server = faultServer();
  const price = { input_per_million: 2, output_per_million: 8 };
  const whom = { model: "stand-in", baseUrl: server.baseUrl, price };
  const first = await askOnce(whom, CALL);
  const { prompt_tokens, completion_tokens } = server.counted;
  const usage = first.judgement.usage!;
  assertEquals([usage.prompt_tokens, usage.completion_tokens], [prompt_tokens, completion_tokens]);
  assertNear(usage.cost_usd, (2 * prompt_tokens + 8 * completion_tokens) / 1e6, 1e-12);
  assertEquals(await askOnce(whom, CALL), first);
  assertEquals(server.requests.length, 2);
});

Deno.test("two unusable answers give null with the reason, and the first answer's text", async () => {
  const { fault } = FAULTS["too few entries"];
  await using server = faultServer({ faults: () => fault });
  const whom = { model: "gpt-4o", baseUrl: server.baseUrl };
  const { text, judgement } = await askOnce(whom, CALL);
  assertEquals(JSON.parse(text!).criteria.length, 2);
  assertEquals(judgement.rulings.map(({ met }) => met), [null, null, null]);
  assertOk(judgement.rulings[0].reason.includes("2 entries for 3 criteria"));
  assertEquals(judgement.usage!.attempts, 2);
});

Deno.test("estimates: a request for each clip and dimension, and half the price in a batch", async () => {
  const size = { width: 96, height: 64, fps: 12, frames: 24 };
  const clips = [1, 2].map((task) => ({ ...size, model: "m", task, seed: 0 }) as Clip);
  const [one] = await billsFor(benchmark, clips.slice(0, 1), ["gpt-4o"]);
  const [cheap, dear] = await billsFor(benchmark, clips, ["gpt-5-nano", "gpt-4o"]);
  assertEquals([one.requests, dear.requests], [3, 6]);
  assertNear(dear.batch_usd, dear.cost_usd / 2, 1e-12);
  assertOk(cheap.cost_usd < dear.cost_usd && one.prompt_tokens < dear.prompt_tokens);
});
