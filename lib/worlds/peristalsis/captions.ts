/** Captions of peristalsis in the gut. */
import type { PeristalsisParameters } from "./world.ts";

/**
 * Captions of a scene, from terse to detailed.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { peristalsisCaptions } from "./captions.ts";
 *
 * const captions = peristalsisCaptions({
 *   wave_speed_mm_s: 4,
 *   interval_s: 1.8,
 *   direction: "left to right",
 *   content_colour: "brown",
 * });
 * assertOk(captions.every((caption) => caption.includes("left to right")));
 * ```
 */
export function peristalsisCaptions(p: PeristalsisParameters): readonly string[] {
  const { wave_speed_mm_s: speed, interval_s: interval, direction, content_colour: colour } = p;
  const far = (speed * interval).toFixed(1);
  return [
    `Gut peristalsis, ${colour} chyme, ${direction}.`,
    `Peristaltic waves push ${colour} content ${direction}.`,
    `Intestine with ${colour} boluses moving ${direction}.`,
    `Small intestine, peristalsis ${direction} at ${speed} mm/s, ${colour} content.`,
    `A ring of contraction travels ${direction} along the gut and drives ${colour} chyme ahead.`,
    `Mouse jejunum under the stereo microscope: ${colour} chyme is carried ${direction}.`,
    `Every ${interval} s a contraction sweeps ${direction} and moves a ${colour} bolus on.`,
    `Low-magnification view of a gut segment; peristaltic rings move ${direction} at ` +
    `${speed} mm/s with ${colour} content in front of them.`,
    `Intravital microscopy of small bowel. Waves follow each other every ${interval} s, ` +
    `${direction}, and propel ${colour} chyme.`,
    `Transmitted light through a living intestine: pinched rings run ${direction}, each pushing ` +
    `a swollen, ${colour} bolus full of granules.`,
    `Peristalsis in a pink intestinal loop, ${direction}: the wall narrows behind the ${colour} ` +
    `bolus and relaxes ahead of it.`,
    `The circular muscle of the gut contracts in a travelling ring that moves ${direction} at ` +
    `${speed} mm/s; the ${colour} chyme ahead of it moves at the same speed.`,
    `Propulsion of ${colour} luminal content through the small intestine, ${direction}, one ` +
    `contraction every ${interval} s, about ${far} mm apart.`,
    `A horizontal gut segment 10 mm long with serosal vessels. Constrictions enter on one side ` +
    `every ${interval} s and travel ${direction}, sweeping ${colour} chyme before them.`,
    `Bright-field film of peristaltic pumping: hourglass constrictions move ${direction}, the ` +
    `lumen opens ahead of them, and granules circulate in the ${colour} bolus.`,
    `Ascending contraction and descending relaxation, the law of the intestine: ${colour} ` +
    `content travels ${direction} at ${speed} mm/s in front of each ring.`,
    `Stereo-microscope view of a gut segment, folds and vasa recta visible through the wall. ` +
    `Peristaltic waves travel ${direction} at ${speed} mm/s, ${interval} s apart, and none of ` +
    `the ${colour} chyme is left behind.`,
    `Time series of the small intestine of a mouse: the wall closes to a narrow ring, the ring ` +
    `moves steadily ${direction}, and the ${colour}, grainy chyme ahead of it is pushed along ` +
    `without loss; the next ring follows after ${interval} s.`,
    `Laboratory video of an isolated intestine in a bath, lit from below. Rings of contraction ` +
    `about ${far} mm apart run ${direction}; between them lie boluses of ${colour} chyme that ` +
    `keep their size as they move at ${speed} mm/s.`,
    `A translucent pink tube crosses the picture, its surface marked by folds and fine blood ` +
    `vessels. Every ${interval} seconds a deep constriction passes ${direction} at ${speed} ` +
    `millimetres a second and drives a dark ${colour} bolus with floating granules in front of it.`,
    `Generate a low-magnification bright-field microscopy video of peristalsis in a segment of ` +
    `small intestine. Contraction rings travel ${direction} at ${speed} mm/s, one every ` +
    `${interval} s. Ahead of each ring the wall is distended by ${colour} chyme with granules; ` +
    `behind it the gut relaxes to its resting width. The amount of content does not change.`,
    `Macroscopic microscopy of living gut wall seen through its serosa, showing how circular ` +
    `muscle works: contraction behind the bolus, relaxation in front of it. The ${colour} bolus ` +
    `glides ${direction} at the speed of the wave, ${speed} mm/s, and the wave train repeats ` +
    `every ${interval} s over the still background of the mesentery.`,
  ];
}
