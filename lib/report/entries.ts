/** The figures of the report: a line for each file. */
export { argument, dataset, failures, ranks, rules, trust } from "./figures.ts";
