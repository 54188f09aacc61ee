/** Clips: what models made. */
import { defineTable, type TableSchema } from "../store/schema.ts";

/** A clip that a model made: a row of the table `clips`. */
export interface Clip {
  /** The video model's name. */
  model: string;
  /** The task's number. */
  task: number;
  /** The seed that it was made with. */
  seed: number;
  /** The simulated world whose truth is known; empty for a clip that is not simulated. */
  world: string;
  /** What was planted in it: a violation of its world, a control; empty for a true or any other clip. */
  violation: string;
  /** Relative to the run's folder, or absolute for clips that are someone's own. */
  path: string;
  /** SHA-256 of the file, in hexadecimal. */
  sha256: string;
  /** How many it has. */
  frames: number;
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  /** Frames per second. */
  fps: number;
  /** Sampling steps; 0 where the model has none. */
  steps: number;
  /** Guidance scale; 0 where the model has none. */
  guidance: number;
  /** What computed it: `cpu`, `webgpu`, `cuda`, `none` for a clip that was only found. */
  device: string;
  /** Wall-clock seconds that making it took. */
  seconds: number;
  /** Hash of all that the clip was made from. */
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
