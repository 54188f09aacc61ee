import * as Plot from "@observablehq/plot";
import { InputError } from "../errors.ts";
import type { TopFailure } from "../scores/failures.ts";
import { compose, draw } from "./compose.ts";
import {
  DIMENSION_COLOUR,
  DIMENSION_NAME,
  GRID,
  MUTED,
  number,
  RULE,
  SCALE_NAME,
  SIZE,
  WIDTH,
} from "./look.ts";
import { truncate, wrap } from "./text.ts";

const WORDS = 430;
const ROW = 58;

/**
 * An SVG figure of the criteria that fail most often: text, model and failure rate, coloured by
 * dimension. Rows are drawn in the given order. Throws {@link InputError} if there are no rows.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { topFailures } from "./top_failures.ts";
 *
 * const svg = topFailures([{ judge: "probe", model: "violator", scale: "organ",
 *   dimension: "scientific", description: "Cells stay in the vessel", sign: 1, weight: 1,
 *   failed: 19, judged: 20, unjudged: 0, rate: 0.95, tasks: [1, 4],
 *   example: { model: "violator", task: 1, id: "walls", seed: 7, evidence: "" } }]);
 * assertOk(svg.includes("Cells stay in the vessel") && svg.includes("95% (19 of 20)"));
 * ```
 */
export function topFailures(rows: readonly TopFailure[]): string {
  if (rows.length === 0) {
    throw new InputError("Cannot draw the most failed criteria: found 0 rows; expected at least 1");
  }
  const described = rows.map((row, i) => ({ ...row, i, lines: describe(row) }));
  type Row = typeof described[number];
  const height = rows.length * ROW + 60;
  const left = WORDS + 36;
  const markup = draw({
    width: WIDTH,
    height,
    marginLeft: left,
    marginRight: 118,
    marginTop: 8,
    marginBottom: 46,
    x: { domain: [0, 100] },
    y: { domain: described.map(({ i }) => i), axis: null, padding: 0.5 },
    marks: [
      Plot.gridX({ stroke: GRID, strokeOpacity: 1, ticks: [0, 50, 100] }),
      Plot.axisX({
        ticks: [0, 50, 100],
        label: "clips that fail it (%)",
        labelAnchor: "center",
        labelArrow: "none",
        color: MUTED,
      }),
      Plot.barX(described, {
        x: ({ rate }: Row) => 100 * rate,
        y: "i",
        fill: ({ dimension }: Row) => DIMENSION_COLOUR[dimension],
      }),
      Plot.text(described, {
        x: ({ rate }: Row) => 100 * rate,
        y: "i",
        text: ({ rate, failed, judged }: Row) =>
          `${number(100 * rate, 0)}% (${failed} of ${judged})`,
        textAnchor: "start",
        dx: 6,
      }),
      Plot.text(described, {
        y: "i",
        frameAnchor: "left",
        textAnchor: "start",
        lineAnchor: "bottom",
        dx: 20 - left,
        dy: 2,
        lineHeight: 1.25,
        text: ({ lines }: Row) => lines.words.join("\n"),
      }),
      Plot.text(described, {
        y: "i",
        frameAnchor: "left",
        textAnchor: "start",
        lineAnchor: "top",
        dx: 20 - left,
        dy: 9,
        text: ({ lines }: Row) => lines.source,
        fontSize: SIZE.small,
        fill: MUTED,
      }),
      Plot.ruleX([0], { stroke: RULE }),
    ],
  });
  return compose({
    title: rows.length === 1
      ? "The criterion that fails most often"
      : `The ${rows.length} criteria that fail most often`,
    subtitle: `Judge ${[...new Set(rows.map(({ judge }) => judge))].join(", ")}. ` +
      "Share of judged clips that fail each, worst first by the lower end of its 95% " +
      "interval. Blue: scientific fidelity. Orange: visual quality. Green: instruction following.",
    panels: [{ x: 0, y: 0, markup }],
    height,
  });
}

function describe(row: TopFailure): { words: string[]; source: string } {
  const words = wrap(
    `${row.sign === -1 ? "Penalty: " : ""}${row.description}`,
    WORDS,
    SIZE.text,
    2,
  );
  const tasks = row.tasks.length === 1 ? `task ${row.tasks[0]}` : `${row.tasks.length} tasks`;
  const where = `${DIMENSION_NAME[row.dimension]} · ${SCALE_NAME[row.scale]} · ${tasks}`;
  return {
    words,
    source: truncate(`${truncate(row.model, 170, SIZE.small)} · ${where}`, WORDS, SIZE.small),
  };
}
