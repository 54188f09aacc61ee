/** Whether the files of clips are still those that were judged. */
import { isAbsolute, join } from "node:path";
import { visibleText } from "../markup.ts";
import type { RunPaths } from "../paths.ts";
import { type Clip, clipIdOf } from "../records/clip.ts";
import type { Verdict } from "../records/verdict.ts";
import { sha256OfFile } from "../store/file_hash.ts";
import { generateCommands, type GenerateContext } from "./generate_command.ts";
import { forEachAtOnce } from "./pool.ts";
import type { Progress } from "./progress.ts";

/** What is wrong with a clip's file. */
export type ClipFault = "gone" | "unreadable" | "changed";

/** How clips are checked. */
export interface CheckOptions {
  /** Shows checks that take long. */
  progress?: Progress;
  /** Ends them when aborted. */
  signal?: AbortSignal;
}

/** A clip whose file is not what its row says, and the verdicts that are not scored for it. */
export interface FaultyClip {
  /** The clip. */
  clip: Clip;
  /** What is wrong. */
  why: ClipFault;
  /** Verdicts on it that are left out. */
  verdicts: number;
}

/** Files read at once: more would wait for the same disk. */
const AT_ONCE = 4;

/** Checks that take longer are shown, milliseconds. */
const SHOWN_AFTER_MS = 2000;

/**
 * Where a clip's file is. Relative paths are the run folder's, so that a run can be moved.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { runPaths } from "../paths.ts";
 * import { clipPath } from "./clip_files.ts";
 *
 * const paths = runPaths("/runs/mine");
 * assertEquals(clipPath({ path: "clips/nano/1-0.mp4" }, paths), "/runs/mine/clips/nano/1-0.mp4");
 * assertEquals(clipPath({ path: "/films/1.mp4" }, paths), "/films/1.mp4");
 * ```
 */
export function clipPath(
  { path }: Pick<Clip, "path">,
  { folder }: Pick<RunPaths, "folder">,
): string {
  return isAbsolute(path) ? path : join(folder, path);
}

/**
 * Reads every clip's file and compares its SHA-256 with the row's. Sizes and times are not trusted: a
 * copy or a tool that keeps times would pass. What is shown after two seconds is how far it is.
 *
 * @returns The clips whose file is gone, cannot be read (a folder or pipe in its place, no permission),
 * or has other bytes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { runPaths } from "../paths.ts";
 * import type { Clip } from "../records/clip.ts";
 * import { sha256 } from "../store/key.ts";
 * import { findFaults } from "./clip_files.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/1.mp4`, "film");
 * const clips = ["1.mp4", "2.mp4"].map((path) => ({ path, sha256: sha256("film") }) as Clip);
 * const faults = await findFaults(clips, runPaths(folder));
 * assertEquals([...faults].map(([{ path }, why]) => [path, why]), [["2.mp4", "gone"]]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function findFaults(
  clips: readonly Clip[],
  paths: Pick<RunPaths, "folder">,
  { progress, signal }: CheckOptions = {},
): Promise<Map<Clip, ClipFault>> {
  const step = progress?.step("check", clips.length);
  const started = performance.now();
  const faults = new Map<Clip, ClipFault>();
  await forEachAtOnce(clips, AT_ONCE, async (clip) => {
    signal?.throwIfAborted();
    const why = await faultOf(clipPath(clip, paths), clip.sha256);
    if (why !== null) faults.set(clip, why);
    step?.tick(clip.path);
  });
  const seconds = performance.now() - started;
  if (seconds > SHOWN_AFTER_MS) step?.done(`${clips.length - faults.size} clips as judged`);
  return faults;
}

/** What is wrong with the file that a clip's row names; null where nothing is. */
async function faultOf(path: string, sha256: string): Promise<ClipFault | null> {
  try {
    return await sha256OfFile(path) === sha256 ? null : "changed";
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? "gone" : "unreadable";
  }
}

/** See {@link checkClips}. */
export interface CheckedClips {
  /** Verdicts on clips that are as they were judged, or whose clip the run does not know. */
  current: Verdict[];
  /** Clips whose file is as its row says. */
  whole: Clip[];
  /** The others, with the verdicts that are left out. */
  faulty: FaultyClip[];
  /** Clips whose file is gone and whose verdicts are kept all the same, as asked for. */
  unchecked: Clip[];
}

/**
 * Leaves out verdicts on clips whose file is gone or has changed since. Imported verdicts on clips that
 * the run never had are kept.
 *
 * @param clips The run's.
 * @param options.withoutClips Keeps verdicts whose clip's file is gone, as in an archived run.
 */
export async function checkClips(
  verdicts: readonly Verdict[],
  clips: readonly Clip[],
  paths: Pick<RunPaths, "folder">,
  { withoutClips = false, ...options }: CheckOptions & { withoutClips?: boolean } = {},
): Promise<CheckedClips> {
  const byClip = Map.groupBy(verdicts, clipIdOf);
  const asked = clips.filter((clip) => byClip.has(clipIdOf(clip)));
  const faults = await findFaults(asked, paths, options);
  const faulty: FaultyClip[] = [];
  const left = new Set<string>();
  const unchecked: Clip[] = [];
  for (const [clip, why] of faults) {
    const id = clipIdOf(clip);
    const own = byClip.get(id)!.length;
    if (why === "gone" && withoutClips) unchecked.push(clip);
    else {
      left.add(id);
      faulty.push({ clip, why, verdicts: own });
    }
  }
  return {
    current: verdicts.filter((row) => !left.has(clipIdOf(row))),
    whole: asked.filter((clip) => !faults.has(clip)),
    faulty: faulty.sort((a, b) => a.clip.path < b.clip.path ? -1 : 1),
    unchecked,
  };
}

/** What is wrong with a clip's file, in words after "the file". */
export const FAULTS: Readonly<Record<ClipFault, string>> = {
  gone: "is gone",
  unreadable: "cannot be read",
  changed: "has changed since the run took it",
};

/**
 * What to tell the user of clips that are left out because of their files; null where there are none.
 *
 * @param context What the commands are found with that make the clips again or take them in.
 */
export function faultsText(
  faults: ReadonlyMap<Clip, ClipFault>,
  context: GenerateContext,
): string | null {
  if (faults.size === 0) return null;
  const models = [...faults.keys()].map(({ model }) => model);
  const shown = [...faults].slice(0, 5).map(([clip, why]) =>
    `  ${clipText(clip)}: the file ${FAULTS[why]}`
  );
  return [
    `Left out ${faults.size} ${faults.size === 1 ? "clip" : "clips"}:`,
    ...shown,
    ...(faults.size > shown.length ? [`  and ${faults.size - shown.length} more`] : []),
    `Put the files back, or renew the clips with ${generateCommands(models, context)}`,
  ].join("\n");
}

function clipText({ path, model, task, seed }: Clip): string {
  return `${path} (${visibleText(model)}, task ${task}, seed ${seed})`;
}

/**
 * What to tell the user of clips whose verdicts are not scored; null where there are none.
 *
 * @param commands.generate The command that makes clips again or takes them in.
 * @param commands.archived The command with the flag that scores without the clips' files.
 */
export function faultyText(
  faulty: readonly FaultyClip[],
  commands: { generate: string; archived: string },
): string | null {
  if (faulty.length === 0) return null;
  const verdicts = faulty.reduce((sum, row) => sum + row.verdicts, 0);
  const shown = faulty.slice(0, 5).map(({ clip, why, verdicts }) =>
    `  ${clipText(clip)}: ${verdicts}, the file ${FAULTS[why]}`
  );
  const rest = faulty.length - shown.length;
  return [
    `${verdicts} ${verdicts === 1 ? "verdict" : "verdicts"} on ${faulty.length} ` +
    `${faulty.length === 1 ? "clip" : "clips"} ${verdicts === 1 ? "is" : "are"} not scored:`,
    ...shown,
    ...(rest > 0 ? [`  and ${rest} more`] : []),
    `Put the judged files back, or renew the clips with ${commands.generate} and judge them again`,
    ...(faulty.some(({ why }) => why === "gone")
      ? [`To score an archived run without its clips: ${commands.archived}`]
      : []),
  ].join("\n");
}
