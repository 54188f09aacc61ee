/** Scoring rules are data: they can be inspected, listed, and varied one part at a time. */
import type { KeyReading } from "../benchmark/keys.ts";
import { InputError } from "../errors.ts";

/** A rule for turning verdicts into scores. */
export interface Rule {
  /** The name used in flags and tables. */
  readonly name: string;
  /**
   * `as-released` finds no criteria in mis-keyed blocks; `repaired` renumbers each block 1, 2, ….
   */
  readonly keys: KeyReading;
  /** The weights that are used. */
  readonly weights: "normalised" | "raw" | "equal";
  /** Whether scores below 0 become 0. */
  readonly clamped: boolean;
  /** `drop-task` excludes a task with an entirely unjudged dimension; `bounds` keeps it. */
  readonly missing: "drop-task" | "bounds";
}

/** The named rules. `release` is the released script's, `paper` the published formula. */
export const RULES: readonly Rule[] = [
  { name: "repaired", keys: "repaired", weights: "normalised", clamped: true, missing: "bounds" },
  {
    name: "release",
    keys: "as-released",
    weights: "normalised",
    clamped: true,
    missing: "drop-task",
  },
  { name: "paper", keys: "repaired", weights: "normalised", clamped: false, missing: "drop-task" },
  { name: "repaired-raw", keys: "repaired", weights: "raw", clamped: true, missing: "bounds" },
  { name: "repaired-equal", keys: "repaired", weights: "equal", clamped: true, missing: "bounds" },
];

/** The default rule. */
export const DEFAULT_RULE = "repaired";

/**
 * Finds a rule by name.
 *
 * @throws {InputError} for an unknown name, listing the known ones.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { ruleNamed } from "./rules.ts";
 *
 * assertEquals(ruleNamed("release").keys, "as-released");
 * ```
 */
export function ruleNamed(name: string): Rule {
  const rule = RULES.find((candidate) => candidate.name === name);
  if (!rule) {
    const names = RULES.map((candidate) => candidate.name).join(", ");
    throw new InputError(`Unknown scoring rule ${name}; expected one of ${names}`);
  }
  return rule;
}
