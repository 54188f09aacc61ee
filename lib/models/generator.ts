/** What every generator answers: a task in, a clip out. */
import type { Task } from "../records/task.ts";
import type { Video } from "../video/types.ts";

/** How far a clip is, for those that take long. */
export interface StepOptions {
  signal?: AbortSignal;
  /** Called now and then. */
  onStep?(done: number, of: number): void;
}

export interface GenerateOptions extends StepOptions {
  seed: number;
}

/** The same for clips that are made together. */
export interface GenerateAllOptions {
  seeds: readonly number[];
  signal?: AbortSignal;
}

/** A model that makes frames. */
export interface Generator {
  /** Name in tables and figures. */
  readonly name: string;
  readonly steps: number;
  readonly guidance: number;
  /** What computes; of a model that chooses for itself, known once it has made a clip. */
  readonly device: string;
  /** All that a clip depends on beside task and seed: code version, weights' hash, parameters. */
  readonly fingerprint: string;
  generate(task: Task, options: GenerateOptions): Promise<Video>;
  /** What a model does for all tasks together, before their clips. */
  prepare?(tasks: readonly Task[], options?: StepOptions): Promise<void>;
  /** Clips of one task that are made together, where a model can; 1 where absent. */
  readonly batch?: number;
  /** A clip for each seed, at most {@link batch} of them. */
  generateAll?(task: Task, options: GenerateAllOptions): Promise<Video[]>;
}
