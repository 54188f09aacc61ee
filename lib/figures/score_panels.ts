/** The panels of a leaderboard: means with their intervals, one line per model. */
import * as Plot from "@observablehq/plot";
import { DIMENSIONS } from "../records/criterion.ts";
import { SCALES } from "../records/task.ts";
import type { Group, Summary } from "../records/summary.ts";
import { draw, text } from "./compose.ts";
import {
  count,
  DIMENSION_COLOUR,
  DIMENSION_NAME,
  GRID,
  INK,
  MUTED,
  number,
  SCALE_COLOUR,
  SCALE_NAME,
  SIZE,
  WIDTH,
} from "./look.ts";
import { truncate, truncateApart } from "./text.ts";

/** A line of a leaderboard: a model, one of the paper's, or what those below it are. */
export interface Line {
  /** Of its own, whatever models are named. */
  id: string;
  label: string;
  kind: "ranked" | "apart" | "paper" | "heading";
}

/** A mean on its line. */
export interface Placed extends Summary {
  line: string;
  kind: Line["kind"];
}

/** Settings common to the panels of a leaderboard. */
export interface Frame {
  /** Best first. */
  lines: Line[];
  domain: [number, number];
  /** Width of the names' column, in pixels. */
  names: number;
}

/** The marks of every panel: dots, intervals and the paper's diamonds. */
function scoreMarks(
  rows: readonly Placed[],
  frame: Frame,
  colour: string,
  axis: string,
): Plot.Markish[] {
  const shown = rows.filter(({ mean }) => mean !== null);
  const of = (kind: Line["kind"]) => shown.filter((row) => row.kind === kind);
  return [
    Plot.gridX({ stroke: GRID, strokeOpacity: 1, ticks: [0, 25, 50, 75, 100] }),
    Plot.axisX({
      ticks: frame.domain[0] < 0 ? [frame.domain[0], 0, 50, 100] : [0, 25, 50, 75, 100],
      tickFormat: (n: number) => number(n, 0),
      label: axis,
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 34,
      color: MUTED,
    }),
    Plot.ruleY(rows.filter(({ ci_low, ci_high }) => ci_low !== null && ci_high !== null), {
      y: "line",
      x1: "ci_low",
      x2: "ci_high",
      stroke: colour,
      strokeWidth: 5,
      strokeOpacity: 0.4,
    }),
    Plot.dot(of("paper"), {
      x: "mean",
      y: "line",
      symbol: "diamond",
      r: 5,
      stroke: INK,
      strokeWidth: 1.3,
      fill: "white",
    }),
    Plot.dot(of("apart"), {
      x: "mean",
      y: "line",
      r: 4,
      stroke: colour,
      strokeWidth: 1.5,
      fill: "white",
    }),
    Plot.dot(of("ranked"), {
      x: "mean",
      y: "line",
      r: 4.5,
      fill: colour,
      stroke: "white",
      strokeWidth: 1,
    }),
  ];
}

function nameAxis({ lines, names }: Frame): Plot.Markish[] {
  const label = new Map(lines.map(({ id, label }) => [id, label]));
  const shown = truncateApart(label.values(), names, SIZE.text);
  return [
    Plot.axisY({
      tickSize: 0,
      label: null,
      ticks: lines.filter(({ kind }) => kind !== "heading").map(({ id }) => id),
      tickFormat: (id: string) => shown.get(label.get(id)!)!,
    }),
    Plot.text(lines.filter(({ kind }) => kind === "heading"), {
      y: "id",
      frameAnchor: "left",
      textAnchor: "start",
      dx: -names,
      dy: 3,
      text: "label",
      fontSize: SIZE.small,
      fill: MUTED,
    }),
  ];
}

/** The panel over all tasks: one line per model, with its numbers in columns on the right. */
export function overallPanel(rows: readonly Placed[], frame: Frame, body: number): string {
  const right = 256;
  const column = (title: string, dx: number, value: (row: Placed) => string, bold = false) => ({
    heading: text(WIDTH - right + dx, 14, title, { colour: MUTED, anchor: "end" }),
    mark: Plot.text(rows, {
      y: "line",
      frameAnchor: "right",
      textAnchor: "end",
      dx,
      text: value,
      fontWeight: bold ? 600 : 400,
      fontVariant: "tabular-nums",
    }),
  });
  const columns = [
    column("rank", 36, ({ rank }) => rank === null ? "–" : count(rank)),
    column("mean", 86, ({ mean }) => number(mean), true),
    column(
      "95% interval",
      186,
      ({ ci_low, ci_high }) =>
        ci_low === null || ci_high === null ? "–" : `${number(ci_low)} to ${number(ci_high)}`,
    ),
    column("tasks", 236, ({ tasks }) => count(tasks)),
  ];
  const incomplete = rows.filter(({ coverage, kind }) => coverage < 1 && kind !== "paper");
  const plot = draw({
    width: WIDTH,
    height: body + 70,
    marginLeft: frame.names + 20,
    marginRight: right,
    marginTop: 24,
    marginBottom: 46,
    x: { domain: frame.domain },
    y: { type: "band", domain: frame.lines.map(({ id }) => id), label: null, padding: 0 },
    marks: [
      ...scoreMarks(rows, frame, INK, "mean score (0–100)"),
      ...nameAxis(frame),
      ...columns.map(({ mark }) => mark),
      Plot.text(rows.filter(({ mean }) => mean === null), {
        y: "line",
        frameAnchor: "left",
        textAnchor: "start",
        dx: 6,
        text: () => "no task could be scored",
        fill: MUTED,
      }),
    ],
  });
  const heading = text(20, 14, "All tasks", { size: SIZE.panel, weight: 600 });
  const note = incomplete.length === 0 ? "" : text(
    20,
    body + 88,
    truncate(
      `Criteria judged: ${
        incomplete.map(({ model, coverage }) => `${model} ${number(100 * coverage, 1)}%`).join(", ")
      }${incomplete.length < rows.length ? "; all others 100%" : ""}.`,
      WIDTH - 40,
      SIZE.small,
    ),
    { size: SIZE.small, colour: MUTED },
  );
  return heading + columns.map(({ heading }) => heading).join("") + plot + note;
}

/** The panel of one scale or dimension; `at.names` is the width for model names in pixels. */
export function groupPanel(
  rows: readonly Placed[],
  frame: Frame,
  at: { width: number; height: number; names: number; group: Group },
): string {
  const { group } = at;
  const scale = SCALES.find((name) => name === group);
  const dimension = DIMENSIONS.find((name) => name === group);
  const colour = scale ? SCALE_COLOUR[scale] : dimension ? DIMENSION_COLOUR[dimension] : INK;
  const name = scale ? SCALE_NAME[scale] : dimension ? DIMENSION_NAME[dimension] : group;
  const scored = rows.filter(({ mean, kind }) => mean !== null && kind === "ranked");
  const tasks = scored.length === 0 ? [0] : scored.map(({ tasks }) => tasks);
  const [least, most] = [Math.min(...tasks), Math.max(...tasks)];
  const n = least === most ? count(most) : `${count(least)}–${count(most)}`;
  const plot = draw({
    width: at.width,
    height: at.height,
    marginLeft: at.names + 8,
    marginRight: 48,
    marginTop: 24,
    marginBottom: 42,
    x: { domain: frame.domain },
    y: {
      type: "band",
      domain: frame.lines.map(({ id }) => id),
      label: null,
      padding: 0,
      axis: null,
    },
    marks: [
      ...scoreMarks(rows, frame, colour, `mean, n = ${n} ${most === 1 ? "task" : "tasks"}`),
      ...(at.names > 0 ? nameAxis(frame) : []),
      Plot.text(rows, {
        y: "line",
        frameAnchor: "right",
        textAnchor: "end",
        dx: 44,
        text: (row: Placed) => number(row.mean),
        fontVariant: "tabular-nums",
      }),
    ],
  });
  return text(at.names + 8, 14, name, { size: SIZE.panel, weight: 600 }) + plot;
}
