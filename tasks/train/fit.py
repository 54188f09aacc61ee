"""One training loop for every stage: seeded, resumable, over any number of devices."""

import json
import math
import os
import time
from pathlib import Path

import torch
from accelerate import Accelerator

SAVE_EVERY_S = 60
REPORT_EVERY = 25
# The running average of weights reaches back over one part in so many of all steps.
AVERAGED = 20


def fit(stage, model, loss, check, *, out, steps, rate, seed, precision):
    """Trains `model` for `steps` and leaves `<out>/<stage>.pt` with the running average of its
    weights. A stage that was interrupted goes on from its last checkpoint; a finished one returns at
    once. A line of JSON is printed for every report.

    loss(model, step, share) gives the loss of a step's own batch: all that is random in it comes
    from torch's generator, which is seeded for each step and device, so that a resumed run sees what
    an uninterrupted one does. check(model) gives the loss on clips that are not trained on. With a
    `precision` of "bf16", products of matrices are taken in 16 bits; weights stay in 32.
    """
    accelerator = Accelerator(mixed_precision=precision)
    path = Path(out) / f"{stage}.pt"
    path.parent.mkdir(parents=True, exist_ok=True)
    optimizers = optimizers_of(model, rate)
    kept = {name: value.detach().clone() for name, value in model.state_dict().items()}
    done = 0
    if path.exists():
        state = torch.load(path, map_location="cpu", weights_only=True)
        if state["steps"] != steps or state["seed"] != seed:
            raise SystemExit(
                f"Cannot go on with {path}: it was begun for {state['steps']} steps and seed "
                f"{state['seed']}; expected {steps} and {seed}. Remove it to begin anew"
            )
        kept, done = state["kept"], state["step"]
        if done == steps:
            return kept
        model.load_state_dict(state["model"])
        for optimizer, own in zip(optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(own)
    model, *optimizers = accelerator.prepare(model, *optimizers)
    bare = accelerator.unwrap_model(model)
    kept = {name: value.to(accelerator.device) for name, value in kept.items()}
    saved = time.time()

    def save(step):
        if not accelerator.is_main_process:
            return
        state = {
            "step": step,
            "steps": steps,
            "seed": seed,
            "kept": {name: value.cpu() for name, value in kept.items()},
            "model": bare.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in optimizers],
        }
        torch.save(state, path.with_suffix(".part"))
        os.replace(path.with_suffix(".part"), path)

    total, counted = 0.0, 0
    for step in range(done, steps):
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate * schedule(step, steps)
        torch.manual_seed(seed * 1_000_003 + step * 1_009 + accelerator.process_index)
        found = loss(model, step, accelerator)
        accelerator.backward(found)
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad()
        weight = min(max(0, 1 - AVERAGED / steps), (step + 1) / (step + 10))
        with torch.no_grad():
            for name, value in bare.state_dict().items():
                kept[name].lerp_(value, 1 - weight) if value.is_floating_point() else None
        total, counted = total + float(found.detach()), counted + 1
        last = step + 1 == steps
        if (step + 1) % REPORT_EVERY == 0 or last:
            accelerator.wait_for_everyone()
            if accelerator.is_main_process:
                now = {name: value.clone() for name, value in bare.state_dict().items()}
                held = None
                if (step + 1) % (20 * REPORT_EVERY) == 0 or last:
                    bare.load_state_dict(kept)
                    bare.eval()
                    torch.manual_seed(seed)
                    with torch.no_grad():
                        held = float(check(bare, accelerator))
                    bare.train()
                    bare.load_state_dict(now)
                row = {
                    "stage": stage,
                    "step": step + 1,
                    "steps": steps,
                    "loss": total / counted,
                    "held_out": held,
                    "rate": rate * schedule(step, steps),
                    "device": str(accelerator.device),
                }
                print(json.dumps(row), flush=True)
            total, counted = 0.0, 0
        if last or time.time() - saved > SAVE_EVERY_S:
            save(step + 1)
            saved = time.time()
    return {name: value.cpu() for name, value in kept.items()}


def optimizers_of(model, rate):
    """Muon (Jordan et al., 2024) for the matrices of a transformer's blocks, at AdamW's rate (Liu et
    al., 2025), AdamW for all else."""
    matrices, others = [], []
    for name, value in model.named_parameters():
        inner = value.ndim == 2 and "blocks." in name and name.endswith("weight")
        (matrices if inner else others).append(value)
    found = [torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.99), weight_decay=0.01)]
    if matrices:
        found.append(
            torch.optim.Muon(matrices, lr=rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw")
        )
    return found


def schedule(step, steps):
    """Rises over the first steps, then falls along a cosine to a twentieth."""
    rise = min(1, (step + 1) / max(1, min(200, steps // 10)))
    return rise * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / steps)))
