/** Placement of the mitochondria, so that they never come close to one another during the clip. */
import type { Uniform } from "../../random.ts";
import { type Point, poseAt, type Strand, type Wave } from "./strand.ts";

/** Minimum distance between the centre lines of different mitochondria, in µm. */
const CLEARANCE_UM = 1.5;
const MARGIN_UM = 0.7;
/** Times in seconds at which the layout is checked for collisions. */
const CHECKED_S = [0, 0.7, 1.4, 2.1, 2.8, 4.4, 6.6];

/** Parameters of a layout, with units in their names. */
export interface Setting {
  /** At the start. */
  mitochondria: number;
  fission_s: number;
  fusion_s: number;
}

function wave(uniform: Uniform, still: number, moving: number, period: number): Wave {
  const rate = 2 * Math.PI / (period * (0.8 + 0.4 * uniform()));
  return { still, moving: moving * (0.7 + 0.3 * uniform()), rate, phase: 7 * uniform() };
}

function strandOf(length: number, place: Point, joint: Strand["joint"], uniform: Uniform): Strand {
  const sign = () => uniform() < 0.5 ? -1 : 1;
  const stiff = Math.min(1, length / 4.5);
  return {
    length,
    x: [wave(uniform, place.x, 0.42, 8), wave(uniform, 0, 0.07, 1.6)],
    y: [wave(uniform, place.y, 0.42, 8), wave(uniform, 0, 0.07, 1.6)],
    angle: [wave(uniform, 2 * Math.PI * uniform(), 0.14, 5)],
    bends: [0.75, 0.5, 0.28].map((size, k) =>
      wave(uniform, sign() * size * stiff * (0.3 + 0.7 * uniform()), 0.24 * stiff, 3.6 - 0.7 * k)
    ),
    level: 0.85 + 0.3 * uniform(),
    texture: 60 * uniform(),
    joint,
  };
}

/**
 * The mother first, then the pair that fuses, then the others, keeping their distance.
 *
 * @param view Size of the field of view, in µm.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { random } from "../../random.ts";
 * import { layOut } from "./layout.ts";
 *
 * const setting = { mitochondria: 5, fission_s: 1, fusion_s: 2 };
 * const strands = layOut(setting, { width: 16, height: 16 }, random(1));
 * const events = strands.map(({ joint }) => joint?.event);
 * assertEquals(events, ["fission", "fusion", undefined, undefined]);
 * ```
 */
export function layOut(
  setting: Setting,
  view: { width: number; height: number },
  uniform: Uniform,
): Strand[] {
  const between = (low: number, high: number) => low + (high - low) * uniform();
  const wanted = Array.from({ length: setting.mitochondria - 1 }, (_, i) => {
    if (i === 0) {
      const joint = { at: between(0.42, 0.58), event: "fission" as const, time: setting.fission_s };
      return { length: between(4.8, 5.6), joint: { ...joint, swing: between(-0.3, 0.3) } };
    }
    if (i === 1) {
      const joint = { at: between(0.44, 0.56), event: "fusion" as const, time: setting.fusion_s };
      return { length: between(4.6, 5.4), joint: { ...joint, swing: between(-0.3, 0.3) } };
    }
    return { length: between(2.4, 3.8), joint: null };
  });
  // If random placement finds no room, the next attempt starts over, with less space required in
  // the end.
  for (let round = 0;; round++) {
    const clearance = CLEARANCE_UM * Math.max(0, 1 - Math.max(0, round - 20) / 40);
    const placed: { strand: Strand; swept: Point[][] }[] = [];
    for (const { length, joint } of wanted) {
      for (let dart = 0; dart < 120; dart++) {
        const place = { x: between(1.5, view.width - 1.5), y: between(1.5, view.height - 1.5) };
        const strand = strandOf(length, place, joint, uniform);
        const swept = sweptBy(strand);
        const inside = round > 60 ||
          swept.flat().every(({ x, y }) =>
            x > MARGIN_UM && y > MARGIN_UM && x < view.width - MARGIN_UM &&
            y < view.height - MARGIN_UM
          );
        if (!inside || placed.some((other) => near(swept, other.swept, clearance))) continue;
        placed.push({ strand, swept });
        break;
      }
    }
    if (placed.length === wanted.length) return placed.map(({ strand }) => strand);
  }
}

/** Points of a strand at the checked times, for every possible event. */
function sweptBy(strand: Strand): Point[][] {
  const effects = strand.joint?.event === "fission"
    ? [undefined, "mass-doubling", "shattering"]
    : [undefined];
  return CHECKED_S.map((time) =>
    effects.flatMap((effect) =>
      poseAt(strand, time, effect).flatMap((piece) =>
        piece.filter((_, i) => i % 6 === 0 || i === piece.length - 1)
      )
    )
  );
}

function near(a: readonly Point[][], b: readonly Point[][], clearance: number): boolean {
  return a.some((points, t) =>
    points.some((p) => b[t].some((q) => (p.x - q.x) ** 2 + (p.y - q.y) ** 2 < clearance ** 2))
  );
}
