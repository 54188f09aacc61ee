"""Trains one stage: `vae`, then `dit` for a size, from noise or from weights.

    python train.py vae --data DIR [--data DIR ...] --out DIR --steps N
    python train.py dit --size s --stage s-base --data DIR --vae FILE --out DIR --steps N [--from FILE]
"""

import argparse
from pathlib import Path

import torch

from data import Clips, disturbed, padded
from dit import DiT
from fit import fit
from vae import VAE, loss_of

# Weight of the latents' divergence from a normal.
DIVERGENCE = 1e-4
# Displacement of latents in the VAE's training, in deviations of their channels.
BLUR = 0.3
# Share of captions left out, so that guidance has something to guide away from.
NOTHING = 0.1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["vae", "dit"])
    parser.add_argument("--data", action="append", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--precision", choices=["bf16", "no"], default="bf16")
    parser.add_argument("--crop", type=int, default=64)
    parser.add_argument("--scale", action="store_true", help="of a VAE that others build on")
    parser.add_argument("--clips", type=int, help="only the first so many of the training split")
    parser.add_argument("--strange", type=float, default=0, help="share of words disturbed, twice")
    parser.add_argument("--size", choices=["s", "l"])
    parser.add_argument("--vae")
    parser.add_argument("--from", dest="begin")
    options = parser.parse_args()
    (train_vae if options.what == "vae" else train_dit)(options)


def train_vae(options):
    train = [Clips(folder, "train") for folder in options.data]
    held = [Clips(folder, "validation") for folder in options.data]

    def loss(model, step, accelerator):
        video = torch.cat([
            draw(clips, options.batch // len(train), lambda chosen: clips.video(chosen, options.crop))
            for clips in train
        ]).to(accelerator.device)
        made, divergence = model(video, BLUR)
        return loss_of(made, video) + DIVERGENCE * divergence

    def check(model, accelerator):
        video = torch.cat([clips.video(range(min(8, len(clips)))) for clips in held])
        return sum(
            loss_of(model(clip[None].to(accelerator.device))[0], clip[None].to(accelerator.device))
            for clip in video
        ) / len(video)

    torch.manual_seed(options.seed)
    kept = run(options, VAE(), loss, check)
    if options.scale:
        vae = VAE()
        vae.load_state_dict(kept)
        keep_scale(vae, Path(options.out) / f"{options.stage}.pt", train)


def train_dit(options):
    vae = VAE()
    vae.load_state_dict(torch.load(options.vae, map_location="cpu", weights_only=True)["kept"])
    train = Latents(vae, Path(options.vae), [Clips(folder, "train") for folder in options.data])
    held = Latents(vae, Path(options.vae), [Clips(folder, "validation") for folder in options.data])
    count = min(options.clips or len(train), len(train))

    def loss(model, step, accelerator):
        batch = train.batch(torch.randint(count, (options.batch,)), options.strange)
        return velocity_loss(model, *batch, accelerator)

    def check(model, accelerator):
        chosen = torch.arange(len(held))[:128]
        return sum(
            velocity_loss(model, *held.batch(part), accelerator) * len(part)
            for part in chosen.split(32)
        ) / len(chosen)

    torch.manual_seed(options.seed)
    run(options, Model(options.size), loss, check)


def run(options, model, loss, check):
    if options.begin:
        begin = torch.load(options.begin, map_location="cpu", weights_only=True)["kept"]
        model.load_state_dict(begin)
    return fit(options.stage, model, loss, check, out=options.out, steps=options.steps,
               rate=options.rate, seed=options.seed, precision=options.precision)


class Model(torch.nn.Module):
    """Transformer and text encoder as one, so that one call trains both."""

    def __init__(self, size):
        super().__init__()
        self.dit = DiT(size)

    def forward(self, latents, time, ids, mask, without):
        text = self.dit.text(ids, mask)
        text = torch.where(without[:, None, None], self.dit.text.nothing.expand_as(text), text)
        return self.dit(latents, time, text, mask)


def velocity_loss(model, latents, ids, mask, accelerator):
    """Flow matching (Lipman et al., 2023): on the line from clip to noise, the velocity is their
    difference. Times are drawn around the middle (Esser et al., 2024) and moved towards noise by a
    shift of 3, where a clip's course is decided."""
    latents, ids, mask = (x.to(accelerator.device) for x in (latents, ids, mask))
    noise = torch.randn_like(latents)
    time = torch.sigmoid(torch.randn(len(latents), device=latents.device))
    time = 3 * time / (1 + 2 * time)
    at = time[:, None, None, None, None]
    without = torch.rand(len(latents), device=latents.device) < NOTHING
    found = model((1 - at) * latents + at * noise, time, ids, mask, without)
    return (found - (noise - latents)).square().mean()


class Latents:
    """The means of clips' latents, channel by channel of mean 0 and deviation 1, with captions."""

    def __init__(self, vae, path, sets):
        scale = torch.load(scale_path(path), weights_only=True)
        mean, deviation = scale["mean"], scale["deviation"]
        encoded = [encoded_once(vae, path, clips) for clips in sets]
        self.latents = (torch.cat(encoded) - mean) / deviation
        self.ids = [ids for clips in sets for ids in clips.ids]

    def __len__(self):
        return len(self.ids)

    def batch(self, chosen, strange=0):
        return self.latents[chosen], *padded([disturbed(self.ids[i], strange) for i in chosen])


def encoded_once(vae, path, clips):
    """Means of latents [clips, C, t, h, w], kept beside the clips for these weights of the VAE."""
    kept = clips.folder / "latents.pt"
    made_by = f"{path.stat().st_mtime_ns} {len(clips)}"
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        if state["made_by"] == made_by:
            return state["latents"]
    device = "cuda" if torch.cuda.is_available() else "cpu"
    encoder = vae.encoder.to(device).eval()
    with torch.no_grad(), torch.autocast(device, torch.bfloat16):
        latents = torch.cat([
            encoder(clips.video([i]).to(device))[0].float().cpu() for i in range(len(clips))
        ])
    torch.save({"made_by": made_by, "latents": latents}, kept)
    return latents


def keep_scale(vae, path, sets):
    """Keeps mean and deviation of each channel over all training clips beside the VAE's weights:
    every model has the same."""
    latents = torch.cat([encoded_once(vae, path, clips) for clips in sets])
    axes = (0, 2, 3, 4)
    scale = {"mean": latents.mean(axes, keepdim=True), "deviation": latents.std(axes, keepdim=True)}
    torch.save(scale, scale_path(path))


def scale_path(vae):
    return vae.with_name("latents.pt")


def draw(clips, count, make):
    return make(torch.randint(len(clips), (max(1, count),)).tolist())


if __name__ == "__main__":
    main()
