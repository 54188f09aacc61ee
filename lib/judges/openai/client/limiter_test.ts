import { random } from "../../../random.ts";
import { assertEquals, assertOk } from "../../../testing/assert.ts";
import { type Clock, type Limiter, limiter, type Slot } from "./limiter.ts";

/** A clock set by the test, so that minutes of traffic take no time. */
function simulatedClock(): Clock & { timers: number; runUntilIdle(): Promise<void> } {
  let time = 0;
  const timers = new Map<number, { at: number; wake: () => void }>();
  let made = 0;
  return {
    now: () => time,
    after(ms, wake) {
      const id = made++;
      timers.set(id, { at: time + ms, wake });
      return () => timers.delete(id);
    },
    get timers() {
      return timers.size;
    },
    async runUntilIdle() {
      for (;;) {
        // Lets every promise that does not depend on time proceed first.
        for (let turn = 0; turn < 30; turn++) await Promise.resolve();
        const next = [...timers].sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
        if (!next) return;
        timers.delete(next[0]);
        time = next[1].at;
        next[1].wake();
      }
    },
  };
}

const sleep = (clock: Clock, ms: number) => new Promise<void>((done) => clock.after(ms, done));

Deno.test("never more in flight than the limit, under random throttling, pauses and aborts", async () => {
  const draw = random(3, "limiter test");
  for (const concurrency of [1, 2, 7, 64]) {
    const clock = simulatedClock();
    const limit = limiter({ concurrency, clock });
    let inFlight = 0;
    let most = 0;
    let done = 0;
    const request = async () => {
      const controller = new AbortController();
      if (draw() < 0.1) clock.after(draw() * 300, () => controller.abort("gone"));
      let slot: Slot;
      try {
        slot = await limit.acquire({ signal: controller.signal });
      } catch (reason) {
        assertEquals(reason, "gone");
        done += 1;
        return;
      }
      inFlight += 1;
      most = Math.max(most, inFlight);
      assertOk(limit.state.in_flight >= inFlight, "a request started without permission");
      await sleep(clock, 10 + draw() * 50);
      if (draw() < 0.1) {
        limit.throttled(slot);
        if (draw() < 0.5) limit.pause(draw() * 200);
      } else limit.succeeded();
      inFlight -= 1;
      slot.release();
      slot.release();
      done += 1;
    };
    const all = Array.from({ length: 200 }, request);
    await clock.runUntilIdle();
    await Promise.all(all);
    assertOk(most <= concurrency, `${most} in flight of ${concurrency}`);
    assertEquals(done, 200);
    assertEquals(clock.timers, 0);
    assertEquals(limit.state.in_flight, 0);
    assertEquals(limit.state.waiting, 0);
  }
});

Deno.test("a burst of refusals halves the limit once, and answers bring it back to the start", async () => {
  const changes: [number, number][] = [];
  const limit = limiter({ concurrency: 32, onLimit: (from, to) => changes.push([from, to]) });
  const take = (count: number) =>
    Promise.all(Array.from({ length: count }, () => limit.acquire({})));
  const first = await take(32);
  for (const slot of first) limit.throttled(slot);
  assertEquals(limit.state.limit, 16, "one burst, one decrease");
  for (const slot of first) slot.release();
  const second = await take(16);
  limit.throttled(second[0]);
  assertEquals(limit.state.limit, 8);
  for (const slot of second) slot.release();
  assertEquals(limit.state.lowest, 8);

  let answers = 0;
  while (limit.state.limit < 32) {
    limit.succeeded();
    answers += 1;
    assertOk(answers < 2000, "the limit does not recover");
  }
  // dL/dn = 2/L, so the limit needs (32² − 8²) / (2 · 2) answers from 8 to 32.
  assertOk(Math.abs(answers - (32 ** 2 - 8 ** 2) / 4) < 16, `${answers} answers`);
  for (let i = 0; i < 100; i++) limit.succeeded();
  assertEquals(limit.state.limit, 32, "never above the start");
  assertEquals(changes.slice(0, 2), [[32, 16], [16, 8]]);
});

Deno.test("the limit never falls below one", async () => {
  const limit = limiter({ concurrency: 2 });
  for (let i = 0; i < 5; i++) {
    const slot = await limit.acquire({});
    limit.throttled(slot);
    slot.release();
  }
  assertEquals(limit.state.limit, 1);
  (await limit.acquire({})).release();
});

Deno.test("turns follow the order of tickets, with retries before later requests", async () => {
  const limit = limiter({ concurrency: 1 });
  const order: string[] = [];
  const enter = async (limit: Limiter, name: string, ticket?: number) => {
    const slot = await limit.acquire({ ticket });
    order.push(name);
    return slot;
  };
  const early = limit.ticket();
  const holder = await limit.acquire({});
  const a = enter(limit, "a");
  const b = enter(limit, "b");
  const retry = enter(limit, "retry", early);
  holder.release();
  (await retry).release();
  (await a).release();
  (await b).release();
  assertEquals(order, ["retry", "a", "b"]);
});

Deno.test("a pause in real time delays all requests by the longest of two", async () => {
  const limit = limiter({ concurrency: 4 });
  const begin = performance.now();
  limit.pause(120);
  limit.pause(40);
  const slots = await Promise.all(Array.from({ length: 4 }, () => limit.acquire({})));
  const waited = performance.now() - begin;
  for (const slot of slots) slot.release();
  assertOk(waited >= 120, `waited ${waited} ms`);
});

Deno.test("abort and stop release waiting requests at once and leave no timer", async () => {
  const limit = limiter({ concurrency: 1 });
  limit.pause(60_000);
  const controller = new AbortController();
  const outcomes = Promise.allSettled([
    limit.acquire({ signal: controller.signal }),
    limit.acquire({}),
  ]);
  controller.abort(new Error("interrupted"));
  limit.stop(new Error("no access"));
  limit.stop(new Error("later"));
  const messages = (await outcomes).map((o) => o.status === "rejected" && o.reason.message);
  assertEquals(messages, ["interrupted", "no access"]);
  const late = await limit.acquire({}).catch((error) => error.message);
  assertEquals(late, "no access");
});

Deno.test("a concurrency that is not a whole number from 1 is refused", () => {
  for (const concurrency of [0, -1, 1.5, NaN]) {
    let message = "";
    try {
      limiter({ concurrency });
    } catch (error) {
      message = (error as Error).message;
    }
    assertOk(message.includes("expected a whole number from 1"), message);
  }
});
