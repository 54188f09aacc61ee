/** What every entry of the judges' registry answers: a name and options in, a judge or verdicts out. */
import type { z } from "zod";
import type { LoadedBenchmark } from "../benchmark/loaded.ts";
import type { RunPaths } from "../paths.ts";
import type { Clip } from "../records/clip.ts";
import type { Criterion } from "../records/criterion.ts";
import type { Task } from "../records/task.ts";
import type { Verdict } from "../records/verdict.ts";
import type { Entry, Spec } from "../registry.ts";
import type { SampledVideo } from "../video/sample.ts";
import type { Video } from "../video/types.ts";
import type { Judge } from "./judge.ts";

/** A call that is left to make: a clip with the criteria that it is asked. */
export interface PendingCall {
  clip: Clip;
  task: Task;
  /** In the order of their places. */
  criteria: readonly Criterion[];
}

/** What a judge that costs something did, as `run.json` keeps it. */
export interface JudgeUsage {
  /** When it began. */
  started: string;
  model: string;
  /** Requests sent, repeated ones included. */
  requests: number;
  /** Requests sent again after a failure. */
  retried: number;
  prompt_tokens: number;
  completion_tokens: number;
  /** Answers whose tokens the server did not count: the sums lack them. */
  uncounted: number;
  /** US dollars. */
  cost_usd: number;
  /** Where the price comes from. */
  price: string;
}

/** All that is left to judge, before it is judged. */
export interface PrepareWork {
  /** Calls, those of one clip together. */
  byClip: readonly (readonly PendingCall[])[];
  /** Which asking of the same questions it is, from 0. */
  repeat: number;
  paths: RunPaths;
  signal?: AbortSignal;
  /** The frames that the judge is shown of a clip. */
  framesOf(clip: Clip): Promise<Video | SampledVideo>;
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
  usage?: JudgeUsage;
}

/** A judge that looks at clips. */
export interface OpenJudge {
  judge: Judge;
  /**
   * The same judge for the nth time that a question is asked, from 1: one that keeps answers takes
   * each asking for another question. Absent for a judge that only computes.
   */
  again?(repeat: number): Judge | Promise<Judge>;
  /** What is to happen with all that is to be asked before the first call, such as an estimate. */
  prepare?(work: PrepareWork): Promise<Prepared>;
  /** What was asked since this was last called, also as a line for the log; null for nothing. */
  spent?(): { usage: JudgeUsage; text: string } | null;
}

/** Verdicts that are there already, instead of a judge. */
export interface ReadVerdicts {
  verdicts: readonly Verdict[];
}

/** What an entry is opened with. */
export interface OpenJudgeWith<Options> {
  /** As named: its argument, and the label to go by in tables, where there is one. */
  spec: Spec;
  options: Options;
  loaded: LoadedBenchmark;
  /** The run's folder. */
  paths: RunPaths;
  /** What the environment has of the entry's `environment`. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Takes what is worth knowing while it works. */
  note(line: string): void;
}

/** A kind of judge. Its module is light: what `open` needs is imported there. */
export interface JudgeEntry<Options extends z.ZodObject = z.ZodObject> extends Entry {
  readonly options: Options;
  /** Environment variables that it reads. */
  readonly environment?: readonly string[];
  /** Whether it brings verdicts instead of judging. */
  readonly bringsVerdicts?: boolean;
  /** Whether it needs no clips either, so that it may begin a run of a benchmark that is named. */
  readonly beginsRun?: boolean;
  /** Why it cannot judge a benchmark; null where it can. Absent for one that judges any. */
  refuses?(loaded: LoadedBenchmark): string | null;
  /**
   * @throws {InputError} for what it lacks.
   */
  open(given: OpenJudgeWith<z.output<Options>>): Promise<OpenJudge | ReadVerdicts>;
}
