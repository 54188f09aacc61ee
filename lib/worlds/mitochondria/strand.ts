/**
 * A mitochondrion over time: how it bends, drifts and divides. Lengths in µm from the frame's left
 * and top edges, times in seconds of the clip.
 *
 * Constriction before scission: Friedman et al., Science 334 (2011) 358–362. A fusion is a fission
 * in reverse. Length and stain are conserved, unless a violation adds to them.
 */
import { smoothstep } from "../../sim/optics.ts";

/** Radius of a tubule. */
export const RADIUS_UM = 0.25;
/** Distance between beads of the centre line. */
const STEP_UM = 0.09;
/** Distance to which daughters separate, and from which partners approach. */
const GAP_UM = 1.3;
/** Number of pieces into which a violation shatters the mother. */
const FRAGMENTS = 6;

/** A position. */
export interface Point {
  x: number;
  y: number;
}

/** A sinusoid: still + moving · sin(rate · t + phase). */
export interface Wave {
  still: number;
  moving: number;
  rate: number;
  phase: number;
}

/** A mitochondrion, or two that are one before their fission or after their fusion. */
export interface Strand {
  /** Length along the centre line, in µm. */
  length: number;
  x: Wave[];
  y: Wave[];
  angle: Wave[];
  /** Heading along the strand: the k-th value is the amplitude of cos(kπu), in radians. */
  bends: Wave[];
  /** Relative amount of stain per length, and the start of its own section in the texture. */
  level: number;
  texture: number;
  joint: { at: number; event: "fission" | "fusion"; time: number; swing: number } | null;
}

/** A part of the centre line. */
export interface Bead extends Point {
  /** Position along the undisturbed strand, in µm. */
  along: number;
  /** Length of centre line that it represents, in µm. */
  span: number;
  /** Radius relative to that of a tubule; its stain is proportional to the square. */
  radius: number;
  /** Excess stain beyond what conservation allows. */
  gain: number;
}

/** Connected beads, from tip to tip. */
export type Piece = Bead[];

function at(waves: readonly Wave[], time: number): number {
  return waves.reduce((sum, w) => sum + w.still + w.moving * Math.sin(w.rate * time + w.phase), 0);
}

/**
 * A strand's pieces at one time: one, or two on the divided side of its event.
 *
 * @param violation The planted violation, if any.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { random } from "../../random.ts";
 * import { layOut } from "./layout.ts";
 * import { poseAt } from "./strand.ts";
 *
 * const setting = { mitochondria: 4, fission_s: 1, fusion_s: 2 };
 * const [mother, pair] = layOut(setting, { width: 16, height: 16 }, random(1));
 * const pieces = (strand: typeof mother) => [0, 3].map((t) => poseAt(strand, t, undefined).length);
 * assertEquals([pieces(mother), pieces(pair)], [[1, 2], [2, 1]]);
 * ```
 */
export function poseAt(strand: Strand, time: number, violation: string | undefined): Piece[] {
  const beads = centreLine(strand, time);
  const { joint, length } = strand;
  if (!joint) return [beads];
  // Seconds since the parts separated; a fusion is a fission in reverse.
  const apart = joint.event === "fission" ? time - joint.time : joint.time - time;
  if (joint.event === "fission" && violation === "shattering") {
    return apart < 0 ? [beads] : shattered(beads, apart);
  }
  const neck = 0.48 * smoothstep(-0.75, -0.3, apart) + 0.46 * smoothstep(-0.07, 0.06, apart) -
    0.94 * smoothstep(0.08, 0.5, apart);
  for (const bead of beads) {
    bead.radius = 1 - neck * Math.exp(-(((bead.along - joint.at * length) / 0.4) ** 2));
  }
  if (apart < 0) return [beads];
  const cut = beads.findIndex((bead) => bead.along > joint.at * length);
  const [one, other] = [beads[cut - 1], beads[cut]];
  const along = Math.atan2(other.y - one.y, other.x - one.x);
  const part = 1 - Math.exp(-apart / 0.3);
  const swollen = joint.event === "fission" && violation === "mass-doubling"
    ? smoothstep(0, 0.75, apart)
    : 0;
  return [beads.slice(0, cut), beads.slice(cut)].map((piece, i) => {
    const end = { ...(i === 0 ? one : other) };
    const away = (i - 0.5) * GAP_UM * part;
    const shift = { x: away * Math.cos(along), y: away * Math.sin(along) };
    const turn = joint.swing * part * (i === 0 ? 1 : -0.7);
    return piece.map((bead) => {
      const stretch = 1 + 0.5 * swollen;
      const moved = turned(bead, end, turn, stretch);
      const fat = 1 + swollen / 3;
      return {
        ...bead,
        x: moved.x + shift.x,
        y: moved.y + shift.y,
        span: bead.span * stretch,
        radius: bead.radius * Math.sqrt(fat),
        gain: fat,
      };
    });
  });
}

/** Fragments of equal length that fly apart along the strand and to both sides of it. */
function shattered(beads: readonly Bead[], apart: number): Piece[] {
  const part = 1 - Math.exp(-apart / 0.16);
  const [first, last] = [beads[0], beads[beads.length - 1]];
  const along = Math.atan2(last.y - first.y, last.x - first.x);
  return Array.from({ length: FRAGMENTS }, (_, i) => {
    const from = Math.round(i * beads.length / FRAGMENTS);
    const piece = beads.slice(from, Math.round((i + 1) * beads.length / FRAGMENTS));
    const middle = { ...piece[piece.length >> 1] };
    const away = 0.56 * part * (i - (FRAGMENTS - 1) / 2);
    const aside = 0.55 * part * (i % 2 === 0 ? 1 : -1);
    return piece.map((bead) => {
      const moved = turned(bead, middle, 0.7 * part * (i % 3 - 1), 1);
      return {
        ...bead,
        x: moved.x + away * Math.cos(along) - aside * Math.sin(along),
        y: moved.y + away * Math.sin(along) + aside * Math.cos(along),
      };
    });
  });
}

function turned({ x, y }: Point, about: Point, angle: number, stretch: number): Point {
  const [cos, sin] = [stretch * Math.cos(angle), stretch * Math.sin(angle)];
  const [dx, dy] = [x - about.x, y - about.y];
  return { x: about.x + dx * cos - dy * sin, y: about.y + dx * sin + dy * cos };
}

function centreLine(strand: Strand, time: number): Bead[] {
  const count = Math.round(strand.length / STEP_UM);
  const span = strand.length / count;
  const heading = at(strand.angle, time);
  const bends = strand.bends.map((bend) => at([bend], time));
  let [x, y] = [0, 0];
  const beads = Array.from({ length: count }, (_, i): Bead => {
    const u = (i + 0.5) / count;
    const angle = bends.reduce(
      (sum, bend, k) => sum + bend * Math.cos((k + 1) * Math.PI * u),
      heading,
    );
    x += span * Math.cos(angle);
    y += span * Math.sin(angle);
    return { x, y, along: u * strand.length, span, radius: 1, gain: 1 };
  });
  const middle = beads[count >> 1];
  const [dx, dy] = [at(strand.x, time) - middle.x, at(strand.y, time) - middle.y];
  return beads.map((bead) => ({ ...bead, x: bead.x + dx, y: bead.y + dy }));
}
