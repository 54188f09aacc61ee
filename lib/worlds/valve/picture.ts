/**
 * The vessel, its leaflets and the labelled lymphocytes in transmitted light with fluorescence.
 */
import { random } from "../../random.ts";
import { around, pixelsIn } from "../../sim/drawing.ts";
import { type Light, smoothNoise, smoothstep } from "../../sim/optics.ts";
import type { TrueObject } from "../../sim/types.ts";
import type { Clip } from "../../sim/world.ts";
import type { Leaflets, Vessel } from "./course.ts";
import { LEAFLET_UM, leafletAt, wallAt } from "./walls.ts";

/**
 * The static background: fat and fibres around the vessel, its wall, lymph.
 *
 * @param scale Size of a pixel in µm.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { vesselOf } from "./course.ts";
 * import { drawVessel } from "./picture.ts";
 *
 * const setting = { period_s: 1, peak_speed_um_s: 80, cells: 7, direction: "left to right" };
 * const clip = { seed: 1, violation: undefined, width: 64, height: 64, frames: 33, fps: 12 };
 * const light = drawVessel(vesselOf(setting, clip, 2), clip, 2);
 * assertOk(light[3 * (32 * 64 + 5)] > 0.6, "lymph is bright");
 * ```
 */
export function drawVessel(vessel: Vessel, clip: Clip, scale: number): Light {
  const { width, height } = clip;
  const uniform = random(clip.seed, "valve", "fat");
  const fibres = smoothNoise(random(clip.seed, "valve", "fibres"));
  const grain = smoothNoise(random(clip.seed, "valve", "grain"));
  const drops = Array.from({ length: 26 }, () => ({
    x: vessel.length * uniform(),
    y: vessel.axis + (uniform() < 0.5 ? -1 : 1) * (44 + 24 * uniform()),
    r: 5 + 6 * uniform(),
  }));
  const light = new Float32Array(width * height * 3);
  for (let row = 0, i = 0; row < height; row++) {
    const y = (row + 0.5) * scale;
    for (let column = 0; column < width; column++, i += 3) {
      const x = (column + 0.5) * scale;
      const along = vessel.flip(x);
      const wander = 0.7 * fibres(x / 9 + 40, y < vessel.axis ? 3 : 30) + 0.3 * grain(x / 2.5, 50);
      const depth = Math.abs(y - vessel.axis) - wallAt(vessel.base, along) - wander;
      const side = y < vessel.axis ? 13 : 0;
      const inside = 1 - smoothstep(-0.7, 0.7, depth);
      // Muscle cells wind around the wall: short dark strokes across it, 4–5 µm thick in all.
      const thick = 4.2 + 0.7 * fibres(x / 8, side);
      const wall = smoothstep(-0.7, 0.7, depth) * (1 - smoothstep(thick - 0.8, thick + 0.8, depth));
      const strokes = 0.6 + 0.4 * grain(x / 1.7, side + depth / 9);
      const rims = Math.exp(-((depth / 0.9) ** 2)) +
        0.7 * Math.exp(-(((depth - thick) / 0.9) ** 2));
      let fat = 0;
      for (const drop of drops) {
        const off = Math.hypot(x - drop.x, y - drop.y) - drop.r;
        if (off > 3) continue;
        fat += 0.16 * (1 - smoothstep(-2.5, -0.5, off)) - 0.2 * Math.exp(-((off / 0.9) ** 2));
      }
      const tissue = 0.5 + 0.09 * fibres(x / 14 + 2 * grain(x / 20, y / 20), y / 3.5 + side) +
        0.07 * grain(x / 3, y / 3) + 0.05 * grain(x / 1.3, y / 1.3) +
        Math.min(0.2, fat) * smoothstep(5, 9, depth);
      const lymph = 0.7 + 0.03 * fibres(x / 12, y / 12 + 20) + 0.025 * grain(x / 4 + 30, y / 4) +
        0.02 * grain(x / 1.2, y / 1.2 + 30);
      const outside = tissue * (1 - 0.22 * wall * strokes) - 0.16 * rims;
      const level = outside * (1 - inside) + (lymph - 0.16 * rims) * inside;
      light[i] = level * 1.02;
      light[i + 1] = level;
      light[i + 2] = level * 0.94;
    }
  }
  return light;
}

/**
 * Two thin folds, dark with a bright edge, and a slight shade of the pockets behind them.
 *
 * @param scale Size of a pixel in µm.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { leafletsAt, vesselOf } from "./course.ts";
 * import { drawLeaflets } from "./picture.ts";
 *
 * const setting = { period_s: 1, peak_speed_um_s: 80, cells: 7, direction: "left to right" };
 * const clip = { seed: 1, violation: undefined, width: 64, height: 64, frames: 33, fps: 12 };
 * const vessel = vesselOf(setting, clip, 2);
 * const light = new Float32Array(64 * 64 * 3).fill(1);
 * drawLeaflets(light, vessel, leafletsAt(vessel, 0), clip, 2);
 * assertOk(Math.min(...light) < 0.9);
 * ```
 */
export function drawLeaflets(
  light: Light,
  vessel: Vessel,
  { open, visibility }: Leaflets,
  clip: Clip,
  scale: number,
): void {
  for (let column = 0; column < clip.width; column++) {
    const along = vessel.flip((column + 0.5) * scale);
    const share = (along - vessel.base) / LEAFLET_UM;
    if (share < -0.05 || share > 1.08) continue;
    const place = Math.min(vessel.base + LEAFLET_UM, Math.max(vessel.base, along));
    const ends = smoothstep(-0.05, 0.03, share) * (1 - smoothstep(0.93, 1.06, share));
    const wall = wallAt(vessel.base, along);
    for (const side of [0, 1] as const) {
      const here = leafletAt(vessel.base, place, open[side]);
      const slope =
        (leafletAt(vessel.base, Math.max(vessel.base, place - 0.5), open[side]) - here) / 0.5;
      const steep = Math.sqrt(1 + slope * slope);
      const sign = side === 0 ? -1 : 1;
      const [from, to] = [vessel.axis + sign * (here - 4 * steep), vessel.axis + sign * (wall + 1)];
      const top = Math.max(0, Math.floor(Math.min(from, to) / scale));
      const bottom = Math.min(clip.height - 1, Math.ceil(Math.max(from, to) / scale));
      for (let row = top; row <= bottom; row++) {
        const off = (sign * ((row + 0.5) * scale - vessel.axis) - here) / steep;
        const fold = Math.exp(-((off / 1.1) ** 2));
        const edge = Math.exp(-(((off - 1.9) / 0.8) ** 2));
        const pocket = (1 - smoothstep(0.2, 0.9, share)) * smoothstep(0, 2, off) *
          (1 - smoothstep(wall - here - 1, wall - here, off));
        const shade = ends * visibility[side] * (0.46 * fold - 0.07 * edge + 0.06 * pocket);
        const i = 3 * (row * clip.width + column);
        for (let c = 0; c < 3; c++) light[i + c] *= 1 - shade;
      }
    }
  }
}

/**
 * A round lymphocyte: a dark rim in transmitted light and the glow of its label.
 *
 * @param scale Size of a pixel in µm.
 * @param phase Start of its own section in the pattern of nuclei.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { drawCell } from "./picture.ts";
 *
 * const clip = { seed: 1, violation: undefined, width: 64, height: 64, frames: 33, fps: 12 };
 * const light = new Float32Array(64 * 64 * 3).fill(0.5);
 * const cell = { id: 0, x_um: 32, y_um: 32, radius_um: 4, area_um2: 50, opacity: 1 };
 * drawCell(light, clip, 1, cell, 0, [0, 1, 0], () => 0);
 * const middle = 3 * (32 * 64 + 32);
 * assertOk(light[middle + 1] > 2 * light[middle]);
 * ```
 */
export function drawCell(
  light: Light,
  clip: Clip,
  scale: number,
  { x_um, y_um, radius_um }: TrueObject,
  phase: number,
  label: readonly number[],
  nuclei: (x: number, y: number) => number,
): void {
  const reach = radius_um + 4;
  const { left, top, right, bottom } = pixelsIn(clip, scale, around({ x: x_um, y: y_um }, reach));
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const [dx, dy] = [(column + 0.5) * scale - x_um, (row + 0.5) * scale - y_um];
      const off = Math.hypot(dx, dy) - radius_um;
      const body = 1 - smoothstep(-0.9, 0.7, off);
      const rim = Math.exp(-(((off + 0.2) / 0.8) ** 2));
      const grains = 1 + 0.2 * nuclei(dx / 1.6 + phase, dy / 1.6);
      const glow = 0.1 * Math.exp(-Math.max(0, off) / 1.4);
      const i = 3 * (row * clip.width + column);
      for (let c = 0; c < 3; c++) {
        light[i + c] = light[i + c] * (1 - 0.66 * body - 0.2 * rim * (1 - body)) +
          label[c] * (0.62 * body * grains + glow);
      }
    }
  }
}
