/** Clips that no judge should take for the true thing: blank, frozen, shuffled. */
import type { Scene } from "../../benchmark/mini.ts";
import type { Generator } from "../../models/generator.ts";
import { simulator } from "../../models/simulator.ts";
import { random } from "../../random.ts";
import { codeVersion } from "../../code_version.ts";
import { type Control, CONTROLS } from "../../worlds/rubric.ts";
import type { Video } from "../../video/types.ts";

const GREY = 128;

/**
 * A model whose clips have the true clip's size, length and rate, but nothing to earn credit for:
 * - `blank`: every frame one even field, middle grey for even seeds and black for odd ones;
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
    // Its code version came last, after the control's own.
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

/** All clips that deserve no credit: the controls of a calibration, and `noise` of even colours. */
export const WORTHLESS = [...CONTROLS, "noise"] as const;

export type Worthless = typeof WORTHLESS[number];

/**
 * A clip with nothing to earn credit for, made of a true one: see {@link controlModel}; `noise` draws
 * every channel of every pixel evenly from 0 to 255.
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
export function controlOf(control: Worthless, video: Video, seed: number): Video {
  return { ...video, frames: MAKE[control](video, seed) };
}

const MAKE: Record<Worthless, (video: Video, seed: number) => Uint8Array[]> = {
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
