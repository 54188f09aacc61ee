import type { Scene } from "../benchmark/mini.ts";
import type { Task } from "../records/task.ts";
import { world } from "../worlds/all.ts";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { simulator } from "./simulator.ts";
import { violator } from "./violator.ts";

const scenes = new Map<number, Scene>([
  [1, { world: "vessel-flow", parameters: { cells: 8 } }],
  [2, { world: "mitosis", parameters: { division_s: 1.2 } }],
]);
const task = (number: number): Task => ({
  benchmark: "mini",
  task: number,
  scale: "organ",
  prompt: "",
  requirement: "",
  source: "",
});

Deno.test("the simulator's clip is its world's, at the requested size", async () => {
  const clip = await simulator({ scenes, width: 64, height: 64, frames: 3 })
    .generate(task(1), { seed: 5 });
  const options = { seed: 5, width: 64, height: 64, frames: 3 };
  assertEquals(clip, world("vessel-flow").simulate({ cells: 8 }, options).video);
});

Deno.test("the violator cycles through the violations by seed, or plants the one named", async () => {
  const expected = (violation: string, seed: number) =>
    world("vessel-flow").simulate({ cells: 8 }, { seed, violation }).video;
  const inTurn = violator({ scenes });
  for (
    const [seed, name] of [[3, "plug-flow"], [4, "through-wall"], [5, "vanishing-cells"]] as const
  ) {
    assertEquals(await inTurn.generate(task(1), { seed }), expected(name, seed));
  }
  const named = violator({ scenes, violation: "through-wall" });
  assertEquals(await named.generate(task(1), { seed: 3 }), expected("through-wall", 3));
  await assertInputError(() => named.generate(task(2), { seed: 3 }), "through-wall", "mitosis");
  await assertInputError(() => violator({ scenes, violation: "melting" }), "melting", "plug-flow");
});

Deno.test("fingerprints change with whatever changes a clip, and with nothing else", () => {
  const reordered = new Map([...scenes].toReversed());
  assertEquals(simulator({ scenes }).fingerprint, simulator({ scenes: reordered }).fingerprint);
  const prints = [
    simulator({ scenes }),
    simulator({ scenes, width: 64 }),
    simulator({ scenes: new Map([[1, { world: "vessel-flow", parameters: { cells: 9 } }]]) }),
    violator({ scenes }),
    violator({ scenes, violation: "plug-flow" }),
  ].map((model) => model.fingerprint);
  assertEquals(new Set(prints).size, prints.length);
  assertOk(prints[0].includes("version"));
});

Deno.test("the error for a task without a scene lists the tasks that have one", async () => {
  await assertInputError(
    () => simulator({ scenes }).generate(task(9), { seed: 1 }),
    "task 9",
    "1, 2",
  );
});
