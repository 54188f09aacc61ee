import { assertNear, assertOk } from "../../testing/assert.ts";
import { pouring } from "./pouring.ts";
import { JUG, LIP_SPEED, pour, surfaceBelowLip, tiltOf } from "./pouring_course.ts";
import { GRAVITY } from "./mechanics.ts";

Deno.test("volume is conserved in every frame, and the glass ends as full as specified", () => {
  const scene = { fill_percent: 60, flow_ml_s: 180 };
  const { series, quantities } = pouring.simulate(scene, { seed: 1, frames: 40 }).truth;
  const whole = series.jug_ml[0];
  for (const [i, jug] of series.jug_ml.entries()) {
    assertNear(jug + series.stream_ml[i] + series.glass_ml[i], whole, 1e-9, `frame ${i}`);
  }
  assertOk(Math.max(...series.stream_ml) > 10, "some of it is in the air");
  assertNear(series.glass_ml.at(-1)!, 0.6 * quantities.glass_ml, 1e-6);
  const base = Math.PI * quantities.glass_radius_m ** 2;
  assertNear(series.level_m.at(-1)! * base, 1e-6 * series.glass_ml.at(-1)!, 1e-12);
});

Deno.test("the steady flow is as specified, and the stream is a parabola that narrows as it falls", () => {
  const given = { flow: 1.5e-4, volume: 2.5e-4, jug: 1e-3, radius: 0.03, drop: 0.16 };
  const [early, late] = pour(given, [1, 1.4]);
  assertNear((early.jug - late.jug) / 0.4, 1.5e-4, 1e-7);
  const area = ({ flow, speed }: { flow: number; speed: number }) => flow / speed;
  for (const parcel of early.stream) {
    assertNear(parcel.y, GRAVITY * (parcel.x / LIP_SPEED) ** 2 / 2, 1e-12);
    // Torricelli: the speed increases with the height fallen.
    assertNear(parcel.speed ** 2, LIP_SPEED ** 2 + 2 * GRAVITY * parcel.y, 1e-9);
  }
  assertOk(area(early.stream.at(-1)!) < area(early.stream[0]) / 2);
  assertNear(early.stream.at(-1)!.y, 0.16 - early.level, 0.01, "it ends at the surface");
});

Deno.test("the jug's surface is at the lip at its tilt, and lower when tilted back", () => {
  for (const part of [0.9, 0.6, 0.4, 0.2]) {
    const volume = part * JUG.wide * JUG.high * JUG.deep;
    assertNear(surfaceBelowLip(volume, tiltOf(volume)), 0, 1e-9, `${part}`);
    assertOk(surfaceBelowLip(volume, tiltOf(volume) - 0.3) > 0.005);
  }
});
