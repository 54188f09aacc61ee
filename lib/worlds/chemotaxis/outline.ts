/** The changing outline of a crawling cell. */
import type { Uniform } from "../../random.ts";
import { MINUTES_PER_SECOND, type Point } from "./walk.ts";
import type { Clip } from "../../sim/world.ts";

/** Number of angles at which an outline's radius is given. */
export const ANGLES = 96;

/**
 * Radii of an outline at equal angles from its centre, in any scale, by time in seconds and
 * heading.
 */
export type Outline = (time: number, heading: number) => Float64Array;

const angleOf = (i: number) => 2 * Math.PI * i / ANGLES;
/** The outline of a cell without front or rear. */
export const disc: Outline = () => new Float64Array(ANGLES).fill(1);

/**
 * The outline of a cell whose pseudopods bud at the front, left and right in turn, grow, and are
 * swept to the rear.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { random } from "../../random.ts";
 * import { pseudopods } from "./outline.ts";
 *
 * const clip = { seed: 1, violation: undefined, width: 64, height: 64, frames: 24, fps: 12 };
 * const radii = pseudopods(clip, random(1, "cell"))(1, 0);
 * // Longer along its heading than across it.
 * assertOk(radii[0] + radii[48] > radii[24] + radii[72]);
 * ```
 */
export function pseudopods(clip: Clip, uniform: Uniform): Outline {
  const duration = clip.frames / clip.fps * MINUTES_PER_SECOND;
  const buds: { born: number; life: number; aside: number; size: number; width: number }[] = [];
  let side = uniform() < 0.5 ? 1 : -1;
  for (let born = -0.6; born < duration; born += 0.14 + 0.1 * uniform()) {
    buds.push({
      born,
      life: 0.45 + 0.2 * uniform(),
      aside: side * (0.12 + 0.42 * uniform()),
      size: 0.34 + 0.36 * uniform(),
      width: 0.32 + 0.14 * uniform(),
    });
    side = -side;
  }
  const waves = [2, 3, 4].map((k) => ({ k, phase: 7 * uniform(), rate: 5 * (uniform() - 0.5) }));
  return (seconds, heading) => {
    const time = seconds * MINUTES_PER_SECOND;
    const radii = new Float64Array(ANGLES);
    const grown = buds.flatMap((bud) => {
      const age = (time - bud.born) / bud.life;
      if (age <= 0 || age >= 1) return [];
      const swept = Math.sign(bud.aside) * 0.7 * age;
      return [{ ...bud, at: bud.aside + swept, height: bud.size * Math.sin(Math.PI * age) ** 2 }];
    });
    for (let i = 0; i < ANGLES; i++) {
      const from = angleOf(i) - heading;
      // Longer than wide, with a tail (uropod) narrower than the front.
      let r = 1 + 0.27 * Math.cos(2 * from) - 0.05 * Math.cos(3 * from);
      for (const { k, phase, rate } of waves) {
        r += 0.025 * Math.cos(k * angleOf(i) + phase + rate * time);
      }
      for (const { at, height, width } of grown) {
        const off = Math.atan2(Math.sin(from - at), Math.cos(from - at));
        r += height * Math.exp(-((off / width) ** 2) / 2);
      }
      radii[i] = r;
    }
    return radii;
  };
}

/** An outline in µm with the area of a disc of the given radius, and the offset of its centroid. */
export interface Body {
  radii: Float64Array;
  offset: Point;
}

/**
 * An outline scaled to the area of a disc.
 *
 * @param radius Radius of the disc, in µm.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { centred } from "./outline.ts";
 *
 * const { radii, offset } = centred(new Float64Array(96).fill(3), 5);
 * assertNear(radii[7], 5, 1e-9);
 * assertNear(offset.x, 0, 1e-9);
 * ```
 */
export function centred(radii: Float64Array, radius: number): Body {
  let [area, mx, my] = [0, 0, 0];
  for (let i = 0; i < ANGLES; i++) {
    const r = radii[i];
    area += r * r / 2;
    mx += r ** 3 / 3 * Math.cos(angleOf(i));
    my += r ** 3 / 3 * Math.sin(angleOf(i));
  }
  const scale = radius * Math.sqrt(Math.PI / (area * 2 * Math.PI / ANGLES));
  return {
    radii: radii.map((r) => r * scale),
    offset: { x: scale * mx / area, y: scale * my / area },
  };
}
