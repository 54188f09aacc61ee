/**
 * The course of phagocytosis: the cell's path, its pseudopod, and the fate of each particle.
 * Lengths in µm, times in seconds of the clip.
 *
 * The cell heads for the nearest particle (chemotaxis; Zigmond, J. Cell Biol. 75 (1977) 606–616).
 * On contact, and only then, its membrane climbs around the particle as a cup, receptor by receptor
 * (the zipper; Griffin et al., J. Exp. Med. 142 (1975) 1263–1282), closes, and the phagosome is
 * drawn in towards the nucleus, where the particle is broken down (Swanson, Nat. Rev. Mol. Cell
 * Biol. 9 (2008) 639–649).
 */
import { random } from "../../random.ts";
import { gaussian, smoothstep } from "../../sim/optics.ts";

/** Radius of a yeast particle. */
export const PARTICLE_UM = 1.8;
/** Radius of the resting cell. */
export const CELL_UM = { macrophage: 7.4, neutrophil: 6.2 } as const;

export type CellKind = keyof typeof CELL_UM;

/** From contact to a closed phagosome in its place. */
const ENGULFMENT_S = 0.4;
/** From contact until half of the particle is within the cell's outline. */
const HALF_IN_S = 0.15;
/** Time constant of digestion, and what finally remains visible of a particle. */
const DIGESTION_S = 0.9;
const REMNANT = 0.62;

/** Parameters of a course. */
export interface Setting {
  cell: CellKind;
  particles: number;
  /** From one uptake to the next, and from the start to the first. */
  interval: number;
  /** Mean speed of the cell. */
  speed: number;
  violation: string | undefined;
  seed: number;
}

export interface Point {
  x: number;
  y: number;
}

/** A particle at one time. */
export interface Particle extends Point {
  /** Index of the particle, from 0; one that fades here and appears there is listed twice. */
  number: number;
  /** Visibility, from 0: digestion reduces it. */
  contrast: number;
  /** How far the cup has climbed around it from the cell's side: 0 not at all, π all around. */
  wrap: number;
  /** Whether its centre lies within the cell. */
  inside: boolean;
  /** 0 if it is gone. */
  opacity: number;
}

/** The cell and its particles at one time. */
export interface State {
  centre: Point;
  /** Direction of crawling, radians. */
  heading: number;
  /** Radius of the disc of the cell's area. */
  radius: number;
  /** How far the front extends towards a particle, 0–1. */
  reach: number;
  particles: Particle[];
}

/** A course: uptake times, and the state at any time. */
export interface Course {
  /** When half of each particle is in the cell; for violations, when it would be. */
  uptakes: number[];
  at(time: number): State;
}

/**
 * Distance of the cell's outline from its centre, relative to its radius: slightly elongated in the
 * direction of crawling, with a pseudopod at the front.
 *
 * @param angle Relative to the heading, in radians.
 * @param reach 0–1.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { outline } from "./course.ts";
 *
 * assertOk(outline(0, 1) > outline(0, 0) && outline(0, 0) > outline(Math.PI / 2, 0));
 * ```
 */
export function outline(angle: number, reach: number): number {
  const pseudopod = 0.16 * reach * Math.exp(7 * (Math.cos(angle) - 1));
  return 0.985 + 0.07 * Math.cos(2 * angle) + 0.03 * Math.cos(angle) + pseudopod;
}

/**
 * The course of a clip around the middle of its view, which is the origin.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { courseOf } from "./course.ts";
 *
 * const course = courseOf({
 *   cell: "macrophage", particles: 2, interval: 0.8, speed: 12, violation: undefined, seed: 1,
 * });
 * const inside = (time: number) => course.at(time).particles.filter((p) => p.inside).length;
 * assertEquals([inside(0), inside(1), inside(2)], [0, 1, 2]);
 * ```
 */
export function courseOf(setting: Setting): Course {
  const { cell, particles: count, interval, speed, violation, seed } = setting;
  const uniform = random(seed, "phagocytosis", "course");
  const radius = CELL_UM[cell];
  // On an arc around the middle, the cell meets all particles and stays in view.
  const bend = Math.max(9.5, count * speed * interval / 3.5);
  const turn = uniform() < 0.5 ? 1 : -1;
  const from = 2 * Math.PI * uniform();
  const pace = 0.6 + 0.3 * uniform();
  const last = count * interval;
  /** Path length: steady, except for a pause at each uptake and a rest after the last. */
  const travelled = (time: number) => {
    const t = Math.min(time, last);
    const paused = pace * interval / (2 * Math.PI) * Math.sin(2 * Math.PI * t / interval) / 2;
    return speed * (t - paused + 0.3 * (1 - Math.exp(-Math.max(0, time - last) / 0.3)));
  };
  const centreAt = (time: number) => {
    const angle = from + turn * travelled(time) / bend;
    return {
      x: bend * Math.cos(angle),
      y: bend * Math.sin(angle),
      heading: angle + turn * Math.PI / 2,
    };
  };
  const uptakes = Array.from({ length: count }, (_, j) => (j + 1) * interval);
  const touch = outline(0, 1) * radius + PARTICLE_UM - 0.15;
  const settled = 0.57 * radius;
  const plans = uptakes.map((uptake) => {
    const contact = uptake - HALF_IN_S;
    const at = centreAt(contact);
    const away = { x: Math.cos(at.heading), y: Math.sin(at.heading) };
    return {
      contact,
      heading: at.heading,
      start: { x: at.x + touch * away.x, y: at.y + touch * away.y },
      sway: [0, 1].map(() => ({ size: 0.16 * gaussian(uniform), phase: 7 * uniform() })),
    };
  });

  const free = (j: number, time: number): Point => {
    const { start, sway, contact } = plans[j];
    // Brownian motion, modelled as a sum of slow waves; it ends when the cell takes hold.
    const loose = smoothstep(0, 0.25, contact - time);
    const [a, b] = sway.map(({ size, phase }) =>
      loose * size * (Math.sin(5.1 * time + phase) + Math.sin(8.7 * time + 2 * phase))
    );
    return { x: start.x + a, y: start.y + b };
  };
  /** Direction from the cell's centre: phagosomes make room for the next one that enters. */
  const berth = (j: number, time: number): number => {
    const share = turn * 2 * Math.PI / Math.max(3, count);
    return plans.slice(j + 1).reduce((angle, { contact, heading }, k) => {
      const shift = heading - plans[j + k].heading - share;
      return angle + shift * smoothstep(-0.2, 0.25, time - contact);
    }, plans[j].heading);
  };
  const inCell = (j: number, time: number, distance: number): Point => {
    const { x, y } = centreAt(time);
    const angle = berth(j, time);
    return { x: x + distance * Math.cos(angle), y: y + distance * Math.sin(angle) };
  };
  const digested = (j: number, time: number) =>
    REMNANT + (1 - REMNANT) * Math.exp(-Math.max(0, time - uptakes[j]) / DIGESTION_S);
  const normal = (j: number, time: number): Omit<Particle, "number"> => {
    const { contact } = plans[j];
    if (time < contact) {
      return { ...free(j, time), contrast: 1, wrap: 0, inside: false, opacity: 1 };
    }
    return {
      ...inCell(j, time, touch + (settled - touch) * smoothstep(0, ENGULFMENT_S, time - contact)),
      contrast: digested(j, time),
      wrap: Math.PI * smoothstep(-0.03, 0.24, time - contact),
      inside: time >= uptakes[j],
      opacity: 1,
    };
  };

  /** A particle as drawn, in two positions if it fades here and appears there. */
  const particle = (j: number, time: number): Omit<Particle, "number">[] => {
    const { contact } = plans[j];
    switch (violation) {
      case "remote-uptake": {
        const leap = Math.max(0.1, contact - 0.42);
        const gone = smoothstep(-0.05, 0.05, time - leap);
        return [
          { ...free(j, time), contrast: 1, wrap: 0, inside: false, opacity: 1 - gone },
          {
            ...inCell(j, time, settled),
            contrast: 1,
            wrap: 0,
            inside: true,
            opacity: gone,
          },
        ];
      }
      case "reappearing-particles": {
        const release = uptakes[j] + 0.4;
        const out = smoothstep(-0.06, 0.06, time - release);
        const { x, y, heading } = centreAt(release);
        const behind = outline(Math.PI, 0) * radius + PARTICLE_UM + 1.4;
        const place = { x: x - behind * Math.cos(heading), y: y - behind * Math.sin(heading) };
        return [
          { ...normal(j, time), opacity: 1 - out },
          { ...place, contrast: 1, wrap: 0, inside: false, opacity: out },
        ];
      }
      case "pushed-aside": {
        if (time < contact) return [normal(j, time)];
        const { x, y, heading } = centreAt(time);
        const distance = outline(plans[j].heading - heading, 0.3) * radius + PARTICLE_UM;
        const distanceNow = Math.max(distance, touch - 3 * (time - contact));
        return [{
          x: x + distanceNow * Math.cos(plans[j].heading),
          y: y + distanceNow * Math.sin(plans[j].heading),
          contrast: 1,
          wrap: 0,
          inside: false,
          opacity: 1,
        }];
      }
      default:
        return [normal(j, time)];
    }
  };
  return {
    uptakes,
    at(time) {
      const { x, y, heading } = centreAt(time);
      const swallowed = uptakes.reduce(
        (sum, uptake) => sum + smoothstep(-0.1, 0.25, time - uptake),
        0,
      );
      const grown = violation === "pushed-aside" ? 0 : swallowed;
      const reach = plans.reduce((most, { contact }) => {
        const rises = smoothstep(-0.35, -0.02, time - contact);
        return Math.max(most, rises * (1 - smoothstep(0.05, 0.3, time - contact)));
      }, 0);
      return {
        centre: { x, y },
        heading,
        // Ingested particles take up area, although the cell then spreads less high over them.
        radius: Math.sqrt(radius ** 2 + 0.5 * grown * PARTICLE_UM ** 2),
        reach,
        particles: plans.flatMap((_, number) =>
          particle(number, time).map((each) => ({ ...each, number }))
        ),
      };
    },
  };
}
