import * as Plot from "@observablehq/plot";
import { DIMENSIONS } from "../records/criterion.ts";
import { SCALES } from "../records/task.ts";
import { InputError } from "../errors.ts";
import type { FailureRate } from "../scores/failures.ts";
import { compose, draw } from "./compose.ts";
import {
  count,
  DIMENSION_NAME,
  EMPTY,
  INK,
  number,
  RAMP,
  SCALE_NAME,
  SIZE,
  WIDTH,
} from "./look.ts";
import { labelSpace, textWidth, truncateApart } from "./text.ts";

/**
 * An SVG figure of failure rates by model (rows), dimension and scale (columns), with the rate and
 * number of verdicts in every cell. Models keep the order of the rows. Throws {@link InputError} if
 * there are no rows, several judges, or duplicate cells.
 *
 * @param options.over What tasks the verdicts are on, in words.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { failureHeatmap } from "./failure_heatmap.ts";
 *
 * const svg = failureHeatmap([{ judge: "probe", model: "nano", scale: "organ",
 *   dimension: "scientific", failed: 3, judged: 4, unjudged: 1, rate: 0.75 }]);
 * assertOk(svg.includes(">75%<") && svg.includes(">n = 4<"));
 * ```
 */
export function failureHeatmap(
  rows: readonly FailureRate[],
  { over }: { over?: string } = {},
): string {
  check(rows);
  const models = [...new Set(rows.map(({ model }) => model))];
  const scales = ([...SCALES, ""] as const).filter((name) =>
    rows.some(({ scale }) => scale === name)
  );
  const dimensions = DIMENSIONS.filter((name) => rows.some(({ dimension }) => dimension === name));
  const names = labelSpace(models, SIZE.text, 180) + 10;
  const shown = truncateApart(models, names, SIZE.text);
  const height = models.length * 42 + 62;
  const dark = ({ rate }: FailureRate) => rate !== null && rate > 0.68;
  const cell = 0.94 * (WIDTH - names - 40) / (scales.length * dimensions.length);
  const longest = `n = ${count(Math.max(...rows.map(({ judged }) => judged)))}`;
  const prefix = textWidth(longest, SIZE.small) < cell ? "n = " : "";
  const at = { fx: "dimension", x: "scale", y: "model" } as const;
  const markup = draw({
    width: WIDTH,
    height,
    marginLeft: names + 20,
    marginRight: 20,
    marginTop: 50,
    marginBottom: 8,
    fx: { domain: dimensions, label: null, padding: 0.04, axis: null },
    x: { domain: scales, label: null, padding: 0.03, axis: null },
    y: { domain: models, label: null, padding: 0.06 },
    color: { type: "linear", domain: [0, 0.2, 0.4, 0.6, 0.8, 1], range: [...RAMP] },
    marks: [
      Plot.axisY({
        tickSize: 0,
        label: null,
        tickFormat: (model: string) => shown.get(model)!,
      }),
      Plot.axisX({
        anchor: "top",
        tickSize: 0,
        label: null,
        tickFormat: (scale: FailureRate["scale"]) => SCALE_NAME[scale],
        fontSize: SIZE.small,
      }),
      Plot.text(dimensions, {
        fx: (dimension: string) => dimension,
        frameAnchor: "top",
        dy: -36,
        text: (dimension: typeof DIMENSIONS[number]) => DIMENSION_NAME[dimension],
        fontSize: SIZE.panel,
        fontWeight: 600,
      }),
      Plot.cell(rows.filter(({ rate }) => rate === null), { ...at, fill: EMPTY }),
      Plot.cell(rows.filter(({ rate }) => rate !== null), {
        ...at,
        fill: "rate",
        stroke: "#d9d9d9",
        strokeWidth: 0.5,
      }),
      Plot.text(rows, {
        ...at,
        text: ({ rate }: FailureRate) => rate === null ? "–" : `${number(100 * rate, 0)}%`,
        fontSize: 14,
        fontWeight: 600,
        dy: -6,
        fill: (row: FailureRate) => dark(row) ? "#ffffff" : INK,
      }),
      Plot.text(rows, {
        ...at,
        text: ({ judged }: FailureRate) => `${prefix}${count(judged)}`,
        fontSize: SIZE.small,
        dy: 10,
        fill: (row: FailureRate) => dark(row) ? "#ffffff" : INK,
      }),
    ],
  });
  const unjudged = rows.reduce((sum, row) => sum + row.unjudged, 0);
  const judged = rows.reduce((sum, row) => sum + row.judged, 0);
  return compose({
    title: "Share of criteria that fail, by dimension and scale",
    subtitle: `Judge ${rows[0].judge}, n = ${count(judged)} verdicts${over ? ` ${over}` : ""}` +
      (unjudged > 0 ? `; ${count(unjudged)} criteria could not be judged and are excluded` : "") +
      ". Below each rate, its number of verdicts. A criterion fails when it is not met, a penalty when it is.",
    panels: [{ x: 0, y: 0, markup }],
    height,
  });
}

function check(rows: readonly FailureRate[]): void {
  const judges = [...new Set(rows.map(({ judge }) => judge))];
  if (judges.length !== 1) {
    throw new InputError(
      `Cannot draw failure rates: found ${rows.length} rows of judges ${
        judges.join(", ") || "(none)"
      }; expected rows of one judge`,
    );
  }
  const cells = rows.map(({ model, scale, dimension }) => `${model}, ${scale}, ${dimension}`);
  const twice = cells.find((cell, i) => cells.indexOf(cell) !== i);
  if (twice) {
    throw new InputError(`Cannot draw failure rates: found two rows of ${twice}; expected one`);
  }
}
