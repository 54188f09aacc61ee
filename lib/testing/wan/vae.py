"""Tiny random Wan video autoencoders, and frames decoded with them by Diffusers.

    python vae.py --out DIR

Writes a folder per model: `config.json`, the weights under both naming schemes
(`diffusers.safetensors`, `original.safetensors`) and `values.safetensors`: normalised latents, and the
frames decoded from them whole, in Diffusers' tiles (`crossfaded`) and in DiffSynth's (`averaged`),
which MicroVerse uses; of `released` with its sizes, on latents of three by three tiles. `tiling.json` has the sizes of the tiles in latents, and `counts.json` the
numbers of tensors and parameters of the published decoder.
"""

import argparse
import json
from pathlib import Path

import torch
from diffusers import AutoencoderKLWan
from diffusers.loaders.single_file_utils import convert_wan_vae_to_diffusers
from safetensors.torch import save_file

# Later blocks have half of 8 channels. With fewer, norms are sensitive to rounding where all channels
# are near 0: with base_dim=3, PyTorch's 32-bit results are up to 0.17 away from 64-bit ones.
FLAT = dict(
    base_dim=8,
    z_dim=16,
    dim_mult=[1, 1, 1, 1],
    num_res_blocks=1,
    temperal_downsample=[False, True, True],
    latents_mean=[i / 10 - 0.7 for i in range(16)],
    latents_std=[0.5 + i / 8 for i in range(16)],
)
STEEP = dict(
    base_dim=4,
    z_dim=16,
    dim_mult=[1, 2, 4, 4],
    num_res_blocks=2,
    temperal_downsample=[False, True, True],
)
# Four pixels per latent, two frames per latent frame.
SHALLOW = dict(
    base_dim=8,
    z_dim=16,
    dim_mult=[1, 1],
    num_res_blocks=1,
    temperal_downsample=[True],
    scale_factor_spatial=2,
    scale_factor_temporal=2,
)
# Configuration; [frames, height, width] of latents, for a clip and for one that is decoded in tiles;
# tile size and stride as [height, width] in latents; the weights' dtype.
MODELS = {
    "flat": (FLAT, [4, 6, 5], [1, 4, 9], [4, 4], [3, 3], torch.float32),
    "steep": (STEEP, [3, 4, 7], [2, 7, 8], [5, 5], [3, 2], torch.float32),
    "bf16": (STEEP, [2, 3, 2], [1, 3, 3], [2, 2], [1, 1], torch.bfloat16),
    "shallow": (SHALLOW, [3, 2, 3], [1, 4, 5], [3, 3], [2, 2], torch.float32),
    # The defaults of DiffSynth's WanVideoPipeline.__call__; the last tiles are smaller on both sides.
    "released": (SHALLOW, [3, 2, 3], [2, 47, 80], [30, 52], [15, 26], torch.float32),
}
PUBLISHED = dict(base_dim=96, z_dim=16, dim_mult=[1, 2, 4, 4], num_res_blocks=2)

# Original names by Diffusers' names.
IN_RESIDUAL = {
    "norm1": "residual.0",
    "conv1": "residual.2",
    "norm2": "residual.3",
    "conv2": "residual.6",
    "conv_shortcut": "shortcut",
}
TOP = {"quant_conv": "conv1", "post_quant_conv": "conv2"}
OF_CODER = {"conv_in": "conv1", "norm_out": "head.0", "conv_out": "head.2"}


def original_name(name, num_res_blocks):
    """The original name of a tensor, from Diffusers' name."""
    parts = name.split(".")
    if parts[0] in TOP:
        return ".".join([TOP[parts[0]], *parts[1:]])
    coder, part, *rest = parts
    if part in OF_CODER:
        place = [OF_CODER[part]]
    elif part == "mid_block":
        kind, i, *rest = rest
        place = ["middle", "1" if kind == "attentions" else str(2 * int(i))]
    elif part == "down_blocks":
        place, rest = ["downsamples", rest[0]], rest[1:]
    else:
        block, kind, i, *rest = rest
        within = int(i) if kind == "resnets" else num_res_blocks + 1
        place = ["upsamples", str(int(block) * (num_res_blocks + 2) + within)]
    if rest[0] in IN_RESIDUAL:
        rest = [IN_RESIDUAL[rest[0]], *rest[1:]]
    return ".".join([coder, *place, *rest])


def random_model(config, dtype):
    """A model with random parameters; the norms' gains are about 1."""
    model = AutoencoderKLWan(**config).eval()
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape)
        if name.endswith("gamma"):
            parameter.copy_(1 + 0.3 * noise)
        elif name.endswith("bias"):
            parameter.copy_(0.1 * noise)
        else:
            parameter.copy_(noise * (1 / parameter[0].numel()) ** 0.5)
        # Keeps colours mostly between -1 and 1, since clamped values compare equal too easily.
        if name.startswith("decoder.conv_out"):
            parameter.mul_(1.2)
        # Rounded to the storage dtype; the computation stays in 32 bits.
        parameter.copy_(parameter.to(dtype).float())
    return model


def unclamped(model, latents):
    """The decoder's unclamped frames, decoded one latent frame at a time."""
    model.clear_cache()
    x = model.post_quant_conv(latents)
    frames = []
    for t in range(x.shape[2]):
        frames.append(model.decoder(x[:, :, t : t + 1], feat_cache=model._feat_map, feat_idx=[0]))
    model.clear_cache()
    return torch.cat(frames, dim=2)


def ramp(length, border, at_start, at_end):
    """Weights along a side of a tile: they ramp up over borders, except at the image's edges."""
    weights = torch.ones(length)
    rise = torch.arange(1, border + 1) / border
    if not at_start:
        weights[:border] = rise
    if not at_end:
        weights[-border:] = rise.flip(0)
    return weights


def starts(length, size, stride):
    """Starts of the tiles, up to the first tile that reaches the end."""
    return [at for at in range(0, length, stride) if at == 0 or at - stride + size < length]


def averaged(model, latents, size, stride):
    """Frames blended from tiles by a weighted mean, as in DiffSynth."""
    scale = model.spatial_compression_ratio
    height, width = latents.shape[3:]
    values, weights = 0, torch.zeros(height * scale, width * scale)
    for top in starts(height, size[0], stride[0]):
        for left in starts(width, size[1], stride[1]):
            bottom, right = top + size[0], left + size[1]
            tile = unclamped(model, latents[..., top:bottom, left:right])
            border = [(size[i] - stride[i]) * scale for i in range(2)]
            mask = torch.minimum(
                ramp(tile.shape[3], border[0], top == 0, bottom >= height)[:, None],
                ramp(tile.shape[4], border[1], left == 0, right >= width)[None, :],
            )
            y, x = top * scale, left * scale
            around = (x, width * scale - x - tile.shape[4], y, height * scale - y - tile.shape[3])
            values = values + torch.nn.functional.pad(tile * mask, around)
            weights = weights + torch.nn.functional.pad(mask, around)
    return (values / weights).clamp(-1, 1)


def make(folder, config, shape, wide_shape, size, stride, dtype):
    folder.mkdir(parents=True)
    model = random_model(config, dtype)
    mean, std = (
        torch.tensor(model.config[name]).view(1, -1, 1, 1, 1)
        for name in ("latents_mean", "latents_std")
    )
    latents, wide = (torch.randn(1, 16, *size_of) for size_of in (shape, wide_shape))
    frames = model.decode(latents * std + mean).sample
    whole = unclamped(model, latents * std + mean)
    assert torch.equal(whole.clamp(-1, 1), frames)
    clamped = (frames.abs() == 1).float().mean()
    assert 0.001 < clamped < 0.3, f"{folder.name}: {clamped} of the values are clamped"

    model.enable_tiling(*(model.spatial_compression_ratio * side for side in (*size, *stride)))
    crossfaded = model.decode(wide * std + mean).sample
    values = dict(
        latents=latents,
        frames=frames,
        wide=wide,
        crossfaded=crossfaded,
        averaged=averaged(model, wide * std + mean, size, stride),
    )
    save_file(
        {name: tensor[0].contiguous() for name, tensor in values.items()},
        folder / "values.safetensors",
    )
    (folder / "tiling.json").write_text(json.dumps(dict(size=size, stride=stride)))

    weights = {name: tensor.to(dtype).clone() for name, tensor in model.state_dict().items()}
    blocks = config["num_res_blocks"]
    original = {original_name(name, blocks): tensor for name, tensor in weights.items()}
    # Diffusers converts original names only for the published depth.
    if blocks == PUBLISHED["num_res_blocks"]:
        known = convert_wan_vae_to_diffusers(dict(original))
        assert known.keys() == weights.keys() and all(known[n] is weights[n] for n in weights)
    save_file(weights, folder / "diffusers.safetensors")
    save_file(original, folder / "original.safetensors")
    model.save_config(folder)


def counts():
    with torch.device("meta"):
        model = AutoencoderKLWan(**PUBLISHED)
    parameters = [*model.decoder.parameters(), *model.post_quant_conv.parameters()]
    return [len(parameters), sum(p.numel() for p in parameters)]


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    torch.manual_seed(0)
    torch.set_num_threads(1)
    for name, settings in MODELS.items():
        make(out / name, *settings)
    (out / "counts.json").write_text(json.dumps(counts()))


if __name__ == "__main__":
    main()
