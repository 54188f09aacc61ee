/** A LoRA's settings as PEFT writes them, of which its strength is computed. */
import { z } from "zod";
import { InputError } from "../../../errors.ts";

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
});

/** Settings of training, or of which layers were trained: the tensors of the file say the latter. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  ...["task_type", "auto_mapping", "peft_version", "base_model_name_or_path", "revision"],
  ...["inference_mode", "target_modules", "exclude_modules", "lora_dropout", "layers_pattern"],
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
 * assertEquals(peftScale(config, "blocks.0.attn1.to_q", 4, "adapter_config.json"), 4);
 * await assertInputError(() => peftConfig({ r: 4, use_dora: true }, "a.json"), "a.json", "use_dora");
 * ```
 */
export function peftConfig(value: unknown, from: string): PeftConfig {
  const object = z.record(z.string(), z.unknown()).safeParse(value);
  const parsed = schema.safeParse(value);
  if (!object.success || !parsed.success) {
    const problem = z.prettifyError(object.error ?? parsed.error!).replaceAll("\n", "; ");
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

/**
 * A layer's strength under PEFT's settings: alpha over rank, or over its root with rsLoRA.
 *
 * @param module The layer's name in the file. A pattern holds for it if it matches the whole name, or
 * its end from a dot on; the first that does counts.
 * @param rank Of its factors.
 * @throws {InputError} if the settings name another rank.
 */
export function peftScale(
  config: PeftConfig,
  module: string,
  rank: number,
  from: string,
): number {
  const named = patterned(config.rank_pattern, module, from) ?? config.r;
  if (named !== rank) {
    throw new InputError(
      `Cannot tell the LoRA's strength on ${module}: its factors have rank ${rank}, ${from} says ` +
        `${named}; it may belong to another file`,
    );
  }
  const alpha = patterned(config.alpha_pattern, module, from) ?? config.lora_alpha;
  return alpha / (config.use_rslora ? Math.sqrt(rank) : rank);
}

function patterned(
  patterns: Readonly<Record<string, number>>,
  module: string,
  from: string,
): number | undefined {
  for (const [pattern, value] of Object.entries(patterns)) {
    let matcher: RegExp;
    try {
      matcher = new RegExp(`^(.*\\.)?(${pattern})$`);
    } catch {
      throw new InputError(`Cannot read the pattern ${JSON.stringify(pattern)} of ${from}`);
    }
    if (matcher.test(module)) return value;
  }
  return undefined;
}
