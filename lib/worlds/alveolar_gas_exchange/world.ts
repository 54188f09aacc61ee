/**
 * Red blood cells that file through the capillaries around an alveolus and take up oxygen on the
 * way, as a confocal map of their oxygenation: plasma in green, air black, haemoglobin from blue
 * (mixed venous) to red (saturated).
 *
 * Uptake: with alveolar oxygen and diffusing capacity constant, saturation nears its end value by
 * first order, dS/dt = (S_A − S)/τ; at rest blood is 0.75 s in the capillary and equilibrates within
 * the first third of it (West and Luks, "Respiratory Physiology: The Essentials", 10th ed. 2016,
 * chapter 3; Weibel, "The Pathway for Oxygen", 1984). Here 95 % of the uptake, 3τ, is done by the
 * share of the way that a parameter names, and all is slowed down some fourfold to be seen.
 * Sizes: alveoli 40–50 µm, capillaries 5–6 µm and red cells 6 µm across, of the mouse; imaged like
 * this by Tabuchi et al., Am. J. Respir. Crit. Care Med. 188 (2013) 474–481.
 */
import { z } from "zod";
import { random, type Uniform } from "../../random.ts";
import { around, pixelsIn } from "../../sim/drawing.ts";
import { camera, type Light, smoothNoise, smoothstep } from "../../sim/optics.ts";
import type { TrueObject } from "../../sim/types.ts";
import { type Clip, defineWorld, truthOf, umPerPixel } from "../../sim/world.ts";

/** µm across the frame's shorter side. */
export const ALVEOLUS_FIELD_UM = 72;

/** Saturation of mixed venous blood, and of blood in equilibrium with alveolar air. */
export const SATURATION = { venous: 0.75, alveolar: 0.98 } as const;

/** Half length and half width of a red cell squeezed into a capillary, µm. */
const CELL_UM = { long: 3.1, wide: 2.15 } as const;
const LUMEN_UM = 2.8;
/** From the air to the middle of the capillary: barrier, lumen's half width, play. */
const OFFSET_UM = 3.7;
/** The two files run side by side in the vessels that bring and take the blood, this far apart. */
const FILES_UM = 7.6;
/** From a cell's middle to the next one's in a file, at least. */
const LEAST_GAP_UM = 9.6;
const MARGIN_UM = 5;
const STEP_UM = 0.4;

const parameters = z.object({
  alveolus_radius_um: z.number().min(18).max(23).default(21)
    .describe("mean radius of the air space, µm"),
  speed_um_s: z.number().min(18).max(34).default(28)
    .describe("speed of the red cells as shown, slowed down some fourfold, µm/s"),
  equilibrated_share: z.number().min(0.25).max(0.7).default(0.35)
    .describe("share of the way along the air by which 95 % of the oxygen is taken up"),
  cells: z.int().min(10).max(16).default(14).describe("red cells in and around the view"),
  direction: z.enum(["left to right", "right to left"]).default("left to right"),
});

type Parameters = z.output<typeof parameters>;

/** Display colours by oxygenation; red and blue add up to the same, so their ratio is linear. */
const DEOXYGENATED = [0.2, 0.28, 0.79] as const;
const OXYGENATED = [0.87, 0.15, 0.12] as const;

/** Point of the way that a file of cells takes. */
interface Point {
  x: number;
  y: number;
}

/** The middle of a capillary, points {@link STEP_UM} apart, and where it runs along the air. */
interface Way {
  points: Point[];
  /** µm along the way. */
  length: number;
  exchange: readonly [number, number];
}

/** The air space: its outline r(θ) around a centre, µm. */
interface Alveolus {
  x: number;
  y: number;
  outline(angle: number): number;
}

interface Cell {
  /** Number of its way: 0 above the air space, 1 below. */
  file: 0 | 1;
  /** µm along the way at the start. */
  start: number;
  size: number;
  phase: number;
  /** How far towards the middle of the air it strays in the end, as a share; 0 for none. */
  strays: number;
}

/** Oxygen uptake around an alveolus (scale: organ). */
export const alveolarGasExchange = defineWorld({
  name: "alveolar-gas-exchange",
  scale: "organ",
  parameters,
  violations: [
    {
      name: "oxygen-loss",
      kind: "physical-law",
      description: "cells come in red and turn blue along the air, against the gradient of oxygen",
    },
    {
      name: "flickering-oxygenation",
      kind: "temporal-consistency",
      description: "each cell's colour flips between blue and red at random from frame to frame",
    },
    {
      name: "breached-barrier",
      kind: "expert-criterion",
      description:
        "cells leave the capillary through the intact barrier and float in the air space",
    },
  ],
  captions,
  simulate(p, clip) {
    const scale = umPerPixel(clip.width, clip.height, ALVEOLUS_FIELD_UM);
    const uniform = random(clip.seed, "alveolus", "shape");
    const alveolus = drawnAlveolus(p, clip, scale, uniform);
    const ways = ([-1, 1] as const).map((side) => {
      const way = wayAround(alveolus, side, clip.width * scale);
      return p.direction === "left to right" ? way : reversed(way);
    });
    const cells = placeCells(p, clip, ways);
    const background = drawTissue(alveolus, ways, clip, scale);
    const flips = random(clip.seed, "alveolus", "flips");
    const expose = camera(clip.width, clip.height, random(clip.seed, "alveolus", "camera"), {
      unevenness: 0.12,
      readLevels: 2.5,
      shotLevels: 6,
    });
    const objects: TrueObject[][] = [];
    const frames: Uint8Array[] = [];
    for (let frame = 0; frame < clip.frames; frame++) {
      const time = frame / clip.fps;
      const light = background.slice();
      objects.push(cells.map((cell, id) => {
        const state = cellAt(cell, time, p, clip, ways[cell.file], alveolus);
        const flipped = flips() < 0.5 ? SATURATION.venous : SATURATION.alveolar;
        const flickers = clip.violation === "flickering-oxygenation" && frame > 0;
        drawCell(light, clip, scale, state, cell, flickers ? flipped : state.saturation);
        const area = Math.PI * CELL_UM.long * CELL_UM.wide * cell.size ** 2;
        const radius_um = Math.sqrt(area / Math.PI);
        return { id, x_um: state.x, y_um: state.y, radius_um, area_um2: area, opacity: 1 };
      }));
      frames.push(expose(light));
    }
    const [from, to] = ways[0].exchange;
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: truthOf(clip, ALVEOLUS_FIELD_UM, objects, {
        speed_um_s: p.speed_um_s,
        transit_s: (to - from) / p.speed_um_s,
        time_constant_s: p.equilibrated_share * (to - from) / 3 / p.speed_um_s,
        equilibrated_share: p.equilibrated_share,
        venous_saturation: SATURATION.venous,
        alveolar_saturation: SATURATION.alveolar,
        air_x_um: alveolus.x,
        air_y_um: alveolus.y,
        air_radius_um: p.alveolus_radius_um,
      }),
    };
  },
});

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
 * import { saturationAt } from "./world.ts";
 *
 * assertNear(saturationAt(0, 0.35), 0.75, 1e-12);
 * assertNear((saturationAt(0.35, 0.35) - 0.75) / (0.98 - 0.75), 0.95, 0.001);
 * ```
 */
export function saturationAt(share: number, equilibrated: number): number {
  const { venous, alveolar } = SATURATION;
  return alveolar - (alveolar - venous) * Math.exp(-3 * Math.max(0, share) / equilibrated);
}

function drawnAlveolus(p: Parameters, clip: Clip, scale: number, uniform: Uniform): Alveolus {
  const waves = [2, 3, 4].map((k) => ({
    k,
    size: 0.11 * (0.4 + 0.6 * uniform()) / k,
    phase: 7 * uniform(),
  }));
  return {
    x: clip.width * scale / 2 + 2 * (uniform() - 0.5),
    y: clip.height * scale / 2 + 2 * (uniform() - 0.5),
    outline: (angle) =>
      p.alveolus_radius_um *
      waves.reduce((sum, { k, size, phase }) => sum + size * Math.cos(k * angle + phase), 1),
  };
}

/** From the left edge to the air space, around it above (-1) or below (1), and to the right edge. */
function wayAround(alveolus: Alveolus, side: -1 | 1, width: number): Way {
  const corners: Point[] = [];
  const level = alveolus.y + side * FILES_UM / 2;
  const around = (angle: number): Point => {
    const r = alveolus.outline(side * angle) + OFFSET_UM;
    return { x: alveolus.x + r * Math.cos(angle), y: alveolus.y + side * r * Math.sin(angle) };
  };
  const arc = Array.from({ length: 721 }, (_, i) => around(Math.PI * (1 - i / 720)))
    .filter(({ y }) => side * (y - level) > 0);
  for (let x = -MARGIN_UM; x < arc[0].x; x += STEP_UM) corners.push({ x, y: level });
  corners.push(...arc);
  for (let x = arc[arc.length - 1].x; x < width + MARGIN_UM; x += STEP_UM) {
    corners.push({ x, y: level });
  }
  const even = resampled(corners);
  // Vessels do not turn at right angles: a running mean over 7 µm rounds the two corners.
  const half = Math.round(3.5 / STEP_UM);
  const points = resampled(even.map((_, i) => {
    const reach = Math.min(half, i, even.length - 1 - i);
    const near = even.slice(i - reach, i + reach + 1);
    return {
      x: near.reduce((sum, { x }) => sum + x, 0) / near.length,
      y: near.reduce((sum, { y }) => sum + y, 0) / near.length,
    };
  }));
  // The exchange runs over the half turn, from the one end of the arc to the other.
  const inside = points.map(({ x }) => x > arc[0].x && x < arc[arc.length - 1].x);
  return {
    points,
    length: (points.length - 1) * STEP_UM,
    exchange: [inside.indexOf(true) * STEP_UM, inside.lastIndexOf(true) * STEP_UM],
  };
}

function reversed({ points, length, exchange: [from, to] }: Way): Way {
  return { points: points.toReversed(), length, exchange: [length - to, length - from] };
}

/** The same line with points evenly {@link STEP_UM} apart. */
function resampled(line: readonly Point[]): Point[] {
  const even = [line[0]];
  let left = STEP_UM;
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1], line[i]];
    const gap = Math.hypot(b.x - a.x, b.y - a.y);
    let gone = 0;
    while (gap - gone >= left) {
      gone += left;
      even.push({ x: a.x + (b.x - a.x) * gone / gap, y: a.y + (b.y - a.y) * gone / gap });
      left = STEP_UM;
    }
    left -= gap - gone;
  }
  return even;
}

/** Deals the cells to the two files, with uneven gaps between them as in any capillary. */
function placeCells(p: Parameters, clip: Clip, ways: readonly Way[]): Cell[] {
  const uniform = random(clip.seed, "alveolus", "cells");
  const inFile = [Math.ceil(p.cells / 2), Math.floor(p.cells / 2)];
  const starts = inFile.map((count, file) => {
    const first = uniform();
    const gaps = Array.from({ length: count }, () => 0.15 + uniform());
    const all = gaps.reduce((sum, gap) => sum + gap, 0);
    const free = (ways[file].length - count * LEAST_GAP_UM) / all;
    let along = first * ways[file].length;
    return gaps.map((gap) => (along += LEAST_GAP_UM + gap * free) % ways[file].length);
  });
  const cells = Array.from({ length: p.cells }, (_, i): Cell => {
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

interface State extends Point {
  /** Direction of its front, radians. */
  angle: number;
  saturation: number;
}

function cellAt(
  cell: Cell,
  time: number,
  p: Parameters,
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
  const gone = cell.start + p.speed_um_s * carried;
  const laps = Math.floor(gone / way.length);
  const along = gone - laps * way.length;
  const i = Math.min(way.points.length - 2, Math.floor(along / STEP_UM));
  const [a, b] = [way.points[i], way.points[i + 1]];
  const part = along / STEP_UM - i;
  const inwards = cell.strays * strayed;
  const x = a.x + (b.x - a.x) * part;
  const y = a.y + (b.y - a.y) * part;
  const share = (s: number) => (s - way.exchange[0]) / (way.exchange[1] - way.exchange[0]);
  let saturation = saturationAt(share(along), p.equilibrated_share);
  if (clip.violation === "oxygen-loss") {
    const { venous, alveolar } = SATURATION;
    const transit = (way.exchange[1] - way.exchange[0]) / p.speed_um_s;
    saturation = laps > 0
      ? alveolar + venous - saturation
      : venous + (saturationAt(share(cell.start), p.equilibrated_share) - venous) *
          Math.exp(-3 * time / (p.equilibrated_share * transit));
  }
  return {
    x: x + (alveolus.x - x) * inwards,
    y: y + (alveolus.y - y) * inwards + 0.8 * strayed * Math.sin(2 * time + cell.phase),
    angle: Math.atan2(b.y - a.y, b.x - a.x) + 1.5 * strayed * Math.sin(cell.phase),
    saturation,
  };
}

/** How far each pixel's centre is from the nearest capillary, µm; beyond 8 µm only "far". */
function distanceToWays(ways: readonly Way[], clip: Clip, scale: number): Float32Array {
  const { width, height } = clip;
  const distance = new Float32Array(width * height).fill(8);
  const reach = Math.ceil(8 / scale);
  for (const { x, y } of ways.flatMap(({ points }) => points.filter((_, i) => i % 2 === 0))) {
    const [column, row] = [Math.floor(x / scale), Math.floor(y / scale)];
    for (let v = Math.max(0, row - reach); v <= Math.min(height - 1, row + reach); v++) {
      for (let u = Math.max(0, column - reach); u <= Math.min(width - 1, column + reach); u++) {
        const far = Math.hypot((u + 0.5) * scale - x, (v + 0.5) * scale - y);
        const i = v * width + u;
        if (far < distance[i]) distance[i] = far;
      }
    }
  }
  return distance;
}

const AIR = [0.012, 0.02, 0.022] as const;
const TISSUE = [0.1, 0.2, 0.15] as const;
const PLASMA = [0.1, 0.38, 0.22] as const;
const LINING = [0.16, 0.34, 0.26] as const;

/** Septa with fibres and nuclei, plasma in the capillaries, air spaces: all that stands still. */
function drawTissue(
  alveolus: Alveolus,
  ways: readonly Way[],
  clip: Clip,
  scale: number,
): Light {
  const { width, height } = clip;
  const fibres = smoothNoise(random(clip.seed, "alveolus", "fibres"));
  const grain = smoothNoise(random(clip.seed, "alveolus", "grain"));
  const distance = distanceToWays(ways, clip, scale);
  const uniform = random(clip.seed, "alveolus", "neighbours");
  const neighbours = [[-1, -1], [1, -1], [-1, 1], [1, 1]].map(([sideX, sideY]) => ({
    x: sideX * (44 + 5 * uniform()),
    y: sideY * (41 + 6 * uniform()),
    r: 25.5 + 3.5 * uniform(),
  }));
  const light = new Float32Array(width * height * 3);
  for (let row = 0, i = 0; row < height; row++) {
    const y = (row + 0.5) * scale;
    for (let column = 0; column < width; column++, i += 3) {
      const x = (column + 0.5) * scale;
      // Depth into the nearest air space, negative in tissue: this alveolus or one beyond a corner.
      const [dx, dy] = [x - alveolus.x, y - alveolus.y];
      const radius = Math.hypot(dx, dy);
      const own = alveolus.outline(Math.atan2(dy, dx)) - radius;
      const wavy = 3 * fibres(x / 11 + 20, y / 11) + 0.7 * grain(x / 4, y / 4 + 9);
      const next = wavy + Math.max(...neighbours.map((n) => n.r - Math.hypot(dx - n.x, dy - n.y)));
      const depth = Math.max(own, next);
      const air = smoothstep(-0.45, 0.45, depth);
      const lining = Math.exp(-(((depth + 0.7) / 0.75) ** 2)) *
        (0.75 + 0.35 * grain(x / 3 + 40, y / 3));
      const bulge = LUMEN_UM + 0.5 * grain(x / 5 + 23, y / 5) + 0.25 * grain(x / 2 + 13, y / 2);
      const lumen = 1 - smoothstep(-0.7, 0.7, distance[i / 3] - bulge);
      const wall = Math.exp(-(((distance[i / 3] - bulge - 0.7) / 0.6) ** 2));
      // Elastic fibres shine by themselves; nuclei are dark in the cytoplasm's glow.
      const fibre = Math.max(0, 1 - 5 * Math.abs(fibres(x / 9 + 3, y / 6)));
      const nucleus = smoothstep(0.3, 0.6, fibres(x / 4.5 + 47, y / 4.5 + 5));
      const tissue = (1 + 0.3 * grain(x / 1.6, y / 1.6) + 0.35 * grain(x / 6 + 11, y / 6)) *
          (1 + 0.6 * fibre) * (1 - 0.4 * nucleus) + 0.3 * wall;
      const flowing = 0.85 + 0.25 * grain(x / 2.5 + 5, y / 2.5) + 0.3 * fibres(x / 14, y / 14 + 30);
      for (let c = 0; c < 3; c++) {
        const septum = TISSUE[c] * tissue * (1 - lumen) + PLASMA[c] * flowing * lumen;
        light[i + c] = septum * (1 - air) + AIR[c] * air * (1 + 0.5 * grain(x / 7, y / 7)) +
          LINING[c] * lining * (1 - lumen);
      }
    }
  }
  return light;
}

/** A red cell bent to a parachute by the narrow lumen, round in front and hollow behind. */
function drawCell(
  light: Light,
  clip: Clip,
  scale: number,
  state: State,
  cell: Cell,
  saturation: number,
): void {
  const angle = state.angle + 0.12 * Math.sin(cell.phase + state.x / 5);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [long, wide] = [CELL_UM.long * cell.size, CELL_UM.wide * cell.size];
  const oxygen = (saturation - SATURATION.venous) / (SATURATION.alveolar - SATURATION.venous);
  const colour = DEOXYGENATED.map((blue, c) => blue + (OXYGENATED[c] - blue) * oxygen);
  const reach = long * 1.6;
  const { left, top, right, bottom } = pixelsIn(clip, scale, around(state, reach));
  const soft = Math.max(0.16, 0.6 * scale / wide);
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const dx = (column + 0.5) * scale - state.x;
      const dy = (row + 0.5) * scale - state.y;
      const [u, w] = [(dx * cos + dy * sin) / long, (dy * cos - dx * sin) / wide];
      const rho = Math.hypot(u, w);
      const hollow = 0.4 * Math.exp(-((u + 0.95) ** 2) / 0.12 - w * w / 0.3);
      const body = (1 - smoothstep(1 - soft, 1 + soft, rho)) * (1 - hollow);
      const glow = 0.07 * Math.exp(-Math.max(0, rho - 0.9) * 3.2);
      if (glow < 0.004) continue;
      // Thinner in the middle, as a biconcave disc is; brightest along the rim.
      const thick = 0.8 + 0.3 * smoothstep(0.15, 0.75, rho) * (1 - 0.3 * smoothstep(0.8, 1, rho));
      const i = (row * clip.width + column) * 3;
      for (let c = 0; c < 3; c++) {
        light[i + c] = light[i + c] * (1 - body) + colour[c] * (body * thick + glow * (1 - body));
      }
    }
  }
}

function captions(p: Parameters): readonly string[] {
  const across = 2 * p.alveolus_radius_um;
  const way = p.direction;
  const percent = Math.round(100 * p.equilibrated_share);
  const { cells, speed_um_s: speed } = p;
  return [
    `Alveolar gas exchange, ${way}.`,
    `Red cells take up oxygen, ${way}.`,
    `Capillary blood oxygenating around one alveolus, ${way}.`,
    `An alveolus ringed by red cells moving ${way}, blue turning red.`,
    `Intravital lung microscopy: ${cells} erythrocytes oxygenate as they pass an alveolus ${way}.`,
    `False-colour oximetry of a lung alveolus; blood flows ${way} and reddens on the way.`,
    `Blood enters blue and leaves red: red cells file ${way} around a dark air space.`,
    `Confocal map of haemoglobin saturation in the capillaries of an alveolus ${across} µm wide, ` +
    `flow ${way}.`,
    `Oxygen diffuses from the air space into red cells that travel ${way} at ${speed} µm/s.`,
    `Single-file red cells squeeze ${way} through septal capillaries and load oxygen, ${percent}% ` +
    "of the way being enough.",
    `Pulmonary capillaries around a black alveolus: ${cells} red cells, ${way}, change from blue ` +
    "to bright red.",
    `A ${across} µm alveolus in green-stained septa. Red cells pass above and below it ${way}, ` +
    "oxygenating as they go.",
    `Gas exchange in the mouse lung, slowed down: deoxygenated cells arrive, saturated ones leave, ` +
    `${way}.`,
    `Lung tissue with plasma in green: erythrocytes stream ${way} past the thin blood–gas barrier ` +
    `and are saturated after ${percent}% of the way.`,
    `Venous red cells, shown in blue, run ${way} along the alveolar wall and turn arterial red ` +
    "within the first part of their transit.",
    `Time-lapse of oxygen uptake: about ${cells} red cells in two files go around the air space ` +
    `${way} at ${speed} µm/s; none enters the air.`,
    `The septum between air spaces, where capillaries carry red cells ${way}; their colour maps ` +
    "saturation from mixed venous blue to oxygenated red.",
    `An oxygenation map shows haemoglobin loading by first order while blood moves ${way} around ` +
    `an air space ${across} µm across, complete by ${percent}% of the path.`,
    `Dark round alveolus, thin green septa, small parachute-shaped red cells going ${way}: each ` +
    "one turns gradually from blue through purple to red and stays red.",
    `In this intravital confocal view of a lung, ${cells} red blood cells split into two files, ` +
    `pass above and below a black alveolus ${way}, load oxygen across the blood–gas barrier and ` +
    "join again.",
    `A confocal oximetry film of one pulmonary alveolus, ${across} µm in diameter, ringed by ` +
    `capillaries in a thin septum. Red blood cells squeeze through in single file ${way} at about ` +
    `${speed} µm/s. They come in deoxygenated, blue, take up oxygen from the air and are bright ` +
    `red by ${percent}% of the way, then leave saturated.`,
    `Fluorescence microscopy of gas exchange in the living lung, in false colour. Around a black ` +
    `air space ${p.alveolus_radius_um} µm in radius plasma glows green, and about ${cells} red ` +
    `cells travel ${way} at ${speed} µm/s in the septal capillaries. Each changes smoothly from ` +
    `blue to red as oxygen crosses the barrier, is saturated by ${percent}% of the way, and never ` +
    "enters the air space.",
  ];
}
