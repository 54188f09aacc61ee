import * as Plot from "@observablehq/plot";
import { InputError } from "../../errors.ts";
import { type Ablation, type Factor, FACTORS } from "../../records/ablation.ts";
import { isGain } from "./rows.ts";
import { compose, draw, text } from "../../figures/compose.ts";
import {
  DIMENSION_COLOUR,
  GRID,
  INK,
  MUTED,
  number,
  RULE,
  SIZE,
  WIDTH,
} from "../../figures/look.ts";
import { labelSpace, truncate } from "../../figures/text.ts";

const FACTOR_NAME: Readonly<Record<Factor, string>> = {
  steps: "Sampling steps",
  guidance: "Guidance",
  solver: "Solver",
  seeds: "Clips per task",
  rule: "Scoring rule",
  frames: "Frames shown to the judge",
  wording: "Prompt wording",
  data: "Fine-tuning clips",
};

/**
 * How the two scores of a setting are drawn: vertically offset, so that neither hides the other.
 */
const LOOKS = {
  all: { name: "total", colour: INK, symbol: "circle", shift: -0.16 },
  scientific: {
    name: "scientific fidelity",
    colour: DIMENSION_COLOUR.scientific,
    symbol: "square",
    shift: 0.16,
  },
} as const;

type Shown = keyof typeof LOOKS;

const LINE = 22;
const TOP = 44;
const BOTTOM = 42;
/** Horizontal layout in pixels: right edges of the panels, and the columns next to them. */
const EDGE = { scores: 440, means: 476, differences: 496, numbers: 660 } as const;

/** A row of the table and its position. */
interface Mark extends Ablation {
  /** In lines from the top. */
  y: number;
}

/** A line of text: the name of a group of settings, or of a setting. */
interface Line {
  y: number;
  name: string;
  is_default: boolean;
}

/**
 * An SVG figure of an ablation: for each setting of each factor, the mean total score and mean
 * scientific fidelity with their 95% intervals, and their differences from the default, paired by
 * task. `rows` are those of the table `ablations`, in any order. Throws {@link InputError} if there
 * are no rows or a row is duplicated.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { ablationsFigure } from "./figure.ts";
 *
 * const row = {
 *   factor: "steps", model: "nano", judge: "probe", rule: "repaired", group: "scientific",
 *   seeds: 1, tasks: 39, ci_low: 40, ci_high: 60,
 * } as const;
 * const svg = ablationsFigure([
 *   { ...row, place: 1, value: "2", variant: "nano steps=2", mean: 50, is_default: false,
 *     difference: -6, difference_low: -9, difference_high: -2 },
 *   { ...row, place: 2, value: "12", variant: "nano", mean: 56, is_default: true,
 *     difference: null, difference_low: null, difference_high: null },
 * ]);
 * assertOk(svg.includes(">Sampling steps<") && svg.includes(">−6.0 [−9.0, −2.0]<"));
 * ```
 */
export function ablationsFigure(rows: readonly Ablation[]): string {
  check(rows);
  const { marks, groups, settings, height: lines } = layOut(rows);
  const height = lines * LINE + TOP + BOTTOM;
  const names = labelSpace(settings.map(({ name }) => name), SIZE.text, 130) + 20;
  const frame = { marks, settings, lines, height };
  const tasks = [...new Set(rows.map((row) => row.tasks))].sort((a, b) => a - b);
  const least = tasks[0] === tasks.at(-1) ? `${tasks[0]}` : `${tasks[0]}–${tasks.at(-1)}`;
  return compose({
    title: "Effect on scores of changing one setting at a time",
    subtitle:
      `${
        shownBy(rows)
      }Left: means over ${least} tasks, 0–100, with 95% bootstrap intervals. Right: points ` +
      "above or below the default (bold), paired by task; filled if the interval excludes 0. " +
      "Numbers: scientific fidelity.",
    panels: [
      { x: 20, y: 0, markup: legend() },
      { x: 0, y: 24, markup: scoresPanel(frame, names) },
      { x: 0, y: 24, markup: differencesPanel(frame) },
      {
        x: 0,
        y: 24,
        markup: groups.map(heading).join(""),
      },
    ],
    height: height + 24,
  });
}

/** The judge and the rule of the default settings. */
function shownBy(rows: readonly Ablation[]): string {
  const [first] = rows.filter(({ is_default }) => is_default);
  return first ? `Judge ${first.judge}, rule ${first.rule}. ` : "";
}

function check(rows: readonly Ablation[]): void {
  if (rows.length === 0) {
    throw new InputError("Cannot draw ablations: found 0 rows; expected at least one");
  }
  const keys = rows.map(({ factor, model, place, group }) =>
    `factor ${factor}, model ${model}, place ${place}, group ${group}`
  );
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice) {
    throw new InputError(`Cannot draw ablations: found two rows of ${twice}; expected one`);
  }
}

/** The settings of one factor and model below one another, under their name. */
function layOut(rows: readonly Ablation[]) {
  const marks: Mark[] = [];
  const groups: Line[] = [];
  const settings: Line[] = [];
  let y = 0;
  for (const factor of FACTORS) {
    const own = rows.filter((row) => row.factor === factor);
    const models = [...new Set(own.map(({ model }) => model))]
      .sort((a, b) => Number(isGain(a)) - Number(isGain(b)) || (a < b ? -1 : 1));
    for (const model of models) {
      const name = models.length === 1
        ? FACTOR_NAME[factor]
        : `${FACTOR_NAME[factor]}: ${model}${isGain(model) ? ", points" : ""}`;
      groups.push({ y: y + 0.5, name, is_default: false });
      y += 1;
      const places = Map.groupBy(own.filter((row) => row.model === model), ({ place }) => place);
      for (const [, setting] of [...places].sort(([a], [b]) => a - b)) {
        settings.push({ y: y + 0.5, name: setting[0].value, is_default: setting[0].is_default });
        marks.push(...setting.map((row) => ({ ...row, y: y + 0.5 })));
        y += 1;
      }
      y += 0.3;
    }
  }
  return { marks, groups, settings, height: y };
}

/** The name of a group, on its own background, since it extends into the panels. */
function heading({ y, name }: Line): string {
  const top = TOP + (y - 0.5) * LINE + 1;
  const ground = `<rect x="20" y="${top}" width="${WIDTH - 40}" height="${
    LINE - 2
  }" fill="#ffffff"/>`;
  return ground + text(20, top + 15, name, { size: SIZE.panel, weight: 600 });
}

interface Frame {
  marks: readonly Mark[];
  settings: readonly Line[];
  lines: number;
  height: number;
}

function scoresPanel({ marks, settings, lines, height }: Frame, names: number): string {
  const values = marks.flatMap(({ mean, ci_low }) => [mean, ci_low]).filter((v) => v !== null);
  const low = Math.min(0, Math.floor(Math.min(0, ...values) / 20) * 20);
  const ticks = low < 0 ? [low, 0, 50, 100] : [0, 25, 50, 75, 100];
  return draw({
    width: WIDTH,
    height,
    marginLeft: names + 20,
    marginRight: WIDTH - EDGE.scores,
    marginTop: TOP,
    marginBottom: BOTTOM,
    x: { domain: [low, 100] },
    y: { domain: [0, lines], reverse: true, axis: null },
    marks: [
      ...axes(ticks, "mean score"),
      low < 0 ? Plot.ruleX([0], { stroke: RULE }) : null,
      ...estimates(marks, "mean", "ci_low", "ci_high", () => true),
      ...[false, true].map((bold) =>
        Plot.text(settings.filter(({ is_default }) => is_default === bold), {
          y: "y",
          frameAnchor: "left",
          textAnchor: "end",
          dx: -10,
          text: ({ name }: Line) => truncate(name, names, SIZE.text),
          fontWeight: bold ? 600 : 400,
        })
      ),
      column(marks, EDGE.means - EDGE.scores, ({ mean }) => number(mean)),
    ],
  });
}

function differencesPanel({ marks, lines, height }: Frame): string {
  const values = marks.flatMap((row) => [row.difference_low, row.difference, row.difference_high])
    .filter((value) => value !== null);
  const domain = [
    Math.floor(Math.min(-20, ...values) / 20) * 20,
    Math.ceil(Math.max(20, ...values) / 20) * 20,
  ];
  return draw({
    width: WIDTH,
    height,
    marginLeft: EDGE.differences,
    marginRight: WIDTH - EDGE.numbers,
    marginTop: TOP,
    marginBottom: BOTTOM,
    x: { domain },
    y: { domain: [0, lines], reverse: true, axis: null },
    marks: [
      ...axes([domain[0], 0, domain[1]], "difference, points"),
      Plot.ruleX([0], { stroke: RULE }),
      ...estimates(
        marks,
        "difference",
        "difference_low",
        "difference_high",
        ({ difference_low: low, difference_high: high }) => low! > 0 || high! < 0,
      ),
      column(marks, WIDTH - 20 - EDGE.numbers, differenceText),
    ],
  });
}

function differenceText({ is_default, difference, difference_low, difference_high }: Mark): string {
  if (is_default) return "default";
  if (difference === null) return "–";
  if (difference_low === null || difference_high === null) {
    return `${points(difference)}, no interval`;
  }
  return `${points(difference)} [${points(difference_low)}, ${points(difference_high)}]`;
}

/** Avoids a zero with a minus sign. */
function points(value: number | null): string {
  return number(value === null ? null : Math.round(value * 10) / 10 + 0);
}

/** Ticks at top and bottom, since the panels are tall. */
function axes(ticks: readonly number[], label: string): Plot.Markish[] {
  const tickFormat = (n: number) => number(n, 0);
  const look = { ticks, tickFormat, color: MUTED, labelAnchor: "center", labelArrow: "none" };
  return [
    Plot.gridX({ stroke: GRID, strokeOpacity: 1, ticks }),
    Plot.axisX({ ...look, anchor: "top", label, labelOffset: 34 } as Plot.AxisXOptions),
    Plot.axisX({ ...look, anchor: "bottom", label, labelOffset: 34 } as Plot.AxisXOptions),
  ];
}

/** Dots with their intervals, hollow if not significant. */
function estimates(
  marks: readonly Mark[],
  value: "mean" | "difference",
  low: "ci_low" | "difference_low",
  high: "ci_high" | "difference_high",
  counts: (row: Mark) => boolean,
): Plot.Markish[] {
  return (Object.keys(LOOKS) as Shown[]).flatMap((group) => {
    const { colour, symbol, shift } = LOOKS[group];
    const own = marks.filter((row) => row.group === group && row[value] !== null);
    const y = (row: Mark) => row.y + shift;
    const dots = [true, false].map((filled) =>
      Plot.dot(own.filter((row) => counts(row) === filled), {
        x: value,
        y,
        r: 3.2,
        symbol,
        fill: filled ? colour : "white",
        stroke: colour,
        strokeWidth: 1.2,
      })
    );
    const bounded = own.filter((row) => row[low] !== null && row[high] !== null);
    const bar = { y1: y, y2: y, stroke: colour, strokeWidth: 3, strokeOpacity: 0.35 };
    return [Plot.link(bounded, { x1: low, x2: high, ...bar }), ...dots];
  });
}

/** Values of scientific fidelity, to the right of a panel. */
function column(marks: readonly Mark[], dx: number, value: (row: Mark) => string): Plot.Markish {
  return Plot.text(marks.filter(({ group }) => group === "scientific"), {
    y: "y",
    frameAnchor: "right",
    textAnchor: "end",
    dx,
    text: value,
    fontSize: SIZE.small,
    fontVariant: "tabular-nums",
  });
}

/** A legend of the two scores. */
function legend(): string {
  let x = 0;
  return (Object.keys(LOOKS) as Shown[]).map((group) => {
    const { name, colour, symbol } = LOOKS[group];
    const dot = Plot.dot([0], { x: () => 0, y: () => 0, symbol, r: 4, fill: colour });
    const mark = draw({ width: 14, height: 14, margin: 7, axis: null, marks: [dot] });
    const entry = `<g transform="translate(${x},0)">${mark}${text(18, 11, name)}</g>`;
    x += 80;
    return entry;
  }).join("");
}
