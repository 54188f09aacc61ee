import type { Scene } from "../benchmark/mini.ts";
import type { Task } from "../records/task.ts";
import { DEFAULT_CLIP } from "../sim/default_clip.ts";
import { world } from "../worlds/all.ts";
import { assertEquals, assertInputError } from "../testing/assert.ts";
import { EACH, simulator, type SimulatorOptions } from "./simulator.ts";

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

Deno.test("the simulator's clip is its world's, in the size asked for", async () => {
  const clip = await simulator({ scenes, width: 64, height: 64, frames: 3 })
    .generate(task(1), { seed: 5 });
  const options = { seed: 5, width: 64, height: 64, frames: 3 };
  assertEquals(clip, world("vessel-flow").simulate({ cells: 8 }, options).video);
});

Deno.test("each violation is planted in turn by seed, or the one named, and the clip says which", async () => {
  const made = (violation: string, seed: number) =>
    world("vessel-flow").simulate({ cells: 8 }, { seed, violation }).video;
  const inTurn = simulator({ scenes, violation: EACH });
  for (
    const [seed, name] of [[3, "plug-flow"], [4, "through-wall"], [5, "vanishing-cells"]] as const
  ) {
    assertEquals(await inTurn.generate(task(1), { seed }), made(name, seed));
    assertEquals(await inTurn.origin!(task(1), seed), { world: "vessel-flow", violation: name });
  }
  const named = simulator({ scenes, violation: "through-wall" });
  assertEquals(await named.generate(task(1), { seed: 3 }), made("through-wall", 3));
  assertEquals([named.covers!(task(1)), named.covers!(task(2))], [true, false]);
  await assertInputError(
    () => simulator({ scenes, violation: "plugflow" }),
    "Cannot plant plugflow; did you mean plug-flow? Expected each or one of",
  );
  await assertInputError(
    () => simulator({ scenes, violation: "nope" }),
    "Cannot plant nope; expected each or one of",
  );
});

Deno.test("names: what is simulated, unless another is given", () => {
  const named = (options: Partial<SimulatorOptions>) => simulator({ scenes, ...options }).name;
  assertEquals(named({}), "simulator");
  assertEquals(named({ violation: EACH }), "violator");
  assertEquals(named({ violation: "plug-flow", name: "flat" }), "flat");
});

Deno.test("fingerprints tell apart whatever changes a clip, and nothing else", async () => {
  const print = (options: Partial<SimulatorOptions>, number = 1) =>
    simulator({ scenes, ...options }).fingerprint(task(number));
  const reordered = new Map([...scenes].toReversed());
  assertEquals(await print({}), await print({ scenes: reordered }));
  assertEquals(await print({}), await print({ name: "another" }));
  const others = await Promise.all([
    print({}),
    print({}, 2),
    print({ width: 64 }),
    print({ scenes: new Map([[1, { world: "vessel-flow", parameters: { cells: 9 } }]]) }),
    print({ violation: EACH }),
    print({ violation: "plug-flow" }),
  ]);
  assertEquals(new Set(others).size, others.length);
});

Deno.test("a task without a scene is named, with the tasks that have one", async () => {
  await assertInputError(
    () => simulator({ scenes }).generate(task(9), { seed: 1 }),
    "task 9",
    "1, 2",
  );
});

Deno.test("what help says of a clip's size is the worlds' own", async () => {
  const { width, height, frames, fps } = await simulator({ scenes }).generate(task(1), { seed: 0 });
  assertEquals({ width, height, frames: frames.length, fps }, { ...DEFAULT_CLIP });
});
