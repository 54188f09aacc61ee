/**
 * One cell that divides, in fluorescence as a time-lapse: it rounds up, its chromatin condenses,
 * aligns and separates, the cell elongates, a furrow closes, and two equal daughters part.
 *
 * Sequence: Alberts et al., "Molecular Biology of the Cell", 6th ed. 2014, chapter 17.
 * Outline: Cassini ovals |z − a| |z + a| = b², a family from the circle (a = 0) over the oval and
 * the furrowed cell (a < b) to two separate loops (a > b); b is solved at every time so that the
 * total area is constant (cell mass and volume are conserved through cytokinesis and halved between
 * the daughters; ibid.). Times are seconds of the clip.
 */
import { z } from "zod";
import { random } from "../../random.ts";
import { COLOUR_NAMES, COLOURS } from "../../sim/colour.ts";
import { mitosisCaptions } from "./captions.ts";
import { camera, type Field, type Light, smoothNoise, smoothstep } from "../../sim/optics.ts";
import type { TrueObject, World } from "../../sim/types.ts";
import { type Clip, defineWorld, truthOf, umPerPixel } from "../../sim/world.ts";

/** Length of the frame's shorter side in µm. */
const MITOSIS_FIELD_UM = 40;

/** How far the foci separate after the division, in b. */
const FINAL_RATIO = 1.04;

const parameters = z.object({
  cell_radius_um: z.number().min(5.5).max(8.5).default(7.2)
    .describe("radius of the rounded mother cell, µm"),
  division_s: z.number().min(0.9).max(2).default(1.5)
    .describe("second of the clip at which the daughters separate"),
  axis: z.enum(["horizontal", "vertical", "diagonal"]).default("horizontal")
    .describe("line along which the daughters part"),
  cytoplasm_colour: z.enum(COLOUR_NAMES).default("green"),
  chromatin_colour: z.enum(COLOUR_NAMES).default("blue"),
});

type Parameters = z.output<typeof parameters>;

const WHITE = [1, 1, 1] as const;

const AXIS_DEGREES = { horizontal: 0, vertical: 90, diagonal: 45 } as const;

/** A dividing cell (scale: cell). */
export const world: World = defineWorld({
  name: "mitosis",
  scale: "cell",
  parameters,
  violations: [
    {
      name: "vanishing-daughter",
      kind: "temporal-consistency",
      description: "one of the two daughters fades away after the division",
    },
    {
      name: "unequal-daughters",
      kind: "expert-criterion",
      description: "one daughter takes more than twice the area of the other",
    },
    {
      name: "area-doubling",
      kind: "physical-law",
      description: "the cell's area doubles while it divides, each daughter as large as the mother",
    },
  ],
  captions: mitosisCaptions,
  simulate(p, clip) {
    const uniform = random(clip.seed, "mitosis", "cell");
    const scale = umPerPixel(clip.width, clip.height, MITOSIS_FIELD_UM);
    const place = {
      x: clip.width * scale / 2 + uniform() - 0.5,
      y: clip.height * scale / 2 + uniform() - 0.5,
      angle: (AXIS_DEGREES[p.axis] + 10 * (uniform() - 0.5)) * Math.PI / 180,
    };
    const bumps = [2, 3, 4, 5].map((k) => ({ k, size: uniform() / k, phase: 7 * uniform() }));
    const textures = {
      plasm: smoothNoise(random(clip.seed, "mitosis", "cytoplasm")),
      thread: smoothNoise(random(clip.seed, "mitosis", "chromatin")),
    };
    const bigger: 1 | -1 = uniform() < 0.5 ? 1 : -1;
    const expose = camera(clip.width, clip.height, random(clip.seed, "mitosis", "camera"), {
      unevenness: 0.12,
      readLevels: 1.8,
      shotLevels: 4,
    });
    const objects: TrueObject[][] = [];
    const frames: Uint8Array[] = [];
    for (let frame = 0; frame < clip.frames; frame++) {
      const shape = shapeAt(frame / clip.fps, p, clip.violation, bigger, bumps);
      objects.push(daughtersOf(shape, place));
      frames.push(expose(drawCell(shape, place, p, clip, scale, textures)));
    }
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: truthOf(clip, MITOSIS_FIELD_UM, objects, {
        division_s: p.division_s,
        mother_area_um2: Math.PI * p.cell_radius_um ** 2,
        axis_degrees: place.angle * 180 / Math.PI,
      }),
    };
  },
});

interface Bump {
  k: number;
  size: number;
  phase: number;
}

interface Place {
  x: number;
  y: number;
  angle: number;
}

/** The cell's outline and chromatin at one time, in µm along (x) and across (y) the axis. */
interface Shape {
  /** In seconds. */
  time: number;
  /** Foci and constant of the Cassini oval. */
  a: number;
  b: number;
  /** Irregularity of the outline, 0 when round. */
  rough: number;
  bumps: readonly Bump[];
  /** Magnification of the right half relative to the left: 0 for equal daughters. */
  skew: number;
  /** Opacity of the right daughter. */
  right: number;
  /** Total area, in µm². */
  area: number;
  chromatin: { offset: number; thick: number; long: number; level: number; threads: number };
}

/** Area of a Cassini oval with b = 1 and foci at ±ratio: both loops if there are two. */
function unitArea(ratio: number): number {
  const steps = 256;
  let sum = 0;
  for (let i = 0; i < steps; i++) {
    if (ratio <= 1) {
      const s = ratio * ratio * Math.sin(2 * Math.PI * (i + 0.5) / steps);
      sum += Math.sqrt(1 - s * s) * Math.PI / steps;
    } else {
      // Over the angles that reach a loop, with sin 2θ = sin φ / ratio² to regularise the ends.
      const phi = Math.PI * ((i + 0.5) / steps - 0.5);
      const root = Math.sqrt(1 - (Math.sin(phi) / ratio ** 2) ** 2);
      sum += Math.cos(phi) ** 2 / (ratio ** 2 * root) * Math.PI / steps;
    }
  }
  return sum;
}

/** Distance from the middle to the centroid of one half (or loop) of the oval with b = 1. */
function lobeCentre(ratio: number): number {
  const steps = 256;
  const last = ratio <= 1 ? Math.PI / 2 : Math.asin(1 / ratio ** 2) / 2;
  let [moment, area] = [0, 0];
  for (let i = 0; i < steps; i++) {
    const theta = last * ((2 * i + 1) / steps - 1);
    const root = Math.sqrt(Math.max(0, 1 - (ratio ** 2 * Math.sin(2 * theta)) ** 2));
    const outer = Math.max(0, ratio ** 2 * Math.cos(2 * theta) + root);
    const inner = ratio <= 1 ? 0 : ratio ** 2 * Math.cos(2 * theta) - root;
    moment += (outer ** 1.5 - Math.max(0, inner) ** 1.5) / 3 * Math.cos(theta);
    area += (outer - inner) / 2;
  }
  return moment / area;
}

function shapeAt(
  time: number,
  p: Parameters,
  violation: string | undefined,
  bigger: 1 | -1,
  bumps: readonly Bump[],
): Shape {
  const T = p.division_s;
  const part = time / T;
  const ratio = time <= T
    ? Math.max(0, (part - 0.4) / 0.6)
    : 1 + (FINAL_RATIO - 1) * (1 - Math.exp(-(time - T) / 0.3));
  const growth = violation === "area-doubling" ? 1 + smoothstep(0.35, 1.05, part) : 1;
  const skew = violation === "unequal-daughters" ? 0.22 * bigger * smoothstep(0.45, 0.95, part) : 0;
  const mother = Math.PI * p.cell_radius_um ** 2;
  const rough = 0.16 * (1 - smoothstep(0.02, 0.36, part));
  const power = bumps.reduce((sum, bump) => sum + (rough * bump.size) ** 2 / 2, 0);
  const b = Math.sqrt(mother * growth / (unitArea(ratio) * (1 + power) * (1 + skew * skew)));
  const r = p.cell_radius_um;
  const lined = smoothstep(0.2, 0.44, part);
  const apart = smoothstep(0.47, 0.85, part);
  const relaxed = smoothstep(0.95, 1.35, part);
  return {
    time,
    a: ratio * b,
    b,
    rough,
    bumps,
    skew,
    right: violation === "vanishing-daughter" ? 1 - smoothstep(T + 0.12, T + 0.4, time) : 1,
    area: mother * growth,
    chromatin: {
      offset: apart * b * lobeCentre(ratio) * (0.85 + 0.15 * relaxed),
      thick: r * (0.52 - 0.36 * lined + 0.12 * relaxed),
      long: r * (0.52 + 0.06 * lined - 0.16 * apart - 0.08 * relaxed),
      level: 0.42 + 0.58 * smoothstep(0.05, 0.35, part) - 0.2 * relaxed,
      threads: 0.5 * (1 - 0.6 * lined),
    },
  };
}

/** One object before the division, two after it. */
function daughtersOf(shape: Shape, place: Place): TrueObject[] {
  const [cos, sin] = [Math.cos(place.angle), Math.sin(place.angle)];
  if (shape.a <= shape.b) {
    return [{
      id: 0,
      x_um: place.x,
      y_um: place.y,
      radius_um: Math.sqrt(shape.area / Math.PI),
      area_um2: shape.area,
      opacity: 1,
    }];
  }
  const centre = shape.b * lobeCentre(shape.a / shape.b);
  return ([-1, 1] as const).map((side, i) => {
    const magnified = 1 + shape.skew * side;
    const along = side * centre * magnified;
    const area = shape.area / 2 * magnified ** 2 / (1 + shape.skew ** 2);
    const opacity = side === 1 ? shape.right : 1;
    return {
      id: i + 1,
      x_um: place.x + along * cos,
      y_um: place.y + along * sin,
      radius_um: Math.sqrt(area / Math.PI),
      area_um2: area * opacity,
      opacity,
    };
  });
}

function drawCell(
  shape: Shape,
  place: Place,
  p: Parameters,
  clip: Clip,
  scale: number,
  textures: { plasm: Field; thread: Field },
): Light {
  const { width, height } = clip;
  const light = new Float32Array(width * height * 3);
  const [cos, sin] = [Math.cos(place.angle), Math.sin(place.angle)];
  const plasmColour = COLOURS[p.cytoplasm_colour].rgb;
  const dnaColour = COLOURS[p.chromatin_colour].rgb;
  const { a, b, chromatin } = shape;
  const blur = Math.max(0.25, 0.8 * scale);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i += 3) {
      const dx = (column + 0.5) * scale - place.x;
      const dy = (row + 0.5) * scale - place.y;
      let x = dx * cos + dy * sin;
      let y = dy * cos - dx * sin;
      const fade = x > 0 ? shape.right : 1;
      const magnified = 1 + shape.skew * Math.tanh(x / 2);
      let shrink = magnified;
      if (shape.rough > 0) {
        const theta = Math.atan2(y, x);
        let bump = 0;
        for (const { k, size, phase } of shape.bumps) bump += size * Math.cos(k * theta + phase);
        shrink *= 1 + shape.rough * bump;
      }
      x /= shrink;
      y /= shrink;
      const p2 = (x - a) ** 2 + y * y;
      const q2 = (x + a) ** 2 + y * y;
      const product = Math.sqrt(p2 * q2);
      // First-order distance to the outline, negative inside: (F − 1) / |grad F|.
      const gx = (x - a) * q2 + (x + a) * p2;
      const gy = y * (p2 + q2);
      const distance = (product - b * b) * product / (Math.hypot(gx, gy) + 1e-6);
      if (distance > 4) {
        glow(light, i, plasmColour, 0.025);
        continue;
      }
      const inside = 1 - smoothstep(-blur, blur, distance);
      const dome = 1 - Math.exp(Math.min(0, distance) / 2.2);
      const rim = Math.exp(-(((distance + 0.25) / 0.45) ** 2));
      // Organelles: bright and dark grains of about a micrometre.
      const grain = 1 + 0.22 * textures.plasm(x / 0.9, y / 0.9) +
        0.18 * textures.plasm(y / 2.7, x / 2.7);
      const haze = 0.06 * Math.exp(-((Math.max(0, distance) / 1.6) ** 2));
      const body = 0.025 + inside * (0.26 + 0.3 * dome) * grain + 0.2 * rim * inside + haze;
      const side = Math.abs(x) - chromatin.offset;
      // Chromosome arms trail behind the centromeres that are pulled to the poles.
      const bent = side +
        0.12 * chromatin.offset * (y / chromatin.long) ** 2 / (1 + (y / chromatin.long) ** 2);
      const u = ((bent / chromatin.thick) ** 2 + (y / chromatin.long) ** 2) ** 1.5;
      const threads = 1 + chromatin.threads * textures.thread(x / 0.8 + 9, y / 0.8) +
        0.2 * textures.thread(x / 0.5, y / 0.5 + 5);
      const dna = u < 5 ? Math.exp(-u) * chromatin.level * threads * inside : 0;
      glow(light, i, plasmColour, (0.025 + (body - 0.025) * fade) * (1 - 0.75 * Math.min(1, dna)));
      glow(light, i, dnaColour, dna * fade);
      // The densest chromatin nearly saturates the camera.
      glow(light, i, WHITE, 0.22 * Math.max(0, dna - 0.45) * fade);
    }
  }
  return light;
}

function glow(light: Light, i: number, colour: readonly number[], level: number): void {
  for (let c = 0; c < 3; c++) light[i + c] += colour[c] * level;
}
