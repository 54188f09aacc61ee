import { inFolder } from "../../../testing/folder.ts";
import { join } from "node:path";
import { f32, writeSafetensors, type WrittenTensor } from "../../../testing/onnx/safetensors.ts";
import { assertEquals, assertInputError } from "../../../testing/assert.ts";
import { openWanFolder, wholeWanFolder } from "./folder.ts";
import { WAN_VAE } from "../vae/vae_config.ts";

async function writeJson(file: string, value: unknown): Promise<void> {
  await Deno.mkdir(join(file, ".."), { recursive: true });
  await Deno.writeTextFile(file, JSON.stringify(value));
}

/** The published `transformer/config.json` of 1.3B. */
const TRANSFORMER = {
  _class_name: "WanTransformer3DModel",
  _diffusers_version: "0.33.0.dev0",
  added_kv_proj_dim: null,
  attention_head_dim: 128,
  cross_attn_norm: true,
  eps: 1e-6,
  ffn_dim: 8960,
  freq_dim: 256,
  image_dim: null,
  in_channels: 16,
  num_attention_heads: 12,
  num_layers: 30,
  out_channels: 16,
  patch_size: [1, 2, 2],
  qk_norm: "rms_norm_across_heads",
  rope_max_seq_len: 1024,
  text_dim: 4096,
};

const TEXT_ENCODER = {
  architectures: ["UMT5EncoderModel"],
  d_ff: 10240,
  d_kv: 64,
  d_model: 4096,
  feed_forward_proj: "gated-gelu",
  layer_norm_epsilon: 1e-6,
  model_type: "umt5",
  num_heads: 64,
  num_layers: 24,
  relative_attention_max_distance: 128,
  relative_attention_num_buckets: 32,
  vocab_size: 256384,
};

/** The 1.3B model's configuration, in both layouts. */
const CONFIG = {
  heads: 12,
  headDim: 128,
  layers: 30,
  ffnDim: 8960,
  textDim: 4096,
  freqDim: 256,
  inChannels: 16,
  outChannels: 16,
  patchSize: [1, 2, 2],
  eps: 1e-6,
  crossAttnNorm: true,
  qkNorm: true,
  ropeMaxSeqLen: 1024,
} as const;

async function writeDiffusers(folder: string): Promise<void> {
  await writeJson(join(folder, "model_index.json"), {
    _class_name: "WanPipeline",
    transformer: ["diffusers", "WanTransformer3DModel"],
  });
  await writeJson(join(folder, "transformer", "config.json"), TRANSFORMER);
  await writeJson(join(folder, "text_encoder", "config.json"), TEXT_ENCODER);
  await writeJson(join(folder, "vae", "config.json"), {
    _class_name: "AutoencoderKLWan",
    attn_scales: [],
    base_dim: 96,
    dim_mult: [1, 2, 4, 4],
    latents_mean: WAN_VAE.latentsMean,
    latents_std: WAN_VAE.latentsStd,
    num_res_blocks: 2,
    temperal_downsample: [false, true, true],
    z_dim: 16,
  });
  await writeJson(join(folder, "scheduler", "scheduler_config.json"), {
    _class_name: "UniPCMultistepScheduler",
    flow_shift: 3.0,
    num_train_timesteps: 1000,
    solver_order: 2,
    solver_type: "bh2",
    lower_order_final: true,
    prediction_type: "flow_prediction",
    use_flow_sigmas: true,
  });
  await writeJson(join(folder, "tokenizer", "tokenizer.json"), {});
  const weights = (part: string, name: string) =>
    writeSafetensors(join(folder, part, name), { [`${part}.weight`]: f32([1]) });
  await weights("transformer", "diffusion_pytorch_model.safetensors");
  await weights("text_encoder", "model-00001-of-00001.safetensors");
  await weights("vae", "diffusion_pytorch_model.safetensors");
}

Deno.test(
  "a folder in the Diffusers layout is opened with its configurations",
  () =>
    inFolder(async (folder) => {
      await writeDiffusers(folder);
      const wan = wholeWanFolder(await openWanFolder(folder));
      assertEquals([wan.layout, wan.folder, wan.missing], ["diffusers", folder, []]);
      assertEquals(wan.transformer.config, CONFIG);
      assertEquals(wan.transformer.weights.names(), ["transformer.weight"]);
      const { dim, heads, headDim, ffnDim, layers, vocabSize } = wan.textEncoder.config;
      assertEquals([dim, heads, headDim, ffnDim, layers], [4096, 64, 64, 10240, 24]);
      assertEquals([vocabSize, wan.textEncoder.weights.names()], [256384, ["text_encoder.weight"]]);
      assertEquals(wan.vae.config, WAN_VAE);
      assertEquals(wan.tokenizer, join(folder, "tokenizer", "tokenizer.json"));
      assertEquals([wan.scheduler?.className, wan.scheduler?.flowShift], [
        "UniPCMultistepScheduler",
        3,
      ]);
    }),
);

Deno.test(
  "a repository in Hugging Face's cache is opened at the snapshot main",
  () =>
    inFolder(async (folder) => {
      await writeDiffusers(join(folder, "snapshots", "0fad"));
      await Deno.mkdir(join(folder, "snapshots", "1abc"));
      await Deno.mkdir(join(folder, "refs"));
      await assertInputError(() => openWanFolder(folder), join(folder, "refs", "main"));
      await Deno.writeTextFile(join(folder, "refs", "main"), "0fad\n");
      assertEquals((await openWanFolder(folder)).missing, []);
    }),
);

Deno.test(
  "missing parts are listed with their download sources",
  () =>
    inFolder(async (folder) => {
      await writeDiffusers(folder);
      await Deno.remove(join(folder, "text_encoder", "config.json"));
      await Deno.remove(join(folder, "vae", "diffusion_pytorch_model.safetensors"));
      await Deno.writeTextFile(join(folder, "vae", "diffusion_pytorch_model.bin"), "");
      await Deno.remove(join(folder, "tokenizer"), { recursive: true });
      const wan = await openWanFolder(folder);
      assertEquals([wan.textEncoder, wan.vae, wan.tokenizer], [null, null, null]);
      const repository = "Wan-AI/Wan2.1-T2V-1.3B-Diffusers";
      assertEquals(wan.missing.map(({ part, source }) => [part, source]), [
        ["text encoder", { repository, files: "text_encoder/*" }],
        ["VAE", { repository, files: "vae/*" }],
        ["tokenizer", { repository, files: "tokenizer/*" }],
      ]);
      await assertInputError(
        () => wholeWanFolder(wan),
        folder,
        "text encoder: expected config.json",
        "found config.json, diffusion_pytorch_model.bin",
        "tokenizer: expected tokenizer.json",
      );
      await Deno.remove(join(folder, "transformer"), { recursive: true });
      const unknownSize = await openWanFolder(folder);
      assertEquals(unknownSize.missing.map(({ source }) => source), [null, null, null, null]);
    }),
);

/** Configurations of other models, with parts of the message. */
const OTHERS: [file: string, value: unknown, ...parts: string[]][] = [
  ["model_index.json", { _class_name: "WanImageToVideoPipeline" }, "_class_name", "WanPipeline"],
  ["model_index.json", { _class_name: "WanPipeline", expand_timesteps: true }, "expand_timesteps"],
  ["model_index.json", { _class_name: "WanPipeline", boundary_ratio: 0.875 }, "found 0.875"],
  ["transformer/config.json", { ...TRANSFORMER, image_dim: 1280 }, "image_dim", "found 1280"],
  ["transformer/config.json", { ...TRANSFORMER, num_layers: 30.5 }, "num_layers", "found 30.5"],
  ["transformer/config.json", { ...TRANSFORMER, num_layers: 0 }, "num_layers", "found 0"],
  ["transformer/config.json", { ...TRANSFORMER, patch_size: [2, 2] }, "patch_size", "[2,2]"],
  ["transformer/config.json", { ...TRANSFORMER, qk_norm: "layer_norm" }, "qk_norm", "layer_norm"],
  ["transformer/config.json", { ...TRANSFORMER, ffn_dim: undefined }, "ffn_dim", "found nothing"],
  ["transformer/config.json", [], "the whole", "found []"],
  ["text_encoder/config.json", { ...TEXT_ENCODER, model_type: "t5" }, "model_type", 'found "t5"'],
  ["text_encoder/config.json", { ...TEXT_ENCODER, feed_forward_proj: "relu" }, '"relu"'],
  ["vae/config.json", { z_dim: 48, is_residual: true }, "is_residual"],
  ["scheduler/scheduler_config.json", { _class_name: "X", flow_shift: -1 }, "flow_shift"],
];

for (const [file, value, ...parts] of OTHERS) {
  Deno.test(
    `rejected as ${file}: ${parts[0]} of another model`,
    () =>
      inFolder(async (folder) => {
        await writeDiffusers(folder);
        await writeJson(join(folder, file), value);
        await assertInputError(() => openWanFolder(folder), join(folder, file), ...parts);
      }),
  );
}

const ORIGINAL = {
  _class_name: "WanModel",
  _diffusers_version: "0.30.0",
  dim: 1536,
  eps: 1e-6,
  ffn_dim: 8960,
  freq_dim: 256,
  in_dim: 16,
  model_type: "t2v",
  num_heads: 12,
  num_layers: 30,
  out_dim: 16,
  text_len: 512,
};

/** The tensors that determine the configuration of a small text encoder with two blocks. */
const T5: Record<string, WrittenTensor> = {
  "token_embedding.weight": f32([20, 8]),
  ...Object.fromEntries([0, 1].flatMap((i) => [
    [`blocks.${i}.attn.q.weight`, f32([6, 8])],
    [`blocks.${i}.ffn.gate.0.weight`, f32([10, 8])],
    [`blocks.${i}.pos_embedding.embedding.weight`, f32([4, 2])],
  ])),
};

/** Those of a small VAE: widths 2, 4 and 8, the first level also upsampled in time. */
function vae(zDim: number, blocks: number, prefix = ""): Record<string, WrittenTensor> {
  const tensors: Record<string, WrittenTensor> = {
    "decoder.conv1.weight": f32([8, zDim, 3, 3, 3]),
    "conv2.weight": f32([zDim, zDim, 1, 1, 1]),
  };
  let at = 0;
  for (const [level, width] of [8, 4, 2].entries()) {
    for (let i = 0; i < blocks; i++) {
      tensors[`decoder.upsamples.${at++}.residual.2.weight`] = f32([width, width, 3, 3, 3]);
    }
    if (level === 2) break;
    tensors[`decoder.upsamples.${at}.resample.1.weight`] = f32([width / 2, width, 3, 3]);
    if (level === 0) {
      tensors[`decoder.upsamples.${at}.time_conv.weight`] = f32([2 * width, width, 3, 1, 1]);
    }
    at++;
  }
  const renamed = Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]);
  return Object.fromEntries(renamed);
}

async function writeOriginal(folder: string): Promise<void> {
  await writeJson(join(folder, "config.json"), ORIGINAL);
  await writeJson(join(folder, "google", "umt5-xxl", "tokenizer.json"), {});
  const write = (name: string, tensors: Record<string, WrittenTensor>) =>
    writeSafetensors(join(folder, name), tensors);
  await write("diffusion_pytorch_model-00001-of-00002.safetensors", {
    "patch_embedding.weight": f32([2]),
  });
  await write("diffusion_pytorch_model-00002-of-00002.safetensors", { "head.head.bias": f32([2]) });
  await write("models_t5_umt5-xxl-enc-bf16.safetensors", T5);
  await write("Wan2.1_VAE.safetensors", vae(16, 3));
}

Deno.test(
  "a folder in the original layout is opened, with configurations derived from tensor shapes",
  () =>
    inFolder(async (folder) => {
      await writeOriginal(folder);
      const wan = wholeWanFolder(await openWanFolder(folder));
      assertEquals([wan.layout, wan.missing, wan.scheduler], ["original", [], null]);
      assertEquals(wan.transformer.config, CONFIG);
      assertEquals(wan.transformer.weights.names(), ["head.head.bias", "patch_embedding.weight"]);
      assertEquals(wan.textEncoder.config, {
        ...{ vocabSize: 20, dim: 8, heads: 2, headDim: 3, ffnDim: 10, layers: 2 },
        ...{ buckets: 4, maxDistance: 128, eps: 1e-6 },
      });
      assertEquals(wan.vae.config, {
        ...WAN_VAE,
        ...{ baseDim: 2, dimMult: [1, 2, 4], numResBlocks: 2, temporalUpsample: [true, false] },
      });
      assertEquals(wan.tokenizer, join(folder, "google", "umt5-xxl", "tokenizer.json"));
    }),
);

Deno.test(
  "PyTorch-only weights count as missing, with a source of converted ones",
  () =>
    inFolder(async (folder) => {
      await writeOriginal(folder);
      for (const name of ["Wan2.1_VAE", "models_t5_umt5-xxl-enc-bf16"]) {
        await Deno.rename(join(folder, `${name}.safetensors`), join(folder, `${name}.pth`));
      }
      await Deno.remove(join(folder, "diffusion_pytorch_model-00001-of-00002.safetensors"));
      await assertInputError(() => openWanFolder(folder), "the transformer", "no shard 1");
      await Deno.remove(join(folder, "diffusion_pytorch_model-00002-of-00002.safetensors"));
      const wan = await openWanFolder(folder);
      const repository = "DiffSynth-Studio/Wan-Series-Converted-Safetensors";
      assertEquals(wan.missing.map(({ part, source }) => [part, source?.repository]), [
        ["transformer", "Wan-AI/Wan2.1-T2V-1.3B"],
        ["text encoder", repository],
        ["VAE", repository],
      ]);
      await assertInputError(
        () => wholeWanFolder(wan),
        `expected Wan2.1_VAE.safetensors in ${folder}, found Wan2.1_VAE.pth`,
        "models_t5_umt5-xxl-enc-bf16.pth",
        repository,
      );
    }),
);

Deno.test(
  "original files of another model are rejected",
  () =>
    inFolder(async (folder) => {
      await writeOriginal(folder);
      const open = () => openWanFolder(folder);
      const config = join(folder, "config.json");
      for (
        const [change, ...parts] of [
          [{ model_type: "i2v" }, "model_type", 'found "i2v"'],
          [{ num_heads: 7 }, "dim", "a multiple of the 7 heads", "found 1536"],
          [{ window_size: [4, 4] }, "window_size"],
        ] as const
      ) {
        await writeJson(config, { ...ORIGINAL, ...change });
        await assertInputError(open, config, ...parts);
      }
      await writeJson(config, ORIGINAL);
      const [vaeFile, textFile] = [
        "Wan2.1_VAE.safetensors",
        "models_t5_umt5-xxl-enc-bf16.safetensors",
      ]
        .map((name) => join(folder, name));
      await writeSafetensors(vaeFile, vae(48, 3));
      await assertInputError(open, folder, "with 16 latent channels, found 48");
      const uneven = { ...vae(16, 3) };
      delete uneven["decoder.upsamples.5.residual.2.weight"];
      await writeSafetensors(vaeFile, uneven);
      await assertInputError(open, folder, "from decoder.upsamples.4", "expected 3", "found 1");
      await writeSafetensors(vaeFile, vae(16, 3, "model."));
      assertEquals((await open()).vae?.config.dimMult, [1, 2, 4]);
      await writeSafetensors(textFile, { ...T5, "blocks.0.attn.q.weight": f32([7, 8]) });
      await assertInputError(open, "attn.q.weight", "a multiple of 2 heads, found 7");
      await writeSafetensors(textFile, { ...T5, "blocks.0.ffn.gate.0.weight": f32([10]) });
      await assertInputError(open, "ffn.gate.0.weight", "expected 2 axes", "found shape [10]");
    }),
);

Deno.test(
  "a fine-tune replaces the transformer, whose own weights may be missing",
  () =>
    inFolder(async (folder) => {
      const fineTune = join(folder, "trained");
      await Deno.mkdir(fineTune);
      for (const [step, name] of [[5000, "early"], [10_000, "late"]]) {
        await writeSafetensors(join(fineTune, `step-${step}.safetensors`), {
          "pipe.dit.patch_embedding.weight": f32([2]),
          [`pipe.dit.${name}`]: f32([2]),
        });
      }
      for (const write of [writeDiffusers, writeOriginal]) {
        const base = join(folder, write.name);
        await Deno.mkdir(base);
        await write(base);
        const expected = ["late", "patch_embedding.weight"];
        const both = await openWanFolder(base, { fineTune });
        assertEquals(both.transformer?.weights.names(), expected);
        for (const at of [base, join(base, "transformer")]) {
          for await (const { name } of await Array.fromAsync(Deno.readDir(at)).catch(() => [])) {
            if (name.startsWith("diffusion_pytorch")) await Deno.remove(join(at, name));
          }
        }
        const wan = wholeWanFolder(await openWanFolder(base, { fineTune }));
        assertEquals(wan.transformer.weights.names(), expected);
        assertEquals(wan.transformer.config, CONFIG);
      }
    }),
);
