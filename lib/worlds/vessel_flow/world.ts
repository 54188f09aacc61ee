/**
 * Red cells carried by laminar flow through a straight vessel, seen in bright field in the plane
 * through its axis.
 *
 * Velocity: Poiseuille's parabola, v(r) = vmax (1 − (r/R)²), zero at the wall (no slip); e.g. Fung,
 * "Biomechanics: Circulation", 2nd ed. 1997, section 3.2. Cells move with the fluid; the small lag
 * of a finite particle, vmax (a/R)²/3 (Happel and Brenner 1965), is neglected.
 * Shape: the biconcave thickness of Evans and Fung, Microvascular Research 4 (1972) 335–347.
 * Light: absorption by thickness (Beer–Lambert).
 */
import { z } from "zod";
import { random } from "../../random.ts";
import { around, pixelsIn } from "../../sim/drawing.ts";
import { camera, type Light, smoothNoise, smoothstep } from "../../sim/optics.ts";
import type { TrueObject, World } from "../../sim/types.ts";
import { vesselFlowCaptions } from "./captions.ts";
import { type Clip, defineWorld, truthOf, umPerPixel } from "../../sim/world.ts";

/** Length of the frame's shorter side in µm. */
export const VESSEL_FIELD_UM = 60;

const CELL_LENGTH_UM = 7.8;
const CELL_HEIGHT_UM = 5.4;
/** Minimum distance between the lanes that cells keep to, so that they pass without touching. */
const LANE_UM = 7.6;
/** Distance beyond the edge at which cells leave on one side and re-enter on the other. */
const MARGIN_UM = 4.6;

const parameters = z.object({
  vessel_radius_um: z.number().min(12).max(22).default(18)
    .describe("inner radius of the vessel, µm"),
  peak_speed_um_s: z.number().min(12).max(60).default(36)
    .describe("speed on the axis, µm/s"),
  cells: z.int().min(6).max(16).default(11).describe("red cells in and around the view"),
  direction: z.enum(["left to right", "right to left"]).default("left to right"),
  cell_colour: z.enum(["dark red", "bright red"]).default("dark red")
    .describe("venous or arterial blood"),
  tissue_colour: z.enum(["pink", "amber", "lilac"]).default("pink"),
});

type Parameters = z.output<typeof parameters>;

/** Absorption of a whole cell's thickness in red, green and blue (optical depth). */
const ABSORPTION = {
  "dark red": [0.72, 2.1, 1.75],
  "bright red": [0.3, 1.9, 1.7],
} as const;

/** Light through tissue and plasma. */
const STAIN = {
  pink: { tissue: [0.84, 0.62, 0.64], plasma: [0.96, 0.84, 0.82] },
  amber: { tissue: [0.85, 0.68, 0.47], plasma: [0.97, 0.88, 0.73] },
  lilac: { tissue: [0.72, 0.62, 0.82], plasma: [0.91, 0.86, 0.95] },
} as const;

interface Cell {
  /** Initial position along the vessel in µm, 0 at the left edge. */
  along: number;
  /** Distance from the axis in µm, downwards positive. */
  lane: number;
  size: number;
  phase: number;
  /** Time in seconds when it fades, or Infinity. */
  goneAt: number;
  drifts: boolean;
}

/** Red cells in Poiseuille flow (scale: organ). */
export const world: World = defineWorld({
  name: "vessel-flow",
  scale: "organ",
  parameters,
  violations: [
    {
      name: "plug-flow",
      kind: "physical-law",
      description: "every cell moves at one speed, at the wall as on the axis",
    },
    {
      name: "through-wall",
      kind: "expert-criterion",
      description: "cells drift out of the lumen through the unbroken wall into the tissue",
    },
    {
      name: "vanishing-cells",
      kind: "temporal-consistency",
      description: "half of the cells fade away while in full view",
    },
  ],
  captions: vesselFlowCaptions,
  simulate(p, clip) {
    const scale = umPerPixel(clip.width, clip.height, VESSEL_FIELD_UM);
    const length = clip.width * scale;
    const axis = clip.height * scale / 2;
    const cells = placeCells(p, clip, length);
    const duration = clip.frames / clip.fps;
    const background = drawVessel(p, clip, scale, axis);
    const expose = camera(clip.width, clip.height, random(clip.seed, "vessel", "camera"));
    const objects: TrueObject[][] = [];
    const frames: Uint8Array[] = [];
    for (let frame = 0; frame < clip.frames; frame++) {
      const time = frame / clip.fps;
      const light = background.slice();
      const state = cells.map((cell, id) => {
        const object = cellAt(cell, id, time, duration, p, clip, length, axis);
        const tilt = 0.1 * Math.sin(2 * Math.PI * (0.4 * time + cell.phase));
        drawCell(light, clip, scale, object, cell.size, tilt, ABSORPTION[p.cell_colour]);
        return object;
      });
      objects.push(state);
      frames.push(expose(light));
    }
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: truthOf(clip, VESSEL_FIELD_UM, objects, {
        vessel_radius_um: p.vessel_radius_um,
        axis_y_um: axis,
        peak_speed_um_s: p.peak_speed_um_s,
      }),
    };
  },
});

/** Distributes the cells over lanes across the lumen, evenly along each with some variation. */
function placeCells(p: Parameters, clip: Clip, length: number): Cell[] {
  const uniform = random(clip.seed, "vessel", "cells");
  const reach = p.vessel_radius_um - CELL_HEIGHT_UM / 2 - 1;
  const lanes = Math.floor(2 * reach / LANE_UM) + 1;
  const period = length + 2 * MARGIN_UM;
  const first = Math.floor(uniform() * lanes);
  const starts = Array.from({ length: lanes }, () => uniform() * period);
  // The same radial position for all cells of a lane: at different distances from the axis they
  // would collide.
  const places = Array.from(
    { length: lanes },
    (_, lane) => -reach + 2 * reach * lane / (lanes - 1) + 0.8 * (uniform() - 0.5),
  );
  const cells: Cell[] = [];
  for (let i = 0; i < p.cells; i++) {
    const lane = (first + i) % lanes;
    const inLane = Math.ceil((p.cells - i % lanes) / lanes);
    const spacing = period / inLane;
    const play = 0.5 * Math.max(0, spacing - 1.6 * CELL_LENGTH_UM) * (uniform() - 0.5);
    cells.push({
      along: starts[lane] + Math.floor(i / lanes) * spacing + play,
      lane: places[lane],
      size: 0.96 + 0.08 * uniform(),
      phase: uniform(),
      goneAt: Infinity,
      drifts: false,
    });
  }
  const duration = clip.frames / clip.fps;
  const times = cells.map(() => duration * (0.3 + 0.3 * uniform()));
  if (clip.violation === "vanishing-cells") {
    cells.forEach((cell, i) => cell.goneAt = i % 2 === 0 ? times[i] : Infinity);
  }
  if (clip.violation === "through-wall") {
    const outermost = cells.toSorted((a, b) => Math.abs(b.lane) - Math.abs(a.lane));
    outermost.slice(0, Math.max(3, Math.round(0.35 * p.cells))).forEach((c) => c.drifts = true);
  }
  return cells;
}

function cellAt(
  cell: Cell,
  id: number,
  time: number,
  duration: number,
  p: Parameters,
  clip: Clip,
  length: number,
  axis: number,
): TrueObject {
  const period = length + 2 * MARGIN_UM;
  const outside = Math.sign(cell.lane) * (p.vessel_radius_um + 4.5);
  const r = cell.drifts
    ? cell.lane + (outside - cell.lane) * smoothstep(0.05 * duration, 0.75 * duration, time)
    : cell.lane;
  // A drifting cell keeps the speed of its lane; only its path is wrong.
  const share = 1 - (cell.lane / p.vessel_radius_um) ** 2;
  const speed = p.peak_speed_um_s * (clip.violation === "plug-flow" ? 0.6 : share);
  const sign = p.direction === "left to right" ? 1 : -1;
  const x = cell.along + sign * speed * time;
  const area = Math.PI / 4 * CELL_LENGTH_UM * CELL_HEIGHT_UM * cell.size ** 2;
  const opacity = time < cell.goneAt ? 1 : 1 - smoothstep(0, 0.2, time - cell.goneAt);
  return {
    id,
    x_um: ((x % period) + period) % period - MARGIN_UM,
    y_um: axis + r,
    radius_um: Math.sqrt(area / Math.PI),
    area_um2: area * opacity,
    opacity,
  };
}

/** The static background: tissue, wall with its endothelial nuclei, and plasma. */
function drawVessel(p: Parameters, clip: Clip, scale: number, axis: number): Light {
  const { width, height } = clip;
  const fibres = smoothNoise(random(clip.seed, "vessel", "fibres"));
  const grain = smoothNoise(random(clip.seed, "vessel", "grain"));
  const { tissue, plasma } = STAIN[p.tissue_colour];
  const light = new Float32Array(width * height * 3);
  const R = p.vessel_radius_um;
  for (let row = 0, i = 0; row < height; row++) {
    const y = (row + 0.5) * scale - axis;
    for (let column = 0; column < width; column++, i += 3) {
      const x = (column + 0.5) * scale;
      // The wall's inner edge is straight; only its outer, fibrous side wanders.
      const depth = Math.abs(y) - R;
      const inside = 1 - smoothstep(-0.5, 0.5, depth);
      const side = y < 0 ? 17 : 0;
      const thickness = 1.9 + 0.4 * fibres(x / 5, side);
      const wall = smoothstep(-0.5, 0.5, depth) * (1 - smoothstep(thickness, thickness + 1, depth));
      const nucleus = wall * smoothstep(0.35, 0.8, fibres(x / 6 + 31, side + 7));
      const fibrous = 0.05 * fibres(x / 7 + 3 * grain(x / 15, y / 15), y / 1.3) +
        0.05 * fibres(x / 9, y / 5 + 40) + 0.02 * grain(x / 1.1, y / 1.1);
      const cloudy = 0.012 * grain(x / 6, y / 6);
      for (let c = 0; c < 3; c++) {
        const outside = tissue[c] * (1 + fibrous) * (1 - 0.16 * wall - 0.13 * nucleus);
        light[i + c] = outside * (1 - inside) + plasma[c] * (1 + cloudy) * inside;
      }
    }
  }
  return light;
}

/** Evans and Fung's thickness over the radius (0–1), relative to the maximum. */
function thickness(rho2: number): number {
  if (rho2 >= 1) return 0;
  return Math.sqrt(1 - rho2) * (0.207 + 2.003 * rho2 - 1.123 * rho2 * rho2) / 0.74;
}

function drawCell(
  light: Light,
  clip: Clip,
  scale: number,
  cell: TrueObject,
  size: number,
  tilt: number,
  absorption: readonly number[],
): void {
  if (cell.opacity === 0) return;
  const [long, short] = [size * CELL_LENGTH_UM / 2, size * CELL_HEIGHT_UM / 2];
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  const reach = long * 1.25;
  const { left, top, right, bottom } = pixelsIn(
    clip,
    scale,
    around({ x: cell.x_um, y: cell.y_um }, reach),
  );
  const edge = scale / short;
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const dx = (column + 0.5) * scale - cell.x_um;
      const dy = (row + 0.5) * scale - cell.y_um;
      const rho = Math.hypot((dx * cos + dy * sin) / long, (dy * cos - dx * sin) / short);
      const within = 1 - smoothstep(1 - 0.7 * edge, 1 + 0.7 * edge, rho);
      // Slightly out of focus, light bends from the rim into a faint halo.
      const halo = 0.06 * Math.exp(-(((rho - 1.13) / 0.07) ** 2)) * cell.opacity;
      if (within === 0 && halo < 1e-3) continue;
      const path = within * cell.opacity * (0.16 + 0.84 * thickness(Math.min(0.96, rho * rho)));
      const i = (row * clip.width + column) * 3;
      for (let c = 0; c < 3; c++) {
        light[i + c] *= Math.exp(-absorption[c] * path) + halo * (1 - within);
      }
    }
  }
}
