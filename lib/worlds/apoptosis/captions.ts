/** Captions of a cell that dies by apoptosis. */
import type { ApoptosisParameters } from "./world.ts";

const NUMBER = ["", "", "", "", "", "five", "six", "seven", "eight"] as const;

type Say = (p: ApoptosisParameters) => string;

const across = (p: ApoptosisParameters) => `${2 * p.cell_radius_um} µm`;

/** Captions of a scene, from terse to detailed. */
export const APOPTOSIS_CAPTIONS: readonly Say[] = [
  (p) => `A ${p.cytoplasm_colour}-stained cell undergoes apoptosis.`,
  (p) => `Apoptosis: blebbing, then ${NUMBER[p.bodies]} bodies.`,
  (p) => `One cell shrinks, blebs, and breaks into ${NUMBER[p.bodies]} pieces.`,
  (p) => `Programmed cell death with ${p.chromatin_colour} chromatin fragmenting.`,
  (p) => `DIC and fluorescence of a dying cell, blebs from ${p.blebbing_s} s on.`,
  (p) =>
    `A cell ${across(p)} across dies by apoptosis and leaves ${NUMBER[p.bodies]} membrane-bound ` +
    `bodies.`,
  (p) =>
    `The ${p.cytoplasm_colour} cell shrinks, its membrane blebs all round, and its ` +
    `${p.chromatin_colour} nucleus condenses.`,
  (p) =>
    `Time-lapse of apoptosis: after ${p.blebbing_s} s the membrane begins to bleb, a second later ` +
    `the cell falls apart.`,
  (p) =>
    `Fluorescence over a relief-like grey image: ${p.cytoplasm_colour} cytoplasm, ` +
    `${p.chromatin_colour} chromatin, a cell in apoptosis.`,
  (p) =>
    `A single cell rounds up and boils with blebs before it disintegrates into ` +
    `${NUMBER[p.bodies]} apoptotic bodies, none of which leaks.`,
  (p) =>
    `Karyorrhexis: the ${p.chromatin_colour}-stained nucleus shrinks, brightens, and breaks into ` +
    `fragments while the ${p.cytoplasm_colour} cell body blebs.`,
  (p) =>
    `Live-cell imaging of a cell ${across(p)} wide on glass, seen by interference contrast; its ` +
    `${p.cytoplasm_colour} dye stays inside the membranes as the cell dies by apoptosis.`,
  (p) =>
    `The suicide of a cell: shrinkage, zeiosis from ${p.blebbing_s} s, nuclear fragmentation, and ` +
    `${NUMBER[p.bodies]} rounded remains lying side by side.`,
  (p) =>
    `A spread cell retracts, loses volume, and puts out short-lived blebs on every side. Then it ` +
    `separates into ${
      NUMBER[p.bodies]
    } bodies, each with its share of ${p.chromatin_colour} chromatin.`,
  (p) =>
    `Seen under the microscope, one cell in ${p.cytoplasm_colour} with a ${p.chromatin_colour} ` +
    `nucleus goes through apoptosis: it shrinks by nearly half, blebs, and comes apart without ` +
    `spilling its contents.`,
  (p) =>
    `DIC time-lapse with two stains. At first the cell lies flat and quiet. About ` +
    `${p.blebbing_s} s into the clip round blebs swell and retract along its whole edge; its ` +
    `chromatin condenses and is parcelled out to ${NUMBER[p.bodies]} apoptotic bodies.`,
  (p) =>
    `Apoptotic bodies form: a ${p.cytoplasm_colour} cell ${
      across(p)
    } across shrinks while its dye ` +
    `grows denser, bulges on all sides, and pinches off into ${
      NUMBER[p.bodies]
    } spheres that keep ` +
    `their membranes.`,
  (p) =>
    `The camera stands still over one cell ${across(p)} in diameter. Its membrane is calm until ` +
    `${p.blebbing_s} s, then blebs all round; the ${p.chromatin_colour} nucleus becomes small and ` +
    `bright and falls into pieces, and in the end ${
      NUMBER[p.bodies]
    } bodies of unlike size remain, ` +
    `all of them tight.`,
  (p) =>
    `Programmed cell death as textbooks describe it: cell shrinkage, chromatin condensation, ` +
    `dynamic membrane blebbing from ${p.blebbing_s} s, fragmentation of the ` +
    `${p.chromatin_colour}-stained nucleus, and packaging of everything into ${NUMBER[p.bodies]} ` +
    `apoptotic bodies. The ${p.cytoplasm_colour} cytoplasmic dye never escapes into the medium.`,
  (p) =>
    `In a view 44 µm high, a cell of radius ${p.cell_radius_um} µm with ${p.cytoplasm_colour} ` +
    `cytoplasm and ${p.chromatin_colour} chromatin is filmed while it dies. It rounds up and ` +
    `shrinks, from ${p.blebbing_s} s bubbles of membrane come and go around it, the nucleus condenses into dense lumps, and ${
      NUMBER[p.bodies]
    } membrane-bound ` +
    `fragments part from one another. No swelling, no lysis: the total stain stays what it was.`,
  (p) =>
    `Not necrosis but apoptosis: the ${p.cytoplasm_colour} cell keeps its membrane while it ` +
    `blebs and breaks up into ${NUMBER[p.bodies]} bodies.`,
  (p) =>
    `A ${p.chromatin_colour} nucleus goes to pieces inside a blebbing ${p.cytoplasm_colour} cell, ` +
    `interference contrast, time-lapse, onset at ${p.blebbing_s} s.`,
];
