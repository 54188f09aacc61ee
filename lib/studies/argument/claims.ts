/**
 * The paper's argument as claims about scores: domain data improves fidelity more than model size
 * does.
 */
import type { Dimension } from "../../records/criterion.ts";
import type { DomainClaim, Standing } from "../../records/claim.ts";
import { comparePaired } from "../../scores/summary.ts";
import type { Score } from "../../records/score.ts";

/** The models compared in the claims. */
export interface ClaimedModels {
  /** Fine-tuned on the domain. */
  tuned: string;
  /** The model that it was fine-tuned from. */
  base: string;
  /** A larger model without domain data. */
  larger: string;
}

/** The embedded models that the paper's argument is put to the test with. */
export const CLAIMED: ClaimedModels = { tuned: "nano", base: "s-base", larger: "l-base" };

/**
 * The claims, each with a 95% interval paired over tasks:
 * - `a`: for a model without domain data, visual quality exceeds scientific fidelity (one claim for
 * each of the two);
 * - `b`: the fine-tuned model's scientific fidelity exceeds that of its base;
 * - `c`: and that of the larger model.
 *
 * @param scores Of one rule and judge. Claims about models without scores are omitted.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { domainClaims } from "./claims.ts";
 * import type { Score } from "../../records/score.ts";
 *
 * const row = { rule: "repaired", judge: "probe", seed: 0, low: 0, high: 100, judged: 3, criteria: 3 };
 * const scores = [1, 2, 3, 4, 5].flatMap((task): Score[] => [
 *   { ...row, task, model: "nano", dimension: "scientific", score: 60 + task },
 *   { ...row, task, model: "s-base", dimension: "scientific", score: 20 + task },
 * ]);
 * const models = { tuned: "nano", base: "s-base", larger: "l-base" };
 * const [{ claim, difference, standing }] = domainClaims(scores, models);
 * assertEquals([claim, difference, standing], ["b", 40, "supported"]);
 * ```
 */
export function domainClaims(
  scores: readonly Score[],
  { tuned, base, larger }: ClaimedModels,
): DomainClaim[] {
  const exceeds = (claim: string, says: string, first: Side, second: Side): DomainClaim[] => {
    const [ours, theirs] = [first, second].map(({ model, dimension }) =>
      scores.filter((row) => row.model === model && row.dimension === dimension)
        .map((row): Score => ({ ...row, dimension: "total" }))
    );
    const found = comparePaired(ours, theirs, "all", []);
    if (!found) return [];
    const { difference, ci_low, ci_high, tasks } = found;
    const { rule, judge } = ours[0];
    const standing = standingOf(ci_low, ci_high);
    return [{ rule, judge, claim, says, difference, ci_low, ci_high, tasks, standing }];
  };
  const science = (model: string): Side => ({ model, dimension: "scientific" });
  return [
    ...[base, larger].flatMap((model) =>
      exceeds(
        "a",
        `visual quality of ${model} exceeds its scientific fidelity`,
        { model, dimension: "visual" },
        science(model),
      )
    ),
    ...[["b", base], ["c", larger]].flatMap(([claim, other]) =>
      exceeds(
        claim,
        `scientific fidelity of ${tuned} exceeds that of ${other}`,
        science(tuned),
        science(other),
      )
    ),
  ];
}

interface Side {
  model: string;
  dimension: Dimension;
}

function standingOf(low: number | null, high: number | null): Standing {
  if (low === null || high === null) return "undecided";
  if (low > 0) return "supported";
  return high < 0 ? "not supported" : "undecided";
}
