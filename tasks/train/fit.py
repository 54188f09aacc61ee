"""The training loop of all stages: seeded, resumable, on any number of devices."""

import json
import math
import os
import time
from pathlib import Path

import torch
from accelerate import Accelerator

SAVE_EVERY_S = 60
REPORT_EVERY = 25
# The EMA's time constant is the number of steps divided by this.
EMA_DIVISOR = 20


def fit(stage, model, loss, validate, *, out, steps, learning_rate, seed, precision):
    """Trains `model` for `steps` and saves `<out>/<stage>.pt` with an exponential moving average (EMA)
    of its weights, which it returns. An interrupted stage resumes from its last checkpoint; a finished
    one returns immediately. Each report is printed as a line of JSON.

    loss(model, step, accelerator) is the loss of the step's batch. Its randomness must come from
    torch's generator, which is seeded for each step and process, so that a resumed run is identical to
    an uninterrupted one. validate(model, accelerator) is the validation loss. With a `precision` of
    "bf16", matrix products use bfloat16 (mixed precision); weights stay in 32 bits.
    """
    accelerator = Accelerator(mixed_precision=precision)
    path = Path(out) / f"{stage}.pt"
    path.parent.mkdir(parents=True, exist_ok=True)
    optimizers = optimizers_of(model, learning_rate)
    ema = {name: value.detach().clone() for name, value in model.state_dict().items()}
    done = 0
    if path.exists():
        state = load_checkpoint(path)
        if state["steps"] != steps or state["seed"] != seed:
            raise SystemExit(
                f"Cannot resume {path}: found {state['steps']} steps and seed {state['seed']}; "
                f"expected {steps} and {seed}. Remove it to start over"
            )
        ema, done = state["ema"], state["step"]
        if done == steps:
            return ema
        model.load_state_dict(state["model"])
        for optimizer, optimizer_state in zip(optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(optimizer_state)
    model, *optimizers = accelerator.prepare(model, *optimizers)
    bare = accelerator.unwrap_model(model)
    ema = {name: value.to(accelerator.device) for name, value in ema.items()}
    saved = time.time()

    def save(step):
        if not accelerator.is_main_process:
            return
        state = {
            "step": step,
            "steps": steps,
            "seed": seed,
            "ema": {name: value.cpu() for name, value in ema.items()},
            "model": bare.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in optimizers],
        }
        torch.save(state, path.with_suffix(".part"))
        os.replace(path.with_suffix(".part"), path)

    total, counted = 0.0, 0
    for step in range(done, steps):
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = learning_rate * schedule(step, steps)
        torch.manual_seed(seed * 1_000_003 + step * 1_009 + accelerator.process_index)
        value = loss(model, step, accelerator)
        accelerator.backward(value)
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad()
        total, counted = total + float(value.detach()), counted + 1
        decay = min(max(0, 1 - EMA_DIVISOR / steps), (step + 1) / (step + 10))
        with torch.no_grad():
            for name, weight in bare.state_dict().items():
                ema[name].lerp_(weight, 1 - decay) if weight.is_floating_point() else None
        last = step + 1 == steps
        if (step + 1) % REPORT_EVERY == 0 or last:
            accelerator.wait_for_everyone()
            if accelerator.is_main_process:
                current = {name: weight.clone() for name, weight in bare.state_dict().items()}
                validation_loss = None
                if (step + 1) % (20 * REPORT_EVERY) == 0 or last:
                    bare.load_state_dict(ema)
                    bare.eval()
                    torch.manual_seed(seed)
                    with torch.no_grad():
                        validation_loss = float(validate(bare, accelerator))
                    bare.train()
                    bare.load_state_dict(current)
                row = {
                    "stage": stage,
                    "step": step + 1,
                    "steps": steps,
                    "loss": total / counted,
                    "validation_loss": validation_loss,
                    "learning_rate": learning_rate * schedule(step, steps),
                    "device": str(accelerator.device),
                }
                print(json.dumps(row), flush=True)
            total, counted = 0.0, 0
        if last or time.time() - saved > SAVE_EVERY_S:
            save(step + 1)
            saved = time.time()
    return {name: value.cpu() for name, value in ema.items()}


def load_checkpoint(path):
    """A stage's checkpoint, whose entry `ema` has the averaged weights."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    if "ema" not in state:
        raise SystemExit(f"Cannot use {path}: it is from an older version. Remove it and train again")
    return state


def optimizers_of(model, learning_rate):
    """Muon (Jordan et al., 2024) for the weight matrices of a transformer's blocks, with AdamW's
    learning rate (Liu et al., 2025), and AdamW for all other parameters."""
    matrices, others = [], []
    for name, value in model.named_parameters():
        inner = value.ndim == 2 and "blocks." in name and name.endswith("weight")
        (matrices if inner else others).append(value)
    optimizers = [torch.optim.AdamW(others, lr=learning_rate, betas=(0.9, 0.99), weight_decay=0.01)]
    if matrices:
        optimizers.append(
            torch.optim.Muon(
                matrices, lr=learning_rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"
            )
        )
    return optimizers


def schedule(step, steps):
    """The learning rate's factor: linear warmup, then cosine decay to 5%."""
    warmup = min(1, (step + 1) / max(1, min(200, steps // 10)))
    return warmup * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / steps)))
