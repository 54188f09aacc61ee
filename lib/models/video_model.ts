/** What every entry of the models' registry answers: a name and options in, a model or clips out. */
import type { LoadedBenchmark } from "../benchmark/loaded.ts";
import type { Clip } from "../records/clip.ts";
import type { OptionsSchema } from "../options.ts";
import type { Entry, Spec } from "../registry.ts";
import type { Generator } from "./generator.ts";

/** A model that may hold something open. */
export type OpenGenerator = Generator & Partial<Disposable>;

/** A clip that is there already. */
export interface FoundClip {
  /** The task that it is of. */
  task: number;
  /** Its seed. */
  seed: number;
  /** Its file. */
  path: string;
}

/** Clips that are there already, instead of a model that makes them. */
export interface FoundClips {
  /** Name in tables and figures. */
  name: string;
  /** All of them, one for a task and seed at most. */
  found: readonly FoundClip[];
  /**
   * A clip's row, its file read whole.
   *
   * @throws {InputError} for a file that cannot be judged.
   */
  rowOf(clip: FoundClip): Promise<Clip>;
}

/** What an entry is opened with. */
export interface OpenModel<Options> {
  /** As named: its argument, and the label to go by in tables, where there is one. */
  spec: Spec;
  /** Its own, as understood. */
  options: Options;
  /** What clips are to be of. */
  loaded: LoadedBenchmark;
  /** Takes what is worth knowing once it is open: where it computes, how long a clip takes. */
  note(line: string): void;
}

/** A kind of video model. Its module is light: what `open` needs is imported there. */
export interface VideoModel<Options extends Record<string, unknown> = Record<string, unknown>>
  extends Entry {
  /** Its own options. */
  readonly options: OptionsSchema<Options>;
  /** Whether its clips are simulated worlds, whose truth is known. */
  readonly simulated?: boolean;
  /**
   * Opens it.
   *
   * @throws {InputError} for what it lacks, or a benchmark that it cannot make clips of.
   */
  open(given: OpenModel<Options>): Promise<OpenGenerator | FoundClips>;
  /**
   * What it needs and what is missing here, in lines; absent for a model that needs nothing.
   *
   * @param argument None to be told how to have one.
   */
  describe?(argument: string | undefined, options: Options): Promise<string[]>;
}
