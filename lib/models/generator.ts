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

/** Where a simulated clip comes from. */
export interface Origin {
  /** The world's name. */
  world: string;
  /** What is planted in it; empty for a true clip. */
  violation: string;
}

/** A model that makes frames. */
export interface Generator {
  /** Name in tables and figures. */
  readonly name: string;
  readonly steps: number;
  readonly guidance: number;
  /** What computes; of a model that chooses for itself, known once it has made a clip. */
  readonly device: string;
  /** All that a task's clips depend on beside seed: code that is reached, weights' hash, parameters. */
  fingerprint(task: Task): string | Promise<string>;
  /** What earlier versions gave for the very same clips, so that these are not made again. */
  formerFingerprint?(task: Task): string;
  /** Whether it can make clips of a task; of all where absent. */
  covers?(task: Task): boolean | Promise<boolean>;
  /** What is known of a clip that is simulated. */
  origin?(task: Task, seed: number): Origin | Promise<Origin>;
  generate(task: Task, options: GenerateOptions): Promise<Video>;
  /** What a model does for all tasks together, before their clips. */
  prepare?(tasks: readonly Task[], options?: StepOptions): Promise<void>;
  /** Clips of one task that are made together, where a model can; 1 where absent. */
  readonly batch?: number;
  /** A clip for each seed, at most {@link batch} of them. */
  generateAll?(task: Task, options: GenerateAllOptions): Promise<Video[]>;
}
