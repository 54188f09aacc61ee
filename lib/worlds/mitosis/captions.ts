/** Captions of the mitosis world. */

/** Values mentioned in the captions, with units in their names. */
interface CaptionValues {
  cell_radius_um: number;
  division_s: number;
  axis: string;
  cytoplasm_colour: string;
  chromatin_colour: string;
}

/**
 * Captions of a scene, from terse to detailed; the last states the value of every parameter.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { mitosisCaptions } from "./captions.ts";
 *
 * const values = {
 *   cell_radius_um: 7.2,
 *   division_s: 1.5,
 *   axis: "vertical",
 *   cytoplasm_colour: "green",
 *   chromatin_colour: "blue",
 * };
 * assertOk(mitosisCaptions(values).at(-1)!.includes("14.4 µm across"));
 * ```
 */
export function mitosisCaptions(p: CaptionValues): readonly string[] {
  const { axis, cytoplasm_colour: body, chromatin_colour: dna } = p;
  const [across, when] = [`${2 * p.cell_radius_um} µm`, `${p.division_s} s`];
  return [
    `A ${body} cell divides.`,
    `Mitosis of one ${body} cell, ${dna} chromatin`,
    `Fluorescence time-lapse: a cell becomes two.`,
    `Cytokinesis along the ${axis} axis after ${when}.`,
    `A mother cell of ${across} splits into equal daughters.`,
    `${dna} chromosomes separate inside a ${body} cell, which then cleaves.`,
    `Live imaging of mitosis: ${dna} chromatin, ${body} cytoplasm, black ground.`,
    `One cell, ${across} across, rounds up, elongates along the ${axis} axis and divides.`,
    `Prophase to cytokinesis in one clip: the furrow closes ${when} after the start.`,
    `The ${dna} chromatin of a dividing cell condenses into a plate, parts, and moves to two poles.`,
    `A round ${body} cell pinches in the middle and leaves two daughters of the same size, lying ` +
    `along the ${axis} axis.`,
    `Dividing cell under the fluorescence microscope; cytoplasm ${body}, DNA ${dna}, the daughters ` +
    `separate at about ${when}.`,
    `Time-lapse of a single cell in the middle of the frame: chromatin first, then the whole body, ` +
    `becomes two.`,
    `Anaphase along the ${axis} axis: two ${dna} masses draw apart while the ${body} cell around them ` +
    `stretches and furrows.`,
    `A cell ${across} wide is seen through mitosis. Its chromatin brightens as it condenses, lines up, ` +
    `and is pulled to opposite poles.`,
    `On a dark ground a single ${body} cell with a ${dna} nucleus prepares to divide; ${when} later ` +
    `there are two daughters, each with half of everything.`,
    `Confocal film of cell division: metaphase plate, anaphase, cleavage furrow. The ${body} daughters ` +
    `part along the ${axis} axis and grow round again.`,
    `The cell cycle's last act: ${dna} chromosomes congress and separate, a contractile ring cleaves ` +
    `the ${body} cytoplasm, and two equal cells remain in view to the end.`,
    `A mother cell about ${across} across, stained ${body}, divides symmetrically. No material is ` +
    `gained or lost: the daughters' areas together equal the mother's.`,
    `Fluorescence microscopy of one mitotic cell with ${dna} chromatin. First it rounds up, then its ` +
    `chromatin is drawn apart along the ${axis} axis, and at ${when} the furrow has closed between ` +
    `two daughters.`,
    `The clip follows one ${body} cell from rounding to abscission. Inside, ${dna} chromatin condenses, ` +
    `gathers at the equator, and splits; outside, the membrane draws in until the daughters separate, ` +
    `equal in size, ${when} into the film.`,
    `Fluorescence time-lapse of a dividing cell ${across} across, with ${body} cytoplasm and ${dna} ` +
    `chromatin on a black ground: the chromatin condenses, lines up and separates, the cell elongates, ` +
    `a furrow closes, and after ${when} two equal daughters part along the ${axis} axis and stay in view.`,
  ];
}
