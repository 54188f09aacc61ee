/**
 * Kinesin motors that walk along microtubules, seen by two-colour TIRF microscopy: a few dim straight
 * filaments, marked by a brighter seed at their minus end, and diffraction-limited spots on them.
 *
 * Steps: 8 nm each, towards the plus end (Svoboda, Schmidt, Schnapp and Block, Nature 365 (1993)
 * 721–727), at about 0.8 µm/s at saturating ATP. The time between steps has two stages of equal
 * rate, which gives the measured randomness: the variance of the distance walked over 8 nm times
 * its mean is one half (Svoboda, Mitra and Block, PNAS 91 (1994) 11782–11786).
 * Processivity: after every step the motor detaches with a fixed probability, so run lengths are
 * exponentially distributed (Block, Goldstein and Schnapp, Nature 348 (1990) 348–352); at the plus
 * end it falls off. After a while another one lands.
 * Polarity marks: Howard and Hyman, Methods in Cell Biology 39 (1993) 105–113.
 */
import { z } from "zod";
import { random, type Uniform } from "../../random.ts";
import { COLOUR_NAMES, COLOURS } from "../../sim/colour.ts";
import { kinesinCaptions } from "./captions.ts";
import { around, pixelsIn } from "../../sim/drawing.ts";
import { camera, gaussian, type Light, smoothNoise, smoothstep } from "../../sim/optics.ts";
import type { TrueObject, World } from "../../sim/types.ts";
import { type Clip, defineWorld, truthOf, umPerPixel } from "../../sim/world.ts";

/** Length of the frame's shorter side in µm. */
const KINESIN_FIELD_UM = 12;

/** One kinesin step, in µm. */
export const STEP_UM = 0.008;
/** Standard deviation of the point spread function, in µm. */
const SPREAD_UM = 0.12;
/** Minimum distance to other motors on the filament when a motor lands, in µm. */
const APART_UM = 1;
/** Time until a motor lands in place of one that detached: minimum, and mean in addition, in s. */
const [MIN_WAIT_S, MEAN_WAIT_S] = [0.45, 0.35];
/** Spread of the motors' individual speeds around the mean. */
const SPEED_SPREAD = 0.04;
/** Length of the bright seed at the minus end, in µm. */
const SEED_UM = 1.3;

const parameters = z.object({
  motors: z.int().min(4).max(10).default(7).describe("motors on the microtubules at the start"),
  microtubules: z.int().min(2).max(4).default(3),
  speed_um_s: z.number().min(0.5).max(1.4).default(0.8).describe("mean walking speed, µm/s"),
  run_length_um: z.number().min(1.5).max(8).default(3)
    .describe("mean distance walked before letting go, µm"),
  plus_end: z.enum(["right", "left", "top", "bottom"]).default("right")
    .describe("side of the view that the plus ends point to"),
  motor_colour: z.enum(COLOUR_NAMES).default("green"),
  microtubule_colour: z.enum(COLOUR_NAMES).default("red"),
});

type Parameters = z.output<typeof parameters>;

const PLUS_END_DEGREES = { right: 0, bottom: 90, left: 180, top: 270 } as const;

/** A straight filament from its minus end, in µm. */
interface Filament {
  x: number;
  y: number;
  /** Direction of the plus end, as a unit vector. */
  ux: number;
  uy: number;
  length: number;
}

/** The state of a walking motor. */
interface Motor {
  id: number;
  filament: Filament;
  /** Distance from the minus end, in µm. */
  along: number;
  /** 1 towards the plus end, -1 towards the minus end. */
  heading: 1 | -1;
  speed: number;
  brightness: number;
  /** Times in seconds of its next step, and of the next event of a violation. */
  nextStep: number;
  nextFault: number;
  /**
   * Position where it left its filament and the angle of departure, or null while it is on the
   * filament.
   */
  left: { along: number; angle: number } | null;
}

/** Kinesins walking on microtubules (scale: subcellular). */
export const world: World = defineWorld({
  name: "kinesin",
  scale: "subcellular",
  parameters,
  violations: [
    {
      name: "off-track",
      kind: "physical-law",
      description: "motors leave their microtubule and go on walking across the bare background",
    },
    {
      name: "leaping",
      kind: "temporal-consistency",
      description: "motors vanish and at once reappear elsewhere along their microtubule",
    },
    {
      name: "back-and-forth",
      kind: "expert-criterion",
      description: "motors turn round again and again, to the minus end and back",
    },
  ],
  captions: kinesinCaptions,
  simulate(p, clip) {
    const scale = umPerPixel(clip.width, clip.height, KINESIN_FIELD_UM);
    const filaments = layFilaments(p, clip, scale);
    const walk = walkMotors(p, clip, filaments);
    const background = drawFilaments(p, clip, scale, filaments);
    const haze = random(clip.seed, "kinesin", "haze");
    const expose = camera(clip.width, clip.height, random(clip.seed, "kinesin", "camera"), {
      unevenness: 0.16,
      readLevels: 3,
      shotLevels: 6,
    });
    const frames = walk.objects.map((motors) => {
      const light = background.slice();
      drawHaze(light, p, clip, scale, haze);
      motors.forEach((motor, id) => {
        // The photon count of a single molecule varies from one exposure to the next.
        const level = walk.brightness[id] * (0.93 + 0.14 * haze());
        const spread = Math.max(SPREAD_UM, 0.8 * scale);
        if (motor.opacity > 0) {
          addGlow(light, clip, scale, motor.x_um, motor.y_um, spread, level, p.motor_colour);
        }
      });
      return expose(light);
    });
    return {
      video: { width: clip.width, height: clip.height, fps: clip.fps, frames },
      truth: truthOf(clip, KINESIN_FIELD_UM, walk.objects, {
        speed_um_s: p.speed_um_s,
        run_length_um: p.run_length_um,
        plus_end_degrees: PLUS_END_DEGREES[p.plus_end],
        walked_um: walk.walked,
        detachments: walk.detachments,
        landings: walk.landings,
      }),
    };
  },
});

/** Places the filaments side by side, nearly parallel, as flow through a chamber leaves them. */
function layFilaments(p: Parameters, clip: Clip, scale: number): Filament[] {
  const uniform = random(clip.seed, "kinesin", "microtubules");
  const [width, height] = [clip.width * scale, clip.height * scale];
  const sideways = p.plus_end === "right" || p.plus_end === "left";
  const [extent, breadth] = sideways ? [width, height] : [height, width];
  const tilt = 24 * (uniform() - 0.5);
  return Array.from({ length: p.microtubules }, (_, i) => {
    const angle = (PLUS_END_DEGREES[p.plus_end] + tilt + 7 * (uniform() - 0.5)) * Math.PI / 180;
    const [ux, uy] = [Math.cos(angle), Math.sin(angle)];
    const lane = 0.68 * breadth * ((i + 0.5) / p.microtubules - 0.5) + 0.7 * (uniform() - 0.5);
    const shift = 0.06 * extent * (uniform() - 0.5);
    const length = extent * (0.76 + 0.12 * uniform());
    const start = shift - length / 2;
    const across = sideways ? { x: 0, y: 1 } : { x: 1, y: 0 };
    return {
      x: width / 2 + across.x * lane + ux * start,
      y: height / 2 + across.y * lane + uy * start,
      ux,
      uy,
      length,
    };
  });
}

interface Walk {
  /** Every motor that was ever present, frame by frame. */
  objects: TrueObject[][];
  brightness: number[];
  /** Total distance walked by all motors, in µm. */
  walked: number;
  /** Number that detached before the plus end, and number that landed after the start. */
  detachments: number;
  landings: number;
}

function walkMotors(p: Parameters, clip: Clip, filaments: readonly Filament[]): Walk {
  const chance = random(clip.seed, "kinesin", "landing");
  const steps = random(clip.seed, "kinesin", "steps");
  const faults = random(clip.seed, "kinesin", clip.violation ?? "true");
  const motors: Motor[] = [];
  const walk: Walk = { objects: [], brightness: [], walked: 0, detachments: 0, landings: 0 };
  const tracks: (Motor | null)[][] = [];
  const slots: { motor: Motor | null; landsAt: number }[] = [];
  const land = (time: number): Motor | null => {
    const present = slots.flatMap(({ motor }) => motor ? [motor] : []);
    const place = freePlace(filaments, present, chance);
    if (!place) return null;
    const motor: Motor = {
      ...place,
      id: motors.length,
      heading: 1,
      speed: p.speed_um_s * (1 + SPEED_SPREAD * Math.max(-2, Math.min(2, gaussian(chance)))),
      brightness: 0.62 + 0.3 * chance(),
      nextStep: time,
      nextFault: time + 0.15 + 0.35 * faults(),
      left: null,
    };
    motor.nextStep += dwell(motor.speed, steps);
    motors.push(motor);
    return motor;
  };
  // Fewer motors start if the filaments are too crowded for all.
  for (let i = 0; i < p.motors; i++) slots.push({ motor: land(0), landsAt: 0 });
  for (let frame = 0; frame < clip.frames; frame++) {
    const now = frame / clip.fps;
    for (const slot of slots) {
      if (!slot.motor && slot.landsAt <= now) {
        slot.motor = land(now);
        if (slot.motor) walk.landings++;
      }
      const { motor } = slot;
      while (motor && slot.motor && motor.nextStep <= now) {
        if (clip.violation && motor.nextFault <= motor.nextStep) {
          misbehave(motor, clip.violation, faults);
        }
        motor.along += motor.heading * STEP_UM;
        walk.walked += STEP_UM;
        const atEnd = !motor.left && (motor.along >= motor.filament.length || motor.along <= 0);
        const letsGo = steps() < STEP_UM / p.run_length_um;
        if (letsGo && !atEnd) walk.detachments++;
        if (atEnd || letsGo) {
          slot.motor = null;
          slot.landsAt = motor.nextStep + MIN_WAIT_S - MEAN_WAIT_S * Math.log(1 - chance());
        }
        motor.nextStep += dwell(motor.speed, steps);
      }
    }
    tracks.push(slots.map(({ motor }) => motor && { ...motor }));
  }
  walk.brightness = motors.map(({ brightness }) => brightness);
  walk.objects = trueObjects(motors, tracks);
  return walk;
}

/** Every motor in every frame; one that has not landed yet or has detached has opacity 0. */
function trueObjects(
  motors: readonly Motor[],
  tracks: readonly (Motor | null)[][],
): TrueObject[][] {
  const radius_um = SPREAD_UM;
  let last = new Map(motors.map((motor) => [motor.id, positionOf(motor)]));
  return tracks.map((frame) => {
    const walking = new Map(frame.flatMap((m) => m ? [[m.id, positionOf(m)] as const] : []));
    last = new Map([...last, ...walking]);
    return motors.map(({ id }) => {
      const opacity = walking.has(id) ? 1 : 0;
      const { x, y } = last.get(id)!;
      const area_um2 = Math.PI * radius_um ** 2 * opacity;
      return { id, x_um: x, y_um: y, radius_um, area_um2, opacity };
    });
  });
}

/** Seconds until a motor's next step: two stages of equal rate. */
function dwell(speed: number, uniform: Uniform): number {
  return -Math.log((1 - uniform()) * (1 - uniform())) * STEP_UM / speed / 2;
}

/** A position away from the other motors and from the plus end; null if none is found. */
function freePlace(
  filaments: readonly Filament[],
  present: readonly Motor[],
  uniform: Uniform,
): { filament: Filament; along: number } | null {
  for (let dart = 0; dart < 60; dart++) {
    const filament = filaments[Math.floor(uniform() * filaments.length)];
    const along = filament.length * (0.03 + 0.77 * uniform());
    const free = present.every((m) =>
      m.filament !== filament || Math.abs(m.along - along) >= APART_UM
    );
    if (free) return { filament, along };
  }
  return null;
}

/** The effect of a planted violation on a motor, and the time of the next one. */
function misbehave(motor: Motor, violation: string, uniform: Uniform): void {
  motor.nextFault = motor.nextStep + 0.45 + 0.4 * uniform();
  if (violation === "back-and-forth") {
    motor.heading = motor.heading === 1 ? -1 : 1;
  } else if (violation === "leaping") {
    const { length } = motor.filament;
    const far = 1.3 + 1.7 * uniform();
    const places = [motor.along + far, motor.along - far]
      .filter((along) => along > 0.05 * length && along < 0.9 * length);
    motor.along = places[Math.floor(uniform() * places.length)];
  } else {
    const side = uniform() < 0.5 ? 1 : -1;
    motor.left ??= { along: motor.along, angle: side * (0.9 + 0.5 * uniform()) };
    motor.nextFault = Infinity;
  }
}

function positionOf({ filament, along, left }: Motor): { x: number; y: number } {
  const { x, y, ux, uy } = filament;
  const on = left ? left.along : along;
  const away = left ? along - left.along : 0;
  const [cos, sin] = left ? [Math.cos(left.angle), Math.sin(left.angle)] : [1, 0];
  return {
    x: x + ux * on + away * (ux * cos - uy * sin),
    y: y + uy * on + away * (uy * cos + ux * sin),
  };
}

/** The static background: cover glass, filaments with uneven label and bright seeds, debris. */
function drawFilaments(
  p: Parameters,
  clip: Clip,
  scale: number,
  filaments: readonly Filament[],
): Light {
  const { width, height } = clip;
  const uniform = random(clip.seed, "kinesin", "label");
  const label = smoothNoise(uniform);
  const cloud = smoothNoise(random(clip.seed, "kinesin", "glass"));
  const filamentColour = COLOURS[p.microtubule_colour].rgb;
  const motorColour = COLOURS[p.motor_colour].rgb;
  const spread = Math.max(SPREAD_UM, 0.8 * scale);
  const light = new Float32Array(width * height * 3);
  for (let row = 0, i = 0; row < height; row++) {
    const y = (row + 0.5) * scale;
    for (let column = 0; column < width; column++, i += 3) {
      const x = (column + 0.5) * scale;
      let level = 0.045 + 0.02 * cloud(x / 2.5, y / 2.5);
      filaments.forEach((f, k) => {
        const along = (x - f.x) * f.ux + (y - f.y) * f.uy;
        const across = (y - f.y) * f.ux - (x - f.x) * f.uy;
        if (Math.abs(across) > 6 * spread || along < -1 || along > f.length + 1) return;
        const ends = smoothstep(-spread, spread, along) *
          (1 - smoothstep(f.length - spread, f.length + spread, along));
        const seed = 1 + 0.8 * (1 - smoothstep(SEED_UM - 0.2, SEED_UM + 0.2, along));
        // Labelled tubulin is incorporated at random, so filaments look beaded.
        const beads = 1 + 0.4 * label(along / 0.26, 9 * k) + 0.14 * label(along / 1.7, 9 * k + 4);
        const profile = 0.92 * Math.exp(-0.5 * (across / spread) ** 2) +
          0.08 * Math.exp(-0.5 * (across / (2.4 * spread)) ** 2);
        level += 0.25 * ends * seed * beads * profile;
      });
      const glass = 0.045 + 0.018 * cloud(y / 3.1 + 30, x / 3.1);
      for (let c = 0; c < 3; c++) light[i + c] = filamentColour[c] * level + motorColour[c] * glass;
    }
  }
  const debris = random(clip.seed, "kinesin", "debris");
  for (let k = 0; k < 7; k++) {
    const [x, y] = [debris() * width * scale, debris() * height * scale];
    addGlow(light, clip, scale, x, y, 1.2 * spread, 0.05 + 0.1 * debris(), p.microtubule_colour);
  }
  return light;
}

/**
 * Motors in solution pass the thin illuminated layer too fast to appear as more than a faint haze.
 */
function drawHaze(
  light: Light,
  p: Parameters,
  clip: Clip,
  scale: number,
  uniform: Uniform,
): void {
  for (let k = 0; k < 3; k++) {
    const [x, y] = [uniform() * clip.width * scale, uniform() * clip.height * scale];
    addGlow(light, clip, scale, x, y, 0.4 + 0.3 * uniform(), 0.05 * uniform(), p.motor_colour);
  }
}

/** Adds a Gaussian glow with faint tails; in µm. */
function addGlow(
  light: Light,
  clip: Clip,
  scale: number,
  x: number,
  y: number,
  spread: number,
  level: number,
  dye: Parameters["motor_colour"],
): void {
  const colour = COLOURS[dye].rgb;
  const reach = 4.5 * spread;
  const { left, top, right, bottom } = pixelsIn(clip, scale, around({ x, y }, reach));
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const r2 = (((column + 0.5) * scale - x) ** 2 + ((row + 0.5) * scale - y) ** 2) / spread ** 2;
      const glow = level * (0.95 * Math.exp(-r2 / 2) + 0.05 * Math.exp(-r2 / 9));
      const i = (row * clip.width + column) * 3;
      for (let c = 0; c < 3; c++) light[i + c] += colour[c] * glow;
    }
  }
}
