/** Exams of the probe judge: its verdicts on one simulated clip, as simulated and degraded. */
import type { Scene } from "../../benchmark/mini.ts";
import type { Benchmark } from "../../benchmark/benchmark.ts";
import { type Criterion, criterionHash } from "../../records/criterion.ts";
import type { Task } from "../../records/task.ts";
import type { Judge } from "../../judges/judge.ts";
import { UNASKED, type Verdict } from "../../records/verdict.ts";
import { probeJudge } from "../../judges/probe/judge.ts";
import { world } from "../../worlds/all.ts";
import { DEFAULT_RULE, ruleNamed } from "../../scores/rules.ts";
import { scoreVerdicts } from "../../scores/score.ts";
import type { Video } from "../../video/types.ts";
import { controlOf, DEGENERATE, type Degenerate } from "./controls.ts";
import { applyVariant, type Variant } from "./degrade.ts";

/** A clip for examining the judge. */
export interface ExamClip {
  task: number;
  seed: number;
  /** Its defect: a violation of its world, or one of {@link DEGENERATE}; empty for a true clip. */
  violation: string;
}

/** A failed criterion: a positive one not met, or a penalty met. */
export interface Fault {
  dimension: string;
  measure: string;
  evidence: string;
}

/** The judge's result for a clip. */
export interface ExamRow extends ExamClip {
  world: string;
  variant: Variant;
  faults: Fault[];
  /** Criteria without a verdict. */
  nulls: number;
  /** Total under the default rule; null if nothing was judged. */
  score: number | null;
  /** The total if every criterion without a verdict went in the clip's favour. */
  high: number | null;
  simulate_s: number;
  judge_s: number;
}

/** The kinds of clip available for a scene; see {@link ExamClip}. */
export function examKinds(scene: Scene): string[] {
  return ["", ...world(scene.world).violations.map(({ name }) => name), ...DEGENERATE];
}

/** Whether a clip deserves no credit. */
export function isDegenerate(violation: string): boolean {
  return (DEGENERATE as readonly string[]).includes(violation);
}

/**
 * Simulates a clip and judges each variant with the probe.
 *
 * @throws {InputError} for a violation that the task's world does not have.
 */
export async function examine(
  { task: number, seed, violation }: ExamClip,
  variants: readonly Variant[],
  benchmark: Benchmark,
  scenes: ReadonlyMap<number, Scene>,
): Promise<ExamRow[]> {
  const scene = scenes.get(number)!;
  const task = benchmark.tasks.find((row) => row.task === number)!;
  const criteria = benchmark.criteria.filter((row) => row.task === number);
  const control = isDegenerate(violation) ? violation as Degenerate : null;
  const planted = violation === "" || control ? undefined : violation;
  const began = performance.now();
  const { video } = world(scene.world).simulate(scene.parameters, {
    seed,
    violation: planted,
  });
  const clip = control ? controlOf(control, video, seed) : video;
  const simulate_s = (performance.now() - began) / 1000;
  const judge = probeJudge();
  const rows: ExamRow[] = [];
  for (const variant of variants) {
    const shown = await applyVariant(clip, variant, seed);
    const started = performance.now();
    const verdicts = await verdictsOf(judge, task, criteria, shown, seed);
    const judge_s = (performance.now() - started) / 1000;
    const total = scoreVerdicts(ruleNamed(DEFAULT_RULE), criteria, verdicts)
      .find(({ dimension }) => dimension === "total");
    rows.push({
      task: number,
      seed,
      violation,
      world: scene.world,
      variant,
      faults: faultsOf(criteria, verdicts),
      nulls: verdicts.filter(({ met }) => met === null).length,
      score: total?.score ?? null,
      high: total?.high ?? null,
      simulate_s,
      judge_s,
    });
  }
  return rows;
}

async function verdictsOf(
  judge: Judge,
  task: Task,
  criteria: readonly Criterion[],
  video: Video,
  seed: number,
): Promise<Verdict[]> {
  const { rulings } = await judge.judge(task, criteria, video, {});
  return rulings.map((ruling): Verdict => ({
    ...ruling,
    ...criterionFields(criteria.find(({ id }) => id === ruling.id)!),
    judge: judge.name,
    judge_model: judge.model,
    model: "exam",
    task: task.task,
    seed,
    clip_sha256: "",
    frames_hash: "",
    ...UNASKED,
    key: "",
  }));
}

function criterionFields({ dimension, place, description }: Criterion) {
  return { dimension, place, criterion_hash: criterionHash(description) };
}

function faultsOf(criteria: readonly Criterion[], verdicts: readonly Verdict[]): Fault[] {
  return verdicts.flatMap(({ id, dimension, met, evidence }) => {
    const asked = criteria.find((criterion) => criterion.id === id)!;
    if (met === null || met !== asked.sign < 0) return [];
    return [{ dimension, measure: JSON.parse(asked.probe).measure, evidence }];
  });
}
