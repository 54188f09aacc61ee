import { hash } from "node:crypto";
import { assertEquals, assertInputError, assertOk } from "../testing/assert.ts";
import { VIOLATION_KINDS } from "../sim/types.ts";
import { DEFAULT_CLIP } from "../sim/default_clip.ts";
import { otherValues } from "../testing/worlds.ts";
import { world, WORLDS } from "./all.ts";
import { violationNames } from "./registry.ts";

Deno.test("rubrics name each world's violations", () => {
  const own = WORLDS.flatMap(({ violations }) => violations.map(({ name }) => name));
  assertEquals(violationNames().sort(), own.sort());
});

/**
 * Cells that flee the source start near it, or they would leave the view; discs have their shape
 * from the start.
 */
const STARTS_ELSEWHERE = ["down-gradient", "gliding-discs"];

for (const each of WORLDS) {
  Deno.test(`${each.name}: equal seeds give equal bytes, different seeds different bytes`, () => {
    const digest = (seed: number, violation?: string) => {
      const { video, truth } = each.simulate({}, { seed, frames: 6, violation });
      return hash("sha256", Uint8Array.from(video.frames.flatMap((f) => [...f]))) +
        hash("sha256", JSON.stringify(truth));
    };
    assertEquals(digest(3), digest(3));
    assertOk(digest(3) !== digest(4));
    for (const { name } of each.violations) assertEquals(digest(3, name), digest(3, name));
  });

  Deno.test(`${each.name}: size, length and rate are as requested`, () => {
    const size = { width: 96, height: 64, frames: 5, fps: 24 };
    const { video, truth } = each.simulate({}, { seed: 0, ...size });
    assertEquals([video.width, video.height, video.fps], [96, 64, 24]);
    assertEquals(video.frames.map((frame) => frame.length), Array(5).fill(96 * 64 * 3));
    assertEquals(truth.times_s, [0, 1, 2, 3, 4].map((t) => t / 24));
    assertEquals(each.simulate({}, { seed: 0 }).video.frames.length, DEFAULT_CLIP.frames);
  });

  Deno.test(`${each.name}: every violation starts from the true world's frame and then deviates`, () => {
    const last = (violation?: string) => each.simulate({}, { seed: 9, violation }).video.frames;
    const truth = last();
    for (const { name, kind } of each.violations) {
      const planted = last(name);
      if (!STARTS_ELSEWHERE.includes(name)) {
        assertOk(planted[0].every((v, i) => v === truth[0][i]), `first frame of ${name}`);
      }
      assertOk(planted[32].some((v, i) => Math.abs(v - truth[32][i]) > 40), name);
      assertOk(VIOLATION_KINDS.includes(kind));
    }
    assertEquals(
      new Set(each.violations.map((v) => v.kind)).size,
      VIOLATION_KINDS.length,
      "one violation of each kind",
    );
  });
}

Deno.test("captions: many, from terse to detailed, and the longest depends on every parameter", () => {
  const problems = WORLDS.flatMap((each) => {
    const found: string[] = [];
    const expect = (holds: boolean, what: string) => holds || found.push(`${each.name}: ${what}`);
    const defaults = each.parameters.parse({}) as Record<string, unknown>;
    const captions = each.captions(defaults);
    expect(captions.length >= 20, `${captions.length} captions`);
    const plain = captions.map((caption) =>
      caption.toLowerCase().match(/[\p{L}\d.]+/gu)!.join(" ")
    );
    expect(new Set(plain).size === captions.length, "two captions are alike");
    const words = captions.map((caption) => caption.trim().split(/\s+/).length);
    for (const [i, count] of words.entries()) {
      expect(count >= 4 && count <= 65, `${count} words: ${captions[i]}`);
    }
    expect(Math.min(...words) <= 8 && Math.max(...words) >= 30, "not from terse to detailed");
    const longest = words.indexOf(Math.max(...words));
    for (const [name, other] of otherValues(each)) {
      const changed = each.captions({ ...defaults, [name]: other })[longest];
      expect(changed !== captions[longest], `${name} makes no difference to: ${captions[longest]}`);
    }
    const drawn = [0, 1, 2, 3, 4, 5, 6, 7].map((seed) =>
      each.simulate({}, { seed, frames: 1, width: 32, height: 32 }).caption
    );
    expect(drawn.every((caption) => captions.includes(caption)), "draws something else");
    expect(new Set(drawn).size >= 3, "seeds draw the same captions");
    return found;
  });
  assertEquals(problems, []);
});

Deno.test("errors name the world, the field and the choices", async () => {
  const vessel = world("vessel-flow");
  await assertInputError(() => vessel.simulate({ speed: 3 }, { seed: 1 }), "vessel-flow", "speed");
  await assertInputError(() => vessel.simulate({}, { seed: -1 }), "vessel-flow", "seed");
  await assertInputError(
    () => vessel.simulate({}, { seed: 1, violation: "ballistic" }),
    "ballistic",
    "plug-flow, through-wall",
  );
});
