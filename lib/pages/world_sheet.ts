/**
 * Sheets of simulated worlds: correct and violated clips, and their true state drawn on the frames.
 */
import { frameSheet, type Ring, type SheetRow } from "../figures/frame_sheet.ts";
import type { Simulation, TrueObject, World } from "../sim/types.ts";
import { samplePositions } from "../video/sample.ts";

/** Options of a world's sheet. */
export interface WorldSheetOptions {
  /** Seed of every row, so that rows differ only by the planted violation; 0 by default. */
  seed?: number;
  /**
   * Frames of each clip, at the positions that the released evaluation would sample; 6 by default.
   */
  columns?: number;
  /** The world's parameters; its defaults by default. */
  parameters?: Record<string, unknown>;
}

/** Minimum radius of a ring, in pixels. */
const SMALLEST_RING = 4;

/**
 * A JPEG of one world: the correct clip, followed by a row for each violation that can be planted.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { world } from "../worlds/all.ts";
 * import { worldSheet } from "./world_sheet.ts";
 *
 * const jpeg = await worldSheet(world("mitosis"), { columns: 2 });
 * assertEquals([...jpeg.subarray(0, 2)], [0xff, 0xd8]);
 * ```
 */
export async function worldSheet(
  world: World,
  options: WorldSheetOptions = {},
): Promise<Uint8Array> {
  const { seed = 0, columns = 6, parameters = {} } = options;
  const correct = world.simulate(parameters, { seed });
  const rows: SheetRow[] = [{
    name: "correct",
    note: "textbook physics",
    frames: taken(correct, columns),
  }];
  for (const { name, kind, description } of world.violations) {
    const frames = taken(world.simulate(parameters, { seed, violation: name }), columns);
    rows.push({ name, note: `${kind.replaceAll("-", " ")}: ${description}`, frames });
  }
  return await frameSheet({
    title: `${world.name} (${world.scale})`,
    subtitle: correct.caption,
    width: correct.video.width,
    height: correct.video.height,
    columns: times(correct, columns),
    rows,
  });
}

/**
 * A JPEG of many worlds, with two rows each: the correct clip, and one with the first violation
 * that breaks a physical law.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { WORLDS } from "../worlds/all.ts";
 * import { worldsSheet } from "./world_sheet.ts";
 *
 * const jpeg = await worldsSheet(WORLDS.slice(0, 2), { columns: 2 });
 * assertEquals([...jpeg.subarray(0, 2)], [0xff, 0xd8]);
 * ```
 */
export async function worldsSheet(
  worlds: readonly World[],
  options: Omit<WorldSheetOptions, "parameters"> = {},
): Promise<Uint8Array> {
  const { seed = 0, columns = 6 } = options;
  const pairs = worlds.map((world) => {
    const violation = world.violations.find(({ kind }) => kind === "physical-law")!;
    const correct = world.simulate({}, { seed });
    const violated = world.simulate({}, { seed, violation: violation.name });
    return { world, violation, correct, violated };
  });
  const [{ correct: first }] = pairs;
  return await frameSheet({
    title: "Simulated worlds",
    subtitle: "Above: textbook physics. Below: the same clip with a physical law broken.",
    width: first.video.width,
    height: first.video.height,
    columns: times(first, columns),
    rows: pairs.flatMap(({ world, violation, correct, violated }): SheetRow[] => [
      { name: world.name, note: world.scale, frames: taken(correct, columns) },
      { name: "violated", note: violation.description, frames: taken(violated, columns) },
    ]),
  });
}

/**
 * A JPEG of one clip: its frames, and below them the same frames with the true state drawn in, a
 * ring of equal area for each object in view.
 *
 * @param title The title above the caption.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { world } from "../worlds/all.ts";
 * import { truthSheet } from "./world_sheet.ts";
 *
 * const clip = world("vessel-flow").simulate({}, { seed: 1 });
 * assertEquals([...(await truthSheet(clip, "Task 1", 3)).subarray(0, 2)], [0xff, 0xd8]);
 * ```
 */
export async function truthSheet(
  simulation: Simulation,
  title: string,
  columns = 6,
): Promise<Uint8Array> {
  const { video, truth, caption } = simulation;
  const frames = taken(simulation, columns);
  const rings = samplePositions(video.frames.length, columns).map((position) =>
    truth.objects[position].flatMap((object) => ringOf(object, truth.um_per_pixel))
  );
  return await frameSheet({
    title,
    subtitle: caption,
    width: video.width,
    height: video.height,
    columns: times(simulation, columns),
    rows: [
      { name: "frames", note: "as seen by judges", frames },
      { name: "true state", note: "known only to the simulator", frames, rings },
    ],
  });
}

function taken({ video }: Simulation, columns: number): Uint8Array[] {
  return samplePositions(video.frames.length, columns).map((position) => video.frames[position]);
}

function times({ truth }: Simulation, columns: number): string[] {
  return samplePositions(truth.times_s.length, columns)
    .map((position) => `${truth.times_s[position].toFixed(2)} s`);
}

/** A ring around an object; none if its opacity is below one half. */
function ringOf({ x_um, y_um, radius_um, opacity }: TrueObject, umPerPixel: number): Ring[] {
  if (opacity <= 0.5) return [];
  const radius = Math.max(SMALLEST_RING, radius_um / umPerPixel);
  return [{ x: x_um / umPerPixel, y: y_um / umPerPixel, radius }];
}
