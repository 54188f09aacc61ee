/**
 * The plan of an ablation: settings, varying one factor at a time, and the clips that they need.
 */
import type { Task } from "../../records/task.ts";
import { InputError } from "../../errors.ts";
import { SOLVERS } from "../../models/solvers.ts";
import type { Sampling } from "../../models/nano/sampling.ts";
import type { Factor } from "../../records/ablation.ts";
import { type AblationSetting, gainName } from "./rows.ts";
import { DEFAULT_RULE, RULES } from "../../scores/rules.ts";
import { EVERY, judgeName } from "./frames.ts";

/** Values tried in addition to the defaults. */
const STEPS = [2, 4, 8, 12, 24];
const GUIDANCE = [1, 2, 3, 5];
const SEEDS = [1, 2, 3];

/** The model name of the true worlds. */
const TRUTH = "simulator";

/** Options of {@link planAblations}. */
export interface PlanOptions {
  factors: readonly Factor[];
  /** The model whose sampling is varied. */
  model: string;
  /** The model that it was fine-tuned from; null if its weights are missing. */
  base: string | null;
  /** Models fine-tuned on fewer clips, with their numbers of clips. */
  trained: readonly { model: string; clips: number }[];
  /** Default sampling of clips. */
  sampling: Sampling;
  /** Clips per task. */
  seeds: number;
  tasks: readonly Task[];
  /** The tasks that have a reworded prompt, with that prompt; null if the file is missing. */
  reworded: readonly Task[] | null;
  /** Name of the judge. */
  judge: string;
}

/** Clips to generate. */
export interface Variant {
  name: string;
  /** The model with the weights; null for the true worlds. */
  weights: string | null;
  sampling: Partial<Sampling>;
  /** With the prompts to use. */
  tasks: readonly Task[];
  /** Number of seeds, from 0. */
  seeds: number;
}

/** A setting with the selection of scores that it covers. */
export interface PlannedSetting extends AblationSetting {
  /** Interval of the frames that its judge is shown; see `EVERY`. */
  every: number;
  /** Numbers of the tasks that it is scored on. */
  on: ReadonlySet<number>;
  /** The variant whose scores are subtracted, for a difference. */
  minus?: string;
}

export interface AblationPlan {
  settings: PlannedSetting[];
  variants: Variant[];
  /** Reasons for skipped factors, one line each. */
  skipped: string[];
}

/**
 * Plans ablations. The variants are the clips that the settings need, without duplicates.
 *
 * @throws {InputError} if there is nothing to vary.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../testing/assert.ts";
 * import { SAMPLING } from "../../models/nano/sampling.ts";
 * import { planAblations } from "./plan.ts";
 *
 * const { settings, variants } = planAblations({
 *   factors: ["solver"], model: "nano", base: "s-base", trained: [],
 *   sampling: { ...SAMPLING, solver: "adams" },
 *   seeds: 1, tasks: [], reworded: null, judge: "probe",
 * });
 * assertEquals(settings.map(({ value }) => value), ["euler", "adams"]);
 * assertEquals(variants.map(({ name }) => name), ["nano solver=euler", "nano"]);
 * ```
 */
export function planAblations(options: PlanOptions): AblationPlan {
  const { factors, skipped } = feasibleFactors(options);
  if (factors.length === 0) {
    throw new InputError(`Nothing to vary: ${skipped.join("; ") || "no factors were given"}`);
  }
  const parts = factors.map((factor) => PLANS[factor](options));
  return {
    settings: parts.flatMap(({ settings }) => settings),
    variants: mergeVariants(parts.flatMap(({ variants }) => variants)),
    skipped,
  };
}

/** The factors that can be varied with the available files. */
function feasibleFactors({ factors, base, trained, reworded, tasks, model }: PlanOptions) {
  const why: Partial<Record<Factor, string>> = {};
  if (reworded === null) why.wording = "the file of reworded prompts is missing";
  else if (!reworded.some(({ task }) => tasks.some((own) => own.task === task))) {
    why.wording = "none of these tasks has a reworded prompt";
  }
  if (base === null) why.wording ??= `the weights that ${model} was fine-tuned from are missing`;
  if (trained.length === 0) {
    why.data =
      `weights of models fine-tuned on fewer clips are missing (${model}-64 and the like); ` +
      `make them with deno task train --stages ${model}-64,${model}-256`;
  }
  return {
    factors: factors.filter((factor) => why[factor] === undefined),
    skipped: factors.flatMap((factor) =>
      why[factor] === undefined ? [] : [`skipping ${factor}: ${why[factor]}`]
    ),
  };
}

interface Part {
  settings: PlannedSetting[];
  variants: Variant[];
}

const PLANS: Record<Factor, (options: PlanOptions) => Part> = {
  steps: (options) => sampled(options, "steps", withDefault(STEPS, options.sampling.steps)),
  guidance: (options) =>
    sampled(options, "guidance", withDefault(GUIDANCE, options.sampling.guidance)),
  solver: (options) => sampled(options, "solver", SOLVERS),
  seeds(options) {
    const counts = withDefault(SEEDS, options.seeds);
    return {
      settings: placed(counts.map((seeds) => ({
        ...common(options, "seeds"),
        value: String(seeds),
        seeds,
        is_default: seeds === options.seeds,
      }))),
      variants: [variantOf(options, { seeds: Math.max(...counts) })],
    };
  },
  rule: (options) => ({
    settings: placed(RULES.map(({ name }) => ({
      ...common(options, "rule"),
      value: name,
      rule: name,
      is_default: name === DEFAULT_RULE,
    }))),
    variants: [variantOf(options)],
  }),
  frames: (options) => ({
    settings: [options.model, TRUTH].flatMap((model) =>
      placed(EVERY.map((every) => ({
        ...common(options, "frames"),
        value: every === 1 ? "all" : `1 of ${every}`,
        model,
        variant: model,
        judge: judgeName(options.judge, every),
        every,
        is_default: every === 1,
      })))
    ),
    variants: [variantOf(options), variantOf(options, { name: TRUTH, weights: null })],
  }),
  wording(options) {
    const { model, base, tasks } = options;
    const reworded = options.reworded!.filter((own) => tasks.some(({ task }) => task === own.task));
    const on = new Set(reworded.map(({ task }) => task));
    const wordings = [["benchmark's", "", tasks], ["reworded", " reworded", reworded]] as const;
    const models = [model, base!];
    const subjects = [
      ...models.map((name) => ({ model: name, variant: name, minus: undefined })),
      { model: gainName(model, base!), variant: model, minus: base! },
    ];
    return {
      settings: subjects.flatMap(({ model, variant, minus }) =>
        placed(wordings.map(([value, suffix]) => ({
          ...common(options, "wording"),
          value,
          model,
          variant: variant + suffix,
          ...(minus === undefined ? {} : { minus: minus + suffix }),
          on,
          is_default: suffix === "",
        })))
      ),
      variants: models.flatMap((weights) =>
        wordings.map(([, suffix, asked]) =>
          variantOf(options, { name: weights + suffix, weights, tasks: asked })
        )
      ),
    };
  },
  data(options) {
    const { model, base, trained } = options;
    const fewer = trained.toSorted((a, b) => a.clips - b.clips)
      .map((each) => ({ value: String(each.clips), variant: each.model }));
    const untuned = base === null ? [] : [{ value: "0", variant: base }];
    const sizes = [...untuned, ...fewer, { value: "all", variant: model }];
    return {
      settings: placed(sizes.map(({ value, variant }) => ({
        ...common(options, "data"),
        value,
        variant,
        is_default: variant === model,
      }))),
      variants: sizes.map(({ variant }) => variantOf(options, { name: variant, weights: variant })),
    };
  },
};

/** A factor whose settings differ in sampling. */
function sampled(
  options: PlanOptions,
  factor: "steps" | "guidance" | "solver",
  values: readonly (number | string)[],
): Part {
  const named = values.map((value) => {
    const is_default = value === options.sampling[factor];
    const variant = is_default ? options.model : `${options.model} ${factor}=${value}`;
    return { value, variant, is_default };
  });
  return {
    settings: placed(named.map(({ value, ...rest }) => ({
      ...common(options, factor),
      ...rest,
      value: String(value),
    }))),
    variants: named.map(({ value, variant, is_default }) =>
      variantOf(options, { name: variant, sampling: is_default ? {} : { [factor]: value } })
    ),
  };
}

/** Common fields of a factor's settings: the defaults. */
function common({ model, judge, seeds, tasks }: PlanOptions, factor: Factor) {
  return {
    factor,
    model,
    variant: model,
    judge,
    rule: DEFAULT_RULE,
    seeds,
    every: 1,
    on: new Set(tasks.map(({ task }) => task)),
  };
}

/** The default clips, with some options changed. */
function variantOf(
  { model, seeds, tasks }: PlanOptions,
  other: Partial<Variant> = {},
): Variant {
  return { name: model, weights: model, sampling: {}, tasks, seeds, ...other };
}

function placed(settings: readonly Omit<PlannedSetting, "place">[]): PlannedSetting[] {
  return settings.map((setting, i) => ({ ...setting, place: i + 1 }));
}

function withDefault(values: readonly number[], initial: number): number[] {
  return [...new Set([...values, initial])].sort((a, b) => a - b);
}

/** Variants without duplicates, each with as many seeds as any factor needs. */
function mergeVariants(variants: readonly Variant[]): Variant[] {
  const byName = new Map<string, Variant>();
  for (const variant of variants) {
    const existing = byName.get(variant.name);
    byName.set(variant.name, existing?.seeds! > variant.seeds ? existing! : variant);
  }
  return [...byName.values()];
}
