/**
 * Measures of a valve in a vessel: its leaflets' opening, the flow of cells, and their agreement.
 */
import { z } from "zod";
import { mean } from "../../statistics.ts";
import {
  type Measure,
  measure,
  measured,
  measureFrom,
  noArgs,
  unmeasured,
} from "../../vision/measure.ts";
import { openingWithFlow, periodOf, workingCycles } from "./cycles.ts";
import { flowIn, labelledCells } from "./labelled_cells.ts";
import { leafletsIn, swingRatio, valveOpening, widest } from "./leaflets.ts";

const measureCycles = measureFrom(12, "see a cycle");

/** The measures of this world. */
export const MEASURES: Record<string, Measure> = {
  "valve-flow-correlation": measureCycles(
    "1",
    "correlation of the leaflets' opening with the cells' velocity; 0 if either stands still",
    noArgs,
    (analysis) => measured(openingWithFlow(analysis)),
  ),
  "one-way-share": measureCycles(
    "1",
    "share of the cells' paths covered in the one sense, less that in the other; 0 if none moves",
    noArgs,
    (analysis) => {
      const { right, left, moves } = flowIn(analysis);
      return measured(moves ? Math.abs(right - left) / (right + left) : 0);
    },
  ),
  "backflow-ratio": measureCycles(
    "1",
    "the cells' paths in the lesser sense over those in the greater",
    noArgs,
    (analysis) => {
      const { right, left, moves } = flowIn(analysis);
      return moves
        ? measured(Math.min(right, left) / Math.max(right, left))
        : unmeasured("no labelled cells are seen to move");
    },
  ),
  "leaflet-symmetry": measureCycles(
    "1",
    "swing of the leaflet that moves less over that of the other; 0 if neither moves",
    noArgs,
    (analysis) => {
      const found = leafletsIn(analysis);
      return measured(found ? swingRatio(found, analysis.side) : 0);
    },
  ),
  "leaflets-seen-share": measureCycles(
    "1",
    "share of the second half's frames with an open leaflet in which the other is seen, too, of those " +
      "in which no cell hides it",
    noArgs,
    (analysis) => {
      const found = leafletsIn(analysis);
      const tips = valveOpening(analysis);
      if (!found || !tips) return unmeasured("no leaflets are seen to move");
      const wide = widest(tips);
      const half = Math.floor(tips.length / 2);
      // When the valve is closed, one leaflet on the axis looks like two.
      const shown = tips.flatMap((tip, t) => {
        const both = !Number.isNaN(found.upper[t]) && !Number.isNaN(found.lower[t]);
        return t >= half && tip > 0.4 * wide && !found.hidden[t] ? [both] : [];
      });
      return shown.length < 3
        ? unmeasured("in the second half the valve is hardly seen open")
        : measured(shown.filter((both) => both).length / shown.length);
    },
  ),
  "valve-cycles": measureCycles(
    "cycles",
    "openings after which cells move on and closings after which they rest, over two",
    noArgs,
    (analysis) => measured(workingCycles(analysis)),
  ),
  "valve-period": measureCycles(
    "s",
    "time from one opening of the leaflets to the next",
    noArgs,
    (analysis) => {
      const tips = valveOpening(analysis);
      if (!tips) return unmeasured("no leaflets are seen to move");
      const period = periodOf(tips, analysis.video);
      return period === null ? unmeasured("the leaflets move in no rhythm") : measured(period);
    },
  ),
  "valve-flow-direction": measureCycles(
    "1",
    "share of the cells' paths in the direction, less that in the opposite one; 0 if none moves",
    z.object({ direction: z.enum(["left to right", "right to left"]) }),
    (analysis, { direction }) => {
      const { right, left, moves } = flowIn(analysis);
      if (!moves) return measured(0);
      return measured((direction === "left to right" ? 1 : -1) * (right - left) / (right + left));
    },
  ),
  "labelled-cell-count": measure(
    "cells",
    "labelled cells in view, mean over the frames",
    noArgs,
    (analysis) => measured(mean(labelledCells(analysis).map((cells) => cells.length))),
  ),
};
