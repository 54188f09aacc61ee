import { rejects } from "node:assert/strict";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { gatherRows } from "./gather.ts";

Deno.test("rows are written in order, in few batches, without a flush", async () => {
  const written: number[][] = [];
  let busy = false;
  const rows = gatherRows<number>(async (batch) => {
    assertOk(!busy, "overlapping writes");
    busy = true;
    await new Promise((resolve) => setTimeout(resolve, 5));
    busy = false;
    written.push([...batch]);
  }, 10);
  for (let i = 0; i < 60; i++) {
    rows.add([i]);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assertOk(written.length > 0, "nothing was written before the flush");
  await rows.flush();
  assertEquals(written.flat(), [...Array(60).keys()]);
  assertOk(written.length < 30, `${written.length} batches for 60 rows`);
});

Deno.test("errors of a write are thrown by the next add and by flush", async () => {
  const rows = gatherRows<number>(() => Promise.reject(new Error("disk full")), 1);
  rows.add([1]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await rejects(() => Promise.resolve().then(() => rows.add([2])), /disk full/);
  await rejects(() => rows.flush(), /disk full/);
});
