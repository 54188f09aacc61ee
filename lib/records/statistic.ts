/** Statistics: what a benchmark is made of. */
import { defineTable } from "../store/schema.ts";

/** One counted or measured figure: a row of the table `stats`. */
export interface Statistic {
  benchmark: string;
  /** What is counted: see {@link benchmarkStatistics}. */
  statistic: string;
  /** Which part of it: a scale, a dimension with a sign, a weight, a quantile. */
  group: string;
  value: number;
  unit: string;
  /** The paper's figure for the same; null where it gives none. */
  paper: number | null;
}

/** The table `stats`. */
export const statsTable = defineTable<Statistic>({
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
