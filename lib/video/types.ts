/** A decoded video held in memory. */
export interface Video {
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** Frames per second: their number divided by the clip's duration. */
  fps: number;
  /** Seconds of each of `frames` from the clip's first; absent if they follow from `fps`. */
  times?: number[];
  /**
   * One RGB image per frame, 8 bits per channel, rows from the top: `width · height · 3` bytes
   * each.
   */
  frames: Uint8Array[];
}
