import * as Plot from "@observablehq/plot";
import { type Dimension, DIMENSIONS } from "../../records/criterion.ts";
import { InputError } from "../../errors.ts";
import type { Calibration } from "../../records/calibration.ts";
import { compose, draw, type Panel } from "../../figures/compose.ts";
import {
  count,
  DIMENSION_NAME,
  EMPTY,
  INK,
  number,
  RAMP,
  SIZE,
  WIDTH,
} from "../../figures/look.ts";
import { labelSpace } from "../../figures/text.ts";

/** A world with its possible violations. */
export interface WorldLabel {
  world: string;
  /** Names of its violations, with their kinds. */
  violations: readonly { name: string; kind: string }[];
}

/** One number of the figure. */
interface Cell {
  line: string;
  group: string;
  column: string;
  /** 0–1; null if nothing was judged. */
  value: number | null;
  /** Distance from the ideal value, 0–1. */
  wrong: number | null;
}

const LINE = 30;
const HEAD = 54;
const AGREEMENT = [["sensitivity", "sensitivity"], ["specificity", "specificity"]] as const;
const ALARMS = "false alarms";
const PLANTED = "Errors found, and false alarms";

/**
 * An SVG figure of a judge's reliability in each world (rows): its sensitivity and specificity by
 * dimension, the share of errors that it finds by kind of violation, and false alarms on true
 * clips. If a world has several violations of a kind, their mean is shown. `rows` are one judge's;
 * worlds keep the order of `worlds`. Throws {@link InputError} if there are no rows of these
 * worlds, or several judges.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { type KnownVerdict, reliability } from "./reliability.ts";
 * import { calibrationByWorld } from "./figure_by_world.ts";
 *
 * const clip = { world: "valve", violation: "leak", task: 5, seed: 0, repeat: 0 };
 * const verdicts: KnownVerdict[] = [
 *   { ...clip, dimension: "scientific", id: "a", sign: 1, truth: false, met: false },
 * ];
 * const worlds = [{ world: "valve", violations: [{ name: "leak", kind: "physical-law" }] }];
 * const svg = calibrationByWorld(reliability("probe", "probe-1", verdicts), worlds);
 * assertOk(svg.includes(">valve<") && svg.includes(">100%<"));
 * ```
 */
export function calibrationByWorld(
  rows: readonly Calibration[],
  worlds: readonly WorldLabel[],
): string {
  const shown = worlds.filter(({ world }) => rows.some((row) => row.world === world));
  check(rows, shown);
  const [{ judge, judge_model, repeats }] = rows;
  const lines = shown.map(({ world }) => lineOf(world));
  const names = labelSpace(lines, SIZE.text, 190) + 16;
  const kinds = [...new Set(shown.flatMap(({ violations }) => violations.map(({ kind }) => kind)))];
  const agreement = shown.flatMap(({ world }) => agreementCells(rows, world));
  const planted = shown.flatMap((label) => plantedCells(rows, label, kinds));
  const height = lines.length * LINE + HEAD + 8;
  const wide = names + (WIDTH - names - 40) * 0.56;
  const panels: Panel[] = [
    {
      x: 20,
      y: 0,
      markup: matrix(agreement, {
        lines,
        groups: DIMENSIONS.map((dimension) => DIMENSION_NAME[dimension]),
        columns: AGREEMENT.map(([, column]) => column),
        width: wide,
        names,
      }),
    },
    {
      x: 20 + wide,
      y: 0,
      markup: matrix(planted, {
        lines,
        groups: [PLANTED],
        columns: [...kinds.map(spaced), ALARMS],
        width: WIDTH - 40 - wide,
        names: 0,
      }),
    },
  ];
  const judged = shown.map(({ world }) => rowOf(rows, world, "all", "all")?.judged ?? 0)
    .reduce((sum, n) => sum + n, 0);
  return compose({
    title: `Reliability of the judge ${judge} in each world`,
    subtitle: `${judge_model}: ${count(judged)} verdicts on clips with known ground truth` +
      (repeats > 1 ? `, in ${repeats} repeats` : "") +
      ". Sensitivity: share of truly met criteria judged met; specificity: of truly unmet ones judged unmet. " +
      "Darker is worse; – marks cells without verdicts.",
    panels,
    height,
  });
}

function check(rows: readonly Calibration[], shown: readonly WorldLabel[]): void {
  const judges = [...new Set(rows.map(({ judge, judge_model }) => `${judge} (${judge_model})`))];
  if (judges.length !== 1 || shown.length === 0) {
    throw new InputError(
      `Cannot draw a calibration by world: found ${rows.length} rows of judges ${
        judges.join(", ") || "(none)"
      } and of ${shown.length} worlds; expected rows of one judge and at least one world`,
    );
  }
}

function rowOf(
  rows: readonly Calibration[],
  world: string,
  dimension: Dimension | "all",
  kind: string,
): Calibration | undefined {
  return rows.find((row) =>
    row.world === world && row.dimension === dimension && row.kind === kind
  );
}

function agreementCells(rows: readonly Calibration[], world: string): Cell[] {
  return DIMENSIONS.flatMap((dimension) =>
    AGREEMENT.map(([measure, column]): Cell => {
      const value = rowOf(rows, world, dimension, "all")?.[measure] ?? null;
      return {
        line: lineOf(world),
        group: DIMENSION_NAME[dimension],
        column,
        value,
        wrong: value === null ? null : 1 - value,
      };
    })
  );
}

function plantedCells(
  rows: readonly Calibration[],
  { world, violations }: WorldLabel,
  kinds: readonly string[],
): Cell[] {
  const at = { line: lineOf(world), group: PLANTED };
  const found = kinds.map((kind): Cell => {
    const values = violations.filter((violation) => violation.kind === kind)
      .map(({ name }) => rowOf(rows, world, "all", name)?.errors_found ?? null)
      .filter((value) => value !== null);
    const value = values.length === 0
      ? null
      : values.reduce((sum, each) => sum + each, 0) / values.length;
    return { ...at, column: spaced(kind), value, wrong: value === null ? null : 1 - value };
  });
  const alarms = rowOf(rows, world, "all", "true")?.false_alarms ?? null;
  return [...found, { ...at, column: ALARMS, value: alarms, wrong: alarms }];
}

function lineOf(world: string): string {
  return spaced(world);
}

function spaced(name: string): string {
  return name.replaceAll("-", " ");
}

interface MatrixOptions {
  lines: readonly string[];
  groups: readonly string[];
  columns: readonly string[];
  width: number;
  /** Space for the names of the lines; 0 for none. */
  names: number;
}

function matrix(cells: readonly Cell[], options: MatrixOptions): string {
  const { lines, groups, columns, width, names } = options;
  const at = { fx: "group", x: "column", y: "line" } as const;
  return draw({
    width,
    height: lines.length * LINE + HEAD + 8,
    marginLeft: names + 4,
    marginRight: 0,
    marginTop: HEAD,
    marginBottom: 8,
    fx: { domain: groups, label: null, padding: 0.04, axis: null },
    x: { domain: columns, label: null, padding: 0.04, axis: null },
    y: { domain: lines, label: null, padding: 0.08, axis: null },
    color: { type: "linear", domain: [0, 0.1, 0.2, 0.3, 0.4, 0.5], range: [...RAMP], clamp: true },
    marks: [
      names === 0 ? null : Plot.axisY({ tickSize: 0, label: null }),
      Plot.axisX({
        anchor: "top",
        tickSize: 0,
        label: null,
        tickFormat: (column: string) => column.replace(" ", "\n"),
        fontSize: SIZE.small - 1,
      }),
      Plot.text(groups, {
        fx: (group: string) => group,
        frameAnchor: "top",
        dy: -HEAD + 12,
        text: (group: string) => group,
        fontSize: SIZE.small,
        fontWeight: 600,
      }),
      Plot.cell(cells.filter(({ wrong }) => wrong === null), { ...at, fill: EMPTY }),
      Plot.cell(cells.filter(({ wrong }) => wrong !== null), {
        ...at,
        fill: "wrong",
        stroke: "#d9d9d9",
        strokeWidth: 0.5,
      }),
      Plot.text(cells, {
        ...at,
        text: ({ value }: Cell) => value === null ? "–" : percent(value),
        fill: ({ wrong }: Cell) => wrong !== null && wrong > 0.34 ? "#ffffff" : INK,
        fontVariant: "tabular-nums",
      }),
    ],
  });
}

/** One decimal if a whole number would hide an error. */
function percent(value: number): string {
  const share = 100 * value;
  return `${number(share, share > 99 && share < 100 || share > 0 && share < 1 ? 1 : 0)}%`;
}
