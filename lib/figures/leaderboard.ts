import { DIMENSIONS } from "../records/criterion.ts";
import { SCALES } from "../records/task.ts";
import { InputError } from "../errors.ts";
import type { Group, Summary } from "../records/summary.ts";
import { comparedText } from "../scores/compared_text.ts";
import { leaderboardOf } from "../scores/summary.ts";
import { compose, type Panel } from "./compose.ts";
import { SIZE, WIDTH } from "./look.ts";
import { type Frame, groupPanel, type Line, overallPanel, type Placed } from "./score_panels.ts";
import { labelSpace } from "./text.ts";
import type { PaperMean } from "./types.ts";

/** Options of {@link leaderboard}. */
export interface LeaderboardOptions {
  /** The paper's means, drawn for reference as lines of their own below the models. */
  paper?: readonly PaperMean[];
  /** The number of tasks that the paper's means are over. */
  paperTasks?: number;
}

/**
 * An SVG figure ranking models by mean score with 95% intervals over the tasks that all of them have,
 * first over all of these and then by scale and by dimension. Models with too few tasks follow without
 * a rank, then the paper's for reference. `summary` holds the rows of one rule and one judge; models
 * without a mean come last. Throws {@link InputError} if there are several rules or judges, duplicate
 * rows, or no row of the group `all`.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { leaderboard } from "./leaderboard.ts";
 *
 * const row = { rule: "repaired", judge: "probe", group: "all" as const, tasks: 12, clips: 12,
 *   coverage: 1, common_tasks: 12 };
 * const rows = [["violator", 2, 61.2], ["simulator", 1, 98.4]] as const;
 * const svg = leaderboard(rows.map(([model, rank, mean]) => {
 *   const [low, high] = [mean - 1, mean + 1];
 *   const common = { common_mean: mean, common_low: low, common_high: high };
 *   return { ...row, model, rank, mean, ci_low: low, ci_high: high, ...common };
 * }));
 * assertOk(svg.indexOf(">simulator<") < svg.indexOf(">violator<"));
 * ```
 */
export function leaderboard(
  summary: readonly Summary[],
  { paper = [], paperTasks = 0 }: LeaderboardOptions = {},
): string {
  check(summary);
  const { ranked, apart } = leaderboardOf(summary);
  const { rule, judge } = summary[0];
  const own = (rows: readonly Summary[], kind: Line["kind"]) =>
    rows.map((row): Placed => ({ ...row, line: `model ${row.model}`, kind }));
  const reference = paper.map((row): Placed => ({
    ...summary[0],
    ...row,
    ...{ ci_low: null, ci_high: null, rank: null, tasks: paperTasks, coverage: 1 },
    line: `paper ${row.model}`,
    kind: "paper",
  }));
  const placed = [...own(ranked, "ranked"), ...own(apart, "apart"), ...reference];
  const lines = [
    ...linesOf(placed, "ranked"),
    ...linesOf(placed, "apart", "Not ranked: too few of the others' tasks"),
    ...linesOf(placed, "paper", "For reference, as the paper reports them"),
  ];
  const values = placed.flatMap(({ mean, ci_low, ci_high }) => [mean, ci_low, ci_high])
    .filter((value) => value !== null);
  const frame: Frame = {
    lines,
    domain: [Math.min(0, Math.floor(Math.min(...values) / 20) * 20), 100],
    names: labelSpace(lines.map(({ label }) => label), SIZE.text, 190) + 10,
  };
  const { panels, height } = layOut(placed, frame);
  const models = linesOf(placed, "ranked").length;
  return compose({
    title: `Mean score of each model, best first (${models === 1 ? "1 model" : `${models} models`}${
      apart.length > 0 ? " ranked" : ""
    })`,
    subtitle: `Rule ${rule}, judge ${judge}. Dots: ${comparedText(ranked)}, 0–100; bars: 95% ` +
      `bootstrap intervals${apart.length > 0 ? "; hollow: means over their own tasks" : ""}${
        paper.length > 0 ? `; diamonds: the paper's, over all ${paperTasks} tasks` : ""
      }. Models that cannot be told apart share a rank.`,
    panels,
    height,
  });
}

/** The lines of one kind, below a heading if there are any and it has one. */
function linesOf(rows: readonly Placed[], kind: Line["kind"], heading?: string): Line[] {
  const own = new Map(
    rows.filter((row) => row.kind === kind && row.group === "all")
      .map(({ line, model }) => [line, model]),
  );
  const lines = [...own].map(([id, label]): Line => ({ id, label, kind }));
  if (lines.length === 0 || heading === undefined) return lines;
  return [{ id: `heading ${kind}`, label: heading, kind: "heading" }, ...lines];
}

function check(summary: readonly Summary[]): void {
  const distinct = (values: string[]) => [...new Set(values)];
  const rules = distinct(summary.map(({ rule }) => rule));
  const judges = distinct(summary.map(({ judge }) => judge));
  if (rules.length > 1 || judges.length > 1) {
    throw new InputError(
      `Cannot draw one leaderboard: found rules ${rules.join(", ")} and judges ${
        judges.join(", ")
      }; expected one of each`,
    );
  }
  const keys = summary.map(({ model, group }) => `model ${model}, group ${group}`);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice) {
    throw new InputError(`Cannot draw a leaderboard: found two rows of ${twice}; expected one`);
  }
  if (!summary.some(({ group }) => group === "all")) {
    throw new InputError(
      `Cannot draw a leaderboard: found no row of group all among ${summary.length}; ` +
        "expected one per model",
    );
  }
}

/** The panel over all tasks at full width, and below it a row of panels for each grouping. */
function layOut(summary: readonly Placed[], frame: Frame): { panels: Panel[]; height: number } {
  const panels: Panel[] = [];
  const rowHeight = 24;
  const body = frame.lines.length * rowHeight;
  const overall = summary.filter(({ group }) => group === "all");
  panels.push({ x: 0, y: 0, markup: overallPanel(overall, frame, body) });
  // One more line if some criteria could not be judged: see overallPanel.
  let y = body + (overall.every(({ coverage }) => coverage === 1) ? 92 : 112);
  for (const groups of [SCALES, DIMENSIONS] as readonly (readonly Group[])[]) {
    const shown = groups.filter((name) => summary.some(({ group }) => group === name));
    if (shown.length === 0) continue;
    // The first panel of a row has the names for all.
    const width = (WIDTH - 28 - frame.names) / 3;
    shown.forEach((group, i) => {
      const names = i === 0 ? frame.names + 12 : 0;
      panels.push({
        x: i === 0 ? 0 : frame.names + 12 + i * width,
        y,
        markup: groupPanel(summary.filter((row) => row.group === group), frame, {
          width: width + names,
          height: body + 66,
          names,
          group,
        }),
      });
    });
    y += body + 78;
  }
  return { panels, height: y - 8 };
}
