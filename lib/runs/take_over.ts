/** Clips that an earlier version of the code made: whether the present one makes them too. */
import { join } from "node:path";
import { ClipError } from "../errors.ts";
import type { Generator, Origin, StepOptions } from "../models/generator.ts";
import type { Clip } from "../records/clip.ts";
import type { Task } from "../records/task.ts";
import { sha256 } from "../store/key.ts";
import { encodeClip } from "./encode_clip.ts";
import { makeClips, prepareClips } from "./make_clips.ts";

/** Whether a clip that an earlier version made is what the present code would make. */
export type Sampled = (row: Clip, task: Task, origin: Origin) => Promise<boolean>;

/**
 * Samples whether a model still makes the bytes that earlier versions of its code made: the first clip
 * of each world and violation that is asked about is made again, aside, and compared; its answer holds
 * for all of that world and violation. A model of no world is sampled once.
 *
 * A sample is no proof: code that changed for other parameters or seeds alone passes. A model whose
 * bytes depend on the device fails on another device, and its clips are made again.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { simulator } from "../models/simulator.ts";
 * import type { Clip } from "../records/clip.ts";
 * import { sampling } from "./take_over.ts";
 *
 * const model = simulator({ scenes: new Map([[1, { world: "mitosis", parameters: {} }]]) });
 * const task = { benchmark: "mini", task: 1, scale: "cell", prompt: "", requirement: "", source: "" } as const;
 * const row = { task: 1, seed: 7, sha256: "of other bytes" } as Clip;
 * assertEquals(await sampling(model)(row, task, { world: "mitosis", violation: "" }), false);
 * ```
 */
export function sampling(generator: Generator, options: StepOptions = {}): Sampled {
  const answers = new Map<string, Promise<boolean>>();
  return (row, task, { world, violation }) => {
    const kind = JSON.stringify([world, violation]);
    const answer = answers.get(kind) ?? isMadeAgain(generator, row, task, options);
    answers.set(kind, answer);
    return answer;
  };
}

async function isMadeAgain(
  generator: Generator,
  { seed, sha256: expected }: Clip,
  task: Task,
  options: StepOptions,
): Promise<boolean> {
  options.signal?.throwIfAborted();
  await prepareClips(generator, [task], options);
  const [video] = await makeClips(generator, task, [seed], options);
  if (video instanceof ClipError) return false;
  const aside = await Deno.makeTempDir({ prefix: "microverse-sample-" });
  try {
    const file = join(aside, "clip.mp4");
    await encodeClip(video, file, generator);
    return sha256(await Deno.readFile(file)) === expected;
  } finally {
    await Deno.remove(aside, { recursive: true });
  }
}
