"""What DiffSynth makes of latents in its tiles, and Diffusers with PEFT of LoRA files.

    python wan_released.py --diffsynth DIR --out DIR

Of DiffSynth (its package's folder) one module and the text of another are read; the package itself
would need many more.

Writes `vae.safetensors`, a small video autoencoder with random weights under the original names;
`frames.safetensors`, latents and the frames that DiffSynth decodes from them, in the tiles of its
pipeline's defaults (`pipeline`) and of its autoencoder's (`autoencoder`); `base.safetensors`, a small
transformer; `NAME.safetensors`, LoRAs of it as Diffusers saves them; and `strengths.json`, by LoRA and
layer the strength with which Diffusers applies it once loaded.
"""

import argparse
import ast
import importlib.util
import json
from pathlib import Path

import torch
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


def default_tiles(file, class_name, method):
    """The defaults of `tile_size` and `tile_stride`, as written in a module."""
    module = ast.parse(file.read_text())
    found = next(node for node in module.body if getattr(node, "name", None) == class_name)
    arguments = next(node for node in found.body if getattr(node, "name", None) == method).args
    defaults = zip(reversed(arguments.args), reversed(arguments.defaults))
    values = {argument.arg: default for argument, default in defaults}
    return [ast.literal_eval(values[name]) for name in ("tile_size", "tile_stride")]


def tiles(diffsynth, out):
    file = diffsynth / "models" / "wan_video_vae.py"
    spec = importlib.util.spec_from_file_location("wan_video_vae", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    vae = module.WanVideoVAE()
    vae.model = module.VideoVAE_(dim=4, z_dim=16).eval().requires_grad_(False)
    save_file({k: v.contiguous() for k, v in vae.model.state_dict().items()}, out / "vae.safetensors")
    latents = torch.randn(LATENTS)
    values = {"latents": latents[0].contiguous()}
    defaults = {
        "pipeline": default_tiles(
            diffsynth / "pipelines" / "wan_video.py", "WanVideoPipeline", "__call__"
        ),
        "autoencoder": default_tiles(file, "WanVideoVAE", "decode"),
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
    parser.add_argument("--diffsynth", type=Path, required=True)
    options = parser.parse_args()
    torch.manual_seed(0)
    tiles(options.diffsynth, options.out)
    loras(options.out)


if __name__ == "__main__":
    main()
