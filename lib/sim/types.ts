/** What every simulated world answers: parameters and a seed in; frames, truth, caption out. */
import type { Scale } from "../records/task.ts";
import type { Video } from "../video/types.ts";

/** What a planted violation breaks: a law, the identity of things over time, an expert's rule. */
export const VIOLATION_KINDS = [
  "physical-law",
  "temporal-consistency",
  "expert-criterion",
] as const;

/** One of them. */
export type ViolationKind = typeof VIOLATION_KINDS[number];

/** One way in which a world can be made wrong on purpose. */
export interface Violation {
  /** As flags and tables have it. */
  name: string;
  /** What it breaks. */
  kind: ViolationKind;
  /** What happens in the frames. */
  description: string;
}

/** One thing in the scene at one time. */
export interface TrueObject {
  /** The same number in every frame. */
  id: number;
  /** µm from the left edge of the frame. */
  x_um: number;
  /** µm from the top edge of the frame. */
  y_um: number;
  /** Radius of the disc of equal area, µm. */
  radius_um: number;
  /** Visible area, µm². */
  area_um2: number;
  /** 1 for wholly visible, 0 for gone. */
  opacity: number;
}

/** The state that the frames were drawn from. */
export interface Truth {
  /** µm that one pixel spans. */
  um_per_pixel: number;
  /** Seconds since the clip began, one a frame. */
  times_s: number[];
  /** Objects of each frame, also those beyond its edges; those gone have opacity 0. */
  objects: TrueObject[][];
  /** Objects of each frame whose centre lies in view and whose opacity is above one half. */
  counts: number[];
  /** The world's own constants and event times, units in their names. */
  quantities: Record<string, number>;
}

/** A simulated clip with the state that it was drawn from. */
export interface Simulation<State = Truth> {
  /** The frames. */
  video: Video;
  /** The state that the frames were drawn from. */
  truth: State;
  /** The scene in words, made from its parameters. */
  caption: string;
}

/** What a clip is made with; anything but the seed has a default (see `DEFAULT_CLIP`). */
export interface ClipOptions {
  /** Integer from 0. */
  seed: number;
  /** Pixels. */
  width?: number;
  /** Pixels. */
  height?: number;
  /** How many. */
  frames?: number;
  /** Frames per second. */
  fps?: number;
}

/** What a clip of a micro-world is made with. */
export interface SimulateOptions extends ClipOptions {
  /** Name of a planted violation; absent for the true world. */
  violation?: string;
}

/** A world's parameters as a Zod object. */
export interface ParametersSchema {
  /** The parameters with defaults for those left out. Throws where one is out of range. */
  parse(given: unknown): Record<string, unknown>;
}

/** A world that can be simulated, whatever its size; `State` is its truth. */
export interface SimulatedWorld<State = unknown> {
  /** As flags and tables have it. */
  readonly name: string;
  /** Ranges and defaults of the parameters. */
  readonly parameters: ParametersSchema;
  /** A scene in words, from terse to detailed; a clip has the one that its seed draws. */
  captions(parameters: Record<string, unknown>): readonly string[];
  /**
   * Makes a clip: the same parameters and options give the same bytes. Throws InputError where a
   * parameter or option is out of range.
   */
  simulate(parameters: Record<string, unknown>, options: ClipOptions): Simulation<State>;
}

/** A simulated micro-world. */
export interface World extends SimulatedWorld<Truth> {
  /** How large what it shows is. */
  readonly scale: Scale;
  /** The ways in which it can be made wrong on purpose. */
  readonly violations: readonly Violation[];
  /** Throws InputError also where a violation is unknown. */
  simulate(parameters: Record<string, unknown>, options: SimulateOptions): Simulation;
}
