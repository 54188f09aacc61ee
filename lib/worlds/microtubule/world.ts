/**
 * Dynamic instability of microtubules in vitro, by TIRF fluorescence as a time-lapse (one second of
 * the clip is half a minute): filaments grow steadily from stabilised seeds attached to the glass,
 * switch abruptly to rapid shrinkage (catastrophe), and grow again (rescue).
 *
 * Dynamics: Mitchison and Kirschner, Nature 312 (1984) 237–242; plus ends shrink at 27 µm/min
 * whatever the concentration, several times faster than they grow: Walker et al., J. Cell Biol. 107
 * (1988) 1437–1448. Stiffness: with a persistence length of millimetres (Gittes et al., J. Cell
 * Biol. 120 (1993) 923–934), a filament of 10 µm is straight to within fractions of a degree.
 * Light: beads along the filament, unevenly labelled, each a Gaussian point spread function (Zhang,
 * Zerubia and Olivo-Marin, Applied Optics 46 (2007) 1819–1829), over a haze of free tubulin with
 * flickering single molecules.
 */
import { z } from "zod";
import { random, type Uniform } from "../../random.ts";
import { COLOUR_NAMES, COLOURS } from "../../sim/colour.ts";
import { microtubuleCaptions } from "./captions.ts";
import { addSpot } from "../../sim/drawing.ts";
import {
  camera,
  type Field,
  gaussian,
  type Light,
  smoothNoise,
  smoothstep,
} from "../../sim/optics.ts";
import type { TrueObject, World } from "../../sim/types.ts";
import { type Clip, defineWorld, truthOf, umPerPixel } from "../../sim/world.ts";

/** Length of the frame's shorter side in µm. */
const MICROTUBULE_FIELD_UM = 20;

/** Seconds of the experiment per second of the clip. */
const MICROTUBULE_LAPSE = 30;

/** Shrinkage of plus ends, in µm/min. */
const SHRINKAGE_UM_MIN = 27;
const SPREAD_UM = 0.15;
/**
 * Apparent width of a filament for computing its area, in µm: 25 nm as blurred by the microscope.
 */
const APPARENT_UM = 0.35;
const SEED_UM = 1;
const STEP_UM = 0.1;
/** Half of the extent of the field that filaments stay within, along and across them, in µm. */
const REACH_UM = 6.2;
/** Number of single molecules that flash up in a frame. */
const FLASHES = 16;

const parameters = z.object({
  microtubules: z.int().min(3).max(5).default(4),
  growth_um_min: z.number().min(4).max(7).default(6)
    .describe("speed at which plus ends grow, µm/min; half of it in µm per second of the clip"),
  catastrophe_s: z.number().min(0.8).max(1.6).default(1.1)
    .describe("second of the clip at which the first filament turns to shrinkage"),
  tubulin_colour: z.enum(COLOUR_NAMES).default("green"),
  seed_colour: z.enum(COLOUR_NAMES).default("magenta"),
});

type Parameters = z.output<typeof parameters>;

/** Microtubules with dynamic instability (scale: subcellular). */
export const world: World = defineWorld({
  name: "microtubule",
  scale: "subcellular",
  parameters,
  violations: [
    {
      name: "symmetric-breathing",
      kind: "physical-law",
      description:
        "filaments lengthen and shorten alike, as a sine: no catastrophe, no fast shrinkage",
    },
    {
      name: "vanishing-filament",
      kind: "temporal-consistency",
      description: "a growing filament is gone with its seed from one frame to the next",
    },
    {
      name: "limp-filaments",
      kind: "expert-criterion",
      description: "filaments undulate like loose string",
    },
  ],
  captions: microtubuleCaptions,
  simulate(p, clip) {
    const scale = umPerPixel(clip.width, clip.height, MICROTUBULE_FIELD_UM);
    const centre = { x: clip.width * scale / 2, y: clip.height * scale / 2 };
    const filaments = layOut(p, centre, random(clip.seed, "microtubule", "layout"));
    const label = smoothNoise(random(clip.seed, "microtubule", "label"));
    const haze = drawHaze(p, clip, scale, smoothNoise(random(clip.seed, "microtubule", "haze")));
    const flashes = random(clip.seed, "microtubule", "flashes");
    const wobble = random(clip.seed, "microtubule", "wobble");
    const expose = camera(clip.width, clip.height, random(clip.seed, "microtubule", "camera"), {
      unevenness: 0.2,
      readLevels: 4,
      shotLevels: 8,
    });
    // The last to switch is long and growing when it disappears.
    const vanishing = filaments.reduce((a, b) => b.catastrophe_s > a.catastrophe_s ? b : a);
    const vanish_s = Math.max(0.5 * clip.frames / clip.fps, 1 / clip.fps);
    const objects: TrueObject[][] = [];
    const frames: Uint8Array[] = [];
    for (let frame = 0; frame < clip.frames; frame++) {
      const time = frame / clip.fps;
      const light = haze.slice();
      drawFlashes(light, p, clip, scale, flashes);
      objects.push(filaments.map((filament, id) => {
        const length = lengthAt(filament, p, time, clip.violation);
        const tilt = 0.004 * gaussian(wobble);
        const vanished = clip.violation === "vanishing-filament" && filament === vanishing &&
          time >= vanish_s;
        const limp = clip.violation === "limp-filaments" ? smoothstep(0, 0.7, time) : 0;
        const beads = beadsOf(filament, length, tilt, limp, time);
        if (!vanished) drawFilament(light, p, clip, scale, filament, beads, label);
        return objectOf(filament, id, length, vanished ? 0 : 1);
      }));
      frames.push(expose(light));
    }
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: truthOf(clip, MICROTUBULE_FIELD_UM, objects, {
        growth_um_s: speeds(p).growth,
        shrinkage_um_s: speeds(p).shrinkage,
        first_catastrophe_s: p.catastrophe_s,
        apparent_width_um: APPARENT_UM,
        seed_length_um: SEED_UM,
      }),
    };
  },
});

interface Filament {
  /** The minus end, in µm from the frame's left and top edges. */
  x: number;
  y: number;
  /** Direction of growth, in radians. */
  angle: number;
  /** Length beyond the seed at the start, and at rescue, in µm. */
  start: number;
  rescue: number;
  /** Its growth speed relative to the nominal one. */
  pace: number;
  /** Second of the first catastrophe, and seconds from a rescue to the next one. */
  catastrophe_s: number;
  again_s: number;
  /** Start of its own section in the pattern of labelling. */
  label: number;
  phase: number;
}

interface Bead {
  x: number;
  y: number;
  /** Position along the filament, in µm from the minus end. */
  along: number;
  /** 1 except for the partial step at the tip. */
  share: number;
}

/** In µm per second of the clip. */
function speeds(p: Parameters): { growth: number; shrinkage: number } {
  return {
    growth: p.growth_um_min / 60 * MICROTUBULE_LAPSE,
    shrinkage: SHRINKAGE_UM_MIN / 60 * MICROTUBULE_LAPSE,
  };
}

/** Filaments side by side, as flow has deposited their seeds; either end may point either way. */
function layOut(p: Parameters, centre: { x: number; y: number }, uniform: Uniform): Filament[] {
  const between = (low: number, high: number) => low + (high - low) * uniform();
  const heading = 2 * Math.PI * uniform();
  const n = p.microtubules;
  const order = Array.from({ length: n }, (_, i) => ({ i, key: uniform() }))
    .toSorted((a, b) => a.key - b.key);
  return Array.from({ length: n }, (_, lane): Filament => {
    const turn = order.findIndex(({ i }) => i === lane);
    const across = REACH_UM * (2 * lane / (n - 1) - 1) + between(-0.3, 0.3);
    const polarity = uniform() < 0.5 ? 1 : -1;
    const start = between(1, 2);
    const pace = between(0.94, 1.06);
    const catastrophe_s = p.catastrophe_s + (turn === 0 ? 0 : 0.08 + 0.22 * turn + between(0, 0.1));
    // Room for its maximum length before its first catastrophe.
    const longest = SEED_UM + start + pace * speeds(p).growth * catastrophe_s;
    const slack = Math.max(0, 2 * REACH_UM - longest);
    const along = polarity * (-REACH_UM + slack * uniform());
    const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
    return {
      x: centre.x + along * cos - across * sin,
      y: centre.y + along * sin + across * cos,
      angle: heading + (polarity > 0 ? 0 : Math.PI) + between(-0.05, 0.05),
      start,
      rescue: between(0.5, 1),
      pace,
      catastrophe_s,
      again_s: between(1.1, 1.5),
      label: 60 * uniform(),
      phase: 7 * uniform(),
    };
  });
}

/** Length of a filament beyond its seed, in µm. */
function lengthAt(
  filament: Filament,
  p: Parameters,
  time: number,
  violation: string | undefined,
): number {
  const { start, rescue, pace, catastrophe_s, again_s } = filament;
  const { growth, shrinkage } = speeds(p);
  if (violation === "symmetric-breathing") {
    const swing = growth * pace * catastrophe_s / 2;
    return start + swing * (1 - Math.cos(Math.PI * time / catastrophe_s));
  }
  let [length, now, turns] = [start, 0, catastrophe_s];
  for (;;) {
    if (time <= turns) return length + pace * growth * (time - now);
    length += pace * growth * (turns - now);
    const rescued = turns + (length - rescue) / shrinkage;
    if (time <= rescued) return length - shrinkage * (time - turns);
    [length, now, turns] = [rescue, rescued, rescued + again_s];
  }
}

function beadsOf(
  filament: Filament,
  length: number,
  tilt: number,
  limp: number,
  time: number,
): Bead[] {
  const whole = SEED_UM + length;
  // The wobble and waves of the free part leave the attached seed in place.
  const free = (along: number) => Math.max(0, along - SEED_UM);
  const [cos, sin] = [Math.cos(filament.angle), Math.sin(filament.angle)];
  return Array.from({ length: Math.ceil(whole / STEP_UM) }, (_, i) => {
    const along = (i + 0.5) * STEP_UM;
    const wave = Math.sin(2 * Math.PI * (along / 4.6 - 0.9 * time) + filament.phase);
    const aside = tilt * free(along) + limp * 0.85 * wave * smoothstep(0, 2, free(along));
    return {
      x: filament.x + along * cos - aside * sin,
      y: filament.y + along * sin + aside * cos,
      along,
      share: Math.min(1, (whole - i * STEP_UM) / STEP_UM),
    };
  });
}

function objectOf(filament: Filament, id: number, length: number, opacity: number): TrueObject {
  const whole = SEED_UM + length;
  const area = whole * APPARENT_UM;
  return {
    id,
    x_um: filament.x + whole / 2 * Math.cos(filament.angle),
    y_um: filament.y + whole / 2 * Math.sin(filament.angle),
    radius_um: Math.sqrt(area / Math.PI),
    area_um2: area * opacity,
    opacity,
  };
}

function drawFilament(
  light: Light,
  p: Parameters,
  clip: Clip,
  scale: number,
  filament: Filament,
  beads: readonly Bead[],
  label: Field,
): void {
  const [tubulin, seed] = [COLOURS[p.tubulin_colour].rgb, COLOURS[p.seed_colour].rgb];
  const seen = seenAt(scale);
  for (const { x, y, along, share } of beads) {
    const uneven = 1 + 0.3 * label(filament.label + along / 0.45, 3.5);
    const own = along < SEED_UM
      ? { amount: 0.026 * uneven, colour: seed }
      : { amount: 0.025 * uneven * share, colour: tubulin };
    addSpot(light, clip, scale, { x, y, ...seen, ...own });
  }
}

/** The image of a bead or molecule: no spot can be sharper than its pixels. */
function seenAt(scale: number): { sigma: number; reach: number } {
  return { sigma: Math.max(SPREAD_UM, 0.75 * scale), reach: 3.3 };
}

/** Free tubulin within the evanescent field, brightest at the laser's centre. */
function drawHaze(p: Parameters, { width, height }: Clip, scale: number, cloud: Field): Light {
  const light = new Float32Array(width * height * 3);
  const colour = COLOURS[p.tubulin_colour].rgb;
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i += 3) {
      const [x, y] = [(column + 0.5) * scale, (row + 0.5) * scale];
      const level = 0.07 + 0.028 * cloud(x / 4, y / 4) + 0.016 * cloud(y / 0.9 + 17, x / 0.9);
      for (let c = 0; c < 3; c++) light[i + c] = 0.02 + colour[c] * level;
    }
  }
  return light;
}

/** Single labelled dimers that touch the glass for one frame. */
function drawFlashes(
  light: Light,
  p: Parameters,
  clip: Clip,
  scale: number,
  uniform: Uniform,
): void {
  const colour = COLOURS[p.tubulin_colour].rgb;
  for (let i = 0; i < FLASHES; i++) {
    const place = { x: clip.width * scale * uniform(), y: clip.height * scale * uniform() };
    const amount = 0.03 * uniform();
    addSpot(light, clip, scale, { ...place, ...seenAt(scale), amount, colour });
  }
}
