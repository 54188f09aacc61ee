/** The step that takes clips that are there already. */
import { InputError, messageOf } from "../errors.ts";
import type { FoundClip, FoundClips } from "../models/video_model.ts";
import { someOf } from "../numbers.ts";
import { type Clip, clipsTable } from "../records/clip.ts";
import type { RunPaths } from "../paths.ts";
import { openCache } from "../store/cache.ts";
import { sha256OfFile } from "../store/file_hash.ts";
import { writeTable } from "../store/table.ts";
import type { StepProgress } from "./progress.ts";
import type { StepResult } from "./session.ts";

/** What to take, and where to. */
export interface TakeWork {
  paths: RunPaths;
  /** Which of the found clips to take; those that the run has already are looked at again in any case. */
  isWanted?(clip: FoundClip): boolean;
  /** Takes what is worth knowing. */
  note?(line: string): void;
  /** Takes the clips that can be judged, once all are read. */
  onKept?(clips: readonly FoundClip[]): void;
  signal?: AbortSignal;
}

/**
 * Takes clips that are there already into the table `clips`, each read whole once. Rows of clips whose
 * file is no longer among those found, or no longer holds a clip, leave the table; no file is touched.
 *
 * @returns What was kept; where some files cannot be read, with an error that lists them all.
 */
export async function takeClips(
  { name, found, rowOf }: FoundClips,
  { paths, isWanted = () => true, note = () => {}, onKept, signal }: TakeWork,
  progress: StepProgress,
): Promise<StepResult> {
  const table = await openCache(clipsTable, paths.table("clips"));
  const known = new Map(
    table.rows().filter(({ model }) => model === name).map((row) => [placeOf(row), row]),
  );
  const result = { made: 0, cached: 0 };
  const problems: string[] = [];
  const refused = new Set<string>();
  const taken = found.filter((clip) => isWanted(clip) || known.has(placeOf(clip)));
  try {
    for (const clip of taken) {
      signal?.throwIfAborted();
      const row = known.get(placeOf(clip));
      const read = await attempt(() => takenRow(row, clip, rowOf));
      signal?.throwIfAborted();
      if ("error" in read) {
        refused.add(placeOf(clip));
        problems.push(problemText(read.error, clip));
      } else if (read.value === row) result.cached++;
      else {
        await table.append([read.value]);
        result.made++;
      }
      progress.tick(clip.path);
    }
  } catch (error) {
    table.close();
    throw error;
  }
  onKept?.(taken.filter((clip) => !refused.has(placeOf(clip))));
  const there = new Set(found.map(placeOf).filter((place) => !refused.has(place)));
  const gone = [...known.values()].filter((row) => !there.has(placeOf(row)));
  if (table.rows().length === 0) table.close();
  else {
    const rows = await table.compact();
    const kept = rows.filter((row) => row.model !== name || there.has(placeOf(row)));
    if (kept.length < rows.length) await writeTable(clipsTable, paths.table("clips"), kept);
  }
  for (
    const [isReplaced, what] of [[false, "gone from the folder"], [
      true,
      "no longer readable",
    ]] as const
  ) {
    const left = gone.filter((row) => refused.has(placeOf(row)) === isReplaced);
    if (left.length === 0) continue;
    note(
      `${name}: ${left.length} ${left.length === 1 ? "clip leaves" : "clips leave"} the run, ` +
        `${what}: ${someOf(left.map(({ task, seed }) => `task ${task} seed ${seed}`))}`,
    );
  }
  if (problems.length === 0) return result;
  return {
    ...result,
    refused: new InputError(
      `${problems.length} of ${taken.length} clips of ${name} cannot be judged ` +
        `(${result.made + result.cached} can, and are kept):\n  ${problems.join("\n  ")}`,
    ),
  };
}

/** The row that a run has of a clip, or a new one. */
async function takenRow(
  row: Clip | undefined,
  clip: FoundClip,
  rowOf: FoundClips["rowOf"],
): Promise<Clip> {
  if (row === undefined || row.sha256 !== await sha256OfFile(clip.path)) return await rowOf(clip);
  // The folder may have been moved, or the file given another name.
  return row.path === clip.path ? row : { ...row, path: clip.path };
}

async function attempt<T>(work: () => Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

/** In one line or more, with the file's name: a decoder's own error has none. */
function problemText(error: unknown, { path }: FoundClip): string {
  const message = messageOf(error);
  return error instanceof InputError && message.includes(path)
    ? message
    : `Cannot read clip ${path}: ${message}`;
}

function placeOf({ task, seed }: Pick<Clip, "task" | "seed">): string {
  return `${task}/${seed}`;
}
