/** Verdicts on simulated clips, each beside what is true. */
import { readKeys } from "../../benchmark/keys.ts";
import type { Scene } from "../../benchmark/mini.ts";
import type { Criterion } from "../../records/criterion.ts";
import { InputError } from "../../errors.ts";
import { jsonFiles } from "../../json_files.ts";
import type { Verdict } from "../../records/verdict.ts";
import { PROJECT } from "../../paths.ts";
import { type KnownTruth, knownTruth, parseDeclared } from "./truth.ts";
import type { Calibration } from "../../records/calibration.ts";
import { type KnownVerdict, reliability } from "./reliability.ts";
import type { LoadedBenchmark } from "../../runs/benchmark.ts";
import { plantedIn } from "./detections.ts";

/** What is known of the clips that were judged. */
export interface KnownClips {
  /** World and parameters by task number. */
  scenes: ReadonlyMap<number, Scene>;
  /** Under repaired keys. */
  criteria: readonly Criterion[];
  truth: KnownTruth;
}

/**
 * The verdicts on clips whose truth is known: those of the simulator, of its violations, and of
 * controls. Other models' are left out.
 *
 * @param repeat Which asking these verdicts are of, from 0.
 *
 * @example
 * ```ts
 * import type { Verdict } from "../../records/verdict.ts";
 * import { assertEquals } from "../../testing/assert.ts";
 * import { knownVerdicts } from "./known_verdicts.ts";
 *
 * const known = { scenes: new Map(), criteria: [], truth: { met: () => null } };
 * assertEquals(knownVerdicts([{ model: "wan", task: 1 } as Verdict], 0, known), []);
 * ```
 */
export function knownVerdicts(
  verdicts: readonly Verdict[],
  repeat: number,
  { scenes, criteria, truth }: KnownClips,
): KnownVerdict[] {
  const keyOf = ({ task, dimension, criterion }: Verdict | Criterion) =>
    `${task}/${dimension}/${criterion}`;
  const asked = new Map(criteria.map((criterion) => [keyOf(criterion), criterion]));
  return verdicts.flatMap((verdict): KnownVerdict[] => {
    const { task, seed, dimension, criterion, met } = verdict;
    const [own, scene] = [asked.get(keyOf(verdict)), scenes.get(task)];
    const kind = scene && kindOf(verdict, scene);
    if (!own || !kind) return [];
    return [{
      world: scene.world,
      kind,
      task,
      seed,
      dimension,
      criterion,
      sign: own.sign,
      truth: truth.met(kind, own),
      repeat,
      met,
    }];
  });
}

/** `simulator`, `violator:<violation>` or `control:<control>`; null for a model that is none. */
function kindOf({ model, seed }: Verdict, scene: Scene): string | null {
  if (model === "violator") return `violator:${plantedIn(scene, seed).name}`;
  return /^(simulator$|violator:|control:)/.test(model) ? model : null;
}

/**
 * What is known of the criteria of the embedded benchmark's clips; see `knownTruth`.
 *
 * @param criteria Under repaired keys.
 */
export async function readTruth(
  criteria: readonly Criterion[],
  scenes: ReadonlyMap<number, Scene>,
): Promise<KnownTruth> {
  const files = await jsonFiles(PROJECT.violations, "what violations break");
  return knownTruth(parseDeclared(files), criteria, scenes);
}

/**
 * How far one judge of a run can be trusted, told from the clips of the run whose truth is known.
 *
 * @returns Rows as of the table `calibration`; none where the run has no such clips.
 * @throws {InputError} if the verdicts are of several judges.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { loadBenchmark } from "../../runs/benchmark.ts";
 * import { runReliability } from "./known_verdicts.ts";
 *
 * assertEquals(await runReliability(await loadBenchmark("mini"), []), []);
 * ```
 */
export async function runReliability(
  { benchmark, scenes }: LoadedBenchmark,
  verdicts: readonly Verdict[],
): Promise<Calibration[]> {
  if (!scenes || verdicts.length === 0) return [];
  const judges = new Set(verdicts.map(({ judge }) => judge));
  if (judges.size > 1) {
    throw new InputError(
      `Cannot tell how far a judge can be trusted: found verdicts of ${[...judges].join(", ")}; ` +
        "expected one judge",
    );
  }
  const criteria = readKeys(benchmark.criteria, "repaired");
  const truth = await readTruth(criteria, scenes);
  const [{ judge, judge_model }] = verdicts;
  return reliability(judge, judge_model, knownVerdicts(verdicts, 0, { scenes, criteria, truth }));
}
