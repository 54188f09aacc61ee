import { join } from "node:path";
import { assertEquals, assertInputError, assertNear, assertOk } from "../../../testing/assert.ts";
import { inFolder } from "../../../testing/folder.ts";
import { memoryAnswers } from "../../../testing/openai/asking.ts";
import {
  type BatchOptions as ServerBatches,
  faultServer,
  type FaultServerOptions,
} from "../../../testing/openai/fault_server.ts";
import { Budget } from "../cost/budget.ts";
import { chargesOf } from "../cost/charge.ts";
import type { Price } from "../cost/price.ts";
import { runBatches } from "./batch.ts";
import type { BatchOptions, BatchReport } from "./batch_types.ts";
import type { BatchRequest } from "./batch_files.ts";
import { readBatchState, writeBatchState } from "./batch_state.ts";

/** A dollar for a thousand tokens read, ten for a thousand written, half of it in a batch. */
const PRICE: Price = {
  model: "m",
  input_per_million: 1000,
  output_per_million: 10_000,
  batch_discount: 0.5,
  image: { rule: "tiles", base: 85, per_tile: 170 },
  image_known: true,
  source: "",
};
const LIMIT = 100;

function request(nth: number): BatchRequest {
  const messages = [{ role: "user" as const, content: `Judge clip ${nth} by criteria 1, 2:` }];
  return {
    key: String(nth).padStart(16, "0"),
    body: () => Promise.resolve({ model: "m", messages, max_completion_tokens: LIMIT }),
  };
}

const requests = (count: number) => Array.from({ length: count }, (_, i) => request(i));
const money = (limit: number, price = PRICE) => {
  const budget = new Budget(limit);
  return { budget, money: chargesOf(budget, price, LIMIT).batches };
};
const most = money(1).money.mostOf(await request(0).body(), []);

/** Batches of a server, with a state in a folder of its own. */
function site(
  options: FaultServerOptions,
  work: (
    run: (count: number, limit: number, more?: Partial<BatchOptions>) => Promise<
      BatchReport & { budget: Budget }
    >,
    server: ReturnType<typeof faultServer>,
    statePath: string,
  ) => Promise<void>,
) {
  return inFolder(async (folder) => {
    await using server = faultServer({ answer: "yes", ...options });
    const answers = memoryAnswers();
    const statePath = join(folder, "batch.json");
    await work(
      async (count, limit, more = {}) => {
        const { budget, money: own } = money(limit);
        const report = await runBatches(requests(count), {
          ...{ baseUrl: server.baseUrl, apiKey: null, answers, statePath, pollMs: 1, money: own },
          ...more,
        });
        return { ...report, budget };
      },
      server,
      statePath,
    );
  });
}

Deno.test("a batch that does not fit is not sent, and says what it may cost", () =>
  site({}, async (run, server) => {
    const { reached, unsent, submitted, budget } = await run(4, 3.9 * most);
    assertEquals([unsent.length, submitted, server.requests.length], [4, 0, 0]);
    assertOk(reached!.message.includes("a batch of 4 requests may cost"), reached!.message);
    assertEquals(budget.left, 3.9 * most);
    const fits = await run(4, 4 * most);
    assertEquals([fits.reached, fits.answered], [null, 4]);
    const counted = server.counted.prompt_tokens * 0.5e-3 + server.counted.completion_tokens * 5e-3;
    assertNear(fits.budget.spent, counted, 1e-9, "the batch's price");
    assertNear(fits.budget.left, 4 * most - counted, 1e-9, "nothing stays reserved");
  }));

Deno.test("of several batches those are sent that fit; what follows is neither sent nor lost", () =>
  site({}, async (run, server) => {
    const limits = { requests: 2, bytes: 1e9 };
    const first = await run(6, 2.5 * most, { limits });
    assertEquals([first.submitted, first.answered, first.unsent.length], [2, 2, 4]);
    const second = await run(6, 9 * most, { limits });
    assertEquals([second.answered, second.unsent.length, server.requests.length], [4, 0, 6]);
  }));

Deno.test("what is in progress takes part of the budget of a later call too", () =>
  site({ batch: { polls: 100 } }, async (run, server) => {
    const sent = await run(3, 4 * most, { wait: false });
    assertNear(sent.in_flight_usd, 3 * most, 1e-9, "in progress");
    const later = await run(5, 4 * most, { wait: false });
    assertEquals([later.submitted, later.unsent.length, later.in_flight], [0, 2, 3]);
    server.change({ batch: { polls: 1 } });
    const ended = await run(5, 4 * most);
    assertEquals([ended.answered, ended.unsent], [5, []]);
  }));

const kinds: { name: string; batch: ServerBatches; kept: number; answered: number }[] = [
  { name: "expired", batch: { expireAfter: 1 }, kept: 3, answered: 1 },
  {
    name: "failed with 500",
    batch: { failLine: (id) => id.endsWith("2") ? { status: 500, message: "broken" } : null },
    kept: 1,
    answered: 3,
  },
  {
    name: "refused with 400",
    batch: { failLine: (id) => id.endsWith("2") ? { status: 400, message: "no schema" } : null },
    kept: 0,
    answered: 3,
  },
  { name: "rejected as a whole", batch: { invalid: "no such model" }, kept: 0, answered: 0 },
];
for (const { name, batch, kept, answered } of kinds) {
  Deno.test(`lines ${name}: what may have been billed stays reserved, and no call asks them twice`, () =>
    site({ batch }, async (run, server) => {
      const report = await run(4, 4 * most);
      assertEquals([report.answered, report.failed.length], [answered, 4 - answered]);
      assertNear(report.budget.ledger.maybe_billed, kept * most, 1e-9);
      server.change({ batch: { polls: 100 } });
      // Found to have failed by this call, sent by the next.
      const sent = await run(8, 99 * most, { wait: false });
      assertEquals(sent.submitted, 8 - answered);
      server.change({ batch: { ...batch, polls: 1 } });
      const found = await run(8, 99 * most, { wait: false });
      assertEquals([found.submitted, found.in_flight], [0, 0]);
    }));
}

Deno.test("answers of a batch without credible counts keep their reservation", () =>
  site({ faults: () => ({ kind: "uncounted" }) }, async (run) => {
    const { budget, answered, uncounted } = await run(3, 9);
    assertEquals([answered, uncounted, budget.spent], [3, 3, 0]);
    assertNear(budget.ledger.uncounted, 3 * most, 1e-9);
  }));

Deno.test("a batch that an earlier call had not sent yet is sent only if it fits", () =>
  site({}, async (run, server, statePath) => {
    await run(3, 9 * most, { wait: false });
    const state = await readBatchState(statePath, server.baseUrl);
    // As if that call had been killed before the server had the file, and after it.
    for (const input_file of [null, "file-of-another-batch"]) {
      const part = { ...state.parts[0], input_file, batch: null, status: "" };
      await writeBatchState(statePath, { ...state, parts: [part] });
      const poor = await run(3, most);
      assertEquals([poor.submitted, poor.in_flight, poor.unsent.length], [0, 0, 3]);
      assertOk(poor.reached !== null);
    }
  }));

Deno.test("a state of an earlier version, without costs, goes with no budget", () =>
  site({ batch: { polls: 100 } }, async (run, server, statePath) => {
    await run(2, 9, { wait: false });
    const state = await readBatchState(statePath, server.baseUrl);
    const { most_usd: _, ...part } = state.parts[0];
    await writeBatchState(statePath, { ...state, parts: [part] });
    await assertInputError(() => run(2, 9), statePath, "--budget");
    server.change({ batch: { polls: 1 } });
    assertEquals((await run(2, Infinity)).answered, 2);
  }));

Deno.test("a batch that a call with another model collects costs what its own model costs", () =>
  site({ batch: { polls: 2 } }, async (run, server) => {
    await run(3, 9, { wait: false });
    const dear = money(9, { ...PRICE, output_per_million: 90_000, batch_discount: 0 });
    await run(3, 9, { money: dear.money });
    const { prompt_tokens, completion_tokens } = server.counted;
    assertNear(dear.budget.spent, prompt_tokens * 0.5e-3 + completion_tokens * 5e-3, 1e-9);
  }));
