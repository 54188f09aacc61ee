/**
 * Liquid flowing from a tilted jug through the air into a glass, with its volume conserved.
 *
 * The stream is a train of parcels, each with the volume that left the lip in one short step. A
 * parcel leaves with the speed v₀ determined by the head above a sharp lip and falls freely; by
 * continuity the stream's cross-section is Q / v, which narrows as it falls (Batchelor, "An
 * Introduction to Fluid Dynamics", 1967, chapter 1). When a parcel meets the surface in the glass,
 * its volume raises that surface. The jug is tilted just enough to bring the liquid's level surface
 * to its lip: for a w × h box that is tan φ = 2 (w h − A) / w² for an area A of at least w h / 2,
 * and h² / (2 A) below (the geometry of a triangle cut off or left).
 *
 * Lengths are in metres and volumes in cubic metres.
 */
import { GRAVITY } from "./mechanics.ts";

/** The jug: a box inside, with a square base. */
export const JUG = { wide: 0.1, high: 0.17, deep: 0.1 } as const;

/** Speed over the lip, m/s. */
export const LIP_SPEED = 0.34;

/** Seconds over which the stream swells at the start and dwindles at the end. */
const EASE_S = 0.25;
/** Seconds until the first drop leaves. */
export const BEGIN_S = 0.25;
/** Duration represented by a parcel, in seconds. */
const STEP_S = 1 / 240;

/** Parameters of a pour. */
export interface Pour {
  /** Steady flow, m³/s. */
  flow: number;
  /** Total volume to pour, m³. */
  volume: number;
  /** Initial volume in the jug, m³. */
  jug: number;
  /** Inner radius of the glass, m. */
  radius: number;
  /** From the lip down to the inner bottom of the glass, m. */
  drop: number;
}

/** A piece of the stream: metres from the lip outwards and down. */
export interface Parcel {
  x: number;
  y: number;
  /** Speed of the stream there, m/s. */
  speed: number;
  /** Flow through it, m³/s. */
  flow: number;
}

/** The state at one time; volumes in m³. */
export interface Poured {
  jug: number;
  air: number;
  glass: number;
  /** In metres down from the lip. */
  stream: Parcel[];
  /** Height of the liquid in the glass, in metres. */
  level: number;
  /** Flow arriving in the glass, m³/s. */
  arriving: number;
  /** Flow over the lip, m³/s. */
  leaving: number;
}

/**
 * Simulates a pour.
 *
 * @param times Seconds, ascending from 0.
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { pour } from "./pouring_course.ts";
 *
 * const jug = 1e-3;
 * const [, end] = pour({ flow: 1e-4, volume: 2e-4, jug, radius: 0.03, drop: 0.2 }, [0, 9]);
 * assertNear(end.glass, 2e-4, 1e-12);
 * assertNear(end.jug + end.glass, jug, 1e-12);
 * ```
 */
export function pour(
  { flow, volume, jug, radius, drop }: Pour,
  times: readonly number[],
): Poured[] {
  const base = Math.PI * radius * radius;
  // The swelling and the dwindling phases deliver half of what the steady flow would.
  const steady = Math.max(0, volume / flow - EASE_S);
  const peak = Math.min(flow, volume / (steady + EASE_S));
  const rate = (time: number) => {
    const since = time - BEGIN_S;
    return peak * Math.max(0, Math.min(1, since / EASE_S, (steady + 2 * EASE_S - since) / EASE_S));
  };
  let parcels: { left: number; volume: number }[] = [];
  let [given, glass, arriving, step] = [0, 0, 0, 0];
  return times.map((time) => {
    for (; (step + 1) * STEP_S <= time + 1e-9; step++) {
      const now = (step + 1) * STEP_S;
      const share = Math.min(volume - given, rate(now - STEP_S / 2) * STEP_S);
      if (share > 0) {
        parcels.push({ left: now - STEP_S / 2, volume: share });
        given += share;
      }
      let arrived = 0;
      parcels = parcels.filter((parcel) => {
        if (GRAVITY * (now - parcel.left) ** 2 / 2 < drop - glass / base) return true;
        glass += parcel.volume;
        arrived += parcel.volume;
        return false;
      });
      // Smoothed over some parcels, since they arrive one by one.
      arriving += (arrived / STEP_S - arriving) * 0.15;
    }
    const stream = parcels.map(({ left, volume: own }): Parcel => {
      const fell = time - left;
      return {
        x: LIP_SPEED * fell,
        y: GRAVITY * fell * fell / 2,
        speed: Math.hypot(LIP_SPEED, GRAVITY * fell),
        flow: own / STEP_S,
      };
    }).toReversed();
    const air = parcels.reduce((sum, parcel) => sum + parcel.volume, 0);
    return {
      jug: jug - given,
      air,
      glass,
      stream,
      level: glass / base,
      arriving,
      leaving: rate(time),
    };
  });
}

/**
 * The tilt (radians) at which the content of a jug reaches its lip.
 *
 * @param volume In the jug, m³, above 0.
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { JUG, tiltOf } from "./pouring_course.ts";
 *
 * assertNear(tiltOf(JUG.wide * JUG.high * JUG.deep), 0, 1e-12);
 * assertNear(Math.tan(tiltOf(JUG.wide * JUG.high * JUG.deep / 2)), JUG.high / JUG.wide, 1e-12);
 * ```
 */
export function tiltOf(volume: number): number {
  const { wide, high, deep } = JUG;
  const area = volume / deep;
  const tangent = area >= wide * high / 2
    ? 2 * (wide * high - area) / wide ** 2
    : high ** 2 / (2 * area);
  return Math.atan(tangent);
}

/**
 * How far (metres) below the lip the level surface lies in a jug at a given tilt, for a volume that
 * does not overflow.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { surfaceBelowLip, tiltOf } from "./pouring_course.ts";
 *
 * assertNear(surfaceBelowLip(8e-4, tiltOf(8e-4)), 0, 1e-6);
 * assertNear(surfaceBelowLip(8e-4, 0), 0.17 - 8e-4 / 0.01, 1e-6);
 * ```
 */
export function surfaceBelowLip(volume: number, tilt: number): number {
  const { wide, high, deep } = JUG;
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  // Corners relative to the lip, x towards the glass, y down; upright, the jug extends down and
  // back from it.
  const corners = [[0, 0], [-wide, 0], [-wide, high], [0, high]]
    .map(([x, y]) => [x * cos - y * sin, x * sin + y * cos] as const);
  let [low, deepest] = [Math.min(...corners.map(([, y]) => y)), high * cos];
  for (let i = 0; i < 40; i++) {
    const middle = (low + deepest) / 2;
    if (areaBelow(corners, middle) * deep > volume) low = middle;
    else deepest = middle;
  }
  return low;
}

/** Area of the part of a polygon below a level (at larger y). */
function areaBelow(corners: readonly (readonly [number, number])[], level: number): number {
  let twice = 0;
  let first: readonly [number, number] | undefined;
  let last: readonly [number, number] | undefined;
  const add = (point: readonly [number, number]) => {
    first ??= point;
    if (last) twice += last[0] * point[1] - point[0] * last[1];
    last = point;
  };
  for (const [i, a] of corners.entries()) {
    const b = corners[(i + 1) % corners.length];
    if (a[1] >= level) add(a);
    if ((a[1] >= level) !== (b[1] >= level)) {
      add([a[0] + (b[0] - a[0]) * (level - a[1]) / (b[1] - a[1]), level]);
    }
  }
  if (first) add(first);
  return Math.abs(twice) / 2;
}
