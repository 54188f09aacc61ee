import * as Plot from "@observablehq/plot";
import { InputError } from "../errors.ts";
import { median } from "../statistics.ts";
import { compose, draw } from "./compose.ts";
import { count, GRID, INK, MUTED, OKABE_ITO, RULE, WIDTH } from "./look.ts";
import { wholeTicks } from "./ticks.ts";
import type { PromptLength } from "./types.ts";

/** One bar: prompts of `from` to `to − 1` words. */
interface Bin {
  from: number;
  to: number;
  tasks: number;
}

/** Bins of equal, round width in words, at most 30, starting at a multiple of the width. */
function bins(lengths: readonly number[]): Bin[] {
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
  const step = steps.find((s) => (most - least + 1) / s <= 30) ?? Math.ceil((most - least) / 30);
  // Leaves a readable axis for a few tasks of similar length.
  const padding = Math.max(0, 8 - Math.floor((most - least) / step));
  const first = Math.max(0, (Math.floor(least / step) - padding) * step);
  const last = most + padding * step;
  const out: Bin[] = [];
  for (let from = first; from <= last; from += step) {
    const tasks = lengths.filter((words) => words >= from && words < from + step).length;
    out.push({ from, to: from + step, tasks });
  }
  return out;
}

/**
 * An SVG figure of prompt lengths in words, with the median marked. Throws {@link InputError} if
 * there are no rows.
 *
 * @example
 * ```ts
 * import { assertOk } from "../testing/assert.ts";
 * import { promptLengths } from "./prompt_lengths.ts";
 *
 * const svg = promptLengths([40, 52, 64].map((words, task) => ({ task, words })));
 * assertOk(svg.includes("median 52 words"));
 * ```
 */
export function promptLengths(rows: readonly PromptLength[]): string {
  if (rows.length === 0) {
    throw new InputError("Cannot draw prompt lengths: found 0 rows; expected one per task");
  }
  const lengths = rows.map(({ words }) => words);
  const middle = median(lengths);
  const shown = bins(lengths);
  // Words are whole: a bar for 30 to 34 words spans 29.5 to 34.5, so that ticks are at whole
  // lengths.
  const [left, right] = [shown[0].from - 0.5, shown.at(-1)!.to - 0.5];
  const highest = Math.max(...shown.map(({ tasks }) => tasks));
  const height = 280;
  const markup = draw({
    width: WIDTH,
    height,
    marginLeft: 64,
    marginRight: 24,
    marginTop: 30,
    marginBottom: 46,
    x: { domain: [left, right] },
    y: { domain: [0, highest * 1.04] },
    marks: [
      Plot.gridY({ stroke: GRID, strokeOpacity: 1, ticks: wholeTicks(0, highest) }),
      Plot.axisY({
        ticks: wholeTicks(0, highest),
        tickFormat: count,
        label: "tasks",
        labelAnchor: "center",
        labelOffset: 46,
        labelArrow: "none",
        color: MUTED,
      }),
      Plot.axisX({
        label: "prompt length (words)",
        labelAnchor: "center",
        labelArrow: "none",
        ticks: wholeTicks(left, right, 12),
        tickFormat: count,
      }),
      Plot.rectY(shown, {
        x1: ({ from }: Bin) => from - 0.5,
        x2: ({ to }: Bin) => to - 0.5,
        y: "tasks",
        fill: OKABE_ITO.sky,
        insetLeft: 0.5,
        insetRight: 0.5,
      }),
      Plot.ruleX([middle], { stroke: INK, strokeWidth: 1.5, insetTop: -8 }),
      Plot.text([middle], {
        x: (words: number) => words,
        text: (words: number) => `median ${words} words`,
        frameAnchor: "top",
        dy: -20,
        // Keeps the label inside the frame if the median is near its edge.
        textAnchor: middle < left + (right - left) / 2 ? "start" : "end",
        fontWeight: 600,
      }),
      Plot.ruleY([0], { stroke: RULE }),
    ],
  });
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
  return compose({
    title: `Length of prompts (n = ${count(rows.length)} ${rows.length === 1 ? "task" : "tasks"})`,
    subtitle: `Shortest ${count(least)}, longest ${count(most)} words. Each bar spans ` +
      `${shown[0].to - shown[0].from === 1 ? "one word" : `${shown[0].to - shown[0].from} words`}.`,
    panels: [{ x: 0, y: 0, markup }],
    height,
  });
}
