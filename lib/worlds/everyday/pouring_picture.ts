/** Rendering of the jug, the stream and the glass. */
import { type Field, smoothstep } from "../../sim/optics.ts";
import type { Side } from "./backdrop.ts";
import { type Canvas, covering, paint } from "./canvas.ts";
import { mixed, type Rgb } from "./palette.ts";
import { JUG, LIP_SPEED, type Poured } from "./pouring_course.ts";

/** Liquids with their colour and opacity. */
const LIQUIDS = {
  water: { colour: [0.55, 0.76, 0.9], dense: 0.5 },
  milk: { colour: [0.96, 0.95, 0.9], dense: 1 },
  "orange juice": { colour: [0.97, 0.62, 0.1], dense: 0.97 },
  "red juice": { colour: [0.72, 0.08, 0.13], dense: 0.92 },
  tea: { colour: [0.62, 0.33, 0.09], dense: 0.82 },
} as const satisfies Record<string, { colour: Rgb; dense: number }>;

export type LiquidName = keyof typeof LIQUIDS;
export const LIQUID_NAMES = Object.keys(LIQUIDS) as [LiquidName, ...LiquidName[]];

/** Thickness of the walls of jug and glass, in metres. */
const WALL = 0.0045;
const GLASS_TINT: Rgb = [0.86, 0.93, 0.95];

/** Positions in the frame (metres), and the light. */
export interface Table {
  /** 1 if the jug pours to the right, −1 to the left. */
  turn: 1 | -1;
  lip: { x: number; y: number };
  glass: { x: number; bottom: number; radius: number; high: number };
  liquid: LiquidName;
  light: Side;
}

/**
 * Paints the jug relative to its lip.
 *
 * @param tilt Radians from upright.
 * @param below From the lip down to the liquid's surface, in metres.
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { canvasOf } from "./canvas.ts";
 * import { drawJug } from "./pouring_picture.ts";
 *
 * const table = {
 *   turn: 1,
 *   lip: { x: 0.2, y: 0.1 },
 *   glass: { x: 0.26, bottom: 0.3, radius: 0.03, high: 0.11 },
 *   liquid: "milk",
 *   light: "left",
 * } as const;
 * const canvas = canvasOf(64, 64, 0.4);
 * drawJug(canvas, table, 0, 0.05);
 * const pixel = (metres: number) => Math.round(metres * 160);
 * const at = (x: number, y: number) => canvas.light[(pixel(y) * 64 + pixel(x)) * 3];
 * assertOk(at(0.15, 0.2) > 2 * at(0.15, 0.13), "milk in its lower part only");
 * ```
 */
export function drawJug(
  canvas: Canvas,
  { turn, lip, liquid, light }: Table,
  tilt: number,
  below: number,
): void {
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  const { colour, dense } = LIQUIDS[liquid];
  const px = canvas.scale;
  const reach = JUG.wide + JUG.high + 0.05;
  const box = {
    left: lip.x - reach,
    top: lip.y - reach,
    right: lip.x + reach,
    bottom: lip.y + 0.2,
  };
  paint(canvas, box, (x, y, rgb) => {
    const [dx, dy] = [turn * (x - lip.x), y - lip.y];
    // The jug's own coordinates: u from its lip backwards, v from its rim down.
    const u = -(dx * cos + dy * sin);
    const v = dy * cos - dx * sin;
    const inner = Math.max(-u, u - JUG.wide, -v, v - JUG.high);
    const body = roundBox(u - JUG.wide / 2, v - JUG.high / 2, JUG.wide / 2, JUG.high / 2) - WALL;
    // Open at the top.
    const shell = Math.max(Math.abs(body + WALL / 2) - WALL / 2, -v - 0.002);
    const [hu, hv] = [u - JUG.wide - 0.004, v - 0.075];
    const ring = Math.abs(Math.hypot(hu / 0.6, hv) - 0.05) * 0.8 - 0.0065;
    const handle = Math.max(ring, -hu);
    const inside = covering(Math.max(body, -v), px);
    const wet = covering(Math.max(inner, below - dy), px);
    const glassy = Math.max(covering(shell, px), covering(handle, px));
    const round = (u - JUG.wide / 2) / (JUG.wide / 2);
    const lamp = light === "left" ? turn : -turn;
    const shade = 0.93 + 0.15 * round * lamp - 0.12 * round * round;
    const shine = Math.exp(-(((round - 0.55 * lamp) / 0.12) ** 2)) * (v > 0.01 ? 1 : 0);
    const cover = Math.max(inside * 0.2, wet * (0.25 + 0.75 * dense), glassy * 0.72);
    if (cover <= 0.002) return 0;
    const filled = mixed(GLASS_TINT, colour, wet);
    const seen = mixed(filled, [0.78, 0.86, 0.88], 0.55 * glassy);
    const top = wet * Math.exp(-Math.max(0, dy - below) / 0.004);
    for (let c = 0; c < 3; c++) {
      rgb[c] = seen[c] * (shade + 0.1 * top) + 0.22 * shine * Math.max(inside, glassy);
    }
    return cover;
  });
}

/**
 * Paints the stream, with a thickness according to its flow and speed.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { canvasOf } from "./canvas.ts";
 * import { pour } from "./pouring_course.ts";
 * import { drawStream } from "./pouring_picture.ts";
 *
 * const table = {
 *   turn: 1,
 *   lip: { x: 0.2, y: 0.1 },
 *   glass: { x: 0.26, bottom: 0.3, radius: 0.03, high: 0.11 },
 *   liquid: "milk",
 *   light: "left",
 * } as const;
 * const canvas = canvasOf(64, 64, 0.4);
 * const [state] = pour({ flow: 1.5e-4, volume: 2e-4, jug: 1e-3, radius: 0.03, drop: 0.2 }, [1]);
 * drawStream(canvas, table, state, () => 0, 1);
 * assertOk(canvas.light.some((value) => value > 0.8), "white milk");
 * ```
 */
export function drawStream(
  canvas: Canvas,
  { turn, lip, liquid, light }: Table,
  { stream }: Poured,
  wobble: Field,
  time: number,
): void {
  const { colour, dense } = LIQUIDS[liquid];
  const px = canvas.scale;
  const lamp = light === "left" ? -1 : 1;
  let i = 0;
  if (stream.length < 2) return;
  const [first, last] = [stream[0], stream[stream.length - 1]];
  const box = {
    left: lip.x + Math.min(0, turn * last.x) - 0.03,
    right: lip.x + Math.max(0, turn * last.x) + 0.03,
    top: lip.y + first.y - 0.003,
    bottom: lip.y + last.y,
  };
  paint(canvas, box, (x, y, rgb) => {
    const down = y - lip.y;
    // Rows are painted downwards, in the order of the parcels.
    if (i > 0 && stream[i - 1].y > down) i = 0;
    while (i < stream.length - 1 && stream[i].y < down) i++;
    const parcel = stream[i];
    // A broad ribbon at the lip, seen edge-on, which contracts to a round jet.
    const radius = Math.sqrt(parcel.flow / parcel.speed / Math.PI) *
      (0.45 + 0.55 * smoothstep(0, 0.035, down));
    const sway = 0.0012 * wobble(30 * down - 9 * time, 5) * Math.min(1, down / 0.05);
    const middle = lip.x + turn * parcel.x + sway;
    // Across the stream rather than along the row.
    const upright = Math.sqrt(Math.max(0, 1 - (LIP_SPEED / parcel.speed) ** 2));
    const off = (x - middle) * Math.max(0.7, upright);
    const seen = Math.max(radius, 0.5 * px);
    const cover = covering(Math.abs(off) - seen, px) * Math.min(1, radius / seen);
    if (cover <= 0) return 0;
    const n = Math.max(-1, Math.min(1, off / seen));
    const shine = 0.3 * Math.exp(-(((n - 0.4 * lamp) / 0.25) ** 2));
    for (let c = 0; c < 3; c++) rgb[c] = colour[c] * (0.98 - 0.2 * n * n + 0.1 * n * lamp) + shine;
    return cover * Math.min(1, dense + 0.25);
  });
}

/**
 * Paints the glass and its content.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { canvasOf } from "./canvas.ts";
 * import { pour } from "./pouring_course.ts";
 * import { drawGlass } from "./pouring_picture.ts";
 *
 * const table = {
 *   turn: 1,
 *   lip: { x: 0.2, y: 0.1 },
 *   glass: { x: 0.26, bottom: 0.3, radius: 0.03, high: 0.11 },
 *   liquid: "milk",
 *   light: "left",
 * } as const;
 * const canvas = canvasOf(64, 64, 0.4);
 * const [state] = pour({ flow: 1.5e-4, volume: 2e-4, jug: 1e-3, radius: 0.03, drop: 0.2 }, [1]);
 * drawGlass(canvas, table, state, () => 0, 1);
 * const at = (y: number) => canvas.light[(Math.round(y / 0.4 * 64) * 64 + 42) * 3];
 * assertOk(at(0.29) > 2 * at(0.22), "milk at the bottom only");
 * ```
 */
export function drawGlass(
  canvas: Canvas,
  { turn, lip, glass, liquid, light }: Table,
  { level, arriving, stream }: Poured,
  wobble: Field,
  time: number,
): void {
  const { colour, dense } = LIQUIDS[liquid];
  const { x: cx, bottom, radius, high } = glass;
  const px = canvas.scale;
  const lamp = light === "left" ? -1 : 1;
  const stir = Math.min(1, arriving / 1e-4);
  const last = stream.at(-1);
  const mouth = last ? lip.x + turn * last.x : cx;
  const [outer, foot] = [radius + WALL, 0.009];
  const flat = 0.16;
  const box = {
    left: cx - outer - px,
    right: cx + outer + px,
    top: bottom - high - 0.02,
    bottom: bottom + foot + 0.01,
  };
  paint(canvas, box, (x, y, rgb) => {
    const n = Math.max(-1, Math.min(1, (x - cx) / outer));
    const curve = Math.sqrt(Math.max(0, 1 - n * n));
    const up = bottom - y;
    // Circles of the glass appear as flat ellipses: its foot, its rim, and the liquid's surface.
    const low = bottom + foot + flat * outer * curve * 0.6;
    const body = Math.max(Math.abs(x - cx) - outer, y - low, bottom - high - y);
    const inside = covering(body, px);
    const wave = level > 0.002
      ? 0.0022 * stir * wobble(60 * (x - cx) + 3, 11 * time) +
        0.003 * stir * Math.exp(-(((x - mouth) / 0.008) ** 2))
      : 0;
    const inner = Math.abs(x - cx) - radius;
    const arc = flat * radius * Math.sqrt(Math.max(0, 1 - ((x - cx) / radius) ** 2));
    const surface = level + wave;
    const full = smoothstep(0, 0.004, level);
    const liquidBody = Math.max(inner, up - surface, -up - arc * 0.6);
    const wet = covering(liquidBody, px) * full;
    const disc = covering(Math.max(inner, Math.abs(up - surface) - arc * 0.6), px) * full;
    const rim = covering(
      Math.abs(Math.abs(up - high) - flat * outer * curve * 0.6) - 0.0012,
      px,
    ) * (Math.abs(x - cx) < outer ? 1 : 0);
    const wall = covering(Math.max(body, radius - Math.abs(x - cx)), px);
    const base = covering(Math.max(Math.abs(x - cx) - outer, bottom + 0.002 - y, y - low), px);
    const glassy = Math.max(wall, rim, 0.8 * base);
    const cover = Math.max(
      0.13 * inside,
      Math.max(wet, disc) * (0.25 + 0.75 * dense),
      0.62 * glassy,
    );
    if (cover <= 0.002) return 0;
    const shine = Math.exp(-(((n - 0.6 * lamp) / 0.1) ** 2)) * inside;
    const shade = 0.95 + 0.14 * n * lamp - 0.2 * n * n;
    const seen = mixed(
      mixed(GLASS_TINT, colour, Math.max(wet, disc)),
      [0.8, 0.87, 0.89],
      0.6 * glassy,
    );
    // Froth where the stream enters.
    const froth = disc * stir * 0.5 * Math.exp(-(((x - mouth) / 0.014) ** 2));
    for (let c = 0; c < 3; c++) {
      const lit = seen[c] * (shade + 0.12 * disc) + 0.3 * shine;
      rgb[c] = lit + (1 - lit) * froth;
    }
    return cover;
  });
}

/** Signed distance to a box with rounded corners, from its centre. */
function roundBox(x: number, y: number, halfWide: number, halfHigh: number): number {
  const corner = 0.015;
  const [a, b] = [Math.abs(x) - halfWide + corner, Math.abs(y) - halfHigh + corner];
  return Math.hypot(Math.max(a, 0), Math.max(b, 0)) + Math.min(Math.max(a, b), 0) - corner;
}
