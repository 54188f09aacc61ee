/** The simulated worlds as a model: what clips look like that get everything right, or one thing wrong. */
import type { Scene } from "../benchmark/mini.ts";
import { codeVersion } from "../code_version.ts";
import { InputError } from "../errors.ts";
import { nearest } from "../registry.ts";
import type { Task } from "../records/task.ts";
import type { Violation } from "../sim/types.ts";
import { world, WORLDS } from "../worlds/all.ts";
import { worldFile } from "../worlds/registry.ts";
import type { Generator, Origin } from "./generator.ts";

/** What to simulate; sizes default to the worlds' own. */
export interface SimulatorOptions {
  /** World and parameters by task number. */
  scenes: ReadonlyMap<number, Scene>;
  /** A violation to plant in every clip of the worlds that have it, or {@link EACH}; true clips without. */
  violation?: string;
  /** Name in tables; where absent `simulator`, `violator` with each violation, or the violation's. */
  name?: string;
  /** Pixels. */
  width?: number;
  /** Pixels. */
  height?: number;
  /** Frames of each clip. */
  frames?: number;
  /** Frames per second. */
  fps?: number;
}

/** Plants each of a world's violations in turn: its number `seed` modulo how many it has. */
export const EACH = "each";

/** The source of the last version whose clips had other keys; they are the same bytes. */
const FORMER_CODE = "a248861be15f0928a31c2e7559f14100";

/**
 * A model that simulates each task's scene: as it truly is, the upper bound of a benchmark; or with a
 * planted violation that a judge must find. It covers the tasks with a scene whose world has the
 * violation.
 *
 * @throws {InputError} for a violation that no world has, with the nearest; from `generate`, for a task
 * without a scene.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { simulator } from "./simulator.ts";
 *
 * const scenes = new Map([[1, { world: "mitosis", parameters: {} }]]);
 * const model = simulator({ scenes });
 * const task = { benchmark: "mini", task: 1, scale: "cell", prompt: "", requirement: "", source: "" } as const;
 * const clip = await model.generate(task, { seed: 7 });
 * assertEquals([clip.width, clip.height, clip.frames.length, clip.fps], [128, 128, 33, 12]);
 * const { violation } = await simulator({ scenes, violation: "each" }).origin!(task, 0);
 * assertEquals(violation, "vanishing-daughter");
 * ```
 */
export function simulator(options: SimulatorOptions): Generator {
  const { scenes, violation, name, ...size } = options;
  checkViolation(violation);
  const sceneOf = (task: Task) => {
    const scene = scenes.get(task.task);
    if (scene) return scene;
    throw new InputError(
      `Cannot simulate task ${task.task} of ${task.benchmark}: it has no scene; there are scenes ` +
        `for ${scenes.size === 0 ? "no task" : `tasks ${[...scenes.keys()].join(", ")}`}`,
    );
  };
  const origin = (task: Task, seed: number): Origin => {
    const { world } = sceneOf(task);
    return { world, violation: violation === EACH ? plantedIn(world, seed).name : violation ?? "" };
  };
  return {
    name: name ??
      (violation === undefined ? "simulator" : violation === EACH ? "violator" : violation),
    steps: 0,
    guidance: 0,
    device: "cpu",
    async fingerprint(task) {
      const scene = sceneOf(task);
      const code = await codeVersion([import.meta.url, worldFile(scene.world, "world.ts")]);
      return JSON.stringify({ code, violation, ...size, world: scene.world, ...sorted(scene) });
    },
    formerFingerprint: () => formerFingerprint(options),
    covers(task) {
      const scene = scenes.get(task.task);
      if (!scene) return false;
      return violation === undefined || violation === EACH ||
        world(scene.world).violations.some((own) => own.name === violation);
    },
    origin,
    generate: (task, { seed, signal }) => {
      signal?.throwIfAborted();
      const { parameters, world: name } = sceneOf(task);
      const planted = origin(task, seed).violation;
      const { video } = world(name).simulate(parameters, {
        ...size,
        seed,
        ...(planted ? { violation: planted } : {}),
      });
      return Promise.resolve(video);
    },
  };
}

/**
 * The violation that a world's clip of a seed has where each is planted in turn.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { plantedIn } from "./simulator.ts";
 *
 * assertEquals(plantedIn("vessel-flow", 3).name, "plug-flow");
 * ```
 */
export function plantedIn(name: string, seed: number): Violation {
  const { violations } = world(name);
  return violations[seed % violations.length];
}

function checkViolation(violation: string | undefined) {
  if (violation === undefined || violation === EACH) return;
  const known = WORLDS.flatMap((each) => each.violations.map(({ name }) => name));
  if (known.includes(violation)) return;
  const guess = nearest(violation, known);
  throw new InputError(
    `Cannot plant ${violation}; ${
      guess ? `did you mean ${guess}? Expected` : "expected"
    } ${EACH} or one of ` +
      known.join(", "),
  );
}

function sorted({ parameters }: Scene) {
  return { parameters: Object.entries(parameters).toSorted(([a], [b]) => a < b ? -1 : 1) };
}

/** The fingerprint of clips in runs of the form before `run.json` knew its benchmark. */
function formerFingerprint({ scenes, violation, ...rest }: SimulatorOptions): string {
  const { width, height, frames, fps } = rest;
  const planted = violation === undefined
    ? {}
    : { violation: violation === EACH ? undefined : violation };
  return JSON.stringify({
    name: violation === undefined ? "simulator" : "violator",
    version: 2,
    ...{ width, height, frames, fps },
    ...planted,
    scenes: [...scenes].toSorted(([a], [b]) => a - b)
      .map(([task, scene]) => [task, scene.world, sorted(scene).parameters]),
  }) + ` code ${FORMER_CODE}`;
}
