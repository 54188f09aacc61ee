/**
 * The valve of a lymphatic vessel through a few cycles of pressure, in transmitted light with
 * labelled lymphocytes: two leaflets part when pressure is higher upstream and meet when it is
 * higher downstream, so that lymph goes one way.
 *
 * Opening: a sigmoid of the pressure difference across the valve, as in Bertram, Macaskill and Moore,
 * J. Biomech. Eng. 133 (2011) 011008, with the gap and the small bias towards open that Davis et al.,
 * Am. J. Physiol. Heart 301 (2011) H48–H60, measured on valves of rat mesentery. The pressure
 * difference of neighbouring lymphangions is taken as a sine wave.
 * Flow: quasi-steady Poiseuille flow (Reynolds and Womersley numbers are below 1; Dixon et al.,
 * Microcirculation 13 (2006) 597–610), proportional to pressure and to the valve's conductance; a
 * cell follows its streamline, faster where the way between the leaflets is narrower. Time is slowed
 * down some fivefold to be seen.
 */
import { z } from "zod";
import { random } from "../../random.ts";
import { COLOURS } from "../../sim/colour.ts";
import { around, pixelsIn } from "../../sim/drawing.ts";
import { camera, type Light, smoothNoise, smoothstep } from "../../sim/optics.ts";
import type { TrueObject } from "../../sim/types.ts";
import { type Clip, defineWorld, truthOf, umPerPixel } from "../../sim/world.ts";

/** µm across the frame's shorter side. */
export const VALVE_FIELD_UM = 110;

/** Half width of the vessel, length of the leaflets, radius of a lymphocyte, µm. */
const RADIUS_UM = 27;
const LEAFLET_UM = 32;
const CELL_UM = 3.9;
/** Half gaps between the leaflets' tips, closed and open, µm. */
const GAP_UM = { closed: 0.5, open: 17 } as const;
/** Amplitude of the pressure difference, that at half opening, and the sigmoid's width, Pa. */
const PRESSURE_PA = { amplitude: 150, opening: 8, width: 17 } as const;
/** Cells re-enter on one side as they leave on the other, this far beyond the edge. */
const MARGIN_UM = 5;
/** Cells keep to lanes, so that they pass without touching: shares of the way's half width. */
const LANES = [-0.68, 0, 0.68] as const;
const STEPS_PER_S = 240;

const parameters = z.object({
  period_s: z.number().min(0.8).max(1.5).default(1.1)
    .describe("time from one opening to the next, as shown, s"),
  peak_speed_um_s: z.number().min(50).max(110).default(80)
    .describe("greatest speed on the axis upstream of the valve, µm/s"),
  cells: z.int().min(6).max(12).default(9).describe("lymphocytes in and around the view"),
  direction: z.enum(["left to right", "right to left"]).default("left to right"),
  label_colour: z.enum(["green", "orange", "magenta"]).default("green")
    .describe("fluorescent label of the lymphocytes"),
});

type Parameters = z.output<typeof parameters>;

/** How far each leaflet is open, 0–1, the upper one first, and how much of it is there. */
interface Leaflets {
  open: readonly [number, number];
  there: readonly [number, number];
}

/** A lymphocyte in the flow's own frame: µm along it from the edge where it enters. */
interface Cell {
  along: number;
  /** Share of the way's half width, downwards positive. */
  lane: number;
  size: number;
  phase: number;
}

/** A lymphatic valve that opens and closes (scale: organ). */
export const valve = defineWorld({
  name: "valve",
  scale: "organ",
  parameters,
  violations: [
    {
      name: "backflow",
      kind: "physical-law",
      description: "cells stream back through the closed leaflets as fast as they came",
    },
    {
      name: "vanishing-leaflet",
      kind: "temporal-consistency",
      description: "one of the two leaflets fades away in the middle of the clip",
    },
    {
      name: "stuck-leaflet",
      kind: "expert-criterion",
      description: "one leaflet stands still while the other opens and closes alone",
    },
  ],
  captions,
  simulate(p, clip) {
    const scale = umPerPixel(clip.width, clip.height, VALVE_FIELD_UM);
    const scene = sceneOf(p, clip, scale);
    const background = drawVessel(scene, clip, scale);
    const nuclei = smoothNoise(random(clip.seed, "valve", "nuclei"));
    const expose = camera(clip.width, clip.height, random(clip.seed, "valve", "camera"), {
      unevenness: 0.16,
      readLevels: 2.2,
      shotLevels: 4,
    });
    const objects: TrueObject[][] = [];
    const frames: Uint8Array[] = [];
    // One cycle beforehand brings the cells to where the flow leaves them.
    let steps = -Math.round(p.period_s * STEPS_PER_S);
    for (let frame = 0; frame < clip.frames; frame++) {
      const time = frame / clip.fps;
      for (; steps < Math.round(time * STEPS_PER_S); steps++) carry(scene, steps / STEPS_PER_S);
      const leaflets = leafletsAt(scene, time);
      const light = background.slice();
      drawLeaflets(light, scene, leaflets, clip, scale);
      objects.push(scene.cells.map((cell, id) => {
        const object = objectOf(scene, cell, id, leaflets);
        drawCell(light, clip, scale, object, cell, COLOURS[p.label_colour].rgb, nuclei);
        return object;
      }));
      frames.push(expose(light));
    }
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: truthOf(clip, VALVE_FIELD_UM, objects, {
        period_s: p.period_s,
        peak_speed_um_s: p.peak_speed_um_s,
        phase: scene.phase,
        axis_y_um: scene.axis,
        tips_x_um: scene.flip(scene.base + LEAFLET_UM),
        open_half_gap_um: GAP_UM.open,
        stuck_or_lost: scene.odd,
      }),
    };
  },
});

/** What stays the same through a clip, and the cells, which do not. */
interface Scene {
  p: Parameters;
  violation: string | undefined;
  duration: number;
  /** Share of a cycle by which the pressure is ahead at the start. */
  phase: number;
  length: number;
  /** Height of the vessel's axis, µm from the top. */
  axis: number;
  /** Where the leaflets spring from the wall, µm along the flow. */
  base: number;
  /** Which leaflet a violation takes: 0 the upper, 1 the lower. */
  odd: 0 | 1;
  cells: Cell[];
  /** From µm along the flow to µm from the left edge, and back. */
  flip(along: number): number;
}

function sceneOf(p: Parameters, clip: Clip, scale: number): Scene {
  const uniform = random(clip.seed, "valve", "scene");
  const length = clip.width * scale;
  const period = length + 2 * MARGIN_UM;
  const [phase, odd, first] = [uniform(), uniform() < 0.5 ? 0 as const : 1 as const, uniform()];
  return {
    p,
    violation: clip.violation,
    duration: clip.frames / clip.fps,
    phase,
    length,
    axis: clip.height * scale / 2 + 3 * (uniform() - 0.5),
    base: length / 2 - 20 + 4 * (uniform() - 0.5),
    odd,
    cells: Array.from({ length: p.cells }, (_, i) => {
      const lane = i % LANES.length;
      const inLane = Math.ceil((p.cells - lane) / LANES.length);
      const place = (first + 0.37 * lane + Math.floor(i / LANES.length) / inLane) % 1;
      return {
        along: place * period,
        lane: LANES[lane] + 0.04 * (uniform() - 0.5),
        size: 0.94 + 0.12 * uniform(),
        phase: 20 * uniform(),
      };
    }),
    flip: (along) => p.direction === "left to right" ? along : length - along,
  };
}

/**
 * Pressure upstream of the valve less that downstream, Pa.
 *
 * @param cycles Cycles since the pressure difference last rose through zero.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { pressureAt } from "./world.ts";
 *
 * assertNear(pressureAt(0.25), 150, 1e-9);
 * assertNear(pressureAt(0.5), 0, 1e-9);
 * ```
 */
export function pressureAt(cycles: number): number {
  return PRESSURE_PA.amplitude * Math.sin(2 * Math.PI * cycles);
}

/**
 * How far the leaflets are open at a pressure difference: a sigmoid (see the source above).
 *
 * @param pressure Pa, positive for forward.
 * @returns 0 for closed, 1 for open.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { openAt } from "./world.ts";
 *
 * assertNear(openAt(150), 1, 0.001);
 * assertNear(openAt(-150), 0, 0.001);
 * ```
 */
export function openAt(pressure: number): number {
  return 1 / (1 + Math.exp((PRESSURE_PA.opening - pressure) / PRESSURE_PA.width));
}

/**
 * Speed on the axis upstream of the valve, relative to the greatest: pressure times conductance,
 * which falls with the square of the opening.
 *
 * @param pressure Pa, positive for forward.
 *
 * @example
 * ```ts
 * import { assertNear, assertOk } from "../../testing/assert.ts";
 * import { flowAt } from "./world.ts";
 *
 * assertNear(flowAt(150), 1, 0.001);
 * assertOk(Math.abs(flowAt(-20)) < 0.01);
 * ```
 */
export function flowAt(pressure: number): number {
  return pressure / PRESSURE_PA.amplitude * openAt(pressure) ** 2;
}

function leafletsAt({ p, violation, duration, phase, odd }: Scene, time: number): Leaflets {
  const open = openAt(pressureAt(time / p.period_s + phase));
  const [opens, there] = [[open, open], [1, 1]] as [[number, number], [number, number]];
  if (violation === "stuck-leaflet") opens[odd] = openAt(pressureAt(phase));
  if (violation === "vanishing-leaflet") {
    there[odd] = 1 - smoothstep(0.3 * duration, 0.42 * duration, time);
  }
  return { open: opens, there };
}

/** Half width of the vessel's inner wall, wider in the sinus behind the leaflets, µm. */
function wallAt({ base }: Scene, along: number): number {
  const sinus = smoothstep(base - 1, base + 18, along) *
    (1 - smoothstep(base + 34, base + 58, along));
  const waist = Math.exp(-(((along - base + 2) / 6) ** 2));
  return RADIUS_UM * (1 + 0.34 * sinus - 0.07 * waist);
}

/** Distance of a leaflet from the axis; Infinity beyond its ends. */
function leafletAt(scene: Scene, along: number, open: number): number {
  const share = (along - scene.base) / LEAFLET_UM;
  if (share < 0 || share > 1) return Infinity;
  const gap = GAP_UM.closed + (GAP_UM.open - GAP_UM.closed) * open;
  // The last fifth runs along the axis: there closed leaflets lie against each other.
  return gap + (RADIUS_UM * 0.95 - gap) * Math.max(0, 1 - share / 0.8) ** 1.5;
}

/** The way that is free at a place: its edges above and below the axis, µm, both positive. */
function wayAt(scene: Scene, along: number, { open }: Leaflets): [number, number] {
  const wall = wallAt(scene, along);
  // Streamlines part from the tips smoothly, over some 14 µm.
  const past = smoothstep(0, 14, along - scene.base - LEAFLET_UM);
  const near = Math.min(along, scene.base + LEAFLET_UM);
  return open.map((o) => {
    const leaflet = Math.min(wall, leafletAt(scene, near, o));
    return leaflet + (wall - leaflet) * past;
  }) as [number, number];
}

/** Carries all cells over one step of time. */
function carry(scene: Scene, time: number): void {
  const { p, violation, phase, cells, length } = scene;
  const pressure = pressureAt(time / p.period_s + phase);
  const leaks = violation === "backflow" && time > 0 && pressure < 0;
  const flow = leaks ? pressure / PRESSURE_PA.amplitude : flowAt(pressure);
  const leaflets = leafletsAt(scene, Math.max(0, time));
  const usual = time < 0 ? openAt(pressure) : undefined;
  const now = usual === undefined ? leaflets : { ...leaflets, open: [usual, usual] as const };
  const period = length + 2 * MARGIN_UM;
  for (const cell of cells) {
    const along = cell.along - MARGIN_UM;
    const [above, below] = wayAt(scene, along, now);
    const half = (above + below) / 2;
    const profile = 1 - 0.8 * cell.lane ** 2;
    let speed = p.peak_speed_um_s * flow * profile * Math.min(1.5, RADIUS_UM / half);
    // Leaflets that close around a cell press it out downstream, clear of their tips.
    const past = along - scene.base - LEAFLET_UM;
    const open = Math.max(...now.open);
    if (!leaks && (half < CELL_UM || (past > -8 && past < 9 && open < 0.5))) {
      speed = Math.max(speed, 90);
    }
    cell.along = (((cell.along + speed / STEPS_PER_S) % period) + period) % period;
  }
}

function objectOf(scene: Scene, cell: Cell, id: number, leaflets: Leaflets): TrueObject {
  const along = cell.along - MARGIN_UM;
  const [above, below] = wayAt(scene, along, leaflets);
  const half = Math.max(0, (above + below) / 2 - CELL_UM - 1);
  const radius = CELL_UM * cell.size;
  return {
    id,
    x_um: scene.flip(along),
    y_um: scene.axis + (below - above) / 2 + cell.lane * half,
    radius_um: radius,
    area_um2: Math.PI * radius ** 2,
    opacity: 1,
  };
}

/** Fat and fibres around the vessel, its wall, lymph: all that stands still. */
function drawVessel(scene: Scene, clip: Clip, scale: number): Light {
  const { width, height } = clip;
  const uniform = random(clip.seed, "valve", "fat");
  const fibres = smoothNoise(random(clip.seed, "valve", "fibres"));
  const grain = smoothNoise(random(clip.seed, "valve", "grain"));
  const drops = Array.from({ length: 26 }, () => ({
    x: scene.length * uniform(),
    y: scene.axis + (uniform() < 0.5 ? -1 : 1) * (44 + 24 * uniform()),
    r: 5 + 6 * uniform(),
  }));
  const light = new Float32Array(width * height * 3);
  for (let row = 0, i = 0; row < height; row++) {
    const y = (row + 0.5) * scale;
    for (let column = 0; column < width; column++, i += 3) {
      const x = (column + 0.5) * scale;
      const along = scene.flip(x);
      const wander = 0.7 * fibres(x / 9 + 40, y < scene.axis ? 3 : 30) + 0.3 * grain(x / 2.5, 50);
      const depth = Math.abs(y - scene.axis) - wallAt(scene, along) - wander;
      const side = y < scene.axis ? 13 : 0;
      const inside = 1 - smoothstep(-0.7, 0.7, depth);
      // Muscle cells wind around the wall: short dark strokes across it, 4–5 µm thick in all.
      const thick = 4.2 + 0.7 * fibres(x / 8, side);
      const wall = smoothstep(-0.7, 0.7, depth) * (1 - smoothstep(thick - 0.8, thick + 0.8, depth));
      const strokes = 0.6 + 0.4 * grain(x / 1.7, side + depth / 9);
      const rims = Math.exp(-((depth / 0.9) ** 2)) +
        0.7 * Math.exp(-(((depth - thick) / 0.9) ** 2));
      let fat = 0;
      for (const drop of drops) {
        const off = Math.hypot(x - drop.x, y - drop.y) - drop.r;
        if (off > 3) continue;
        fat += 0.16 * (1 - smoothstep(-2.5, -0.5, off)) - 0.2 * Math.exp(-((off / 0.9) ** 2));
      }
      const tissue = 0.5 + 0.09 * fibres(x / 14 + 2 * grain(x / 20, y / 20), y / 3.5 + side) +
        0.07 * grain(x / 3, y / 3) + 0.05 * grain(x / 1.3, y / 1.3) +
        Math.min(0.2, fat) * smoothstep(5, 9, depth);
      const lymph = 0.7 + 0.03 * fibres(x / 12, y / 12 + 20) + 0.025 * grain(x / 4 + 30, y / 4) +
        0.02 * grain(x / 1.2, y / 1.2 + 30);
      const outside = tissue * (1 - 0.22 * wall * strokes) - 0.16 * rims;
      const level = outside * (1 - inside) + (lymph - 0.16 * rims) * inside;
      light[i] = level * 1.02;
      light[i + 1] = level;
      light[i + 2] = level * 0.94;
    }
  }
  return light;
}

/** Two thin folds that are dark with a bright edge, and a slight shade of the pockets behind them. */
function drawLeaflets(
  light: Light,
  scene: Scene,
  { open, there }: Leaflets,
  clip: Clip,
  scale: number,
): void {
  for (let column = 0; column < clip.width; column++) {
    const along = scene.flip((column + 0.5) * scale);
    const share = (along - scene.base) / LEAFLET_UM;
    if (share < -0.05 || share > 1.08) continue;
    const place = Math.min(scene.base + LEAFLET_UM, Math.max(scene.base, along));
    const ends = smoothstep(-0.05, 0.03, share) * (1 - smoothstep(0.93, 1.06, share));
    const wall = wallAt(scene, along);
    for (const side of [0, 1] as const) {
      const here = leafletAt(scene, place, open[side]);
      const slope = (leafletAt(scene, Math.max(scene.base, place - 0.5), open[side]) - here) / 0.5;
      const steep = Math.sqrt(1 + slope * slope);
      const sign = side === 0 ? -1 : 1;
      const [from, to] = [scene.axis + sign * (here - 4 * steep), scene.axis + sign * (wall + 1)];
      const top = Math.max(0, Math.floor(Math.min(from, to) / scale));
      const bottom = Math.min(clip.height - 1, Math.ceil(Math.max(from, to) / scale));
      for (let row = top; row <= bottom; row++) {
        const off = (sign * ((row + 0.5) * scale - scene.axis) - here) / steep;
        const fold = Math.exp(-((off / 1.1) ** 2));
        const edge = Math.exp(-(((off - 1.9) / 0.8) ** 2));
        const pocket = (1 - smoothstep(0.2, 0.9, share)) * smoothstep(0, 2, off) *
          (1 - smoothstep(wall - here - 1, wall - here, off));
        const shade = ends * there[side] * (0.46 * fold - 0.07 * edge + 0.06 * pocket);
        const i = 3 * (row * clip.width + column);
        for (let c = 0; c < 3; c++) light[i + c] *= 1 - shade;
      }
    }
  }
}

/** A round lymphocyte: a dark rim in transmitted light and the glow of its label. */
function drawCell(
  light: Light,
  clip: Clip,
  scale: number,
  { x_um, y_um, radius_um }: TrueObject,
  cell: Cell,
  label: readonly number[],
  nuclei: (x: number, y: number) => number,
): void {
  const reach = radius_um + 4;
  const { left, top, right, bottom } = pixelsIn(clip, scale, around({ x: x_um, y: y_um }, reach));
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const [dx, dy] = [(column + 0.5) * scale - x_um, (row + 0.5) * scale - y_um];
      const off = Math.hypot(dx, dy) - radius_um;
      const body = 1 - smoothstep(-0.9, 0.7, off);
      const rim = Math.exp(-(((off + 0.2) / 0.8) ** 2));
      const grains = 1 + 0.2 * nuclei(dx / 1.6 + cell.phase, dy / 1.6);
      const glow = 0.1 * Math.exp(-Math.max(0, off) / 1.4);
      const i = 3 * (row * clip.width + column);
      for (let c = 0; c < 3; c++) {
        light[i + c] = light[i + c] * (1 - 0.66 * body - 0.2 * rim * (1 - body)) +
          label[c] * (0.62 * body * grains + glow);
      }
    }
  }
}

function captions(p: Parameters): readonly string[] {
  const { direction: way, label_colour: label, cells, period_s: period, peak_speed_um_s: peak } = p;
  return [
    `Lymphatic valve, ${label} cells, ${way}.`,
    `A valve opens and closes; ${label} cells advance ${way}.`,
    `Two leaflets gate ${label} lymphocytes moving ${way}.`,
    `Lymph pumped ${way} past a bicuspid valve, lymphocytes in ${label}.`,
    `Intravital microscopy of a lymphatic valve, ${label} lymphocytes, flow ${way}.`,
    `Valve leaflets part with forward flow, ${way}, and shut against backflow; cells glow ${label}.`,
    `One-way flow: ${label} cells pass the open valve ${way} and wait while it is closed.`,
    `High-speed film of a lymph vessel valve cycling every ${period} s, ${label} cells, ${way}.`,
    `Collecting lymphatic with a bicuspid valve; ${cells} ${label} lymphocytes go ${way} in spurts.`,
    `The leaflets of a lymphatic valve swing in time with pressure while ${label} cells are carried ` +
    `${way}.`,
    `Transmitted light with ${label} fluorescence: a valve in a mesenteric lymphatic, flow ${way}.`,
    `A funnel of two thin leaflets opens once every ${period} s and lets ${label} lymphocytes ` +
    `through ${way}.`,
    `Slowed-down view of lymph transport ${way}: ${label} cells reach ${peak} µm/s when the valve ` +
    "is open and rest when it is shut.",
    `Grey tissue, bright lumen, dark leaflets: ${label} immune cells stream ${way} through an ` +
    "intraluminal valve, and none returns.",
    `A lymphangion fills through its valve: ${cells} cells labelled ${label} move ${way}, stop, and ` +
    `move again with a period of ${period} s.`,
    `Microscopy of a competent valve: when pressure reverses both leaflets meet on the axis and ` +
    `${label} cells, bound ${way}, stand still.`,
    `Brightfield film of a vessel with a sinus behind two valve leaflets; ${label} lymphocytes drift ` +
    `${way} at up to ${peak} µm/s in each cycle.`,
    `Two leaflets spring from opposite walls of a lymphatic. They open together, ${label} cells pass ` +
    `${way}, and they close together before any flows back.`,
    `Valve gating in a collecting lymphatic vessel: sinusoidal pressure, period ${period} s, drives ` +
    `${label} lymphocytes ${way} while the leaflets are apart.`,
    `About ${cells} ${label} lymphocytes in a vessel 54 µm wide; a bicuspid valve in the middle ` +
    `opens and closes, and the cells advance ${way} by steps.`,
    `Intravital high-speed microscopy of a lymphatic valve. Two thin leaflets in the middle of the ` +
    `vessel part when pressure is higher upstream, let ${label} lymphocytes pass ${way}, and meet ` +
    `again as the pressure reverses, once every ${period} s.`,
    `A film in transmitted light, slowed down, shows a collecting lymphatic vessel with fat and ` +
    `fibres around it. In its middle a bicuspid valve opens and closes every ${period} s. About ` +
    `${cells} lymphocytes labelled ${label} are carried ${way} at up to ${peak} µm/s while the ` +
    "leaflets are apart, and rest while they are shut; none is carried back.",
  ];
}
