"""Tiny random UMT5 encoders, and Transformers' hidden states for token ids.

    python umt5.py --out DIR

Writes a folder per model: `config.json`, the weights under both naming schemes
(`transformers.safetensors`, `original.safetensors`) and `values.safetensors`: for each number of
tokens the ids, and the hidden states without and with padding and a mask. `buckets.json` has the
bucket of every relative position from -600 to 600.
"""

import argparse
import json
import re
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import UMT5Config, UMT5EncoderModel

SMALL = dict(d_model=32, d_kv=8, d_ff=48, num_layers=2, num_heads=4, vocab_size=100)
# Heads that are together wider than the model.
WIDE = dict(d_model=24, d_kv=16, d_ff=40, num_layers=3, num_heads=3, vocab_size=90,
            relative_attention_num_buckets=16, relative_attention_max_distance=50,
            layer_norm_epsilon=1e-5)
MODELS = {
    "small": (SMALL, torch.float32),
    "wide": (WIDE, torch.float32),
    "bf16": (SMALL, torch.bfloat16),
}
TOKENS = (1, 7, 150)
PADDED = 160
FARTHEST = 600

IN_BLOCK = {
    "layer.0.layer_norm": "norm1",
    "layer.0.SelfAttention.relative_attention_bias": "pos_embedding.embedding",
    "layer.1.layer_norm": "norm2",
    "layer.1.DenseReluDense.wi_0": "ffn.gate.0",
    "layer.1.DenseReluDense.wi_1": "ffn.fc1",
    "layer.1.DenseReluDense.wo": "ffn.fc2",
}
IN_BLOCK |= {f"layer.0.SelfAttention.{part}": f"attn.{part}" for part in "qkvo"}


def original_name(name):
    if name == "shared.weight":
        return "token_embedding.weight"
    if name == "encoder.final_layer_norm.weight":
        return "norm.weight"
    block, layer = re.fullmatch(r"encoder\.block\.(\d+)\.(.+)\.weight", name).groups()
    return f"blocks.{block}.{IN_BLOCK[layer]}.weight"


def randomized(model, generator):
    """Sets weights such that attention is neither uniform nor one-hot, and norms have an effect."""
    for name, weight in model.named_parameters():
        noise = torch.randn(weight.shape, generator=generator)
        if "norm" in name:
            weight.data = 1 + 0.3 * noise
        elif "relative_attention_bias" in name or name == "shared.weight":
            weight.data = noise
        else:
            weight.data = noise * weight.shape[1] ** -0.5


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    generator = torch.Generator().manual_seed(0)
    buckets = {}
    for name, (sizes, dtype) in MODELS.items():
        config = UMT5Config(feed_forward_proj="gated-gelu", **sizes)
        model = UMT5EncoderModel(config).eval()
        with torch.no_grad():
            randomized(model, generator)
        # Stored in `dtype`, computed in 32 bits.
        stored = {key: value.to(dtype) for key, value in model.state_dict().items()
                  if key != "encoder.embed_tokens.weight"}
        model.load_state_dict({key: value.float() for key, value in stored.items()}, strict=False)
        folder = out / name
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps(config.to_dict()))
        save_file(stored, folder / "transformers.safetensors")
        save_file({original_name(key): value for key, value in stored.items()},
                  folder / "original.safetensors")
        values = {}
        with torch.no_grad():
            for tokens in TOKENS:
                ids = torch.randint(config.vocab_size, (1, tokens), generator=generator)
                values[f"ids.{tokens}"] = ids[0].float()
                values[f"states.{tokens}"] = model(ids).last_hidden_state[0].contiguous()
                more = torch.nn.functional.pad(ids, (0, PADDED - tokens))
                mask = (torch.arange(PADDED) < tokens).long()[None]
                masked = model(more, attention_mask=mask).last_hidden_state[0, :tokens]
                values[f"masked.{tokens}"] = masked.contiguous()
        save_file(values, folder / "values.safetensors")
        attention = model.encoder.block[0].layer[0].SelfAttention
        positions = torch.arange(-FARTHEST, FARTHEST + 1)
        buckets[name] = attention._relative_position_bucket(positions).tolist()
    (out / "buckets.json").write_text(json.dumps(buckets))


if __name__ == "__main__":
    main()
