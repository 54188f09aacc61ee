/** How training went: the loss of each stage over its steps. */
import * as Plot from "@observablehq/plot";
import { InputError } from "../errors.ts";
import { compose, draw, type Panel, text } from "./compose.ts";
import { count, GRID, MUTED, number, OKABE_ITO, SIZE, WIDTH } from "./look.ts";
import { truncate } from "./text.ts";
import { wholeTicks } from "./ticks.ts";

/** A report of training; rows of the table `training` are such. */
export interface LossReport {
  stage: string;
  step: number;
  steps: number;
  loss: number;
  /** Null where it was not taken. */
  held_out: number | null;
  device: string;
}

/** What {@link trainingLoss} shows. */
export interface TrainingLossOptions {
  /** Stages to begin with, where they are there; the others follow as they come. */
  stages?: readonly string[];
}

const COLUMNS = 2;
const GAP = 24;
const PLOT = 168;
const PANEL = PLOT + 60;
const LOSS = OKABE_ITO.blue;
const HELD_OUT = OKABE_ITO.vermillion;

/**
 * A figure, as SVG, of training's loss over steps: a panel a stage, the loss of the steps between two
 * reports as a line, that of clips not trained on as dots, on a logarithmic scale of its own (a linear
 * one where a loss is 0 or less). A loss that is no number, where training broke down, leaves a gap.
 *
 * @throws {InputError} without reports, or where none of a stage holds a number.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { trainingLoss } from "./training_loss.ts";
 *
 * const row = { stage: "vae", steps: 100, held_out: null, device: "cpu" };
 * const svg = trainingLoss([
 *   { ...row, step: 50, loss: 0.9 },
 *   { ...row, step: 100, loss: 0.4, held_out: 0.5 },
 * ]);
 * assertOk(svg.includes(">vae<") && svg.includes("0.500"));
 * ```
 */
export function trainingLoss(
  reports: readonly LossReport[],
  { stages = [] }: TrainingLossOptions = {},
): string {
  if (reports.length === 0) {
    throw new InputError("Cannot draw training: found 0 reports; expected one at least");
  }
  const byStage = Map.groupBy(reports, ({ stage }) => stage);
  const shown = [...new Set([...stages.filter((stage) => byStage.has(stage)), ...byStage.keys()])];
  const width = (WIDTH - 40 - GAP) / COLUMNS;
  const panels = shown.map((stage, i): Panel => ({
    x: 20 + (i % COLUMNS) * (width + GAP),
    y: Math.floor(i / COLUMNS) * PANEL,
    markup: panel(byStage.get(stage)!.toSorted((a, b) => a.step - b.step), width),
  }));
  return compose({
    title: "Loss over training",
    subtitle: "Lines: mean loss of the steps between two reports. Dots: loss on clips that are " +
      "not trained on, of the averaged weights. Each stage has a loss and a scale of its own.",
    panels,
    height: Math.ceil(shown.length / COLUMNS) * PANEL,
  });
}

function panel(reports: readonly LossReport[], width: number): string {
  const { stage, steps, device } = reports[0];
  const values = reports.flatMap(({ loss, held_out }) => [loss, held_out ?? loss])
    .filter(Number.isFinite);
  if (values.length === 0) {
    throw new InputError(
      `Cannot draw training: none of the ${reports.length} reports of ${stage} holds a loss; ` +
        "expected numbers",
    );
  }
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const logarithmic = least > 0;
  const domain: [number, number] = logarithmic
    ? [least / 1.08, most * 1.08]
    : [least - 0.05 * (most - least || 1), most + 0.05 * (most - least || 1)];
  const ticks = logarithmic ? logTicks(...domain) : undefined;
  const held = reports.filter(({ held_out }) => held_out !== null && Number.isFinite(held_out));
  const end = Math.max(steps, reports.at(-1)!.step);
  const plot = draw({
    width,
    height: PLOT + 46,
    marginLeft: 46,
    marginRight: 12,
    marginTop: 12,
    marginBottom: 42,
    x: { domain: [0, end] },
    y: { type: logarithmic ? "log" : "linear", domain },
    marks: [
      Plot.gridY(ticks, { stroke: GRID, strokeOpacity: 1, ...ticks ? {} : { ticks: 5 } }),
      Plot.axisY({
        ...ticks ? { ticks, tickFormat: (n: number) => String(n) } : { ticks: 5 },
        label: null,
        tickSize: 0,
        color: MUTED,
      }),
      Plot.axisX({
        ticks: wholeTicks(0, end, 4),
        tickFormat: (n: number) => count(n),
        label: "step",
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 34,
        color: MUTED,
      }),
      Plot.line(reports, {
        x: "step",
        y: ({ loss }: LossReport) => Number.isFinite(loss) ? loss : NaN,
        stroke: LOSS,
        strokeWidth: 1.4,
      }),
      // A single report has no line.
      reports.length === 1 ? Plot.dot(reports, { x: "step", y: "loss", r: 2.5, fill: LOSS }) : null,
      Plot.dot(held, {
        x: "step",
        y: "held_out",
        r: 3.6,
        fill: HELD_OUT,
        stroke: "white",
        strokeWidth: 0.8,
      }),
    ],
  });
  const last = held.at(-1);
  const done = reports.at(-1)!.step;
  const said = [
    `${done < steps ? `${count(done)} of ` : ""}${count(steps)} steps on ${device}`,
    ...last ? [`held out ${number(last.held_out, 3)}`] : [],
  ].join(", ");
  const name = truncate(stage, 110, SIZE.panel);
  return text(0, 14, name, { size: SIZE.panel, weight: 600 }) +
    text(width - 12, 14, truncate(said, width - 130, SIZE.small), {
      size: SIZE.small,
      colour: MUTED,
      anchor: "end",
    }) +
    `<g transform="translate(0,14)">${plot}</g>`;
}

/** From 1 times powers of ten to finer steps until three fit; in a narrow range even steps. */
function logTicks(low: number, high: number): number[] {
  for (const mantissas of [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7]]) {
    const ticks = decades(low, high)
      .flatMap((power) => mantissas.map((mantissa) => rounded(mantissa * 10 ** power)))
      .filter((tick) => tick >= low && tick <= high);
    if (ticks.length >= 3) return ticks;
  }
  const power = 10 ** Math.floor(Math.log10((high - low) / 3));
  const step = power * [5, 2, 1].find((multiple) => 3 * multiple * power <= high - low)!;
  const first = Math.ceil(low / step);
  const ticks = Math.floor(high / step) - first + 1;
  return Array.from({ length: ticks }, (_, i) => rounded((first + i) * step));
}

/** Without the last digits of the arithmetic. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

function decades(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  return Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => first + i);
}
