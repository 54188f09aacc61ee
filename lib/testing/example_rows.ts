/** Synthetic rows of realistic shape, for the tests of figures and of the report. */
import { DIMENSIONS } from "../records/criterion.ts";
import { SCALES } from "../records/task.ts";
import { random } from "../random.ts";
import type { FailureRate, TopFailure } from "../scores/failures.ts";
import type { Group, Summary } from "../records/summary.ts";
import type {
  CriteriaCount,
  PaperMean,
  PromptLength,
  ScaleCount,
  WeightCount,
} from "../figures/types.ts";

/** Twelve names, two of them far too long for a margin. */
export const EXAMPLE_MODELS = [
  "simulator",
  "violator",
  "MicroVerse-Nano",
  "MicroVerse-1.3B",
  "Wan2.1-T2V-1.3B",
  "Wan2.1-T2V-14B",
  "Wan2.2-TI2V-5B",
  "CogVideoX-5B",
  "HunyuanVideo",
  "a-lab/microscopy-video-diffusion-transformer-13B-distilled-fp8",
  "W".repeat(30),
  "<script>alert(1)</script>",
];

export function exampleScales(): ScaleCount[] {
  return [
    { scale: "organ", tasks: 189, paper: 238 },
    { scale: "cell", tasks: 238, paper: 189 },
    { scale: "subcellular", tasks: 32, paper: 32 },
  ];
}

export function exampleCriteria(): CriteriaCount[] {
  return [
    { dimension: "scientific", sign: 1, criteria: 2098 },
    { dimension: "scientific", sign: -1, criteria: 197 },
    { dimension: "visual", sign: 1, criteria: 2011 },
    { dimension: "visual", sign: -1, criteria: 284 },
    { dimension: "instruction", sign: 1, criteria: 2180 },
    { dimension: "instruction", sign: -1, criteria: 114 },
  ];
}

export function exampleWeights(): WeightCount[] {
  const raw = { 0.5: 884, 0.7: 96, 1: 1810, 1.5: 1204, 2: 1590, 2.5: 480, 3: 820 };
  const normalised = { 0: 884, 0.2: 1702, 0.5: 2488, 1: 1810 };
  const rows: WeightCount[] = [];
  for (const [which, counts] of Object.entries({ raw, normalised })) {
    for (const [weight, all] of Object.entries(counts)) {
      const penalties = Math.round(all * 0.12);
      const of = { which: which as WeightCount["which"], weight: Number(weight) };
      rows.push({ ...of, sign: 1, criteria: all - penalties });
      rows.push({ ...of, sign: -1, criteria: penalties });
    }
  }
  return rows;
}

export function examplePrompts(tasks = 459): PromptLength[] {
  const uniform = random(11, "prompts");
  return Array.from({ length: tasks }, (_, i) => ({
    task: i + 1,
    words: Math.round(25 + 60 * (uniform() + uniform() + uniform()) / 1.5),
  }));
}

/** Scores of the first `count` models under each of `rules`, in all groups. */
export function exampleSummary(count: number, rules = ["repaired"]): Summary[] {
  const groups: Group[] = ["all", ...SCALES, ...DIMENSIONS];
  const rows = EXAMPLE_MODELS.slice(0, count).flatMap((model, m) =>
    rules.flatMap((rule, r) =>
      groups.map((group, g): Own => {
        const uniform = random(3, "summary", model, rule, group);
        const level = 96 - 80 * ((m * 5) % count) / count - 3 * r;
        const mean = Math.max(2, Math.min(99, level + 14 * (uniform() - 0.5)));
        const half = 2 + 5 * uniform() + (group === "subcellular" ? 6 : 0);
        const tasks = [459, 189, 238, 32, 459, 459, 459][g];
        const coverage = m % 3 === 1 ? 0.962 : 1;
        const of = { rule, judge: "probe", model, group };
        // One model has no scores at all, one only in a single scale, and one has a single task.
        if (m === 7 || (m === 3 && group === "subcellular")) {
          return { ...of, mean: null, ci_low: null, ci_high: null, tasks: 0, coverage: 0 };
        }
        if (m === 5) return { ...of, mean, ci_low: null, ci_high: null, tasks: 1, coverage };
        const [ci_low, ci_high] = [Math.max(0, mean - half), Math.min(100, mean + half)];
        return { ...of, mean, ci_low, ci_high, tasks, coverage };
      })
    )
  );
  return rows.map((row) => compared(row, rows));
}

/** A row before models are compared. */
type Own = Omit<
  Summary,
  "clips" | "rank" | "common_mean" | "common_low" | "common_high" | "common_tasks"
>;

/** A row with its place among those of its rule and group; with a single task it is not ranked. */
function compared(row: Own, rows: readonly Own[]): Summary {
  const { mean, ci_low, ci_high, tasks } = row;
  const clips = tasks;
  if (tasks <= 1) {
    const none = { rank: null, common_mean: null, common_low: null, common_high: null };
    return { ...row, clips, ...none, common_tasks: 0 };
  }
  const above = rows.filter((other) =>
    other.rule === row.rule && other.group === row.group && other.tasks > 1 && other.mean! > mean!
  );
  return {
    ...row,
    clips,
    rank: 1 + above.length,
    common_mean: mean,
    common_low: ci_low,
    common_high: ci_high,
    common_tasks: tasks,
  };
}

export function examplePaper(): PaperMean[] {
  return [
    { model: "Wan2.1-T2V-1.3B", group: "all", mean: 49.4 },
    { model: "Wan2.1-T2V-1.3B", group: "organ", mean: 45.9 },
    { model: "Wan2.1-T2V-1.3B", group: "scientific", mean: 40.3 },
    { model: "MicroVerse-1.3B", group: "all", mean: 50.2 },
    { model: "Sora", group: "all", mean: 50.7 },
  ];
}

export function exampleRates(count: number): FailureRate[] {
  const uniform = random(4, "rates");
  return EXAMPLE_MODELS.slice(0, count).flatMap((model, m) =>
    SCALES.flatMap((scale, s) =>
      DIMENSIONS.map((dimension, d): FailureRate => {
        const asked = [945, 1190, 160][s];
        const unjudged = m % 3 === 1 ? Math.round(0.04 * asked) : 0;
        const judged = m === 2 && s === 2 ? 0 : asked - unjudged;
        const chance = Math.min(1, [0.75, 0.15, 0.45][d] * (0.4 + uniform()));
        const failed = m === 0 ? 0 : Math.round(judged * chance);
        const rate = judged === 0 ? null : failed / judged;
        const left = asked - judged;
        return { judge: "probe", model, scale, dimension, failed, judged, unjudged: left, rate };
      })
    )
  );
}

const DESCRIPTIONS = [
  "Red cells at the vessel's axis move faster than those near its wall, with a parabolic profile " +
  "that fits with R² of at least 0.9 over all eight sampled frames of the clip",
  "Cells pass through the vessel's wall",
  "The two daughters' areas sum to the mother's within 10%",
  "The mean squared displacement of vesicles grows linearly with time",
  "A daughter cell vanishes after division",
  '<b>Escaped</b> & "quoted" text stays text',
];

export function exampleTop(count: number): TopFailure[] {
  const uniform = random(6, "top");
  return Array.from({ length: count }, (_, i): TopFailure => {
    const judged = 5 + Math.floor(uniform() * 15);
    const failed = Math.max(1, Math.round(judged * (1 - i / (count + 2))));
    const tasks = Array.from({ length: 1 + i % 5 }, (_, t) => 3 + i + 4 * t);
    return {
      judge: "probe",
      model: EXAMPLE_MODELS[1 + (i * 4) % 11],
      scale: SCALES[i % 3],
      dimension: DIMENSIONS[(i * 2) % 3],
      description: DESCRIPTIONS[i % DESCRIPTIONS.length],
      sign: i % 3 === 1 ? -1 : 1,
      weight: 1,
      failed,
      judged,
      unjudged: 0,
      rate: failed / judged,
      tasks,
      example: {
        model: "violator",
        task: tasks[0],
        id: `criterion-${1 + i % 5}`,
        seed: 42,
        evidence: "R² = 0.31 of a parabola in y; expected at least 0.90",
      },
    };
  });
}
