import * as Plot from "@observablehq/plot";
import { InputError } from "../errors.ts";
import type { Summary } from "../records/summary.ts";
import { leaderboardOf } from "../scores/summary.ts";
import { compose, draw, text } from "./compose.ts";
import {
  EMPTY,
  GRID,
  INK,
  MUTED,
  number,
  OKABE_ITO,
  type SeriesLook,
  seriesLooks,
  SIZE,
  WIDTH,
} from "./look.ts";
import { labelSpace, textWidth, truncate, truncateApart, wrap } from "./text.ts";

/** Pixels between the names of two rules. */
const GUTTER = 8;

/** Height of a line of a rule's name above its ranks, in pixels. */
const HEAD_LINE = 14;

/**
 * Width of a rule's rank column in pixels: less if there are many rules, to leave room for scores.
 */
function columnWidth(rules: number): number {
  return Math.min(62, 372 / rules);
}

/** One model's mean under one rule. */
interface Row extends Summary {
  /** Vertical position, in rows from the top. */
  y: number;
}

/**
 * An SVG figure of the effect of the scoring rule: each model's mean with its 95% interval under
 * each rule, and its rank, in bold if it differs from the rank under the first rule. `summary`
 * holds one judge's rows of the group `all`; rows of other groups are ignored. Rules keep the order
 * of the rows. Throws {@link InputError} if there are no such rows, several judges, or duplicate
 * rows.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { ruleSensitivity } from "./rule_sensitivity.ts";
 *
 * const row = { judge: "probe", group: "all" as const, ci_low: null, ci_high: null, tasks: 12,
 *   clips: 12, coverage: 1, common_low: null, common_high: null, common_tasks: 12 };
 * const of = (rule: string, model: string, rank: number, mean: number) =>
 *   ({ ...row, rule, model, rank, mean, common_mean: mean });
 * const svg = ruleSensitivity([
 *   of("release", "nano", 2, 48),
 *   of("release", "wan", 1, 51),
 *   of("repaired", "nano", 1, 55),
 *   of("repaired", "wan", 2, 54),
 * ]);
 * assertOk(svg.includes("2 of 2 models change rank"));
 * ```
 */
export function ruleSensitivity(summary: readonly Summary[]): string {
  const found = summary.filter(({ group }) => group === "all");
  check(found);
  const rules = [...new Set(found.map(({ rule }) => rule))];
  const boards = rules.map((rule) => leaderboardOf(found.filter((row) => row.rule === rule)));
  const overall = boards.flatMap(({ ranked, apart }) => [...ranked, ...apart]);
  const ranks = new Map(
    rules.map((rule) => [
      rule,
      new Map(
        overall.filter((row) => row.rule === rule && row.rank !== null)
          .map(({ model, rank }) => [model, rank!]),
      ),
    ]),
  );
  const first = ranks.get(rules[0])!;
  // In the order of the leaderboard, under the first rule that has them.
  const models = [...new Set(overall.map(({ model }) => model))];
  // Rules are drawn below one another within a model's row, so that equal means never overlap.
  const lane = (rule: string) => (rules.indexOf(rule) + 1) / (rules.length + 1);
  const rows: Row[] = overall.map((row) => ({
    ...row,
    y: models.indexOf(row.model) + lane(row.rule),
  }));
  const moved = models.filter((model) =>
    rules.some((rule) => ranks.get(rule)!.get(model) !== first.get(model))
  );
  const { markup, height } = panel(rows, rules, models, first);
  const hasRanks = [...ranks.values()].some(({ size }) => size > 0);
  return compose({
    title: rules.length === 1 || models.length === 1 || !hasRanks
      ? `Mean score of each model under ${
        rules.length === 1 ? "one rule" : `${rules.length} rules`
      }`
      : `Each model's mean score and rank under ${rules.length} rules: ${moved.length} of ` +
        `${models.length} models change rank`,
    subtitle: `Judge ${overall[0].judge}. Marks: mean over the tasks that all ranked models ` +
      `have; bars: 95% bootstrap intervals. Right: rank under each rule, shared by models that ` +
      `cannot be told apart, bold where it differs from the rank under ${rules[0]}.`,
    panels: [{ x: 0, y: 0, markup }],
    height,
  });
}

function check(overall: readonly Summary[]): void {
  const judges = [...new Set(overall.map(({ judge }) => judge))];
  if (judges.length !== 1) {
    throw new InputError(
      `Cannot compare rules: found ${overall.length} rows of group all, of judges ${
        judges.join(", ") || "(none)"
      }; expected rows of one judge`,
    );
  }
  const keys = overall.map(({ rule, model }) => `rule ${rule}, model ${model}`);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice) throw new InputError(`Cannot compare rules: found two rows of ${twice}; expected one`);
}

function panel(
  rows: readonly Row[],
  rules: readonly string[],
  models: readonly string[],
  first: ReadonlyMap<string, number>,
): { markup: string; height: number } {
  const looks = seriesLooks(rules);
  const names = labelSpace(models, SIZE.text, 170) + 10;
  const shown = truncateApart(models, names, SIZE.text);
  const column = columnWidth(rules.length);
  const right = rules.length * column + 56;
  const rowHeight = 16 + 14 * rules.length;
  const heads = rules.map((rule) => wrap(rule, column - GUTTER, SIZE.small, 2));
  const top = 40 + HEAD_LINE * Math.max(...heads.map((lines) => lines.length));
  const height = models.length * rowHeight + top + 46;
  const values = rows.flatMap(({ mean, ci_low, ci_high }) => [mean, ci_low, ci_high])
    .filter((value) => value !== null);
  const columnX = (rule: string) => WIDTH - right + 42 + (rules.indexOf(rule) + 0.5) * column;
  const changed = (row: Row) => row.rank !== (first.get(row.model) ?? null);
  const ofRank = (rule: string, bold: boolean) =>
    Plot.text(rows.filter((row) => row.rule === rule && changed(row) === bold), {
      y: ({ model }: Row) => models.indexOf(model) + 0.5,
      frameAnchor: "right",
      textAnchor: "middle",
      dx: columnX(rule) - (WIDTH - right),
      text: ({ rank }: Row) => rank === null ? "–" : String(rank),
      fontSize: 14,
      fontWeight: bold ? 600 : 400,
      fill: bold ? OKABE_ITO.vermillion : INK,
    });
  const means = rows.filter(({ mean }) => mean !== null);
  const plot = draw({
    width: WIDTH,
    height,
    marginLeft: names + 20,
    marginRight: right,
    marginTop: top,
    marginBottom: 46,
    x: { domain: [Math.min(0, Math.floor(Math.min(...values) / 20) * 20), 100] },
    y: { domain: [0, models.length], reverse: true, axis: null },
    marks: [
      Plot.rectX(models.filter((_, i) => i % 2 === 0), {
        x1: () => Math.min(0, Math.floor(Math.min(...values) / 20) * 20),
        x2: () => 100,
        y1: (model: string) => models.indexOf(model),
        y2: (model: string) => models.indexOf(model) + 1,
        fill: EMPTY,
      }),
      Plot.gridX({ stroke: GRID, strokeOpacity: 1, ticks: [0, 25, 50, 75, 100] }),
      Plot.axisX({
        ticks: [0, 25, 50, 75, 100],
        label: "mean score (0–100)",
        labelAnchor: "center",
        labelArrow: "none",
        color: MUTED,
      }),
      Plot.link(rows.filter(({ ci_low, ci_high }) => ci_low !== null && ci_high !== null), {
        x1: "ci_low",
        x2: "ci_high",
        y1: "y",
        y2: "y",
        stroke: ({ rule }: Row) => looks.get(rule)!.colour,
        strokeWidth: 4,
        strokeOpacity: 0.35,
      }),
      ...rules.map((rule) =>
        Plot.dot(means.filter((row) => row.rule === rule), {
          x: "mean",
          y: "y",
          r: 4,
          symbol: looks.get(rule)!.symbol,
          fill: looks.get(rule)!.colour,
        })
      ),
      Plot.text(means, {
        x: ({ mean, ci_high }: Row) => Math.max(mean!, ci_high ?? mean!),
        y: "y",
        text: ({ mean }: Row) => number(mean),
        textAnchor: "start",
        dx: 7,
        fontSize: SIZE.small,
        fontVariant: "tabular-nums",
      }),
      Plot.text(models, {
        y: (model: string) => models.indexOf(model) + 0.5,
        frameAnchor: "left",
        textAnchor: "end",
        dx: -10,
        text: (model: string) => shown.get(model)!,
      }),
      Plot.text(models.filter((model) => !means.some((row) => row.model === model)), {
        y: (model: string) => models.indexOf(model) + 0.5,
        frameAnchor: "left",
        textAnchor: "start",
        dx: 8,
        text: () => "no task could be scored",
        fill: MUTED,
      }),
      ...rules.flatMap((rule) => [ofRank(rule, false), ofRank(rule, true)]),
    ],
  });
  const key = legend(rules, looks);
  return {
    markup: `${key.markup}<g transform="translate(0,${key.height})">${plot}${
      headings(rules, heads, looks, columnX)
    }</g>`,
    height: height + key.height,
  };
}

function mark(look: SeriesLook): string {
  return draw({
    width: 14,
    height: 14,
    margin: 7,
    axis: null,
    marks: [
      Plot.dot([0], { x: () => 0, y: () => 0, symbol: look.symbol, r: 4, fill: look.colour }),
    ],
  });
}

/** A legend of marks and rules, in as many lines as the names need. */
function legend(
  rules: readonly string[],
  looks: ReadonlyMap<string, SeriesLook>,
): { markup: string; height: number } {
  let [x, y] = [20, 0];
  const entries = rules.map((rule) => {
    const name = truncate(rule, 220, SIZE.text);
    const width = textWidth(name, SIZE.text) + 36;
    if (x > 20 && x + width > WIDTH - 20) [x, y] = [20, y + 20];
    const entry = `<g transform="translate(${x},${y})">${mark(looks.get(rule)!)}${
      text(18, 11, name)
    }</g>`;
    x += width;
    return entry;
  });
  return { markup: entries.join(""), height: y + 20 };
}

function headings(
  rules: readonly string[],
  heads: readonly string[][],
  looks: ReadonlyMap<string, SeriesLook>,
  columnX: (rule: string) => number,
): string {
  // Keeps the heading on the page if there are too few columns for its width.
  const middle = Math.min(WIDTH - 68, (columnX(rules[0]) + columnX(rules.at(-1)!)) / 2);
  return text(middle, 12, "Rank under rule", { colour: MUTED, anchor: "middle" }) +
    rules.map((rule, i) =>
      `<g transform="translate(${columnX(rule) - 7},18)">${mark(looks.get(rule)!)}</g>` +
      heads[i].map((line, j) =>
        text(columnX(rule), 45 + HEAD_LINE * j, line, {
          size: SIZE.small,
          weight: 600,
          anchor: "middle",
        })
      ).join("")
    ).join("");
}
