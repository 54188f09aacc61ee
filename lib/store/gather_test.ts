import { rejects } from "node:assert/strict";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { gatherRows } from "./gather.ts";

Deno.test("rows are kept in order, in few batches, without being asked for", async () => {
  const kept: number[][] = [];
  let busy = false;
  const rows = gatherRows<number>(async (some) => {
    assertOk(!busy, "kept while keeping");
    busy = true;
    await new Promise((resolve) => setTimeout(resolve, 5));
    busy = false;
    kept.push([...some]);
  }, 10);
  for (let i = 0; i < 60; i++) {
    rows.add([i]);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assertOk(kept.length > 0, "nothing was kept before the end");
  await rows.flush();
  assertEquals(kept.flat(), [...Array(60).keys()]);
  assertOk(kept.length < 30, `${kept.length} batches for 60 rows`);
});

Deno.test("what keeping throws is thrown by whoever adds next, and by the end", async () => {
  const rows = gatherRows<number>(() => Promise.reject(new Error("disk full")), 1);
  rows.add([1]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await rejects(() => Promise.resolve().then(() => rows.add([2])), /disk full/);
  await rejects(() => rows.flush(), /disk full/);
});
