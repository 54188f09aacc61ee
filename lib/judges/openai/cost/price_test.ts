import sharp from "sharp";
import { random } from "../../../random.ts";
import { assertEquals, assertInputError, assertNear, assertOk } from "../../../testing/assert.ts";
import {
  Budget,
  BudgetReached,
  costOf,
  estimateTokens,
  imageTokens,
  priceIfKnown,
  priceOf,
  readPrices,
} from "./price.ts";
import { estimateText } from "../estimate.ts";
import { faultServer } from "../../../testing/openai/fault_server.ts";

const PRICES = new URL("../../../../data/prices.json", import.meta.url);

Deno.test("the price table fits its schema and its prices are plausible", async () => {
  const table = await readPrices(PRICES);
  assertOk(table.models.length >= 10);
  for (const model of table.models) {
    const { input_per_million, output_per_million, cached_input_per_million } = model;
    assertOk(output_per_million > input_per_million, model.model);
    assertOk((cached_input_per_million ?? 0) < input_per_million, model.model);
    assertOk(model.date <= table.date, `${model.model} is dated after the table`);
  }
});

Deno.test("errors of a malformed price table name file and field", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  const table = await readPrices(PRICES);
  const check = async (content: string, ...parts: string[]) => {
    await Deno.writeTextFile(path, content);
    await assertInputError(() => readPrices(path), path, ...parts);
  };
  await check("{", "JSON");
  await check(JSON.stringify({ ...table, currency: "EUR" }), "currency");
  const [first] = table.models;
  await check(JSON.stringify({ ...table, models: [{ ...first, input_per_million: -1 }] }), "input");
  await check(JSON.stringify({ ...table, models: [first, first] }), first.model, "twice");
  await Deno.remove(path);
  await assertInputError(() => readPrices(path), path);
});

Deno.test("prices: by name, by snapshot, from the user, and unknown", async () => {
  const table = await readPrices(PRICES);
  const mini = priceOf(table, "gpt-4o-mini-2024-07-18");
  assertEquals(mini, priceOf(table, "gpt-4o-mini"));
  assertNear(costOf(mini, 1_000_000, 1_000_000), 0.75, 1e-9);
  assertNear(costOf(mini, 1_000_000, 1_000_000, { batch: true }), 0.375, 1e-9);
  assertNear(costOf(mini, 1_000_000, 0, { cachedTokens: 500_000 }), 0.1125, 1e-9);

  const own = { input_per_million: 7, output_per_million: 9 };
  const priced = priceOf(table, "gpt-4o-mini", own);
  assertEquals([priced.input_per_million, priced.output_per_million], [7, 9]);
  assertEquals(priced.image, mini.image, "a price of one's own leaves the image rule");
  const unknown = priceOf(table, "my-vision-model", own);
  assertEquals([unknown.image_known, unknown.batch_discount], [false, 0]);

  await assertInputError(() => priceOf(table, "my-vision-model"), "my-vision-model", "--price");
  const bad = { input_per_million: NaN, output_per_million: 1 };
  await assertInputError(() => priceOf(table, "gpt-4o", bad), "--price");
});

Deno.test("images are counted as in the provider's examples", () => {
  const tiles = { rule: "tiles", base: 85, per_tile: 170 } as const;
  assertEquals(imageTokens({ width: 1024, height: 1024 }, tiles), 765);
  assertEquals(imageTokens({ width: 4096, height: 2048 }, tiles), 1105);
  assertEquals(imageTokens({ width: 4096, height: 8192, detail: "low" }, tiles), 85);
  assertEquals(imageTokens({ width: 128, height: 64 }, tiles), 255, "small ones are not enlarged");
  assertEquals(imageTokens({ width: 832, height: 480 }, tiles), 425);
  assertEquals(imageTokens({ width: 1536, height: 768 }, tiles), 85 + 6 * 170);
  const patches = { rule: "patches", budget: 1536, multiplier: 1.2 } as const;
  // Sizes and tokens as measured by users of gpt-5-mini.
  const measured = [[256, 256, 77], [512, 512, 308], [768, 1024, 922], [1280, 720, 1104], [
    1024,
    1024,
    1229,
  ], [2048, 768, 1844]];
  for (const [width, height, tokens] of measured) {
    assertEquals(imageTokens({ width, height }, patches), tokens);
  }
  for (let side = 1300; side < 5000; side += 97) {
    const count = imageTokens({ width: side, height: side * 2 }, { ...patches, multiplier: 1 });
    assertOk(count <= 1536 && count > 1300, `${side}: ${count}`);
  }
});

const PAGE = `You are an expert in microscopy and cell biology. You judge a short clip of the
microscopic world that a video model made. The clip must show: A cell in metaphase whose chromosomes
align at the equator, separate in anaphase, and end in two daughters of about equal area. Judge the
clip for scientific accuracy. Judge each criterion by itself and only by what the frames show.
1 (a quality to find): The chromosomes line up in one plane before they separate (within 2 µm).
2 (a quality to find): Both daughters keep about half of the mother's area, 0.4 to 0.6 of it.
3 (an error to look for): A daughter vanishes, or a third one appears without a division.
4 (an error to look for): The membrane breaks and heals again between frames.
Answer with one JSON object, with one entry for each of the criteria 1, 2, 3, 4.`;

for (const [width, height] of [[832, 480], [256, 192], [1280, 720]]) {
  Deno.test(`the estimate for ${width} × ${height} frames is within 10% of the server's count`, async () => {
    const jpeg = await sharp({ create: { width, height, channels: 3, background: "#7a3040" } })
      .jpeg().toBuffer();
    const url = `data:image/jpeg;base64,${jpeg.toString("base64")}`;
    const table = await readPrices(PRICES);
    for (const model of ["gpt-4o", "gpt-4o-mini", "gpt-5-mini", "gpt-4.1-mini"]) {
      const price = priceOf(table, model);
      await using server = faultServer({ image: price.image });
      const picture = { type: "image_url", image_url: { url } };
      const content = [{ type: "text", text: PAGE }, ...Array(8).fill(picture)];
      const answer = await fetch(`${server.baseUrl}/chat/completions`, {
        method: "POST",
        body: JSON.stringify({ model, messages: [{ role: "user", content }] }),
      });
      const { usage } = await answer.json();
      assertEquals(server.requests[0].images.length, 8);
      const images = Array(8).fill({ width, height });
      const estimate = estimateTokens({ text: PAGE, images, price });
      assertNear(estimate / usage.prompt_tokens, 1, 0.1, `${model} estimate`);
    }
  });
}

Deno.test("text alone is estimated within 15% of an encoder-like count", async () => {
  const price = priceOf(await readPrices(PRICES), "gpt-4o");
  await using server = faultServer();
  const answer = await fetch(`${server.baseUrl}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: PAGE }] }),
  });
  const { usage } = await answer.json();
  const estimate = estimateTokens({ text: PAGE, images: [], price });
  assertNear(estimate / usage.prompt_tokens, 1, 0.15, "estimate");
});

function goneOf({ ledger: { spent, uncounted, maybe_billed } }: Budget): number {
  return spent + uncounted + maybe_billed;
}

Deno.test("a budget is never exceeded, however reservations and settlements interleave", async () => {
  for (let seed = 0; seed < 40; seed++) {
    const draw = random(seed, "budget");
    const limit = 0.5 + draw() * 2;
    const budget = new Budget(limit);
    let inFlight = 0;
    let most = 0;
    let refused = 0;
    let cheapestRefused = Infinity;
    const request = async () => {
      const reserved = 0.01 + draw() * 0.1;
      try {
        const reservation = await budget.reserve(reserved);
        inFlight += 1;
        most = Math.max(most, inFlight);
        for (let turn = draw() * 20; turn > 0; turn--) await Promise.resolve();
        inFlight -= 1;
        if (draw() < 0.2) reservation.release();
        else if (draw() < 0.1) reservation.keep("uncounted");
        else reservation.settle(reserved * draw());
      } catch (error) {
        assertOk(error instanceof BudgetReached, String(error));
        refused += 1;
        cheapestRefused = Math.min(cheapestRefused, reserved);
      }
      assertOk(goneOf(budget) <= limit + 1e-9, `${goneOf(budget)} of ${limit}`);
      assertOk(budget.left >= -1e-9);
    };
    await Promise.all(Array.from({ length: 200 }, request));
    assertOk(most > 1 && refused > 0, `${most} at once, ${refused} refused`);
    const left = limit - goneOf(budget);
    assertNear(budget.left, left, 1e-9, "nothing stays reserved");
    // Refused only when truly spent: the remainder did not cover the cheapest refused request.
    assertOk(left < cheapestRefused + 0.11, `${left} left`);
  }
});

Deno.test("a reservation waits in order for money that may be returned, and can be cancelled", async () => {
  const budget = new Budget(1);
  const first = await budget.reserve(0.8);
  const controller = new AbortController();
  const order: string[] = [];
  const gone = budget.reserve(0.5, { signal: controller.signal }).catch((reason) => reason);
  const second = budget.reserve(0.5).then((reservation) => (order.push("second"), reservation));
  const third = budget.reserve(0.1).then((reservation) => (order.push("third"), reservation));
  controller.abort("interrupted");
  assertEquals(await gone, "interrupted");
  assertEquals(order, []);
  first.settle(0.2);
  (await second).settle(0.5);
  (await third).release();
  assertEquals(order, ["second", "third"]);
  assertNear(budget.spent, 0.7, 1e-12);
  const message = await assertInputError(() => budget.reserve(0.31), "$0.70 of $1.00", "$0.31");
  // The next command has a budget of its own: it need not be larger, but for one request.
  assertOk(message.endsWith("the same command continues, with a budget of its own"), message);
  await assertInputError(() => budget.reserve(1.2), "may cost $1.20", "give --budget $1.20");
});

Deno.test("money that is kept stays gone; what is over its reservation is recorded", async () => {
  const budget = new Budget(1);
  (await budget.reserve(0.3)).keep("uncounted");
  (await budget.reserve(0.2)).keep("maybe billed");
  (await budget.reserve(0.1)).settle(0.25);
  assertNear(budget.left, 0.25, 1e-12);
  const { spent, uncounted, maybe_billed, overrun } = budget.ledger;
  assertEquals([spent, uncounted, maybe_billed], [0.25, 0.3, 0.2]);
  assertNear(overrun, 0.15, 1e-12);
  await assertInputError(
    () => budget.reserve(0.3),
    "$0.25 of $1.00 spent, another $0.20 may have been billed, another $0.30 at most stays set aside, not counted by the server",
  );
  const open = await budget.reserve(0.2);
  const waiting = budget.reserve(0.2).catch((error) => error.message);
  budget.stop(new Error("stopped"));
  assertEquals(await waiting, "stopped");
  assertEquals(await budget.reserve(0).catch((error) => error.message), "stopped");
  assertEquals(budget.tryReserve(0), null);
  open.settle(0.1);
  for (const wrong of [NaN, -1, Infinity]) {
    let thrown = "";
    try {
      new Budget(1).holdSent(1).settle(wrong);
    } catch (error) {
      thrown = String(error);
    }
    assertOk(thrown.startsWith("RangeError"), `${wrong}`);
  }
});

Deno.test("an unlimited budget never refuses, a zero budget refuses any cost", async () => {
  (await new Budget(Infinity).reserve(1e9)).settle(1e9);
  (await new Budget(0).reserve(0)).settle(0);
  await assertInputError(() => new Budget(0).reserve(0.01), "$0.00 of $0.00");
  await assertInputError(() => new Budget(NaN), "expected US dollars");
});

Deno.test("without a price an estimate counts requests and tokens, and names no cost", async () => {
  const table = await readPrices(PRICES);
  const estimate = {
    ...{ requests: 3, prompt_tokens: 900, completion_tokens: 90, cost_usd: 0, most_usd: 0 },
  };
  const text = (model: string) => estimateText(estimate, { price: priceIfKnown(table, model) });
  for (const part of ["requests           3", "900", "90", "not known without --price"]) {
    assertEquals(text("nobodys-model").includes(part), true, part);
  }
  assertEquals(text("nobodys-model").includes("$"), false);
  assertEquals(text("gpt-4o").includes("at most            $"), true);
});
