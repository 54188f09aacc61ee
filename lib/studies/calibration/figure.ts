import * as Plot from "@observablehq/plot";
import { DIMENSIONS } from "../../records/criterion.ts";
import { isControl } from "./truth.ts";
import { InputError } from "../../errors.ts";
import type { Calibration, ReliabilityMeasure } from "../../records/calibration.ts";
import { compose, draw, type Panel, text } from "../../figures/compose.ts";
import {
  count,
  DIMENSION_COLOUR,
  DIMENSION_NAME,
  EMPTY,
  GRID,
  INK,
  MUTED,
  number,
  OKABE_ITO,
  SIZE,
  WIDTH,
} from "../../figures/look.ts";
import { labelSpace, truncate } from "../../figures/text.ts";

/** A number with its interval on one line of a panel. */
interface Mark {
  line: string;
  value: number | null;
  low: number | null;
  high: number | null;
  colour: string;
}

const LINE = 26;
const GROUPS = ["all", ...DIMENSIONS] as const;
const AGREEMENT: readonly [ReliabilityMeasure, string][] = [
  ["sensitivity", "Sensitivity"],
  ["specificity", "Specificity"],
  ["macro_f1", "Macro-F1"],
  ["kappa", "Cohen's κ"],
];

/**
 * An SVG figure of a judge's reliability: its agreement with the truth by dimension, and the share
 * of errors that it finds by kind of clip, all with 95% intervals. `rows` are one judge's. Throws
 * {@link InputError} if there are no rows of all worlds, several judges, or duplicate rows.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { type KnownVerdict, reliability } from "./reliability.ts";
 * import { calibrationFigure } from "./figure.ts";
 *
 * const clip = { world: "mitosis", violation: "", task: 5, seed: 0, repeat: 0 };
 * const verdicts: KnownVerdict[] = [
 *   { ...clip, dimension: "visual", id: "sharp", sign: 1, truth: true, met: true },
 * ];
 * assertOk(calibrationFigure(reliability("probe", "probe-1", verdicts)).includes("probe-1"));
 * ```
 */
export function calibrationFigure(rows: readonly Calibration[]): string {
  const shown = rows.filter(({ world }) => world === "all");
  check(shown);
  const overall = shown.find(({ kind, dimension }) => kind === "all" && dimension === "all")!;
  const { judge, judge_model, judged, clips, nulls, repeats } = overall;
  const panels = [...agreementPanels(shown)];
  const below = GROUPS.length * LINE + 72;
  const errors = kindPanels(shown, below);
  const percent = (value: number | null) => value === null ? "–" : `${number(100 * value, 1)}%`;
  return compose({
    title: `Reliability of the judge ${judge} on clips with known ground truth`,
    subtitle: `${judge_model}: ${count(judged)} verdicts on ${count(clips)} clips` +
      (nulls > 0 ? `; ${count(nulls)} more criteria have no verdict and are excluded` : "") +
      (overall.blank_credit === null
        ? ""
        : `. Credits ${percent(overall.blank_credit)} of the criteria of blank clips`) +
      (repeats > 1
        ? `; ${percent(overall.repeatability)} of verdicts are the same in ${repeats} repeats`
        : "") +
      ". Bars: 95% bootstrap intervals over tasks; in brackets, numbers of clips.",
    panels: [...panels, ...errors.panels],
    height: below + errors.height,
  });
}

function check(rows: readonly Calibration[]): void {
  const judges = [...new Set(rows.map(({ judge, judge_model }) => `${judge} (${judge_model})`))];
  if (judges.length !== 1) {
    throw new InputError(
      `Cannot draw a calibration: found ${rows.length} rows of all worlds, of judges ${
        judges.join(", ") || "(none)"
      }; expected rows of one judge`,
    );
  }
  const keys = rows.map(({ dimension, kind }) => `dimension ${dimension}, kind ${kind}`);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice) throw new InputError(`Cannot draw a calibration: found two rows of ${twice}`);
  if (!keys.includes("dimension all, kind all")) {
    throw new InputError("Cannot draw a calibration: found no row of dimension all, kind all");
  }
}

function markOf(row: Calibration, measure: ReliabilityMeasure, line: string, colour: string): Mark {
  return {
    line,
    value: row[measure],
    low: row[`${measure}_low`],
    high: row[`${measure}_high`],
    colour,
  };
}

/** Four panels in a row, one measure each, with a line for each dimension. */
function agreementPanels(rows: readonly Calibration[]): Panel[] {
  const lines = GROUPS.map((group) => group === "all" ? "All criteria" : DIMENSION_NAME[group]);
  const names = labelSpace(lines, SIZE.text, 170) + 16;
  const width = (WIDTH - 24 - names) / AGREEMENT.length;
  return AGREEMENT.map(([measure, title], i): Panel => {
    const marks = GROUPS.flatMap((group, line) => {
      const row = rows.find(({ dimension, kind }) => dimension === group && kind === "all");
      const colour = group === "all" ? INK : DIMENSION_COLOUR[group];
      return row ? [markOf(row, measure, lines[line], colour)] : [];
    });
    return {
      x: i === 0 ? 0 : names + i * width,
      y: 0,
      markup: measurePanel(marks, lines, { title, width, names: i === 0 ? names : 0 }),
    };
  });
}

/** Two panels side by side: errors found, and false alarms, with a line for each kind of clip. */
function kindPanels(
  rows: readonly Calibration[],
  y: number,
): { panels: Panel[]; height: number } {
  const own = rows.filter(({ dimension, kind }) =>
    dimension === "all" && kind !== "all" && kind !== "violations"
  ).toSorted((a, b) => rankOf(a.kind) - rankOf(b.kind));
  const lines = own.map(({ kind, clips }) => `${nameOf(kind)} (${count(clips)})`);
  const names = labelSpace(lines, SIZE.text, 240) + 16;
  const width = (WIDTH - 24 - names) / 2;
  const panel = (measure: ReliabilityMeasure, title: string, i: number): Panel => ({
    x: i === 0 ? 0 : names + width,
    y,
    markup: measurePanel(
      own.map((row, line) => markOf(row, measure, lines[line], colourOf(row.kind))),
      lines,
      { title, width, names: i === 0 ? names : 0 },
    ),
  });
  return {
    panels: [
      panel("errors_found", "Share of errors found", 0),
      panel("false_alarms", "False alarms, share of other criteria", 1),
    ],
    height: own.length * LINE + 70,
  };
}

/** True clips first, then violations in order, then controls. */
function rankOf(kind: string): number {
  return kind === "true" ? 0 : isControl(kind) ? 2 : 1;
}

function nameOf(kind: string): string {
  if (kind === "true") return "true worlds";
  return (isControl(kind) ? `control: ${kind}` : kind).replaceAll(
    "-",
    " ",
  );
}

function colourOf(kind: string): string {
  return [INK, OKABE_ITO.vermillion, OKABE_ITO.purple][rankOf(kind)];
}

function measurePanel(
  marks: readonly Mark[],
  lines: readonly string[],
  { title, width, names }: { title: string; width: number; names: number },
): string {
  const values = marks.flatMap(({ value, low }) => [value, low]).filter((v) => v !== null);
  const least = Math.min(0, Math.floor(Math.min(0, ...values) * 2) / 2);
  const domain: [number, number] = [least, 1];
  const ticks = least < 0 ? [least, 0, 1] : [0, 0.5, 1];
  const left = names + 8;
  const plot = draw({
    width: names + width,
    height: lines.length * LINE + 60,
    marginLeft: left,
    marginRight: 46,
    marginTop: 24,
    marginBottom: 36,
    x: { domain },
    y: { type: "band", domain: lines, label: null, padding: 0, axis: null },
    marks: [
      Plot.barX(lines.filter((_, i) => i % 2 === 0), {
        x1: () => least,
        x2: () => 1,
        y: (line: string) => line,
        fill: EMPTY,
      }),
      Plot.gridX({ stroke: GRID, strokeOpacity: 1, ticks }),
      Plot.axisX({ ticks, tickFormat: (n: number) => number(n, n % 1 ? 1 : 0), color: MUTED }),
      names === 0 ? null : Plot.axisY({
        tickSize: 0,
        label: null,
        tickFormat: (line: string) => truncate(line, names, SIZE.text),
      }),
      Plot.ruleY(marks.filter(({ low, high }) => low !== null && high !== null), {
        y: "line",
        x1: "low",
        x2: "high",
        stroke: "colour",
        strokeWidth: 5,
        strokeOpacity: 0.4,
      }),
      Plot.dot(marks.filter(({ value }) => value !== null), {
        x: "value",
        y: "line",
        r: 4.5,
        fill: "colour",
        stroke: "white",
        strokeWidth: 1,
      }),
      Plot.text(marks, {
        y: "line",
        frameAnchor: "right",
        textAnchor: "end",
        dx: 40,
        text: ({ value }: Mark) => number(value, 3),
        fontVariant: "tabular-nums",
      }),
    ],
  });
  return text(left, 14, title, { size: SIZE.panel, weight: 600 }) + plot;
}
