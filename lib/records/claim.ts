/** Claims: the paper's argument, tested. */
import { defineTable } from "../store/schema.ts";

/** The outcome of a claim: its interval lies above 0, below 0, or contains it. */
export type Standing = "supported" | "not supported" | "undecided";

/** A claim that one mean exceeds another: a row of the table `claims`. */
export interface DomainClaim {
  rule: string;
  judge: string;
  /** `a`, `b` or `c`, as in {@link domainClaims}. */
  claim: string;
  /** The claim in words. */
  says: string;
  /** The first mean minus the second, in points, over tasks scored in both. */
  difference: number;
  ci_low: number;
  ci_high: number;
  tasks: number;
  standing: Standing;
}

/** The table `claims`. */
export const claimsTable = defineTable<DomainClaim>({
  name: "claims",
  columns: {
    rule: "utf8",
    judge: "utf8",
    claim: "utf8",
    says: "utf8",
    difference: "float64",
    ci_low: "float64",
    ci_high: "float64",
    tasks: "int32",
    standing: "utf8",
  },
  identity: ["rule", "judge", "claim", "says"],
});
