/** When things happen in a clip, and how fast, also where frames are not evenly spaced. */
import type { Video } from "../video/types.ts";

/** What is needed of a clip. */
export type Timed = Pick<Video, "fps" | "times">;

/**
 * When a frame is shown, in seconds from the clip's first.
 *
 * @param frame Position from 0; between two frames, the time is between theirs.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { secondsAt } from "./clip_time.ts";
 *
 * assertEquals(secondsAt({ fps: 8 }, 4), 0.5);
 * const uneven = { fps: 2, times: [0, 0.125, 1.125] };
 * assertEquals([secondsAt(uneven, 1), secondsAt(uneven, 1.5)], [0.125, 0.625]);
 * ```
 */
export function secondsAt({ fps, times }: Timed, frame: number): number {
  if (!times) return frame / fps;
  const before = Math.max(0, Math.min(times.length - 1, Math.floor(frame)));
  const after = Math.min(times.length - 1, before + 1);
  return times[before] + (frame - before) * (times[after] - times[before]);
}

/**
 * Where a frame would stand if all were shown for equally long, so that slopes over it are rates: its
 * time multiplied by the mean rate. For a constant rate this is its position.
 *
 * @param frame Position from 0.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { evenFrame } from "./clip_time.ts";
 *
 * assertEquals(evenFrame({ fps: 8 }, 3), 3);
 * assertEquals(evenFrame({ fps: 2, times: [0, 0.25, 1.25] }, 2), 2.5);
 * ```
 */
export function evenFrame({ fps, times }: Timed, frame: number): number {
  return times ? times[frame] * fps : frame;
}

/**
 * What a change from one frame to a later one has to be multiplied by, to be what it would be if all
 * frames were shown for equally long. It is 1 for a constant rate.
 *
 * @param from Position from 0.
 * @param to A later position.
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { tempo } from "./clip_time.ts";
 *
 * assertEquals(tempo({ fps: 8 }, 0, 1), 1);
 * const uneven = { fps: 2, times: [0, 0.25, 1.25] };
 * assertEquals([tempo(uneven, 0, 1), tempo(uneven, 1, 2)], [2, 0.5]);
 * ```
 */
export function tempo({ fps, times }: Timed, from: number, to: number): number {
  return times ? (to - from) / fps / (times[to] - times[from]) : 1;
}
