/** Findings: what is wrong with a benchmark. */
import { defineTable } from "../store/schema.ts";
import type { Dimension } from "./criterion.ts";

/** Something wrong with a benchmark: a row of the table `findings`. `task` 0 is the whole of it. */
export interface Finding {
  benchmark: string;
  task: number;
  /** Empty where the finding is about a task as a whole. */
  dimension: Dimension | "";
  /** The criterion's own key number; 0 where the finding is about a block or a task. */
  criterion: number;
  kind: string;
  detail: string;
}

/** The table `findings`. */
export const findingsTable = defineTable<Finding>({
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
