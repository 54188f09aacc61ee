/** Planted violations, and the verdicts that detected them. */
import type { Criterion } from "../records/criterion.ts";
import type { Scale } from "../records/task.ts";
import type { Verdict } from "../records/verdict.ts";
import { type Violation, VIOLATION_KINDS } from "../sim/types.ts";
import { world } from "../worlds/all.ts";
import type { Clip } from "../records/clip.ts";
import { judgedCriteria, type JudgedCriterion } from "./judged.ts";

/** A clip with a planted violation, and the errors that one judge found in it. */
export interface PlantedClip {
  /** The simulated world. */
  world: string;
  /** The world's scale. */
  scale: Scale;
  /** The planted violation. */
  violation: Violation;
  /** The clip's row. */
  clip: Clip;
  /** The criteria that it fails, of all dimensions, with their evidence. */
  failed: JudgedCriterion[];
}

/** The tables of a run that {@link plantedClips} reads. */
export interface PlantedTables {
  /** The benchmark's criteria. */
  criteria: readonly Criterion[];
  /** Clips of any model; only simulated ones count. */
  clips: readonly Clip[];
  /** Verdicts of one judge. */
  verdicts: readonly Verdict[];
  /** The judge's name. */
  judge: string;
}

/**
 * For every violation planted in simulated clips, the first clip with it, by task and seed; ordered
 * by the kind of violation, then by world.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { plantedClips } from "./planted.ts";
 *
 * const none = { criteria: [], clips: [], verdicts: [], judge: "probe" };
 * assertEquals(plantedClips(none), []);
 * ```
 */
export function plantedClips(
  { criteria, clips, verdicts, judge }: PlantedTables,
): PlantedClip[] {
  const planted = clips.toSorted((a, b) => a.task - b.task || a.seed - b.seed)
    .flatMap((clip) => {
      if (clip.world === "") return [];
      const { violations } = world(clip.world);
      const violation = violations.find(({ name }) => name === clip.violation);
      return violation ? [{ clip, world: clip.world, violation }] : [];
    });
  const first = Map.groupBy(planted, ({ world, violation }) => `${world}/${violation.name}`);
  const kindOf = ({ violation }: typeof planted[number]) => VIOLATION_KINDS.indexOf(violation.kind);
  return [...first.values()].map(([clip]) => clip)
    .toSorted((a, b) => kindOf(a) - kindOf(b))
    .map((row) => {
      const { model, task, seed } = row.clip;
      const judged = judgedCriteria(criteria, verdicts, { judge, model, task, seed });
      const failed = judged.filter((criterion) => criterion.failed);
      return { ...row, scale: world(row.world).scale, failed };
    });
}
