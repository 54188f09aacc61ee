/**
 * Rendering of a gut and its content in transmitted light: absorption by thickness (Beer–Lambert).
 */
import { random } from "../../random.ts";
import { type Field, type Light, smoothNoise, smoothstep } from "../../sim/optics.ts";
import { WALL_MM2 } from "./flow.ts";
import type { Clip } from "../../sim/world.ts";

/** Rows of the gut's texture from one margin to the other. */
const TEXTURE_ROWS = 96;

/** Absorption per millimetre in red, green and blue (optical depth). */
export const CONTENT = {
  brown: [0.19, 0.34, 0.72],
  green: [0.58, 0.2, 0.52],
  blue: [0.6, 0.34, 0.12],
} as const;
const TISSUE = [0.17, 0.47, 0.45] as const;
const BLOOD = [0.12, 1, 0.95] as const;
const LAMP = [0.93, 0.915, 0.87] as const;

/** The gut at one time, as functions of the distance (mm) from the edge where waves enter. */
export interface Gut {
  lumen(along: number): number;
  /** Radius of the content where it does not fill the lumen. */
  content(along: number): number;
  /** How far the content's mottling has moved, in mm. */
  carried: number;
  /** Remaining share of the content's dye. */
  strength: number;
}

/** Position of the gut in the picture. */
export interface View {
  /** In pixels. */
  width: number;
  height: number;
  /** Size of a pixel in mm. */
  scale: number;
  /** Distance in mm from the edge where waves enter, as a function of that from the left edge. */
  along(x: number): number;
  /** Height of the gut's axis, in mm from the top edge. */
  midline(x: number): number;
}

/** What stays the same in all frames of a clip. */
export interface Look {
  /** The mesentery behind the gut: optical depth of its blood at each pixel. */
  mesentery: Float32Array;
  /** Relative depth of the wall, and depth of blood on it, by column and height over the radius. */
  folds: Float32Array;
  vessels: Float32Array;
  chyme: Field;
  dye: readonly number[];
}

/** A thin line of blood drawn into a map of `width` columns. */
function trace(
  map: Float32Array,
  width: number,
  points: readonly { x: number; y: number; thick: number; depth: number }[],
): void {
  const height = map.length / width;
  for (const { x, y, thick, depth } of points) {
    const reach = Math.ceil(2 * thick) + 1;
    for (let v = Math.floor(y) - reach; v <= y + reach; v++) {
      for (let u = Math.floor(x) - reach; u <= x + reach; u++) {
        if (u < 0 || v < 0 || u >= width || v >= height) continue;
        const d2 = (u + 0.5 - x) ** 2 + (v + 0.5 - y) ** 2;
        const i = v * width + u;
        map[i] = Math.max(map[i], depth * Math.exp(-d2 / (thick * thick)));
      }
    }
  }
}

/**
 * The static background: folds of the wall, vessels on it, and the mesentery that carries them.
 *
 * @param scale Size of a pixel in mm.
 * @param midline Height of the gut's axis in mm from the top edge, as a function of the distance
 * from the left one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { texturesOf } from "./picture.ts";
 *
 * const clip = { seed: 1, violation: undefined, width: 48, height: 32, frames: 1, fps: 12 };
 * assertEquals(texturesOf(clip, 0.3, () => 5).mesentery.length, 48 * 32);
 * ```
 */
export function texturesOf(
  clip: Clip,
  scale: number,
  midline: (x: number) => number,
): Pick<Look, "mesentery" | "folds" | "vessels"> {
  const { width, height } = clip;
  const uniform = random(clip.seed, "peristalsis", "vessels");
  const noise = smoothNoise(random(clip.seed, "peristalsis", "folds"));
  const folds = new Float32Array(width * TEXTURE_ROWS);
  const vessels = new Float32Array(width * TEXTURE_ROWS);
  const mesentery = new Float32Array(width * height);
  for (let row = 0, i = 0; row < TEXTURE_ROWS; row++) {
    const v = 2 * (row + 0.5) / TEXTURE_ROWS - 1;
    for (let column = 0; column < width; column++, i++) {
      const x = (column + 0.5) * scale;
      // Circular folds run around the gut, villi form its fine grain.
      const bent = x + 0.1 * noise(x / 0.9 + 11, 2 * v);
      folds[i] = 1 + 0.2 * noise(bent / 0.21, 1.1 * v) + 0.14 * noise(x / 0.13, v / 0.09 + 30);
    }
  }
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      const [x, y] = [(column + 0.5) * scale, (row + 0.5) * scale];
      mesentery[i] = 0.012 * (1 + noise(x / 0.8, y / 0.8 + 9)) + 0.006 * noise(x / 0.2, y / 0.2);
    }
  }
  // Vasa recta, in pairs: they fan out from the mesentery, reach the gut and branch over it.
  const fan = width * scale * (0.3 + 0.4 * uniform());
  for (let x = 1.1 * uniform(); x < width * scale; x += 1.2 + 1.3 * uniform()) {
    const below = height * scale - midline(x) - 0.7;
    for (const [apart, depth, thick] of [[0, 0.1, 0.05], [0.2, 0.07, 0.085]]) {
      trace(
        mesentery,
        width,
        Array.from({ length: 140 }, (_, i) => {
          const part = i / 139;
          const lean = (fan - x) * 0.55 * part ** 1.7;
          return {
            x: (x + apart + lean + 0.3 * noise(2.2 * part, x * 3) * part) / scale,
            y: (midline(x) + 0.7 + below * part) / scale,
            thick: (thick + 0.03 * part) / scale,
            depth,
          };
        }),
      );
    }
    for (const side of [-1, 1]) {
      const turn = side * (0.15 + 0.35 * uniform());
      const far = 0.9 + 0.7 * uniform();
      trace(
        vessels,
        width,
        Array.from({ length: 70 }, (_, i) => {
          const part = i / 69;
          return {
            x: (x + turn * part ** 1.5 + 0.1 * noise(5 * part, x * 5 + side)) / scale,
            y: (1 - far * part / 2) * TEXTURE_ROWS,
            thick: Math.max(0.7, (0.05 - 0.025 * part) / scale),
            depth: 0.3 * (1 - 0.7 * part),
          };
        }),
      );
    }
  }
  return { mesentery, folds, vessels };
}

/** The positive part of a length, with its corner rounded over `soft`. */
function rounded(value: number, soft: number): number {
  return 0.5 * (value + Math.sqrt(value * value + soft * soft));
}

/**
 * The gut and its content, except for its granules.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { CONTENT, drawGut } from "./picture.ts";
 *
 * const map = new Float32Array(32 * 96);
 * const look = { mesentery: map, folds: map, vessels: map, chyme: () => 0, dye: CONTENT.brown };
 * const view = { width: 32, height: 32, scale: 0.3, along: (x: number) => x, midline: () => 5 };
 * const tube = { lumen: () => 2, content: () => 2, carried: 0, strength: 1 };
 * const light = drawGut(tube, view, look);
 * assertOk(light[3 * (16 * 32 + 16)] < 0.6 * light[0]);
 * ```
 */
export function drawGut(gut: Gut, view: View, look: Look): Light {
  const { width, height, scale, along, midline } = view;
  const light = new Float32Array(width * height * 3);
  const blur = Math.max(0.05, 0.8 * scale);
  for (let column = 0; column < width; column++) {
    const x = (column + 0.5) * scale;
    const u = along(x);
    const [lumen, content, axis] = [gut.lumen(u), gut.content(u), midline(x)];
    const outer = Math.sqrt(lumen * lumen + WALL_MM2);
    for (let row = 0; row < height; row++) {
      const y = (row + 0.5) * scale - axis;
      const pixel = row * width + column;
      let blood = look.mesentery[pixel];
      let [wall, chyme, shade] = [0, 0, 1];
      if (Math.abs(y) < outer + 2 * blur) {
        const v = Math.min(0.999, Math.max(-0.999, y / outer));
        const place = (v + 1) / 2 * TEXTURE_ROWS - 0.5;
        const above = Math.min(TEXTURE_ROWS - 2, Math.max(0, Math.floor(place)));
        const part = place - above;
        const i = above * width + column;
        const sample = (map: Float32Array) => map[i] * (1 - part) + map[i + width] * part;
        const full = 2 * Math.sqrt(rounded(outer * outer - y * y, 1.2 * outer * blur));
        const hollow = 2 * Math.sqrt(rounded(lumen * lumen - y * y, 1.2 * lumen * blur));
        wall = Math.max(0, full - hollow) * sample(look.folds);
        const edge = 1 - smoothstep(outer - blur, outer + blur, Math.abs(y));
        blood += sample(look.vessels) * edge;
        const mottled = 1 + 0.16 * look.chyme((u - gut.carried) / 0.4 + 40, y / 0.4) +
          0.1 * look.chyme((u - gut.carried) / 0.17 + 40, y / 0.17 + 20);
        chyme = 2 * Math.sqrt(rounded(content * content - y * y, 1.2 * content * blur)) *
          (1 - smoothstep(content - blur, content + 2 * blur, Math.abs(y))) *
          mottled * gut.strength;
        // Light from one side models the tube; a wet serosa reflects the lamp in a streak.
        const streak = Math.exp(-(((v + 0.52) / 0.07) ** 2)) * sample(look.folds) ** 3;
        shade = 1 - 0.07 * v * edge + 0.1 * streak * edge;
      }
      for (let c = 0; c < 3; c++) {
        const depth = wall * TISSUE[c] + chyme * look.dye[c] + blood * BLOOD[c];
        light[3 * pixel + c] = LAMP[c] * Math.exp(-depth) * shade;
      }
    }
  }
  return light;
}

/**
 * Darkens (or, with a negative `shade`, brightens) the picture by a granule; positions and sizes in
 * mm.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { CONTENT, drawGranule } from "./picture.ts";
 *
 * const light = new Float32Array(32 * 32 * 3).fill(1);
 * const view = { width: 32, height: 32, scale: 0.3, along: (x: number) => x, midline: () => 5 };
 * drawGranule(light, view, { x: 5, y: 5, size: 0.3, shade: 1 }, CONTENT.blue);
 * assertOk(light[3 * (16 * 32 + 16)] < 0.8);
 * ```
 */
export function drawGranule(
  light: Light,
  { width, height, scale }: View,
  { x, y, size, shade }: { x: number; y: number; size: number; shade: number },
  dye: readonly number[],
): void {
  if (shade === 0) return;
  const sigma = Math.max(size, 0.7 * scale);
  const depth = shade * (size / sigma) ** 2;
  const reach = 2.6 * sigma;
  const right = Math.min(width - 1, Math.floor((x + reach) / scale));
  const bottom = Math.min(height - 1, Math.floor((y + reach) / scale));
  for (let row = Math.max(0, Math.floor((y - reach) / scale)); row <= bottom; row++) {
    for (let column = Math.max(0, Math.floor((x - reach) / scale)); column <= right; column++) {
      const dx = (column + 0.5) * scale - x;
      const dy = (row + 0.5) * scale - y;
      const spot = depth * Math.exp(-(dx * dx + dy * dy) / (sigma * sigma));
      const i = 3 * (row * width + column);
      for (let c = 0; c < 3; c++) light[i + c] *= Math.exp(-spot * (0.3 + dye[c]));
    }
  }
}
