/** The interface of every generator: a task in, a clip out. */
import type { Task } from "../records/benchmark.ts";
import type { Video } from "../video/types.ts";

/** A generated clip: a row of the table `clips`. */
export interface Clip {
  model: string;
  task: number;
  seed: number;
  /** Relative to the run's folder, or absolute for your own clips. */
  path: string;
  sha256: string;
  frames: number;
  width: number;
  height: number;
  fps: number;
  /** Sampling steps; 0 for models that do not sample. */
  steps: number;
  /** Guidance scale; 0 for models that do not sample. */
  guidance: number;
  /** Where it was computed: `cpu`, `webgpu`, `cuda`, or `none` for an existing file. */
  device: string;
  /** Wall-clock seconds to generate it. */
  seconds: number;
  /** Hash of everything the clip depends on. */
  key: string;
}

/** Cancellation and progress, for clips that take long. */
export interface StepOptions {
  signal?: AbortSignal;
  /** Called from time to time with the progress. */
  onStep?(done: number, of: number): void;
}

export interface GenerateOptions extends StepOptions {
  seed: number;
}

/** The same for a batch of clips. */
export interface GenerateAllOptions {
  seeds: readonly number[];
  signal?: AbortSignal;
}

/** A model that generates clips. */
export interface Generator {
  /** Name in tables and figures. */
  readonly name: string;
  readonly steps: number;
  readonly guidance: number;
  /** Where it computes; for a model that chooses by itself, known after its first clip. */
  readonly device: string;
  /** Everything a clip depends on besides task and seed: code version, weights' hash, parameters. */
  readonly fingerprint: string;
  generate(task: Task, options: GenerateOptions): Promise<Video>;
  /** Work done once for all tasks, before their clips. */
  prepare?(tasks: readonly Task[], options?: StepOptions): Promise<void>;
  /** Batch size: clips of one task generated together, if supported; 1 by default. */
  readonly batch?: number;
  /** One clip per seed, at most {@link batch} of them. */
  generateAll?(task: Task, options: GenerateAllOptions): Promise<Video[]>;
}
