/** The tables of this room. */
import { defineTable } from "../store/schema.ts";
import type { Criterion, Finding, Task } from "../records/benchmark.ts";

export const tasksTable = defineTable<Task>({
  name: "tasks",
  columns: {
    benchmark: "utf8",
    task: "int32",
    scale: "utf8",
    prompt: "utf8",
    requirement: "utf8",
    source: "utf8",
  },
  identity: ["benchmark", "task"],
});

export const criteriaTable = defineTable<Criterion>({
  name: "criteria",
  columns: {
    benchmark: "utf8",
    task: "int32",
    dimension: "utf8",
    criterion: "int32",
    description: "utf8",
    sign: "int32",
    weight: "float64",
    raw_weight: "float64",
    probe: "utf8",
  },
  identity: ["benchmark", "task", "dimension", "criterion"],
});

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
