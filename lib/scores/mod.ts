/** Verdicts → scores: rules, bounds, intervals, comparisons, failures. */
export {
  type Failure,
  type FailureRate,
  failureRates,
  failures,
  mostFailed,
  type TopFailure,
} from "./failures.ts";
export { compareRaters } from "./agreement.ts";
export { knownTruth, parseDeclared } from "./known_truth.ts";
export { calibrationTable, reliability } from "./reliability.ts";
export { claimsTable, type DomainClaim, domainClaims } from "./domain_claims.ts";
export { bootstrapMean, type Interval } from "./interval.ts";
export { type PerfectScore, perfectScores } from "./perfect.ts";
export { DEFAULT_RULE, type Rule, ruleNamed, RULES } from "./rules.ts";
export { scoreVerdicts } from "./score.ts";
export { comparePaired, type Comparison, GROUPS, summarise } from "./summary.ts";
export { scoresTable, summaryTable } from "./tables.ts";
export type { Group, Score, Summary } from "./types.ts";
