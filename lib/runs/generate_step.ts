/** The step that makes or takes the clips of a model that was named. */
import { InputError } from "../errors.ts";
import type { Generator } from "../models/generator.ts";
import { OWN_SEEDS } from "../models/registry.ts";
import type { FoundClip, FoundClips, VideoModel } from "../models/video_model.ts";
import { listText, someOf } from "../numbers.ts";
import type { Task } from "../records/task.ts";
import type { Chosen } from "../registry.ts";
import { generateClips } from "./generate.ts";
import { type Selection, selectionText, selectTasks } from "./selection.ts";
import type { Session } from "./session.ts";
import { isOfShard, type Shard } from "./shards.ts";
import { claimName } from "./sources.ts";
import { takeClips } from "./take_clips.ts";

/** Which clips to make. */
export interface GenerateSelection extends Pick<Selection, "tasks" | "seeds"> {
  /** Seeds that a model makes clips with where `seeds` is absent; clips that are found have theirs. */
  ownSeeds?: readonly number[];
  /** Only this share of the clips. */
  shard?: Shard;
  /** Takes the error that lists clips that were found and cannot be read, where others can; else it is thrown. */
  onRefused?(error: InputError): void;
}

/**
 * Has a model make the clips that are missing, or takes those that it finds.
 *
 * @returns The model's name in tables.
 * @throws {InputError} for a task that the benchmark lacks, a model that can make none of the clips, or a
 * name that cannot be one or that the run has from elsewhere, see {@link claimName}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { chooseModel } from "../models/registry.ts";
 * import { generateStep } from "./generate_step.ts";
 * import { silent } from "./progress.ts";
 * import { withSession } from "./session.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const invocation = { command: "generate", passed: [], resolved: {} };
 * await withSession({ folder, invocation, progress: silent, begins: true }, async (session) => {
 *   const name = await generateStep(chooseModel("simulator"), { seeds: [0], tasks: [9] }, session);
 *   assertEquals(name, "simulator");
 *   assertEquals(session.record.steps.map(({ made }) => made), [1]);
 * });
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function generateStep(
  chosen: Chosen<VideoModel>,
  { seeds, ownSeeds = OWN_SEEDS, tasks, shard, onRefused }: GenerateSelection,
  session: Session,
): Promise<string> {
  const { entry, spec, options } = chosen;
  const { loaded, paths, progress, signal } = session;
  const wanted = selectTasks(loaded.benchmark, tasks);
  const note = (line: string) => progress.note(line);
  const opened = await entry.open({ spec, options, loaded, note });
  if ("found" in opened) {
    if (shard) {
      throw new InputError(`Cannot take the clips of ${opened.name} in shares; leave out --shard`);
    }
    await claimName(opened.name, chosen, session);
    const numbers = new Set(wanted.map(({ task }) => task));
    const isWanted = ({ task, seed }: FoundClip) =>
      numbers.has(task) && (seeds?.includes(seed) ?? true);
    const chosenClips = opened.found.filter(isWanted);
    if (chosenClips.length === 0) throw new InputError(hasNone(opened, { tasks, seeds }));
    const onKept = (kept: readonly FoundClip[]) => noteMissing(opened.name, wanted, kept, note);
    await session.step(
      "generate",
      chosenClips.length,
      async (step) => {
        const taken = await takeClips(opened, { paths, isWanted, note, onKept, signal }, step);
        const { refused, ...kept } = taken;
        if (!refused || !onRefused || kept.made + kept.cached === 0) return taken;
        onRefused(refused);
        return kept;
      },
    );
    return opened.name;
  }
  try {
    await claimName(opened.name, chosen, session);
    const covered = await coveredBy(opened, wanted);
    if (covered.length === 0) {
      const all = await coveredBy(opened, loaded.benchmark.tasks);
      throw new InputError(coversNone(spec.text, wanted, all, loaded.benchmark.name));
    }
    if (tasks === undefined) noteMissing(opened.name, wanted, covered, note);
    const made = seeds ?? ownSeeds;
    await session.step(
      "generate",
      ownShare(covered.length * made.length, shard),
      (step) =>
        generateClips(
          { generator: opened, tasks: covered, seeds: made, paths, shard, signal, note },
          step,
        ),
    );
    return opened.name;
  } finally {
    opened[Symbol.dispose]?.();
  }
}

/** What to say where a selection leaves no clip of those that were found. */
function hasNone({ name, found }: FoundClips, selection: Selection): string {
  return `Found no clip of ${selectionText(selection)} in ${name}; it has tasks ` +
    `${listText(found.map(({ task }) => task))}, seeds ${listText(found.map(({ seed }) => seed))}`;
}

/** Says how tasks count that a model has no clip of. */
function noteMissing(
  name: string,
  wanted: readonly Task[],
  having: readonly Pick<Task, "task">[],
  note: (line: string) => void,
): void {
  const there = new Set(having.map(({ task }) => task));
  const missing = wanted.filter(({ task }) => !there.has(task)).map(({ task }) => task);
  if (missing.length === 0) return;
  note(
    `${name} has no clip for ${missing.length} of ${wanted.length} tasks (${
      someOf(listText(missing).split(","))
    }): these are left out of its scores, not counted as 0`,
  );
}

/** The tasks that a model can make clips of. */
async function coveredBy(generator: Generator, tasks: readonly Task[]): Promise<Task[]> {
  const covers = await Promise.all(tasks.map((task) => generator.covers?.(task) ?? true));
  return tasks.filter((_, i) => covers[i]);
}

/** What to say of a model, named as typed, that covers none of the tasks that were chosen. */
function coversNone(
  model: string,
  wanted: readonly Task[],
  covered: readonly Task[],
  benchmark: string,
): string {
  const numbers = (tasks: readonly Task[]) =>
    `task${tasks.length === 1 ? "" : "s"} ${listText(tasks.map(({ task }) => task))}`;
  return `Cannot make clips of ${numbers(wanted)} with ${model}: of ${benchmark} it covers ` +
    (covered.length === 0 ? "no task" : numbers(covered));
}

/** How many of all clips are a shard's. */
function ownShare(all: number, shard: Shard = { index: 1, of: 1 }): number {
  return Array.from({ length: all }, (_, place) => place)
    .filter((place) => isOfShard(place, shard)).length;
}
