/** When each frame of a clip is shown, from the times of its packets. */

/** A clip's rate, and the times of its frames if they are not evenly spaced at that rate. */
export interface Timing {
  /** Frames divided by seconds; 0 if neither the container nor the packets tell it. */
  fps: number;
  /**
   * Seconds of each frame from the first, by position; absent if frame k is shown at k ÷ `fps`, to
   * the precision of the container.
   */
  times?: number[];
}

/** What a container says of its frames' times. */
export interface PacketTimes {
  /** Times of the shown frames in display order, in ticks; at least one. */
  ticks: readonly bigint[];
  /** Seconds of a tick. */
  tick: number;
  /** Ticks that the last frame is shown for; null if the container does not say. */
  last: bigint | null;
  /** The container's own rate, frames per second; 0 if it has none. */
  declared: number;
}

/** How far, in ticks, a frame may be from its place in a constant rate: both ends are rounded. */
const ROUNDING = 1.5;
/** And in frames, where a tick is as long as a frame: in AVI, a frame that is dropped is one tick. */
const OFF_FRAMES = 0.25;

/**
 * The timing of a clip. If the declared rate fits the packets' times, it is kept as it is and the
 * times follow from it. Otherwise times are the packets' own, and the rate is measured: frames
 * divided by the seconds from the first frame to the end of the last. A last frame of unknown
 * duration is shown for as long as the one before.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { timingOf } from "./timing.ts";
 *
 * const container = { tick: 0.001, last: null, declared: 8 };
 * assertEquals(timingOf({ ...container, ticks: [0n, 125n, 250n] }), { fps: 8 });
 * assertEquals(timingOf({ ...container, ticks: [40n, 165n, 665n] }), {
 *   fps: 3 / 1.125,
 *   times: [0, 0.125, 0.625],
 * });
 * ```
 */
export function timingOf({ ticks, tick, last, declared }: PacketTimes): Timing {
  const from = ticks.map((time) => Number(time - ticks[0]));
  const perFrame = 1 / declared / tick;
  const most = Math.min(ROUNDING, OFF_FRAMES * perFrame);
  if (declared > 0 && from.every((time, k) => Math.abs(time - k * perFrame) <= most)) {
    return { fps: declared };
  }
  const end = from[from.length - 1];
  const before = from.length > 1 ? end - from[from.length - 2] : 0;
  const seconds = (end + (last === null || last <= 0n ? before : Number(last))) * tick;
  if (!(seconds > 0)) return { fps: declared };
  return { fps: from.length / seconds, times: from.map((time) => time * tick) };
}

/**
 * When frames are shown if a container only tells when their packets are decoded, as AVI does: a
 * decoder that holds back some pictures to reorder them shows each when that many packets more were
 * read. Thus the pause that an encoder's own delay leaves after the first packet is none between
 * frames. The last ones follow at the shortest distance of two.
 *
 * @param ticks Times of decoding, ascending.
 * @param delay Pictures that are held back.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { afterReordering } from "./timing.ts";
 *
 * assertEquals(afterReordering([0n, 3n, 4n, 6n, 7n], 2), [4n, 6n, 7n, 8n, 9n]);
 * ```
 */
export function afterReordering(ticks: readonly bigint[], delay: number): bigint[] {
  const kept = ticks.slice(delay);
  if (kept.length < 2) return [...ticks];
  const step = kept.slice(1).map((time, i) => time - kept[i]).reduce((a, b) => a < b ? a : b);
  for (let last = kept[kept.length - 1]; kept.length < ticks.length;) kept.push(last += step);
  return kept;
}

/**
 * When frames of a clip are shown, in seconds from its first frame.
 *
 * @param clip Its rate, and the times of these frames if they do not follow from the rate.
 * @param positions Positions of these frames in the clip, from 0.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { secondsOf } from "./timing.ts";
 *
 * assertEquals(secondsOf({ fps: 8 }, [0, 4]), [0, 0.5]);
 * assertEquals(secondsOf({ fps: 8, times: [0, 1.5] }, [0, 4]), [0, 1.5]);
 * ```
 */
export function secondsOf(clip: Timing, positions: readonly number[]): number[] {
  // The first frame is shown at once, also in a clip of unknown rate.
  return positions.map((position, i) =>
    clip.times?.[i] ?? (position === 0 ? 0 : position / clip.fps)
  );
}
