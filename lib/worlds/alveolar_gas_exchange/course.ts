/**
 * Where the red cells are, and how much oxygen they hold.
 *
 * With alveolar oxygen and diffusing capacity constant, saturation nears its end value by first order,
 * dS/dt = (S_A − S)/τ; at rest blood is 0.75 s in the capillary and equilibrates within the first third
 * of it (West and Luks, "Respiratory Physiology: The Essentials", 10th ed. 2016, chapter 3; Weibel,
 * "The Pathway for Oxygen", 1984). Here 95 % of the uptake, 3τ, is done by the share of the way that
 * the setting names.
 */
import { random } from "../../random.ts";
import { smoothstep } from "../../sim/optics.ts";
import type { Clip } from "../../sim/world.ts";
import { type Alveolus, type Point, STEP_UM, type Way } from "./ways.ts";

/** Saturation of mixed venous blood, and of blood in equilibrium with alveolar air. */
export const SATURATION = { venous: 0.75, alveolar: 0.98 } as const;

/** From a cell's middle to the next one's in a file, at least, µm. */
const LEAST_GAP_UM = 9.6;

/** What the cells' course is made of; the units are in the names. */
export interface Setting {
  cells: number;
  speed_um_s: number;
  /** Share of the way along the air by which 95 % of the oxygen is taken up. */
  equilibrated_share: number;
}

/** A red cell, whatever the time. */
export interface Cell {
  /** Number of its way: 0 above the air space, 1 below. */
  file: 0 | 1;
  /** µm along the way at the start. */
  start: number;
  size: number;
  phase: number;
  /** How far towards the middle of the air it strays in the end, as a share; 0 for none. */
  strays: number;
}

/** A red cell at one time; µm. */
export interface State extends Point {
  /** Direction of its front, radians. */
  angle: number;
  saturation: number;
}

/**
 * Saturation after a share of the way along the air, by first order: the closed form of
 * dS/dt = (S_A − S)/τ with 3τ spent by `equilibrated` of the way.
 *
 * @param share 0 where the exchange begins, 1 where it ends.
 * @param equilibrated Share by which 95 % is taken up.
 * @returns Fraction of haemoglobin that holds oxygen, 0–1.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { saturationAt } from "./course.ts";
 *
 * assertNear(saturationAt(0, 0.35), 0.75, 1e-12);
 * assertNear((saturationAt(0.35, 0.35) - 0.75) / (0.98 - 0.75), 0.95, 0.001);
 * ```
 */
export function saturationAt(share: number, equilibrated: number): number {
  const { venous, alveolar } = SATURATION;
  return alveolar - (alveolar - venous) * Math.exp(-3 * Math.max(0, share) / equilibrated);
}

/**
 * Deals the cells to the two files, with uneven gaps between them as in any capillary.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { placeCells } from "./course.ts";
 * import { alveolusOf, waysAround } from "./ways.ts";
 *
 * const setting = { cells: 14, speed_um_s: 28, equilibrated_share: 0.35 };
 * const clip = { seed: 1, violation: undefined, width: 72, height: 72, frames: 33, fps: 12 };
 * const alveolus = alveolusOf(21, clip, 1);
 * const ways = waysAround(alveolus, 72, "left to right");
 * const cells = placeCells(setting, clip, ways);
 * assertEquals([0, 1].map((file) => cells.filter((cell) => cell.file === file).length), [7, 7]);
 * ```
 */
export function placeCells(setting: Setting, clip: Clip, ways: readonly Way[]): Cell[] {
  const uniform = random(clip.seed, "alveolus", "cells");
  const inFile = [Math.ceil(setting.cells / 2), Math.floor(setting.cells / 2)];
  const starts = inFile.map((count, file) => {
    const first = uniform();
    const gaps = Array.from({ length: count }, () => 0.15 + uniform());
    const all = gaps.reduce((sum, gap) => sum + gap, 0);
    const free = (ways[file].length - count * LEAST_GAP_UM) / all;
    let along = first * ways[file].length;
    return gaps.map((gap) => (along += LEAST_GAP_UM + gap * free) % ways[file].length);
  });
  const cells = Array.from({ length: setting.cells }, (_, i): Cell => {
    const file = i % 2 === 0 ? 0 : 1;
    const start = starts[file][Math.floor(i / 2)];
    return { file, start, size: 0.96 + 0.08 * uniform(), phase: 7 * uniform(), strays: 0 };
  });
  const depths = cells.map(() => 0.3 + 0.4 * uniform());
  if (clip.violation === "breached-barrier") {
    const [from, to] = ways[0].exchange;
    const beside = cells.filter(({ start }) =>
      start > from - 4 && start < from + 0.75 * (to - from)
    );
    // Cells alternate between the files: two of four, so that both files lose some.
    beside.forEach((cell, i) => cell.strays = i % 4 < 2 ? depths[i] : 0);
  }
  return cells;
}

/**
 * A cell at a time, on its way or astray from it.
 *
 * @param time Seconds.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { cellAt, placeCells } from "./course.ts";
 * import { alveolusOf, waysAround } from "./ways.ts";
 *
 * const setting = { cells: 14, speed_um_s: 28, equilibrated_share: 0.35 };
 * const clip = { seed: 1, violation: undefined, width: 72, height: 72, frames: 33, fps: 12 };
 * const alveolus = alveolusOf(21, clip, 1);
 * const ways = waysAround(alveolus, 72, "left to right");
 * const [cell] = placeCells(setting, clip, ways);
 * const { saturation } = cellAt(cell, 1, setting, clip, ways[cell.file], alveolus);
 * assertOk(saturation >= 0.75 && saturation < 0.98);
 * ```
 */
export function cellAt(
  cell: Cell,
  time: number,
  setting: Setting,
  clip: Clip,
  way: Way,
  alveolus: Alveolus,
): State {
  const duration = clip.frames / clip.fps;
  const [begin, end] = [0.08 * duration, 0.5 * duration];
  const strayed = cell.strays > 0 ? smoothstep(begin, end, time) : 0;
  // What has left the stream is no longer carried: the integral of 1 − smoothstep.
  const u = Math.min(1, Math.max(0, (time - begin) / (end - begin)));
  const carried = cell.strays > 0
    ? Math.min(time, begin) + (end - begin) * (u - u ** 3 + u ** 4 / 2)
    : time;
  const gone = cell.start + setting.speed_um_s * carried;
  const laps = Math.floor(gone / way.length);
  const along = gone - laps * way.length;
  const i = Math.min(way.points.length - 2, Math.floor(along / STEP_UM));
  const [a, b] = [way.points[i], way.points[i + 1]];
  const part = along / STEP_UM - i;
  const inwards = cell.strays * strayed;
  const x = a.x + (b.x - a.x) * part;
  const y = a.y + (b.y - a.y) * part;
  const share = (s: number) => (s - way.exchange[0]) / (way.exchange[1] - way.exchange[0]);
  let saturation = saturationAt(share(along), setting.equilibrated_share);
  if (clip.violation === "oxygen-loss") {
    const { venous, alveolar } = SATURATION;
    const transit = (way.exchange[1] - way.exchange[0]) / setting.speed_um_s;
    saturation = laps > 0
      ? alveolar + venous - saturation
      : venous + (saturationAt(share(cell.start), setting.equilibrated_share) - venous) *
          Math.exp(-3 * time / (setting.equilibrated_share * transit));
  }
  return {
    x: x + (alveolus.x - x) * inwards,
    y: y + (alveolus.y - y) * inwards + 0.8 * strayed * Math.sin(2 * time + cell.phase),
    angle: Math.atan2(b.y - a.y, b.x - a.x) + 1.5 * strayed * Math.sin(cell.phase),
    saturation,
  };
}
