/** Statistics: what a benchmark is made of. */
import { defineTable, type TableSchema } from "../store/schema.ts";

/** One counted or measured figure: a row of the table `stats`. */
export interface Statistic {
  /** The benchmark's name. */
  benchmark: string;
  /** What is counted: see {@link benchmarkStatistics}. */
  statistic: string;
  /** Which part of it: a scale, a dimension with a sign, a weight, a quantile. */
  group: string;
  /** The figure. */
  value: number;
  /** Its unit. */
  unit: string;
  /** The paper's figure for the same; null where it gives none. */
  paper: number | null;
}

/** The table `stats`. */
export const statsTable: TableSchema<Statistic> = defineTable({
  name: "stats",
  columns: {
    benchmark: "utf8",
    statistic: "utf8",
    group: "utf8",
    value: "float64",
    unit: "utf8",
    paper: "float64?",
  },
  identity: ["benchmark", "statistic", "group"],
});
