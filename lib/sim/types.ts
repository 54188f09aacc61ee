/**
 * The interface of simulated worlds: parameters and a seed in; frames, ground truth and caption
 * out.
 */
import type { Scale } from "../records/task.ts";
import type { Video } from "../video/types.ts";

/**
 * The kind of a planted violation: it breaks a physical law, object identity over time, or an
 * expert's rule.
 */
export const VIOLATION_KINDS = [
  "physical-law",
  "temporal-consistency",
  "expert-criterion",
] as const;

/** One of them. */
export type ViolationKind = typeof VIOLATION_KINDS[number];

/** A way in which a world can be made wrong on purpose. */
export interface Violation {
  /** The name used in flags and tables. */
  name: string;
  /** The kind of rule that it breaks. */
  kind: ViolationKind;
  /** Description of what happens in the frames. */
  description: string;
}

/** An object of the scene at one time. */
export interface TrueObject {
  /** The same in every frame. */
  id: number;
  /** In µm from the left edge of the frame. */
  x_um: number;
  /** In µm from the top edge of the frame. */
  y_um: number;
  /** Radius of the disc of equal area, in µm. */
  radius_um: number;
  /** Visible area, in µm². */
  area_um2: number;
  /** From 1, fully visible, to 0, gone. */
  opacity: number;
}

/** The state from which the frames were drawn. */
export interface Truth {
  /** Size of a pixel in µm. */
  um_per_pixel: number;
  /** Seconds since the start of the clip, one per frame. */
  times_s: number[];
  /** Objects of each frame, including those outside it; those that are gone have opacity 0. */
  objects: TrueObject[][];
  /** Number of objects per frame with their centre in view and an opacity above one half. */
  counts: number[];
  /** The world's own constants and event times, with units in their names. */
  quantities: Record<string, number>;
}

/** A simulated clip with its ground truth. */
export interface Simulation<State = Truth> {
  /** The frames. */
  video: Video;
  /** The state from which the frames were drawn. */
  truth: State;
  /** A description of the scene, generated from its parameters. */
  caption: string;
}

/** Options of a clip; everything but the seed has a default (see `DEFAULT_CLIP`). */
export interface ClipOptions {
  /** Integer from 0. */
  seed: number;
  /** In pixels. */
  width?: number;
  /** In pixels. */
  height?: number;
  /** How many. */
  frames?: number;
  /** Frames per second. */
  fps?: number;
}

/** Options of a micro-world's clip. */
export interface SimulateOptions extends ClipOptions {
  /** Name of a planted violation; absent for the true world. */
  violation?: string;
}

/** A world's parameters as a Zod object. */
export interface ParametersSchema {
  /** Parses parameters, filling in defaults. Throws if one is out of range. */
  parse(given: unknown): Record<string, unknown>;
}

/** A simulated world of any scale; `State` is its ground truth. */
export interface SimulatedWorld<State = unknown> {
  /** The name used in flags and tables. */
  readonly name: string;
  /** Domains and defaults of the parameters. */
  readonly parameters: ParametersSchema;
  /** Descriptions of a scene, from terse to detailed; a clip has the one drawn with its seed. */
  captions(parameters: Record<string, unknown>): readonly string[];
  /**
   * Generates a clip: equal parameters and options give equal bytes. Throws InputError for a
   * parameter or option out of range.
   */
  simulate(parameters: Record<string, unknown>, options: ClipOptions): Simulation<State>;
}

/** A simulated micro-world. */
export interface World extends SimulatedWorld<Truth> {
  /** The physical scale of its content. */
  readonly scale: Scale;
  /** The ways in which it can be made wrong on purpose. */
  readonly violations: readonly Violation[];
  /** Throws InputError also for an unknown violation. */
  simulate(parameters: Record<string, unknown>, options: SimulateOptions): Simulation;
}
