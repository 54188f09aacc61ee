"""What DiffSynth makes of latents in its tiles, and Diffusers with PEFT of LoRA files.

    python wan_released.py --out DIR

Writes `vae.safetensors`, a small video autoencoder with random weights under the original names;
`frames.safetensors`, latents and the frames that DiffSynth decodes from them, in the tiles of its
pipeline's defaults (`pipeline`) and of its autoencoder's (`autoencoder`); `base.safetensors`, a small
transformer; `NAME.safetensors`, LoRAs of it as Diffusers saves them; and `strengths.json`, by LoRA and
layer the strength with which Diffusers applies it once loaded.
"""

import argparse
import inspect
import json
from pathlib import Path

import torch
from diffsynth.models.wan_video_vae import VideoVAE_, WanVideoVAE
from diffsynth.pipelines.wan_video import WanVideoPipeline
from diffusers import WanPipeline, WanTransformer3DModel
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict
from safetensors.torch import save_file

# Three by three tiles of the pipeline's size; the last ones are smaller.
LATENTS = (1, 16, 2, 47, 80)
TRANSFORMER = dict(
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
LORAS = {
    "alpha": dict(r=4, lora_alpha=8, target_modules=["to_q", "ffn.net.2"]),
    "rslora": dict(r=4, lora_alpha=8, use_rslora=True, target_modules=["to_k", "proj_out"]),
    "patterns": dict(
        r=4,
        lora_alpha=6,
        target_modules=["to_q", "to_v", "to_out.0"],
        rank_pattern={"attn2.to_v": 2, "blocks.1.attn1.to_q": 8},
        alpha_pattern={"to_out.0": 1, r"blocks\.0\.attn\d\.to_q": 16},
    ),
}


def default_tiles(function):
    """The defaults of `tile_size` and `tile_stride`."""
    parameters = inspect.signature(function).parameters
    return [parameters[name].default for name in ("tile_size", "tile_stride")]


def tiles(out):
    vae = WanVideoVAE()
    vae.model = VideoVAE_(dim=4, z_dim=16).eval().requires_grad_(False)
    save_file({k: v.contiguous() for k, v in vae.model.state_dict().items()}, out / "vae.safetensors")
    latents = torch.randn(LATENTS)
    values = {"latents": latents[0].contiguous()}
    defaults = {
        "pipeline": default_tiles(WanVideoPipeline.__call__),
        "autoencoder": default_tiles(WanVideoVAE.decode),
    }
    for name, (size, stride) in defaults.items():
        frames = vae.decode(latents, device="cpu", tiled=True, tile_size=size, tile_stride=stride)
        values[name] = frames[0].float().contiguous()
    save_file(values, out / "frames.safetensors")
    (out / "tiles.json").write_text(json.dumps(defaults))


def loras(out):
    base = WanTransformer3DModel(**TRANSFORMER)
    weights = {name: value.clone() for name, value in base.state_dict().items()}
    save_file(weights, out / "base.safetensors")
    strengths = {}
    for name, settings in LORAS.items():
        model = WanTransformer3DModel(**TRANSFORMER)
        model.add_adapter(LoraConfig(**settings))
        config = model.peft_config["default"].to_dict()
        WanPipeline.save_lora_weights(
            out,
            transformer_lora_layers=get_peft_model_state_dict(model),
            weight_name=f"{name}.safetensors",
            transformer_lora_adapter_metadata={
                key: list(value) if isinstance(value, set) else value
                for key, value in config.items()
            },
        )
        loaded = WanTransformer3DModel(**TRANSFORMER)
        pipeline = WanPipeline(None, None, None, None, loaded)
        pipeline.load_lora_weights(out, weight_name=f"{name}.safetensors")
        strengths[name] = {
            layer: next(iter(module.scaling.values()))
            for layer, module in loaded.named_modules()
            if getattr(module, "scaling", None)
        }
    (out / "strengths.json").write_text(json.dumps(strengths))


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    torch.manual_seed(0)
    tiles(out)
    loras(out)


if __name__ == "__main__":
    main()
