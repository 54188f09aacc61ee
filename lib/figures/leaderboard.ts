import { DIMENSIONS } from "../records/criterion.ts";
import { SCALES } from "../records/task.ts";
import { InputError } from "../errors.ts";
import type { Group, Summary } from "../records/summary.ts";
import { compose, type Panel } from "./compose.ts";
import { SIZE, WIDTH } from "./look.ts";
import { type Frame, groupPanel, overallPanel } from "./score_panels.ts";
import { labelSpace } from "./text.ts";
import type { PaperMean } from "./types.ts";

/** Options of {@link leaderboard}. */
export interface LeaderboardOptions {
  /** Means reported in the paper, drawn as hollow diamonds for models and groups that are shown. */
  paper?: readonly PaperMean[];
}

/**
 * An SVG figure ranking models by mean score with 95% intervals, over all tasks and then by scale
 * and by dimension. `summary` holds the rows of one rule and one judge; models without a mean come
 * last. Throws {@link InputError} if there are several rules or judges, duplicate rows, or no row
 * of the group `all`.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { leaderboard } from "./leaderboard.ts";
 *
 * const row = { rule: "repaired", judge: "probe", group: "all" as const, tasks: 12, coverage: 1 };
 * const svg = leaderboard([
 *   { ...row, model: "violator", mean: 61.2, ci_low: 55, ci_high: 67 },
 *   { ...row, model: "simulator", mean: 98.4, ci_low: 97, ci_high: 100 },
 * ]);
 * assertOk(svg.indexOf(">simulator<") < svg.indexOf(">violator<"));
 * ```
 */
export function leaderboard(
  summary: readonly Summary[],
  options: LeaderboardOptions = {},
): string {
  check(summary);
  const overall = summary.filter(({ group }) => group === "all");
  const models = ranked(overall);
  const { rule, judge } = summary[0];
  const paper = (options.paper ?? []).filter((published) =>
    summary.some(({ model, group }) => model === published.model && group === published.group)
  );
  const values = [
    ...summary.flatMap(({ mean, ci_low, ci_high }) => [mean, ci_low, ci_high]),
    ...paper.map(({ mean }) => mean),
  ].filter((value) => value !== null);
  const frame: Frame = {
    models,
    domain: [Math.min(0, Math.floor(Math.min(...values) / 20) * 20), 100],
    names: labelSpace(models, SIZE.text, 190) + 10,
    paper,
  };
  const inOrder = models.flatMap((name) => summary.filter(({ model }) => model === name));
  const { panels, height } = layOut(inOrder, frame);
  return compose({
    title: `Mean score of each model, best first (${
      models.length === 1 ? "1 model" : `${models.length} models`
    })`,
    subtitle: `Rule ${rule}, judge ${judge}. Dots: means over tasks, 0–100; bars: 95% bootstrap ` +
      `intervals${paper.length > 0 ? "; hollow diamonds: the paper's means" : ""}.`,
    panels,
    height,
  });
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

function ranked(overall: readonly Summary[]): string[] {
  return [...overall]
    .sort((a, b) => (b.mean ?? -Infinity) - (a.mean ?? -Infinity) || (a.model < b.model ? -1 : 1))
    .map(({ model }) => model);
}

/** The panel over all tasks at full width, and below it a row of panels for each grouping. */
function layOut(summary: readonly Summary[], frame: Frame): { panels: Panel[]; height: number } {
  const panels: Panel[] = [];
  const rowHeight = 24;
  const body = frame.models.length * rowHeight;
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
