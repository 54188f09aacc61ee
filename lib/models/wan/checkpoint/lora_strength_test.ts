/** A LoRA's strength wherever it is kept, files that are more than a LoRA, and trainings' folders. */
import { dirname, join } from "node:path";
import { assertEquals, assertInputError, assertNear } from "../../../testing/assert.ts";
import { inFolder } from "../../../testing/folder.ts";
import { f32, writeSafetensors, type WrittenTensor } from "../../../testing/onnx/safetensors.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { findLora } from "./find_lora.ts";
import { readLora } from "./lora.ts";

const Q = "blocks.0.self_attn.q";
const FFN = "blocks.1.ffn.0";
const RANK = 4;

/** Factors of rank 4 (of q) and, where named, 8 (of the second), as `[to, from]` of the base. */
function tensors(q = `${Q}.lora_A/B.weight`, ffn = `${FFN}.lora_A/B.weight`, second = RANK) {
  const pair = (name: string, to: number, rank: number): Record<string, WrittenTensor> => {
    const named = (factor: string) => name.replace("A/B", factor);
    const [a, b] = name.includes("lora_") && name.includes("down/up")
      ? [name.replace("down/up", "down"), name.replace("down/up", "up")]
      : [named("A"), named("B")];
    return { [a]: f32([rank, 8]), [b]: f32([to, rank]) };
  };
  return { ...pair(q, 8, RANK), ...pair(ffn, 16, second) };
}

/** Strengths of both layers of a LoRA. */
async function strengths(
  folder: string,
  written: Record<string, WrittenTensor>,
  metadata: Record<string, string> = {},
  config?: Record<string, unknown>,
): Promise<(number | undefined)[]> {
  const base = join(folder, "base.safetensors");
  await writeSafetensors(base, { [`${Q}.weight`]: f32([8, 8]), [`${FFN}.weight`]: f32([16, 8]) });
  const file = join(folder, "lora", "adapter_model.safetensors");
  await Deno.mkdir(dirname(file), { recursive: true });
  await writeSafetensors(file, written, metadata);
  if (config) {
    await Deno.writeTextFile(join(dirname(file), "adapter_config.json"), JSON.stringify(config));
  }
  const lora = await readLora(file, await openCheckpoint(base, "the transformer"));
  return [Q, FFN].map((layer) => lora.get(layer)?.scale);
}

const DIFFUSERS = [
  "transformer.blocks.0.attn1.to_q.lora_A/B.weight",
  "transformer.blocks.1.ffn.net.0.proj.lora_A/B.weight",
] as const;
const PEFT = [
  `base_model.model.${Q}.lora_A/B.weight`,
  `base_model.model.${FFN}.lora_A/B.weight`,
] as const;
const MUSUBI = [
  "lora_unet_blocks_0_self_attn_q.lora_down/up.weight",
  "lora_unet_blocks_1_ffn_0.lora_down/up.weight",
] as const;
const alphas = (q: number, ffn = q, dtype: "F32" | "BF16" = "F32") => {
  const of = (value: number): WrittenTensor => {
    const bytes = new Uint8Array(Float32Array.of(value).buffer);
    return dtype === "F32" ? f32([], [value]) : { dtype, shape: [], bytes: bytes.slice(2) };
  };
  return {
    "lora_unet_blocks_0_self_attn_q.alpha": of(q),
    "lora_unet_blocks_1_ffn_0.alpha": of(ffn),
  };
};
const inHeader = (config: Record<string, unknown>, prefix = "transformer.") => ({
  lora_adapter_metadata: JSON.stringify(
    Object.fromEntries(Object.entries(config).map(([name, value]) => [prefix + name, value])),
  ),
});
/** Settings as PEFT 0.21 writes them. */
const WHOLE = {
  ...{ peft_type: "LORA", task_type: null, auto_mapping: null, bias: "none", use_dora: false },
  ...{ base_model_name_or_path: "Wan-AI/Wan2.1-T2V-1.3B", inference_mode: true, revision: null },
  ...{ fan_in_fan_out: false, init_lora_weights: true, lora_bias: false, modules_to_save: null },
  ...{
    target_modules: ["q", "ffn.0"],
    lora_dropout: 0.1,
    loftq_config: {},
    layer_replication: null,
  },
  ...{
    qalora_group_size: 16,
    use_qalora: false,
    megatron_core: "megatron.core",
    peft_version: "0.21",
  },
};

/** What is read, with the strengths by PEFT's and kohya's formulas. */
const READ: Record<
  string,
  [Parameters<typeof strengths> extends [string, ...infer R] ? R : never, number[]]
> = {
  "Diffusers' header": [[tensors(...DIFFUSERS), inHeader({ r: 4, lora_alpha: 8 })], [2, 2]],
  "its rsLoRA": [
    [tensors(...DIFFUSERS), inHeader({ r: 4, lora_alpha: 8, use_rslora: true })],
    [8 / Math.sqrt(4), 8 / Math.sqrt(4)],
  ],
  "its patterns of ranks and alphas": [
    [
      tensors(...DIFFUSERS, 8),
      inHeader({
        ...{ r: 4, lora_alpha: 2, rank_pattern: { "ffn.net.0.proj": 8 } },
        alpha_pattern: { "blocks.1.ffn.*": 24 },
      }),
    ],
    [2 / 4, 24 / 8],
  ],
  "rsLoRA with patterns": [
    [
      tensors(...DIFFUSERS, 8),
      inHeader({ r: 4, lora_alpha: 2, use_rslora: true, rank_pattern: { "net.0.proj": 8 } }),
    ],
    [2 / Math.sqrt(4), 2 / Math.sqrt(8)],
  ],
  "a header for one part alone": [
    [tensors(...DIFFUSERS), inHeader({ r: 4, lora_alpha: 12 }, "")],
    [3, 3],
  ],
  "PEFT's adapter_config.json": [
    [tensors(...PEFT), {}, { ...WHOLE, r: 4, lora_alpha: 8 }],
    [2, 2],
  ],
  "its patterns, of which one must match a whole name from a dot on": [
    [
      tensors(...PEFT, 8),
      {},
      {
        ...{ ...WHOLE, r: 4, lora_alpha: 8, rank_pattern: { [`^${FFN}`]: 8 } },
        alpha_pattern: { "n.0": 1000, "ffn.0": 4 },
      },
    ],
    [2, 0.5],
  ],
  "both, in agreement": [
    [tensors(...PEFT), inHeader({ r: 4, lora_alpha: 2 }), { ...WHOLE, r: 4, lora_alpha: 2 }],
    [0.5, 0.5],
  ],
  "musubi's names, alpha tensors and header": [
    [
      { ...tensors(...MUSUBI), ...alphas(2) },
      { ss_network_alpha: "2", ss_network_dim: "4", ss_network_module: "networks.lora_wan" },
    ],
    [0.5, 0.5],
  ],
  "kohya's header alone": [
    [tensors(...MUSUBI), { ss_network_alpha: "16.0", ss_network_dim: "4" }],
    [4, 4],
  ],
  "alpha tensors in bfloat16 beside a header": [
    [{ ...tensors(...MUSUBI), ...alphas(3.3, 3.3, "BF16") }, { ss_network_alpha: "3.3" }],
    [3.296875 / 4, 3.296875 / 4],
  ],
  "alphas of resized layers": [
    [
      { ...tensors(...MUSUBI, 8), ...alphas(4, 2) },
      { ss_network_alpha: "Dynamic", ss_network_dim: "Dynamic" },
    ],
    [1, 0.25],
  ],
  "Diffusers' names as kohya flattens them": [
    [tensors("lora_unet_blocks_0_attn1_to_q.lora_down/up.weight", MUSUBI[1])],
    [1, 1],
  ],
  "two patterns, of which the factors' rank tells": [
    [
      tensors(...PEFT),
      {},
      { ...WHOLE, r: 4, lora_alpha: 8, rank_pattern: { "blocks.0.*": 16, "self_attn.q": 4 } },
    ],
    [2, 2],
  ],
  "adapter_config.json that a user wrote": [
    [tensors(...PEFT), { lora_scaling: "?" }, { r: 4, lora_alpha: 6 }],
    [1.5, 1.5],
  ],
  "adapter_config.json of the layers' names in other files": [
    [
      tensors(`base_model.model.${Q}.lora_A/B.weight`, PEFT[1]),
      {},
      { ...WHOLE, r: 4, lora_alpha: 8, target_modules: ["to_q", "net.0.proj"] },
    ],
    [2, 2],
  ],
  "adapter_config.json for what a regular expression matches": [
    [tensors(...PEFT), {}, { ...WHOLE, r: 4, lora_alpha: 8, target_modules: ".*(attn.q|n.0)" }],
    [2, 2],
  ],
  "a header that lists fewer layers": [
    [tensors(...DIFFUSERS), inHeader({ r: 4, lora_alpha: 8, target_modules: ["to_q"] })],
    [2, 2],
  ],
  "nothing that says so": [[tensors(...DIFFUSERS), { ss_network_alpha: "None" }], [1, 1]],
};

for (const [what, [given, wanted]] of Object.entries(READ)) {
  Deno.test(`a LoRA's strength is read from ${what}`, () =>
    inFolder(async (folder) => {
      const found = await strengths(folder, ...given);
      wanted.forEach((scale, i) => assertNear(found[i]!, scale, 1e-6));
    }));
}

/** What is refused, with parts of the message. */
const REFUSED: Record<string, [(typeof READ)[string][0], ...string[]]> = {
  "alphas that contradict each other": [
    [{ ...tensors(...MUSUBI), ...alphas(2) }, { ss_network_alpha: "4" }],
    ...["blocks_0_self_attn_q", "0.5 by its alpha tensors", "1 by ss_network_alpha"],
  ],
  "a header that contradicts adapter_config.json": [
    [tensors(...PEFT), inHeader({ r: 4, lora_alpha: 2 }), { ...WHOLE, r: 4, lora_alpha: 8 }],
    ...["0.5 by lora_adapter_metadata", "2 by", "adapter_config.json"],
  ],
  "another rank than the factors'": [
    [tensors(...DIFFUSERS), inHeader({ r: 16, lora_alpha: 16 })],
    ...["rank 4", "lora_adapter_metadata", "16"],
  ],
  "another rank in kohya's header": [
    [tensors(...MUSUBI), { ss_network_alpha: "16", ss_network_dim: "16" }],
    ...["rank 4", "ss_network_dim 16"],
  ],
  "a word for an alpha, without tensors": [
    [tensors(...MUSUBI), { ss_network_alpha: "Dynamic" }],
    "ss_network_alpha Dynamic",
  ],
  "nothing, with PEFT's names": [
    [tensors(...PEFT)],
    ...["PEFT's", "lora/adapter_config.json", '{"r": 4, "lora_alpha": ALPHA}'],
  ],
  "an alpha tensor for one layer alone, with PEFT's names": [
    [{ ...tensors(...PEFT), [`base_model.model.${Q}.alpha`]: f32([], [2]) }],
    ...[FFN, "lora/adapter_config.json"],
  ],
  "a trainer's settings as JSON": [
    [tensors(), { training_config: '{"network": {"rank": 4, "alpha": 8}}' }],
    ...["training_config", "not understood", "adapter_config.json"],
  ],
  "a trainer's flags": [[tensors(), { command: "train.py --network_alpha 2" }], "command"],
  "settings for another model of the same rank": [
    [tensors(), {}, { ...WHOLE, r: 4, lora_alpha: 64, target_modules: ["q_proj", "v_proj"] }],
    ...[Q, "adapter_config.json", '["q_proj","v_proj"]', "a folder of its own"],
  ],
  "a pattern that can take for ever": [
    [
      tensors(...PEFT),
      {},
      { ...WHOLE, r: 4, lora_alpha: 8, alpha_pattern: { "(([a-z_.\\d]+)*)*!": 2 } },
    ],
    ...["Cannot read the pattern", "adapter_config.json"],
  ],
  "two patterns with two alphas, whose order is lost": [
    [
      tensors(...PEFT),
      {},
      { ...WHOLE, r: 4, lora_alpha: 8, alpha_pattern: { "blocks.0.*": 2, "self_attn.q": 16 } },
    ],
    ...[Q, "adapter_config.json", "2 or 16"],
  ],
  "a pattern for the layer's name in other files": [
    [
      tensors(...DIFFUSERS),
      inHeader({ r: 4, lora_alpha: 8, alpha_pattern: { "self_attn.q": 2 } }),
    ],
    ...["self_attn.q", "in other files"],
  ],
  "settings of another part": [
    [tensors(...DIFFUSERS), inHeader({ r: 4, lora_alpha: 8 }, "text_encoder.")],
    "text_encoder.r",
  ],
  "a header that is not JSON": [
    [tensors(...DIFFUSERS), { lora_adapter_metadata: "{'r': 4}" }],
    "lora_adapter_metadata",
  ],
  "an alpha that is text": [
    [tensors(...DIFFUSERS), inHeader({ r: 4, lora_alpha: "8" })],
    "lora_alpha",
  ],
  "a strength of 0": [
    [tensors(...DIFFUSERS), inHeader({ r: 4, lora_alpha: 0 })],
    "strength on blocks.0.attn1.to_q is 0",
  ],
  "an entry that may be a strength": [
    [tensors(...DIFFUSERS), { lora_scaling: "0.5" }],
    "lora_scaling",
  ],
  "kohya's arguments for rsLoRA": [
    [tensors(...MUSUBI), { ss_network_alpha: "4", ss_network_args: '{"rs_lora": "True"}' }],
    "ss_network_args",
  ],
  ...Object.fromEntries(
    ([
      ...[["use_dora", true], ["peft_type", "LOHA"], ["bias", "lora_only"], ["lora_bias", true]],
      ...[["fan_in_fan_out", true], ["modules_to_save", ["head"]], ["init_lora_weights", "pissa"]],
      ...[["layer_replication", [[0, 4]]], ["use_qalora", true], ["some_day", 3]],
    ] as [string, unknown][]).map(([name, value]) => [
      `${name} ${JSON.stringify(value)}`,
      [
        [tensors(...PEFT), {}, { ...WHOLE, r: 4, lora_alpha: 8, [name]: value }],
        ...[name, "adapter_config.json"],
      ],
    ]),
  ),
};

for (const [what, [given, ...parts]] of Object.entries(REFUSED)) {
  Deno.test(`refused as a LoRA's strength: ${what}`, () =>
    inFolder((folder) =>
      assertInputError(() => strengths(folder, ...given), ...parts).then(() => {})
    ));
}

/** Tensors that make a file more than a LoRA of Wan, and what they are called. */
const FOREIGN: Record<string, string> = {
  [`${Q}.lora_magnitude_vector.default.weight`]: "a DoRA",
  [`${Q}.dora_scale`]: "a DoRA",
  [`${Q}.hada_w1_a`]: "a LoHa",
  "lycoris_blocks_0_self_attn_q.lokr_w2_b": "a LoKr",
  [`diffusion_model.${Q}.diff`]: "the change of a whole weight",
  [`diffusion_model.${Q}.diff_b`]: "the change of a bias",
  [`${Q}.lora_B.bias`]: "the change of a bias",
  "diffusion_model.blocks.0.norm3.diff": "the change of a norm",
  "diffusion_model.blocks.0.self_attn.norm_q.diff": "the change of a norm",
  "diffusion_model.patch_embedding.diff": "the change of a whole weight",
  "diffusion_model.blocks.0.diff_m": "the change of a modulation",
  "lora_te1_text_model_encoder_layers_0_mlp_fc1.lora_down.weight": "a text encoder's",
  "text_encoder.encoder.block.0.layer.0.SelfAttention.q.lora_A.weight": "a text encoder's",
  "blocks.0.cross_attn.k_img.lora_A.weight": "image-to-video",
  "transformer.blocks.0.attn2.add_v_proj.lora_B.weight": "image-to-video",
  "base_model.model.head.modules_to_save.default.weight": "trained in full",
  [`${Q}.weight`]: "--fine-tune",
  [`${Q}.oft_R.default.weight`]: "an OFT",
  [`${Q}.lora_mid.weight`]: "a convolution",
};

Deno.test("any tensor that is not of a plain LoRA refuses the file, and is called what it is", () =>
  inFolder(async (folder) => {
    for (const [name, what] of Object.entries(FOREIGN)) {
      const written = { ...tensors(), [name]: f32([8]) };
      await assertInputError(() => strengths(folder, written), name, "adapter_model", what);
    }
  }));

Deno.test("a training's folder is read by the names that PEFT, Diffusers and DiffSynth give", () =>
  inFolder(async (folder) => {
    const write = async (...names: string[]) => {
      for (const name of names) {
        await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
        await writeSafetensors(join(folder, name), tensors());
      }
    };
    const found = (under = "") => findLora(join(folder, under));
    await assertInputError(found, folder, "found no .safetensors file");
    await write("synth/step-5000.safetensors", "synth/step-10000.safetensors");
    assertEquals(await found("synth"), join(folder, "synth/step-10000.safetensors"));
    await write("peft/adapter_model.safetensors", "peft/checkpoint-9/adapter_model.safetensors");
    assertEquals(await found("peft"), join(folder, "peft/adapter_model.safetensors"));
    await write(...[8, 11].map((step) => `hf/checkpoint-${step}/pytorch_lora_weights.safetensors`));
    assertEquals(
      await found("hf"),
      join(folder, "hf/checkpoint-11/pytorch_lora_weights.safetensors"),
    );
    await write("one/mine.safetensors");
    assertEquals(await found("one"), join(folder, "one/mine.safetensors"));
    await write("one/another.safetensors");
    await assertInputError(
      () => found("one"),
      "another.safetensors, mine.safetensors",
      "name the file",
    );
    await write("hf/pytorch_lora_weights.safetensors", "hf/adapter_model.safetensors");
    await assertInputError(() => found("hf"), "adapter_model.safetensors", "name the file");
    await Deno.mkdir(join(folder, "old"));
    await Deno.writeTextFile(join(folder, "old", "adapter_model.bin"), "");
    await assertInputError(() => found("old"), "adapter_model.bin");
    await assertInputError(() => found("none"), "none");
  }));
