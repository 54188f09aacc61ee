/** What every entry of the judges' registry answers: a name and options in, a judge or verdicts out. */
import type { InputError } from "../errors.ts";
import type { LoadedBenchmark } from "../benchmark/loaded.ts";
import type { RunPaths } from "../paths.ts";
import type { Clip } from "../records/clip.ts";
import type { Criterion } from "../records/criterion.ts";
import type { Task } from "../records/task.ts";
import type { Verdict } from "../records/verdict.ts";
import type { OptionsSchema } from "../options.ts";
import type { Entry, Spec } from "../registry.ts";
import type { SampledVideo } from "../video/sample.ts";
import type { Video } from "../video/types.ts";
import type { Judge, PicturedClip } from "./judge.ts";

/** A call that is left to make: a clip with the criteria that it is asked. */
export interface PendingCall {
  /** The clip to judge. */
  clip: Clip;
  /** The task that the clip is of. */
  task: Task;
  /** In the order of their places. */
  criteria: readonly Criterion[];
}

/** What a judge that costs something did, as `run.json` keeps it. */
export interface JudgeUsage {
  /** When it began. */
  started: string;
  /** The model that was asked. */
  model: string;
  /** Requests sent, repeated ones included. */
  requests: number;
  /** Requests sent again after a failure. */
  retried: number;
  /** Tokens of all requests. */
  prompt_tokens: number;
  /** Tokens of all answers. */
  completion_tokens: number;
  /** Of these, tokens of thinking. Absent in earlier versions' runs. */
  reasoning_tokens?: number;
  /** What the server refused and was sent otherwise, in words; absent for nothing. */
  sent_as?: string[];
  /** Answers whose tokens the server did not count, or not credibly: the sums lack them. */
  uncounted: number;
  /** US dollars of what the server counted. */
  cost_usd: number;
  /** US dollars that the answers without a count cost at most. Absent in earlier versions' runs. */
  uncounted_usd?: number;
  /**
   * US dollars at most of requests that may have been billed without an answer: timeouts, broken
   * connections, errors of the server, interruptions. Absent in earlier versions' runs.
   */
  maybe_billed_usd?: number;
  /**
   * US dollars at most of batches that are still in progress: a later call that collects them counts
   * them. Part of no sum.
   */
  in_progress_usd?: number;
  /** US dollars beyond what requests could cost by their own limits; part of `cost_usd`. */
  overrun_usd?: number;
  /** Where the price comes from. */
  price: string;
}

/** All that is left to judge, before it is judged. */
export interface PrepareWork {
  /** Calls, those of one clip together. */
  byClip: readonly (readonly PendingCall[])[];
  /** Which asking of the same questions it is, from 0. */
  repeat: number;
  /** The run's folder. */
  paths: RunPaths;
  /** Ends the preparation. */
  signal?: AbortSignal;
  /** The frames that the judge is shown of a clip. */
  framesOf(clip: Clip): Promise<Video | SampledVideo | PicturedClip>;
  /** Takes how far it is, in a few words. */
  progress(text: string): void;
}

/** What came of it. */
export interface Prepared {
  /** Whether judging may begin; else the command ends here, and well. */
  proceed: boolean;
  /** What it comes to, in a few words, for the log of steps. */
  summary?: string;
  /** What the user asked to be told, in lines. */
  text?: string;
  /**
   * Called once all is judged that can be.
   *
   * @throws {InputError} what was left undone for want of money.
   */
  check?(): void;
}

/** A judge that looks at clips. */
export interface OpenJudge {
  /** What looks at clips. */
  judge: Judge;
  /**
   * The same judge for the nth time that a question is asked, from 1: one that keeps answers takes
   * each asking for another question. Absent for a judge that only computes.
   */
  again?(repeat: number): Judge | Promise<Judge>;
  /** What is to happen with all that is to be asked before the first call, such as an estimate. */
  prepare?(work: PrepareWork): Promise<Prepared>;
  /**
   * What was asked since this was last called, also as a line for the log; null for nothing.
   *
   * @param options.peek Only looks: the next call tells of it again. Requests in flight are then part
   * of `in_progress_usd`.
   */
  spent?(options?: { peek?: boolean }): { usage: JudgeUsage; text: string } | null;
}

/** Verdicts that are there already, instead of a judge. */
export interface ReadVerdicts {
  /** All that it brings, of any model and task. */
  verdicts: readonly Verdict[];
  /** Where it brings them from; absent where these may be brought from several places. */
  source?: { judge: string; folder: string; models: readonly string[] };
  /** What of it could not be read, thrown once the rest is kept, and at best scored. */
  refused?: InputError;
}

/** What an entry is opened with. */
export interface OpenJudgeWith<Options> {
  /** As named: its argument, and the label to go by in tables, where there is one. */
  spec: Spec;
  /** Its own, as understood. */
  options: Options;
  /** The run's benchmark. */
  loaded: LoadedBenchmark;
  /** The run's folder. */
  paths: RunPaths;
  /** What the environment has of the entry's `environment`. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Takes what is worth knowing while it works. */
  note(line: string): void;
}

/** A kind of judge. Its module is light: what `open` needs is imported there. */
export interface JudgeEntry<Options extends Record<string, unknown> = Record<string, unknown>>
  extends Entry {
  /** Its own options. */
  readonly options: OptionsSchema<Options>;
  /** Environment variables that it reads; a function where its options name some. */
  environment?(options: Options): readonly string[];
  /** Whether it brings verdicts instead of judging. */
  readonly bringsVerdicts?: boolean;
  /** Whether it needs no clips either, so that it may begin a run of a benchmark that is named. */
  readonly beginsRun?: boolean;
  /** Why it cannot judge a benchmark; null where it can. Absent for one that judges any. */
  refuses?(loaded: LoadedBenchmark): string | null;
  /**
   * Opens it.
   *
   * @throws {InputError} for what it lacks.
   */
  open(given: OpenJudgeWith<Options>): Promise<OpenJudge | ReadVerdicts>;
}
