/**
 * The valve's opening as a function of pressure, and the flow that it allows.
 *
 * Opening: a sigmoid of the pressure difference across the valve, as in Bertram, Macaskill and
 * Moore, J. Biomech. Eng. 133 (2011) 011008, with the gap and the small bias towards open measured
 * by Davis et al., Am. J. Physiol. Heart 301 (2011) H48–H60, on valves of rat mesentery. The
 * pressure difference of neighbouring lymphangions is modelled as a sine wave.
 * Flow: quasi-steady Poiseuille flow (Reynolds and Womersley numbers are below 1; Dixon et al.,
 * Microcirculation 13 (2006) 597–610), proportional to pressure and to the valve's conductance.
 */

/**
 * Amplitude of the pressure difference, its value at half opening, and the sigmoid's width, in Pa.
 */
export const PRESSURE_PA = { amplitude: 150, opening: 8, width: 17 } as const;

/**
 * Pressure upstream of the valve minus that downstream, in Pa.
 *
 * @param cycles Cycles since the pressure difference last rose through zero.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { pressureAt } from "./opening.ts";
 *
 * assertNear(pressureAt(0.25), 150, 1e-9);
 * assertNear(pressureAt(0.5), 0, 1e-9);
 * ```
 */
export function pressureAt(cycles: number): number {
  return PRESSURE_PA.amplitude * Math.sin(2 * Math.PI * cycles);
}

/**
 * How far the leaflets are open at a pressure difference: a sigmoid (see the source above).
 *
 * @param pressure In Pa, positive for forward.
 * @returns 0 for closed, 1 for open.
 *
 * @example
 * ```ts
 * import { assertNear } from "../../testing/assert.ts";
 * import { openAt } from "./opening.ts";
 *
 * assertNear(openAt(150), 1, 0.001);
 * assertNear(openAt(-150), 0, 0.001);
 * ```
 */
export function openAt(pressure: number): number {
  return 1 / (1 + Math.exp((PRESSURE_PA.opening - pressure) / PRESSURE_PA.width));
}

/**
 * Speed on the axis upstream of the valve, relative to the maximum: pressure times conductance,
 * which decreases with the square of the opening.
 *
 * @param pressure In Pa, positive for forward.
 *
 * @example
 * ```ts
 * import { assertNear, assertOk } from "../../testing/assert.ts";
 * import { flowAt } from "./opening.ts";
 *
 * assertNear(flowAt(150), 1, 0.001);
 * assertOk(Math.abs(flowAt(-20)) < 0.01);
 * ```
 */
export function flowAt(pressure: number): number {
  return pressure / PRESSURE_PA.amplitude * openAt(pressure) ** 2;
}
