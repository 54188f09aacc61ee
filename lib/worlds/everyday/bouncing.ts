/**
 * Balls that bounce on the floor and off the side walls of a room, each in its own plane, so that
 * they never collide; see `bouncing_course.ts` for the mechanics.
 */
import { z } from "zod";
import { camera } from "../../sim/optics.ts";
import { defineSimulatedWorld } from "../../sim/world.ts";
import { random, type Uniform } from "../../random.ts";
import { SIDES } from "./backdrop.ts";
import { bouncingCaptions } from "./bouncing_captions.ts";
import { bounce } from "./bouncing_course.ts";
import { canvasOf, copyOf } from "./canvas.ts";
import { GRAVITY, objectOf } from "./mechanics.ts";
import { PAINT_NAMES, PAINTS, secondPaint } from "./palette.ts";
import { drawRoom, FLOORS, laneOf, type Room, roomOf, WALL_NAMES } from "./room.ts";
import { drawBall, drawShadow, PATTERNS, type Thing } from "./solids.ts";
import type { MacroObject, MacroTruth } from "./types.ts";

/** Length of the frame's shorter side in metres. */
const BOUNCING_FIELD_M = 2.4;

const parameters = z.object({
  balls: z.int().min(1).max(4).default(2),
  restitution: z.number().min(0.55).max(0.92).default(0.8)
    .describe("speed after an impact by speed before"),
  drop_height_m: z.number().min(0.8).max(1.4).default(1.3)
    .describe("height above the floor from which the first falls, m"),
  speed_m_s: z.number().min(0.2).max(1.2).default(0.6)
    .describe("sideways speed at first, m/s"),
  colour: z.enum(PAINT_NAMES).default("orange"),
  floor: z.enum(FLOORS).default("wooden"),
  walls: z.enum(WALL_NAMES).default("light blue"),
  light_from: z.enum(SIDES).default("left"),
});

/** Balls that bounce. */
export const bouncing = defineSimulatedWorld<typeof parameters, MacroTruth>({
  name: "bouncing",
  parameters,
  captions: bouncingCaptions,
  simulate(p, clip) {
    const still = canvasOf(clip.width, clip.height, BOUNCING_FIELD_M);
    const room = roomOf(still);
    const light = p.light_from;
    drawRoom(still, room, { floor: p.floor, wall: p.walls, light, seed: clip.seed });
    const expose = camera(clip.width, clip.height, random(clip.seed, "bouncing", "camera"));
    const times = Array.from({ length: clip.frames }, (_, frame) => frame / clip.fps);
    const uniform = random(clip.seed, "bouncing", "balls");
    const pattern = PATTERNS[Math.floor(uniform() * PATTERNS.length)];
    // Farthest first, so that nearer ones are painted over it.
    const balls = arrange(p, room, uniform).toSorted((a, b) => a.floor - b.floor)
      .map((ball) => ({
        ...ball,
        course: bounce(ball.start, ball.hall, p.restitution, times),
      }));
    const objects: MacroObject[][] = [];
    const frames: Uint8Array[] = [];
    for (let frame = 0; frame < clip.frames; frame++) {
      const canvas = copyOf(still);
      const placed = balls.map(({ course, floor, radius, spin }): Thing => ({
        x: course[frame].x,
        y: floor - radius - course[frame].height,
        radius,
        angle: spin * times[frame],
        colour: PAINTS[p.colour],
        second: secondPaint(p.colour),
        light,
      }));
      for (const [i, ball] of placed.entries()) drawShadow(canvas, ball, balls[i].floor);
      for (const ball of placed) drawBall(canvas, ball, pattern);
      objects.push(placed.map((ball, i) => objectOf(ball, balls[i].id)));
      frames.push(expose(canvas.light));
    }
    const first = balls.find(({ id }) => id === 0)!;
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: {
        m_per_pixel: still.scale,
        times_s: times,
        objects,
        series: {
          // For the first ball, above the floor.
          height_m: first.course.map(({ height }) => height),
        },
        quantities: {
          gravity_m_s2: GRAVITY,
          restitution: p.restitution,
          drop_height_m: p.drop_height_m,
        },
      },
    };
  },
});

/** Balls at different depths, heights and positions; every second one flies to the left. */
function arrange(p: z.output<typeof parameters>, room: Room, uniform: Uniform) {
  const radius = 0.18 + 0.05 * uniform() - 0.014 * p.balls;
  const turn = uniform() < 0.5 ? 1 : -1;
  return Array.from({ length: p.balls }, (_, id) => {
    const depth = 0.2 + 0.62 * (id + 0.6 * uniform()) / p.balls;
    const { left, right, floor } = laneOf(room, depth);
    const hall = { left: left + radius, right: right - radius };
    const vx = turn * (id % 2 === 0 ? 1 : -1) * p.speed_m_s *
      (id === 0 ? 1 : 0.7 + 0.3 * uniform());
    // Starts in the half that it flies away from.
    const part = 0.08 + 0.4 * uniform();
    const x = vx > 0
      ? hall.left + part * (hall.right - hall.left)
      : hall.right - part * (hall.right - hall.left);
    const height = p.drop_height_m * (id === 0 ? 1 : 0.7 + 0.3 * uniform());
    return {
      id,
      radius,
      floor,
      hall,
      spin: 0.5 * vx / radius,
      start: { x, height, vx, vy: 0 },
    };
  });
}
