/** A run's verdicts as they are scored: each judge under a name of its own. */
import { InputError } from "../errors.ts";
import { JUDGES } from "../judges/registry.ts";
import { type Verdict, verdictsTable } from "../records/verdict.ts";
import type { RunPaths } from "../paths.ts";
import type { Benchmark } from "../benchmark/benchmark.ts";
import { type Clip, clipIdOf, clipsTable } from "../records/clip.ts";
import {
  type MatchedVerdicts,
  matchVerdicts,
  staleText,
  type StaleVerdicts,
} from "../scores/match.ts";
import { lostText, readTableIfAny } from "../store/table.ts";
import { visibleText } from "../markup.ts";
import { checkClips, type CheckedClips, faultyText } from "./clip_files.ts";
import { commandsOf } from "./judge_command.ts";
import { generateCommands } from "./generate_command.ts";
import { judgeHint } from "./judge_hint.ts";
import { lostVerdictsText } from "./missing_verdicts.ts";
import type { Session } from "./session.ts";
import { lostIn, refuseLostClips } from "./shards.ts";

/**
 * The table `verdicts`, with judges told apart; see {@link tellApart}. Null where there is none.
 *
 * @param session Where it is to be said which judges lost rows, with the command of each.
 * @throws {InputError} where rows of the run's clips or verdicts are lost.
 */
export async function readVerdicts(
  paths: RunPaths,
  session?: Pick<Session, "loaded" | "command" | "earlier">,
): Promise<Verdict[] | null> {
  const lost = await lostIn(verdictsTable, paths.table("verdicts"));
  if (lost !== null) {
    throw new InputError(
      session
        ? await lostVerdictsText(lost, session.loaded.benchmark, paths, session)
        : lostText(verdictsTable, lost, null, paths.folder),
    );
  }
  await refuseLostClips(paths);
  const rows = await readTableIfAny(verdictsTable, paths.table("verdicts"));
  return rows && tellApart(rows);
}

/**
 * Verdicts in which one name means one judge. Where a judge asked two models, each becomes
 * `judge/judge_model`, as `agreement` names them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import type { Verdict } from "../records/verdict.ts";
 * import { tellApart } from "./verdicts.ts";
 *
 * const rows = ["gpt-a", "gpt-b"].map((judge_model) => ({ judge: "openai", judge_model }) as Verdict);
 * assertEquals(tellApart(rows).map(({ judge }) => judge), ["openai/gpt-a", "openai/gpt-b"]);
 * assertEquals(tellApart(rows.slice(1))[0].judge, "openai");
 * ```
 */
export function tellApart(verdicts: readonly Verdict[]): Verdict[] {
  const models = Map.groupBy(verdicts, ({ judge }) => judge);
  const isShared = new Set(
    [...models].filter(([, rows]) => new Set(rows.map((row) => row.judge_model)).size > 1)
      .map(([judge]) => judge),
  );
  return verdicts.map((row) =>
    isShared.has(row.judge) ? { ...row, judge: `${row.judge}/${row.judge_model}` } : row
  );
}

/** Verdicts that are scored, and those that are not. */
export interface RunVerdicts extends MatchedVerdicts, Omit<CheckedClips, "current"> {
  /** The run's. */
  clips: Clip[];
  /** Clips on which none of the verdicts is, whether it counts or not. */
  unjudged: Clip[];
}

/**
 * Separates verdicts on what a benchmark asks now of the run's clips, as their files are now, from
 * those that are stale or whose clip's file is gone or has changed.
 */
export async function matchRun(
  { criteria, tasks }: Benchmark,
  verdicts: readonly Verdict[],
  paths: RunPaths,
  options: Parameters<typeof checkClips>[3] = {},
): Promise<RunVerdicts> {
  const clips = await readTableIfAny(clipsTable, paths.table("clips")) ?? [];
  const { current, stale } = matchVerdicts(criteria, verdicts, { clips, tasks });
  const judged = new Set(verdicts.map(clipIdOf));
  const unjudged = clips.filter((clip) => !judged.has(clipIdOf(clip)));
  return { clips, stale, unjudged, ...await checkClips(current, clips, paths, options) };
}

/**
 * What to tell the user of clips that nothing has judged; null where there are none.
 *
 * @param judge The command that judges them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { unjudgedText } from "./verdicts.ts";
 *
 * const clips = ["b", "a", "b"].map((model) => ({ model }));
 * assertEquals(
 *   unjudgedText(clips, "deno task judge"),
 *   "3 clips have no verdict and are not counted (a 1, b 2); judge them with deno task judge",
 * );
 * assertEquals(unjudgedText([], "deno task judge"), null);
 * ```
 */
export function unjudgedText(clips: readonly Pick<Clip, "model">[], judge: string): string | null {
  if (clips.length === 0) return null;
  const counts = [...Map.groupBy(clips, ({ model }) => model)]
    .map(([model, own]) => `${visibleText(model)} ${own.length}`).sort();
  const rest = counts.length > 8 ? `, and ${counts.length - 8} more models` : "";
  const [have, them] = clips.length === 1
    ? ["1 clip has no verdict and is", "it"]
    : [`${clips.length} clips have no verdict and are`, "them"];
  return `${have} not counted (${
    counts.slice(0, 8).join(", ")
  }${rest}); judge ${them} with ${judge}`;
}

/** What to tell the user of verdicts that are not scored, and of those that could not be checked. */
export function unscoredNote(
  { stale, faulty, unchecked }: Pick<RunVerdicts, "stale" | "faulty" | "unchecked">,
  session: Pick<Session, "loaded" | "command" | "earlier">,
  task: string,
): string | null {
  const archived = session.command(task, ["--without-clips"]);
  const parts = [
    staleNote(stale, session),
    faultyText(faulty, {
      generate: generateCommands(faulty.map(({ clip }) => clip.model), session),
      archived,
    }),
    unchecked.length === 0
      ? null
      : `The files of ${unchecked.length} ${
        unchecked.length === 1 ? "clip are" : "clips are"
      } gone; the verdicts on them count unchecked`,
  ].filter((part) => part !== null);
  return parts.length > 0 ? parts.join("\n") : null;
}

/**
 * What to tell the user of a run's stale verdicts; null if there are none. A judge that can no longer
 * judge the run's benchmark is not asked again: one that can is named.
 */
export function staleNote(
  stale: readonly StaleVerdicts[],
  session: Pick<Session, "loaded" | "command" | "earlier">,
): string | null {
  return staleText(
    stale,
    (by) =>
      by.judge_model === "probe" && JUDGES.probe.refuses?.(session.loaded)
        ? [judgeHint(session)]
        : commandsOf(by, session),
  );
}
