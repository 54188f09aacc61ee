/** Facts about Wan2.1: its size, the cost of a clip, and the timesteps of its samplers. */
import { shiftedTimesteps } from "../models/flow_matching.ts";
import { SAMPLING } from "../models/nano/sampling.ts";
import { PUBLISHED, shapesOf } from "../models/wan/checkpoint/published.ts";
import { latentSize } from "../models/wan/sampling/clip_size.ts";
import { eulerSchedule, unipcSchedule } from "../models/wan/sampling/schedule.ts";
import { MICROVERSE_SAMPLING, WAN_CLIP } from "../models/wan/settings.ts";
import { flopsOf } from "../models/wan/transformer/cost.ts";
import type { ClosedForm } from "./closed_form.ts";
import { curve } from "./physics.ts";

/** One of the published transformers. */
export interface WanSize {
  /** Its name. */
  transformer: string;
  /** Number of tensors in its files. */
  tensors: number;
  /** Number of parameters in these tensors. */
  parameters: number;
  /** The clip size that the cost refers to. */
  clip: string;
  /** 10¹² floating-point operations per sampling step, including guidance. */
  "TFLOP per step": number;
}

/**
 * The published transformers with what a sampling step of a full-size clip costs.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { wanSizes } from "./wan_facts.ts";
 *
 * assertEquals(wanSizes()[0]["TFLOP per step"], 566);
 * ```
 */
export function wanSizes(): WanSize[] {
  const latents = latentSize(WAN_CLIP);
  const { width, height, frames } = WAN_CLIP;
  return Object.entries(PUBLISHED).map(([size, config]) => {
    const shapes = [...shapesOf(config).values()];
    return {
      transformer: `Wan2.1 ${size}`,
      tensors: shapes.length,
      parameters: shapes.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b), 0),
      clip: `${width} × ${height}, ${frames} frames`,
      "TFLOP per step": Math.round(2 * flopsOf(config, latents) / 1e12),
    };
  });
}

/** The value recommended in Diffusers' documentation for clips of 480 lines. */
const DIFFUSERS_SHIFT = 3;

/**
 * The share of noise at each sampling step of Nano, of MicroVerse and of Diffusers' Wan, for
 * `closedForm`. The line shows evenly spaced steps.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { noiseSchedules } from "./wan_facts.ts";
 *
 * const { clips } = noiseSchedules();
 * assertEquals(clips.map(({ points }) => points.at(-1)!.y), [0, 0, 0]);
 * ```
 */
export function noiseSchedules(): ClosedForm {
  const { steps, shift } = SAMPLING;
  const wan = MICROVERSE_SAMPLING;
  const along = (times: readonly number[]) =>
    times.map((y, i) => ({ x: i / (times.length - 1), y }));
  return {
    title: "Share of noise at each step",
    subtitle: "Line: evenly spaced. Dots: where each sampler evaluates its network, and the end.",
    x: "share of the steps",
    y: "share of noise",
    law: curve((u) => 1 - u, 0, 1),
    clips: [
      { name: `Nano, shift ${shift}`, points: along(shiftedTimesteps(steps, shift)) },
      {
        name: `MicroVerse, Euler, shift ${wan.shift}`,
        points: along(eulerSchedule(wan.steps, wan.shift).sigmas),
      },
      {
        name: `Diffusers, UniPC, shift ${DIFFUSERS_SHIFT}`,
        points: along(unipcSchedule(wan.steps, DIFFUSERS_SHIFT).sigmas),
      },
    ],
  };
}
