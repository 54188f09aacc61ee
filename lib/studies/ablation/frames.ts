/** Judging clips with fewer of their frames. */
import type { Judge } from "../../judges/judge.ts";
import type { Video } from "../../video/types.ts";

/** The values of n for showing every nth frame. */
export const EVERY = [1, 2, 4, 8] as const;

/**
 * Every nth frame of a clip, starting with the first, at a frame rate reduced accordingly, so that
 * the duration stays the same.
 *
 * @param every 1 or more.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { everyNthFrame } from "./frames.ts";
 *
 * const frames = Array.from({ length: 5 }, (_, level) => new Uint8Array(3).fill(level));
 * const shown = everyNthFrame({ width: 1, height: 1, fps: 12, frames }, 2);
 * assertEquals([shown.fps, shown.frames.map(([level]) => level)], [6, [0, 2, 4]]);
 * ```
 */
export function everyNthFrame(video: Video, every: number): Video {
  return {
    ...video,
    fps: video.fps / every,
    frames: video.frames.filter((_, index) => index % every === 0),
  };
}

/**
 * A judge that is shown every nth frame, under its own name; the judge itself for n = 1. The
 * frames' hash in its verdicts is that of the whole clip.
 *
 * @param judge A judge that is shown all frames.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { probeJudge } from "../../judges/probe/judge.ts";
 * import { judgeEveryNthFrame } from "./frames.ts";
 *
 * assertEquals(judgeEveryNthFrame(probeJudge(), 4).name, "probe every=4");
 * assertEquals(judgeEveryNthFrame(probeJudge(), 1).name, "probe");
 * ```
 */
export function judgeEveryNthFrame(judge: Judge, every: number): Judge {
  if (every === 1) return judge;
  return {
    ...judge,
    name: judgeName(judge.name, every),
    fingerprint: async (task, criteria) =>
      `${await judge.fingerprint(task, criteria)} every ${every}`,
    // Workers would decode all frames of the file.
    workers: undefined,
    judge: (task, criteria, video, options) =>
      judge.judge(task, criteria, everyNthFrame(video as Video, every), options),
  };
}

/**
 * The name of a judge that is shown every nth frame.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { judgeName } from "./frames.ts";
 *
 * assertEquals(judgeName("probe", 2), "probe every=2");
 * ```
 */
export function judgeName(judge: string, every: number): string {
  return every === 1 ? judge : `${judge} every=${every}`;
}
