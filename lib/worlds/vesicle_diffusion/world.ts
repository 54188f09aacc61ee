/**
 * Fluorescent vesicles that diffuse freely in the cytoplasm of a flat cell and are reflected at its
 * border.
 *
 * Motion: Brownian, with each coordinate's step over a time t normal with variance 2Dt, hence a
 * mean squared displacement of 4Dt in the plane (Einstein 1905; Berg, "Random Walks in Biology",
 * 1993, chapter 1). Steps that would leave the cell are reflected at its border.
 * Light: a Gaussian approximation of the point spread function (Zhang, Zerubia and Olivo-Marin,
 * Applied Optics 46 (2007) 1819–1829).
 */
import { z } from "zod";
import { random, type Uniform } from "../../random.ts";
import { COLOUR_NAMES, COLOURS } from "../../sim/colour.ts";
import { around, pixelsIn } from "../../sim/drawing.ts";
import { camera, gaussian, type Light, smoothNoise, smoothstep } from "../../sim/optics.ts";
import type { TrueObject, World } from "../../sim/types.ts";
import { vesicleDiffusionCaptions } from "./captions.ts";
import { type Clip, defineWorld, truthOf, umPerPixel } from "../../sim/world.ts";

/** Length of the frame's shorter side in µm. */
const VESICLE_FIELD_UM = 20;

/** Standard deviation of the point spread function, in µm. */
const SPREAD_UM = 0.21;
const VESICLE_RADIUS_UM = 0.2;
/** Steps between frames, so that reflection at the border is fine-grained. */
const SUBSTEPS = 6;
/** The time over which a ballistic vesicle travels as far as a diffusing one. */
const BALLISTIC_S = 0.25;

const parameters = z.object({
  vesicles: z.int().min(10).max(36).default(22),
  diffusion_um2_s: z.number().min(0.05).max(0.4).default(0.12)
    .describe("diffusion coefficient D, µm²/s"),
  cell_radius_um: z.number().min(6).max(7.8).default(7.4).describe("mean radius of the cell, µm"),
  vesicle_colour: z.enum(COLOUR_NAMES).default("green"),
  cytoplasm_colour: z.enum(COLOUR_NAMES).default("blue"),
});

type Parameters = z.output<typeof parameters>;

/** The border's distance from the cell's centre in a given direction, in µm. */
type Border = (angle: number) => number;

interface Point {
  x: number;
  y: number;
}

/** Vesicles in Brownian motion (scale: subcellular). */
export const world: World = defineWorld({
  name: "vesicle-diffusion",
  scale: "subcellular",
  parameters,
  violations: [
    {
      name: "ballistic",
      kind: "physical-law",
      description: "every vesicle moves straight on at a constant speed",
    },
    {
      name: "vanishing-vesicles",
      kind: "temporal-consistency",
      description: "half of the vesicles go out, one after the other, within a few frames",
    },
    {
      name: "escaping",
      kind: "expert-criterion",
      description: "vesicles leave the cell through its intact border",
    },
  ],
  captions: vesicleDiffusionCaptions,
  simulate(p, clip) {
    const scale = umPerPixel(clip.width, clip.height, VESICLE_FIELD_UM);
    const centre = { x: clip.width * scale / 2, y: clip.height * scale / 2 };
    const border = borderOf(p, random(clip.seed, "vesicles", "border"));
    const paths = walk(p, clip, border);
    const look = random(clip.seed, "vesicles", "look");
    const brightness = paths.map(() => 0.65 + 0.35 * look());
    const duration = clip.frames / clip.fps;
    const goneAt = paths.map((_, i) => {
      const time = duration * (0.25 + 0.35 * look());
      return clip.violation === "vanishing-vesicles" && i % 2 === 0 ? time : Infinity;
    });
    const background = drawCytoplasm(p, clip, scale, centre, border);
    const expose = camera(clip.width, clip.height, random(clip.seed, "vesicles", "camera"), {
      unevenness: 0.1,
      readLevels: 1.8,
      shotLevels: 4,
    });
    const objects: TrueObject[][] = [];
    const frames: Uint8Array[] = [];
    const area = Math.PI * VESICLE_RADIUS_UM ** 2;
    for (let frame = 0; frame < clip.frames; frame++) {
      const light = background.slice();
      objects.push(paths.map((path, id) => {
        const { x, y } = path[frame];
        const time = frame / clip.fps;
        const opacity = time < goneAt[id] ? 1 : 1 - smoothstep(0, 0.12, time - goneAt[id]);
        const object = {
          id,
          x_um: centre.x + x,
          y_um: centre.y + y,
          radius_um: VESICLE_RADIUS_UM,
          area_um2: area * opacity,
          opacity,
        };
        const level = brightness[id] * opacity;
        drawSpot(light, clip, scale, object, level, COLOURS[p.vesicle_colour].rgb);
        return object;
      }));
      frames.push(expose(light));
    }
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: truthOf(clip, VESICLE_FIELD_UM, objects, {
        diffusion_um2_s: p.diffusion_um2_s,
        cell_radius_um: p.cell_radius_um,
      }),
    };
  },
});

function borderOf(p: Parameters, uniform: Uniform): Border {
  const waves = [2, 3, 5].map((k) => ({ k, size: 0.1 * uniform() / k, phase: 7 * uniform() }));
  return (angle) =>
    p.cell_radius_um *
    waves.reduce((sum, w) => sum + w.size * Math.cos(w.k * angle + w.phase), 1);
}

/** Positions of every vesicle in every frame, in µm from the cell's centre. */
function walk(p: Parameters, clip: Clip, border: Border): Point[][] {
  const uniform = random(clip.seed, "vesicles", "walk");
  const starts = scatter(p, border, uniform);
  const dt = 1 / (clip.fps * SUBSTEPS);
  const step = Math.sqrt(2 * p.diffusion_um2_s * dt);
  const speed = Math.sqrt(4 * p.diffusion_um2_s / BALLISTIC_S);
  const last = Math.max(1, clip.frames - 1);
  const byRadius = starts.map((s, i) => ({ i, r: Math.hypot(s.x, s.y) }))
    .toSorted((a, b) => b.r - a.r);
  const leaving = new Set(
    clip.violation === "escaping"
      ? byRadius.slice(0, Math.ceil(0.35 * starts.length)).map(({ i }) => i)
      : [],
  );
  return starts.map((start, i) => {
    const heading = 2 * Math.PI * uniform();
    let velocity = { x: speed * Math.cos(heading), y: speed * Math.sin(heading) };
    let at = start;
    const path = [start];
    for (let frame = 1; frame < clip.frames; frame++) {
      for (let s = 0; s < SUBSTEPS; s++) {
        const free = clip.violation === "ballistic"
          ? { x: at.x + velocity.x * dt, y: at.y + velocity.y * dt }
          : { x: at.x + step * gaussian(uniform), y: at.y + step * gaussian(uniform) };
        const next = mirrored(free, border);
        if (next !== free) velocity = { x: -velocity.x, y: -velocity.y };
        at = next;
      }
      path.push(leaving.has(i) ? leave(start, at, border, frame / last) : at);
    }
    return path;
  });
}

/** Starting points inside the cell that keep a distance from one another. */
function scatter(p: Parameters, border: Border, uniform: Uniform): Point[] {
  const points: Point[] = [];
  // A distance that leaves most of the cell free, so that random placement ends soon.
  const apart = Math.min(1.5, 0.9 * p.cell_radius_um / Math.sqrt(p.vesicles));
  while (points.length < p.vesicles) {
    const angle = 2 * Math.PI * uniform();
    const r = (border(angle) - 0.6) * Math.sqrt(uniform());
    const point = { x: r * Math.cos(angle), y: r * Math.sin(angle) };
    if (points.every((q) => Math.hypot(q.x - point.x, q.y - point.y) >= apart)) points.push(point);
  }
  return points;
}

/** The point itself if it lies inside, otherwise its mirror image at the border. */
function mirrored(point: Point, border: Border): Point {
  const r = Math.hypot(point.x, point.y);
  const limit = border(Math.atan2(point.y, point.x)) - VESICLE_RADIUS_UM - 0.1;
  if (r <= limit) return point;
  const back = Math.max(0, 2 * limit - r) / r;
  return { x: point.x * back, y: point.y * back };
}

/** An escaping vesicle: its random walk plus a path that ends beyond the border. */
function leave(start: Point, at: Point, border: Border, part: number): Point {
  const angle = Math.atan2(start.y, start.x);
  const out = border(angle) + 1.15 - Math.hypot(start.x, start.y);
  const carried = out * smoothstep(0, 0.6, part);
  const loose = 1 - smoothstep(0, 0.6, part);
  return {
    x: start.x + (at.x - start.x) * loose + carried * Math.cos(angle),
    y: start.y + (at.y - start.y) * loose + carried * Math.sin(angle),
  };
}

function drawCytoplasm(
  p: Parameters,
  clip: Clip,
  scale: number,
  centre: Point,
  border: Border,
): Light {
  const { width, height } = clip;
  const cloud = smoothNoise(random(clip.seed, "vesicles", "cytoplasm"));
  const colour = COLOURS[p.cytoplasm_colour].rgb;
  const light = new Float32Array(width * height * 3);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i += 3) {
      const x = (column + 0.5) * scale - centre.x;
      const y = (row + 0.5) * scale - centre.y;
      const distance = Math.hypot(x, y) - border(Math.atan2(y, x));
      const inside = 1 - smoothstep(-0.22, 0.22, distance);
      const rim = Math.exp(-(((distance + 0.1) / 0.28) ** 2));
      const texture = 1 + 0.3 * cloud(x / 2.2, y / 2.2) + 0.2 * cloud(y / 0.7 + 20, x / 0.7);
      const thick = 1 - Math.exp(Math.min(0, distance) / 1.8);
      const level = 0.02 + 0.03 * Math.exp(-Math.max(0, distance) / 1.2) +
        inside * (0.13 + 0.2 * thick * texture) + 0.13 * rim;
      for (let c = 0; c < 3; c++) light[i + c] = colour[c] * level;
    }
  }
  return light;
}

function drawSpot(
  light: Light,
  clip: Clip,
  scale: number,
  spot: TrueObject,
  level: number,
  colour: readonly number[],
): void {
  if (level === 0) return;
  // A spot cannot be sharper than its pixels.
  const sigma = Math.max(SPREAD_UM, 0.8 * scale);
  const reach = 4.5 * sigma;
  const { left, top, right, bottom } = pixelsIn(
    clip,
    scale,
    around({ x: spot.x_um, y: spot.y_um }, reach),
  );
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const dx = (column + 0.5) * scale - spot.x_um;
      const dy = (row + 0.5) * scale - spot.y_um;
      const r2 = (dx * dx + dy * dy) / (sigma * sigma);
      const glow = level * (0.94 * Math.exp(-r2 / 2) + 0.06 * Math.exp(-r2 / 10));
      const i = (row * clip.width + column) * 3;
      // Where the spot outshines it, the dimmer stain beneath is no longer visible.
      for (let c = 0; c < 3; c++) light[i + c] = light[i + c] * (1 - 0.8 * glow) + colour[c] * glow;
    }
  }
}
