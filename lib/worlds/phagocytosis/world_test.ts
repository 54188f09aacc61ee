import { assertEquals, assertNear, assertOk } from "../../testing/assert.ts";
import { world } from "./world.ts";
import { CELL_UM, courseOf, outline, PARTICLE_UM, type Setting } from "./course.ts";

const SETTING: Setting = {
  cell: "macrophage",
  particles: 3,
  interval: 0.75,
  speed: 12,
  violation: undefined,
  seed: 4,
};
const TIMES = Array.from({ length: 65 }, (_, i) => i / 24);

/** Distance of a particle's centre from the cell's outline, in µm, negative inside. */
function gap(setting: Setting, particle: number, time: number): number {
  const { centre, heading, radius, reach, particles } = courseOf(setting).at(time);
  const [dx, dy] = [particles[particle].x - centre.x, particles[particle].y - centre.y];
  const angle = Math.atan2(dy, dx) - heading;
  return Math.hypot(dx, dy) - radius * outline(angle, reach);
}

Deno.test("particles are taken up permanently, one by one, on contact, at the given interval", () => {
  for (const cell of ["macrophage", "neutrophil"] as const) {
    const setting: Setting = { ...SETTING, cell, particles: 4, interval: 0.6 };
    const course = courseOf(setting);
    assertEquals(course.uptakes.map((t) => Math.round(100 * t)), [60, 120, 180, 240]);
    for (let i = 0; i < 4; i++) {
      assertNear(gap(setting, i, course.uptakes[i]), 0, 0.45, "centre on the outline, µm");
      assertOk(gap(setting, i, course.uptakes[i] - 0.3) > PARTICLE_UM, "not touched before");
      for (const time of TIMES) {
        const { inside, wrap } = course.at(time).particles[i];
        assertEquals(inside, time >= course.uptakes[i]);
        if (time < course.uptakes[i] - 0.2) assertEquals(wrap, 0);
        if (time > course.uptakes[i] + 0.2) {
          assertEquals(wrap, Math.PI);
          assertOk(gap(setting, i, time) < -0.8 * PARTICLE_UM, "wholly inside");
        }
      }
    }
  }
});

Deno.test("phagosomes keep their distance, and free particles hardly move", () => {
  for (let seed = 0; seed < 6; seed++) {
    const course = courseOf({ ...SETTING, particles: 4, interval: 0.6, seed });
    for (const time of TIMES) {
      const all = course.at(time).particles;
      all.forEach((a, i) =>
        all.slice(i + 1).forEach((b) =>
          assertOk(Math.hypot(a.x - b.x, a.y - b.y) > 1.7 * PARTICLE_UM, `apart at ${time} s`)
        )
      );
      all.forEach((a, i) => {
        const start = course.at(0).particles[i];
        const free = time < course.uptakes[i] - 0.2;
        if (free) assertOk(Math.hypot(a.x - start.x, a.y - start.y) < 1.5, "trembles only");
      });
    }
  }
});

Deno.test("the cell heads for the nearest free particle at the given mean speed", () => {
  const course = courseOf(SETTING);
  let path = 0;
  for (let i = 1; i <= 54; i++) {
    const [a, b] = [course.at((i - 1) / 24), course.at(i / 24)];
    path += Math.hypot(b.centre.x - a.centre.x, b.centre.y - a.centre.y);
    const free = a.particles.filter((p) => !p.inside)
      .map((p) => ({ x: p.x - a.centre.x, y: p.y - a.centre.y }))
      .toSorted((p, q) => Math.hypot(p.x, p.y) - Math.hypot(q.x, q.y));
    const [nearest] = free;
    const way = Math.hypot(nearest.x, nearest.y);
    const cosine = (nearest.x * Math.cos(a.heading) + nearest.y * Math.sin(a.heading)) / way;
    assertOk(cosine > 0.7, `towards the nearest: ${cosine}`);
  }
  assertNear(path / (54 / 24), 12, 0.2, "mean speed, µm/s");
});

Deno.test("cell and particles stay in view, and the outline encloses the cell's area", () => {
  for (let seed = 0; seed < 8; seed++) {
    const setting = { ...SETTING, particles: 4, interval: 0.95, speed: 14, seed };
    for (const time of TIMES) {
      const { centre, radius, particles } = courseOf(setting).at(time);
      for (const { x, y } of [...particles, centre]) assertOk(Math.hypot(x, y) < 25);
      assertOk(radius < 1.15 * CELL_UM.macrophage);
    }
  }
  let area = 0;
  for (let i = 0; i < 360; i++) area += outline(i * Math.PI / 180, 0) ** 2 / 360;
  assertNear(area, 1, 0.03, "area over that of the disc");
});

Deno.test("each violation breaks what it describes", () => {
  const last = (violation: string) => courseOf({ ...SETTING, violation }).at(2.7).particles;
  const remote = courseOf({ ...SETTING, violation: "remote-uptake" });
  const leaps = TIMES.slice(1).flatMap((time, i) => {
    const seen = (t: number) => remote.at(t).particles.filter((p) => p.opacity > 0.5);
    const [before, after] = [seen(TIMES[i]), seen(time)];
    const entered = after.filter((p) => p.inside).length - before.filter((p) => p.inside).length;
    if (entered === 0) return [];
    const { centre } = remote.at(time);
    const lost = before.find((p) =>
      !p.inside && !after.some((q) => Math.hypot(p.x - q.x, p.y - q.y) < 1)
    )!;
    return [Math.hypot(lost.x - centre.x, lost.y - centre.y) - CELL_UM.macrophage - PARTICLE_UM];
  });
  assertEquals(leaps.length, 3);
  assertOk(leaps.every((distance) => distance > 2.5), `swallowed from afar: ${leaps}`);
  const visible = (particles: ReturnType<typeof last>) => particles.filter((p) => p.opacity > 0.5);
  const reappearing = visible(last("reappearing-particles"));
  assertEquals(reappearing.length, 3);
  assertOk(reappearing.filter((p) => !p.inside).length >= 2);
  assertOk(last("pushed-aside").every((p) => !p.inside && p.wrap === 0));
});

Deno.test("every caption names the cell and the number of particles, and all differ", () => {
  const scene = { cell: "neutrophil", particles: 4, interval_s: 0.6, speed_um_s: 11 };
  const captions = world.captions(scene);
  assertOk(captions.length >= 20 && new Set(captions).size === captions.length);
  for (const caption of captions) {
    assertOk(caption.includes("neutrophil") && caption.includes("four"), caption);
  }
});
