/** Paths of crawling cells: the biased persistent random walk of `world.ts`. */
import { random, type Uniform } from "../../random.ts";
import { gaussian } from "../../sim/optics.ts";
import type { Clip } from "../../sim/world.ts";

/** Minutes represented by one second of the clip. */
export const MINUTES_PER_SECOND = 1;

/** Strength b of the bias and persistence time P, in minutes. */
export const BIAS = 4.5;
const PERSISTENCE_MIN = 0.6;
const SUBSTEPS = 6;
/**
 * Minimum distance of two cells' centres in diameters, at which two elongated cells do not touch.
 */
const APART = 1.5;
/** Distance of the pipette's tip from its side of the frame, in µm. */
const TIP_UM = 13;

/** Parameters of the crawling cells. */
export interface Crawlers {
  cells: number;
  speed_um_min: number;
  cell_diameter_um: number;
  source: keyof typeof TOWARDS;
}

/** In µm from the frame's left and top edges. */
export interface Point {
  x: number;
  y: number;
}

/** A cell's path in µm and radians, one entry per frame. */
export interface Path {
  points: Point[];
  headings: number[];
}

/** Unit vector from the middle of the frame towards the pipette's side. */
export const TOWARDS = {
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  top: { x: 0, y: -1 },
  bottom: { x: 0, y: 1 },
} as const;

/**
 * Position of the pipette's tip, in µm.
 *
 * @param field Width and height of the frame, in µm.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { tipOf } from "./walk.ts";
 *
 * assertEquals(tipOf("left", { x: 100, y: 80 }, () => 0.5), { x: 13, y: 40 });
 * ```
 */
export function tipOf(source: keyof typeof TOWARDS, field: Point, uniform: Uniform): Point {
  const { x, y } = TOWARDS[source];
  const aside = 8 * (uniform() - 0.5);
  return {
    x: field.x / 2 + x * (field.x / 2 - TIP_UM) + y * aside,
    y: field.y / 2 + y * (field.y / 2 - TIP_UM) + x * aside,
  };
}

/**
 * Starting points in the part of the field away from the tip, or, for cells that flee, nearer to
 * it.
 */
function starts(p: Crawlers, clip: Clip, field: Point, uniform: Uniform): Point[] {
  const { x, y } = TOWARDS[p.source];
  const margin = 0.75 * p.cell_diameter_um + 3;
  const far = x === 0 ? field.y : field.x;
  const wide = x === 0 ? field.x : field.y;
  const away = clip.violation === "down-gradient";
  let points: Point[] = [];
  let apart = 1.9 * p.cell_diameter_um;
  for (let tries = 1; points.length < p.cells; tries++) {
    // Measured from the side opposite the pipette.
    const along = away
      ? far * (0.43 + 0.3 * uniform())
      : margin + (0.52 * far - margin) * uniform();
    const across = margin + (wide - 2 * margin) * uniform() - wide / 2;
    const point = {
      x: field.x / 2 + x * (along - far / 2) + y * across,
      y: field.y / 2 + y * (along - far / 2) + x * across,
    };
    if (points.every((q) => Math.hypot(q.x - point.x, q.y - point.y) >= apart)) points.push(point);
    // The first cells may have left no room for the rest.
    if (tries % 200 === 0) [points, apart] = [[], 0.97 * apart];
  }
  return points;
}

/**
 * Paths of all cells, which sense the source and one another; with `down-gradient` planted, cells
 * crawl away from the source, and with `jumping-cells` they leap.
 *
 * @param field Width and height of the frame, in µm.
 * @param tip Position of the source, in µm.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { crawl } from "./walk.ts";
 *
 * const p = { cells: 3, speed_um_min: 12, cell_diameter_um: 12, source: "right" } as const;
 * const clip = { seed: 1, violation: undefined, width: 64, height: 64, frames: 5, fps: 12 };
 * const paths = crawl(p, clip, { x: 100, y: 100 }, { x: 87, y: 50 });
 * assertEquals(paths.map(({ points }) => points.length), [5, 5, 5]);
 * ```
 */
export function crawl(p: Crawlers, clip: Clip, field: Point, tip: Point): Path[] {
  const uniform = random(clip.seed, "chemotaxis", "walk");
  const dt = MINUTES_PER_SECOND / (clip.fps * SUBSTEPS);
  const sign = clip.violation === "down-gradient" ? -1 : 1;
  const cells = starts(p, clip, field, uniform).map((at) => ({
    at,
    // Before the gradient reaches them, they head anywhere within a half plane.
    heading: Math.atan2(sign * (tip.y - at.y), sign * (tip.x - at.x)) + 2.4 * (uniform() - 0.5),
    hurry: 0,
    path: { points: [] as Point[], headings: [] as number[] },
  }));
  const leaps = clip.violation === "jumping-cells" ? leapFrames(p, clip, uniform) : [];
  for (let frame = 0; frame < clip.frames; frame++) {
    for (let s = 0; s < SUBSTEPS && frame > 0; s++) {
      for (const cell of cells) {
        const towards = Math.atan2(sign * (tip.y - cell.at.y), sign * (tip.x - cell.at.x));
        const turn = -(BIAS / PERSISTENCE_MIN) * Math.sin(cell.heading - towards) * dt;
        cell.heading += turn + Math.sqrt(2 * dt / PERSISTENCE_MIN) * gaussian(uniform);
        // Speed varies by a fifth as pseudopods come and go, over a quarter of a minute.
        cell.hurry += -4 * cell.hurry * dt + 0.2 * Math.sqrt(8 * dt) * gaussian(uniform);
        const step = p.speed_um_min * Math.max(0.3, 1 + cell.hurry) * dt;
        cell.at = {
          x: cell.at.x + step * Math.cos(cell.heading),
          y: cell.at.y + step * Math.sin(cell.heading),
        };
      }
      keepApart(cells, APART * p.cell_diameter_um);
    }
    leaps.forEach((when, i) => {
      if (when === frame) cells[i].at = leap(cells[i].at, cells, p, field, uniform);
    });
    for (const { at, heading, path } of cells) {
      path.points.push(at);
      path.headings.push(heading);
    }
  }
  return cells.map(({ path }) => path);
}

/** Excluded volume: cells that come too close push each other aside. */
function keepApart(cells: { at: Point }[], apart: number): void {
  for (let i = 0; i < cells.length; i++) {
    for (let j = i + 1; j < cells.length; j++) {
      const [a, b] = [cells[i], cells[j]];
      const [dx, dy] = [b.at.x - a.at.x, b.at.y - a.at.y];
      const distance = Math.hypot(dx, dy) || 1e-6;
      const push = (apart - distance) / 2 / distance;
      if (push <= 0) continue;
      a.at = { x: a.at.x - push * dx, y: a.at.y - push * dy };
      b.at = { x: b.at.x + push * dx, y: b.at.y + push * dy };
    }
  }
}

/** The frames in which the first cells leap: two of three cells, at different times. */
function leapFrames(p: Crawlers, clip: Clip, uniform: Uniform): number[] {
  const leaping = Math.ceil(0.66 * p.cells);
  return Array.from(
    { length: leaping },
    (_, i) => Math.max(1, Math.round((0.22 + 0.6 * (i + 0.6 * uniform()) / leaping) * clip.frames)),
  );
}

/** A free position two to three diameters away, within the frame. */
function leap(
  from: Point,
  cells: readonly { at: Point }[],
  p: Crawlers,
  field: Point,
  uniform: Uniform,
): Point {
  const diameter = p.cell_diameter_um;
  let best = { point: from, room: -Infinity };
  for (let i = 0; i < 60; i++) {
    const angle = 2 * Math.PI * uniform();
    const far = diameter * (2 + uniform());
    const point = { x: from.x + far * Math.cos(angle), y: from.y + far * Math.sin(angle) };
    const others = cells.filter(({ at }) => at !== from)
      .map(({ at }) => Math.hypot(at.x - point.x, at.y - point.y));
    const inside = Math.min(point.x, point.y, field.x - point.x, field.y - point.y);
    const room = Math.min(...others, 2 * inside);
    if (room > best.room) best = { point, room };
    if (room > 1.7 * diameter) break;
  }
  return best.point;
}
