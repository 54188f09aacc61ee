/** The ground truth of a simulated everyday scene. */
import type { SimulatedWorld } from "../../sim/types.ts";

/** An object of the scene at one time. */
export interface MacroObject {
  /** The same in every frame. */
  id: number;
  /** Of its centre, in metres from the left edge of the frame. */
  x_m: number;
  /** Of its centre, in metres from the top edge of the frame. */
  y_m: number;
  /** Half of its width, in metres. */
  radius_m: number;
  /** Its rotation, clockwise as seen. */
  angle_rad: number;
}

/** The state from which the frames were drawn. */
export interface MacroTruth {
  /** Size of a pixel in metres. */
  m_per_pixel: number;
  /** Seconds since the start of the clip, one per frame. */
  times_s: number[];
  /** Objects of each frame, including those outside it. */
  objects: MacroObject[][];
  /**
   * Time-dependent quantities other than object positions: one value per frame, units in the names.
   */
  series: Record<string, number[]>;
  /** The world's own constants, with units in their names. */
  quantities: Record<string, number>;
}

/** A simulated everyday scene. */
export type MacroWorld = SimulatedWorld<MacroTruth>;
