/** The clips of a training set: worlds, seeds and splits, planned before generation. */
import { type Scale, SCALES } from "../../records/task.ts";
import { InputError } from "../../errors.ts";
import { MACRO_WORLDS } from "../../worlds/everyday/all.ts";
import { world, WORLDS } from "../../worlds/all.ts";
import type { SimulatedWorld } from "../../sim/types.ts";
import { random } from "../../random.ts";

/** First seed of training clips: no benchmark, calibration or exam uses seeds from here on. */
const FIRST_DATASET_SEED = 1_000_000;

/** Splits of a training set, with their shares of the clips. */
export const SPLITS = { train: 0.8, validation: 0.1, test: 0.1 } as const;

export type Split = keyof typeof SPLITS;

/** The available sets, with their worlds: microscopy and everyday motion. */
export const DATASETS = { micro: WORLDS, macro: MACRO_WORLDS } as const satisfies Record<
  string,
  readonly SimulatedWorld[]
>;

export type DatasetName = keyof typeof DATASETS;

/** A clip to generate. */
export interface PlannedClip {
  /** World and seed: the clip's name. */
  id: string;
  world: string;
  scale: Scale | "macro";
  seed: number;
  split: Split;
}

/**
 * The split of a seed, in any world. It is drawn from the seed alone, so that every clip of a
 * smaller set keeps its split in a larger one.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { splitOf } from "./plan.ts";
 *
 * const splits = Array.from({ length: 1000 }, (_, seed) => splitOf(seed));
 * const train = splits.filter((split) => split === "train").length;
 * assertOk(train > 750 && train < 850);
 * ```
 */
export function splitOf(seed: number): Split {
  const draw = random(seed, "dataset", "split")();
  if (draw < SPLITS.train) return "train";
  return draw < SPLITS.train + SPLITS.validation ? "validation" : "test";
}

/**
 * Plans a training set: scales according to their shares, mixed as evenly as possible along the
 * list, and the worlds of a scale in turn. The first clips of a longer plan are those of a shorter
 * one.
 *
 * @param count Number of clips, at least 1.
 * @param shares Share of each scale, summing to 1; by default every world has as many clips.
 * @param worlds Names; by default all.
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { planDataset } from "./plan.ts";
 *
 * const plan = planDataset(100, { organ: 0.5, cell: 0.3, subcellular: 0.2 });
 * assertEquals(plan.filter(({ scale }) => scale === "cell").length, 30);
 * assertEquals(plan[0].seed, 1_000_000);
 * ```
 */
export function planDataset(
  count: number,
  shares?: Readonly<Record<Scale, number>>,
  worlds?: readonly string[],
): PlannedClip[] {
  const chosen = WORLDS.filter(({ name }) => worlds?.includes(name) ?? true);
  const scales = SCALES.filter((scale) => chosen.some((world) => world.scale === scale));
  const of = (scale: Scale) => chosen.filter((world) => world.scale === scale);
  const share = (scale: Scale) => shares ? shares[scale] : of(scale).length / chosen.length;
  const whole = scales.reduce((sum, scale) => sum + share(scale), 0);
  const made: Record<string, number> = {};
  return Array.from({ length: count }, (_, i) => {
    // The scale furthest behind its share.
    const behind = (scale: Scale) => (i + 1) * share(scale) / whole - (made[scale] ?? 0);
    const scale = scales.reduce((a, b) => behind(b) > behind(a) + 1e-9 ? b : a);
    const place = made[scale] ?? 0;
    made[scale] = place + 1;
    const { name } = of(scale)[place % of(scale).length];
    return planned(name, scale, i);
  });
}

/**
 * Plans a set of everyday motion, with its worlds in turn. The first clips of a longer plan are
 * those of a shorter one.
 *
 * @param count Number of clips, at least 1.
 * @param worlds Names; by default all.
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { planMacroDataset } from "./plan.ts";
 *
 * const [first, second] = planMacroDataset(2, ["swinging", "falling"]);
 * assertEquals([first.id, second.id], ["falling-1000000", "swinging-1000001"]);
 * assertEquals(first.scale, "macro");
 * ```
 */
export function planMacroDataset(count: number, worlds?: readonly string[]): PlannedClip[] {
  const chosen = MACRO_WORLDS.filter(({ name }) => worlds?.includes(name) ?? true);
  return Array.from(
    { length: count },
    (_, i) => planned(chosen[i % chosen.length].name, "macro", i),
  );
}

function planned(name: string, scale: PlannedClip["scale"], place: number): PlannedClip {
  const seed = FIRST_DATASET_SEED + place;
  return { id: `${name}-${seed}`, world: name, scale, seed, split: splitOf(seed) };
}

/**
 * The world of a clip. Throws InputError for an unknown name.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { planMacroDataset, worldOf } from "./plan.ts";
 *
 * assertEquals(worldOf(planMacroDataset(1)[0]).name, "falling");
 * ```
 */
export function worldOf(clip: Pick<PlannedClip, "world" | "scale">): SimulatedWorld {
  if (clip.scale !== "macro") return world(clip.world);
  const found = MACRO_WORLDS.find(({ name }) => name === clip.world);
  if (found) return found;
  throw new InputError(
    `Cannot find the world ${clip.world}; expected one of ${
      MACRO_WORLDS.map((w) => w.name).join(", ")
    }`,
  );
}
