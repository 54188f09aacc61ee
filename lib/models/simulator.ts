/** The simulated worlds as a model, whose clips get everything right. */
import type { Scene } from "../benchmark/mini.ts";
import type { Task } from "../records/benchmark.ts";
import { InputError } from "../errors.ts";
import type { Simulation } from "../sim/types.ts";
import { MICROSIM_VERSION, world } from "../worlds/mod.ts";
import type { Generator } from "./generator.ts";

/** What to simulate; sizes default to the worlds' own. */
export interface SimulatorOptions {
  /** World and parameters by task number. */
  scenes: ReadonlyMap<number, Scene>;
  /** Pixels. */
  width?: number;
  /** Pixels. */
  height?: number;
  frames?: number;
  /** Frames per second. */
  fps?: number;
}

/**
 * A model that simulates each task's scene without violations: the upper bound of the embedded
 * benchmark. A task without a scene is an InputError.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { simulator } from "./simulator.ts";
 *
 * const model = simulator({ scenes: new Map([[1, { world: "mitosis", parameters: {} }]]) });
 * const task = { benchmark: "mini", task: 1, scale: "cell", prompt: "", requirement: "", source: "" } as const;
 * const clip = await model.generate(task, { seed: 7 });
 * assertEquals([clip.width, clip.height, clip.frames.length, clip.fps], [128, 128, 33, 12]);
 * ```
 */
export function simulator(options: SimulatorOptions): Generator {
  return {
    name: "simulator",
    steps: 0,
    guidance: 0,
    device: "cpu",
    fingerprint: simulationFingerprint("simulator", options),
    generate: (task, { seed, signal }) => {
      signal?.throwIfAborted();
      return Promise.resolve(simulateTask(options, task, seed, () => undefined).video);
    },
  };
}

/**
 * Simulates a task's scene with the violation that `choose` picks from its world's, or none if it
 * returns undefined. Throws InputError for a task without a scene or a scene out of range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { simulateTask } from "./simulator.ts";
 *
 * const scenes = new Map([[1, { world: "mitosis", parameters: {} }]]);
 * const task = { benchmark: "mini", task: 1, scale: "cell", prompt: "", requirement: "", source: "" } as const;
 * const { truth } = simulateTask({ scenes }, task, 3, (names) => names[0]);
 * assertEquals(truth.counts.at(-1), 1);
 * ```
 */
export function simulateTask(
  { scenes, ...size }: SimulatorOptions,
  task: Task,
  seed: number,
  choose: (names: string[]) => string | undefined,
): Simulation {
  const scene = scenes.get(task.task);
  if (!scene) {
    throw new InputError(
      `Cannot simulate task ${task.task} of ${task.benchmark}: it has no scene; tasks with a ` +
        `scene: ${scenes.size === 0 ? "none" : [...scenes.keys()].join(", ")}`,
    );
  }
  const { violations, simulate } = world(scene.world);
  const violation = choose(violations.map((v) => v.name));
  return simulate(scene.parameters, { ...size, seed, ...(violation ? { violation } : {}) });
}

/**
 * Everything a simulated clip depends on besides task and seed, as canonical JSON: the worlds' code
 * version, size, scenes, and the fields of `more`.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { simulationFingerprint } from "./simulator.ts";
 *
 * assertOk(simulationFingerprint("simulator", { scenes: new Map() }).includes("simulator"));
 * ```
 */
export function simulationFingerprint(name: string, options: SimulatorOptions, more = {}): string {
  const { scenes, width, height, frames, fps } = options;
  return JSON.stringify({
    name,
    version: MICROSIM_VERSION,
    width,
    height,
    frames,
    fps,
    ...more,
    scenes: [...scenes].toSorted(([a], [b]) => a - b).map(([task, { world, parameters }]) => [
      task,
      world,
      Object.entries(parameters).toSorted(([a], [b]) => a < b ? -1 : 1),
    ]),
  });
}
