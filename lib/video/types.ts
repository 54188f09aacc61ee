/** A decoded video held in memory. */
export interface Video {
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  /** Frames per second. */
  fps: number;
  /** One RGB image a frame, 8 bits a channel, rows from the top: `width · height · 3` bytes each. */
  frames: Uint8Array[];
}
