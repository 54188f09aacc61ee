/** A room seen from the front: back wall, floor and two side walls in perspective. */
import { smoothNoise, smoothstep } from "../../sim/optics.ts";
import { random } from "../../random.ts";
import type { Side } from "./backdrop.ts";
import { type Canvas, covering, extentOf, paint } from "./canvas.ts";
import { mixed, type Rgb } from "./palette.ts";

/** Floor materials. */
export const FLOORS = ["wooden", "tiled", "carpeted"] as const;
export type Floor = typeof FLOORS[number];

/** Wall paints. */
const WALLS = {
  cream: [0.86, 0.81, 0.68],
  "light blue": [0.64, 0.77, 0.85],
  "pale green": [0.69, 0.8, 0.66],
  grey: [0.68, 0.69, 0.7],
  pink: [0.88, 0.7, 0.69],
} as const satisfies Record<string, Rgb>;

export type WallName = keyof typeof WALLS;
export const WALL_NAMES = Object.keys(WALLS) as [WallName, ...WallName[]];

/** Positions of the room's edges, in metres in the frame. */
export interface Room {
  /** Corners of the back wall. */
  left: number;
  right: number;
  /** Where the back wall meets the floor. */
  floor: number;
  high: number;
  wide: number;
}

/**
 * A room that fills a canvas; `unit` is the canvas's shorter side in metres.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { canvasOf } from "./canvas.ts";
 * import { roomOf } from "./room.ts";
 *
 * const { left, right } = roomOf(canvasOf(64, 32, 1));
 * assertNear(right + left, 2, 1e-12);
 * ```
 */
export function roomOf(canvas: Canvas): Room {
  const { wide, high } = extentOf(canvas);
  const unit = Math.min(wide, high);
  return { left: 0.13 * unit, right: wide - 0.13 * unit, floor: high - 0.27 * unit, high, wide };
}

/**
 * The side walls and the floor of a lane, a plane parallel to the back wall.
 *
 * @param depth 0 at the back wall, 1 at the frame's lower edge.
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { canvasOf } from "./canvas.ts";
 * import { laneOf, roomOf } from "./room.ts";
 *
 * const front = laneOf(roomOf(canvasOf(32, 32, 1)), 1);
 * assertNear(front.floor, 1, 1e-12);
 * assertNear(front.right - front.left, 1, 1e-12);
 * ```
 */
export function laneOf(room: Room, depth: number): { left: number; right: number; floor: number } {
  const out = room.left * depth;
  return {
    left: room.left - out,
    right: room.right + out,
    floor: room.floor + (room.high - room.floor) * depth,
  };
}

/**
 * Paints the room over the whole canvas.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { canvasOf } from "./canvas.ts";
 * import { drawRoom, roomOf } from "./room.ts";
 *
 * const canvas = canvasOf(32, 32, 1);
 * const look = { floor: "wooden", wall: "light blue", light: "left", seed: 1 } as const;
 * drawRoom(canvas, roomOf(canvas), look);
 * const wall = canvas.light.subarray((8 * 32 + 16) * 3);
 * assertOk(wall[2] > wall[0], "a blue wall");
 * ```
 */
export function drawRoom(
  canvas: Canvas,
  room: Room,
  { floor, wall, light, seed }: { floor: Floor; wall: WallName; light: Side; seed: number },
): void {
  const grain = smoothNoise(random(seed, "room", floor));
  const paper = smoothNoise(random(seed, "room", "wall"));
  const { left, right, wide, high } = room;
  const unit = Math.min(wide, high);
  const px = canvas.scale;
  const paintOf = WALLS[wall];
  const deep = high - room.floor;
  paint(canvas, { left: 0, top: 0, right: wide, bottom: high }, (x, y, rgb) => {
    const side = x < wide / 2 ? left : wide - right;
    const inward = x < wide / 2 ? left - x : x - right;
    // Below the corner, the foot of the side wall runs down to the frame's lower corner.
    const foot = room.floor + deep * Math.max(0, inward) / side;
    const isFloor = covering(foot - y, px);
    const isSide = covering(-inward, px);
    const facing = (x < wide / 2) === (light === "right");
    let tone = 1 - 0.1 * Math.abs(x - (light === "left" ? 0 : wide)) / wide;
    tone *= 1 + 0.025 * paper(40 * x / unit, 40 * y / unit);
    const corner = Math.exp(-Math.abs(inward) / (0.04 * unit));
    const wallTone = tone * (1 - isSide * (facing ? 0.04 : 0.24)) * (1 - 0.13 * corner);
    const skirting = (1 - smoothstep(0.035 * unit, 0.035 * unit + 2 * px, foot - y)) * 0.8;
    const board = smoothstep(0, px, foot - y - 0.033 * unit) * skirting;
    const wallColour = mixed(paintOf, [0.93, 0.92, 0.9], skirting);
    // The floor's own coordinates: depth towards the camera, and along the back wall.
    const depth = Math.max(0, (y - room.floor) / deep);
    const spread = 1 + depth * side / (wide / 2 - side);
    const along = (x - wide / 2) / spread / unit;
    const near = Math.log1p(1.4 * depth);
    const ground = isFloor > 0 ? floorColour(floor, along, near, grain) : paintOf;
    const shade = 1 - 0.22 * Math.exp(-Math.max(0, y - foot) / (0.03 * unit));
    for (let c = 0; c < 3; c++) {
      const upright = wallColour[c] * wallTone * (1 - 0.4 * board);
      rgb[c] = upright + (ground[c] * tone * shade - upright) * isFloor;
    }
    return 1;
  });
}

function floorColour(
  floor: Floor,
  along: number,
  near: number,
  grain: (x: number, y: number) => number,
): Rgb {
  if (floor === "wooden") {
    const across = along * 9 + 50;
    const board = Math.floor(across);
    const seam = smoothstep(0.03, 0.08, Math.min(across - board, board + 1 - across));
    const tone = 0.93 + 0.1 * grain(board * 3.3, 2.2) + 0.06 * grain(across * 9, near * 6);
    return scaled([0.68, 0.48, 0.29], tone * (0.7 + 0.3 * seam));
  }
  if (floor === "tiled") {
    const [u, v] = [along * 7 + 50.5, near * 5];
    const odd = (Math.floor(u) + Math.floor(v)) & 1;
    return scaled(odd ? [0.86, 0.85, 0.82] : [0.43, 0.47, 0.52], 1 + 0.03 * grain(30 * u, 30 * v));
  }
  const pile = 0.09 * grain(along * 90, near * 70) + 0.05 * grain(along * 14, near * 12);
  return scaled([0.5, 0.36, 0.37], 1 + pile);
}

function scaled(colour: Rgb, tone: number): Rgb {
  return [colour[0] * tone, colour[1] * tone, colour[2] * tone];
}
