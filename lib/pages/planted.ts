/** Clips with planted violations: their frames, and the verdicts that detected them. */
import type { Criterion } from "../records/criterion.ts";
import type { Scale } from "../records/task.ts";
import { frameSheet } from "../figures/frame_sheet.ts";
import type { Verdict } from "../records/verdict.ts";
import { type Violation, VIOLATION_KINDS } from "../sim/types.ts";
import { world } from "../worlds/all.ts";
import type { Clip } from "../records/clip.ts";
import { sampleFrames } from "../video/sample.ts";
import { judgedCriteria, type JudgedCriterion } from "./judged.ts";

/** A clip with a planted violation, and the errors that one judge found in it. */
export interface PlantedClip {
  world: string;
  scale: Scale;
  violation: Violation;
  clip: Clip;
  /** The criteria that it fails, of all dimensions, with their evidence. */
  failed: JudgedCriterion[];
}

/** The tables of a run that {@link plantedClips} reads. */
export interface PlantedTables {
  criteria: readonly Criterion[];
  clips: readonly Clip[];
  verdicts: readonly Verdict[];
}

/**
 * For every violation planted in simulated clips, the first clip with it, by task and seed; ordered
 * by the kind of violation, then by world.
 *
 * @param judge The judge whose verdicts are included.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { plantedClips } from "./planted.ts";
 *
 * const none = { criteria: [], clips: [], verdicts: [] };
 * assertEquals(plantedClips(none, "probe"), []);
 * ```
 */
export function plantedClips(
  { criteria, clips, verdicts }: PlantedTables,
  judge: string,
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

/**
 * A film strip as a JPEG file: frames of a violated clip in a row, with the planted violation.
 *
 * @param folder The run's folder.
 * @param columns Number of frames, at the positions that the released evaluation would sample.
 *
 * @throws {InputError} if the clip cannot be read.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { filmStrip, type PlantedClip } from "./planted.ts";
 *
 * const violation = { name: "plug-flow", kind: "physical-law" as const, description: "one speed" };
 * const clip = { path: "no-such.mp4", task: 1, seed: 0 } as PlantedClip["clip"];
 * const planted = { world: "vessel-flow", scale: "organ" as const, violation, clip, failed: [] };
 * await assertInputError(() => filmStrip("/tmp", planted), "no-such.mp4");
 * ```
 */
export async function filmStrip(
  folder: string,
  { world, violation, clip }: Omit<PlantedClip, "failed" | "scale">,
  columns = 6,
): Promise<Uint8Array> {
  const { frames, positions, fps, width, height } = await sampleFrames(`${folder}/${clip.path}`, {
    count: columns,
  });
  return await frameSheet({
    title: `${violation.name} (${violation.kind.replaceAll("-", " ")})`,
    subtitle: `Planted: ${violation.description}.`,
    width,
    height,
    columns: positions.map((position) => `${(position / fps).toFixed(2)} s`),
    rows: [{ name: world, note: `task ${clip.task}, seed ${clip.seed}`, frames }],
  });
}
