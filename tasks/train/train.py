"""Trains one stage: the VAE, or a DiT, from random or pretrained weights.

    python train.py vae --data DIR [--data DIR ...] --out DIR --steps N
    python train.py dit --size s --stage s-base --data DIR --vae FILE --out DIR --steps N [--from FILE]
"""

import argparse
from pathlib import Path

import torch

from data import Clips, corrupted, padded
from dit import DiT
from fit import fit, load_checkpoint
from vae import VAE, reconstruction_loss

# Weight of the KL divergence of latents from a standard normal.
KL_WEIGHT = 1e-4
# Largest noise added to latents in the VAE's training, in standard deviations of their channels.
LATENT_NOISE = 0.3
# Probability of training without the caption, for classifier-free guidance.
CAPTION_DROPOUT = 0.1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["vae", "dit"])
    parser.add_argument("--data", action="append", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--learning-rate", type=float, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--precision", choices=["bf16", "no"], default="bf16")
    parser.add_argument("--crop", type=int, default=64)
    parser.add_argument("--scale", action="store_true", help="save the scale of the latents, for DiTs")
    parser.add_argument("--clips", type=int, help="use only the first N of the training split")
    parser.add_argument("--word-corruption", type=float, default=0,
                        help="probability of dropping a word, and of replacing it")
    parser.add_argument("--size", choices=["s", "l"])
    parser.add_argument("--vae")
    parser.add_argument("--from", dest="pretrained")
    options = parser.parse_args()
    (train_vae if options.what == "vae" else train_dit)(options)


def train_vae(options):
    train = [Clips(folder, "train") for folder in options.data]
    validation = [Clips(folder, "validation") for folder in options.data]

    def loss(model, step, accelerator):
        video = torch.cat([
            draw(clips, options.batch // len(train), lambda chosen: clips.video(chosen, options.crop))
            for clips in train
        ]).to(accelerator.device)
        reconstruction, divergence = model(video, LATENT_NOISE)
        return reconstruction_loss(reconstruction, video) + KL_WEIGHT * divergence

    def validate(model, accelerator):
        video = torch.cat([clips.video(range(min(8, len(clips)))) for clips in validation])
        batches = [clip[None].to(accelerator.device) for clip in video]
        losses = [reconstruction_loss(model(batch)[0], batch) for batch in batches]
        return sum(losses) / len(losses)

    torch.manual_seed(options.seed)
    ema = run(options, VAE(), loss, validate)
    if options.scale:
        vae = VAE()
        vae.load_state_dict(ema)
        save_scale(vae, Path(options.out) / f"{options.stage}.pt", train)


def train_dit(options):
    vae = VAE()
    vae.load_state_dict(load_checkpoint(options.vae)["ema"])
    train = Latents(vae, Path(options.vae), [Clips(folder, "train") for folder in options.data])
    validation = Latents(
        vae, Path(options.vae), [Clips(folder, "validation") for folder in options.data]
    )
    count = min(options.clips or len(train), len(train))

    def loss(model, step, accelerator):
        batch = train.batch(torch.randint(count, (options.batch,)), options.word_corruption)
        return velocity_loss(model, *batch, accelerator)

    def validate(model, accelerator):
        chosen = torch.arange(len(validation))[:128]
        return sum(
            velocity_loss(model, *validation.batch(part), accelerator) * len(part)
            for part in chosen.split(32)
        ) / len(chosen)

    torch.manual_seed(options.seed)
    run(options, Model(options.size), loss, validate)


def run(options, model, loss, validate):
    if options.pretrained:
        model.load_state_dict(load_checkpoint(options.pretrained)["ema"])
    return fit(options.stage, model, loss, validate, out=options.out, steps=options.steps,
               learning_rate=options.learning_rate, seed=options.seed, precision=options.precision)


class Model(torch.nn.Module):
    """Text encoder and transformer as one module, which are trained jointly."""

    def __init__(self, size):
        super().__init__()
        self.dit = DiT(size)

    def forward(self, latents, time, ids, mask, dropped):
        text = self.dit.text(ids, mask)
        text = torch.where(dropped[:, None, None], self.dit.text.nothing.expand_as(text), text)
        return self.dit(latents, time, text, mask)


def velocity_loss(model, latents, ids, mask, accelerator):
    """Flow matching (Lipman et al., 2023): on the straight path from clip to noise, the velocity is
    their difference. Times follow a logit-normal distribution (Esser et al., 2024), shifted towards
    noise by 3, where a clip's content is determined."""
    latents, ids, mask = (x.to(accelerator.device) for x in (latents, ids, mask))
    noise = torch.randn_like(latents)
    time = torch.sigmoid(torch.randn(len(latents), device=latents.device))
    time = 3 * time / (1 + 2 * time)
    at = time[:, None, None, None, None]
    dropped = torch.rand(len(latents), device=latents.device) < CAPTION_DROPOUT
    velocity = model((1 - at) * latents + at * noise, time, ids, mask, dropped)
    return (velocity - (noise - latents)).square().mean()


class Latents:
    """Latent means of clips, normalised per channel to mean 0 and deviation 1, with captions."""

    def __init__(self, vae, path, sets):
        scale = torch.load(scale_path(path), weights_only=True)
        mean, deviation = scale["mean"], scale["deviation"]
        encoded = [cached_latents(vae, path, clips) for clips in sets]
        self.latents = (torch.cat(encoded) - mean) / deviation
        self.ids = [ids for clips in sets for ids in clips.ids]

    def __len__(self):
        return len(self.ids)

    def batch(self, chosen, word_corruption=0):
        captions = [corrupted(self.ids[i], word_corruption) for i in chosen]
        return self.latents[chosen], *padded(captions)


def cached_latents(vae, path, clips):
    """Latent means [clips, C, t, h, w], cached next to the clips for these weights of the VAE."""
    cached = clips.folder / "latents.pt"
    made_by = f"{path.stat().st_mtime_ns} {len(clips)}"
    if cached.exists():
        state = torch.load(cached, weights_only=True)
        if state["made_by"] == made_by:
            return state["latents"]
    device = "cuda" if torch.cuda.is_available() else "cpu"
    encoder = vae.encoder.to(device).eval()
    with torch.no_grad(), torch.autocast(device, torch.bfloat16):
        latents = torch.cat([
            encoder(clips.video([i]).to(device))[0].float().cpu() for i in range(len(clips))
        ])
    torch.save({"made_by": made_by, "latents": latents}, cached)
    return latents


def save_scale(vae, path, sets):
    """Saves mean and deviation of each latent channel over all training clips next to the VAE's
    weights, for use by every model."""
    latents = torch.cat([cached_latents(vae, path, clips) for clips in sets])
    axes = (0, 2, 3, 4)
    scale = {"mean": latents.mean(axes, keepdim=True), "deviation": latents.std(axes, keepdim=True)}
    torch.save(scale, scale_path(path))


def scale_path(vae):
    return vae.with_name("latents.pt")


def draw(clips, count, load):
    return load(torch.randint(len(clips), (max(1, count),)).tolist())


if __name__ == "__main__":
    main()
