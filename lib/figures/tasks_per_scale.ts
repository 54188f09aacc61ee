import * as Plot from "@observablehq/plot";
import { SCALES } from "../records/task.ts";
import { InputError } from "../errors.ts";
import { compose, draw } from "./compose.ts";
import { count, INK, MUTED, RULE, SCALE_COLOUR, SCALE_NAME, SIZE, WIDTH } from "./look.ts";
import { wholeTicks } from "./ticks.ts";
import type { ScaleCount } from "./types.ts";

/**
 * An SVG figure of a benchmark's number of tasks per scale, with the paper's counts as hollow
 * diamonds. Throws {@link InputError} if there are no rows.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { tasksPerScale } from "./tasks_per_scale.ts";
 *
 * const svg = tasksPerScale([{ scale: "organ", tasks: 189, paper: 238 }]);
 * assertOk(svg.includes(">189<") && svg.includes("paper 238"));
 * ```
 */
export function tasksPerScale(rows: readonly ScaleCount[]): string {
  if (rows.length === 0) {
    throw new InputError("Cannot draw tasks per scale: found 0 rows; expected one per scale");
  }
  const scales = ([...SCALES, ""] as const).filter((scale) =>
    rows.some((row) => row.scale === scale)
  );
  const total = rows.reduce((sum, row) => sum + row.tasks, 0);
  const published = rows.filter(({ paper }) => paper !== null);
  const height = scales.length * 52 + 50;
  const most = Math.max(1, ...rows.map(({ tasks, paper }) => Math.max(tasks, paper ?? 0)));
  const markup = draw({
    width: WIDTH,
    height,
    marginLeft: 156,
    marginRight: 104,
    marginTop: 6,
    marginBottom: 44,
    x: { domain: [0, most] },
    y: { domain: scales, label: null, padding: 0.34 },
    marks: [
      Plot.axisX({
        ticks: wholeTicks(0, most),
        tickFormat: count,
        label: "tasks",
        labelAnchor: "center",
        labelArrow: "none",
        color: MUTED,
      }),
      Plot.barX(rows, {
        x: "tasks",
        y: "scale",
        fill: (row: ScaleCount) => SCALE_COLOUR[row.scale],
      }),
      Plot.text(rows, {
        y: "scale",
        frameAnchor: "left",
        text: (row: ScaleCount) => count(row.tasks),
        textAnchor: "end",
        dx: -8,
        fontWeight: 600,
        fontSize: 14,
      }),
      Plot.dot(published, {
        x: "paper",
        y: "scale",
        symbol: "diamond",
        r: 6,
        stroke: INK,
        fill: "white",
      }),
      Plot.text(published, {
        y: "scale",
        frameAnchor: "right",
        text: (row: ScaleCount) => `paper ${count(row.paper!)}`,
        textAnchor: "end",
        dx: 84,
      }),
      Plot.axisY({
        tickSize: 0,
        dx: -44,
        tickFormat: (scale: ScaleCount["scale"]) => SCALE_NAME[scale],
        fontSize: SIZE.panel,
        label: null,
      }),
      Plot.ruleX([0], { stroke: RULE }),
    ],
  });
  return compose({
    title: `Tasks per scale (n = ${count(total)})`,
    subtitle: published.length > 0
      ? "Bars: this benchmark. Hollow diamonds: the paper's counts."
      : "The paper reports no counts for this benchmark.",
    panels: [{ x: 0, y: 0, markup }],
    height,
  });
}
