/** Verdicts that a judge had given and that are no longer there, by judge. */
import type { Benchmark } from "../benchmark/benchmark.ts";
import { isByHand, judgeLabel } from "../judges/judge_label.ts";
import type { RunPaths } from "../paths.ts";
import { type Clip, clipIdOf, clipsTable } from "../records/clip.ts";
import { type Verdict, verdictsTable } from "../records/verdict.ts";
import { damageText, openTable } from "../store/table.ts";
import { visibleText } from "../markup.ts";
import {
  type CommandContext,
  commandsOf,
  isSameJudge,
  judgeCommands,
  type JudgeName,
  ownName,
} from "./judge_command.ts";
import { selectionText, withinSelection } from "./selection.ts";

/** A judge some of whose verdicts are missing. */
export interface MissingVerdicts {
  by: JudgeName;
  /** How many at least. */
  verdicts: number;
}

/** What is compared with the verdicts that are there. */
export interface MissingWith {
  clips: readonly Clip[];
  criteria: Benchmark["criteria"];
  earlier: CommandContext["earlier"];
}

/**
 * Finds verdicts that judges lack: on criteria of clips that they have judged in part, and those that a
 * command's record counted and that are gone. Once a damaged table is written again, nothing else shows
 * that rows of other judges were lost with it. A run's rows only grow in number, so that fewer than the
 * last command of a selection left are a loss.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import type { Clip } from "../records/clip.ts";
 * import type { Criterion } from "../records/criterion.ts";
 * import type { Verdict } from "../records/verdict.ts";
 * import { missingVerdicts } from "./missing_verdicts.ts";
 *
 * const clip = { model: "nano", task: 1, seed: 0 } as Clip;
 * const criteria = ["a", "b", "c"].map((id) => ({ task: 1, id }) as Criterion);
 * const verdict = { ...clip, judge: "openai", judge_model: "m", id: "a" } as unknown as Verdict;
 * assertEquals(missingVerdicts([verdict], { clips: [clip], criteria, earlier: [] }), [
 *   { by: { judge: "openai", judge_model: "m" }, verdicts: 2 },
 * ]);
 * ```
 */
export function missingVerdicts(
  verdicts: readonly Verdict[],
  { clips, criteria, earlier }: MissingWith,
): MissingVerdicts[] {
  const commands = judgeCommands(earlier).filter((one) => one.verdicts !== null);
  const judges: JudgeName[] = [];
  for (const by of [...verdicts, ...commands.map((one) => one.by)]) {
    if (!judges.some((judge) => isSameJudge(judge, by))) {
      judges.push({ judge: ownName(by), judge_model: by.judge_model });
    }
  }
  const asked = new Map(
    [...Map.groupBy(criteria, ({ task }) => task)].map(([task, own]) => [task, own.length]),
  );
  const there = new Map(clips.map((clip) => [clipIdOf(clip), asked.get(clip.task) ?? 0]));
  return judges.flatMap((by) => {
    const own = verdicts.filter((row) => isSameJudge(row, by));
    // Sheets and imports may leave criteria out.
    const isWhole = by.judge_model !== "unknown" && !isByHand(by.judge_model);
    const partly = isWhole
      ? [...Map.groupBy(own, clipIdOf)]
        .reduce((sum, [clip, rows]) => sum + Math.max(0, (there.get(clip) ?? 0) - rows.length), 0)
      : 0;
    const last = new Map(
      commands.filter((one) => isSameJudge(one.by, by))
        .map((one) => [selectionText(one.selection), one]),
    );
    const gone = [...last.values()].map(({ selection, verdicts: left }) =>
      left! - withinSelection(own, selection).length
    );
    const most = Math.max(partly, ...gone);
    return most > 0 ? [{ by, verdicts: most }] : [];
  });
}

/**
 * What to tell the user of a run's missing verdicts, with the command of each judge that makes its own
 * again; null where none is missing.
 */
export async function missingNote(
  verdicts: readonly Verdict[],
  { criteria }: Pick<Benchmark, "criteria">,
  paths: RunPaths,
  context: CommandContext,
): Promise<string | null> {
  // What reads clips refuses a damaged table of them.
  const clips = (await openTable(clipsTable, paths.table("clips")))?.rows ?? [];
  const { earlier } = context;
  const missing = missingVerdicts(verdicts, { clips, criteria, earlier });
  if (missing.length === 0) return null;
  return missing.map((one) => {
    const are = one.verdicts === 1
      ? "1 verdict of NAME is missing and not scored; to make it again: "
      : `${one.verdicts} verdicts of NAME are missing and not scored; to make them again: `;
    return are.replace("NAME", () => nameOf(one.by)) + againText(one, context);
  }).join("\n");
}

/** A judge as it is shown. */
function nameOf(by: JudgeName): string {
  return visibleText(judgeLabel(by));
}

function againText({ by }: MissingVerdicts, context: CommandContext): string {
  return commandsOf(by, context).join("\n  and ");
}

/**
 * What to say of a table of verdicts that has lost rows: which judges lost some, where that is known,
 * and the command of each.
 *
 * @param file The table or the journal that is damaged.
 */
export async function lostVerdictsText(
  file: string,
  benchmark: Pick<Benchmark, "criteria">,
  paths: RunPaths,
  context: CommandContext,
): Promise<string> {
  const found = await openTable(verdictsTable, paths.table("verdicts"));
  const rows = found?.rows ?? [];
  const what = damageText(verdictsTable, file, found?.lost ? rows.length : null);
  const clips = (await openTable(clipsTable, paths.table("clips")))?.rows ?? [];
  const { earlier } = context;
  const missing = missingVerdicts(rows, { clips, criteria: benchmark.criteria, earlier });
  if (missing.length > 0) {
    const lines = missing.map((one) =>
      `  ${one.verdicts} of ${nameOf(one.by)}: ${againText(one, context)}`
    );
    return `${what} To make the others again:\n${lines.join("\n")}`;
  }
  const commands = judgeCommands(earlier).flatMap(({ by }) => commandsOf(by, context));
  return commands.length === 0
    ? `${what} To make them again, give every judge's command once more`
    : `${what} Which judge lost rows is not known; to make them again:\n  ${
      [...new Set(commands)].join("\n  ")
    }`;
}
