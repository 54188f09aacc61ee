import * as Plot from "@observablehq/plot";
import { type Dimension, DIMENSIONS } from "../records/criterion.ts";
import { InputError } from "../errors.ts";
import { compose, draw } from "./compose.ts";
import { count, DIMENSION_COLOUR, DIMENSION_NAME, MUTED, RULE, SIZE, WIDTH } from "./look.ts";
import { wholeTicks } from "./ticks.ts";
import type { CriteriaCount } from "./types.ts";

/**
 * An SVG figure of the number of criteria per dimension: positive criteria to the right of zero,
 * penalties to the left. Throws {@link InputError} if there are no rows.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { criteriaPerDimension } from "./criteria_per_dimension.ts";
 *
 * const svg = criteriaPerDimension([
 *   { dimension: "visual", sign: 1, criteria: 2100 },
 *   { dimension: "visual", sign: -1, criteria: 195 },
 * ]);
 * assertOk(svg.includes(">2,100<") && svg.includes("195 penalties"));
 * ```
 */
export function criteriaPerDimension(rows: readonly CriteriaCount[]): string {
  if (rows.length === 0) {
    throw new InputError(
      "Cannot draw criteria per dimension: found 0 rows; expected one per dimension and sign",
    );
  }
  const dimensions = DIMENSIONS.filter((name) => rows.some(({ dimension }) => dimension === name));
  const ofSign = (sign: 1 | -1) => rows.filter((row) => row.sign === sign);
  const [earning, penalties] = [ofSign(1), ofSign(-1)];
  const sum = (of: readonly CriteriaCount[]) => of.reduce((n, row) => n + row.criteria, 0);
  const largest = (of: readonly CriteriaCount[]) => Math.max(0, ...of.map((row) => row.criteria));
  const colour = (row: CriteriaCount) => DIMENSION_COLOUR[row.dimension];
  const left = largest(penalties);
  const right = Math.max(1, largest(earning));
  const height = dimensions.length * 52 + 50;
  const markup = draw({
    width: WIDTH,
    height,
    marginLeft: 165,
    marginRight: 60,
    marginTop: 6,
    marginBottom: 44,
    // Leaves room on the left for the penalties' labels, whatever their share.
    x: { domain: [-Math.max(left, 0.02 * right) - 0.26 * (right + left), right], nice: false },
    y: { domain: dimensions, label: null, padding: 0.34 },
    marks: [
      Plot.axisX({
        label: "criteria",
        labelAnchor: "center",
        labelArrow: "none",
        color: MUTED,
        ticks: wholeTicks(-left, right),
        tickFormat: (n: number) => count(Math.abs(n)),
      }),
      Plot.barX(earning, { x: "criteria", y: "dimension", fill: colour }),
      Plot.barX(penalties, {
        x: (row: CriteriaCount) => -row.criteria,
        y: "dimension",
        fill: "white",
        stroke: colour,
        strokeWidth: 2,
        insetTop: 1,
        insetBottom: 1,
      }),
      Plot.text(earning, {
        x: "criteria",
        y: "dimension",
        text: (row: CriteriaCount) => count(row.criteria),
        textAnchor: "start",
        dx: 8,
        fontWeight: 600,
        fontSize: 14,
      }),
      Plot.text(penalties, {
        x: (row: CriteriaCount) => -row.criteria,
        y: "dimension",
        text: (row: CriteriaCount) =>
          `${count(row.criteria)} ${row.criteria === 1 ? "penalty" : "penalties"}`,
        textAnchor: "end",
        dx: -8,
        fontWeight: 600,
      }),
      Plot.axisY({
        tickSize: 0,
        tickFormat: (dimension: Dimension) => DIMENSION_NAME[dimension],
        fontSize: SIZE.panel,
        label: null,
      }),
      Plot.ruleX([0], { stroke: RULE }),
    ],
  });
  return compose({
    title: `Criteria per dimension (n = ${count(sum(rows))})`,
    subtitle: `Filled, right of zero: ${count(sum(earning))} criteria that earn their weight. ` +
      `Outlined, left: ${count(sum(penalties))} penalties that cost it.`,
    panels: [{ x: 0, y: 0, markup }],
    height,
  });
}
