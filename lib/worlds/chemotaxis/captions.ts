/** Captions of cells that crawl up a gradient. */
import type { ChemotaxisParameters } from "./world.ts";

const SIDE = {
  left: "left edge",
  right: "right edge",
  top: "upper edge",
  bottom: "lower edge",
} as const;

const NUMBER = ["no", "one", "two", "three", "four", "five", "six", "seven"] as const;

type Say = (p: ChemotaxisParameters) => string;

/** Captions of a scene, from terse to detailed. */
export const CHEMOTAXIS_CAPTIONS: readonly Say[] = [
  (p) => `${cap(NUMBER[p.cells])} neutrophils crawl towards a pipette.`,
  (p) => `Chemotaxis of ${NUMBER[p.cells]} cells to the ${p.source}.`,
  (p) => `Phase contrast: amoeboid cells migrate up a gradient from the ${SIDE[p.source]}.`,
  (p) => `${p.cells} Dictyostelium cells chase ${p.tracer_colour}-marked cAMP.`,
  (p) => `Micropipette assay, source at the ${SIDE[p.source]}, ${p.cells} leukocytes.`,
  (p) =>
    `A micropipette with ${p.tracer_colour} tracer at the ${SIDE[p.source]} attracts ` +
    `${NUMBER[p.cells]} crawling cells.`,
  (p) =>
    `Time-lapse phase contrast of ${NUMBER[p.cells]} amoeboid cells crawling at about ` +
    `${p.speed_um_min} µm/min towards the ${SIDE[p.source]}.`,
  (p) =>
    `Bright-haloed grey cells put out pseudopods and move up a chemoattractant gradient that ` +
    `comes from the ${SIDE[p.source]}.`,
  (p) =>
    `Neutrophil chemotaxis filmed by phase contrast: ${p.cells} cells, ` +
    `${p.cell_diameter_um} µm across, approach the pipette tip at the ${SIDE[p.source]}.`,
  (p) =>
    `Cells of ${p.cell_diameter_um} µm crawl in wavering paths towards a ${p.tracer_colour} ` +
    `glow at the ${SIDE[p.source]} of the frame.`,
  (p) =>
    `The chemoattractant, marked ${p.tracer_colour}, flows from a glass tip at the ` +
    `${SIDE[p.source]}; ${NUMBER[p.cells]} cells polarise and follow it.`,
  (p) =>
    `A biased random walk under the microscope: ${NUMBER[p.cells]} amoeboid cells, each with a ` +
    `leading pseudopod and a narrow rear, wander but make their way to the ${SIDE[p.source]}.`,
  (p) =>
    `Under phase contrast, ${
      NUMBER[p.cells]
    } white blood cells sense fMLP from a micropipette at ` +
    `the ${SIDE[p.source]}, extend pseudopods alternately left and right, and crawl to the tip.`,
  (p) =>
    `${cap(NUMBER[p.cells])} grey cells with bright halos start away from the pipette and, one ` +
    `minute for each second, crawl ${p.speed_um_min} µm a minute towards its ${p.tracer_colour} plume.`,
  (p) =>
    `Directed migration: amoebae of Dictyostelium about ${p.cell_diameter_um} µm long climb a ` +
    `steady gradient whose source, with a ${p.tracer_colour} dye, sits at the ${SIDE[p.source]}.`,
  (p) =>
    `Time-lapse microscopy, one second for one minute. ${
      cap(NUMBER[p.cells])
    } amoeboid cells keep ` +
    `their size while their outlines change; all of them advance on the source at the ` +
    `${SIDE[p.source]}.`,
  (p) =>
    `The frame shows ${
      NUMBER[p.cells]
    } crawling leukocytes seen by phase contrast on glass with a ` +
    `few specks of debris. From the ${SIDE[p.source]} a micropipette reaches in, slightly out of ` +
    `focus, and a ${p.tracer_colour} haze marks what it releases; the cells turn to it and come.`,
  (p) =>
    `Phase-contrast film of chemotaxis: ${p.cells} motile cells with granular grey cytoplasm and ` +
    `bright rims extend pseudopods at their fronts, retract their tails, and move at ` +
    `${p.speed_um_min} µm/min up a gradient towards the ${SIDE[p.source]}, never passing through ` +
    `one another.`,
  (p) =>
    `A pipette tip at the ${SIDE[p.source]} leaks chemoattractant with a ${p.tracer_colour} ` +
    `fluorescent tracer. Over several minutes, shown as seconds, ${NUMBER[p.cells]} neutrophils ` +
    `${p.cell_diameter_um} µm in diameter turn towards it and crawl there on slightly winding ` +
    `paths, their leading edges ruffling and their outlines never the same twice.`,
  (p) =>
    `In this time-lapse of a micropipette assay the camera stands still over ` +
    `${
      NUMBER[p.cells]
    } amoeboid cells ${p.cell_diameter_um} µm wide. Each is grey and granular with a halo; pseudopods ` +
    `bud at its front to the left and right in turn. All of them persist through the clip, keep ` +
    `their area, and crawl at some ${p.speed_um_min} µm per minute towards the ` +
    `${p.tracer_colour} source at the ${SIDE[p.source]}.`,
  (p) =>
    `Cells find the way: ${NUMBER[p.cells]} of them, haphazardly spread, gather at the ` +
    `${p.tracer_colour} plume of a pipette at the ${SIDE[p.source]} of the view.`,
  (p) =>
    `Live-cell imaging of amoeboid migration towards the ${p.source} in a gradient, ` +
    `${p.speed_um_min} µm/min, phase contrast with a ${p.tracer_colour} fluorescence overlay.`,
];

function cap(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
