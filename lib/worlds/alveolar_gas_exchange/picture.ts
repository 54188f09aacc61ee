/**
 * Lung tissue and red cells as a confocal map of oxygenation: plasma in green, air black, haemoglobin
 * from blue (mixed venous) to red (saturated).
 */
import { random } from "../../random.ts";
import { around, pixelsIn } from "../../sim/drawing.ts";
import { type Light, smoothNoise, smoothstep } from "../../sim/optics.ts";
import type { Clip } from "../../sim/world.ts";
import { type Cell, SATURATION, type State } from "./course.ts";
import type { Alveolus, CapillaryPath } from "./paths.ts";

/** Half length and half width of a red cell squeezed into a capillary, in µm. */
export const CELL_UM = { long: 3.1, wide: 2.15 } as const;
const LUMEN_UM = 2.8;

/** Display colours by oxygenation; red and blue have a constant sum, so their ratio is linear. */
const DEOXYGENATED = [0.2, 0.28, 0.79] as const;
const OXYGENATED = [0.87, 0.15, 0.12] as const;
const AIR = [0.012, 0.02, 0.022] as const;
const TISSUE = [0.1, 0.2, 0.15] as const;
const PLASMA = [0.1, 0.38, 0.22] as const;
const LINING = [0.16, 0.34, 0.26] as const;

/**
 * The static background: septa with fibres and nuclei, plasma in the capillaries, air spaces.
 *
 * @param scale Size of a pixel in µm.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { drawTissue } from "./picture.ts";
 * import { alveolusOf, pathsAround } from "./paths.ts";
 *
 * const clip = { seed: 1, violation: undefined, width: 72, height: 72, frames: 33, fps: 12 };
 * const alveolus = alveolusOf(21, clip, 1);
 * const light = drawTissue(alveolus, pathsAround(alveolus, 72, "left to right"), clip, 1);
 * assertOk(light[3 * (36 * 72 + 36) + 1] < 0.1, "air is black");
 * ```
 */
export function drawTissue(
  alveolus: Alveolus,
  paths: readonly CapillaryPath[],
  clip: Clip,
  scale: number,
): Light {
  const { width, height } = clip;
  const fibres = smoothNoise(random(clip.seed, "alveolus", "fibres"));
  const grain = smoothNoise(random(clip.seed, "alveolus", "grain"));
  const distance = distanceToPaths(paths, clip, scale);
  const uniform = random(clip.seed, "alveolus", "neighbours");
  const neighbours = [[-1, -1], [1, -1], [-1, 1], [1, 1]].map(([sideX, sideY]) => ({
    x: sideX * (44 + 5 * uniform()),
    y: sideY * (41 + 6 * uniform()),
    r: 25.5 + 3.5 * uniform(),
  }));
  const light = new Float32Array(width * height * 3);
  for (let row = 0, i = 0; row < height; row++) {
    const y = (row + 0.5) * scale;
    for (let column = 0; column < width; column++, i += 3) {
      const x = (column + 0.5) * scale;
      // Depth into the nearest air space, negative in tissue: this alveolus or one beyond a corner.
      const [dx, dy] = [x - alveolus.x, y - alveolus.y];
      const radius = Math.hypot(dx, dy);
      const own = alveolus.outline(Math.atan2(dy, dx)) - radius;
      const wavy = 3 * fibres(x / 11 + 20, y / 11) + 0.7 * grain(x / 4, y / 4 + 9);
      const next = wavy + Math.max(...neighbours.map((n) => n.r - Math.hypot(dx - n.x, dy - n.y)));
      const depth = Math.max(own, next);
      const air = smoothstep(-0.45, 0.45, depth);
      const lining = Math.exp(-(((depth + 0.7) / 0.75) ** 2)) *
        (0.75 + 0.35 * grain(x / 3 + 40, y / 3));
      const bulge = LUMEN_UM + 0.5 * grain(x / 5 + 23, y / 5) + 0.25 * grain(x / 2 + 13, y / 2);
      const lumen = 1 - smoothstep(-0.7, 0.7, distance[i / 3] - bulge);
      const wall = Math.exp(-(((distance[i / 3] - bulge - 0.7) / 0.6) ** 2));
      // Elastic fibres are autofluorescent; nuclei are dark in the cytoplasm's glow.
      const fibre = Math.max(0, 1 - 5 * Math.abs(fibres(x / 9 + 3, y / 6)));
      const nucleus = smoothstep(0.3, 0.6, fibres(x / 4.5 + 47, y / 4.5 + 5));
      const tissue = (1 + 0.3 * grain(x / 1.6, y / 1.6) + 0.35 * grain(x / 6 + 11, y / 6)) *
          (1 + 0.6 * fibre) * (1 - 0.4 * nucleus) + 0.3 * wall;
      const flowing = 0.85 + 0.25 * grain(x / 2.5 + 5, y / 2.5) + 0.3 * fibres(x / 14, y / 14 + 30);
      for (let c = 0; c < 3; c++) {
        const septum = TISSUE[c] * tissue * (1 - lumen) + PLASMA[c] * flowing * lumen;
        light[i + c] = septum * (1 - air) + AIR[c] * air * (1 + 0.5 * grain(x / 7, y / 7)) +
          LINING[c] * lining * (1 - lumen);
      }
    }
  }
  return light;
}

/** Distance of each pixel's centre from the nearest capillary, in µm; beyond 8 µm only "far". */
function distanceToPaths(paths: readonly CapillaryPath[], clip: Clip, scale: number): Float32Array {
  const { width, height } = clip;
  const distance = new Float32Array(width * height).fill(8);
  const reach = Math.ceil(8 / scale);
  for (const { x, y } of paths.flatMap(({ points }) => points.filter((_, i) => i % 2 === 0))) {
    const [column, row] = [Math.floor(x / scale), Math.floor(y / scale)];
    for (let v = Math.max(0, row - reach); v <= Math.min(height - 1, row + reach); v++) {
      for (let u = Math.max(0, column - reach); u <= Math.min(width - 1, column + reach); u++) {
        const far = Math.hypot((u + 0.5) * scale - x, (v + 0.5) * scale - y);
        const i = v * width + u;
        if (far < distance[i]) distance[i] = far;
      }
    }
  }
  return distance;
}

/**
 * A red cell bent into a parachute by the narrow lumen, round in front and hollow behind.
 *
 * @param scale Size of a pixel in µm.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { drawCell } from "./picture.ts";
 *
 * const clip = { seed: 1, violation: undefined, width: 72, height: 72, frames: 33, fps: 12 };
 * const light = new Float32Array(72 * 72 * 3);
 * const state = { x: 36, y: 36, angle: 0, saturation: 0.98 };
 * drawCell(light, clip, 1, state, { size: 1, phase: 0 }, state.saturation);
 * const middle = 3 * (36 * 72 + 36);
 * assertOk(light[middle] > 2 * light[middle + 2], "saturated blood is red");
 * ```
 */
export function drawCell(
  light: Light,
  clip: Clip,
  scale: number,
  state: State,
  cell: Pick<Cell, "size" | "phase">,
  saturation: number,
): void {
  const angle = state.angle + 0.12 * Math.sin(cell.phase + state.x / 5);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [long, wide] = [CELL_UM.long * cell.size, CELL_UM.wide * cell.size];
  const oxygen = (saturation - SATURATION.venous) / (SATURATION.alveolar - SATURATION.venous);
  const colour = DEOXYGENATED.map((blue, c) => blue + (OXYGENATED[c] - blue) * oxygen);
  const reach = long * 1.6;
  const { left, top, right, bottom } = pixelsIn(clip, scale, around(state, reach));
  const soft = Math.max(0.16, 0.6 * scale / wide);
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const dx = (column + 0.5) * scale - state.x;
      const dy = (row + 0.5) * scale - state.y;
      const [u, w] = [(dx * cos + dy * sin) / long, (dy * cos - dx * sin) / wide];
      const rho = Math.hypot(u, w);
      const hollow = 0.4 * Math.exp(-((u + 0.95) ** 2) / 0.12 - w * w / 0.3);
      const body = (1 - smoothstep(1 - soft, 1 + soft, rho)) * (1 - hollow);
      const glow = 0.07 * Math.exp(-Math.max(0, rho - 0.9) * 3.2);
      if (glow < 0.004) continue;
      // Thinner in the middle, like a biconcave disc; brightest along the rim.
      const thick = 0.8 + 0.3 * smoothstep(0.15, 0.75, rho) * (1 - 0.3 * smoothstep(0.8, 1, rho));
      const i = (row * clip.width + column) * 3;
      for (let c = 0; c < 3; c++) {
        light[i + c] = light[i + c] * (1 - body) + colour[c] * (body * thick + glow * (1 - body));
      }
    }
  }
}
