/** Captions of the valve world. */

/** Values mentioned in the captions, with units in their names. */
interface CaptionValues {
  direction: string;
  label_colour: string;
  cells: number;
  period_s: number;
  peak_speed_um_s: number;
}

/**
 * Captions of a scene, from terse to detailed; each states the direction of flow.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { valveCaptions } from "./captions.ts";
 *
 * const captions = valveCaptions({
 *   direction: "left to right",
 *   label_colour: "green",
 *   cells: 9,
 *   period_s: 1.1,
 *   peak_speed_um_s: 80,
 * });
 * assertOk(captions.every((caption) => caption.includes("left to right")));
 * ```
 */
export function valveCaptions(p: CaptionValues): readonly string[] {
  const { direction: way, label_colour: label, cells, period_s: period, peak_speed_um_s: peak } = p;
  return [
    `Lymphatic valve, ${label} cells, ${way}.`,
    `A valve opens and closes; ${label} cells advance ${way}.`,
    `Two leaflets gate ${label} lymphocytes moving ${way}.`,
    `Lymph pumped ${way} past a bicuspid valve, lymphocytes in ${label}.`,
    `Intravital microscopy of a lymphatic valve, ${label} lymphocytes, flow ${way}.`,
    `Valve leaflets part with forward flow, ${way}, and shut against backflow; cells glow ${label}.`,
    `One-way flow: ${label} cells pass the open valve ${way} and wait while it is closed.`,
    `High-speed film of a lymph vessel valve cycling every ${period} s, ${label} cells, ${way}.`,
    `Collecting lymphatic with a bicuspid valve; ${cells} ${label} lymphocytes go ${way} in spurts.`,
    `The leaflets of a lymphatic valve swing in time with pressure while ${label} cells are carried ` +
    `${way}.`,
    `Transmitted light with ${label} fluorescence: a valve in a mesenteric lymphatic, flow ${way}.`,
    `A funnel of two thin leaflets opens once every ${period} s and lets ${label} lymphocytes ` +
    `through ${way}.`,
    `Slowed-down view of lymph transport ${way}: ${label} cells reach ${peak} µm/s when the valve ` +
    "is open and rest when it is shut.",
    `Grey tissue, bright lumen, dark leaflets: ${label} immune cells stream ${way} through an ` +
    "intraluminal valve, and none returns.",
    `A lymphangion fills through its valve: ${cells} cells labelled ${label} move ${way}, stop, and ` +
    `move again with a period of ${period} s.`,
    `Microscopy of a competent valve: when pressure reverses both leaflets meet on the axis and ` +
    `${label} cells, bound ${way}, stand still.`,
    `Brightfield film of a vessel with a sinus behind two valve leaflets; ${label} lymphocytes drift ` +
    `${way} at up to ${peak} µm/s in each cycle.`,
    `Two leaflets spring from opposite walls of a lymphatic. They open together, ${label} cells pass ` +
    `${way}, and they close together before any flows back.`,
    `Valve gating in a collecting lymphatic vessel: sinusoidal pressure, period ${period} s, drives ` +
    `${label} lymphocytes ${way} while the leaflets are apart.`,
    `About ${cells} ${label} lymphocytes in a vessel 54 µm wide; a bicuspid valve in the middle ` +
    `opens and closes, and the cells advance ${way} by steps.`,
    `Intravital high-speed microscopy of a lymphatic valve. Two thin leaflets in the middle of the ` +
    `vessel part when pressure is higher upstream, let ${label} lymphocytes pass ${way}, and meet ` +
    `again as the pressure reverses, once every ${period} s.`,
    `A film in transmitted light, slowed down, shows a collecting lymphatic vessel with fat and ` +
    `fibres around it. In its middle a bicuspid valve opens and closes every ${period} s. About ` +
    `${cells} lymphocytes labelled ${label} are carried ${way} at up to ${peak} µm/s while the ` +
    "leaflets are apart, and rest while they are shut; none is carried back.",
  ];
}
