/** Control clips that no judge should accept: blank, frozen, shuffled. */
import type { Scene } from "../../benchmark/mini.ts";
import type { Generator } from "../../models/generator.ts";
import { simulator } from "../../models/simulator.ts";
import { random } from "../../random.ts";
import { codeVersion } from "../../code_version.ts";
import { type Control, CONTROLS } from "../../worlds/rubric.ts";
import type { Video } from "../../video/types.ts";

const GREY = 128;

/**
 * A model whose clips have the true clip's size, length and rate, but deserve no credit:
 * - `blank`: every frame is uniform, middle grey for even seeds and black for odd ones;
 * - `frozen`: the true clip's first frame throughout;
 * - `shuffled`: the true clip's frames in an order drawn from the seed.
 *
 * @param scenes World and parameters by task number.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { controlModel } from "./controls.ts";
 *
 * const model = controlModel("blank", new Map([[1, { world: "mitosis", parameters: {} }]]));
 * const task = { benchmark: "mini", task: 1, scale: "cell", prompt: "", requirement: "", source: "" } as const;
 * const { frames } = await model.generate(task, { seed: 1 });
 * assertEquals([frames.length, Math.max(...frames[0])], [33, 0]);
 * ```
 */
export function controlModel(control: Control, scenes: ReadonlyMap<number, Scene>): Generator {
  const truth = simulator({ scenes });
  return {
    ...truth,
    name: `control:${control}`,
    async fingerprint(task) {
      return `${await truth.fingerprint(task)} ${control} ${await codeVersion([import.meta.url])}`;
    },
    // Formerly the code version came last, after the control's own.
    formerFingerprint(task) {
      const [made, code] = truth.formerFingerprint!(task).split(" code ");
      return `${made} ${control} 1 code ${code}`;
    },
    async origin(task, seed) {
      return { ...await truth.origin!(task, seed), violation: control };
    },
    async generate(task, options) {
      const video = await truth.generate(task, options);
      return controlOf(control, video, options.seed);
    },
  };
}

/**
 * All kinds of clips that deserve no credit: the controls of a calibration, and `noise` with
 * uniform random colours.
 */
export const DEGENERATE = [...CONTROLS, "noise"] as const;

export type Degenerate = typeof DEGENERATE[number];

/**
 * A degenerate clip made from a true one: see {@link controlModel}; `noise` draws every channel of
 * every pixel uniformly from 0 to 255.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { controlOf } from "./controls.ts";
 *
 * const frames = [1, 2].map((level) => new Uint8Array(3).fill(level));
 * const clip = controlOf("frozen", { width: 1, height: 1, fps: 8, frames }, 0);
 * assertEquals(clip.frames, [frames[0], frames[0]]);
 * ```
 */
export function controlOf(control: Degenerate, video: Video, seed: number): Video {
  return { ...video, frames: FRAMES_OF[control](video, seed) };
}

const FRAMES_OF: Record<Degenerate, (video: Video, seed: number) => Uint8Array[]> = {
  blank: ({ frames }, seed) => {
    const level = seed % 2 === 0 ? GREY : 0;
    return frames.map((frame) => new Uint8Array(frame.length).fill(level));
  },
  frozen: ({ frames }) => frames.map(() => frames[0]),
  shuffled: ({ frames }, seed) => {
    const uniform = random(seed, "control", "shuffled");
    const order = [...frames];
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(uniform() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  },
  noise: ({ frames }, seed) => {
    const uniform = random(seed, "control", "noise");
    return frames.map((frame) => Uint8Array.from(frame, () => Math.floor(256 * uniform())));
  },
};
