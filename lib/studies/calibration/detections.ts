/** Which planted violations a judge found, and which correct clips it accused. */
import type { Scene } from "../../benchmark/mini.ts";
import type { Criterion } from "../../records/criterion.ts";
import type { Scale } from "../../records/task.ts";
import type { Verdict } from "../../records/verdict.ts";
import type { Violation } from "../../sim/types.ts";
import { world } from "../../worlds/mod.ts";

/** The clips of one world with one thing planted in them, or nothing. */
export interface Detection {
  judge: string;
  world: string;
  scale: Scale;
  /** Name of the violation; empty for correct clips. */
  planted: string;
  clips: number;
  /** Clips that fail at least one scientific criterion. */
  faulted: number;
  /** The measures of the scientific criteria that failed in them, the most frequent first. */
  by: string[];
}

/**
 * The violation that the model `violator` plants in a scene: its world's number `seed` modulo how many
 * it has.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { plantedIn } from "./detections.ts";
 *
 * assertEquals(plantedIn({ world: "vessel-flow", parameters: {} }, 3).name, "plug-flow");
 * ```
 */
export function plantedIn(scene: Scene, seed: number): Violation {
  const { violations } = world(scene.world);
  return violations[seed % violations.length];
}

/**
 * Counts, per judge, world and planted violation, the clips of `simulator` and `violator` that fail a
 * scientific criterion: a positive one not met, or a penalty met. Unjudged criteria fail nobody.
 *
 * @param criteria Under repaired keys.
 * @param scenes World and parameters by task number.
 * @param seeds Only clips of the seeds 0 to `seeds` − 1 are counted.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { detections } from "./detections.ts";
 *
 * assertEquals(detections([], [], new Map(), 2), []);
 * ```
 */
export function detections(
  criteria: readonly Criterion[],
  verdicts: readonly Verdict[],
  scenes: ReadonlyMap<number, Scene>,
  seeds: number,
): Detection[] {
  const keyOf = ({ task, dimension, criterion }: Criterion | Verdict) =>
    `${task}/${dimension}/${criterion}`;
  const asked = new Map(criteria.map((criterion) => [keyOf(criterion), criterion]));
  const scientific = verdicts.flatMap((verdict) => {
    const scene = scenes.get(verdict.task);
    const criterion = asked.get(keyOf(verdict));
    const known = verdict.model === "simulator" || verdict.model === "violator";
    if (!scene || !criterion || !known) return [];
    if (verdict.dimension !== "scientific" || verdict.seed >= seeds) return [];
    const planted = verdict.model === "violator" ? plantedIn(scene, verdict.seed).name : "";
    return [{ verdict, criterion, world: scene.world, planted }];
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

/** The measure that a criterion is bound to; its own words where it is bound to none. */
function measureOf({ probe, description }: Criterion): string {
  return probe === "" ? description : JSON.parse(probe).measure;
}
