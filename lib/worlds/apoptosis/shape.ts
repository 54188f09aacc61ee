/** Outline and chromatin of a cell that dies by apoptosis, or, as a violation, by swelling. */
import type { Uniform } from "../../random.ts";
import { smoothstep } from "../../sim/optics.ts";

/** Seconds from the first blebs to the break-up. */
export const BLEBBING_LASTS_S = 1;

/** Share of its projected area that the cell loses by shrinking. */
export const SHRINKAGE = 0.42;

/** Width of the transition between neighbouring lobes, in cell radii. */
const FILLET = 0.045;
/** The coarse grid for computing areas: half its width in cell radii, and its cells per side. */
const GRID_REACH = 1.9;
const GRID = 76;
/** Membranes closer than this cannot be resolved, in µm. */
const RESOLUTION_UM = 0.7;

/** A disc in units of the cell's radius, relative to the cell's centre. */
export interface Lobe {
  x: number;
  y: number;
  r: number;
}

/** The predetermined fate of a cell. */
export interface Fate {
  /** Final position and size of each body, starting with the one in the middle. */
  bodies: Lobe[];
  blebs: { angle: number; size: number; period: number; phase: number }[];
  waves: { k: number; size: number; phase: number }[];
  /** Initial position of the nucleus. */
  nucleus: { x: number; y: number };
}

/** An outline in units of the cell's radius. */
export interface Outline {
  lobes: Lobe[];
  /** Irregularity of the spread cell; 0 if round. */
  rough: number;
  waves: Fate["waves"];
}

/** A cell at one time. */
export interface Shape extends Outline {
  /** Size of one unit of the lobes in µm, chosen to give the desired area. */
  unit: number;
  nucleus: Lobe;
  /** Chromatin of each future body, and how far the nucleus has fragmented into it (0–1). */
  fragments: Lobe[];
  fragmented: number;
  /** Distances from the outline on a coarse grid, in units. */
  grid: Float32Array;
}

/** A piece of the cell not connected to any other by a membrane. */
export interface Piece {
  /** Index of its first lobe, 0 for the middle one. */
  id: number;
  /** In µm from the cell's centre. */
  x: number;
  y: number;
  area_um2: number;
}

/**
 * Draws a fate: bodies of different sizes, placed so that their final outlines do not touch.
 *
 * @param count Number of bodies that the cell breaks into, at least 3.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { random } from "../../random.ts";
 * import { fateOf, SHRINKAGE } from "./shape.ts";
 *
 * const { bodies } = fateOf(6, random(1, "fate"));
 * assertNear(bodies.reduce((sum, { r }) => sum + r * r, 0), 1 - SHRINKAGE, 1e-12);
 * ```
 */
export function fateOf(count: number, uniform: Uniform): Fate {
  const weights = Array.from({ length: count }, () => 0.65 + 0.85 * uniform() ** 2);
  const total = weights.reduce((a, b) => a + b);
  const radii = weights.map((w) => Math.sqrt((1 - SHRINKAGE) * w / total));
  const gap = 0.25;
  const ring = count - 1;
  const widest = Math.max(...radii.slice(1));
  const clear = (2 * widest + gap) / (2 * Math.sin(Math.PI / ring));
  const turn = 2 * Math.PI * uniform();
  const bodies = radii.map((r, i): Lobe => {
    if (i === 0) return { x: 0, y: 0, r };
    const angle = turn + 2 * Math.PI * i / ring + 0.1 * (uniform() - 0.5);
    const far = Math.max(clear, radii[0] + r + gap) * (1.02 + 0.16 * uniform());
    return { x: far * Math.cos(angle), y: far * Math.sin(angle), r };
  });
  const blebs = Array.from({ length: 9 }, (_, i) => ({
    angle: 2 * Math.PI * (i + 0.5 * uniform()) / 9,
    size: 0.2 + 0.14 * uniform(),
    period: 0.45 + 0.3 * uniform(),
    phase: uniform(),
  }));
  const waves = [2, 3, 4].map((k) => ({
    k,
    size: (0.6 + 0.4 * uniform()) / k,
    phase: 7 * uniform(),
  }));
  const away = 2 * Math.PI * uniform();
  return { bodies, blebs, waves, nucleus: { x: 0.14 * Math.cos(away), y: 0.14 * Math.sin(away) } };
}

const mix = (a: number, b: number, part: number) => a + (b - a) * part;

/**
 * The cell at a given time of its death.
 *
 * @param time Seconds of the process.
 * @param begins Second when blebbing begins.
 * @param area_um2 Its projected area at that time.
 * @param swells Whether it only swells, without blebbing or breaking up.
 *
 * @example
 * ```ts
 * import { assertEquals, assertNear } from "../../testing/assert.ts";
 * import { random } from "../../random.ts";
 * import { fateOf, piecesOf, shapeAt } from "./shape.ts";
 *
 * const fate = fateOf(5, random(3, "fate"));
 * const pieces = piecesOf(shapeAt(fate, 3, 1, 200, false));
 * assertEquals(pieces.length, 5);
 * assertNear(pieces.reduce((sum, piece) => sum + piece.area_um2, 0), 200, 4);
 * ```
 */
export function shapeAt(
  fate: Fate,
  time: number,
  begins: number,
  area_um2: number,
  swells: boolean,
): Shape {
  const ends = begins + BLEBBING_LASTS_S;
  const phase = (from: number, to: number) => smoothstep(from, to, time);
  const rough = 1 - phase(begins - 0.4, begins + 0.05);
  const alive = swells ? 0 : 1;
  const blebbing = alive * phase(begins - 0.05, begins + 0.15) *
    (1 - phase(ends - 0.1, ends + 0.1));
  const budding = alive * phase(begins + 0.1, ends - 0.1);
  const broken = alive * phase(ends - 0.1, ends + 0.25);
  const middle = mix(mix(1, 0.84, budding), fate.bodies[0].r, broken);
  const lobes = fate.bodies.map(({ x, y, r }, i): Lobe => {
    if (i === 0) return { x: 0, y: 0, r: middle };
    const far = Math.hypot(x, y);
    const place = mix(mix(0.5, 0.8, budding), far, broken) / far;
    // Loose bodies jiggle in the currents of the medium.
    const jiggle = 0.03 * broken;
    return {
      x: x * place + jiggle * Math.sin(2.6 * time + 2 * i),
      y: y * place + jiggle * Math.cos(2.1 * time + 3 * i),
      r: r * mix(0.8, 1, broken),
    };
  });
  for (const { angle, size, period, phase: from } of fate.blebs) {
    const pulse = blebbing * Math.sin(Math.PI * (time / period + from)) ** 2;
    if (pulse < 0.02) continue;
    const r = size * Math.sqrt(pulse);
    const far = middle - 0.1 + 0.75 * r;
    lobes.push({ x: far * Math.cos(angle), y: far * Math.sin(angle), r });
  }
  const swollen = swells ? 1 + 0.15 * phase(begins - 0.2, begins + 0.6) : 1;
  const condensed = alive * phase(begins - 0.15, begins + 0.4);
  const loose = phase(begins + 0.45, ends);
  const grid = gridOf({ lobes, rough, waves: fate.waves });
  const cell = (2 * GRID_REACH / GRID) ** 2;
  const covered = grid.reduce((sum, d) => sum + inside(d), 0) * cell;
  return {
    lobes,
    rough,
    waves: fate.waves,
    unit: Math.sqrt(area_um2 / covered),
    grid,
    nucleus: { ...fate.nucleus, r: mix(0.43, 0.33, condensed) * swollen },
    fragments: fate.bodies.map(({ r }, i) => {
      const angle = 2 * Math.PI * i / fate.bodies.length;
      const start = i === 0 ? 0 : 0.17;
      return {
        x: mix(fate.nucleus.x + start * Math.cos(angle), lobes[i].x, loose),
        y: mix(fate.nucleus.y + start * Math.sin(angle), lobes[i].y, loose),
        r: 0.46 * r,
      };
    }),
    fragmented: alive * phase(begins + 0.35, begins + 0.6),
  };
}

/** Share of a grid cell inside the outline, from the distance of its centre. */
function inside(distance: number): number {
  return Math.min(1, Math.max(0, 0.5 - distance * GRID / (2 * GRID_REACH)));
}

/** Distances from the outline on the grid, in units. */
function gridOf(shape: Outline): Float32Array {
  const step = 2 * GRID_REACH / GRID;
  const grid = new Float32Array(GRID * GRID);
  for (let row = 0, i = 0; row < GRID; row++) {
    for (let column = 0; column < GRID; column++, i++) {
      grid[i] = distanceTo(
        shape,
        (column + 0.5) * step - GRID_REACH,
        (row + 0.5) * step - GRID_REACH,
      );
    }
  }
  return grid;
}

/**
 * Distance of a point (in units) from the outline, negative inside: the lobes' distances, combined
 * by a smooth minimum, −w ln Σ exp(−dᵢ/w).
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { distanceTo } from "./shape.ts";
 *
 * const disc = { lobes: [{ x: 0, y: 0, r: 1 }], rough: 0, waves: [] };
 * assertNear(distanceTo(disc, 3, 4), 4, 1e-9);
 * ```
 */
export function distanceTo(
  { lobes, rough, waves }: Outline,
  x: number,
  y: number,
): number {
  let [sum, nearest] = [0, Infinity];
  let wavy = 1;
  if (rough > 0) {
    const angle = Math.atan2(y, x);
    for (const { k, size, phase } of waves) {
      wavy += 0.22 * rough * size * Math.cos(k * angle + phase);
    }
  }
  for (let i = 0; i < lobes.length; i++) {
    const lobe = lobes[i];
    const d = Math.sqrt((x - lobe.x) ** 2 + (y - lobe.y) ** 2) -
      (i === 0 ? lobe.r * wavy : lobe.r);
    if (d < nearest) nearest = d;
    if (d < 0.3) sum += Math.exp(-d / FILLET);
  }
  return sum > 0 && nearest < 0.3 ? -FILLET * Math.log(sum) : nearest;
}

/**
 * The cell's pieces: one until it breaks up. Outlines too close to be resolved count as joined.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { random } from "../../random.ts";
 * import { fateOf, piecesOf, shapeAt } from "./shape.ts";
 *
 * const fate = fateOf(5, random(3, "fate"));
 * assertEquals(piecesOf(shapeAt(fate, 0, 1, 200, false)).map(({ id }) => id), [0]);
 * ```
 */
export function piecesOf(shape: Shape): Piece[] {
  const { grid } = shape;
  const step = 2 * GRID_REACH / GRID;
  const joined = RESOLUTION_UM / 2 / shape.unit;
  const label = new Int16Array(grid.length).fill(-1);
  const found: Piece[] = [];
  for (let start = 0; start < grid.length; start++) {
    if (label[start] >= 0 || grid[start] > joined) continue;
    const stack = [start];
    label[start] = found.length;
    let [weight, sx, sy] = [0, 0, 0];
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      const column = i % GRID;
      const row = (i - column) / GRID;
      const share = inside(grid[i]);
      weight += share;
      sx += share * ((column + 0.5) * step - GRID_REACH);
      sy += share * ((row + 0.5) * step - GRID_REACH);
      const next = [[-1, 0], [1, 0], [0, -1], [0, 1]].flatMap(([u, v]) => {
        const [c, r] = [column + u, row + v];
        return c >= 0 && c < GRID && r >= 0 && r < GRID ? [r * GRID + c] : [];
      });
      for (const j of next) {
        if (label[j] >= 0 || grid[j] > joined) continue;
        label[j] = found.length;
        stack.push(j);
      }
    }
    found.push({
      id: -1,
      x: shape.unit * sx / weight,
      y: shape.unit * sy / weight,
      area_um2: weight * (step * shape.unit) ** 2,
    });
  }
  shape.lobes.forEach(({ x, y }, lobe) => {
    const column = Math.floor((x + GRID_REACH) / step);
    const row = Math.floor((y + GRID_REACH) / step);
    const piece = found[label[row * GRID + column]];
    if (piece && piece.id < 0) piece.id = lobe;
  });
  return found.filter(({ id }) => id >= 0).toSorted((a, b) => a.id - b.id);
}
