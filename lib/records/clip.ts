/** Clips: what models generated. */
import { defineTable, type TableSchema } from "../store/schema.ts";

/** A generated clip: a row of the table `clips`. */
export interface Clip {
  /** The video model's name. */
  model: string;
  /** The task's number. */
  task: number;
  /** The seed of its generation. */
  seed: number;
  /** The simulated world, whose ground truth is known; empty for clips that are not simulated. */
  world: string;
  /**
   * The violation or control planted in it; empty for true clips and clips that are not simulated.
   */
  violation: string;
  /** Relative to the run's folder; absolute for clips that the user provides. */
  path: string;
  /** SHA-256 of the file, in hexadecimal. */
  sha256: string;
  /** Number of frames. */
  frames: number;
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  /** Frames per second. */
  fps: number;
  /** Sampling steps; 0 if not applicable. */
  steps: number;
  /** Guidance scale; 0 if not applicable. */
  guidance: number;
  /** The execution provider: `cpu`, `webgpu`, `cuda`, or `none` for a clip that was found. */
  device: string;
  /** Wall-clock generation time in seconds. */
  seconds: number;
  /** Hash of everything that determines the clip. */
  key: string;
}

/** The table `clips`. */
export const clipsTable: TableSchema<Clip> = defineTable({
  name: "clips",
  columns: {
    model: "utf8",
    task: "int32",
    seed: "int32",
    world: "utf8",
    violation: "utf8",
    path: "utf8",
    sha256: "utf8",
    frames: "int32",
    width: "int32",
    height: "int32",
    fps: "float64",
    steps: "int32",
    guidance: "float64",
    device: "utf8",
    seconds: "float64",
    key: "utf8",
  },
  identity: ["model", "task", "seed"],
});

/**
 * Identifies a clip of a run in all tables.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { clipIdOf } from "./clip.ts";
 *
 * const clip = { model: "nano", task: 3, seed: 0 };
 * assertEquals(clipIdOf({ ...clip, id: "sharp" } as typeof clip), clipIdOf(clip));
 * ```
 */
export function clipIdOf({ model, task, seed }: Pick<Clip, "model" | "task" | "seed">): string {
  return JSON.stringify([model, task, seed]);
}
