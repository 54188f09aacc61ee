/**
 * Tubular mitochondria of a flat cell by confocal fluorescence, as a time-lapse (a second of the clip
 * is some twenty seconds): they bend and drift; one is constricted at a single place and divides,
 * two others meet end to end and fuse.
 *
 * Dynamics: Youle and van der Bliek, Science 337 (2012) 1062–1065; constriction before scission:
 * Friedman et al., Science 334 (2011) 358–362. Tubules are 0.5 µm wide and 2–6 µm long. Matrix and
 * stain are conserved: what enters a fission or fusion comes out of it, length for length, and the
 * stain that a neck displaces stays in the same mitochondrion.
 * Light: beads along the centre line, each spread by the tubule's radius and a Gaussian point spread
 * function (Zhang, Zerubia and Olivo-Marin, Applied Optics 46 (2007) 1819–1829), with a wide, faint
 * part from planes out of focus.
 */
import { z } from "zod";
import { random, type Uniform } from "../../random.ts";
import { COLOUR_NAMES, COLOURS } from "../../sim/colour.ts";
import { mitochondriaCaptions } from "./captions.ts";
import { addSpot } from "../../sim/drawing.ts";
import { camera, type Field, type Light, smoothNoise, smoothstep } from "../../sim/optics.ts";
import type { TrueObject } from "../../sim/types.ts";
import { type Clip, defineWorld, truthOf, umPerPixel } from "../../sim/world.ts";

/** µm across the frame's shorter side. */
export const MITOCHONDRIA_FIELD_UM = 16;

/** Radius of a tubule and width (standard deviation) of the point spread function, µm. */
const RADIUS_UM = 0.25;
const SPREAD_UM = 0.15;
/** Share of the light that arrives from out of focus, and its width, µm. */
const HAZE = 0.2;
const HAZE_UM = 0.55;
/** Distance between beads of the centre line, µm. */
const STEP_UM = 0.09;
/** Distance to which daughters part and from which partners come, µm. */
const GAP_UM = 1.3;
/** Least distance between the centre lines of different mitochondria, µm. */
const CLEARANCE_UM = 1.5;
const MARGIN_UM = 0.7;
/** Seconds at which the layout is checked for collisions. */
const CHECKED_S = [0, 0.7, 1.4, 2.1, 2.8, 4.4, 6.6];
const FRAGMENTS = 6;

const parameters = z.object({
  mitochondria: z.int().min(4).max(7).default(6).describe("mitochondria at the start"),
  fission_s: z.number().min(0.7).max(2).default(1)
    .describe("second of the clip at which one mitochondrion divides"),
  fusion_s: z.number().min(0.7).max(2.2).default(1.9)
    .describe("second of the clip at which two mitochondria fuse"),
  stain_colour: z.enum(COLOUR_NAMES).default("red"),
});

type Parameters = z.output<typeof parameters>;

/** Mitochondria that divide and fuse (scale: subcellular). */
export const mitochondria = defineWorld({
  name: "mitochondria",
  scale: "subcellular",
  parameters,
  violations: [
    {
      name: "mass-doubling",
      kind: "physical-law",
      description: "both daughters of the fission swell and lengthen to the mother's full mass",
    },
    {
      name: "vanishing-mitochondrion",
      kind: "temporal-consistency",
      description: "a mitochondrion that takes no part in any event fades away",
    },
    {
      name: "shattering",
      kind: "expert-criterion",
      description: "the mother bursts into six fragments at once, without any constriction",
    },
  ],
  captions: mitochondriaCaptions,
  simulate(p, clip) {
    const scale = umPerPixel(clip.width, clip.height, MITOCHONDRIA_FIELD_UM);
    const view = { width: clip.width * scale, height: clip.height * scale };
    const strands = layOut(p, view, random(clip.seed, "mitochondria", "layout"));
    const texture = smoothNoise(random(clip.seed, "mitochondria", "texture"));
    const background = drawCytoplasm(clip, scale, random(clip.seed, "mitochondria", "cytoplasm"));
    const expose = camera(clip.width, clip.height, random(clip.seed, "mitochondria", "camera"), {
      unevenness: 0.08,
      readLevels: 2.4,
      shotLevels: 5,
    });
    const colour = COLOURS[p.stain_colour].rgb;
    const vanishing = bystanderThatVanishes(strands);
    const vanish_s = 0.45 * clip.frames / clip.fps;
    const objects: TrueObject[][] = [];
    const frames: Uint8Array[] = [];
    for (let frame = 0; frame < clip.frames; frame++) {
      const time = frame / clip.fps;
      const stain = background.slice();
      objects.push(strands.flatMap((strand, index) => {
        const fades = clip.violation === "vanishing-mitochondrion" && strand === vanishing;
        const opacity = fades ? 1 - smoothstep(vanish_s, vanish_s + 0.3, time) : 1;
        const pieces = poseAt(strand, time, clip.violation);
        drawPieces(stain, clip, scale, strand, pieces, opacity, texture);
        return pieces.map((piece, i) =>
          objectOf(piece, 10 * index + (pieces.length > 1 ? i + 1 : 0), opacity)
        );
      }));
      const light: Light = new Float32Array(stain.length * 3);
      stain.forEach((level, i) => {
        // The brightest stain takes on the dye's paler core as the detector nears its limit.
        const pale = 0.25 * Math.max(0, level - 0.7);
        for (let c = 0; c < 3; c++) light[3 * i + c] = colour[c] * level + pale;
      });
      frames.push(expose(light));
    }
    const [mother, pair] = strands;
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: truthOf(clip, MITOCHONDRIA_FIELD_UM, objects, {
        fission_s: p.fission_s,
        fusion_s: p.fusion_s,
        mother_length_um: mother.length,
        fused_length_um: pair.length,
        total_length_um: strands.reduce((sum, strand) => sum + strand.length, 0),
      }),
    };
  },
});

interface Point {
  x: number;
  y: number;
}

/** A sinusoid: still + moving · sin(rate · t + phase). */
interface Wave {
  still: number;
  moving: number;
  rate: number;
  phase: number;
}

/** A mitochondrion, or two that are one before their fission or after their fusion. */
interface Strand {
  /** µm along the centre line. */
  length: number;
  x: Wave[];
  y: Wave[];
  angle: Wave[];
  /** Heading along the strand: the k-th is the amplitude of cos(kπu), radians. */
  bends: Wave[];
  /** Relative amount of stain per length, and where in the texture its own begins. */
  level: number;
  texture: number;
  joint: { at: number; event: "fission" | "fusion"; time: number; swing: number } | null;
}

interface Bead extends Point {
  /** Position along the undisturbed strand, µm. */
  along: number;
  /** µm of centre line that it stands for. */
  span: number;
  /** Radius relative to that of a tubule; the stain in it goes with the square. */
  radius: number;
  /** Stain gained over what conservation allows. */
  gain: number;
}

type Piece = Bead[];

function at(waves: readonly Wave[], time: number): number {
  return waves.reduce((sum, w) => sum + w.still + w.moving * Math.sin(w.rate * time + w.phase), 0);
}

function wave(uniform: Uniform, still: number, moving: number, period: number): Wave {
  const rate = 2 * Math.PI / (period * (0.8 + 0.4 * uniform()));
  return { still, moving: moving * (0.7 + 0.3 * uniform()), rate, phase: 7 * uniform() };
}

function strandOf(length: number, place: Point, joint: Strand["joint"], uniform: Uniform): Strand {
  const sign = () => uniform() < 0.5 ? -1 : 1;
  const stiff = Math.min(1, length / 4.5);
  return {
    length,
    x: [wave(uniform, place.x, 0.42, 8), wave(uniform, 0, 0.07, 1.6)],
    y: [wave(uniform, place.y, 0.42, 8), wave(uniform, 0, 0.07, 1.6)],
    angle: [wave(uniform, 2 * Math.PI * uniform(), 0.14, 5)],
    bends: [0.75, 0.5, 0.28].map((size, k) =>
      wave(uniform, sign() * size * stiff * (0.3 + 0.7 * uniform()), 0.24 * stiff, 3.6 - 0.7 * k)
    ),
    level: 0.85 + 0.3 * uniform(),
    texture: 60 * uniform(),
    joint,
  };
}

/** The mother first, then the pair that fuses, then the others; none comes near another. */
function layOut(p: Parameters, view: { width: number; height: number }, uniform: Uniform) {
  const between = (low: number, high: number) => low + (high - low) * uniform();
  const wanted = Array.from({ length: p.mitochondria - 1 }, (_, i) => {
    if (i === 0) {
      const joint = { at: between(0.42, 0.58), event: "fission" as const, time: p.fission_s };
      return { length: between(4.8, 5.6), joint: { ...joint, swing: between(-0.3, 0.3) } };
    }
    if (i === 1) {
      const joint = { at: between(0.44, 0.56), event: "fusion" as const, time: p.fusion_s };
      return { length: between(4.6, 5.4), joint: { ...joint, swing: between(-0.3, 0.3) } };
    }
    return { length: between(2.4, 3.8), joint: null };
  });
  // Where darts find no room the next throw starts afresh, and in the end asks for less of it.
  for (let round = 0;; round++) {
    const clearance = CLEARANCE_UM * Math.max(0, 1 - Math.max(0, round - 20) / 40);
    const placed: { strand: Strand; swept: Point[][] }[] = [];
    for (const { length, joint } of wanted) {
      for (let dart = 0; dart < 120; dart++) {
        const place = { x: between(1.5, view.width - 1.5), y: between(1.5, view.height - 1.5) };
        const strand = strandOf(length, place, joint, uniform);
        const swept = sweptBy(strand);
        const inside = round > 60 ||
          swept.flat().every(({ x, y }) =>
            x > MARGIN_UM && y > MARGIN_UM && x < view.width - MARGIN_UM &&
            y < view.height - MARGIN_UM
          );
        if (!inside || placed.some((other) => near(swept, other.swept, clearance))) continue;
        placed.push({ strand, swept });
        break;
      }
    }
    if (placed.length === wanted.length) return placed.map(({ strand }) => strand);
  }
}

/** Points of a strand at the checked times, whatever befalls it. */
function sweptBy(strand: Strand): Point[][] {
  const effects = strand.joint?.event === "fission"
    ? [undefined, "mass-doubling", "shattering"]
    : [undefined];
  return CHECKED_S.map((time) =>
    effects.flatMap((effect) =>
      poseAt(strand, time, effect).flatMap((piece) =>
        piece.filter((_, i) => i % 6 === 0 || i === piece.length - 1)
      )
    )
  );
}

function near(a: readonly Point[][], b: readonly Point[][], clearance: number): boolean {
  return a.some((points, t) =>
    points.some((p) => b[t].some((q) => (p.x - q.x) ** 2 + (p.y - q.y) ** 2 < clearance ** 2))
  );
}

function bystanderThatVanishes(strands: readonly Strand[]): Strand {
  return strands.slice(2).reduce((a, b) => b.length * b.level > a.length * a.level ? b : a);
}

/** A strand's pieces at one time: one, or two on that side of its event where it is in two. */
function poseAt(strand: Strand, time: number, violation: string | undefined): Piece[] {
  const beads = centreLine(strand, time);
  const { joint, length } = strand;
  if (!joint) return [beads];
  // Seconds since the parts came apart; a fusion is a fission run backwards.
  const apart = joint.event === "fission" ? time - joint.time : joint.time - time;
  if (joint.event === "fission" && violation === "shattering") {
    return apart < 0 ? [beads] : shattered(beads, apart);
  }
  const neck = 0.48 * smoothstep(-0.75, -0.3, apart) + 0.46 * smoothstep(-0.07, 0.06, apart) -
    0.94 * smoothstep(0.08, 0.5, apart);
  for (const bead of beads) {
    bead.radius = 1 - neck * Math.exp(-(((bead.along - joint.at * length) / 0.4) ** 2));
  }
  if (apart < 0) return [beads];
  const cut = beads.findIndex((bead) => bead.along > joint.at * length);
  const [one, other] = [beads[cut - 1], beads[cut]];
  const along = Math.atan2(other.y - one.y, other.x - one.x);
  const part = 1 - Math.exp(-apart / 0.3);
  const swollen = joint.event === "fission" && violation === "mass-doubling"
    ? smoothstep(0, 0.75, apart)
    : 0;
  return [beads.slice(0, cut), beads.slice(cut)].map((piece, i) => {
    const end = { ...(i === 0 ? one : other) };
    const away = (i - 0.5) * GAP_UM * part;
    const shift = { x: away * Math.cos(along), y: away * Math.sin(along) };
    const turn = joint.swing * part * (i === 0 ? 1 : -0.7);
    return piece.map((bead) => {
      const stretch = 1 + 0.5 * swollen;
      const moved = turned(bead, end, turn, stretch);
      const fat = 1 + swollen / 3;
      return {
        ...bead,
        x: moved.x + shift.x,
        y: moved.y + shift.y,
        span: bead.span * stretch,
        radius: bead.radius * Math.sqrt(fat),
        gain: fat,
      };
    });
  });
}

/** Fragments of equal length that fly apart along the strand and to either side of it. */
function shattered(beads: readonly Bead[], apart: number): Piece[] {
  const part = 1 - Math.exp(-apart / 0.16);
  const [first, last] = [beads[0], beads[beads.length - 1]];
  const along = Math.atan2(last.y - first.y, last.x - first.x);
  return Array.from({ length: FRAGMENTS }, (_, i) => {
    const from = Math.round(i * beads.length / FRAGMENTS);
    const piece = beads.slice(from, Math.round((i + 1) * beads.length / FRAGMENTS));
    const middle = { ...piece[piece.length >> 1] };
    const away = 0.56 * part * (i - (FRAGMENTS - 1) / 2);
    const aside = 0.55 * part * (i % 2 === 0 ? 1 : -1);
    return piece.map((bead) => {
      const moved = turned(bead, middle, 0.7 * part * (i % 3 - 1), 1);
      return {
        ...bead,
        x: moved.x + away * Math.cos(along) - aside * Math.sin(along),
        y: moved.y + away * Math.sin(along) + aside * Math.cos(along),
      };
    });
  });
}

function turned({ x, y }: Point, about: Point, angle: number, stretch: number): Point {
  const [cos, sin] = [stretch * Math.cos(angle), stretch * Math.sin(angle)];
  const [dx, dy] = [x - about.x, y - about.y];
  return { x: about.x + dx * cos - dy * sin, y: about.y + dx * sin + dy * cos };
}

function centreLine(strand: Strand, time: number): Bead[] {
  const count = Math.round(strand.length / STEP_UM);
  const span = strand.length / count;
  const heading = at(strand.angle, time);
  const bends = strand.bends.map((bend) => at([bend], time));
  let [x, y] = [0, 0];
  const beads = Array.from({ length: count }, (_, i): Bead => {
    const u = (i + 0.5) / count;
    const angle = bends.reduce(
      (sum, bend, k) => sum + bend * Math.cos((k + 1) * Math.PI * u),
      heading,
    );
    x += span * Math.cos(angle);
    y += span * Math.sin(angle);
    return { x, y, along: u * strand.length, span, radius: 1, gain: 1 };
  });
  const middle = beads[count >> 1];
  const [dx, dy] = [at(strand.x, time) - middle.x, at(strand.y, time) - middle.y];
  return beads.map((bead) => ({ ...bead, x: bead.x + dx, y: bead.y + dy }));
}

function objectOf(piece: Piece, id: number, opacity: number): TrueObject {
  const length = piece.reduce((sum, bead) => sum + bead.span, 0);
  const area = piece.reduce((sum, bead) => sum + bead.span * bead.gain, 0) * 2 * RADIUS_UM;
  const mean = (key: "x" | "y") =>
    piece.reduce((sum, bead) => sum + bead[key] * bead.span, 0) / length;
  return {
    id,
    x_um: mean("x"),
    y_um: mean("y"),
    radius_um: Math.sqrt(area / Math.PI),
    area_um2: area * opacity,
    opacity,
  };
}

/** Adds the stain of a strand's pieces; the sum of what is added depends on its length alone. */
function drawPieces(
  stain: Float32Array,
  clip: Clip,
  scale: number,
  strand: Strand,
  pieces: readonly Piece[],
  opacity: number,
  texture: Field,
): void {
  if (opacity === 0) return;
  const stained = (bead: Bead) => {
    const s = strand.texture + bead.along / 0.6;
    const free = strand.joint
      ? 1 - 0.7 * Math.exp(-(((bead.along - strand.joint.at * strand.length) / 0.9) ** 2))
      : 1;
    return bead.span * bead.gain *
      (1 + free * (0.42 * texture(s, 7.5) + 0.2 * texture(2.3 * s, 31.5)));
  };
  const beads = pieces.flat();
  const whole = beads.reduce((sum, bead) => sum + stained(bead), 0);
  const kept = beads.reduce((sum, bead) => sum + stained(bead) * neckOf(bead), 0);
  // 0.36 per µm makes the crest of a usual tubule two thirds as bright as the camera can see.
  const unit = 0.36 * strand.level * opacity * whole / kept;
  beads.forEach((bead, i) => {
    const amount = unit * stained(bead) * neckOf(bead);
    const psf = Math.max(SPREAD_UM, 0.7 * scale);
    const sigma = Math.hypot(psf, 0.5 * RADIUS_UM * bead.radius);
    const spot = { x: bead.x, y: bead.y, reach: 3.2, colour: [1] };
    addSpot(stain, clip, scale, { ...spot, sigma, amount: (1 - HAZE) * amount });
    if (i % 4 !== 1) return;
    addSpot(stain, clip, scale, { ...spot, sigma: HAZE_UM, amount: 4 * HAZE * amount });
  });
}

/** Stain per length against that of an open tubule, which goes with the cross-section. */
function neckOf(bead: Bead): number {
  return bead.radius ** 2 / bead.gain;
}

/** The faint, uneven glow of the cytoplasm, with the nucleus as a darker part of it. */
function drawCytoplasm({ width, height }: Clip, scale: number, uniform: Uniform): Float32Array {
  const cloud = smoothNoise(uniform);
  const corner = 2 * Math.PI * uniform();
  const stain = new Float32Array(width * height);
  const nucleus = {
    x: width * scale * (0.5 + 0.75 * Math.cos(corner)),
    y: height * scale * (0.5 + 0.75 * Math.sin(corner)),
  };
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      const [x, y] = [(column + 0.5) * scale, (row + 0.5) * scale];
      const outside = smoothstep(5, 6.2, Math.hypot(x - nucleus.x, y - nucleus.y));
      const glow = 1 + 0.45 * cloud(x / 3.1, y / 3.1) + 0.25 * cloud(y / 1.1 + 30, x / 1.1);
      stain[i] = 0.02 + (0.015 + 0.035 * outside) * glow;
    }
  }
  return stain;
}
