import { assertEquals, assertOk } from "../testing/assert.ts";
import { forEachAtOnce, gate, weightGate } from "./pool.ts";

const tick = (ms = 1) => new Promise<void>((resolve) => setTimeout(resolve, ms));

Deno.test("never more than the limit under way, and every item once", async () => {
  let inside = 0;
  let most = 0;
  const done: number[] = [];
  await forEachAtOnce(Array.from({ length: 50 }, (_, i) => i), 7, async (item) => {
    most = Math.max(most, ++inside);
    await tick(item % 3);
    inside--;
    done.push(item);
  });
  assertEquals(most, 7);
  assertEquals(done.toSorted((a, b) => a - b), Array.from({ length: 50 }, (_, i) => i));
});

Deno.test("after an error nothing new begins, what is under way ends, and the first error is thrown", async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  let thrown: unknown;
  try {
    await forEachAtOnce([1, 2, 3, 4, 5, 6], 3, async (item) => {
      begun.push(item);
      await tick(item === 2 ? 1 : 10);
      if (item === 2) throw new Error("two");
      ended.push(item);
    });
  } catch (error) {
    thrown = error;
  }
  assertEquals(String(thrown), "Error: two");
  assertEquals(begun, [1, 2, 3]);
  assertEquals(ended.toSorted(), [1, 3]);
});

Deno.test("a gate lets in its limit, in order, also after a failure inside", async () => {
  const two = gate(2);
  const order: number[] = [];
  let inside = 0;
  const results = await Promise.allSettled([1, 2, 3, 4, 5].map((n) =>
    two(async () => {
      assertOk(++inside <= 2);
      order.push(n);
      await tick(2);
      inside--;
      if (n === 2) throw new Error("no");
    })
  ));
  assertEquals(order, [1, 2, 3, 4, 5]);
  assertEquals(results.filter(({ status }) => status === "rejected").length, 1);
});

Deno.test("a gate of weights never holds more than its capacity, and lets in who is too heavy alone", async () => {
  const pass = weightGate(10);
  let inside = 0;
  const most: number[] = [];
  const order: number[] = [];
  const weights = [4, 4, 4, 25, 1, 9, 2];
  await Promise.all(weights.map((weight, i) =>
    pass(weight, async () => {
      order.push(i);
      inside += weight;
      most.push(inside);
      await new Promise((done) => setTimeout(done, 2));
      inside -= weight;
      if (i === 1) throw new Error("inside");
    }).catch(() => {})
  ));
  assertEquals(order, [0, 1, 2, 3, 4, 5, 6]);
  assertEquals(most.filter((sum) => sum > 10), [25]);
});
