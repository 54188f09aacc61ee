/** What every generator answers: a task in, a clip out. */
import type { Task } from "../records/task.ts";
import type { Video } from "../video/types.ts";

/** How far a clip is, for those that take long. */
export interface StepOptions {
  /** Ends the work when aborted. */
  signal?: AbortSignal;
  /** Called from time to time with the progress. */
  onStep?(done: number, of: number): void;
}

/** How one clip is made. */
export interface GenerateOptions extends StepOptions {
  /** Equal seeds give equal clips. */
  seed: number;
}

/** The same for a batch of clips. */
export interface GenerateAllOptions {
  /** One a clip. */
  seeds: readonly number[];
  /** Ends the work when aborted. */
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
  /** Sampling steps; 0 where it has none. */
  readonly steps: number;
  /** Guidance scale; 0 where it has none. */
  readonly guidance: number;
  /** Where it computes; for a model that chooses by itself, known after its first clip. */
  readonly device: string;
  /** Constant rate factor of x264 that its clips are saved with; the encoder's own where absent. */
  readonly crf?: number;
  /** All that a task's clips depend on beside seed: code that is reached, weights' hash, parameters. */
  fingerprint(task: Task): string | Promise<string>;
  /** What earlier versions gave for the very same clips, so that these are not made again. */
  formerFingerprint?(task: Task): string;
  /** Whether it can make clips of a task; of all where absent. */
  covers?(task: Task): boolean | Promise<boolean>;
  /** What is known of a clip that is simulated. */
  origin?(task: Task, seed: number): Origin | Promise<Origin>;
  /** Makes one clip. */
  generate(task: Task, options: GenerateOptions): Promise<Video>;
  /** Work done once for all tasks, before their clips. */
  prepare?(tasks: readonly Task[], options?: StepOptions): Promise<void>;
  /** Batch size: clips of one task generated together, if supported; 1 by default. */
  readonly batch?: number;
  /** One clip per seed, at most {@link batch} of them. */
  generateAll?(task: Task, options: GenerateAllOptions): Promise<Video[]>;
}
