/** The ground truth of criteria on simulated clips, for testing judges. */
import { CONTROLS, type Rubric } from "../../worlds/rubric.ts";

/**
 * Whether a planted fault is a control, which applies to any clip, rather than a violation of a
 * world.
 */
export function isControl(violation: string): boolean {
  return (CONTROLS as readonly string[]).includes(violation);
}

/**
 * Whether a criterion of a simulated clip is truly met. This is derived from the physics and the
 * wording of the criteria, never from a judge's measurements:
 *
 * - In a true world every positive criterion is met and every penalty is not: the rubric is written
 * so.
 * - A planted violation breaks the criteria that the rubric declares `broken` (positives become
 * unmet, penalties met), leaves open those declared `uncertain`, and leaves all others true.
 * - For a control only the criteria declared `broken` are certain. Whether a still picture earns
 * credit for what it shows well is up to the judge's rule, not a fact.
 *
 * @param rubric The world's rubric.
 * @param violation The planted violation or control; empty for a true clip.
 * @returns Null if uncertain, and for criteria or violations unknown to the rubric.
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
