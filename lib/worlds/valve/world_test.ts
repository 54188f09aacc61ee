import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import type { Simulation, TrueObject } from "../../sim/types.ts";
import { flowAt, openAt, pressureAt } from "./opening.ts";
import { VALVE_FIELD_UM, world } from "./world.ts";

const FPS = 12;

/** Steps of the cells between frames along the flow, without re-entries, in µm. */
function steps({ truth: { objects } }: Simulation, sign = 1) {
  return objects.slice(1).flatMap((frame, t) =>
    frame.flatMap((now, id) => {
      const before = objects[t][id];
      const step = sign * (now.x_um - before.x_um);
      return Math.abs(step) > VALVE_FIELD_UM / 2 ? [] : [{ step, now, before, t }];
    })
  );
}

/** Cycles since pressure last rose through zero, at a frame. */
function cyclesAt({ truth: { quantities } }: Simulation, frame: number): number {
  return frame / FPS / quantities.period_s + quantities.phase;
}

/** Mean of a function over the time between two frames. */
function between(clip: Simulation, frame: number, f: (cycles: number) => number): number {
  const n = 200;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += f(cyclesAt(clip, frame + (i + 0.5) / n)) / n;
  return sum;
}

/**
 * Mean difference of two clips' frames near the leaflets' tips, above and below the axis, in
 * levels.
 */
function differences(a: Simulation, b: Simulation, frame: number): [number, number] {
  const { quantities, um_per_pixel } = a.truth;
  const { width, height } = a.video;
  const sums = [[0, 0], [0, 0]];
  for (let y = 0; y < height; y++) {
    const off = (y + 0.5) * um_per_pixel - quantities.axis_y_um;
    if (Math.abs(off) < 2 || Math.abs(off) > 22) continue;
    for (let x = 0; x < width; x++) {
      if (Math.abs((x + 0.5) * um_per_pixel - quantities.tips_x_um) > 10) continue;
      const i = 3 * (y * width + x);
      const half = sums[off < 0 ? 0 : 1];
      half[0] += Math.abs(a.video.frames[frame][i] - b.video.frames[frame][i]);
      half[1]++;
    }
  }
  return [sums[0][0] / sums[0][1], sums[1][0] / sums[1][1]];
}

Deno.test("the valve opens with pressure, closes against it, and lets almost nothing back", () => {
  assertNear(openAt(8), 0.5, 1e-12);
  for (let pressure = -150; pressure < 150; pressure += 10) {
    assertOk(openAt(pressure + 10) > openAt(pressure));
    // Bertram's sigmoid: the logit is linear in pressure.
    const logit = Math.log(openAt(pressure) / (1 - openAt(pressure)));
    assertNear(logit, (pressure - 8) / 17, 1e-9);
  }
  let [forward, back] = [0, 0];
  for (let i = 0; i < 1000; i++) {
    const flow = flowAt(pressureAt(i / 1000));
    if (flow > 0) forward += flow;
    else back -= flow;
  }
  // The mean of the positive half of a sine is 1/π.
  assertNear(forward / 1000, 1 / Math.PI, 0.01);
  assertOk(back / forward < 0.005);
});

Deno.test("upstream of the valve cells move according to pressure and conductance, by Poiseuille", () => {
  for (const direction of ["left to right", "right to left"]) {
    const parameters = { peak_speed_um_s: 70, period_s: 1.3, direction };
    const clip = world.simulate(parameters, { seed: 6 });
    const sign = direction === "left to right" ? 1 : -1;
    const { tips_x_um, axis_y_um } = clip.truth.quantities;
    let seen = 0;
    for (const { step, now, before, t } of steps(clip, sign)) {
      if (sign * (tips_x_um - now.x_um) < 46 || sign * (tips_x_um - before.x_um) < 46) continue;
      const flow = 70 / FPS * between(clip, t, (cycles) => flowAt(pressureAt(cycles)));
      // A cell keeps 4.9 µm from the wall: its lane as a share of the remaining 27 µm.
      const lane = (before.y_um - axis_y_um) / (27 - 4.9);
      assertNear(step, flow * (1 - 0.8 * lane * lane), 0.1, `step at frame ${t}`);
      seen++;
    }
    assertOk(seen > 20, `${seen} steps`);
  }
});

Deno.test("cells rest while the valve is closed, stay in the vessel, and none is lost", () => {
  for (let seed = 0; seed < 4; seed++) {
    const clip = world.simulate({ cells: 12, peak_speed_um_s: 110 }, { seed });
    const { axis_y_um, tips_x_um } = clip.truth.quantities;
    for (const { step, now, t } of steps(clip)) {
      const open = between(clip, t, (cycles) => openAt(pressureAt(cycles)));
      // Near the tips the closing leaflets press cells onwards.
      if (open < 0.01 && Math.abs(now.x_um - tips_x_um) > 20) assertNear(step, 0, 0.1);
      assertOk(step > -0.3, `seed ${seed}: ${step} µm back`);
      assertOk(Math.abs(now.y_um - axis_y_um) < 27 * 1.34 - 3);
    }
    for (const frame of clip.truth.objects) {
      assertEquals(frame.length, 12);
      for (const { opacity, area_um2 } of frame) assertOk(opacity === 1 && area_um2 > 40);
    }
  }
});

Deno.test("cells stream back only if planted", () => {
  const back = (violation?: string) => {
    const clip = world.simulate({}, { seed: 3, violation });
    const sum = (sign: number) =>
      steps(clip).reduce((total, { step }) => total + Math.max(0, sign * step), 0);
    return sum(-1) / sum(1);
  };
  assertOk(back() < 0.01);
  assertOk(back("backflow") > 0.6);
});

Deno.test("a leaflet vanishes or sticks only if planted, and only that leaflet", () => {
  for (const violation of ["vanishing-leaflet", "stuck-leaflet"]) {
    const [right, wrong] = [undefined, violation].map((name) =>
      world.simulate({ cells: 6 }, { seed: 11, violation: name })
    );
    const odd = right.truth.quantities.stuck_or_lost;
    const all = right.video.frames.map((_, t) => differences(right, wrong, t));
    assertEquals(all[0], [0, 0]);
    const most = [0, 1].map((half) => Math.max(...all.slice(16).map((pair) => pair[half])));
    assertOk(most[odd] > 3, `${violation}: ${most}`);
    if (violation === "vanishing-leaflet") assertOk(most[1 - odd] < 1, `${violation}: ${most}`);
  }
});

Deno.test("captions are numerous, distinct, and name the label and the direction", () => {
  const parameters = world.parameters.parse({ label_colour: "magenta" }) as Record<string, unknown>;
  const captions = world.captions(parameters);
  assertOk(new Set(captions).size >= 20);
  assertOk(captions.every((c) => c.includes("magenta") && c.includes("left to right")));
});

Deno.test("cells keep a distance of most of their width", () => {
  const gap = (a: TrueObject, b: TrueObject) => Math.hypot(a.x_um - b.x_um, a.y_um - b.y_um);
  for (let seed = 0; seed < 4; seed++) {
    const { truth } = world.simulate({ cells: 9 }, { seed });
    let [near, pairs] = [0, 0];
    for (const frame of truth.objects) {
      for (const [i, cell] of frame.entries()) {
        for (const other of frame.slice(i + 1)) {
          near += gap(cell, other) < 6 ? 1 : 0;
          pairs++;
        }
      }
    }
    assertOk(near / pairs < 0.01, `seed ${seed}: ${near} of ${pairs} pairs`);
  }
});
