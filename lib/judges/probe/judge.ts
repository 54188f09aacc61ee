/** The measuring judge: every verdict compares a number with the criterion's limits. */
import type { Video } from "../../video/types.ts";
import type { Criterion } from "../../records/criterion.ts";
import type { Judge, Ruling } from "../judge.ts";
import { codeVersion } from "../../code_version.ts";
import { type Binding, fileOf, readBinding } from "./binding.ts";
import { noFilm } from "../../vision/film.ts";
import type { Measured } from "../../vision/measure.ts";
import { analyseClip } from "../../vision/clip_analysis.ts";

const WORKER = new URL("./worker.ts", import.meta.url);

/** Minimum shorter side of frames for measuring, in pixels. */
const MIN_SIDE = 48;

/**
 * A judge that measures frames and compares the numbers with the limits of the criteria's bindings.
 * A criterion without a binding, or without a number, gets no verdict but a reason. The judge sees
 * only frames, never how they were made.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { world } from "../../worlds/all.ts";
 *
 * const { video } = world("mitosis").simulate({}, { seed: 1 });
 * const task = { benchmark: "mini", task: 1, scale: "cell", prompt: "", requirement: "", source: "" } as const;
 * const criterion = {
 *   benchmark: "mini", task: 1, id: "daughters", dimension: "instruction", place: 1, criterion: 1,
 *   sign: 1, weight: 1, raw_weight: 1, description: "Two daughters remain.",
 *   probe: '{"measure":"bodies-at-end","min":2,"max":2,"unit":"bodies"}',
 * } as const;
 * const { rulings: [ruling] } = await probeJudge().judge(task, [criterion], video, {});
 * assertEquals(ruling.met, true);
 * assertEquals(ruling.evidence, "bodies-at-end = 2 bodies; asked: 2 to 2 bodies");
 * ```
 */
export function probeJudge(): Judge {
  return {
    name: "probe",
    model: "probe",
    fingerprint: (_task, criteria) => probeVersion(criteria),
    readsLimits: true,
    frames: "all",
    workers: WORKER,
    per: "clip",
    concurrency: 1,
    retriesNulls: false,
    judge(task, criteria, video: Video, { signal }) {
      const analysis = analyseClip(video);
      const done = new Map<string, Measured>();
      const rulings = criteria.map((criterion): Ruling => {
        signal?.throwIfAborted();
        const { id } = criterion;
        const unjudged = (reason: string) => ({ id, met: null, reason, evidence: "" });
        if (criterion.probe === "") return unjudged("the criterion has no probe");
        const binding = readBinding(criterion.probe, criterionLabel(task.task, criterion));
        if (video.frames.length === 0) return unjudged("the clip has no frames");
        if (analysis.side < MIN_SIDE) {
          return unjudged(
            `the frames' shorter side has ${analysis.side} px; ${MIN_SIDE} are needed`,
          );
        }
        // Whatever a still picture or shuffled frames show well, they show no process.
        const worthless = criterion.sign > 0 ? noFilm(analysis) : null;
        if (worthless !== null) {
          const reason = "only a film can earn this";
          return { id, met: false, reason, evidence: worthless };
        }
        const key = `${binding.name} ${JSON.stringify(binding.args)}`;
        const result = done.get(key) ?? binding.measure.measure(analysis, binding.args);
        done.set(key, result);
        if (result.value === null) return unjudged(`${binding.name}: ${result.reason}`);
        const met = result.value >= (binding.min ?? -Infinity) &&
          result.value <= (binding.max ?? Infinity);
        return {
          id,
          met,
          reason: binding.measure.describes,
          evidence: evidenceOf(binding, result.value),
        };
      });
      return Promise.resolve({ rulings });
    },
  };
}

/**
 * The version of the code that measures some criteria: everything that the Worker and their
 * measures import.
 */
function probeVersion(criteria: readonly Criterion[]): Promise<string> {
  const files = criteria.flatMap(({ probe }) => {
    const file = probe === "" ? undefined : fileOf(JSON.parse(probe).measure);
    return file ? [file] : [];
  });
  return codeVersion([WORKER, ...files]);
}

function criterionLabel(task: number, { dimension, id }: Criterion): string {
  return `task ${task}, ${dimension} ${id}`;
}

/** The number with its unit, and the limits in words. */
function evidenceOf({ name, unit, min, max }: Binding, value: number): string {
  const suffix = unit === "1" ? "" : ` ${unit}`;
  const asked = min === undefined
    ? `at most ${max}`
    : max === undefined
    ? `at least ${min}`
    : `${min} to ${max}`;
  return `${name} = ${Number(value.toPrecision(3))}${suffix}; asked: ${asked}${suffix}`;
}
