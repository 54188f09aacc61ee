/** Training and validation loss of each stage over its steps. */
import * as Plot from "@observablehq/plot";
import { InputError } from "../errors.ts";
import { compose, draw, type Panel, text } from "./compose.ts";
import { count, GRID, MUTED, number, OKABE_ITO, SIZE, WIDTH } from "./look.ts";
import { truncate } from "./text.ts";
import { wholeTicks } from "./ticks.ts";

/** A progress report, such as a row of the table `training`. */
export interface LossReport {
  /** The stage. */
  stage: string;
  /** Training steps taken. */
  step: number;
  /** Total steps of the stage. */
  steps: number;
  /** Mean training loss since the last report. */
  loss: number;
  /** Null if not evaluated at this step. */
  validation_loss: number | null;
  /** The device. */
  device: string;
}

/** Options of {@link trainingLoss}. */
export interface TrainingLossOptions {
  /** Stages to show first, if present; the others follow in order of appearance. */
  stages?: readonly string[];
}

const COLUMNS = 2;
const GAP = 24;
const PLOT = 168;
const PANEL = PLOT + 60;
const LOSS = OKABE_ITO.blue;
const VALIDATION = OKABE_ITO.vermillion;

/**
 * An SVG figure of losses over training steps, with a panel per stage: the mean training loss between
 * reports as a line, the validation loss as dots. Each panel has its own logarithmic scale, or a linear
 * one if a loss is not positive. A loss that is not finite, after training diverged, leaves a gap.
 *
 * @throws {InputError} without reports, or for a stage without any finite loss.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { trainingLoss } from "./training_loss.ts";
 *
 * const row = { stage: "vae", steps: 100, validation_loss: null, device: "cpu" };
 * const svg = trainingLoss([
 *   { ...row, step: 50, loss: 0.9 },
 *   { ...row, step: 100, loss: 0.4, validation_loss: 0.5 },
 * ]);
 * assertOk(svg.includes(">vae<") && svg.includes("0.500"));
 * ```
 */
export function trainingLoss(
  reports: readonly LossReport[],
  { stages = [] }: TrainingLossOptions = {},
): string {
  if (reports.length === 0) {
    throw new InputError("Cannot draw training: found 0 reports; expected at least one");
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
    title: "Training and validation loss",
    subtitle: "Lines: mean training loss between reports. Dots: validation loss of the averaged " +
      "(EMA) weights. Each stage has its own loss function and scale.",
    panels,
    height: Math.ceil(shown.length / COLUMNS) * PANEL,
  });
}

function panel(reports: readonly LossReport[], width: number): string {
  const { stage, steps, device } = reports[0];
  const values = reports.flatMap(({ loss, validation_loss }) => [loss, validation_loss ?? loss])
    .filter(Number.isFinite);
  if (values.length === 0) {
    throw new InputError(
      `Cannot draw training: none of the ${reports.length} reports of ${stage} has a finite loss`,
    );
  }
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const logarithmic = least > 0;
  const domain: [number, number] = logarithmic
    ? [least / 1.08, most * 1.08]
    : [least - 0.05 * (most - least || 1), most + 0.05 * (most - least || 1)];
  const ticks = logarithmic ? logTicks(...domain) : undefined;
  const validated = reports.filter(({ validation_loss }) =>
    validation_loss !== null && Number.isFinite(validation_loss)
  );
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
      // A single report makes no line.
      reports.length === 1 ? Plot.dot(reports, { x: "step", y: "loss", r: 2.5, fill: LOSS }) : null,
      Plot.dot(validated, {
        x: "step",
        y: "validation_loss",
        r: 3.6,
        fill: VALIDATION,
        stroke: "white",
        strokeWidth: 0.8,
      }),
    ],
  });
  const last = validated.at(-1);
  const done = reports.at(-1)!.step;
  const summary = [
    `${done < steps ? `${count(done)} of ` : ""}${count(steps)} steps on ${device}`,
    ...last ? [`validation ${number(last.validation_loss, 3)}`] : [],
  ].join(", ");
  const name = truncate(stage, 110, SIZE.panel);
  return text(0, 14, name, { size: SIZE.panel, weight: 600 }) +
    text(width - 12, 14, truncate(summary, width - 130, SIZE.small), {
      size: SIZE.small,
      colour: MUTED,
      anchor: "end",
    }) +
    `<g transform="translate(0,14)">${plot}</g>`;
}

/** Powers of ten, or finer steps until at least three fit; evenly spaced in a narrow range. */
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

/** Removes rounding errors. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

function decades(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  return Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => first + i);
}
