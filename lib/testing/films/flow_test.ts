import { random } from "../../random.ts";
import { assertNear, assertOk } from "../assert.ts";
import type { Video } from "../../video/types.ts";
import { type Flow, flowOf } from "./flow.ts";

/** A vessel at an angle, with bright objects moving at another angle, in degrees. */
function vessel(axis: number, going: number, count = 9): Video {
  const [width, height, draw] = [160, 120, random(axis, going, "flow test")];
  const unit = (degrees: number) => {
    const angle = degrees * Math.PI / 180;
    return { x: Math.cos(angle), y: Math.sin(angle) };
  };
  const [along, way] = [unit(axis), unit(going)];
  const things = Array.from({ length: count }, () => ({
    x: 40 + 80 * draw(),
    y: 40 + 40 * draw(),
    speed: 3 + 3 * draw(),
  }));
  const frames = Array.from({ length: 10 }, (_, t) => {
    const frame = new Uint8Array(width * height * 3);
    for (let i = 0; i < width * height; i++) {
      const [x, y] = [i % width + 0.5, Math.floor(i / width) + 0.5];
      const across = Math.abs((y - height / 2) * along.x - (x - width / 2) * along.y);
      const grey = (across < 35 ? 30 : 70) + 4 * draw();
      const glow = things.reduce((sum, { speed, ...start }) => {
        const moved = speed * (t - 4);
        const d = Math.hypot(x - start.x - moved * way.x, y - start.y - moved * way.y);
        return sum + 180 * Math.exp(-d * d / 8);
      }, 0);
      frame.set([Math.min(255, grey + glow), grey, grey], 3 * i);
    }
    return frame;
  });
  return { width, height, fps: 8, frames };
}

function measured(video: Video): Flow {
  const found = flowOf(video);
  assertOk(!("reason" in found), JSON.stringify(found));
  return found;
}

for (const angle of [0, 25, -40, 80]) {
  Deno.test(`a vessel at ${angle}° and its flow, in either direction, are found`, () => {
    for (const going of [angle, angle > 0 ? angle - 180 : angle + 180]) {
      const found = measured(vessel(angle, going));
      const turn = Math.abs(found.axis - angle) % 180;
      assertOk(Math.min(turn, 180 - turn) < 2, `axis at ${found.axis}`);
      const apart = Math.abs(found.direction - going) % 360;
      assertOk(Math.min(apart, 360 - apart) < 3, `${found.direction} for ${going}`);
      assertOk(found.deviation < 4 && found.agreement > 0.98, JSON.stringify(found));
    }
  });
}

Deno.test("flow across its vessel is reported as such", () => {
  assertNear(measured(vessel(10, 70)).deviation, 60, 4, "deviation");
});

Deno.test("a vessel without motion gives a reason, not a direction", () => {
  const still = vessel(10, 10, 0);
  const found = flowOf(still);
  assertOk("reason" in found && found.reason.includes("could be followed"), JSON.stringify(found));
});
