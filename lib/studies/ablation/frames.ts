/** A judge that is shown fewer frames than a clip has. */
import type { Judge } from "../../judges/judge.ts";
import type { Video } from "../../video/types.ts";

/** Which frames are shown: every first, second, fourth or eighth. */
export const EVERY = [1, 2, 4, 8] as const;

/**
 * Every so-manieth frame of a clip from its first, as a clip that lasts as long: its rate is as much
 * lower.
 *
 * @param every 1 or more.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { everyFrame } from "./frames.ts";
 *
 * const frames = Array.from({ length: 5 }, (_, level) => new Uint8Array(3).fill(level));
 * const shown = everyFrame({ width: 1, height: 1, fps: 12, frames }, 2);
 * assertEquals([shown.fps, shown.frames.map(([level]) => level)], [6, [0, 2, 4]]);
 * ```
 */
export function everyFrame(video: Video, every: number): Video {
  return {
    ...video,
    fps: video.fps / every,
    frames: video.frames.filter((_, index) => index % every === 0),
  };
}

/**
 * A judge that is shown every nth frame, under a name of its own; the judge itself for 1. The
 * hash of frames in its verdicts is that of the whole clip.
 *
 * @param judge One that is shown all frames.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { probeJudge } from "../../judges/probe/judge.ts";
 * import { judgeOfEvery } from "./frames.ts";
 *
 * assertEquals(judgeOfEvery(probeJudge(), 4).name, "probe every=4");
 * assertEquals(judgeOfEvery(probeJudge(), 1).name, "probe");
 * ```
 */
export function judgeOfEvery(judge: Judge, every: number): Judge {
  if (every === 1) return judge;
  return {
    ...judge,
    name: judgeName(judge.name, every),
    fingerprint: async (task, criteria) =>
      `${await judge.fingerprint(task, criteria)} every ${every}`,
    // Workers would look at all frames of the file.
    workers: undefined,
    judge: (task, criteria, video, options) =>
      judge.judge(task, criteria, everyFrame(video as Video, every), options),
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
