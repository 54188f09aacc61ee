import type { Clip } from "../../records/clip.ts";
import type { Criterion } from "../../records/criterion.ts";
import type { Verdict } from "../../records/verdict.ts";
import { WORLDS } from "../../worlds/all.ts";
import { assertEquals } from "../../testing/assert.ts";
import { verdictOn } from "../../testing/verdicts.ts";
import { EACH, plantedIn, simulator } from "../../models/simulator.ts";
import { detections } from "./detections.ts";

const task = {
  benchmark: "mini",
  task: 1,
  scale: "cell",
  prompt: "",
  requirement: "",
  source: "",
} as const;

Deno.test("the recorded violations are those that the violator plants", async () => {
  for (const world of WORLDS) {
    const scene = { world: world.name, parameters: {} };
    const size = { width: 48, height: 48, frames: 9 };
    const model = simulator({ scenes: new Map([[1, scene]]), violation: EACH, ...size });
    for (let seed = 0; seed <= world.violations.length; seed++) {
      const { frames } = await model.generate(task, { seed });
      const violation = plantedIn(world.name, seed).name;
      assertEquals(await model.origin!(task, seed), { world: world.name, violation });
      assertEquals(world.simulate({}, { seed, violation, ...size }).video.frames, frames);
    }
  }
});

const criterion = (number: number, sign: 1 | -1, dimension: Criterion["dimension"]): Criterion => ({
  benchmark: "mini",
  task: 1,
  id: `${dimension}-${number}`,
  dimension,
  place: number,
  criterion: number,
  description: `criterion ${number}`,
  sign,
  weight: 1,
  raw_weight: 1,
  probe: number === 1 ? '{"measure":"wall-slip","max":1,"unit":"1"}' : "",
});

const criteria = [
  criterion(1, 1, "scientific"),
  criterion(2, -1, "scientific"),
  criterion(1, 1, "visual"),
];

function verdicts(model: string, seed: number, met: (boolean | null)[]): Verdict[] {
  return met.map((answer, i) => verdictOn(criteria[i], answer, { model, seed }));
}

/** A clip of the first task; not simulated if no world is given. */
function clip(model: string, seed: number, violation: string, world = "vessel-flow") {
  return { model, task: 1, seed, world, violation } satisfies Partial<Clip>;
}

Deno.test("a clip is faulted by a failed scientific criterion, not by null or another dimension", () => {
  const clips = [
    clip("simulator", 0, ""),
    clip("simulator", 1, ""),
    clip("violator", 0, "plug-flow"),
    clip("violator", 3, "plug-flow"),
    clip("violator", 1, "through-wall"),
    clip("violator", 9, "plug-flow"),
    clip("control:frozen", 0, "frozen"),
    clip("wan", 0, "", ""),
  ];
  const rows = [
    ...verdicts("simulator", 0, [true, false, false]),
    ...verdicts("simulator", 1, [null, null, true]),
    ...verdicts("violator", 0, [false, false, true]),
    ...verdicts("violator", 3, [false, true, true]),
    ...verdicts("violator", 1, [true, true, true]),
    ...verdicts("violator", 9, [false, true, true]),
    ...verdicts("control:frozen", 0, [false, true, true]),
    ...verdicts("wan", 0, [false, true, true]),
    ...verdicts("unknown", 0, [false, true, true]),
  ];
  const shared = { judge: "probe", world: "vessel-flow", scale: "organ" as const };
  assertEquals(detections(criteria, rows, clips, 4), [
    { ...shared, planted: "", clips: 2, faulted: 0, by: [] },
    { ...shared, planted: "plug-flow", clips: 2, faulted: 2, by: ["wall-slip", "criterion 2"] },
    { ...shared, planted: "through-wall", clips: 1, faulted: 1, by: ["criterion 2"] },
  ]);
});
