/** A run of a judge with a budget against a server that keeps its own books. */
import { BudgetReached, type Ledger } from "../../judges/openai/cost/budget.ts";
import { type Asking, prepareAsking } from "../../judges/openai/asking.ts";
import { sendBatches } from "../../judges/openai/batch/send.ts";
import { runPaths } from "../../paths.ts";
import { random } from "../../random.ts";
import type { Clip } from "../../records/clip.ts";
import { DIMENSIONS } from "../../records/criterion.ts";
import { forEachAtOnce } from "../../runs/pool.ts";
import { block, clip, TASK } from "./asking.ts";
import { type Billing, billingServer } from "./billing.ts";

/** What a run came to, in US dollars where not said otherwise. */
export interface BudgetRun {
  billing: Billing;
  budget: number;
  /** What the server billed. */
  billed: number;
  /** What the run says of its money, all commands together. */
  ledger: Ledger;
  /** What the README promises that is billed at most; `Infinity` where only the count is promised. */
  promised: number;
  /** Whether the budget ended it. */
  reached: boolean;
  requests: number;
}

const VIDEOS = [0, 1, 2, 3].map((shift) => clip(2, shift));
const CALLS = VIDEOS.map((video) => DIMENSIONS.map((dimension) => ({ video, dimension })));

/** Asks twelve questions, drawn by seed: prices, limits, budget, and how many at once. */
export async function budgetRun(billing: Billing, seed: number): Promise<BudgetRun> {
  const draw = random(seed, "budget run", billing);
  const price = { input_per_million: 1 + 4 * draw(), output_per_million: 5 + 45 * draw() };
  const limit = 100 + Math.floor(draw() * 1900);
  const concurrency = 1 + Math.floor(draw() * 6);
  const model = "gpt-4o";
  const most = (limit * price.output_per_million + 3000 * price.input_per_million) / 1e6;
  const batch = billing.startsWith("batch");
  const budget = most * (batch ? 7 + 12 * draw() : 0.7 + 9 * draw());
  await using books = billingServer(billing, { seed, price, discount: seed % 2 / 2 });
  const folder = await Deno.makeTempDir();
  const ledger: Ledger = { spent: 0, uncounted: 0, maybe_billed: 0, overrun: 0 };
  let reached = false;
  const command = async () => {
    const asking = await prepareAsking({
      ...{ model, concurrency, price, budget, apiKey: null, answers: `${folder}/answers` },
      baseUrl: books.server.baseUrl,
      timeoutMs: ["answers too late", "each of these in turn"].includes(billing) ? 60 : 20_000,
      maxBackoffMs: 2,
      settings: { frames: 2, max_tokens: limit },
    });
    const stop = new AbortController();
    const interrupt = billing === "is interrupted"
      ? setTimeout(() => stop.abort(new Error("interrupted")), 5 + draw() * 60)
      : undefined;
    try {
      await (batch ? askInBatches(asking, folder, billing) : askAll(asking, stop.signal));
    } catch (error) {
      if (error instanceof BudgetReached) reached = true;
      else if (!stop.signal.aborted) throw error;
    } finally {
      clearTimeout(interrupt);
    }
    const { cost_usd, uncounted_usd = 0, maybe_billed_usd = 0, overrun_usd = 0 } = asking.spent();
    ledger.spent += cost_usd;
    ledger.uncounted += uncounted_usd;
    ledger.maybe_billed += maybe_billed_usd;
    ledger.overrun += overrun_usd;
  };
  await command();
  // A batch in progress takes part of the budget of the next command as well.
  if (billing === "batch, never ends") await command();
  await Deno.remove(folder, { recursive: true });
  const { billed, largestExcess, server } = books;
  const inFlight = batch ? 12 : concurrency;
  return {
    ...{ billing, budget, billed, ledger, reached },
    promised: billing === "counts too little" ? Infinity : budget + inFlight * largestExcess,
    requests: server.requests.length,
  };
}

async function askAll({ judge }: Asking, signal?: AbortSignal) {
  await forEachAtOnce(CALLS.flat(), judge.concurrency, async ({ video, dimension }) => {
    signal?.throwIfAborted();
    await judge.judge(TASK, block(3, dimension), video, { signal });
  });
}

async function askInBatches(asking: Asking, folder: string, billing: Billing) {
  const prepared = await sendBatches(
    {
      byClip: CALLS.map((calls, i) =>
        calls.map(({ dimension }) => ({
          clip: { seed: i } as Clip,
          task: TASK,
          criteria: block(3, dimension),
        }))
      ),
      repeat: 0,
      paths: runPaths(folder),
      framesOf: ({ seed }) => Promise.resolve(VIDEOS[seed]),
      progress() {},
    },
    asking,
    {
      wait: billing !== "batch, never ends",
      retryFailed: false,
      pollMs: 1,
      note() {},
    },
  );
  if (prepared.proceed) await askAll(asking);
  prepared.check?.();
}
