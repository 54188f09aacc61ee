import { world } from "./world.ts";
import type { SimulateOptions } from "../../sim/types.ts";
import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { asked } from "../../testing/vision/measured.ts";
import { dyingBodies, MEASURES } from "./measures.ts";
import { median } from "../../statistics.ts";
import { analyseClip } from "../../vision/clip_analysis.ts";

const STAINS = { stain: "blue", counterstain: "green" } as const;
const { numberOf, reasonOf } = asked(MEASURES, STAINS);

function clip(parameters: Record<string, unknown>, options: SimulateOptions) {
  const { video, truth } = world.simulate(parameters, options);
  return { analysis: analyseClip(video), video, truth };
}

Deno.test("bodies are counted and located to a third of a pixel", () => {
  for (const [seed, bodies] of [[1, 5], [3, 8]]) {
    const { analysis, truth } = clip({ bodies }, { seed });
    const found = dyingBodies(analysis, STAINS);
    const exact = found.filter((frame, t) => frame.length === truth.counts[t]).length;
    assertOk(exact >= 0.95 * found.length, `${exact} of ${found.length} counts, seed ${seed}`);
    const errors = found.flatMap((frame, t) =>
      frame.length !== truth.counts[t] ? [] : frame.map(({ x, y }) =>
        Math.min(
          ...truth.objects[t].map((body) =>
            Math.hypot(body.x_um / truth.um_per_pixel - x, body.y_um / truth.um_per_pixel - y)
          ),
        )
      )
    );
    assertOk(median(errors) < 0.3, `median error ${median(errors)} px`);
    assertEquals(numberOf(analysis, "apoptotic-bodies"), bodies);
    assertEquals(numberOf(analysis, "chromatin-masses"), bodies);
  }
});

Deno.test("shrinkage, contents and the onset of blebbing are recovered", () => {
  for (const [seed, blebbing_s] of [[4, 0.6], [6, 1]]) {
    const { analysis } = clip({ blebbing_s }, { seed });
    assertNear(numberOf(analysis, "shrunken-area"), 0.58, 0.05);
    assertNear(numberOf(analysis, "stain-change"), 0, 0.06);
    assertNear(numberOf(analysis, "spilled-share"), 0, 0.03);
    assertNear(numberOf(analysis, "blebbing-time"), blebbing_s, 1 / 12 + 0.02);
    assertOk(numberOf(analysis, "blebbing-around") >= 0.75);
    assertOk(numberOf(analysis, "stain-hue-share", { colour: "green" }) > 0.6);
    assertOk(numberOf(analysis, "stain-hue-share", { colour: "magenta" }) < 0.2);
  }
});

Deno.test("each violation shows in its measures", () => {
  const seen = (violation?: string) => {
    const { analysis } = clip({}, { seed: 7, violation });
    return {
      smaller: numberOf(analysis, "shrunken-area") > 0.3 &&
        numberOf(analysis, "shrunken-area") < 0.92,
      blebbing: numberOf(analysis, "blebbing-around") > 0.5,
      parted: numberOf(analysis, "apoptotic-bodies") >= 3,
      conserved: Math.abs(numberOf(analysis, "stain-change")) < 0.4,
      tight: numberOf(analysis, "spilled-share") < 0.25,
    };
  };
  const right = { smaller: true, blebbing: true, parted: true, conserved: true, tight: true };
  assertEquals(seen(), right);
  assertEquals(seen("resurrection"), { ...right, smaller: false, parted: false });
  assertEquals(seen("content-doubling"), { ...right, smaller: false, conserved: false });
  const necrosis = seen("necrosis");
  assertEquals([necrosis.blebbing, necrosis.parted, necrosis.tight], [false, false, false]);
});

Deno.test("unmeasurable quantities have a reason instead of a number", () => {
  const { video } = clip({}, { seed: 8 });
  const grey = { ...video, frames: video.frames.map((f) => new Uint8Array(f.length).fill(80)) };
  const names = Object.keys(MEASURES).filter((name) => name !== "stain-hue-share");
  for (const name of names) assertOk(reasonOf(grey, name).includes("no stained cell"), name);
  const frozen = { ...video, frames: video.frames.map(() => video.frames[0]) };
  assertOk(reasonOf(frozen, "blebbing-time").includes("no change"));
  assertEquals(numberOf(analyseClip(frozen), "apoptotic-bodies"), 1);
  assertEquals(numberOf(analyseClip(frozen), "blebbing-around"), 0);
  const short = { ...video, frames: video.frames.slice(0, 4) };
  assertOk(reasonOf(short, "blebbing-around").includes("6 frames"));
  // Red and cyan add up to grey: neither can be separated from the background.
  const clash = { stain: "cyan", counterstain: "red" };
  assertEquals(MEASURES["shrunken-area"].measure(analyseClip(video), clash).value, null);
});
