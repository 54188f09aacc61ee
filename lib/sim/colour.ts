/** Colours named in prompts: emission colours of dyes, and hue ranges for measurements. */

/** A colour that prompts can name. */
export interface NamedColour {
  /** Display values, 0–1. */
  rgb: readonly [number, number, number];
  /** Hue range in degrees: from the first value upwards through 360 to the second. */
  hue: readonly [number, number];
}

/** Names, emission colours and hue ranges. */
export const COLOURS = {
  red: { rgb: [1, 0.2, 0.16], hue: [342, 20] },
  orange: { rgb: [1, 0.56, 0.12], hue: [18, 46] },
  yellow: { rgb: [0.98, 0.9, 0.22], hue: [44, 72] },
  green: { rgb: [0.26, 1, 0.42], hue: [95, 160] },
  cyan: { rgb: [0.2, 0.88, 1], hue: [165, 205] },
  blue: { rgb: [0.28, 0.44, 1], hue: [205, 258] },
  magenta: { rgb: [1, 0.26, 0.88], hue: [285, 335] },
} as const satisfies Record<string, NamedColour>;

/** The dyes of the fluorescent worlds. */
export const COLOUR_NAMES = Object.keys(COLOURS) as [ColourName, ...ColourName[]];

export type ColourName = keyof typeof COLOURS;
