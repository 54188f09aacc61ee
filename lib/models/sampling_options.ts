/** Options of models that sample, with the limits that sampling has. */
import type { z } from "zod";
import { count, number, optionalNumber } from "../options.ts";

const MOST_STEPS = 1000;
const GUIDANCE = { least: 0, most: 100 };
const SHIFT = { above: 0, most: 100 };
const SHIFT_HELP = "How far timesteps are moved towards noise";

/**
 * Sampling steps.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../testing/assert.ts";
 * import { stepsOption } from "./sampling_options.ts";
 *
 * const steps = stepsOption(12);
 * assertEquals([steps.parse(undefined), steps.safeParse("1001").success], [12, false]);
 * ```
 */
export function stepsOption(initial: number): z.ZodType<number, string | undefined> {
  return count("Sampling steps.", initial, MOST_STEPS);
}

/** The guidance scale. */
export function guidanceOption(
  help: string,
  initial: number,
): z.ZodType<number, string | undefined> {
  return number(help, initial, GUIDANCE);
}

/** The shift of timesteps. */
export function shiftOption(initial: number): z.ZodType<number, string | undefined> {
  return number(`${SHIFT_HELP}.`, initial, SHIFT);
}

/** The same where leaving it out means what help says: undefined. */
export function optionalShift(
  help: string,
  initial: number,
): z.ZodType<number | undefined, string | undefined> {
  return optionalNumber("", SHIFT)
    .meta({ value: "X", help: `${SHIFT_HELP}; ${help}`, initial: String(initial) });
}
