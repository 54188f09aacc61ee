/** The example of judging in a notebook: a task and its clips. */
import { InputError } from "../errors.ts";
import type { Clip } from "../records/clip.ts";
import type { Task } from "../records/task.ts";
import { DEFAULT_RULE } from "../scores/rules.ts";
import type { Violation } from "../sim/types.ts";
import { world } from "../worlds/all.ts";
import { judgedCriteria, type JudgedCriterion } from "./judged.ts";
import type { OpenRun } from "./open_run.ts";

/** A judged clip to show. */
export interface ExampleClip {
  /** Its label: the model, and whether it is correct or violated. */
  label: string;
  /** The video model's name. */
  model: string;
  /** The clip's seed. */
  seed: number;
  /** Null if its verdicts were imported without clips. */
  clip: Clip | null;
  /** The planted violation, if any. */
  planted: Violation | null;
  /** The verdicts of the run's judge. */
  judged: JudgedCriterion[];
}

/** A task with one or two clips to compare. */
export interface JudgedExample {
  /** The clips' task. */
  task: Task;
  /** The better one first. */
  clips: ExampleClip[];
}

/**
 * The first task with a correct and a violated clip of a simulated world, both judged by the run's
 * judge, with the lowest seeds. In a run without such clips, the first task that was judged: the
 * clips with the highest and the lowest total score.
 *
 * @throws {InputError} for a run without verdicts.
 *
 * @example
 * ```ts
 * import { assertInputError } from "../testing/assert.ts";
 * import { judgedExample } from "./judged_example.ts";
 * import type { OpenRun } from "./open_run.ts";
 *
 * const none = { tasks: [], criteria: [], clips: [], verdicts: [], scores: [], judge: "human" };
 * await assertInputError(() => judgedExample(none as unknown as OpenRun), "no verdicts of human");
 * ```
 */
export function judgedExample(run: OpenRun): JudgedExample {
  const [first] = run.tasks.flatMap((task) => {
    const pair = simulatedPair(run, task.task);
    return pair.length > 0 ? [{ task, clips: pair }] : [];
  });
  if (first) return first;
  const { verdicts, tasks, judge } = run;
  const judged = new Set(verdicts.filter(({ met }) => met !== null).map(({ task }) => task));
  const task = tasks.find(({ task }) => judged.has(task));
  if (!task) throw new InputError(`Cannot show how clips are judged: no verdicts of ${judge}`);
  return { task, clips: bestAndWorst(run, task.task) };
}

/** A correct and a violated clip of one task; none if either is missing or not judged. */
function simulatedPair(run: OpenRun, task: number): ExampleClip[] {
  const clips = run.clips.filter((clip) => clip.task === task && clip.world !== "")
    .toSorted((a, b) => a.seed - b.seed)
    .map((clip): ExampleClip => {
      const { violations } = world(clip.world);
      const planted = violations.find(({ name }) => name === clip.violation) ?? null;
      const label = `${clip.model} (${planted ? planted.name : "correct"})`;
      return { ...of(run, clip), label, clip, planted };
    })
    .filter(({ judged }) => judged.length > 0);
  const correct = clips.find(({ clip }) => clip!.violation === "");
  const violated = clips.find(({ planted }) => planted !== null);
  return correct && violated ? [correct, violated] : [];
}

function bestAndWorst(run: OpenRun, task: number): ExampleClip[] {
  const total = run.scores
    .filter((row) => row.rule === DEFAULT_RULE && row.dimension === "total" && row.task === task)
    .toSorted((a, b) => (b.score ?? -Infinity) - (a.score ?? -Infinity));
  const shown = total.length > 1 ? [total[0], total.at(-1)!] : total;
  return shown.map(({ model, seed }) => ({
    ...of(run, { model, task, seed }),
    label: `${model}, seed ${seed}`,
    clip: run.clips.find((row) => row.model === model && row.task === task && row.seed === seed) ??
      null,
    planted: null,
  }));
}

function of(run: OpenRun, clip: { model: string; task: number; seed: number }) {
  const { model, seed } = clip;
  const whose = { judge: run.judge, model, task: clip.task, seed };
  return { model, seed, judged: judgedCriteria(run.criteria, run.verdicts, whose) };
}

/** A criterion on which the verdicts of two clips differ. */
export interface DifferingVerdict {
  /** The criterion's dimension. */
  dimension: string;
  /** The criterion's text. */
  description: string;
  /** Negative for a penalty. */
  weight: number;
  /** The evidence for each clip's verdict, under the clip's label. */
  [label: string]: string | number;
}

/** The criteria on which the verdicts of two clips differ, with the evidence for each. */
export function differingVerdicts(
  [first, second]: readonly ExampleClip[],
): DifferingVerdict[] {
  return second.judged.flatMap(({ id, met, dimension, description, weight, evidence }) => {
    const other = first.judged.find((row) => row.id === id);
    if (!other || other.met === met) return [];
    const text = (met: boolean | null, evidence: string) =>
      `${met === null ? "no verdict" : met ? "met" : "not met"}: ${
        evidence || "no evidence given"
      }`;
    return [{
      dimension,
      description,
      weight,
      [first.label]: text(other.met, other.evidence),
      [second.label]: text(met, evidence),
    }];
  });
}
