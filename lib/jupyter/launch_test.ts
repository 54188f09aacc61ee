import assert from "node:assert/strict";
import { assertEquals, assertOk } from "../testing/assert.ts";
import { startKernel } from "./kernel.ts";
import { freePorts } from "./launch.ts";
import { ROOM } from "../testing/jupyter.ts";

/** Ports of which the first is taken in the first `lost` draws. */
function unlucky(lost: number) {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let draws = 0;
  return {
    [Symbol.dispose]: () => taken.close(),
    draws: () => draws,
    drawPorts: (count: number) =>
      ++draws <= lost ? [...freePorts(count - 1), taken.addr.port] : freePorts(count),
  };
}

Deno.test("a kernel whose port was taken is restarted with other ports", async () => {
  using ports = unlucky(2);
  const kernel = await startKernel({ cwd: ROOM, drawPorts: ports.drawPorts });
  const { outputs } = await kernel.execute('console.log("up")', 60);
  await kernel.shutdown();
  assertEquals(outputs, [{ output_type: "stream", name: "stdout", text: "up\n" }]);
  assertEquals(ports.draws(), 3);
});

Deno.test("a kernel whose ports are always taken is given up after five attempts, with the reason", async () => {
  using ports = unlucky(Infinity);
  await assert.rejects(startKernel({ cwd: ROOM, drawPorts: ports.drawPorts }), /AddrInUse/);
  assertEquals(ports.draws(), 5);
});

Deno.test("six kernels started at once all come up, three times in a row", async () => {
  for (let round = 0; round < 3; round++) {
    const starts = Array.from({ length: 6 }, () => startKernel({ cwd: ROOM }));
    const kernels = (await Promise.allSettled(starts)).map((start) =>
      start.status === "fulfilled" ? start.value : String(start.reason)
    );
    const pids = kernels.map((kernel) => typeof kernel === "string" ? kernel : kernel.pid);
    await Promise.all(kernels.map((kernel) => typeof kernel === "string" || kernel.shutdown()));
    assertOk(pids.every((pid) => typeof pid === "number"), pids.join("; "));
    assertEquals(new Set(pids).size, 6);
  }
});
