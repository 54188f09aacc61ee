/** Captions of the vessel world. */

/** Values mentioned in the captions, with units in their names. */
interface CaptionValues {
  vessel_radius_um: number;
  peak_speed_um_s: number;
  cells: number;
  direction: string;
  cell_colour: string;
  tissue_colour: string;
}

/**
 * Captions of a scene, from terse to detailed; the last states the value of every parameter.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { vesselFlowCaptions } from "./captions.ts";
 *
 * const values = {
 *   vessel_radius_um: 18,
 *   peak_speed_um_s: 36,
 *   cells: 11,
 *   direction: "left to right",
 *   cell_colour: "dark red",
 *   tissue_colour: "pink",
 * };
 * assertOk(vesselFlowCaptions(values).at(-1)!.includes("36 µm wide"));
 * ```
 */
export function vesselFlowCaptions(p: CaptionValues): readonly string[] {
  const { cells: n, direction: way, cell_colour: red, tissue_colour: tissue } = p;
  const [wide, speed] = [`${2 * p.vessel_radius_um} µm`, `${p.peak_speed_um_s} µm/s`];
  return [
    `Red blood cells flow ${way}`,
    `A small vessel in ${tissue} tissue`,
    `${n} ${red} blood cells in laminar flow.`,
    `Blood flow, ${way}, ${speed} on the axis.`,
    `Intravital microscopy: a venule ${wide} wide, blood moving ${way}.`,
    `Erythrocytes stream through a straight vessel, fastest in the middle.`,
    `Bright-field view of ${red} cells carried by plasma, ${way}.`,
    `Poiseuille flow in a vessel of ${wide}: cells near the wall lag behind those on the axis.`,
    `About ${n} biconcave red cells drift ${way} between two dark walls in ${tissue} tissue.`,
    `Microcirculation at rest: ${red} erythrocytes pass in lanes, up to ${speed} fast.`,
    `Looking down on a vessel in ${tissue} tissue, one sees some ${n} red cells move ${way} in single ` +
    `lanes.`,
    `A straight venule with endothelial nuclei in its wall. Red cells go by ${way}, quick on the axis ` +
    `and slow beside the wall.`,
    `Blood cells, ${red} and slightly out of focus, travel ${way} through pale plasma; the tissue ` +
    `around the vessel stands still.`,
    `Laminar flow at low Reynolds number: the speed of the cells falls from ${speed} on the axis to ` +
    `nothing at the wall.`,
    `Transmitted-light film of a blood vessel ${wide} across. Its ${n} or so red cells keep their ` +
    `lanes, their shape and their number.`,
    `Through ${tissue} tissue runs a vessel from edge to edge of the frame. Plasma and ${red} cells in ` +
    `it flow ${way} without pause or pulse.`,
    `Each red cell is darker at the rim than in its hollow centre. About ${n} of them float ${way}, ` +
    `those in the middle of the vessel overtaking the others.`,
    `An in vivo recording of the microcirculation: a vessel ${wide} wide, walls intact, in which ` +
    `${red} cells advance ${way} at up to ${speed} and none leaves the lumen.`,
    `The parabola of Poiseuille, drawn by cells: on the axis they cover ${speed}, half-way to the wall ` +
    `three quarters of it, and beside the wall next to nothing, all of them heading ${way}.`,
    `A microscope looks at living ${tissue} tissue. A lumen with sharp walls crosses it, filled with ` +
    `clear plasma, and some ${n} flexible biconcave cells, ${red} by their haemoglobin, are carried ` +
    `${way}.`,
    `The clip shows steady, laminar blood flow ${way} in a vessel ${wide} wide. Red cells enter on one ` +
    `side as others leave on the other; they do not touch, fade, or slip through the wall, and those ` +
    `on the axis are the fastest.`,
    `Bright-field microscopy of a straight blood vessel ${wide} wide in ${tissue} tissue: about ${n} ` +
    `${red}, biconcave red blood cells flow ${way} through clear plasma, fastest on the axis at ` +
    `${speed} and slowest near the intact wall, in a steady laminar stream that neither pulses nor stops.`,
  ];
}
