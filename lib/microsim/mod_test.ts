import { hash } from "node:crypto";
import { assertEquals, assertInputError, assertOk } from "../testing.ts";
import { DEFAULT_CLIP, VIOLATION_KINDS, world, WORLDS } from "./mod.ts";

for (const each of WORLDS) {
  Deno.test(`${each.name}: the same seed gives the same bytes, another seed others`, () => {
    const digest = (seed: number, violation?: string) => {
      const { video, truth } = each.simulate({}, { seed, frames: 6, violation });
      return hash("sha256", Uint8Array.from(video.frames.flatMap((f) => [...f]))) +
        hash("sha256", JSON.stringify(truth));
    };
    assertEquals(digest(3), digest(3));
    assertOk(digest(3) !== digest(4));
    for (const { name } of each.violations) assertEquals(digest(3, name), digest(3, name));
  });

  Deno.test(`${each.name}: size, length and rate are as asked`, () => {
    const size = { width: 96, height: 64, frames: 5, fps: 24 };
    const { video, truth } = each.simulate({}, { seed: 0, ...size });
    assertEquals([video.width, video.height, video.fps], [96, 64, 24]);
    assertEquals(video.frames.map((frame) => frame.length), Array(5).fill(96 * 64 * 3));
    assertEquals(truth.times_s, [0, 1, 2, 3, 4].map((t) => t / 24));
    assertEquals(each.simulate({}, { seed: 0 }).video.frames.length, DEFAULT_CLIP.frames);
  });

  Deno.test(`${each.name}: every violation starts from the true world's frame and departs`, () => {
    const last = (violation?: string) => each.simulate({}, { seed: 9, violation }).video.frames;
    const truth = last();
    for (const { name, kind } of each.violations) {
      const planted = last(name);
      assertEquals(planted[0], truth[0], `first frame of ${name}`);
      assertOk(planted[32].some((v, i) => Math.abs(v - truth[32][i]) > 40), name);
      assertOk(VIOLATION_KINDS.includes(kind));
    }
    assertEquals(
      new Set(each.violations.map((v) => v.kind)).size,
      VIOLATION_KINDS.length,
      "one violation of each kind",
    );
  });

  Deno.test(`${each.name}: the caption says what was asked for`, () => {
    const { caption } = each.simulate({}, { seed: 1, frames: 1 });
    const defaults = each.parameters.parse({}) as Record<string, unknown>;
    for (const value of Object.values(defaults).filter((v) => typeof v === "string")) {
      assertOk(caption.includes(String(value)), `${value} in: ${caption}`);
    }
  });
}

Deno.test("mistakes name world, field and what there is", async () => {
  const vessel = world("vessel-flow");
  await assertInputError(() => vessel.simulate({ speed: 3 }, { seed: 1 }), "vessel-flow", "speed");
  await assertInputError(() => vessel.simulate({}, { seed: -1 }), "vessel-flow", "seed");
  await assertInputError(
    () => vessel.simulate({}, { seed: 1, violation: "ballistic" }),
    "ballistic",
    "plug-flow, through-wall",
  );
});
