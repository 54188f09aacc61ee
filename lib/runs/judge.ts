/** The step that judges: clips × criteria → verdicts. */
import type { Benchmark } from "../benchmark/benchmark.ts";
import { InputError } from "../errors.ts";
import type {
  FileJob,
  FileRulings,
  FrameEncoder,
  Judge,
  Judgement,
  PicturedClip,
  Ruling,
} from "../judges/judge.ts";
import { type Verdict, verdictsTable } from "../records/verdict.ts";
import type { Clip } from "../records/clip.ts";
import { criterionHash } from "../records/criterion.ts";
import type { RunPaths } from "../paths.ts";
import { openCache } from "../store/cache.ts";
import { gatherRows } from "../store/gather.ts";
import { writeTable } from "../store/table.ts";
import { framesHash } from "../video/sample.ts";
import type { Video } from "../video/types.ts";
import { openWorkers } from "../workers.ts";
import { ASKING_BYTES, askingBytes, DECODING_BYTES, decodingBytes } from "./clip_memory.ts";
import { askedOf, type Call, fileOf, framesIn, isSettled, planCalls } from "./judge_plan.ts";
import { forEachAtOnce, gate, weightGate } from "./pool.ts";
import type { StepProgress } from "./progress.ts";
import type { StepResult } from "./session.ts";

/** Workers: more would only wait for the same cores, and take memory. */
const CORES = Math.min(navigator.hardwareConcurrency, 4);

/** How long a call's verdicts may wait for others before they are written, milliseconds. */
const GATHER_MS = 100;

/** What judging did. */
export interface JudgeResult extends StepResult {
  /** Why verdicts that were made are null: the reason of each. */
  unjudged: string[];
  /** Clips that were left out because their files changed or went meanwhile: what was found of each. */
  changed: InputError[];
}

/** What to judge, and where to. */
export interface JudgeWork {
  judge: Judge;
  benchmark: Benchmark;
  clips: readonly Clip[];
  paths: RunPaths;
  signal?: AbortSignal;
  /** Takes how far judging came where it ends before its end, in a line. */
  stopped?: (line: string) => void;
}

/**
 * Makes the verdicts that are missing. A clip is decoded only if one of its verdicts is, once for all
 * its calls. A call's verdicts are kept within {@link GATHER_MS} of its answer; answers that were paid
 * for are kept by themselves, at once. Where a judge says that asking again may help, nulls are asked
 * again and verdicts are not.
 *
 * A clip whose file is not what its row says gets no verdict and stops no other.
 *
 * @throws {InputError} if the judge cannot go on; what was answered until then is kept.
 */
export async function judgeClips(
  { judge, benchmark, clips, paths, signal, stopped }: JudgeWork,
  progress: StepProgress,
): Promise<JudgeResult> {
  const table = await openCache(verdictsTable, paths.table("verdicts"));
  const { byClip, cached, completed } = await planCalls(judge, benchmark, clips, table.get);
  await table.append(completed);
  const result: JudgeResult = { made: 0, cached, unjudged: [], changed: [] };
  const kept = gatherRows(table.append, GATHER_MS);
  for (let i = byClip.length; i < clips.length; i++) progress.tick();
  let answered = 0;
  const context: JudgeContext = {
    judge,
    signal,
    take(call, judgement, frames, started) {
      answered++;
      const rows = verdictsOf(judge, call, judgement, frames, performance.now() - started)
        .filter(({ key }) => !isSettled(table.get(key), judge));
      kept.add(rows);
      result.made += rows.length;
      for (const { met, reason } of rows) if (met === null) result.unjudged.push(reason);
    },
    async fileOf(clip) {
      try {
        return await fileOf(clip, paths);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        result.changed.push(error);
        return null;
      }
    },
    done: ({ model, task, seed }) => progress.tick(`${model} task ${task} seed ${seed}`),
  };
  try {
    await (judge.workers ? measureAll(byClip, judge.workers, context) : askAll(byClip, context));
    await kept.flush();
  } catch (error) {
    await kept.flush().catch(() => {});
    table.close();
    const { made, unjudged } = result;
    stopped?.(
      `stopped   after ${answered} of ${someThings(byClip.flat().length, "question")}: ` +
        `${someThings(made - unjudged.length, "verdict")}, ${unjudged.length} null`,
    );
    throw error;
  }
  await table.compact();
  return result;
}

/**
 * Ends a command whose clips changed while they were judged, once the others are.
 *
 * @throws {InputError} naming the first of them and how many there are.
 */
export function refuseChanged({ changed }: JudgeResult): void {
  if (changed.length === 0) return;
  const others = changed.length > 1 ? `\n  and ${changed.length - 1} more` : "";
  throw new InputError(
    `${
      changed[0].message
    }${others}\n  The other clips are judged; see deno task score for what to do`,
  );
}

/** Reasons that are listed; the others are counted. */
const REASONS = 5;

/**
 * What became of the verdicts that were made, in lines: how many were judged, and how many are null
 * for which reason, the most frequent first.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { judgedLines } from "./judge.ts";
 *
 * const unjudged = ["no answer", "refused", "no answer"];
 * assertEquals(judgedLines({ made: 15, cached: 0, unjudged, changed: [] }), [
 *   "judged    12 of 15 verdicts; 3 are null, neither met nor not met:",
 *   "null      2: no answer",
 *   "null      1: refused",
 * ]);
 * ```
 */
export function judgedLines({ made, unjudged }: JudgeResult): string[] {
  const verdicts = `${made} ${made === 1 ? "verdict" : "verdicts"}`;
  if (unjudged.length === 0) return [`judged    ${verdicts}; none is null`];
  const is = unjudged.length === 1 ? "is" : "are";
  const reasons = byFrequency(unjudged);
  const others = reasons.slice(REASONS);
  const rest = others.reduce((sum, { times }) => sum + times, 0);
  return [
    `judged    ${made - unjudged.length} of ${verdicts}; ${unjudged.length} ${is} null, neither ` +
    "met nor not met:",
    ...reasons.slice(0, REASONS).map(({ reason, times }) => `null      ${times}: ${reason}`),
    ...(rest > 0
      ? [
        `null      ${rest}: ${someThings(others.length, "other reason")}; the table verdicts has ` +
        "each in its column reason",
      ]
      : []),
  ];
}

/** Why judging came to no verdict at all; null where there is one. */
export function noVerdict({ made, cached, unjudged }: JudgeResult): string | null {
  if (made === 0 || cached > 0 || unjudged.length < made) return null;
  const [most, ...others] = byFrequency(unjudged);
  const share = others.length === 0 ? "" : `, of ${most.times}`;
  return `No verdict: ${made === 1 ? "it is" : `all ${made} are`} null; the ` +
    `${others.length === 0 ? "" : "most frequent "}reason${share}: ${most.reason}`;
}

/** A number of things, in the plural where it is not one. */
function someThings(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

function byFrequency(reasons: readonly string[]): { reason: string; times: number }[] {
  return [...Map.groupBy(reasons, (reason) => reason)]
    .map(([reason, rows]) => ({ reason, times: rows.length }))
    .sort((a, b) => b.times - a.times);
}

/** What judging one clip needs. */
interface JudgeContext extends Pick<JudgeWork, "judge" | "signal"> {
  /** A clip's file; null, and on record, if that is not what its row says. */
  fileOf(clip: Clip): Promise<string | null>;
  /** Keeps what was said of a call that was begun at a moment of `performance.now()`. */
  take(call: Call, judgement: Judgement, frames: string, started: number): void;
  done(clip: Clip): void;
}

/** Has Workers of a judge that only computes look at the clips' files. */
async function measureAll(
  byClip: readonly Call[][],
  module: URL,
  context: JudgeContext,
): Promise<void> {
  const { signal, take, done } = context;
  using workers = openWorkers<FileJob, FileRulings>(module, { workers: CORES, jobsEach: 2 });
  const decode = weightGate(DECODING_BYTES);
  await forEachAtOnce(byClip, 2 * CORES, async (calls) => {
    signal?.throwIfAborted();
    const [{ clip }] = calls;
    const path = await context.fileOf(clip);
    if (path === null) return;
    await decode(decodingBytes(clip, true), async () => {
      for (const call of calls) {
        const started = performance.now();
        const { task, criteria } = call;
        const { rulings, frames } = await workers.do({ path, task, criteria })
          .catch((error) => ({ ...unreadable(call, error), frames: "" }));
        take(call, { rulings }, frames, started);
      }
    });
    done(clip);
  });
}

/** Decodes the clips, each once, and asks about them, as many at once as the judge says. */
async function askAll(byClip: readonly Call[][], context: JudgeContext): Promise<void> {
  const { judge, signal, take, done } = context;
  using encoder = judge.openEncoder?.(CORES);
  // Two for each Worker, so that none waits for this thread to give it the next.
  const decoders = judge.pictures ? 2 * CORES : CORES;
  const decode = gate(decoders);
  const open = weightGate(DECODING_BYTES);
  const hold = weightGate(ASKING_BYTES);
  const ask = gate(judge.concurrency);
  const perClip = judge.per === "clip" ? 1 : 3;
  // Some clips more than can be asked about at once are decoded ahead.
  const clipsAtOnce = Math.ceil(judge.concurrency / perClip) +
    (judge.concurrency > 1 ? decoders : 0);
  await forEachAtOnce(byClip, clipsAtOnce, async (calls) => {
    signal?.throwIfAborted();
    const [{ clip }] = calls;
    await hold(askingBytes(clip, judge, calls.length), async () => {
      const started = performance.now();
      const video = await decode(async () => {
        const path = await context.fileOf(clip);
        if (path === null) return null;
        return await open(decodingBytes(clip, false), () => {
          signal?.throwIfAborted();
          return see(judge, path, encoder);
        }).catch((error) => {
          for (const call of calls) take(call, unreadable(call, error), "", started);
          return null;
        });
      });
      if (video === null) return;
      const frames = "hash" in video ? video.hash : framesHash(video);
      await forEachAtOnce(calls, calls.length, (call) =>
        ask(async () => {
          signal?.throwIfAborted();
          const started = performance.now();
          const judgement = await judge.judge(call.task, call.criteria, video, { signal });
          take(call, judgement, frames, started);
        }));
    });
    done(clip);
  });
}

/**
 * A clip as a judge wants to see it: frames, or pictures of them.
 *
 * @throws {InputError} if its file cannot be read.
 *
 * @example
 * ```ts
 * import type { Judge } from "../judges/judge.ts";
 * import { assertInputError } from "../testing/assert.ts";
 * import { see } from "./judge.ts";
 *
 * await assertInputError(() => see({ frames: 8 } as Judge, "no-such.mp4", undefined), "no-such.mp4");
 * ```
 */
export async function see(
  { pictures, frames }: Judge,
  path: string,
  encoder: FrameEncoder | undefined,
): Promise<Video | PicturedClip> {
  if (!pictures || !encoder || frames === "all") return await framesIn(path, frames);
  return await encoder.encode({ ...pictures, path, count: frames });
}

/**
 * What is said of a clip that cannot be read, so that the others are judged. Earlier versions took
 * clips that this one refuses, for their size.
 */
function unreadable({ criteria }: Call, error: unknown): Judgement {
  if (!(error instanceof InputError)) throw error;
  const reason = error.message;
  return { rulings: criteria.map(({ id }) => ({ id, met: null, reason, evidence: "" })) };
}

/** A call's verdicts; what it took is shared among them, so that sums over rows are true. */
function verdictsOf(
  judge: Judge,
  { clip, task, criteria, keys }: Call,
  { rulings, usage }: Judgement,
  frames_hash: string,
  latency_ms: number,
): Verdict[] {
  const share = (total: number, i: number) =>
    Math.floor(total / criteria.length) + (i < total % criteria.length ? 1 : 0);
  return criteria.map((criterion, i): Verdict => {
    const { id, dimension, place, description } = criterion;
    const ruling = rulings.find((row: Ruling) => row.id === id);
    if (!ruling) throw new Error(`${judge.name} did not rule on ${task.task}/${id}`);
    return {
      judge: judge.name,
      judge_model: judge.model,
      model: clip.model,
      task: clip.task,
      seed: clip.seed,
      id,
      criterion_hash: criterionHash(description),
      asked_hash: askedOf(judge, task, criterion),
      dimension,
      place,
      met: ruling.met,
      reason: ruling.reason,
      evidence: ruling.evidence,
      clip_sha256: clip.sha256,
      frames_hash,
      prompt_hash: usage?.prompt_hash ?? "",
      attempts: usage?.attempts ?? 1,
      latency_ms,
      prompt_tokens: share(usage?.prompt_tokens ?? 0, i),
      completion_tokens: share(usage?.completion_tokens ?? 0, i),
      reasoning_tokens: share(usage?.reasoning_tokens ?? 0, i),
      cost_usd: (usage?.cost_usd ?? 0) / criteria.length,
      key: keys[i],
    };
  });
}

/** Keeps verdicts that someone else made; rows with the same identity are replaced, withdrawn ones leave. */
export async function keepVerdicts(
  verdicts: readonly Verdict[],
  paths: RunPaths,
  isWithdrawn: (row: Verdict) => boolean = () => false,
): Promise<StepResult> {
  const table = await openCache(verdictsTable, paths.table("verdicts"));
  const missing = verdicts.filter((verdict) => !table.get(verdict.key));
  await table.append(missing);
  const rows = await table.compact();
  const kept = rows.filter((row) => !isWithdrawn(row));
  if (kept.length < rows.length) await writeTable(verdictsTable, paths.table("verdicts"), kept);
  return { made: missing.length, cached: verdicts.length - missing.length };
}
