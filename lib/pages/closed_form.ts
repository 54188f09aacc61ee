/** Simulated quantities compared with their closed-form solutions. */
import * as Plot from "@observablehq/plot";
import { InputError } from "../errors.ts";
import { compose, draw, text } from "../figures/compose.ts";
import { GRID, MUTED, OKABE_ITO, SIZE, WIDTH } from "../figures/look.ts";

/** A point of a figure. */
export interface Point {
  /** Horizontal coordinate. */
  x: number;
  /** Vertical coordinate. */
  y: number;
}

/** The content of a comparison. */
export interface ClosedForm {
  /** Title above the panels. */
  title: string;
  /** The formula and the meaning of the dots. */
  subtitle: string;
  /** Axis labels with their units. */
  x: string;
  /** Label of the vertical axis. */
  y: string;
  /** The formula, drawn as a line in every panel. */
  law: readonly Point[];
  /** One panel each; the first, the correct one, has its own colour. */
  clips: readonly { name: string; points: readonly Point[] }[];
}

const PANEL_HEIGHT = 230;

/**
 * An SVG figure comparing the points of one or more clips with a formula, all on the same scale.
 *
 * @throws {InputError} if there are no clips.
 *
 * @example
 * ```ts
 * import { assertEquals, assertOk } from "../testing/assert.ts";
 * import { closedForm } from "./closed_form.ts";
 *
 * const law = [{ x: 0, y: 0 }, { x: 1, y: 0.4 }];
 * const clips = [{ name: "correct", points: law }, { name: "ballistic", points: law }];
 * const svg = closedForm({ title: "MSD", subtitle: "4Dt", x: "lag (s)", y: "MSD (µm²)", law, clips });
 * assertOk(svg.startsWith("<svg") && svg.includes(">ballistic<"));
 * assertEquals(svg, closedForm({ title: "MSD", subtitle: "4Dt", x: "lag (s)", y: "MSD (µm²)", law, clips }));
 * ```
 */
export function closedForm({ title, subtitle, x, y, law, clips }: ClosedForm): string {
  if (clips.length === 0) {
    throw new InputError("Cannot draw a formula against clips: found 0 clips; expected at least 1");
  }
  const all = [law, ...clips.map(({ points }) => points)].flat();
  const extent = (values: number[], zero: number[]): [number, number] => [
    Math.min(...zero, ...values),
    Math.max(...zero, ...values),
  ];
  const xDomain = extent(all.map((point) => point.x), []);
  const [low, high] = extent(all.map((point) => point.y), [0]);
  const gap = 28;
  const axis = 30;
  const width = (WIDTH - 40 - axis - gap * (clips.length - 1)) / clips.length;
  const panels = clips.map(({ name, points }, i) => {
    const left = i === 0 ? axis : 0;
    const markup = draw({
      width: width + left,
      height: PANEL_HEIGHT,
      marginTop: 26,
      marginBottom: 44,
      marginLeft: left + 4,
      marginRight: 4,
      x: { domain: xDomain, nice: false },
      y: { axis: null, domain: [low, high + 0.05 * (high - low)] },
      marks: [
        Plot.gridY({ stroke: GRID, strokeOpacity: 1, ticks: 5 }),
        Plot.axisX({ label: x, labelAnchor: "center", labelArrow: "none", ticks: 5, color: MUTED }),
        i === 0 ? Plot.axisY({ label: null, ticks: 5, tickSize: 0, color: MUTED }) : null,
        Plot.line(law, { x: "x", y: "y", stroke: "#8c8c8c", strokeWidth: 2 }),
        Plot.dot(points, {
          x: "x",
          y: "y",
          r: 3.2,
          fill: i === 0 ? OKABE_ITO.blue : OKABE_ITO.vermillion,
          symbol: i === 0 ? "circle" : "triangle",
          stroke: "white",
          strokeWidth: 0.6,
        }),
      ],
    });
    const heading = text(left + 4, 16, name, { size: SIZE.panel, weight: 600 });
    return {
      x: 20 + (i === 0 ? 0 : axis + i * (width + gap)),
      y: 16,
      markup: heading + markup,
    };
  });
  const label = { x: 0, y: 0, markup: text(20, 12, y, { size: SIZE.small, colour: MUTED }) };
  return compose({ title, subtitle, panels: [label, ...panels], height: PANEL_HEIGHT + 16 });
}
