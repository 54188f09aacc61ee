/** What is known beforehand of the criteria of simulated clips, so that a judge can be tested. */
import { CONTROLS, type Rubric } from "../../worlds/rubric.ts";

/** Whether a planted fault is one that any clip can be spoilt by, not a violation of a world. */
export function isControl(violation: string): boolean {
  return (CONTROLS as readonly string[]).includes(violation);
}

/**
 * Whether a criterion of a simulated clip is truly met. It is argued from the physics and the wording of
 * the criteria, never taken from what a judge measured:
 *
 * - In a true world every positive criterion is met and every penalty is not: the rubric is written so.
 * - A planted violation breaks the criteria that the rubric declares `broken` (positives become unmet,
 *   penalties met), leaves open those that it declares `uncertain`, and leaves all others true.
 * - Of a control only what the rubric declares `broken` is certain. Whether a picture that stands still
 *   earns what it shows well is for the judge's rule to say, not a fact.
 *
 * @param rubric The world's.
 * @param violation What was planted; empty for a true clip.
 * @returns Null where it is not certain, and for what the rubric does not know.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { openRubric } from "../../worlds/rubric.ts";
 * import { knownTruth } from "./truth.ts";
 *
 * const rubric = await openRubric("vessel-flow");
 * const slip = { id: "no-slip", sign: 1 } as const;
 * assertEquals(knownTruth(rubric, "", slip), true);
 * assertEquals(knownTruth(rubric, "plug-flow", slip), false);
 * ```
 */
export function knownTruth(
  rubric: Rubric,
  violation: string,
  { id, sign }: { id: string; sign: 1 | -1 },
): boolean | null {
  if (!rubric.criteria.some((criterion) => criterion.id === id)) return null;
  const [asTrue, asBroken] = [sign > 0, sign < 0];
  if (violation === "") return asTrue;
  if (isControl(violation)) {
    const { broken } = rubric.controls[violation as typeof CONTROLS[number]];
    return broken.some((each) => each.id === id) ? asBroken : null;
  }
  if (!Object.hasOwn(rubric.violations, violation)) return null;
  const { broken, uncertain } = rubric.violations[violation];
  if (broken.some((each) => each.id === id)) return asBroken;
  return uncertain.some((each) => each.id === id) ? null : asTrue;
}
