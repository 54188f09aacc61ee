/**
 * Measures of peristalsis compared with the ground truth of simulated guts, which they never see.
 */
import { world } from "./world.ts";
import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import type { Video } from "../../video/types.ts";
import { gutMaps, MEASURES } from "./measures.ts";
import { median } from "../../statistics.ts";
import { PROGRESS } from "../../judges/probe/progress.ts";
import { analyseClip } from "../../vision/clip_analysis.ts";

const KNOWN = { ...MEASURES, ...PROGRESS };
const field = { field_mm: 10 };

function ask(video: Video) {
  const analysis = analyseClip(video);
  return (name: string, args: Record<string, unknown> = {}) =>
    KNOWN[name].measure(analysis, args).value;
}

Deno.test("frames that are left out change neither speed nor interval, if the others keep their times", () => {
  const p = { wave_speed_mm_s: 4, interval_s: 1.8, direction: "left to right" };
  const { video } = world.simulate(p, { seed: 3, width: 96, height: 64, frames: 32 });
  const isLeft = (t: number) => t < 14 || t % 3 === 0;
  const times = video.frames.flatMap((_, t) => isLeft(t) ? [t / video.fps] : []);
  const frames = video.frames.filter((_, t) => isLeft(t));
  const fps = frames.length / (video.frames.length / video.fps);
  const found = ask({ ...video, frames, times, fps });
  assertNear(found("gut-wave-speed", field)! / p.wave_speed_mm_s, 1, 0.03, "speed");
  assertNear(found("gut-wave-interval")! / p.interval_s, 1, 0.05, "interval");
});

Deno.test("speed, direction and interval are recovered for any size and length of clips", () => {
  const clips = [
    { wave_speed_mm_s: 4, interval_s: 1.8, direction: "left to right", size: {} },
    {
      wave_speed_mm_s: 3.2,
      interval_s: 2,
      direction: "right to left",
      size: { width: 64, height: 64 },
    },
    {
      wave_speed_mm_s: 5,
      interval_s: 1.5,
      direction: "left to right",
      size: { width: 160, height: 96, frames: 17 },
    },
  ];
  clips.forEach(({ size, ...p }, seed) => {
    const found = ask(world.simulate(p, { seed, ...size }).video);
    assertNear(found("gut-wave-speed", field)! / p.wave_speed_mm_s, 1, 0.03, "speed");
    assertNear(found("gut-wave-interval")! / p.interval_s, 1, 0.03, "interval");
    assertEquals(found("gut-wave-direction", { direction: p.direction }), 1);
    assertNear(found("content-per-wave-speed")!, 1, 0.05, "content's speed over the wave's");
    assertNear(found("content-retention")!, 1, 0.15, "content kept");
    assertOk(found("gut-wave-share")! > 0.95 && found("content-ahead")! > 0.65);
  });
});

Deno.test("boluses are found where they truly are, to a third of a pixel", () => {
  const errors = [0, 1].flatMap((seed) => {
    const { video, truth } = world.simulate({ wave_speed_mm_s: 3 }, { seed });
    const maps = gutMaps(analyseClip(video))!;
    const least = maps.depth[0].map((_, x) => Math.min(...maps.depth.map((row) => row[x])));
    const reach = Math.floor(0.75 * 5400 / truth.um_per_pixel);
    return truth.objects.flatMap((boluses, t) =>
      boluses.flatMap(({ x_um }) => {
        // From ring to ring: the minimum diameter on either side of the bolus.
        const x = Math.round(x_um / truth.um_per_pixel);
        if (x < reach || x + reach > video.width) return [];
        const narrowest = (from: number, to: number) => {
          let best = from;
          for (let i = from; i < to; i++) {
            if (maps.diameter[t][i] < maps.diameter[t][best]) best = i;
          }
          return best;
        };
        const [from, to] = [narrowest(x - reach, x), narrowest(x, x + reach)];
        if (from === x - reach || to === x + reach - 1) return [];
        let [sum, moment] = [0, 0];
        for (let i = from; i <= to; i++) {
          const content = maps.depth[t][i] - least[i];
          sum += content;
          moment += content * (i + 0.5);
        }
        return [Math.abs(moment / sum - x_um / truth.um_per_pixel)];
      })
    );
  });
  assertOk(errors.length > 20, `${errors.length} boluses were seen whole`);
  assertOk(median(errors) < 0.3, `median error ${median(errors)} px`);
});

Deno.test("each violation is told from the true world", () => {
  const seen = (violation: string) => ask(world.simulate({}, { seed: 4, violation }).video);
  const upstream = seen("upstream-content");
  assertNear(upstream("content-per-wave-speed")!, -1, 0.1);
  assertOk(upstream("gut-wave-share")! > 0.95, "the wall's wave is as it should be");
  const vanishing = seen("vanishing-content");
  assertOk(vanishing("content-retention")! < 0.2);
  assertNear(vanishing("gut-wave-speed", field)!, 4, 0.15);
  const standing = seen("standing-rings");
  assertOk(standing("gut-wave-share")! < 0.6);
  assertEquals(standing("gut-wave-speed", field), 0);
  assertOk(standing("gut-occlusion")! < 0.58, "the rings have the right depth");
});

Deno.test("no wave is seen in still, disordered or empty frames, and no guess is made", () => {
  const { video } = world.simulate({}, { seed: 2 });
  const still = ask({ ...video, frames: video.frames.map(() => video.frames[0]) });
  assertEquals([still("gut-wave-share"), still("frame-progress")], [0, 0]);
  assertEquals([still("gut-wave-interval"), still("content-retention")], [null, null]);
  const order = video.frames.map((_, i) => video.frames[(i * 14) % 33]);
  const shuffled = ask({ ...video, frames: order });
  assertOk(shuffled("gut-wave-share")! < 0.6 && shuffled("frame-progress")! < 0.2);
  const blank = ask({
    ...video,
    frames: video.frames.map((f) => new Uint8Array(f.length).fill(90)),
  });
  assertEquals(blank("gut-occlusion"), null);
  assertEquals(blank("content-ahead"), null);
  assertEquals(blank("gut-wave-direction", { direction: "right to left" }), 0);
  assertEquals(ask({ ...video, frames: video.frames.slice(0, 3) })("frame-progress"), null);
});
