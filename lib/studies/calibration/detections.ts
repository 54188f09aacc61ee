/** Planted violations detected by a judge, and correct clips that it faulted. */
import { type Clip, clipIdOf } from "../../records/clip.ts";
import type { Criterion } from "../../records/criterion.ts";
import type { Scale } from "../../records/task.ts";
import type { Verdict } from "../../records/verdict.ts";
import { world } from "../../worlds/all.ts";
import { isControl } from "./truth.ts";

/** The clips of one world with the same planted violation, or none. */
export interface Detection {
  /** The judge's name. */
  judge: string;
  /** The simulated world. */
  world: string;
  /** The world's scale. */
  scale: Scale;
  /** Name of the violation; empty for correct clips. */
  planted: string;
  /** Number of clips that it judged. */
  clips: number;
  /** Number of clips that fail at least one scientific criterion. */
  faulted: number;
  /** The measures of the scientific criteria that failed, most frequent first. */
  by: string[];
}

/**
 * Counts, per judge, world and planted violation, the simulated clips that fail a scientific
 * criterion: a positive one not met, or a penalty met. Unjudged criteria do not fail.
 *
 * @param clips The run's clips; only simulated ones count.
 * @param seeds Only clips with seeds from 0 to `seeds` − 1 count.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { detections } from "./detections.ts";
 *
 * assertEquals(detections([], [], [], 2), []);
 * ```
 */
export function detections(
  criteria: readonly Criterion[],
  verdicts: readonly Verdict[],
  clips: readonly Pick<Clip, "model" | "task" | "seed" | "world" | "violation">[],
  seeds: number,
): Detection[] {
  const asked = new Map(criteria.map((row) => [`${row.task}/${row.id}`, row]));
  const simulated = new Map(
    clips.filter(({ world }) => world !== "").map((clip) => [clipIdOf(clip), clip]),
  );
  const scientific = verdicts.flatMap((verdict) => {
    const criterion = asked.get(`${verdict.task}/${verdict.id}`);
    const clip = simulated.get(clipIdOf(verdict));
    if (!criterion || !clip || isControl(clip.violation)) return [];
    if (verdict.dimension !== "scientific" || verdict.seed >= seeds) return [];
    return [{ verdict, criterion, world: clip.world, planted: clip.violation }];
  });
  const groups = Map.groupBy(
    scientific,
    ({ verdict, world, planted }) => JSON.stringify([verdict.judge, world, planted]),
  );
  return [...groups.values()].map((rows): Detection => {
    const [{ verdict: { judge }, world: name, planted }] = rows;
    const clipOf = ({ verdict }: typeof rows[number]) => `${verdict.task} ${verdict.seed}`;
    const failed = rows.filter(({ verdict, criterion }) =>
      verdict.met !== null && verdict.met === (criterion.sign < 0)
    );
    const measures = [...Map.groupBy(failed, ({ criterion }) => measureOf(criterion))];
    return {
      judge,
      world: name,
      scale: world(name).scale,
      planted,
      clips: new Set(rows.map(clipOf)).size,
      faulted: new Set(failed.map(clipOf)).size,
      by: measures.toSorted((a, b) => b[1].length - a[1].length).map(([measure]) => measure),
    };
  });
}

/** The measure that a criterion is bound to, or its text if it is not bound. */
function measureOf({ probe, description }: Criterion): string {
  return probe === "" ? description : JSON.parse(probe).measure;
}
