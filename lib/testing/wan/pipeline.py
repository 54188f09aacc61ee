"""A complete small Wan with random weights, and clips sampled with it by PyTorch.

    python pipeline.py --out DIR

Writes the same weights in both published layouts (`diffusers/`, `original/`), `lora.safetensors`, and
`values.safetensors`: the latents and frames of one prompt, sampled as MicroVerse does (`euler`), also
with the LoRA, and by Diffusers' pipeline (`unipc`), all in 32 bits.
"""

import argparse
import json
from pathlib import Path

import torch
from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanPipeline
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import UMT5Config, UMT5EncoderModel

import dit
import tokenizer as words
import umt5
import vae

PROMPT = "A red blood cell flows through a capillary."
NEGATIVE_PROMPT = "the camera moves"
# Size of the clip.
FRAMES, HEIGHT, WIDTH = 9, 32, 48
STEPS, GUIDANCE, SHIFT, SEED = 4, 5.0, 5.0, 42
UNIPC_SHIFT = 3.0
TEXT_ROWS = 512


def encoder(vocabulary):
    config = UMT5Config(feed_forward_proj="gated-gelu", **umt5.SMALL | {"vocab_size": vocabulary})
    model = UMT5EncoderModel(config).eval()
    umt5.randomized(model, torch.Generator().manual_seed(1))
    return model


def encoded(model, tokenizer, prompt):
    ids = torch.tensor([tokenizer.encode(prompt).ids])
    states = model(ids).last_hidden_state
    return torch.nn.functional.pad(states, (0, 0, 0, TEXT_ROWS - states.shape[1]))


def euler(transformer, noise, text, negative):
    """Euler steps of flow matching, with shifted timesteps."""
    plain = torch.linspace(1, 0, STEPS + 1, dtype=torch.float64)
    sigmas = SHIFT * plain / (1 + (SHIFT - 1) * plain)
    x = noise
    for sigma, to in zip(sigmas, sigmas[1:]):
        timestep = (1000 * sigma)[None].float()
        cond, uncond = (
            transformer(x, timestep, states, return_dict=False)[0] for states in (text, negative)
        )
        x = x + (to - sigma).float() * (uncond + GUIDANCE * (cond - uncond))
    return x


def decoded(model, latents):
    mean, std = (
        torch.tensor(model.config[name]).view(1, -1, 1, 1, 1)
        for name in ("latents_mean", "latents_std")
    )
    return model.decode(latents * std + mean).sample


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    torch.manual_seed(0)
    torch.set_num_threads(1)
    tokenizer_json = words.variants()["precompiled"]
    tokenizer = Tokenizer.from_str(json.dumps(tokenizer_json))
    text_encoder = encoder(tokenizer.get_vocab_size())
    transformer = dit.random_model(dit.SMALL | {"text_dim": 32}, torch.float32)
    autoencoder = vae.random_model(vae.STEEP, torch.float32)
    text, negative = (
        encoded(text_encoder, tokenizer, prompt) for prompt in (PROMPT, NEGATIVE_PROMPT)
    )
    shape = (1, 16, (FRAMES - 1) // 4 + 1, HEIGHT // 8, WIDTH // 8)
    noise = torch.randn(shape, generator=torch.Generator("cpu").manual_seed(SEED))
    values = {"euler": euler(transformer, noise, text, negative)}

    scheduler = UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=UNIPC_SHIFT
    )
    pipeline = WanPipeline(None, None, autoencoder, scheduler, transformer)
    pipeline.set_progress_bar_config(disable=True)
    values["unipc"] = pipeline(
        prompt_embeds=text,
        negative_prompt_embeds=negative,
        latents=noise,
        height=HEIGHT,
        width=WIDTH,
        num_frames=FRAMES,
        num_inference_steps=STEPS,
        guidance_scale=GUIDANCE,
        output_type="latent",
    ).frames

    weights = {
        "transformer": transformer.state_dict(),
        "text_encoder": {
            name: value for name, value in text_encoder.state_dict().items()
            if name != "encoder.embed_tokens.weight"
        },
        "vae": autoencoder.state_dict(),
    }
    weights = {
        part: {name: value.clone() for name, value in state.items()}
        for part, state in weights.items()
    }
    diffusers_folder(
        out / "diffusers", weights, tokenizer_json, scheduler, transformer, text_encoder, autoencoder
    )
    original_folder(out / "original", weights, tokenizer_json)

    lora = {}
    for name, value in weights["transformer"].items():
        layer = dit.original_name(name).removesuffix(".weight")
        if layer.split(".", 2)[-1] in dit.LORA_LAYERS and name.endswith(".weight"):
            height, width = value.shape
            lora[f"{layer}.lora_A.default.weight"] = torch.randn(4, width) / width**0.5
            lora[f"{layer}.lora_B.default.weight"] = 0.3 * torch.randn(height, 4)
    save_file(lora, out / "lora.safetensors")
    dit.LORA_SCALE = 1
    dit.merge(transformer, lora)
    values["lora"] = euler(transformer, noise, text, negative)
    frames = {f"{name}.frames": decoded(autoencoder, value) for name, value in values.items()}
    save_file(
        {name: value[0].contiguous() for name, value in (values | frames).items()},
        out / "values.safetensors",
    )


def diffusers_folder(folder, weights, words, scheduler, transformer, text_encoder, autoencoder):
    files = {
        "transformer": "diffusion_pytorch_model.safetensors",
        "text_encoder": "model.safetensors",
        "vae": "diffusion_pytorch_model.safetensors",
    }
    for part, file in files.items():
        (folder / part).mkdir(parents=True)
        save_file(weights[part], folder / part / file)
    transformer.save_config(folder / "transformer")
    autoencoder.save_config(folder / "vae")
    text_encoder.config.save_pretrained(folder / "text_encoder")
    scheduler.save_config(folder / "scheduler")
    (folder / "tokenizer").mkdir()
    (folder / "tokenizer" / "tokenizer.json").write_text(json.dumps(words, ensure_ascii=False))
    (folder / "model_index.json").write_text(json.dumps({"_class_name": "WanPipeline"}))


def original_folder(folder, weights, words):
    (folder / "google" / "umt5-xxl").mkdir(parents=True)
    blocks = vae.STEEP["num_res_blocks"]
    parts = {
        "diffusion_pytorch_model.safetensors": ("transformer", dit.original_name),
        "models_t5_umt5-xxl-enc-bf16.safetensors": ("text_encoder", umt5.original_name),
        "Wan2.1_VAE.safetensors": ("vae", lambda name: vae.original_name(name, blocks)),
    }
    for file, (part, named) in parts.items():
        save_file({named(name): value for name, value in weights[part].items()}, folder / file)
    config = dit.SMALL
    (folder / "config.json").write_text(json.dumps({
        "_class_name": "WanModel",
        "model_type": "t2v",
        "dim": config["num_attention_heads"] * config["attention_head_dim"],
        "ffn_dim": config["ffn_dim"],
        "freq_dim": config["freq_dim"],
        "in_dim": config["in_channels"],
        "out_dim": config["out_channels"],
        "num_heads": config["num_attention_heads"],
        "num_layers": config["num_layers"],
        "text_dim": 32,
        "text_len": TEXT_ROWS,
        "eps": 1e-6,
    }))
    tokenizer = folder / "google" / "umt5-xxl" / "tokenizer.json"
    tokenizer.write_text(json.dumps(words, ensure_ascii=False))


if __name__ == "__main__":
    main()
