/** A text summary of a judge's calibration for the terminal. */
import { columns } from "../../columns.ts";
import { type Dimension, DIMENSIONS } from "../../records/criterion.ts";
import type { Calibration, ReliabilityMeasure } from "../../records/calibration.ts";

/** Reliability by dimension, then errors found and false alarms by kind of clip. */
export function calibrationText(rows: readonly Calibration[]): string {
  const everywhere = rows.filter(({ world }) => world === "all");
  const [{ judge, judge_model }] = rows;
  const dimensions = (["all", ...DIMENSIONS] as (Dimension | "all")[]).flatMap((dimension) =>
    everywhere.filter((row) => row.dimension === dimension && row.kind === "all")
  );
  const kinds = everywhere.filter(({ dimension, kind }) => dimension === "all" && kind !== "all");
  return [
    `\n${judge} (${judge_model}) on clips with known ground truth, with 95% intervals over tasks`,
    ...columns([
      ["dimension", "sensitivity", "specificity", "macro-F1", "κ", "judged", "nulls"],
      ...dimensions.map((row) => [
        row.dimension,
        interval(row, "sensitivity"),
        interval(row, "specificity"),
        interval(row, "macro_f1"),
        interval(row, "kappa"),
        String(row.judged),
        String(row.nulls),
      ]),
    ]),
    "",
    ...columns([
      [
        "dimension",
        "errors found",
        "false alarms",
        "credits blanks",
        "same verdict",
        "α of repeats",
      ],
      ...dimensions.map((row) => [
        row.dimension,
        interval(row, "errors_found"),
        interval(row, "false_alarms"),
        number(row.blank_credit),
        number(row.repeatability),
        number(row.repeat_alpha),
      ]),
    ]),
    "",
    ...columns([
      ["clips", "n", "errors found", "false alarms", "judged", "nulls"],
      ...kinds.map((row) => [
        row.kind,
        String(row.clips),
        interval(row, "errors_found"),
        interval(row, "false_alarms"),
        String(row.judged),
        String(row.nulls),
      ]),
    ]),
    "",
  ].join("\n");
}

function interval(row: Calibration, measure: ReliabilityMeasure): string {
  const [low, high] = [row[`${measure}_low`], row[`${measure}_high`]];
  const value = number(row[measure]);
  return low === null || high === null ? value : `${value} [${number(low)}, ${number(high)}]`;
}

function number(value: number | null): string {
  return value === null ? "–" : value.toFixed(3);
}
