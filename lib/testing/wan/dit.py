"""Tiny random Wan diffusion transformers, and Diffusers' outputs for an input.

    python dit.py --out DIR

Writes a folder per model: `config.json`, the weights under both naming schemes
(`diffusers.safetensors`, `original.safetensors`), a LoRA of every layer that MicroVerse trains
(`lora.safetensors`) and `values.safetensors`: the inputs, the output, and the output with the LoRA
merged. `counts.json` has the numbers of tensors and parameters of the published sizes,
`rotary.safetensors` the rotary tables of their heads on a grid of tokens.
"""

import argparse
import json
from pathlib import Path

import torch
from diffusers import WanTransformer3DModel
from diffusers.loaders.single_file_utils import convert_wan_transformer_to_diffusers
from diffusers.models.transformers.transformer_wan import WanRotaryPosEmbed
from safetensors.torch import save_file

SMALL = dict(
    num_attention_heads=2,
    attention_head_dim=12,
    in_channels=16,
    out_channels=16,
    text_dim=32,
    freq_dim=256,
    ffn_dim=32,
    num_layers=2,
    rope_max_seq_len=32,
)
ODD = dict(
    num_attention_heads=3,
    attention_head_dim=24,
    in_channels=16,
    out_channels=12,
    text_dim=40,
    freq_dim=64,
    ffn_dim=100,
    num_layers=3,
    cross_attn_norm=False,
    eps=1e-5,
    rope_max_seq_len=32,
)
# Configuration, [frames, height, width] of latents, words, and the weights' dtype.
MODELS = {
    "small": (SMALL, [2, 8, 8], 512, torch.float32),
    "odd": (ODD, [3, 6, 10], 37, torch.float32),
    "bf16": (SMALL, [1, 6, 8], 16, torch.bfloat16),
}
PUBLISHED = {
    "1.3B": dict(num_attention_heads=12, ffn_dim=8960, num_layers=30),
    "14B": dict(num_attention_heads=40, ffn_dim=13824, num_layers=40),
}
# Frames, rows and columns.
ROTARY_GRID = [3, 4, 30]
LORA_RANK, LORA_SCALE = 4, 0.5
LORA_LAYERS = ("self_attn.q self_attn.k self_attn.v self_attn.o cross_attn.q cross_attn.k "
               "cross_attn.v cross_attn.o ffn.0 ffn.2").split()

# Original names by Diffusers' names. A block's second and third norms are swapped: the original's
# norm3 comes before cross-attention.
TOP = {
    "condition_embedder.text_embedder.linear_1": "text_embedding.0",
    "condition_embedder.text_embedder.linear_2": "text_embedding.2",
    "condition_embedder.time_embedder.linear_1": "time_embedding.0",
    "condition_embedder.time_embedder.linear_2": "time_embedding.2",
    "condition_embedder.time_proj": "time_projection.1",
    "patch_embedding": "patch_embedding",
    "proj_out": "head.head",
    "scale_shift_table": "head.modulation",
}
IN_BLOCK = {
    "scale_shift_table": "modulation",
    "norm2": "norm3",
    "ffn.net.0.proj": "ffn.0",
    "ffn.net.2": "ffn.2",
}
for theirs, ours in (("attn1", "self_attn"), ("attn2", "cross_attn")):
    for part, name in (("to_q", "q"), ("to_k", "k"), ("to_v", "v"), ("to_out.0", "o"),
                       ("norm_q", "norm_q"), ("norm_k", "norm_k")):
        IN_BLOCK[f"{theirs}.{part}"] = f"{ours}.{name}"


def original_name(name):
    """The original name of a tensor, from Diffusers' name."""
    parts = name.split(".")
    block = parts[:2] if parts[0] == "blocks" else []
    rest = ".".join(parts[len(block):])
    layer, dot, kind = (rest, "", "") if rest == "scale_shift_table" else rest.rpartition(".")
    return ".".join([*block, (IN_BLOCK if block else TOP)[layer]]) + dot + kind


def random_model(config, dtype):
    """A model with random parameters; the norms' gains are about 1."""
    model = WanTransformer3DModel(**config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape)
            if "norm" in name and name.endswith("weight"):
                parameter.copy_(1 + 0.3 * noise)
            elif name.endswith("weight"):
                parameter.copy_(noise * (2 / parameter[0].numel()) ** 0.5)
            else:
                parameter.copy_(0.3 * noise)
            # Rounded to the storage dtype; the computation stays in 32 bits.
            parameter.copy_(parameter.to(dtype).float())
    return model


def merge(model, lora):
    """Merges a LoRA into the model's weights, in place."""
    layers = {original_name(f"{name}.weight"): layer for name, layer in model.named_modules()
              if isinstance(layer, torch.nn.Linear)}
    for name in sorted({key.split(".lora_")[0] for key in lora}):
        a, b = (lora[f"{name}.lora_{part}.default.weight"] for part in "AB")
        layers[f"{name}.weight"].weight += LORA_SCALE * b @ a


def make(folder, config, size, words, dtype):
    folder.mkdir(parents=True)
    model = random_model(config, dtype)
    latents = torch.randn(1, config["in_channels"], *size)
    timestep = torch.tensor([637.25])
    text = torch.randn(1, words, config["text_dim"])
    output = model(latents, timestep, text, return_dict=False)[0]

    weights = {name: tensor.to(dtype).clone() for name, tensor in model.state_dict().items()}
    original = {original_name(name): tensor for name, tensor in weights.items()}
    known = convert_wan_transformer_to_diffusers(dict(original))
    assert known.keys() == weights.keys() and all(known[n] is weights[n] for n in weights)

    lora = {}
    for block in range(config["num_layers"]):
        for layer in LORA_LAYERS:
            name = f"blocks.{block}.{layer}"
            out, into = original[f"{name}.weight"].shape
            lora[f"{name}.lora_A.default.weight"] = torch.randn(LORA_RANK, into) / into**0.5
            lora[f"{name}.lora_B.default.weight"] = torch.randn(out, LORA_RANK)
    lora = {name: tensor.to(dtype) for name, tensor in lora.items()}
    merge(model, {name: tensor.float() for name, tensor in lora.items()})
    merged = model(latents, timestep, text, return_dict=False)[0]

    save_file(weights, folder / "diffusers.safetensors")
    save_file(original, folder / "original.safetensors")
    save_file(lora, folder / "lora.safetensors")
    values = dict(latents=latents[0], timestep=timestep, text=text[0], output=output[0],
                  merged=merged[0])
    save_file({name: tensor.contiguous() for name, tensor in values.items()},
              folder / "values.safetensors")
    model.save_config(folder)


def rotary():
    """Cosines and sines for each channel pair of a head, by token."""
    embed = WanRotaryPosEmbed(attention_head_dim=128, patch_size=(1, 1, 1), max_seq_len=1024)
    cos, sin = embed(torch.empty(1, 1, *ROTARY_GRID))
    return {name: table[0, :, 0, 0::2].contiguous() for name, table in (("cos", cos), ("sin", sin))}


def counts():
    found = {}
    for size, config in PUBLISHED.items():
        with torch.device("meta"):
            model = WanTransformer3DModel(**config)
        parameters = list(model.parameters())
        found[size] = [len(parameters), sum(p.numel() for p in parameters)]
    return found


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    torch.manual_seed(0)
    torch.set_num_threads(1)
    for name, settings in MODELS.items():
        make(out / name, *settings)
    save_file(rotary(), out / "rotary.safetensors")
    (out / "counts.json").write_text(json.dumps(counts()))


if __name__ == "__main__":
    main()
