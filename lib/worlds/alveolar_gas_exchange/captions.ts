/** Captions of the gas exchange world. */

/** Values mentioned in the captions, with units in their names. */
interface CaptionValues {
  alveolus_radius_um: number;
  speed_um_s: number;
  equilibrated_share: number;
  cells: number;
  direction: string;
}

/**
 * Captions of a scene, from terse to detailed; each states the direction of flow.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { gasExchangeCaptions } from "./captions.ts";
 *
 * const captions = gasExchangeCaptions({
 *   alveolus_radius_um: 21,
 *   speed_um_s: 28,
 *   equilibrated_share: 0.35,
 *   cells: 14,
 *   direction: "left to right",
 * });
 * assertOk(captions.every((caption) => caption.includes("left to right")));
 * ```
 */
export function gasExchangeCaptions(p: CaptionValues): readonly string[] {
  const across = 2 * p.alveolus_radius_um;
  const way = p.direction;
  const percent = Math.round(100 * p.equilibrated_share);
  const { cells, speed_um_s: speed } = p;
  return [
    `Alveolar gas exchange, ${way}.`,
    `Red cells take up oxygen, ${way}.`,
    `Capillary blood oxygenating around one alveolus, ${way}.`,
    `An alveolus ringed by red cells moving ${way}, blue turning red.`,
    `Intravital lung microscopy: ${cells} erythrocytes oxygenate as they pass an alveolus ${way}.`,
    `False-colour oximetry of a lung alveolus; blood flows ${way} and reddens on the way.`,
    `Blood enters blue and leaves red: red cells file ${way} around a dark air space.`,
    `Confocal map of haemoglobin saturation in the capillaries of an alveolus ${across} µm wide, ` +
    `flow ${way}.`,
    `Oxygen diffuses from the air space into red cells that travel ${way} at ${speed} µm/s.`,
    `Single-file red cells squeeze ${way} through septal capillaries and load oxygen, ${percent}% ` +
    "of the way being enough.",
    `Pulmonary capillaries around a black alveolus: ${cells} red cells, ${way}, change from blue ` +
    "to bright red.",
    `A ${across} µm alveolus in green-stained septa. Red cells pass above and below it ${way}, ` +
    "oxygenating as they go.",
    `Gas exchange in the mouse lung, slowed down: deoxygenated cells arrive, saturated ones leave, ` +
    `${way}.`,
    `Lung tissue with plasma in green: erythrocytes stream ${way} past the thin blood–gas barrier ` +
    `and are saturated after ${percent}% of the way.`,
    `Venous red cells, shown in blue, run ${way} along the alveolar wall and turn arterial red ` +
    "within the first part of their transit.",
    `Time-lapse of oxygen uptake: about ${cells} red cells in two files go around the air space ` +
    `${way} at ${speed} µm/s; none enters the air.`,
    `The septum between air spaces, where capillaries carry red cells ${way}; their colour maps ` +
    "saturation from mixed venous blue to oxygenated red.",
    `An oxygenation map shows haemoglobin loading by first order while blood moves ${way} around ` +
    `an air space ${across} µm across, complete by ${percent}% of the path.`,
    `Dark round alveolus, thin green septa, small parachute-shaped red cells going ${way}: each ` +
    "one turns gradually from blue through purple to red and stays red.",
    `In this intravital confocal view of a lung, ${cells} red blood cells split into two files, ` +
    `pass above and below a black alveolus ${way}, load oxygen across the blood–gas barrier and ` +
    "join again.",
    `A confocal oximetry film of one pulmonary alveolus, ${across} µm in diameter, ringed by ` +
    `capillaries in a thin septum. Red blood cells squeeze through in single file ${way} at about ` +
    `${speed} µm/s. They come in deoxygenated, blue, take up oxygen from the air and are bright ` +
    `red by ${percent}% of the way, then leave saturated.`,
    `Fluorescence microscopy of gas exchange in the living lung, in false colour. Around a black ` +
    `air space ${p.alveolus_radius_um} µm in radius plasma glows green, and about ${cells} red ` +
    `cells travel ${way} at ${speed} µm/s in the septal capillaries. Each changes smoothly from ` +
    `blue to red as oxygen crosses the barrier, is saturated by ${percent}% of the way, and never ` +
    "enters the air space.",
  ];
}
