/** The figure of the paper's argument: the models' scores and the claims about them. */
import * as Plot from "@observablehq/plot";
import { InputError } from "../../errors.ts";
import type { DomainClaim, Standing } from "../../records/claim.ts";
import type { Summary } from "../../records/summary.ts";
import { compose, draw, text } from "../../figures/compose.ts";
import {
  count,
  DIMENSION_COLOUR,
  DIMENSION_NAME,
  EMPTY,
  GRID,
  INK,
  MUTED,
  number,
  RULE,
  SIZE,
  WIDTH,
} from "../../figures/look.ts";
import { labelSpace, textWidth, truncate, wrap } from "../../figures/text.ts";
import { wholeTicks } from "../../figures/ticks.ts";

/** Options of {@link claimsFigure}. */
export interface ClaimsFigureOptions {
  /** Models from top to bottom; those without scores are skipped. */
  models: readonly string[];
  /** The model that is the upper bound. */
  upperBound?: string;
}

/** The two dimensions of the claims, each with its own mark. */
const COMPARED = [
  { dimension: "scientific", symbol: "circle", lane: 0.31 },
  { dimension: "visual", symbol: "square", lane: 0.69 },
] as const;

/** A claim's outcome is shown by mark, colour and word. */
const LOOK: Readonly<Record<Standing, { symbol: "circle" | "times"; ink: string; fill: string }>> =
  {
    "supported": { symbol: "circle", ink: "#00664a", fill: "#00664a" },
    "undecided": { symbol: "circle", ink: MUTED, fill: "#ffffff" },
    "not supported": { symbol: "times", ink: "#a34700", fill: "none" },
  };

const NUMBERS = 236;
const MODEL_ROW = 46;
const CLAIM_ROW = 44;
const HEAD = 26;
const AXIS = 46;

/** A model's mean in one dimension, with its position in the panel. */
interface Level extends Summary {
  y: number;
  look: typeof COMPARED[number];
}

/**
 * An SVG figure. Top: each model's mean scientific fidelity and visual quality with 95% intervals.
 * Bottom: the differences of the claims with their intervals, relative to zero, and the outcomes.
 *
 * @param claims Of one rule and judge, in display order; at least one row.
 * @param summary Rows of the same rule and judge; groups other than the two are ignored.
 * @throws {InputError} for no claims, claims of several rules or judges, or if no shown model has a
 * row of the two dimensions.
 *
 * @example
 * ```ts
 * import { assertOk } from "../../testing/assert.ts";
 * import { claimsFigure } from "./figure.ts";
 *
 * const of = { rule: "repaired", judge: "probe", ci_low: 20, ci_high: 30, tasks: 39 };
 * const row = { ...of, coverage: 1, mean: 25 };
 * const svg = claimsFigure(
 *   [{ ...of, claim: "b", says: "nano exceeds s-base", difference: 25, standing: "supported" }],
 *   [
 *     { ...row, model: "s-base", group: "scientific" },
 *     { ...row, model: "nano", group: "scientific", mean: 50 },
 *   ],
 *   { models: ["s-base", "nano"] },
 * );
 * assertOk(svg.includes(">supported<") && svg.includes(">nano<"));
 * ```
 */
export function claimsFigure(
  claims: readonly DomainClaim[],
  summary: readonly Summary[],
  { models, upperBound }: ClaimsFigureOptions,
): string {
  const { rule, judge } = check(claims);
  const shown = models.filter((model) =>
    summary.some((row) => row.model === model && isCompared(row))
  );
  if (shown.length === 0) {
    throw new InputError(
      `Cannot draw claims: found no scientific or visual mean of ${models.join(", ")}; ` +
        "expected at least one",
    );
  }
  const above = levels(summary, shown, upperBound);
  const below = differences(claims);
  const tasks = claims.map((claim) => claim.tasks);
  const [least, most] = [Math.min(...tasks), Math.max(...tasks)];
  const n = least === most ? count(most) : `${count(least)} to ${count(most)}`;
  return compose({
    title: "Scientific fidelity, visual quality, and the paper's claims about them",
    subtitle: `Rule ${rule}, judge ${judge}. Top: means over tasks. Bottom: differences, paired ` +
      `over ${n} ${most === 1 ? "task" : "tasks"}. Bars: 95% bootstrap intervals; a claim is ` +
      "supported if its whole interval lies above zero.",
    panels: [
      { x: 0, y: 0, markup: above.markup },
      { x: 0, y: above.height, markup: below.markup },
    ],
    height: above.height + below.height,
  });
}

function check(claims: readonly DomainClaim[]): DomainClaim {
  const kinds = new Set(claims.map(({ rule, judge }) => `${rule} of ${judge}`));
  if (kinds.size !== 1) {
    throw new InputError(
      `Cannot draw claims: found ${claims.length} claims, under ${
        [...kinds].join(", ") || "no rule"
      }; expected claims of one rule and judge`,
    );
  }
  return claims[0];
}

function isCompared({ group }: Summary): boolean {
  return COMPARED.some(({ dimension }) => dimension === group);
}

interface Drawn {
  markup: string;
  height: number;
}

function levels(
  summary: readonly Summary[],
  models: readonly string[],
  upperBound: string | undefined,
): Drawn {
  const rows = summary.filter((row) => models.includes(row.model)).flatMap((row): Level[] => {
    const look = COMPARED.find(({ dimension }) => dimension === row.group);
    return look ? [{ ...row, look, y: models.indexOf(row.model) + look.lane }] : [];
  });
  const known = rows.filter(({ mean }) => mean !== null);
  const values = known.flatMap(({ mean, ci_low }) => [mean!, ci_low ?? mean!]);
  const low = Math.min(0, Math.floor(Math.min(0, ...values) / 20) * 20);
  const names = labelSpace([...models, "upper bound"], SIZE.text, 200) + 18;
  const body = models.length * MODEL_ROW;
  const plot = draw({
    width: WIDTH,
    height: HEAD + body + AXIS,
    marginLeft: 20 + names,
    marginRight: NUMBERS,
    marginTop: HEAD,
    marginBottom: AXIS,
    x: { domain: [low, 100] },
    y: { domain: [0, models.length], reverse: true, axis: null },
    marks: [
      bands(models.length, low, 100),
      Plot.gridX({ stroke: GRID, strokeOpacity: 1, ticks: [0, 25, 50, 75, 100] }),
      Plot.axisX({
        ticks: low < 0 ? [low, 0, 50, 100] : [0, 25, 50, 75, 100],
        tickFormat: (n: number) => number(n, 0),
        label: "mean score (0–100)",
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 36,
        color: MUTED,
      }),
      ...COMPARED.flatMap((look) => {
        const own = known.filter((row) => row.look === look);
        const colour = DIMENSION_COLOUR[look.dimension];
        return [
          interval(own, colour),
          Plot.dot(own, {
            x: "mean",
            y: "y",
            symbol: look.symbol,
            r: 4.5,
            fill: colour,
            stroke: "white",
          }),
        ];
      }),
    ],
  });
  const line = (y: number) => HEAD + y * MODEL_ROW + 4;
  const words = models.map((model, i) => {
    const name = truncate(model, names - 16, SIZE.text);
    const middle = line(i + 0.5);
    return text(20, model === upperBound ? middle - 7 : middle, name, { weight: 600 }) +
      (model === upperBound
        ? text(20, middle + 8, "upper bound", { size: SIZE.small, colour: MUTED })
        : "");
  });
  const numbers = rows.map((row) => figures(row.mean, row.ci_low, row.ci_high, line(row.y)));
  return {
    markup: legend() + heading(["mean", "95% interval"]) + plot + words.join("") +
      numbers.join(""),
    height: HEAD + body + AXIS + 18,
  };
}

function differences(claims: readonly DomainClaim[]): Drawn {
  const values = claims.flatMap(({ difference, ci_low, ci_high }) => [difference, ci_low, ci_high])
    .filter((value) => value !== null);
  const pad = 0.06 * Math.max(10, Math.max(0, ...values) - Math.min(0, ...values));
  const [low, high] = [Math.min(0, ...values) - pad, Math.max(0, ...values) + pad];
  const says = 236;
  const body = claims.length * CLAIM_ROW;
  const placed = claims.map((claim, i) => ({ ...claim, y: i + 0.5 }));
  const plot = draw({
    width: WIDTH,
    height: HEAD + body + AXIS,
    marginLeft: 20 + says,
    marginRight: NUMBERS,
    marginTop: HEAD,
    marginBottom: AXIS,
    x: { domain: [low, high] },
    y: { domain: [0, claims.length], reverse: true, axis: null },
    marks: [
      bands(claims.length, low, high),
      Plot.gridX({ stroke: GRID, strokeOpacity: 1, ticks: wholeTicks(low, high) }),
      Plot.axisX({
        ticks: wholeTicks(low, high),
        tickFormat: (n: number) => number(n, 0),
        label: "difference (points)",
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 36,
        color: MUTED,
      }),
      Plot.ruleX([0], { stroke: RULE, strokeWidth: 1.5 }),
      ...Object.entries(LOOK).flatMap(([standing, { symbol, ink, fill }]) => {
        const own = placed.filter((claim) => claim.standing === standing);
        return [
          interval(own, ink),
          Plot.dot(own, {
            x: "difference",
            y: "y",
            symbol,
            r: 4.8,
            fill,
            stroke: ink,
            strokeWidth: symbol === "times" ? 2.2 : 1.6,
          }),
        ];
      }),
    ],
  });
  const words = placed.map(
    ({ claim, says: statement, standing, difference, ci_low, ci_high, y }) => {
      const middle = HEAD + y * CLAIM_ROW + 4;
      const lines = wrap(statement, says - 38, SIZE.text, 2);
      const top = middle - 7.5 * (lines.length - 1);
      return text(20, middle, `(${claim})`, { weight: 600 }) +
        lines.map((part, i) => text(44, top + 15 * i, part)).join("") +
        figures(difference, ci_low, ci_high, middle - 7.5) +
        text(WIDTH - 20, middle + 7.5, standing, {
          weight: 600,
          colour: LOOK[standing].ink,
          anchor: "end",
        });
    },
  );
  return {
    markup: text(20, 14, "Claims", { size: SIZE.panel, weight: 600 }) +
      heading(["difference", "95% interval"]) + plot + words.join(""),
    height: HEAD + body + AXIS,
  };
}

/** Every other line shaded, to guide the eye from a name to its numbers. */
function bands(lines: number, low: number, high: number): Plot.Markish {
  const even = Array.from({ length: Math.ceil(lines / 2) }, (_, i) => 2 * i);
  return Plot.rect(even, {
    x1: () => low,
    x2: () => high,
    y1: (i: number) => i,
    y2: (i: number) => i + 1,
    fill: EMPTY,
  });
}

function interval(
  rows: readonly { ci_low: number | null; ci_high: number | null; y: number }[],
  colour: string,
): Plot.Markish {
  return Plot.link(rows.filter(({ ci_low, ci_high }) => ci_low !== null && ci_high !== null), {
    x1: "ci_low",
    x2: "ci_high",
    y1: "y",
    y2: "y",
    stroke: colour,
    strokeWidth: 5,
    strokeOpacity: 0.4,
  });
}

/** Right edges of the two columns of numbers. */
const COLUMNS = [WIDTH - 156, WIDTH - 20] as const;

function heading(names: readonly [string, string]): string {
  return names.map((name, i) => text(COLUMNS[i], 14, name, { colour: MUTED, anchor: "end" }))
    .join("");
}

function figures(mean: number | null, low: number | null, high: number | null, y: number): string {
  const range = low === null || high === null ? "–" : `${number(low)} to ${number(high)}`;
  return text(COLUMNS[0], y, number(mean), { weight: 600, anchor: "end" }) +
    text(COLUMNS[1], y, range, { anchor: "end" });
}

function legend(): string {
  let x = 20;
  return COMPARED.map(({ dimension, symbol }) => {
    const name = DIMENSION_NAME[dimension];
    const mark = draw({
      width: 14,
      height: 14,
      margin: 7,
      axis: null,
      marks: [
        Plot.dot([0], {
          x: () => 0,
          y: () => 0,
          symbol,
          r: 4.5,
          fill: DIMENSION_COLOUR[dimension],
        }),
      ],
    });
    const entry = `<g transform="translate(${x},3)">${mark}</g>` +
      text(x + 19, 14, name, { size: SIZE.panel, weight: 600, colour: INK });
    x += textWidth(name, SIZE.panel) + 52;
    return entry;
  }).join("");
}
