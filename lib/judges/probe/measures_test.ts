/** Measures compared with the ground truth of simulated worlds, which they never see. */
import { world } from "../../worlds/all.ts";
import type { Truth } from "../../sim/types.ts";
import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { asked } from "../../testing/vision/measured.ts";
import { MEASURES } from "./binding.ts";
import { analyseClip } from "../../vision/clip_analysis.ts";
import { median } from "../../statistics.ts";

const { numberOf, reasonOf } = asked(MEASURES);
/** Distance from each detection to the nearest true object, in pixels. */
function errors(found: { x: number; y: number }[][], { objects, um_per_pixel }: Truth): number[] {
  return found.flatMap((frame, t) =>
    frame.map(({ x, y }) =>
      Math.min(
        ...objects[t].map((o) => Math.hypot(o.x_um / um_per_pixel - x, o.y_um / um_per_pixel - y)),
      )
    )
  );
}

Deno.test("cells and spots are located to a third of a pixel", () => {
  const flow = world("vessel-flow").simulate({}, { seed: 2 });
  const whole = analyseClip(flow.video).cells().map((frame) => frame.filter((cell) => !cell.edge));
  assertOk(whole.every((frame) => frame.length >= 5));
  assertOk(median(errors(whole, flow.truth)) < 0.3);
  const dots = world("vesicle-diffusion").simulate({}, { seed: 2 });
  const found = analyseClip(dots.video).spots();
  assertOk(median(errors(found, dots.truth)) < 0.3);
  found.forEach((frame, t) => assertNear(frame.length, dots.truth.counts[t], 3, `spots at ${t}`));
});

Deno.test("spots and their colour are found with other dyes, and in frames of 64 pixels", () => {
  const dyes = [["green", "blue"], ["magenta", "green"], ["cyan", "red"], ["orange", "blue"]];
  for (const [seed, [vesicle_colour, cytoplasm_colour]] of dyes.entries()) {
    const asked = { vesicle_colour, cytoplasm_colour, vesicles: 20 };
    const { video, truth } = world("vesicle-diffusion").simulate(asked, {
      seed,
      width: 64,
      height: 64,
    });
    const found = analyseClip(video).spots();
    assertOk(median(errors(found, truth)) < 0.3);
    assertNear(numberOf(video, "object-count", { objects: "spots" }), 20, 2, "spots");
    assertOk(numberOf(video, "spot-colour-share", { colour: vesicle_colour }) > 0.95);
    assertOk(numberOf(video, "spot-colour-share", { colour: cytoplasm_colour }) < 0.05);
  }
});

Deno.test("counts are exact in 95% of frames, for separable spots and fully visible cells", () => {
  const exact = { spots: 0, cells: 0 };
  const frames = { spots: 0, cells: 0 };
  for (let seed = 100; seed < 106; seed++) {
    const dots = world("vesicle-diffusion").simulate({}, { seed });
    analyseClip(dots.video).spots().forEach((found, t) => {
      frames.spots++;
      if (found.length === resolvable(dots.truth, t)) exact.spots++;
    });
    const flow = world("vessel-flow").simulate({}, { seed });
    analyseClip(flow.video).cells().forEach((found, t) => {
      const [least, most] = wholeCells(flow.truth, t, flow.video.width);
      // Whether a cell that just touches the edge is fully visible cannot be decided.
      if (least !== most) return;
      frames.cells++;
      if (found.filter(({ edge }) => !edge).length === least) exact.cells++;
    });
  }
  assertOk(frames.cells > 60);
  for (const kind of ["spots", "cells"] as const) {
    assertOk(
      exact[kind] >= 0.95 * frames[kind],
      `${kind}: ${exact[kind]} of ${frames[kind]} frames`,
    );
  }
});

/** Vesicles in view; those closer than 4 pixels, about their width, count as one. */
function resolvable({ objects, um_per_pixel }: Truth, t: number): number {
  const side = 128 * um_per_pixel;
  const left = objects[t].filter(({ x_um, y_um, opacity }) =>
    opacity > 0.5 && x_um >= 0 && y_um >= 0 && x_um < side && y_um < side
  );
  let groups = 0;
  for (; left.length > 0; groups++) {
    const reached = [left.pop()!];
    for (const one of reached) {
      for (let i = left.length - 1; i >= 0; i--) {
        const apart = Math.hypot(left[i].x_um - one.x_um, left[i].y_um - one.y_um) / um_per_pixel;
        if (apart < 4) reached.push(...left.splice(i, 1));
      }
    }
  }
  return groups;
}

/** Minimum and maximum number of cells fully in view, within a pixel and a half. */
function wholeCells({ objects, um_per_pixel }: Truth, t: number, width: number): [number, number] {
  const inside = (margin: number) =>
    objects[t].filter(({ x_um, radius_um }) => {
      const [x, reach] = [x_um / um_per_pixel, 1.15 * radius_um / um_per_pixel + margin];
      return x > reach && x < width - reach;
    }).length;
  return [inside(1.5), inside(-1.5)];
}

Deno.test("D is recovered within 10%, at any frame rate and size", () => {
  const sizes = [{}, { width: 240, height: 160, fps: 16, frames: 40 }, {}];
  for (const [i, diffusion_um2_s] of [0.06, 0.15, 0.3].entries()) {
    const found = [1, 2, 3, 4].map((seed) => {
      const parameters = { vesicles: 26, diffusion_um2_s };
      const { video } = world("vesicle-diffusion").simulate(parameters, { seed, ...sizes[i] });
      assertNear(numberOf(video, "msd-exponent"), 1, 0.25, "exponent");
      return numberOf(video, "diffusion-coefficient", { field_um: 20 });
    });
    const mean = found.reduce((sum, each) => sum + each) / found.length;
    assertNear(mean / diffusion_um2_s, 1, 0.1, `D ${diffusion_um2_s}`);
  }
});

Deno.test("a flow's profile, speed and direction are recovered", () => {
  const parameters = { vessel_radius_um: 16, peak_speed_um_s: 30, direction: "right to left" };
  const { video } = world("vessel-flow").simulate(parameters, { seed: 3 });
  assertOk(numberOf(video, "profile-deviation") < 0.03);
  assertNear(numberOf(video, "wall-slip"), 0, 0.05);
  assertNear(numberOf(video, "axis-speed", { field_um: 60 }), 30, 1);
  assertNear(numberOf(video, "direction-agreement", { direction: "right to left" }), 1, 0.02);
  const lumen = analyseClip(video).lumen()!;
  assertNear((lumen.bottom - lumen.top) * 60 / 128, 32, 1, "width of the lumen in µm");
  const plug = world("vessel-flow").simulate(parameters, { seed: 3, violation: "plug-flow" });
  assertNear(numberOf(plug.video, "wall-slip"), 1, 0.05);
  assertNear(numberOf(plug.video, "axis-speed", { field_um: 60 }), 0.6 * 30, 1, "speed of a plug");
});

Deno.test("a division is located to the frame and measured along its axis", () => {
  for (const [division_s, axis, axis_degrees] of [[1.1, "vertical", 90], [1.7, "diagonal", 45]]) {
    const { video, truth } = world("mitosis").simulate({ division_s, axis }, { seed: 4 });
    const first = truth.objects.findIndex((frame) => frame.length === 2);
    assertNear(numberOf(video, "division-time") * 12, first, 1, "division frame");
    assertOk(numberOf(video, "axis-error", { axis_degrees }) < 8);
    assertNear(numberOf(video, "daughter-area-ratio"), 1, 0.06);
    assertOk(numberOf(video, "area-change") < 0.06);
    assertNear(numberOf(video, "body-diameter", { field_um: 40 }), 14.4, 0.7);
    const stains = { stain: "blue", counterstain: "green" };
    assertOk(numberOf(video, "chromatin-lead", stains) > 0.2);
    assertOk(numberOf(video, "chromatin-condensation", stains) > 1.25);
  }
});

Deno.test("quantities that cannot be measured have a reason instead of a number", () => {
  const { video } = world("vesicle-diffusion").simulate({}, { seed: 1 });
  const short = { ...video, frames: video.frames.slice(0, 4) };
  assertOk(reasonOf(short, "msd-exponent").includes("could be followed"));
  assertOk(reasonOf(short, "flicker").includes("too few"));
  assertOk(reasonOf(video, "wall-slip").length > 0);
  assertOk(reasonOf(video, "division-time").includes("never becomes two"));
  const grey = { ...video, frames: video.frames.map((f) => new Uint8Array(f.length).fill(90)) };
  assertOk(reasonOf(grey, "sharpness").includes("contrast"));
  assertOk(reasonOf(grey, "outside-lumen-share").includes("no bright lumen"));
  assertOk(reasonOf(grey, "area-change").includes("no bright body"));
  assertEquals(numberOf(grey, "object-count", { objects: "spots" }), 0);
  assertEquals(numberOf(grey, "frozen-share"), 1);
  const frozen = { ...video, frames: video.frames.map(() => video.frames[0]) };
  assertOk(reasonOf(frozen, "msd-exponent").includes("stand still"));
  assertNear(numberOf(frozen, "diffusion-coefficient", { field_um: 20 }), 0, 1e-6);
});

Deno.test("flicker, jumps, blur, noise and saturated areas show in their measures", () => {
  const { video } = world("vessel-flow").simulate({}, { seed: 5 });
  const changed = (f: (value: number, i: number, t: number) => number) => ({
    ...video,
    frames: video.frames.map((frame, t) =>
      Uint8Array.from(frame, (v, i) => Math.min(255, Math.max(0, f(v, i, t))))
    ),
  });
  assertOk(numberOf(video, "flicker") < 1);
  assertOk(numberOf(changed((v, _, t) => v * (t % 2 ? 0.9 : 1)), "flicker") > 5);
  assertOk(numberOf(changed((v, _, t) => t > 15 ? 255 - v : v), "largest-jump") > 6);
  assertOk(numberOf(changed((v) => v * 1.4), "clipped-share") > 0.02);
  const grain = (v: number, i: number) => v + ((i * 7919) % 101 - 50) * 0.6;
  assertOk(numberOf(changed(grain), "noise") > 2 * numberOf(video, "noise"));
  const smeared = changed((v) => v);
  smeared.frames = video.frames.map((frame) =>
    frame.map((_, i) => {
      let [sum, n] = [0, 0];
      for (let k = -6; k <= 6; k++) {
        if (frame[i + 3 * k] === undefined) continue;
        sum += frame[i + 3 * k];
        n++;
      }
      return sum / n;
    })
  );
  assertOk(numberOf(smeared, "sharpness") < 0.75 * numberOf(video, "sharpness"));
});

Deno.test("a change that took longer counts for less as a jump", () => {
  const times = [0, 1, 2, 3, 4, 5, 17, 18, 19, 20].map((t) => t / 12);
  const frames = times.map((time) => new Uint8Array(32 * 32 * 3).fill(40 + 96 * time));
  const video = { width: 32, height: 32, fps: 6, frames };
  assertOk(numberOf(analyseClip({ ...video, times }), "largest-jump") < 3);
  assertOk(numberOf(analyseClip(video), "largest-jump") > 8);
});
