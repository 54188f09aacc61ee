"""Samples one clip with PyTorch, as the reference for the results and the speed of exported networks.

    python sample.py --weights DIR --model nano --size s --noise FILE --caption TEXT --out DIR

`--noise` is a file of 32-bit floats from `gaussianNoise`. Writes `latents.f32` and `frames.rgb`
([T, H, W, 3], 8 bits) to `--out`, and prints the seconds of sampling and decoding, the fastest of
`--repeats`.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from data import padded
from export import Decoding, Text, rounded
from fit import load_checkpoint
from train import Model, scale_path
from vae import VAE
from words import ids_of


def main():
    parser = argparse.ArgumentParser()
    for name in ("weights", "model", "size", "noise", "caption", "out"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--guidance", type=float, default=3)
    parser.add_argument("--shift", type=float, default=3)
    parser.add_argument("--solver", choices=["euler", "adams"], default="adams")
    parser.add_argument("--side", type=int, default=16)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    weights = Path(options.weights)
    load = lambda name: load_checkpoint(weights / f"{name}.pt")["ema"]
    vae, model = VAE(), Model(options.size)
    vae.load_state_dict(load("vae"))
    model.load_state_dict(load(options.model))
    scale = torch.load(scale_path(weights / "vae.pt"), weights_only=True)
    device = options.device
    dit = rounded(model).dit.to(device).eval()
    text, velocity = Text(dit.text), guided(dit)
    decoding = Decoding(rounded(vae), scale).to(device).eval()
    noise = torch.from_numpy(np.fromfile(options.noise, dtype=np.float32).copy())
    noise = noise.reshape(1, 16, -1, options.side, options.side).to(device)
    ids = padded([torch.tensor(ids_of(options.caption))])[0].to(device)
    fastest = None
    with torch.inference_mode():
        for _ in range(options.repeats):
            began = time.perf_counter()
            latents = sample(velocity, noise, text(ids), options)
            sampled = time.perf_counter()
            frames = decoding(latents)
            frames = frames.cpu()
            seconds = {"sample": sampled - began, "decode": time.perf_counter() - sampled}
            if fastest is None or sum(seconds.values()) < sum(fastest.values()):
                fastest = seconds
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    latents.cpu().numpy().tofile(out / "latents.f32")
    frames.numpy().tofile(out / "frames.rgb")
    print(json.dumps({"seconds": fastest, "threads": torch.get_num_threads()}), flush=True)


def guided(dit):
    """The guided velocity of one clip, evaluating both conditions as one batch."""

    def velocity(latents, time, text, guidance):
        cond, uncond = dit(latents.expand(2, -1, -1, -1, -1), time.expand(2), text).chunk(2)
        return uncond + guidance * (cond - uncond)

    return velocity


def sample(velocity, latents, text, options):
    shifted = lambda u: options.shift * u / (1 + (options.shift - 1) * u)
    timesteps = [shifted(1 - i / options.steps) for i in range(options.steps + 1)]
    guidance = torch.tensor(options.guidance, device=latents.device)
    previous = None
    for time, to in zip(timesteps, timesteps[1:]):
        current = velocity(latents, torch.tensor([time], device=latents.device), text, guidance)
        step, direction = to - time, current
        if options.solver == "adams" and previous is not None:
            direction = current + step / (2 * (time - previous[0])) * (current - previous[1])
        latents, previous = latents + step * direction, (time, current)
    return latents


if __name__ == "__main__":
    main()
