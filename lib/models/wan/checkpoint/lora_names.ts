/** Names of the tensors in LoRA files, as training scripts and packaging give them. */
import { diffusersName } from "../transformer/dit_keys.ts";

/** What a tensor of a LoRA is. */
export interface LoraTensor {
  /** The adapted layer's original name, such as `blocks.0.self_attn.q`. */
  layer: string;
  /** Its name in the file, without prefixes; of PEFT's, without PEFT's own, as its patterns name it. */
  module: string;
  /** Whether PEFT saved it, whose files hold no alpha. */
  isPeft: boolean;
  /** The adapter's name, of a factor; empty where it has none. */
  adapter?: string;
  /** The factor `[rank, in]`, the factor `[out, rank]`, or alpha. */
  slot: "a" | "b" | "alpha";
}

/** What PEFT puts before a layer's name. */
const PEFT_PREFIX = "base_model.model.";

/** Prefixes that training scripts or packaging add to a layer's name, outermost first. */
const PREFIXES = [PEFT_PREFIX, "pipe.", "model.", "diffusion_model.", "transformer.", "dit."];

/** Prefixes of kohya's scripts and of musubi-tuner, which write `_` for each dot of a layer's name. */
const FLAT_PREFIX = /^(lora_unet|lora_transformer|lycoris)_/;

/** A layer, its factor and, in PEFT's format, the adapter's name. */
const FACTOR = /^(.+)\.lora[._](A|down|B|up)(?:\.([^.]+))?\.weight$/;
const ALPHA = /^(.+)\.alpha$/;

/** Layers of a block that can be adapted, by their original names, and those outside blocks. */
const IN_BLOCK = [
  ...["self_attn.q", "self_attn.k", "self_attn.v", "self_attn.o"],
  ...["cross_attn.q", "cross_attn.k", "cross_attn.v", "cross_attn.o", "ffn.0", "ffn.2"],
];
const OUTSIDE = [
  ...["text_embedding.0", "text_embedding.2", "time_embedding.0", "time_embedding.2"],
  ...["time_projection.1", "head.head"],
];

/** Tensors of files that are more or something else than a LoRA of the transformer. */
const FOREIGN: readonly [name: RegExp, what: string][] = [
  [/dora_scale|lora_magnitude_vector/, "a magnitude, which makes the file a DoRA"],
  [/\.hada_(w|t)\d/, "a Hadamard product's factor, which makes the file a LoHa"],
  [/\.lokr_(w|t)\d/, "a Kronecker product's factor, which makes the file a LoKr"],
  [/\.(oft|boft)_/, "a rotation, which makes the file an OFT"],
  [/\.vera_|\.ia3_l$|\.(a1|a2|b1|b2)\.weight$/, "a factor of another kind of adapter"],
  [/\.lora_mid\.|\.lora_embedding_/, "a factor of a convolution or an embedding"],
  [/modules_to_save/, "a module that was trained in full and saved with a LoRA"],
  [/norm[^.]*\.(diff|diff_b)$/, "the change of a norm, as in distilled models"],
  [/\.diff_m$|modulation\.diff/, "the change of a modulation, as in distilled models"],
  [/\.diff_b$|\.lora[._](B|up)(\.[^.]+)?\.bias$/, "the change of a bias, as in distilled models"],
  [/\.(diff|set_weight)$/, "the change of a whole weight, as in distilled models"],
  [
    /^(lora_te\d*_|text_encoder|te\d?[._]|text_model|base_model\.model\.(shared|encoder)\.)/,
    "a text encoder's, which Wan's LoRAs do not change",
  ],
  [
    /[._](k_img|v_img|norm_k_img|img_emb|add_k_proj|add_v_proj|image_embedder)([._]|$)/,
    "an image's conditioning: the file is for an image-to-video model",
  ],
  [/(^|[._])vace_/, "a VACE model's"],
  [/^(encoder|decoder|quant_conv|post_quant_conv)\./, "a video autoencoder's"],
  [/^(?!.*lora).*\.(weight|bias|modulation|scale_shift_table)$/i, "a full weight; see --fine-tune"],
];

/**
 * What a tensor of a LoRA is, by its name: the original's or Diffusers' name of a layer, with factors
 * called `lora_A` and `lora_B`, as MicroVerse and PEFT have them, or `lora_down` and `lora_up`; with
 * kohya's and musubi's `lora_unet_blocks_0_self_attn_q` for a layer's name, too.
 *
 * @returns For a name that cannot be used, why, in words.
 *
 * @example
 * ```ts
 * import { assertEquals } from "../../../testing/assert.ts";
 * import { loraTensor } from "./lora_names.ts";
 *
 * const layer = "blocks.0.self_attn.q";
 * const named = { layer, slot: "b", adapter: "", isPeft: false };
 * assertEquals(loraTensor("lora_unet_blocks_0_self_attn_q.lora_up.weight"), {
 *   ...{ ...named, module: "blocks_0_self_attn_q" },
 * });
 * assertEquals(loraTensor("transformer.blocks.0.attn1.to_q.lora_B.weight"), {
 *   ...{ ...named, module: "blocks.0.attn1.to_q" },
 * });
 * ```
 */
export function loraTensor(name: string): LoraTensor | string {
  const foreign = FOREIGN.find(([pattern]) => pattern.test(name))?.[1];
  const [, key, kind = "alpha", adapter = ""] = FACTOR.exec(name) ?? ALPHA.exec(name) ?? [];
  if (key === undefined) {
    return "expected a name ending in lora_A.weight, lora_B.weight, lora_down.weight, " +
      `lora_up.weight or alpha, found ${foreign ?? "none of these"}`;
  }
  const module = withoutPrefixes(key);
  const layer = FLAT_PREFIX.test(key) ? layerOf(module, flat) : layerOf(module, (same) => same);
  if (layer === null) {
    // A factor's name ends like a full weight's.
    const what = foreign?.startsWith("a full weight") ? undefined : foreign;
    return "expected a layer of Wan's transformer such as blocks.0.self_attn.q, " +
      `found ${key}${what ? `, ${what}` : ""}`;
  }
  const isPeft = key.startsWith(PEFT_PREFIX);
  const known = { layer, module: isPeft ? key.slice(PEFT_PREFIX.length) : module, isPeft };
  if (kind === "alpha") return { ...known, slot: kind };
  return { ...known, slot: kind === "A" || kind === "down" ? "a" : "b", adapter };
}

function withoutPrefixes(key: string): string {
  if (FLAT_PREFIX.test(key)) return key.replace(FLAT_PREFIX, "");
  let module = key;
  for (const prefix of PREFIXES) {
    if (module.startsWith(prefix)) module = module.slice(prefix.length);
  }
  return module;
}

const flat = (name: string) => name.replaceAll(".", "_");

/** A layer's original name, or null if it is not a layer that can be adapted. */
function layerOf(module: string, written: (name: string) => string): string | null {
  const number = /^blocks[._](\d+)[._]/.exec(module)?.[1];
  const candidates = number === undefined
    ? OUTSIDE
    : IN_BLOCK.map((name) => `blocks.${number}.${name}`);
  return candidates.find((name) => {
    const diffusers = diffusersName(`${name}.weight`).slice(0, -".weight".length);
    return [name, diffusers].some((known) => written(known) === module);
  }) ?? null;
}
