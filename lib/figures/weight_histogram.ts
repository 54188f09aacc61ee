import * as Plot from "@observablehq/plot";
import { InputError } from "../errors.ts";
import { compose, draw, text } from "./compose.ts";
import { count, GRID, MUTED, OKABE_ITO, RULE, SIZE, WIDTH } from "./look.ts";
import { wholeTicks } from "./ticks.ts";
import type { WeightCount } from "./types.ts";

const PANELS = [
  { which: "raw", title: "Raw weights" },
  { which: "normalised", title: "Normalised weights" },
] as const;

/**
 * An SVG figure of the number of criteria per weight, raw and normalised, with positive criteria
 * next to penalties. Weights take few exact values, so each has its own pair of bars and nothing is
 * binned. Throws {@link InputError} if there are no rows.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { weightHistogram } from "./weight_histogram.ts";
 *
 * const svg = weightHistogram([
 *   { which: "raw", weight: 0.5, sign: 1, criteria: 884 },
 *   { which: "normalised", weight: 0, sign: 1, criteria: 884 },
 * ]);
 * assertOk(svg.includes("Raw weights") && svg.includes("884 criteria weigh 0"));
 * ```
 */
export function weightHistogram(rows: readonly WeightCount[]): string {
  if (rows.length === 0) {
    throw new InputError(
      "Cannot draw the weight histogram: found 0 rows; expected one per weight and sign",
    );
  }
  const shown = PANELS.filter(({ which }) => rows.some((row) => row.which === which));
  const width = WIDTH / shown.length;
  const height = 300;
  const most = Math.max(1, ...rows.map(({ criteria }) => criteria));
  const panels = shown.map(({ which, title }, i) => {
    const mine = rows.filter((row) => row.which === which);
    return {
      x: i * width,
      y: 0,
      markup: text(20, 16, title, { size: SIZE.panel, weight: 600 }) +
        text(width - 20, 16, `n = ${count(total(mine))}`, { colour: MUTED, anchor: "end" }) +
        panel(mine, width, height, most),
    };
  });
  const zero = total(rows.filter(({ which, weight }) => which === "normalised" && weight === 0));
  return compose({
    title: "Criteria per weight",
    subtitle:
      "Blue: positive criteria, which earn their weight. Vermillion: penalties, which cost it." +
      (zero > 0
        ? ` Normalised, ${count(zero)} criteria weigh 0: a verdict on them changes nothing.`
        : ""),
    panels,
    height,
  });
}

function total(rows: readonly WeightCount[]): number {
  return rows.reduce((sum, { criteria }) => sum + criteria, 0);
}

function panel(
  rows: readonly WeightCount[],
  width: number,
  height: number,
  most: number,
): string {
  const weights = [...new Set(rows.map(({ weight }) => weight))].sort((a, b) => a - b);
  // Beyond this many bars, labels would overlap; the axis still shows the counts.
  const labelled = weights.length <= 5;
  return draw({
    width,
    height,
    marginLeft: 74,
    marginRight: 20,
    marginTop: 34,
    marginBottom: 46,
    fx: { domain: weights, label: null, padding: 0.16 },
    x: { domain: [1, -1], axis: null, padding: 0.06 },
    y: { domain: [0, most * 1.04], label: null },
    marks: [
      Plot.gridY({ stroke: GRID, strokeOpacity: 1, ticks: wholeTicks(0, most) }),
      Plot.axisY({
        ticks: wholeTicks(0, most),
        label: "criteria",
        labelAnchor: "center",
        labelOffset: 60,
        labelArrow: "none",
        color: MUTED,
        tickFormat: count,
      }),
      Plot.axisFx({
        anchor: "bottom",
        label: "weight",
        labelAnchor: "center",
        labelOffset: 38,
        tickFormat: String,
      }),
      Plot.barY(rows, {
        fx: "weight",
        x: "sign",
        y: "criteria",
        fill: (row: WeightCount) => row.sign === 1 ? OKABE_ITO.blue : OKABE_ITO.vermillion,
      }),
      labelled
        ? Plot.text(rows, {
          fx: "weight",
          x: "sign",
          y: "criteria",
          text: (row: WeightCount) => count(row.criteria),
          dy: -8,
          fontSize: SIZE.small,
        })
        : null,
      Plot.ruleY([0], { stroke: RULE }),
    ],
  });
}
