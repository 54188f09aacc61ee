/** Verdicts on simulated clips, joined with the ground truth. */
import type { LoadedBenchmark } from "../../benchmark/loaded.ts";
import { InputError } from "../../errors.ts";
import type { Calibration } from "../../records/calibration.ts";
import { type Clip, clipIdOf } from "../../records/clip.ts";
import type { Criterion } from "../../records/criterion.ts";
import type { Verdict } from "../../records/verdict.ts";
import type { Rubric } from "../../worlds/rubric.ts";
import { type KnownVerdict, reliability } from "./reliability.ts";
import { knownTruth } from "./truth.ts";

/** The clips, criteria and rubrics that the truth is derived from. */
export interface KnownClips {
  clips: readonly Pick<Clip, "model" | "task" | "seed" | "world" | "violation">[];
  criteria: readonly Criterion[];
  /** By world. */
  rubrics: ReadonlyMap<string, Rubric>;
}

/**
 * The verdicts on simulated clips with their ground truth; verdicts on other clips are skipped.
 *
 * @param repeat The repeat of these verdicts, from 0.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import type { Verdict } from "../../records/verdict.ts";
 * import { knownVerdicts } from "./known_verdicts.ts";
 *
 * const wan = { model: "wan", task: 1, seed: 0, world: "", violation: "" };
 * const known = { clips: [wan], criteria: [], rubrics: new Map() };
 * assertEquals(knownVerdicts([{ model: "wan", task: 1, seed: 0 } as Verdict], 0, known), []);
 * ```
 */
export function knownVerdicts(
  verdicts: readonly Verdict[],
  repeat: number,
  { clips, criteria, rubrics }: KnownClips,
): KnownVerdict[] {
  const asked = new Map(criteria.map((row) => [`${row.task}/${row.id}`, row]));
  const simulated = new Map(
    clips.filter(({ world }) => rubrics.has(world)).map((clip) => [clipIdOf(clip), clip]),
  );
  return verdicts.flatMap((verdict): KnownVerdict[] => {
    const { task, seed, id, dimension, met } = verdict;
    const criterion = asked.get(`${task}/${id}`);
    const clip = simulated.get(clipIdOf(verdict));
    if (!criterion || !clip) return [];
    const { world, violation } = clip;
    const truth = knownTruth(rubrics.get(world)!, violation, criterion);
    const sign = criterion.sign;
    return [{ world, violation, task, seed, id, dimension, sign, truth, repeat, met }];
  });
}

/**
 * The reliability of one judge of a run, from the run's clips with known ground truth.
 *
 * @returns Rows as in the table `calibration`; none if the run has no such clips.
 * @throws {InputError} if the verdicts are of several judges.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { openBenchmark } from "../../benchmark/registry.ts";
 * import { runReliability } from "./known_verdicts.ts";
 *
 * assertEquals(runReliability(await openBenchmark("mini"), [], []), []);
 * ```
 */
export function runReliability(
  { benchmark, rubrics }: LoadedBenchmark,
  clips: readonly Clip[],
  verdicts: readonly Verdict[],
): Calibration[] {
  if (!rubrics || verdicts.length === 0) return [];
  const judges = new Set(verdicts.map(({ judge }) => judge));
  if (judges.size > 1) {
    throw new InputError(
      `Cannot assess a judge's reliability: found verdicts of ${[...judges].join(", ")}; ` +
        "expected one judge",
    );
  }
  const [{ judge, judge_model }] = verdicts;
  const known = knownVerdicts(verdicts, 0, { clips, criteria: benchmark.criteria, rubrics });
  return reliability(judge, judge_model, known);
}
