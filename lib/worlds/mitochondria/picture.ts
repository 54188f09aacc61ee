/**
 * Stained mitochondria and cytoplasm in a confocal microscope.
 *
 * Light: beads along the centre line, each spread by the tubule's radius and a Gaussian point
 * spread function (Zhang, Zerubia and Olivo-Marin, Applied Optics 46 (2007) 1819–1829), with a
 * wide, faint component from planes out of focus. The stain displaced by a neck stays in the same
 * mitochondrion.
 */
import type { Uniform } from "../../random.ts";
import { addSpot } from "../../sim/drawing.ts";
import { type Field, smoothNoise, smoothstep } from "../../sim/optics.ts";
import type { Clip } from "../../sim/world.ts";
import { type Bead, type Piece, RADIUS_UM, type Strand } from "./strand.ts";

/** Standard deviation of the point spread function, in µm. */
const SPREAD_UM = 0.15;
/** Share of out-of-focus light, and its width in µm. */
const HAZE = 0.2;
const HAZE_UM = 0.55;

/**
 * Adds the stain of a strand's pieces; the total added depends only on its length.
 *
 * @param stain One value per pixel.
 * @param scale Size of a pixel in µm.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { random } from "../../random.ts";
 * import { layOut } from "./layout.ts";
 * import { drawPieces } from "./picture.ts";
 * import { poseAt } from "./strand.ts";
 *
 * const clip = { seed: 1, violation: undefined, width: 64, height: 64, frames: 33, fps: 12 };
 * const setting = { mitochondria: 4, fission_s: 1, fusion_s: 2 };
 * const [mother] = layOut(setting, { width: 16, height: 16 }, random(1));
 * const stain = new Float32Array(64 * 64);
 * drawPieces(stain, clip, 0.25, mother, poseAt(mother, 0, undefined), 1, () => 0);
 * assertOk(Math.max(...stain) > 0.3);
 * ```
 */
export function drawPieces(
  stain: Float32Array,
  clip: Clip,
  scale: number,
  strand: Strand,
  pieces: readonly Piece[],
  opacity: number,
  texture: Field,
): void {
  if (opacity === 0) return;
  const stained = (bead: Bead) => {
    const s = strand.texture + bead.along / 0.6;
    const free = strand.joint
      ? 1 - 0.7 * Math.exp(-(((bead.along - strand.joint.at * strand.length) / 0.9) ** 2))
      : 1;
    return bead.span * bead.gain *
      (1 + free * (0.42 * texture(s, 7.5) + 0.2 * texture(2.3 * s, 31.5)));
  };
  const beads = pieces.flat();
  const whole = beads.reduce((sum, bead) => sum + stained(bead), 0);
  const retained = beads.reduce((sum, bead) => sum + stained(bead) * neckOf(bead), 0);
  // 0.36 per µm makes the crest of a typical tubule two thirds as bright as the camera's maximum.
  const unit = 0.36 * strand.level * opacity * whole / retained;
  beads.forEach((bead, i) => {
    const amount = unit * stained(bead) * neckOf(bead);
    const psf = Math.max(SPREAD_UM, 0.7 * scale);
    const sigma = Math.hypot(psf, 0.5 * RADIUS_UM * bead.radius);
    const spot = { x: bead.x, y: bead.y, reach: 3.2, colour: [1] };
    addSpot(stain, clip, scale, { ...spot, sigma, amount: (1 - HAZE) * amount });
    if (i % 4 !== 1) return;
    addSpot(stain, clip, scale, { ...spot, sigma: HAZE_UM, amount: 4 * HAZE * amount });
  });
}

/** Stain per length relative to an open tubule, proportional to the cross-section. */
function neckOf(bead: Bead): number {
  return bead.radius ** 2 / bead.gain;
}

/**
 * The faint, uneven glow of the cytoplasm, with the darker nucleus; one value per pixel.
 *
 * @param scale Size of a pixel in µm.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { random } from "../../random.ts";
 * import { drawCytoplasm } from "./picture.ts";
 *
 * const clip = { seed: 1, violation: undefined, width: 64, height: 64, frames: 33, fps: 12 };
 * assertOk(Math.max(...drawCytoplasm(clip, 0.25, random(1))) < 0.2);
 * ```
 */
export function drawCytoplasm(
  { width, height }: Clip,
  scale: number,
  uniform: Uniform,
): Float32Array {
  const cloud = smoothNoise(uniform);
  const corner = 2 * Math.PI * uniform();
  const stain = new Float32Array(width * height);
  const nucleus = {
    x: width * scale * (0.5 + 0.75 * Math.cos(corner)),
    y: height * scale * (0.5 + 0.75 * Math.sin(corner)),
  };
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      const [x, y] = [(column + 0.5) * scale, (row + 0.5) * scale];
      const outside = smoothstep(5, 6.2, Math.hypot(x - nucleus.x, y - nucleus.y));
      const glow = 1 + 0.45 * cloud(x / 3.1, y / 3.1) + 0.25 * cloud(y / 1.1 + 30, x / 1.1);
      stain[i] = 0.02 + (0.015 + 0.035 * outside) * glow;
    }
  }
  return stain;
}
