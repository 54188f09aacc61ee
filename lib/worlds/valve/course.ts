/**
 * A lymph vessel with its valve, and the lymphocytes that flow through it. A cell follows its
 * streamline, faster where the passage between the leaflets is narrower. Lengths in µm, times in
 * seconds of the clip.
 */
import { random } from "../../random.ts";
import { smoothstep } from "../../sim/optics.ts";
import type { TrueObject } from "../../sim/types.ts";
import type { Clip } from "../../sim/world.ts";
import { flowAt, openAt, PRESSURE_PA, pressureAt } from "./opening.ts";
import { LEAFLET_UM, passageAt, RADIUS_UM } from "./walls.ts";

/** Number of steps of {@link carry} per second. */
export const STEPS_PER_S = 240;

/** Radius of a lymphocyte. */
const CELL_UM = 3.9;
/** Distance beyond the edge at which cells leave on one side and re-enter on the other. */
const MARGIN_UM = 5;
/** Lanes that let cells pass without touching: shares of the passage's half width. */
const LANES = [-0.68, 0, 0.68] as const;

/** Parameters of a vessel, with units in their names. */
export interface Setting {
  period_s: number;
  peak_speed_um_s: number;
  cells: number;
  direction: string;
}

/** How far each leaflet is open, 0–1, the upper one first, and its visibility. */
export interface Leaflets {
  open: readonly [number, number];
  visibility: readonly [number, number];
}

/** A lymphocyte in the flow's own frame: µm along it from the edge where it enters. */
export interface Cell {
  along: number;
  /** Share of the passage's half width, downwards positive. */
  lane: number;
  size: number;
  phase: number;
}

/** What stays the same through a clip, and the cells, which do not. */
export interface Vessel {
  setting: Setting;
  violation: string | undefined;
  duration: number;
  /** Phase of the pressure at the start, as a share of a cycle. */
  phase: number;
  length: number;
  /** Height of the vessel's axis, in µm from the top. */
  axis: number;
  /** Position where the leaflets attach to the wall, in µm along the flow. */
  base: number;
  /** The leaflet affected by a violation: 0 the upper, 1 the lower. */
  odd: 0 | 1;
  cells: Cell[];
  /** From µm along the flow to µm from the left edge, and back. */
  flip(along: number): number;
}

/**
 * The vessel of a clip, with its cells in their initial positions.
 *
 * @param scale Size of a pixel in µm.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { vesselOf } from "./course.ts";
 *
 * const setting = { period_s: 1, peak_speed_um_s: 80, cells: 7, direction: "right to left" };
 * const clip = { seed: 1, violation: undefined, width: 128, height: 128, frames: 33, fps: 12 };
 * const { cells, length, flip } = vesselOf(setting, clip, 1);
 * assertEquals([cells.length, length, flip(28)], [7, 128, 100]);
 * ```
 */
export function vesselOf(setting: Setting, clip: Clip, scale: number): Vessel {
  const { cells, direction } = setting;
  const uniform = random(clip.seed, "valve", "scene");
  const length = clip.width * scale;
  const period = length + 2 * MARGIN_UM;
  const [phase, odd, first] = [uniform(), uniform() < 0.5 ? 0 as const : 1 as const, uniform()];
  return {
    setting,
    violation: clip.violation,
    duration: clip.frames / clip.fps,
    phase,
    length,
    axis: clip.height * scale / 2 + 3 * (uniform() - 0.5),
    base: length / 2 - 20 + 4 * (uniform() - 0.5),
    odd,
    cells: Array.from({ length: cells }, (_, i) => {
      const lane = i % LANES.length;
      const inLane = Math.ceil((cells - lane) / LANES.length);
      const place = (first + 0.37 * lane + Math.floor(i / LANES.length) / inLane) % 1;
      return {
        along: place * period,
        lane: LANES[lane] + 0.04 * (uniform() - 0.5),
        size: 0.94 + 0.12 * uniform(),
        phase: 20 * uniform(),
      };
    }),
    flip: (along) => direction === "left to right" ? along : length - along,
  };
}

/**
 * The leaflets at a given time.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { leafletsAt, vesselOf } from "./course.ts";
 *
 * const setting = { period_s: 1, peak_speed_um_s: 80, cells: 7, direction: "left to right" };
 * const clip = { seed: 1, violation: undefined, width: 128, height: 128, frames: 33, fps: 12 };
 * const { open: [upper, lower], visibility } = leafletsAt(vesselOf(setting, clip, 1), 0.3);
 * assertEquals([upper - lower, ...visibility], [0, 1, 1]);
 * ```
 */
export function leafletsAt(
  { setting, violation, duration, phase, odd }: Vessel,
  time: number,
): Leaflets {
  const open = openAt(pressureAt(time / setting.period_s + phase));
  const [opens, visibility] = [[open, open], [1, 1]] as [[number, number], [number, number]];
  if (violation === "stuck-leaflet") opens[odd] = openAt(pressureAt(phase));
  if (violation === "vanishing-leaflet") {
    visibility[odd] = 1 - smoothstep(0.3 * duration, 0.42 * duration, time);
  }
  return { open: opens, visibility };
}

/**
 * Carries all cells over one time step, one of {@link STEPS_PER_S} per second. Times below 0 bring
 * the cells into their steady state, whatever is planted.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { carry, vesselOf } from "./course.ts";
 *
 * const setting = { period_s: 1, peak_speed_um_s: 80, cells: 7, direction: "left to right" };
 * const clip = { seed: 1, violation: undefined, width: 128, height: 128, frames: 33, fps: 12 };
 * const vessel = vesselOf(setting, clip, 1);
 * const before = vessel.cells[0].along;
 * for (let step = 0; step < 60; step++) carry(vessel, step / 240);
 * assertOk(vessel.cells[0].along !== before);
 * ```
 */
export function carry(vessel: Vessel, time: number): void {
  const { setting, violation, phase, cells, length, base } = vessel;
  const pressure = pressureAt(time / setting.period_s + phase);
  const leaks = violation === "backflow" && time > 0 && pressure < 0;
  const flow = leaks ? pressure / PRESSURE_PA.amplitude : flowAt(pressure);
  const usual = openAt(pressure);
  const open = time < 0 ? [usual, usual] as const : leafletsAt(vessel, time).open;
  const period = length + 2 * MARGIN_UM;
  for (const cell of cells) {
    const along = cell.along - MARGIN_UM;
    const [above, below] = passageAt(base, along, open);
    const half = (above + below) / 2;
    const profile = 1 - 0.8 * cell.lane ** 2;
    let speed = setting.peak_speed_um_s * flow * profile * Math.min(1.5, RADIUS_UM / half);
    // Leaflets that close around a cell press it out downstream, clear of their tips.
    const past = along - base - LEAFLET_UM;
    if (!leaks && (half < CELL_UM || (past > -8 && past < 9 && Math.max(...open) < 0.5))) {
      speed = Math.max(speed, 90);
    }
    cell.along = (((cell.along + speed / STEPS_PER_S) % period) + period) % period;
  }
}

/**
 * A cell between the leaflets and walls, in the ground truth.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { cellIn, leafletsAt, vesselOf } from "./course.ts";
 *
 * const setting = { period_s: 1, peak_speed_um_s: 80, cells: 7, direction: "left to right" };
 * const clip = { seed: 1, violation: undefined, width: 128, height: 128, frames: 33, fps: 12 };
 * const vessel = vesselOf(setting, clip, 1);
 * const { y_um } = cellIn(vessel, vessel.cells[0], 0, leafletsAt(vessel, 0));
 * assertNear(y_um, vessel.axis, 36);
 * ```
 */
export function cellIn(vessel: Vessel, cell: Cell, id: number, { open }: Leaflets): TrueObject {
  const along = cell.along - MARGIN_UM;
  const [above, below] = passageAt(vessel.base, along, open);
  const half = Math.max(0, (above + below) / 2 - CELL_UM - 1);
  const radius = CELL_UM * cell.size;
  return {
    id,
    x_um: vessel.flip(along),
    y_um: vessel.axis + (below - above) / 2 + cell.lane * half,
    radius_um: radius,
    area_um2: Math.PI * radius ** 2,
    opacity: 1,
  };
}
