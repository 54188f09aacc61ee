/** Captions of the vesicle world. */

/** Values mentioned in the captions, with units in their names. */
interface CaptionValues {
  vesicles: number;
  diffusion_um2_s: number;
  cell_radius_um: number;
  vesicle_colour: string;
  cytoplasm_colour: string;
}

/**
 * Captions of a scene, from terse to detailed; the last states the value of every parameter.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { vesicleDiffusionCaptions } from "./captions.ts";
 *
 * const values = {
 *   vesicles: 22,
 *   diffusion_um2_s: 0.12,
 *   cell_radius_um: 7.4,
 *   vesicle_colour: "green",
 *   cytoplasm_colour: "blue",
 * };
 * assertOk(vesicleDiffusionCaptions(values).at(-1)!.includes("D = 0.12 µm²/s"));
 * ```
 */
export function vesicleDiffusionCaptions(p: CaptionValues): readonly string[] {
  const { vesicles: n, vesicle_colour: dot, cytoplasm_colour: plasm } = p;
  const [D, across] = [`${p.diffusion_um2_s} µm²/s`, `${2 * p.cell_radius_um} µm`];
  return [
    `Vesicles jitter in a cell.`,
    `Brownian motion of ${dot} vesicles`,
    `${n} ${dot} spots wander through ${plasm} cytoplasm.`,
    `Diffusing vesicles, D = ${D}, inside one cell.`,
    `Fluorescence film of about ${n} vesicles in random motion.`,
    `A flat cell, ${across} across, full of trembling ${dot} dots.`,
    `Small ${dot} vesicles move without direction in dim ${plasm} cytoplasm.`,
    `Single-particle tracking data: ${n} labelled vesicles diffuse within one cell, D about ${D}.`,
    `Every ${dot} vesicle takes its own crooked path; none of them leaves the ${plasm} cell.`,
    `Thermal agitation under the microscope: points of ${dot} light jitter, spread slowly and never ` +
    `rest.`,
    `The cytoplasm of one cell glows faintly ${plasm}, and some ${n} brighter ${dot} vesicles wander ` +
    `about in it.`,
    `Passive transport: about ${n} vesicles, free of any motor, diffuse through a cell ${across} wide ` +
    `and turn back at its border.`,
    `Fluorescent vesicles in Brownian motion, their mean squared displacement growing in proportion to ` +
    `time, with D near ${D}.`,
    `A whole cell on a dark ground, ${plasm} inside; ${dot} vesicles scattered through it move at ` +
    `random from frame to frame.`,
    `Live-cell microscopy of membrane traffic at rest: ${n} ${dot} carriers do nothing but diffuse, ` +
    `each step unrelated to the one before.`,
    `In a flat cell of ${across} the camera follows ${dot} vesicles by their light. They crowd nowhere, ` +
    `fuse with none, and stay inside the membrane.`,
    `The frame shows one cell from above. Its ${plasm} cytoplasm is cloudy; about ${n} compact ${dot} ` +
    `points in it tremble and drift without any common direction.`,
    `Random walks in the cytoplasm: each of ${n} vesicles covers little ground in a second, since it ` +
    `turns at every instant; D is ${D} for all.`,
    `Fluorescence time-lapse, camera still: ${dot} vesicles of one size diffuse in a ${plasm} cell. ` +
    `Those that reach the cell's border are turned back into the cytoplasm, and none goes out.`,
    `Einstein's picture of diffusion seen in a living cell ${across} across: roughly ${n} ${dot} ` +
    `vesicles, pushed about by molecules too small to see, spread from where they were by the square ` +
    `root of time.`,
    `A cell ${across} across fills most of the view, its cytoplasm stained ${plasm} and its border a ` +
    `little brighter. Within it ${n} or so ${dot} vesicles, each no larger than the microscope can ` +
    `resolve, jitter at random, and their number stays the same from beginning to end.`,
    `Fluorescence microscopy of a flat cell ${across} across on a dark ground: in its ${plasm} ` +
    `cytoplasm about ${n} glowing ${dot} vesicles diffuse at random with D = ${D}, every path crooked ` +
    `and without memory; those that reach the cell border turn back, none escapes, and none goes out.`,
  ];
}
