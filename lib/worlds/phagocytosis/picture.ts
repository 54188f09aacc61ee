/**
 * A cell and yeast in phase contrast: retarding objects are dark, their surroundings glow, and
 * within wide objects the darkness fades ("halo" and "shade-off"; Murphy and Davidson,
 * "Fundamentals of Light Microscopy and Electronic Imaging", 2nd ed. 2012, chapter 7). The image is
 * the field minus the retardation, plus half of the blurred retardation.
 */
import { random } from "../../random.ts";
import { type Field, type Light, smoothNoise, smoothstep } from "../../sim/optics.ts";
import { type CellKind, outline, type Particle, PARTICLE_UM, type State } from "./course.ts";

/** Brightness of the empty field. */
const FIELD = 0.5;
/** Phase contrast is recorded in green light, shown as a nearly neutral grey. */
const TINT = [0.985, 1, 0.965] as const;
/** Range of halos, in µm. */
const HALO_UM = 2.3;
const SHADE_OFF = 0.75;

/** A picture's size and scale; its middle is the origin of the course. */
export interface View {
  width: number;
  height: number;
  /** Size of a pixel in µm. */
  scale: number;
}

/** The textures of a clip's cell, particles and slide. */
export interface Texture {
  slide: Float32Array;
  organelles: Field;
  flow: Field;
  /** Position of each yeast's vacuole in radians, and its elongation. */
  yeasts: { angle: number; long: number }[];
}

/**
 * Draws the textures of a clip.
 *
 * @param particles Number of particles with an individual appearance.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { textureOf } from "./picture.ts";
 *
 * const { slide, yeasts } = textureOf({ width: 40, height: 30, scale: 0.5 }, 3, 1);
 * assertEquals([slide.length, yeasts.length], [1200, 3]);
 * ```
 */
export function textureOf(
  { width, height, scale }: View,
  particles: number,
  seed: number,
): Texture {
  const cloud = smoothNoise(random(seed, "phagocytosis", "slide"));
  const uniform = random(seed, "phagocytosis", "debris");
  const slide = new Float32Array(width * height);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      const [x, y] = [(column + 0.5) * scale, (row + 0.5) * scale];
      slide[i] = 0.014 * cloud(x / 9, y / 9) + 0.008 * cloud(x / 1.6 + 20, y / 1.6) +
        0.006 * cloud(x / 0.5, y / 0.5 + 31);
    }
  }
  // Debris of a few tenths of a micrometre, partly out of focus.
  for (let n = 0; n < 26; n++) {
    const [x, y] = [uniform() * width, uniform() * height];
    const size = (0.3 + 0.5 * uniform()) / scale;
    const depth = (uniform() < 0.7 ? -1 : 0.7) * (0.02 + 0.04 * uniform());
    for (let v = Math.floor(y - 3 * size); v <= y + 3 * size; v++) {
      for (let u = Math.floor(x - 3 * size); u <= x + 3 * size; u++) {
        if (u < 0 || v < 0 || u >= width || v >= height) continue;
        const r2 = ((u + 0.5 - x) ** 2 + (v + 0.5 - y) ** 2) / size ** 2;
        slide[v * width + u] += depth * (1.4 * Math.exp(-r2) - 0.4 * Math.exp(-r2 / 3));
      }
    }
  }
  return {
    slide,
    organelles: smoothNoise(random(seed, "phagocytosis", "organelles")),
    flow: smoothNoise(random(seed, "phagocytosis", "flow")),
    yeasts: Array.from(
      { length: particles },
      () => ({ angle: 2 * Math.PI * uniform(), long: 1 + 0.14 * uniform() }),
    ),
  };
}

/** Three consecutive box blurs, close to a Gaussian of standard deviation `sigma` pixels. */
function spread(data: Float32Array, width: number, height: number, sigma: number): Float32Array {
  const reach = Math.max(1, Math.round((Math.sqrt(4 * sigma * sigma + 1) - 1) / 2));
  let from: Float32Array = data;
  let to: Float32Array = new Float32Array(data.length);
  const pass = (lines: number, length: number, line: number, step: number) => {
    for (let l = 0; l < lines; l++) {
      const start = l * line;
      let sum = 0;
      for (let i = 0; i < Math.min(reach, length); i++) sum += from[start + i * step];
      for (let i = 0; i < length; i++) {
        if (i + reach < length) sum += from[start + (i + reach) * step];
        if (i > reach) sum -= from[start + (i - reach - 1) * step];
        to[start + i * step] = sum / (2 * reach + 1);
      }
    }
    [from, to] = [to, from === data ? new Float32Array(data.length) : from];
  };
  for (let round = 0; round < 3; round++) {
    pass(height, width, width, 1);
    pass(width, height, 1, width);
  }
  return from;
}

/** The smaller of two distances, with a corner rounded over `soft`. */
function joined(a: number, b: number, soft: number): number {
  const h = Math.max(0, soft - Math.abs(a - b)) / soft;
  return Math.min(a, b) - h * h * soft / 4;
}

/**
 * Distance to the arms of the cup around a particle: a bent band that starts on the cell's side.
 */
function cupDistance(dx: number, dy: number, base: number, wrap: number): number {
  const [inner, half] = [PARTICLE_UM + 0.75, 0.6];
  const angle = Math.atan2(dy, dx) - base;
  const off = Math.abs(Math.atan2(Math.sin(angle), Math.cos(angle)));
  if (off <= wrap) return Math.abs(Math.hypot(dx, dy) - inner) - half;
  const radius = Math.hypot(dx, dy);
  // Beyond the arm's tip: the distance to the tip itself.
  return Math.hypot(
    radius * Math.cos(off) - inner * Math.cos(wrap),
    radius * Math.sin(off) - inner * Math.sin(wrap),
  ) - half;
}

/** Retardation of the cell at every pixel. */
function cellPhase(
  state: State,
  kind: CellKind,
  time: number,
  { width, height, scale }: View,
  texture: Texture,
): Float32Array {
  const phase = new Float32Array(width * height);
  const { centre, heading, radius, reach, particles } = state;
  const cups = particles.filter((p) => p.wrap > 0 && p.opacity > 0.5);
  const extent = 1.5 * radius + 2;
  const [left, top] = [width * scale / 2 + centre.x, height * scale / 2 + centre.y];
  const range = (middle: number, most: number) => [
    Math.max(0, Math.floor((middle - extent) / scale)),
    Math.min(most - 1, Math.ceil((middle + extent) / scale)),
  ];
  const [firstRow, lastRow] = range(top, height);
  const [firstColumn, lastColumn] = range(left, width);
  const blur = Math.max(0.25, 0.7 * scale);
  // A macrophage has one bean-shaped nucleus, a neutrophil three lobes.
  const lobes = kind === "macrophage"
    ? [{ a: 0.4, d: 0.9, r: 2.1 }, { a: -0.5, d: 0.9, r: 2 }]
    : [{ a: 0.9, d: 1.5, r: 1.25 }, { a: 3, d: 1.4, r: 1.2 }, { a: -1.2, d: 1.5, r: 1.25 }];
  for (let row = firstRow; row <= lastRow; row++) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      const x = (column + 0.5) * scale - left;
      const y = (row + 0.5) * scale - top;
      const angle = Math.atan2(y, x) - heading;
      // The edge ruffles constantly, mostly at the front.
      const ruffle = 0.06 * (1 + 0.7 * Math.cos(angle)) *
        texture.flow(
          1.9 * Math.cos(angle + heading) + 7 + 0.9 * time,
          1.9 * Math.sin(angle + heading) + 7,
        );
      const edge = radius * (outline(angle, reach) + ruffle);
      let distance = Math.hypot(x, y) - edge;
      if (distance > 6) continue;
      for (const cup of cups) {
        const [dx, dy] = [centre.x + x - cup.x, centre.y + y - cup.y];
        const base = Math.atan2(centre.y - cup.y, centre.x - cup.x);
        distance = joined(distance, cupDistance(dx, dy, base, cup.wrap), 0.9);
      }
      const inside = 1 - smoothstep(-blur, blur, distance);
      if (inside === 0) continue;
      const deep = Math.max(0, -distance);
      const body = 0.4 + 0.6 * (1 - Math.exp(-deep / 1.7));
      const u = x * Math.cos(heading) + y * Math.sin(heading);
      const v = y * Math.cos(heading) - x * Math.sin(heading);
      let nuclear = 9;
      for (const { a, d, r } of lobes) {
        const lobe = Math.hypot(u + 0.5 - d * Math.cos(a), v - d * Math.sin(a)) - r;
        nuclear = joined(nuclear, lobe, 0.7);
      }
      const nucleus = 1 - smoothstep(-0.3, 0.3, nuclear);
      const envelope = Math.exp(-((nuclear / 0.3) ** 2));
      // Granules stream: two patterns that drift past each other with fluctuations.
      const granules = texture.organelles(u / 0.75 + 20 - 0.7 * time, v / 0.75 + 20) +
        texture.organelles(v / 0.6 + 41, u / 0.6 + 9 + 0.9 * time);
      const lumps = texture.flow(u / 1.7 + 30, v / 1.7 + 0.5 * time);
      const grain = deep > 0.5 ? 0.1 * granules * (1 - 0.8 * nucleus) + 0.05 * lumps : 0;
      phase[row * width + column] = inside *
        (0.31 * body * (1 + grain / 0.3) - 0.05 * nucleus + 0.06 * envelope);
    }
  }
  return phase;
}

/** A yeast: a bright, refracting body with a dark rim, a faint halo and a vacuole. */
function drawYeast(
  grey: Float32Array,
  { width, height, scale }: View,
  { x, y, contrast, opacity }: Particle,
  { angle, long }: { angle: number; long: number },
): void {
  if (opacity === 0) return;
  const [left, top] = [width * scale / 2 + x, height * scale / 2 + y];
  const reach = 2.3 * PARTICLE_UM;
  const soft = Math.max(0.16, 0.3 * scale / PARTICLE_UM);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const bottom = Math.min(height - 1, Math.floor((top + reach) / scale));
  const right = Math.min(width - 1, Math.floor((left + reach) / scale));
  for (let row = Math.max(0, Math.floor((top - reach) / scale)); row <= bottom; row++) {
    for (let column = Math.max(0, Math.floor((left - reach) / scale)); column <= right; column++) {
      const dx = ((column + 0.5) * scale - left) / PARTICLE_UM;
      const dy = ((row + 0.5) * scale - top) / PARTICLE_UM;
      const [u, v] = [(dx * cos + dy * sin) / long, (dy * cos - dx * sin) * long];
      const rho = Math.hypot(u, v);
      const core = 0.42 * (1 - smoothstep(0.78 - 2 * soft, 0.78 + soft, rho));
      const vacuole = 0.12 * Math.exp(-((u - 0.28) ** 2 + v * v) / 0.05);
      const rim = 0.3 * Math.exp(-(((rho - 1) / (soft + 0.06)) ** 2));
      const halo = 0.09 * Math.exp(-(((rho - 1.45) / 0.3) ** 2));
      const i = row * width + column;
      grey[i] += opacity * contrast * (core - vacuole - rim + halo);
      // The body hides the field and the cytoplasm.
      const solid = opacity * contrast * (1 - smoothstep(0.85, 1.1, rho));
      grey[i] += solid * 0.6 * (FIELD - Math.min(FIELD, grey[i] - contrast * core * opacity));
    }
  }
}

/**
 * The picture of a state.
 *
 * @param time In seconds, for granules and ruffles.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { drawState, textureOf } from "./picture.ts";
 *
 * const view = { width: 50, height: 50, scale: 1 };
 * const centre = { x: 0, y: 0 };
 * const state = { centre, heading: 0, radius: 7, reach: 0, particles: [] };
 * const light = drawState(state, "macrophage", 0, view, textureOf(view, 0, 1));
 * assertOk(light[3 * (25 * 50 + 28)] < 0.9 * light[0]);
 * ```
 */
export function drawState(
  state: State,
  kind: CellKind,
  time: number,
  view: View,
  texture: Texture,
): Light {
  const { width, height, scale } = view;
  const phase = cellPhase(state, kind, time, view, texture);
  const halo = spread(phase, width, height, HALO_UM / scale / Math.sqrt(3) * 1.2);
  const grey = phase.map((value, i) => FIELD + texture.slide[i] - value + SHADE_OFF * halo[i]);
  for (const particle of state.particles) {
    drawYeast(grey, view, particle, texture.yeasts[particle.number]);
  }
  const light = new Float32Array(width * height * 3);
  for (let i = 0, j = 0; i < grey.length; i++) {
    for (let c = 0; c < 3; c++, j++) light[j] = grey[i] * TINT[c];
  }
  return light;
}
