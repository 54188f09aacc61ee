/** Measures of motors compared with the ground truth of simulated ones, which they never see. */
import type { Simulation } from "../../sim/types.ts";
import { world } from "../all.ts";
import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { asked } from "../../testing/vision/measured.ts";
import { random } from "../../random.ts";
import { findFilaments, offFilaments } from "./filaments.ts";
import { walksIn } from "./walks.ts";
import { MEASURES } from "../../judges/probe/binding.ts";
import { analyseClip } from "../../vision/clip_analysis.ts";
import { median } from "../../statistics.ts";
import { overTime } from "../../vision/plane.ts";

const FIELD = { field_um: 12 };
const { numberOf } = asked(MEASURES);
const simulate = (seed: number, parameters = {}, options = {}): Simulation =>
  world("kinesin").simulate(parameters, { seed, ...options });

Deno.test("number, speed, direction and colours of the motors are recovered", () => {
  const ways = ["right", "left", "top", "bottom"];
  for (const [seed, direction] of ways.entries()) {
    const speed_um_s = 0.5 + 0.3 * seed;
    const asked = { plus_end: direction, speed_um_s, motor_colour: "yellow" };
    const size = seed === 1 ? { width: 160, height: 128 } : {};
    const { video, truth } = simulate(seed, asked, size);
    const analysis = analyseClip(video);
    const count = truth.counts.reduce((a, b) => a + b) / truth.counts.length;
    assertNear(numberOf(analysis, "walking-motors"), count, 0.5, "motors");
    assertNear(numberOf(analysis, "motor-speed", FIELD) / speed_um_s, 1, 0.1, "speed");
    assertOk(numberOf(analysis, "plus-end-share", { direction }) > 0.85);
    assertOk(numberOf(analysis, "plus-end-share", { direction: ways[(seed + 2) % 4] }) < 0.4);
    assertEquals(numberOf(analysis, "motor-colour-share", { colour: "yellow" }), 1);
    assertEquals(numberOf(analysis, "filament-colour-share", { colour: "red" }), 1);
    assertNear(numberOf(analysis, "motor-width", FIELD), 0.3, 0.04, "width");
  }
});

Deno.test("motors are found in position and number, filaments where motors walk", () => {
  for (const seed of [10, 11]) {
    const { video, truth } = simulate(seed);
    const analysis = analyseClip(video);
    const filaments = findFilaments(overTime(analysis.brightness(), 0.15));
    assertEquals(filaments.length, 3);
    const found = walksIn(analysis).sightings;
    const visible = truth.objects.map((frame) =>
      frame.filter(({ opacity }) => opacity > 0).map(({ x_um, y_um }) => ({
        x: x_um / truth.um_per_pixel,
        y: y_um / truth.um_per_pixel,
      }))
    );
    assertOk(visible.flat().every((motor) => offFilaments(filaments, motor) < 1.5));
    const errors = found.flatMap((frame, t) =>
      frame.map(({ x, y }) => Math.min(...visible[t].map((o) => Math.hypot(o.x - x, o.y - y))))
    );
    assertOk(median(errors) < 0.3, "median error");
    const exact = found.filter((frame, t) => frame.length === visible[t].length);
    assertOk(exact.length >= 0.95 * found.length, "counts");
  }
});

Deno.test("each violation clearly changes the measure that it should", () => {
  for (const seed of [20, 21]) {
    const video = analyseClip(simulate(seed).video);
    const planted = (violation: string) => analyseClip(simulate(seed, {}, { violation }).video);
    assertOk(numberOf(video, "on-track-share", FIELD) > 0.97);
    assertOk(numberOf(planted("off-track"), "on-track-share", FIELD) < 0.6);
    assertOk(numberOf(video, "leap-free-share") > 0.8);
    assertOk(numberOf(planted("leaping"), "leap-free-share") < 0.4);
    const turning = planted("back-and-forth");
    assertOk(numberOf(video, "onward-share") > 0.97 && numberOf(turning, "onward-share") < 0.75);
    assertOk(numberOf(video, "steady-share") > 0.97 && numberOf(turning, "steady-share") < 0.7);
    const direction = "right";
    assertOk(numberOf(turning, "plus-end-share", { direction }) < 0.4);
  }
});

Deno.test("shuffled frames are not fluent, still ones show no walk, short clips give no verdict", () => {
  const { video } = simulate(30);
  assertNear(numberOf(analyseClip(video), "fluency"), 3.8, 0.3);
  const uniform = random(30, "order");
  const shuffled = video.frames.map((frame) => ({ frame, at: uniform() }))
    .toSorted((a, b) => a.at - b.at).map(({ frame }) => frame);
  assertOk(numberOf(analyseClip({ ...video, frames: shuffled }), "fluency") < 1.5);
  const frozen = analyseClip({ ...video, frames: video.frames.map(() => video.frames[0]) });
  assertEquals(numberOf(frozen, "walking-motors"), 0);
  assertEquals(numberOf(frozen, "on-track-share", FIELD), 0);
  for (const [name, clip] of [["motor-speed", frozen], ["motor-width", frozen]] as const) {
    assertEquals(MEASURES[name].measure(clip, FIELD).value, null);
  }
  const short = analyseClip({ ...video, frames: video.frames.slice(0, 6) });
  const found = MEASURES["walking-motors"].measure(short, {});
  assertOk(found.value === null && found.reason.includes("6 frames are too few"));
});
