/**
 * Positions of the red cells and their oxygen content.
 *
 * With alveolar oxygen and diffusing capacity constant, saturation approaches its end value with
 * first-order kinetics, dS/dt = (S_A − S)/τ; at rest blood spends 0.75 s in the capillary and
 * equilibrates within the first third of it (West and Luks, "Respiratory Physiology: The
 * Essentials", 10th ed. 2016, chapter 3; Weibel, "The Pathway for Oxygen", 1984). Here 95% of the
 * uptake, 3τ, is completed over the share of the path given by the setting.
 */
import { random } from "../../random.ts";
import { smoothstep } from "../../sim/optics.ts";
import type { Clip } from "../../sim/world.ts";
import { type Alveolus, type CapillaryPath, type Point, STEP_UM } from "./paths.ts";

/** Saturation of mixed venous blood, and of blood in equilibrium with alveolar air. */
export const SATURATION = { venous: 0.75, alveolar: 0.98 } as const;

/** Minimum distance between the centres of consecutive cells in a file, in µm. */
const MIN_GAP_UM = 9.6;

/** Parameters of the cells' course, with units in their names. */
export interface Setting {
  cells: number;
  speed_um_s: number;
  /** Share of the path along the air by which 95% of the oxygen is taken up. */
  equilibrated_share: number;
}

/** Time-independent properties of a red cell. */
export interface Cell {
  /** Index of its path: 0 above the air space, 1 below. */
  file: 0 | 1;
  /** Position along the path at the start, in µm. */
  start: number;
  size: number;
  phase: number;
  /** How far towards the middle of the air it finally strays, as a share; 0 for none. */
  strays: number;
}

/** A red cell at one time; in µm. */
export interface State extends Point {
  /** Direction of its front, in radians. */
  angle: number;
  saturation: number;
}

/**
 * Saturation after a share of the path along the air: dS/dt = (S_A − S)/τ in closed form, with 3τ
 * spent over `equilibrated` of the path.
 *
 * @param share 0 where exchange begins, 1 where it ends.
 * @param equilibrated Share by which 95% is taken up.
 * @returns Fraction of oxygenated haemoglobin, 0–1.
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
 * Distributes the cells over the two files, with uneven gaps between them as in any capillary.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { placeCells } from "./course.ts";
 * import { alveolusOf, pathsAround } from "./paths.ts";
 *
 * const setting = { cells: 14, speed_um_s: 28, equilibrated_share: 0.35 };
 * const clip = { seed: 1, violation: undefined, width: 72, height: 72, frames: 33, fps: 12 };
 * const alveolus = alveolusOf(21, clip, 1);
 * const paths = pathsAround(alveolus, 72, "left to right");
 * const cells = placeCells(setting, clip, paths);
 * assertEquals([0, 1].map((file) => cells.filter((cell) => cell.file === file).length), [7, 7]);
 * ```
 */
export function placeCells(setting: Setting, clip: Clip, paths: readonly CapillaryPath[]): Cell[] {
  const uniform = random(clip.seed, "alveolus", "cells");
  const inFile = [Math.ceil(setting.cells / 2), Math.floor(setting.cells / 2)];
  const starts = inFile.map((count, file) => {
    const first = uniform();
    const gaps = Array.from({ length: count }, () => 0.15 + uniform());
    const all = gaps.reduce((sum, gap) => sum + gap, 0);
    const free = (paths[file].length - count * MIN_GAP_UM) / all;
    let along = first * paths[file].length;
    return gaps.map((gap) => (along += MIN_GAP_UM + gap * free) % paths[file].length);
  });
  const cells = Array.from({ length: setting.cells }, (_, i): Cell => {
    const file = i % 2 === 0 ? 0 : 1;
    const start = starts[file][Math.floor(i / 2)];
    return { file, start, size: 0.96 + 0.08 * uniform(), phase: 7 * uniform(), strays: 0 };
  });
  const depths = cells.map(() => 0.3 + 0.4 * uniform());
  if (clip.violation === "breached-barrier") {
    const [from, to] = paths[0].exchange;
    const nearby = cells.filter(({ start }) =>
      start > from - 4 && start < from + 0.75 * (to - from)
    );
    // Cells alternate between the files: two of four stray, so that both files lose some.
    nearby.forEach((cell, i) => cell.strays = i % 4 < 2 ? depths[i] : 0);
  }
  return cells;
}

/**
 * A cell at a given time, on its path or straying from it.
 *
 * @param time In seconds.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { cellAt, placeCells } from "./course.ts";
 * import { alveolusOf, pathsAround } from "./paths.ts";
 *
 * const setting = { cells: 14, speed_um_s: 28, equilibrated_share: 0.35 };
 * const clip = { seed: 1, violation: undefined, width: 72, height: 72, frames: 33, fps: 12 };
 * const alveolus = alveolusOf(21, clip, 1);
 * const paths = pathsAround(alveolus, 72, "left to right");
 * const [cell] = placeCells(setting, clip, paths);
 * const { saturation } = cellAt(cell, 1, setting, clip, paths[cell.file], alveolus);
 * assertOk(saturation >= 0.75 && saturation < 0.98);
 * ```
 */
export function cellAt(
  cell: Cell,
  time: number,
  setting: Setting,
  clip: Clip,
  path: CapillaryPath,
  alveolus: Alveolus,
): State {
  const duration = clip.frames / clip.fps;
  const [begin, end] = [0.08 * duration, 0.5 * duration];
  const strayed = cell.strays > 0 ? smoothstep(begin, end, time) : 0;
  // A cell that has left the stream is no longer carried: the integral of 1 − smoothstep.
  const u = Math.min(1, Math.max(0, (time - begin) / (end - begin)));
  const carried = cell.strays > 0
    ? Math.min(time, begin) + (end - begin) * (u - u ** 3 + u ** 4 / 2)
    : time;
  const covered = cell.start + setting.speed_um_s * carried;
  const laps = Math.floor(covered / path.length);
  const along = covered - laps * path.length;
  const i = Math.min(path.points.length - 2, Math.floor(along / STEP_UM));
  const [a, b] = [path.points[i], path.points[i + 1]];
  const part = along / STEP_UM - i;
  const inwards = cell.strays * strayed;
  const x = a.x + (b.x - a.x) * part;
  const y = a.y + (b.y - a.y) * part;
  const share = (s: number) => (s - path.exchange[0]) / (path.exchange[1] - path.exchange[0]);
  let saturation = saturationAt(share(along), setting.equilibrated_share);
  if (clip.violation === "oxygen-loss") {
    const { venous, alveolar } = SATURATION;
    const transit = (path.exchange[1] - path.exchange[0]) / setting.speed_um_s;
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
