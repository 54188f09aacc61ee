import { otherValues } from "../../testing/worlds.ts";
import { hash } from "node:crypto";
import { sampleParameters } from "../../sim/parameters.ts";
import { DEFAULT_CLIP } from "../../sim/default_clip.ts";
import { assertEquals, assertInputError, assertOk } from "../../testing/assert.ts";
import { MACRO_WORLDS } from "./all.ts";

for (const each of MACRO_WORLDS) {
  Deno.test(`${each.name}: equal seeds give equal bytes, different seeds different bytes`, () => {
    const digest = (seed: number) => {
      const { video, truth } = each.simulate({}, { seed, frames: 4 });
      return video.frames.map((frame) => hash("sha256", frame)).join() + JSON.stringify(truth);
    };
    assertEquals(digest(3), digest(3));
    assertOk(digest(3) !== digest(4));
  });

  Deno.test(`${each.name}: size, length and rate are as requested`, () => {
    const size = { width: 96, height: 64, frames: 5, fps: 24 };
    const { video, truth } = each.simulate({}, { seed: 0, ...size });
    assertEquals([video.width, video.height, video.fps], [96, 64, 24]);
    assertEquals(video.frames.map((frame) => frame.length), Array(5).fill(96 * 64 * 3));
    assertEquals(truth.times_s, [0, 1, 2, 3, 4].map((t) => t / 24));
    assertEquals(truth.objects.length, 5);
    assertEquals(each.simulate({}, { seed: 0 }).video.frames.length, DEFAULT_CLIP.frames);
  });

  Deno.test(`${each.name}: something visible moves in every scene, and starts in view`, () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { video, truth } = each.simulate(sampleParameters(each, seed), { seed });
      const [first, , , , , , later] = video.frames;
      const changed = first.filter((v, i) => Math.abs(v - later[i]) > 40).length;
      assertOk(changed > 0.003 * first.length, `seed ${seed}: ${changed} values changed`);
      const wide = video.width * truth.m_per_pixel;
      assertOk(truth.objects[0].some((o) => o.x_m > 0 && o.x_m < wide && o.y_m > 0), `${seed}`);
    }
  });
}

Deno.test("captions: many, from terse to detailed, and the longest depends on every parameter", () => {
  const problems = MACRO_WORLDS.flatMap((each) => {
    const found: string[] = [];
    const expect = (holds: boolean, what: string) => holds || found.push(`${each.name}: ${what}`);
    const check = (scene: Record<string, unknown>) => {
      const captions = each.captions(scene);
      expect(captions.length >= 20, `${captions.length} captions`);
      const plain = captions.map((c) => c.toLowerCase().match(/[\p{L}\d.]+/gu)!.join(" "));
      expect(new Set(plain).size === captions.length, "two captions are alike");
      for (const caption of captions) {
        const count = caption.trim().split(/\s+/).length;
        expect(count >= 4 && count <= 65, `${count} words: ${caption}`);
        expect(!/undefined|NaN|\s\s/.test(caption), caption);
        expect(/^\p{Lu}/u.test(caption), `no capital: ${caption}`);
        expect(!/\b(cell|micro|molecul|vesicle|fluoresc)/i.test(caption), caption);
      }
      return captions;
    };
    for (const seed of [1, 2, 3, 4]) check(sampleParameters(each, seed));
    const defaults = each.parameters.parse({}) as Record<string, unknown>;
    const captions = check(defaults);
    const words = captions.map((caption) => caption.trim().split(/\s+/).length);
    expect(Math.min(...words) <= 8 && Math.max(...words) >= 45, "not from terse to detailed");
    for (const [name, other] of otherValues(each)) {
      const changed = each.captions({ ...defaults, [name]: other }).at(-1);
      expect(changed !== captions.at(-1), `${name} makes no difference to: ${captions.at(-1)}`);
      const saying = each.captions({ ...defaults, [name]: other })
        .filter((caption, i) => caption !== captions[i]).length;
      expect(saying >= 3, `only ${saying} captions speak of ${name}`);
    }
    return found;
  });
  assertEquals(problems, []);
});

Deno.test("errors name the world and the field; there are no violations to plant", async () => {
  const [fall] = MACRO_WORLDS;
  await assertInputError(() => fall.simulate({ cells: 3 }, { seed: 1 }), "falling", "cells");
  await assertInputError(() => fall.simulate({}, { seed: -1 }), "falling", "seed");
  const planted = { seed: 1, violation: "ballistic" };
  await assertInputError(() => fall.simulate({}, planted), "falling", "violation");
});
