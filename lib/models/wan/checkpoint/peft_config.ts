/** A LoRA's settings as PEFT writes them, of which its strength is computed. */
import { z } from "zod";
import { InputError } from "../../../errors.ts";
import { zodText } from "../../../zod_text.ts";

/** The settings that a layer's strength depends on. */
export interface PeftConfig {
  /** Rank of layers that no pattern names. */
  r: number;
  /** Alpha of layers that no pattern names. */
  lora_alpha: number;
  /** Divide alpha by the root of the rank (Kalajdzievski, 2023), not by the rank. */
  use_rslora: boolean;
  /** Ranks and alphas by regular expressions of layers' names. */
  rank_pattern: Record<string, number>;
  alpha_pattern: Record<string, number>;
  /** Which layers were trained: ends of their names, or a regular expression; null if not known. */
  target_modules: string | readonly string[] | null;
}

/** A layer's names. */
export interface PeftModule {
  /** As PEFT knows it: its name in the file, without prefixes. */
  module: string;
  /** As it is called in other files. */
  otherNames: readonly string[];
}

/** PEFT's own defaults stand where a file has none. */
const PEFT_DEFAULT = 8;
const patterns = z.record(z.string(), z.number()).nullish().transform((found) => found ?? {});
const schema = z.object({
  r: z.number().int().positive().default(PEFT_DEFAULT),
  lora_alpha: z.number().default(PEFT_DEFAULT),
  use_rslora: z.boolean().nullish().transform((found) => found ?? false),
  rank_pattern: patterns,
  alpha_pattern: patterns,
  target_modules: z.union([z.string(), z.array(z.string())]).nullish()
    .transform((found) => found ?? null),
});

/** Settings of training, or of which layers were trained: the tensors of the file say the latter. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  ...["task_type", "auto_mapping", "peft_version", "base_model_name_or_path", "revision"],
  ...["inference_mode", "exclude_modules", "lora_dropout", "layers_pattern"],
  ...["layers_to_transform", "megatron_core", "qalora_group_size", "runtime_config"],
  ...["loftq_config", "eva_config", "ensure_weight_tying"],
]);

/** Initial values that leave the base's weights as they are. */
const INITIAL: readonly unknown[] = [true, false, null, "gaussian", "eva", "orthogonal"];

/** Settings that may have but one value here. */
const FIXED: Readonly<Record<string, (value: unknown) => boolean>> = {
  peft_type: (value) => isUnset(value) || value === "LORA",
  bias: (value) => isUnset(value) || value === "none",
  init_lora_weights: (value) => INITIAL.includes(value),
};

/**
 * Reads PEFT's settings of a LoRA: `adapter_config.json`, or what Diffusers keeps in a file's header.
 *
 * @param from Where it stands, for messages.
 * @throws {InputError} for settings under which an update is not scale · B·A of the base's weight
 * (DoRA, LoHa, PiSSA, …), for unknown ones, and for values of another type.
 *
 * @example
 * ```ts
 * import { assertEquals, assertInputError } from "../../../testing/assert.ts";
 * import { peftConfig, peftScale } from "./peft_config.ts";
 *
 * const config = peftConfig({ r: 4, lora_alpha: 8, use_rslora: true }, "adapter_config.json");
 * const module = "blocks.0.attn1.to_q";
 * const named = { module, otherNames: ["blocks.0.self_attn.q"] };
 * assertEquals(peftScale(config, named, 4, "adapter_config.json"), 4);
 * await assertInputError(() => peftConfig({ r: 4, use_dora: true }, "a.json"), "a.json", "use_dora");
 * ```
 */
export function peftConfig(value: unknown, from: string): PeftConfig {
  const object = z.record(z.string(), z.unknown()).safeParse(value);
  const parsed = schema.safeParse(value);
  if (!object.success || !parsed.success) {
    const problem = zodText(object.error ?? parsed.error!);
    throw new InputError(`Cannot read a LoRA's strength from ${from}: ${problem}`);
  }
  for (const [name, setting] of Object.entries(object.data)) {
    if (name in schema.shape || WITHOUT_EFFECT.has(name)) continue;
    if (FIXED[name]?.(setting) ?? isUnset(setting)) continue;
    throw new InputError(
      `Cannot use a LoRA with ${name} ${
        JSON.stringify(setting)
      } of ${from}: expected a plain LoRA, ` +
        "whose two factors and alpha are all of it",
    );
  }
  return parsed.data;
}

function isUnset(value: unknown): boolean {
  return value === null || value === false ||
    typeof value === "object" && Object.keys(value).length === 0;
}

/** What to do with settings that are not the file's. */
const ANOTHERS = "if they belong to another file, keep the LoRA in a folder of its own";

/**
 * A layer's strength under PEFT's settings: alpha over rank, or over its root with rsLoRA.
 *
 * @param layer A pattern holds for it if it matches the whole name, or its end from a dot on. The first
 * that does counted in training; PEFT and Diffusers save patterns in alphabetical order.
 * @param rank Of its factors.
 * @throws {InputError} for settings that are not this file's: of another rank, for other layers, or with
 * patterns for names that the layers have in other files; and for several alphas.
 */
export function peftScale(
  config: PeftConfig,
  layer: PeftModule,
  rank: number,
  from: string,
): number {
  const { module } = layer;
  if (!isTarget(config, layer)) {
    const targets = JSON.stringify(config.target_modules);
    throw new InputError(
      `Cannot tell the LoRA's strength on ${module}: the settings in ${from} are for ` +
        `${targets.length > 200 ? `${targets.slice(0, 200)}…` : targets}; ${ANOTHERS}`,
    );
  }
  const ranks = patterned(config.rank_pattern, layer, from) ?? [config.r];
  if (!ranks.includes(rank)) {
    throw new InputError(
      `Cannot tell the LoRA's strength on ${module}: its factors have rank ${rank}, ${from} says ` +
        `${ranks.join(" or ")}; ${ANOTHERS}`,
    );
  }
  const [alpha, another] = patterned(config.alpha_pattern, layer, from) ?? [config.lora_alpha];
  if (another !== undefined) {
    throw new InputError(
      `Cannot tell the LoRA's strength on ${module}: by two patterns of ${from} alpha is ${alpha} or ` +
        `${another}; keep the pattern that was written first in the training`,
    );
  }
  return alpha / (config.use_rslora ? Math.sqrt(rank) : rank);
}

/** Whether the settings are for a layer, under any of its names: files are renamed with their settings. */
function isTarget({ target_modules: targets }: PeftConfig, layer: PeftModule): boolean {
  if (targets === null) return true;
  const names = [layer.module, ...layer.otherNames];
  if (typeof targets !== "string") {
    return names.some((name) =>
      targets.some((target) => name === target || name.endsWith(`.${target}`))
    );
  }
  const matcher = regularExpression(`^(?:${targets})$`);
  // One that cannot be read says no more than the tensors.
  return targets.toLowerCase() === "all-linear" || matcher === null ||
    names.some((name) => matcher.test(name));
}

/** The different values of the patterns that hold for a layer; null if none does. */
function patterned(
  patterns: Readonly<Record<string, number>>,
  { module, otherNames }: PeftModule,
  from: string,
): number[] | null {
  const values = new Set<number>();
  for (const [pattern, value] of Object.entries(patterns)) {
    const matcher = regularExpression(`^(?:.*\\.)?(?:${pattern})$`);
    if (matcher === null) {
      throw new InputError(`Cannot read the pattern ${JSON.stringify(pattern)} of ${from}`);
    }
    if (matcher.test(module)) values.add(value);
    if (values.size > 0) continue;
    const other = otherNames.find((name) => matcher.test(name));
    if (other === undefined) continue;
    throw new InputError(
      `Cannot tell the LoRA's strength on ${module}: the pattern ${JSON.stringify(pattern)} of ` +
        `${from} is for ${other}, as the layer is called in other files; rename one of them`,
    );
  }
  return values.size > 0 ? [...values] : null;
}

/** Null for one of Python's own, and for one that repeats a group: that can take for ever. */
function regularExpression(text: string): RegExp | null {
  if (/\)[*+{]/.test(text)) return null;
  try {
    return new RegExp(text);
  } catch {
    return null;
  }
}
