/** The simulated worlds with something planted in them that a judge must find. */
import { InputError } from "../errors.ts";
import { WORLDS } from "../worlds/mod.ts";
import { simulateTask, simulationFingerprint, type SimulatorOptions } from "./simulator.ts";
import type { Generator } from "./generator.ts";

/** A simulator's options, and what to plant. */
export interface ViolatorOptions extends SimulatorOptions {
  /** Name of one violation, planted in every clip; absent to take each world's in turn by seed. */
  violation?: string;
}

/**
 * A model that simulates each task's scene with one planted violation: the one named, else the
 * world's number `seed` modulo how many it has. A violation that no world knows is an InputError, and
 * so is one that a task's own world does not know.
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
    throw new InputError(`Cannot plant ${violation}; there are ${known.join(", ")}`);
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
