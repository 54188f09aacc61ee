/** Findings: what is wrong with a benchmark. */
import { defineTable, type TableSchema } from "../store/schema.ts";
import type { Dimension } from "./criterion.ts";

/** Something wrong with a benchmark: a row of the table `findings`. `task` 0 is the whole of it. */
export interface Finding {
  /** The benchmark's name. */
  benchmark: string;
  /** The task's number; 0 for the benchmark as a whole. */
  task: number;
  /** Empty where the finding is about a task as a whole. */
  dimension: Dimension | "";
  /** The criterion's own key number; 0 where the finding is about a block or a task. */
  criterion: number;
  /** What is wrong, in a word; see `FINDING_KINDS`. */
  kind: string;
  /** What is wrong here. */
  detail: string;
}

/** The table `findings`. */
export const findingsTable: TableSchema<Finding> = defineTable({
  name: "findings",
  columns: {
    benchmark: "utf8",
    task: "int32",
    dimension: "utf8",
    criterion: "int32",
    kind: "utf8",
    detail: "utf8",
  },
  identity: ["benchmark", "kind", "task", "dimension", "criterion", "detail"],
});
