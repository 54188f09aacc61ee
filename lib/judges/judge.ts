/** What every judge answers: a clip of a task in, one verdict per criterion out. */
import type { Criterion } from "../records/criterion.ts";
import type { Task } from "../records/task.ts";
import type { SampledVideo } from "../video/sample.ts";
import type { Video } from "../video/types.ts";

/** A verdict before the columns that say whose it is. */
export interface Ruling {
  /** The criterion's. */
  id: string;
  /** Null where it could not be judged; `reason` then says why. */
  met: boolean | null;
  /** Why there is no verdict, or what to know of one that there is. */
  reason: string;
  /** What the verdict rests on: a measured number with its unit, or the judge's own words. */
  evidence: string;
}

/** What one call of a judge took, all its criteria together. */
export interface Usage {
  /** Requests sent for it; 1 for a judge that sends none. */
  attempts: number;
  /** Tokens counted by the server; 0 for a judge that has none. */
  prompt_tokens: number;
  /** Tokens of the answer, counted by the server. */
  completion_tokens: number;
  /** Of these, tokens of thinking; absent for none. */
  reasoning_tokens?: number;
  /** US dollars; 0 where it costs nothing, or nothing more because the answer was kept from before. */
  cost_usd: number;
  /** Hash of what was asked; empty for a judge that is asked nothing in words. */
  prompt_hash: string;
}

/** What a judge makes of a clip. */
export interface Judgement {
  /** One for each criterion asked. */
  rulings: Ruling[];
  /** Absent for a judge that only computes. */
  usage?: Usage;
}

/** How frames become JPEGs. */
export interface PictureSettings {
  /** Pixels of the longer side at most; frames are never enlarged. Null leaves them as they are. */
  longest_side: number | null;
  /** JPEG quality, 1 to 100. */
  quality: number;
  /** `4:2:0` halves the resolution of colour, `4:4:4` keeps it. */
  chroma: "4:2:0" | "4:4:4";
}

/** What is known of the frames that a judge is shown. */
export interface Shown {
  /** Where each frame shown stands in the clip, from 0. */
  positions: number[];
  /** Frames in the clip. */
  total: number;
  /** Frames per second: their number divided by the clip's duration. */
  fps: number;
  /** Seconds of each frame shown from the clip's first; absent if they follow from `fps`. */
  times?: number[];
  /** Pixels of the clip. */
  width: number;
  /** Pixels of the clip. */
  height: number;
}

/** A clip as a judge sees it that is shown pictures: the frames themselves are not kept. */
export interface PicturedClip extends Shown {
  /** `framesHash` of the frames shown. */
  hash: string;
  /** JPEGs as `data:` addresses, one a frame shown. */
  urls(settings: PictureSettings): Promise<string[]>;
}

/** What a judge wants that is shown pictures. */
export interface PictureWish {
  /** Their size and quality. */
  settings: PictureSettings;
  /** Whether a frame that a short clip repeats is shown again. */
  repeats: boolean;
}

/** A clip whose frames to encode. */
export interface EncodeJob extends PictureWish {
  /** The clip's file. */
  path: string;
  /** Number of frames. */
  count: number;
}

/** Makes the pictures of clips, away from the thread that asks. */
export interface FrameEncoder extends Disposable {
  /**
   * Encodes a clip's frames with the job's settings; other settings decode the file again on demand.
   *
   * @throws {InputError} if the clip cannot be read, or for settings out of range.
   */
  encode(job: EncodeJob): Promise<PicturedClip>;
}

/** A clip for a Worker that judges. */
export interface FileJob {
  /** The clip's file. */
  path: string;
  /** The task that the clip is of. */
  task: Task;
  /** Those of one call (see `Judge.per`). */
  criteria: readonly Criterion[];
}

/** What a Worker made of it. */
export interface FileRulings {
  /** One for each criterion of the job. */
  rulings: Ruling[];
  /** `framesHash` of the frames looked at. */
  frames: string;
}

/** A judge that looks at frames. */
export interface Judge {
  /** Name in tables. */
  readonly name: string;
  /** Version: a model's snapshot, or the version of the code that measures. */
  readonly model: string;
  /** All that a ruling depends on beside task, criteria and frames; code that it reaches included. */
  fingerprint(task: Task, criteria: readonly Criterion[]): string | Promise<string>;
  /** Whether it reads the limits that criteria have for a probe. */
  readonly readsLimits?: boolean;
  /** Frames it is shown: all, or so many sampled at the released positions. */
  readonly frames: "all" | number;
  /** Where it can be shown pictures in place of frames: how they are wanted. */
  readonly pictures?: PictureWish;
  /** And who makes them, on so many threads at most. */
  openEncoder?(workers: number): FrameEncoder;
  /**
   * Where a judge only computes: the module of Workers that judge clips in its place, each taking
   * {@link FileJob}s and giving {@link FileRulings}, so that all cores compute.
   */
  readonly workers?: URL;
  /** What one call covers: all criteria of a clip, or those of one dimension. */
  readonly per: "clip" | "dimension";
  /** Calls that may be under way at once. */
  readonly concurrency: number;
  /** Whether a verdict of null may come out otherwise when asked again, so that reruns ask again. */
  readonly retriesNulls: boolean;
  /**
   * Judges one clip.
   *
   * @param criteria Those of one call (see `per`), numbered by their place in the block.
   * @throws {InputError} for what would befall every clip: no access, no such model, budget spent.
   */
  judge(
    task: Task,
    criteria: readonly Criterion[],
    video: Video | SampledVideo | PicturedClip,
    options: { signal?: AbortSignal },
  ): Promise<Judgement>;
}
