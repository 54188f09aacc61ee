/** What a simulated everyday scene answers beside its frames: the state they were drawn from. */
import type { SimulatedWorld } from "../../sim/types.ts";

/** One thing in the scene at one time. */
export interface MacroObject {
  /** The same number in every frame. */
  id: number;
  /** Of its centre, metres from the left edge of the frame. */
  x_m: number;
  /** Of its centre, metres from the top edge of the frame. */
  y_m: number;
  /** Half of its width, metres. */
  radius_m: number;
  /** How far it has turned, clockwise as seen. */
  angle_rad: number;
}

/** The state that the frames were drawn from. */
export interface MacroTruth {
  /** Metres that one pixel spans. */
  m_per_pixel: number;
  /** Seconds since the clip began, one a frame. */
  times_s: number[];
  /** Objects of each frame, also those beyond its edges. */
  objects: MacroObject[][];
  /** What changes in time and is no object's place: one value a frame, units in the names. */
  series: Record<string, number[]>;
  /** The world's own constants, units in their names. */
  quantities: Record<string, number>;
}

/** A simulated everyday scene. */
export type MacroWorld = SimulatedWorld<MacroTruth>;
