/** Comparison of the released evaluator's measurements with ours. */
import { columns } from "../../lib/columns.ts";
import { median } from "../../lib/statistics.ts";
import type { Measured } from "./measure.ts";
import type { ServerStats } from "./serving.ts";
import type { ClipSize } from "./clips.ts";

/** One side of an iteration. */
export type Side = Measured & { served: ServerStats };

/** An iteration of both sides. */
export interface Iteration {
  /** The machine's load average over the minute before. */
  load: number;
  released: Side;
  /** Importing the clips, which the released evaluator does while judging. */
  generate: Measured;
  judge: Side;
}

/** An upper limit for a ratio of ours to the released. */
export interface Bar {
  name: string;
  ratio: number;
  most: number;
}

/** A whole comparison, as saved. */
export interface Comparison {
  at: string;
  clips: number;
  size: ClipSize;
  latency_ms: number;
  cores: number;
  iterations: Iteration[];
  median: { released: Measured; generate: Measured; judge: Measured; both: Measured };
  bars: Bar[];
}

const WALL_MOST = 1 / 3;
const PEAK_MOST = 1 / 2;

/** Medians of iterations, and the ratios with limits. */
export function summarise(iterations: readonly Iteration[]): Pick<Comparison, "median" | "bars"> {
  const median = {
    released: medians(iterations.map(({ released }) => released)),
    generate: medians(iterations.map(({ generate }) => generate)),
    judge: medians(iterations.map(({ judge }) => judge)),
    both: medians(iterations.map(inTurn)),
  };
  const { released, judge, both } = median;
  return {
    median,
    bars: [
      { name: "wall, judge", ratio: judge.wall_s / released.wall_s, most: WALL_MOST },
      { name: "wall, generate + judge", ratio: both.wall_s / released.wall_s, most: WALL_MOST },
      { name: "peak memory", ratio: both.peak_bytes / released.peak_bytes, most: PEAK_MOST },
    ],
  };
}

/** Two programs run one after the other. */
function inTurn({ generate, judge }: Iteration): Measured {
  return {
    wall_s: generate.wall_s + judge.wall_s,
    user_s: generate.user_s + judge.user_s,
    system_s: generate.system_s + judge.system_s,
    peak_bytes: Math.max(generate.peak_bytes, judge.peak_bytes),
  };
}

function medians(rows: readonly Measured[]): Measured {
  const of = (key: keyof Measured) => median(rows.map((row) => row[key]));
  return {
    wall_s: of("wall_s"),
    user_s: of("user_s"),
    system_s: of("system_s"),
    peak_bytes: of("peak_bytes"),
  };
}

/** A comparison as text for the terminal. */
export function comparisonText(comparison: Comparison): string {
  const { clips, size, latency_ms, cores, iterations, median, bars } = comparison;
  const [first] = iterations;
  return [
    `\n${clips} clips of ${size.frames} frames, ${size.width} × ${size.height}; ` +
    `answers after ${latency_ms} ms; ${cores} cores`,
    "",
    `first iteration (load ${first.load.toFixed(1)})`,
    ...table(first, inTurn(first)),
    "",
    `median of ${iterations.length - 1} (load ${
      iterations.slice(1).map(({ load }) => load.toFixed(1)).join(", ")
    })`,
    ...table(median, median.both),
    "",
    ...columns([
      ["sent", "requests", "pictures a request", "MB a request", "most at once", "server CPU s"],
      ["released", ...sent(first.released.served)],
      ["ours", ...sent(first.judge.served)],
    ]),
    "",
    ...columns([
      ["ours to the released", "ratio", "bar", ""],
      ...bars.map(({ name, ratio, most }) => [
        name,
        ratio.toFixed(3),
        `≤ ${most.toFixed(3)}`,
        ratio <= most ? "PASS" : "NOT REACHED",
      ]),
    ]),
  ].join("\n");
}

function table(
  { released, generate, judge }: Record<"released" | "generate" | "judge", Measured>,
  both: Measured,
): string[] {
  return columns([
    ["", "wall s", "user s", "system s", "peak MB"],
    ["released", ...cells(released)],
    ["ours: generate", ...cells(generate)],
    ["ours: judge", ...cells(judge)],
    ["ours: both", ...cells(both)],
  ]);
}

function cells({ wall_s, user_s, system_s, peak_bytes }: Measured): string[] {
  return [
    ...[wall_s, user_s, system_s].map((seconds) => seconds.toFixed(1)),
    (peak_bytes / 1e6).toFixed(0),
  ];
}

function sent({ requests, images, bytes, most_in_flight, cpu_s }: ServerStats): string[] {
  return [
    String(requests),
    (images / requests).toFixed(1),
    (bytes / requests / 1e6).toFixed(2),
    String(most_in_flight),
    cpu_s.toFixed(1),
  ];
}
