/**
 * One cell that dies by apoptosis: differential interference contrast overlaid with two fluorescent
 * stains, one held in the cytoplasm by intact membranes, the other bound to chromatin. It is a
 * time-lapse.
 *
 * Sequence: the cell rounds up and shrinks, its membrane blebs all around, the nucleus condenses
 * (pyknosis) and fragments (karyorrhexis), and the cell breaks up into apoptotic bodies, each
 * within its own membrane; nothing is spilled (Kerr, Wyllie and Currie, Br. J. Cancer 26 (1972)
 * 239–257; Alberts et al., "Molecular Biology of the Cell", 6th ed. 2014, chapter 18).
 * Conservation: water leaves but stained molecules stay, so the stains' total light is constant
 * while the area falls to 58% (apoptotic volume decrease to about half: Bortner and Cidlowski,
 * Pflügers Arch. 448 (2004) 313–318). In necrosis, the wrong death here, the cell swells and lyses.
 */
import { z } from "zod";
import { random } from "../../random.ts";
import { APOPTOSIS_CAPTIONS } from "./captions.ts";
import {
  BLEBBING_LASTS_S,
  distanceTo,
  type Fate,
  fateOf,
  piecesOf,
  type Shape,
  shapeAt,
  SHRINKAGE,
} from "./shape.ts";
import { COLOURS } from "../../sim/colour.ts";
import { camera, type Field, type Light, smoothNoise, smoothstep } from "../../sim/optics.ts";
import type { TrueObject, World } from "../../sim/types.ts";
import { type Clip, defineWorld, truthOf, umPerPixel } from "../../sim/world.ts";

/** Length of the frame's shorter side in µm. */
const APOPTOSIS_FIELD_UM = 44;

/** Grey of the empty field, 0–1. */
const GROUND = 0.28;
/** Mean light of each stain over the intact cell and nucleus. */
const CYTOPLASM_LIGHT = 0.18;
const CHROMATIN_LIGHT = 0.16;

const parameters = z.object({
  cell_radius_um: z.number().min(8.5).max(10.5).default(9.5)
    .describe("radius of the disc as large as the intact cell, µm"),
  blebbing_s: z.number().min(0.5).max(1.1).default(0.7)
    .describe("second of the clip at which blebbing begins"),
  bodies: z.int().min(5).max(8).default(6).describe("apoptotic bodies that the cell breaks into"),
  cytoplasm_colour: z.enum(["green", "magenta"]).default("green"),
  chromatin_colour: z.enum(["blue", "cyan"]).default("blue"),
});

/** Parameters of a scene. */
export type ApoptosisParameters = z.output<typeof parameters>;

/** A cell that dies by apoptosis (scale: cell). */
export const world: World = defineWorld({
  name: "apoptosis",
  scale: "cell",
  parameters,
  violations: [
    {
      name: "necrosis",
      kind: "expert-criterion",
      description: "the cell swells without blebs, lyses, and its contents spill",
    },
    {
      name: "resurrection",
      kind: "temporal-consistency",
      description: "the process runs backward: bodies fuse and the cell grows whole again",
    },
    {
      name: "content-doubling",
      kind: "physical-law",
      description: "stained contents double while the cell breaks up into bodies twice too large",
    },
  ],
  captions: (p) => APOPTOSIS_CAPTIONS.map((say) => say(p)),
  simulate(p, clip) {
    const scale = umPerPixel(clip.width, clip.height, APOPTOSIS_FIELD_UM);
    const uniform = random(clip.seed, "apoptosis", "cell");
    const centre = {
      x: clip.width * scale / 2 + uniform() - 0.5,
      y: clip.height * scale / 2 + uniform() - 0.5,
    };
    const fate = fateOf(p.bodies, uniform);
    const ground = groundOf(clip, scale);
    const textures = {
      plasm: smoothNoise(random(clip.seed, "apoptosis", "cytoplasm")),
      thread: smoothNoise(random(clip.seed, "apoptosis", "chromatin")),
    };
    const expose = camera(clip.width, clip.height, random(clip.seed, "apoptosis", "camera"), {
      unevenness: 0.06,
      readLevels: 1.6,
      shotLevels: 2.6,
    });
    const objects: TrueObject[][] = [];
    const frames: Uint8Array[] = [];
    for (let frame = 0; frame < clip.frames; frame++) {
      const state = stateAt(frame / clip.fps, p, clip, fate);
      frames.push(expose(draw(state, p, clip, scale, centre, textures, ground)));
      objects.push(
        piecesOf(state.shape).map(({ id, x, y, area_um2 }) => ({
          id,
          x_um: centre.x + x,
          y_um: centre.y + y,
          radius_um: Math.sqrt(area_um2 / Math.PI),
          area_um2,
          opacity: 1 - state.spilled,
        })),
      );
    }
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: truthOf(clip, APOPTOSIS_FIELD_UM, objects, {
        blebbing_s: p.blebbing_s,
        breakup_s: p.blebbing_s + BLEBBING_LASTS_S,
        intact_area_um2: Math.PI * p.cell_radius_um ** 2,
        bodies: p.bodies,
      }),
    };
  },
});

/** The cell at one time of the clip. */
interface State {
  shape: Shape;
  /** Stained contents, relative to those of the intact cell. */
  contents: number;
  /** Share of the contents that has left the cell, and its spread in µm. */
  spilled: number;
  spread: number;
}

function stateAt(seconds: number, p: ApoptosisParameters, clip: Clip, fate: Fate): State {
  const begins = p.blebbing_s;
  const ends = begins + BLEBBING_LASTS_S;
  const lasts = (clip.frames - 1) / clip.fps;
  // A resurrection reverses once the cell has broken up, or late in the clip.
  const turn = Math.min(ends + 0.3, 0.68 * lasts);
  const back = 1 - smoothstep(turn, 0.95 * lasts, seconds);
  const time = clip.violation === "resurrection" && seconds > turn ? turn * back : seconds;
  const intact = Math.PI * p.cell_radius_um ** 2;
  const shrunk = 1 - SHRINKAGE * smoothstep(begins - 0.3, ends + 0.15, time);
  const contents = clip.violation === "content-doubling"
    ? 1 + 1.1 * smoothstep(begins + 0.2, ends + 0.1, time)
    : 1;
  if (clip.violation !== "necrosis") {
    const shape = shapeAt(fate, time, begins, intact * shrunk * contents, false);
    return { shape, contents, spilled: 0, spread: 0 };
  }
  const swollen = 1 + 0.65 * smoothstep(begins - 0.3, begins + 0.6, time);
  const burst = begins + 0.6;
  return {
    shape: shapeAt(fate, time, begins, intact * swollen, true),
    contents: 1,
    spilled: 0.92 * smoothstep(burst, ends + 0.3, time),
    spread: p.cell_radius_um * Math.sqrt(0.9 + 2.2 * Math.max(0, time - burst)),
  };
}

function draw(
  { shape, contents, spilled, spread }: State,
  p: ApoptosisParameters,
  clip: Clip,
  scale: number,
  centre: { x: number; y: number },
  { plasm, thread }: Record<"plasm" | "thread", Field>,
  ground: Float32Array,
): Light {
  const { width, height } = clip;
  const thick = new Float32Array(width * height);
  const cytoplasm = new Float32Array(width * height);
  const chromatin = new Float32Array(width * height);
  const soft = Math.max(0.3, 0.7 * scale);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      const dx = (column + 0.5) * scale - centre.x;
      const dy = (row + 0.5) * scale - centre.y;
      const [x, y] = [dx / shape.unit, dy / shape.unit];
      if (x * x + y * y > 4) continue;
      const distance = distanceTo(shape, x, y) * shape.unit;
      if (distance > 2) continue;
      const inside = 1 - smoothstep(-soft, soft, distance);
      const dome = 1 - Math.exp(Math.min(0, distance) / 1.6);
      // Rotated relative to the pixel rows, which would otherwise reveal the noise's lattice.
      const [u, v] = [0.8 * dx - 0.6 * dy, 0.6 * dx + 0.8 * dy];
      const grain = plasm(u / 0.9, v / 0.9);
      const nucleus = blob(x, y, shape.nucleus) * (1 - shape.fragmented);
      let parts = 0;
      for (const part of shape.fragments) parts += shape.fragmented && blob(x, y, part);
      thick[i] = inside * (0.2 + 0.8 * dome + 0.25 * nucleus) *
        (1 + 0.16 * grain + 0.12 * plasm(v / 2, u / 2));
      cytoplasm[i] = inside * (0.45 + 0.55 * dome) * (1 + 0.2 * grain);
      const threads = 1 + 0.35 * (1 - shape.fragmented) * thread(u / 0.9, v / 0.9);
      chromatin[i] = inside * (nucleus * threads + parts * shape.fragmented);
    }
  }
  const intact = Math.PI * p.cell_radius_um ** 2 / scale ** 2;
  const levels = {
    cytoplasm: CYTOPLASM_LIGHT * intact,
    chromatin: CHROMATIN_LIGHT * intact * 0.43 ** 2,
  };
  const retained = contents * (1 - spilled);
  normalise(cytoplasm, retained * levels.cytoplasm);
  normalise(chromatin, retained * levels.chromatin);
  const light = new Float32Array(width * height * 3);
  const [green, blue] = [COLOURS[p.cytoplasm_colour].rgb, COLOURS[p.chromatin_colour].rgb];
  const relief = 0.15 / (2 * scale) * (1 - 0.75 * spilled);
  const cloud = spilled * contents * scale ** 2 / (2 * Math.PI * spread ** 2);
  for (let row = 0, i = 0; row < height; row++) {
    const [up, down] = [Math.max(0, row - 1) * width, Math.min(height - 1, row + 1) * width];
    for (let column = 0; column < width; column++, i++) {
      const [left, right] = [Math.max(0, column - 1), Math.min(width - 1, column + 1)];
      // Sheared light and dark sides, as the optical path changes from upper left to lower right.
      const slope = thick[down + right] - thick[up + left];
      const grey = ground[i] + relief * slope + 0.02 * thick[i] * (1 - spilled);
      let [stain, dna] = [cytoplasm[i], chromatin[i]];
      if (cloud > 0) {
        const r2 = (column * scale - centre.x) ** 2 + (row * scale - centre.y) ** 2;
        const share = cloud * Math.exp(-r2 / (2 * spread * spread));
        stain += share * levels.cytoplasm;
        dna += share * levels.chromatin;
      }
      for (let c = 0; c < 3; c++) light[3 * i + c] = grey + stain * green[c] + dna * blue[c];
    }
  }
  return light;
}

/** The grey of the empty dish, nearly uniform, with a few specks in relief. */
function groundOf({ seed, width, height }: Clip, scale: number): Float32Array {
  const uniform = random(seed, "apoptosis", "glass");
  const glass = smoothNoise(uniform);
  const specks = Array.from({ length: 14 }, () => ({
    x: uniform() * width * scale,
    y: uniform() * height * scale,
    size: 0.3 + 0.25 * uniform(),
  }));
  const grey = new Float32Array(width * height);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      const [x, y] = [column * scale, row * scale];
      grey[i] = GROUND + 0.012 * glass(x / 8, y / 8) + 0.01 * glass(y / 1.6 + 9, x / 1.6);
      for (const speck of specks) {
        const [dx, dy, s2] = [x - speck.x, y - speck.y, speck.size ** 2 + scale ** 2 / 4];
        const r2 = (dx * dx + dy * dy) / s2;
        if (r2 < 16) grey[i] += 0.1 * (dx + dy) / Math.sqrt(2 * s2) * Math.exp(-r2 / 2);
      }
    }
  }
  return grey;
}

/** A disc with soft edges, 1 in its middle. */
function blob(x: number, y: number, { x: cx, y: cy, r }: { x: number; y: number; r: number }) {
  const u = ((x - cx) ** 2 + (y - cy) ** 2) / (r * r);
  return u > 4 ? 0 : Math.exp(-u * u);
}

/** Scales a stain in place so that its total light is `total`, whatever it was before. */
function normalise(stain: Float32Array, total: number): void {
  const sum = stain.reduce((a, b) => a + b, 0);
  if (sum > 0) { for (let i = 0; i < stain.length; i++) stain[i] *= total / sum; }
}
