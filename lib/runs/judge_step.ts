/** The step that judges a run's clips, or keeps verdicts that are there already. */
import type { Judge } from "../judges/judge.ts";
import type { JudgeEntry, OpenJudge, Prepared } from "../judges/judge_entry.ts";
import type { RunPaths } from "../paths.ts";
import type { Clip } from "../records/clip.ts";
import { type Verdict, verdictsTable } from "../records/verdict.ts";
import type { Chosen } from "../registry.ts";
import { openCache } from "../store/cache.ts";
import { InputError } from "../errors.ts";
import { someOf } from "../numbers.ts";
import { faultsText, findFaults } from "./clip_files.ts";
import { judgeClips, judgedLines, keepVerdicts, noVerdict, refuseChanged, see } from "./judge.ts";
import { fileOf, planCalls } from "./judge_plan.ts";
import { clipsOf, type Selection, selectRows } from "./selection.ts";
import type { Session } from "./session.ts";
import { claimVerdicts, withdrawnModels } from "./sources.ts";
import { watchSpending } from "./spending.ts";

/** What judging comes to. */
export interface JudgeOutcome {
  /** Whether every verdict that was asked for was made; else the judge left some for later. */
  complete: boolean;
  /** What the user asked to be told, in lines. */
  text?: string;
  /** Why all verdicts that were made are null, if they are, and no other is there. */
  none?: string;
  /** What could not be read of verdicts that were brought, for the caller to throw at its end. */
  refused?: InputError;
}

/** See {@link judgeStep}. */
export interface JudgeStepOptions {
  /** Only these clips. */
  selection?: Selection;
  /** What the environment has of the variables that the entry reads. */
  environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Has a judge that was named judge the run's clips, or keeps the verdicts that it brings.
 *
 * @throws {InputError} if the run has no such clips, the judge lacks something or cannot judge the
 * benchmark.
 */
export async function judgeStep(
  { entry, spec, options }: Chosen<JudgeEntry>,
  { selection = {}, environment = {} }: JudgeStepOptions,
  session: Session,
): Promise<JudgeOutcome> {
  const { loaded, paths, progress } = session;
  const note = (line: string) => progress.note(line);
  const opened = await entry.open({ spec, options, loaded, paths, environment, note });
  if ("verdicts" in opened) {
    const { source, refused } = opened;
    const gone = source ? await withdrawnModels(source, paths) : [];
    if (source) await claimVerdicts(source, session);
    const verdicts = selectRows(opened.verdicts, selection, "verdicts");
    const left = new Set<string>();
    const isGone = ({ judge, model }: Verdict) => {
      const is = judge === source?.judge && gone.includes(model);
      if (is) left.add(model);
      return is;
    };
    await session.step("judge", 0, () => keepVerdicts(verdicts, paths, isGone));
    if (left.size > 0) {
      note(
        `${source!.judge}: verdicts on ${someOf([...left])} leave the run, since ` +
          `${source!.folder} has none that can be read`,
      );
    }
    return { complete: true, refused };
  }
  const clips = await clipsOf(session, selection);
  const faults = await findFaults(clips, paths, { progress, signal: session.signal });
  const left = faultsText(faults, session);
  if (left === null) return await judgeWith(opened, clips, session);
  const whole = clips.filter((clip) => !faults.has(clip));
  const asked = await unansweredOf(opened.judge, [...faults.keys()], session);
  if (asked > 0 && whole.length === 0) throw new InputError(`Judged no clip. ${left}`);
  const outcome = await judgeWith(opened, whole, session);
  // The others are judged before this ends the command as one that did not do all.
  if (asked > 0 && outcome.complete) {
    throw new InputError(`Judged ${whole.length} of ${clips.length} clips. ${left}`);
  }
  note(`${left}\nVerdicts on them are kept, and not scored until their files are back`);
  return outcome;
}

/** How many of some clips a judge has not judged on all criteria yet. */
async function unansweredOf(
  judge: Judge,
  clips: readonly Clip[],
  { loaded: { benchmark }, paths }: Session,
): Promise<number> {
  const table = await openCache(verdictsTable, paths.table("verdicts"));
  const { byClip } = await planCalls(judge, benchmark, clips, table.get);
  table.close();
  return byClip.length;
}

/** Which asking of the same questions it is. */
export interface Asking {
  /** From 0. */
  repeat: number;
  /** Where its verdicts go. */
  paths: RunPaths;
}

/**
 * Has an open judge judge clips, after what is to happen before the first call. What was asked is kept
 * in `run.json`, also when judging ends early.
 */
export async function judgeWith(
  { judge, again, prepare, spent }: OpenJudge,
  clips: readonly Clip[],
  session: Session,
  { repeat, paths }: Asking = { repeat: 0, paths: session.paths },
): Promise<JudgeOutcome> {
  const { loaded: { benchmark }, progress, signal } = session;
  let none: string | null = null;
  let lines: string[] = [];
  let checkClips = () => {};
  const asked = repeat === 0 ? judge : await (again ?? (() => judge))(repeat);
  const watch = spent && watchSpending(spent, session);
  try {
    const prepared = await preparedBy(asked, prepare, clips, session, { repeat, paths });
    if (prepared.proceed) {
      await session.step("judge", clips.length, async (step) => {
        const stopped = spent && ((line: string) => progress.note(line));
        const work = { judge: asked, benchmark, clips, paths, signal, stopped };
        const result = await judgeClips(work, step);
        none = noVerdict(result);
        checkClips = () => refuseChanged(result);
        // Where all are null for one reason, the end of the command says so.
        const isSaid = none !== null && new Set(result.unjudged).size === 1;
        if (isSaid) return result;
        if (result.unjudged.length > 0 || (spent && result.made > 0)) lines = judgedLines(result);
        return result;
      });
      for (const line of lines) progress.note(line);
    }
    prepared.check?.();
    checkClips();
    return { complete: prepared.proceed, text: prepared.text, ...(none !== null && { none }) };
  } finally {
    // What was spent is recorded however judging ends.
    const line = await watch?.end();
    if (line) progress.note(line);
  }
}

/** What is to happen before the first call. */
async function preparedBy(
  judge: Judge,
  prepare: OpenJudge["prepare"],
  clips: readonly Clip[],
  { loaded: { benchmark }, progress, signal, claim }: Session,
  { repeat, paths }: Asking,
): Promise<Prepared> {
  if (!prepare) return { proceed: true };
  await claim("judge");
  const table = await openCache(verdictsTable, paths.table("verdicts"));
  const { byClip } = await planCalls(judge, benchmark, clips, table.get);
  table.close();
  using encoder = judge.openEncoder?.(1);
  const step = progress.step("prepare", 0);
  const prepared = await prepare({
    ...{ byClip, repeat, paths, signal },
    framesOf: async (clip) => await see(judge, await fileOf(clip, paths), encoder),
    progress: (text) => step.tick(text),
  });
  if (prepared.summary) step.done(prepared.summary);
  return prepared;
}
