/** Statistics: the composition of a benchmark. */
import { defineTable, type TableSchema } from "../store/schema.ts";

/** A counted or measured quantity: a row of the table `stats`. */
export interface Statistic {
  /** The benchmark's name. */
  benchmark: string;
  /** The quantity: see {@link benchmarkStatistics}. */
  statistic: string;
  /** The part of the benchmark: a scale, a dimension with a sign, a weight, a quantile. */
  group: string;
  /** The value. */
  value: number;
  /** Its unit. */
  unit: string;
  /** The paper's value of the same quantity; null if not reported. */
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
