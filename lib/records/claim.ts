/** Claims: the paper's argument, tested. */
import { defineTable, type TableSchema } from "../store/schema.ts";

/** The outcome of a claim: its interval lies above 0, below 0, or contains it or is missing. */
export type Standing = "supported" | "not supported" | "undecided";

/** A claim that one mean exceeds another: a row of the table `claims`. */
export interface DomainClaim {
  /** Name of the scoring rule. */
  rule: string;
  /** The judge's name. */
  judge: string;
  /** `a`, `b` or `c`, as in {@link domainClaims}. */
  claim: string;
  /** The claim in words. */
  says: string;
  /** The first mean minus the second, in points, over tasks scored in both. */
  difference: number;
  /** 95% bootstrap interval of the difference; null for fewer than five tasks. */
  ci_low: number | null;
  /** Upper end of the interval. */
  ci_high: number | null;
  /** Number of tasks scored for both models. */
  tasks: number;
  /** The outcome. */
  standing: Standing;
}

/** The table `claims`. */
export const claimsTable: TableSchema<DomainClaim> = defineTable({
  name: "claims",
  columns: {
    rule: "utf8",
    judge: "utf8",
    claim: "utf8",
    says: "utf8",
    difference: "float64",
    ci_low: "float64?",
    ci_high: "float64?",
    tasks: "int32",
    standing: "utf8",
  },
  identity: ["rule", "judge", "claim", "says"],
});
