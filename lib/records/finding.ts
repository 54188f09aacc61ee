/** Findings: defects of a benchmark. */
import { defineTable, type TableSchema } from "../store/schema.ts";
import type { Dimension } from "./criterion.ts";

/**
 * A defect of a benchmark: a row of the table `findings`. Task 0 stands for the whole benchmark.
 */
export interface Finding {
  /** The benchmark's name. */
  benchmark: string;
  /** The task's number; 0 for the benchmark as a whole. */
  task: number;
  /** Empty if the finding concerns a task as a whole. */
  dimension: Dimension | "";
  /** The number in the criterion's key; 0 if the finding concerns a block or a task. */
  criterion: number;
  /** The kind of defect; see `FINDING_KINDS`. */
  kind: string;
  /** Details of the defect. */
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
