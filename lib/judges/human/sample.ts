/** Sampling of the clips that a person labels. */
import { random } from "../../random.ts";

/**
 * Draws clips evenly over models, and over each model's tasks: models take turns, and a model's own
 * clips come in random order, one of each task before a second of any. Every clip is labelled in
 * all dimensions, so these are balanced too.
 *
 * @param clips The available clips.
 * @param count Number of clips to draw; all if there are fewer.
 * @param seed Equal seeds draw equal clips.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { sampleClips } from "./sample.ts";
 *
 * const clips = ["nano", "wan"].flatMap((model) =>
 *   [1, 2, 3].map((task) => ({ model, task, seed: 0 }))
 * );
 * assertEquals(sampleClips(clips, 2, 0).map(({ model }) => model).sort(), ["nano", "wan"]);
 * ```
 */
export function sampleClips<Clip extends { model: string; task: number; seed: number }>(
  clips: readonly Clip[],
  count: number,
  seed: number,
): Clip[] {
  const drawn = clips.map((clip) => ({
    clip,
    place: random(seed, "label", clip.model, clip.task, clip.seed)(),
  })).sort((a, b) => a.place - b.place);
  const queues = [...Map.groupBy(drawn, ({ clip }) => clip.model)]
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([, own]) => {
      const turns = new Map<number, number>();
      const turn = ({ clip: { task } }: typeof own[number]) => {
        const next = turns.get(task) ?? 0;
        turns.set(task, next + 1);
        return next;
      };
      return own.map((entry) => ({ ...entry, turn: turn(entry) }))
        .sort((a, b) => a.turn - b.turn || a.place - b.place);
    });
  const chosen: Clip[] = [];
  const longest = Math.max(0, ...queues.map((queue) => queue.length));
  for (let i = 0; i < longest; i++) {
    for (const queue of queues) {
      if (i < queue.length && chosen.length < count) chosen.push(queue[i].clip);
    }
  }
  return chosen;
}
