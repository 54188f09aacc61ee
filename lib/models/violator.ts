/** The simulated worlds with a planted violation that a judge must find. */
import { InputError } from "../errors.ts";
import { WORLDS } from "../worlds/mod.ts";
import { simulateTask, simulationFingerprint, type SimulatorOptions } from "./simulator.ts";
import type { Generator } from "./generator.ts";

/** A simulator's options, and the violation to plant. */
export interface ViolatorOptions extends SimulatorOptions {
  /** A violation planted in every clip; by default the seed selects one of the world's. */
  violation?: string;
}

/**
 * A model that simulates each task's scene with one planted violation: the one named, or else the
 * world's violation at index `seed` modulo their number. A violation unknown to all worlds, or to a
 * task's world, is an InputError.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { violator } from "./violator.ts";
 *
 * const model = violator({ scenes: new Map([[1, { world: "mitosis", parameters: {} }]]) });
 * const task = { benchmark: "mini", task: 1, scale: "cell", prompt: "", requirement: "", source: "" } as const;
 * assertOk((await model.generate(task, { seed: 0 })).frames.length === 33);
 * ```
 */
export function violator(options: ViolatorOptions): Generator {
  const { violation, ...rest } = options;
  const known = WORLDS.flatMap((world) => world.violations.map((v) => v.name));
  if (violation !== undefined && !known.includes(violation)) {
    throw new InputError(`Cannot plant ${violation}; expected one of ${known.join(", ")}`);
  }
  return {
    name: "violator",
    steps: 0,
    guidance: 0,
    device: "cpu",
    fingerprint: simulationFingerprint("violator", rest, { violation }),
    generate: (task, { seed, signal }) => {
      signal?.throwIfAborted();
      const pick = (names: string[]) => violation ?? names[seed % names.length];
      return Promise.resolve(simulateTask(rest, task, seed, pick).video);
    },
  };
}
