"""PyTorch's noise, and sampling from it with Diffusers' schedulers and as MicroVerse does.

    python sampling.py --out DIR

Writes `noise-SEED-LENGTH.f32`, the bytes of torch.randn, and `sampling.json`: the processor's
capability, on which PyTorch's last bits depend, schedules, and complete trajectories of the velocity
below. The schedulers are Diffusers'; MicroVerse's sampling is reimplemented from its formulas.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from diffusers import FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler

SEEDS = [0, 42]
LENGTHS = [1, 15, 16, 17, 1000, 16 * 5 * 8 * 8]
STEPS = [1, 2, 3, 10, 20, 50]
SHIFTS = [1.0, 3.0, 5.0, 8.0]
TRAJECTORIES = [10, 20]
SHAPE = [2, 1, 3, 4]
SEED, SHIFT, GUIDANCE = 42, 5.0, 5.0
# The settings of Wan's scheduler_config.json.
UNIPC = dict(prediction_type="flow_prediction", use_flow_sigmas=True, solver_order=2,
             solver_type="bh2", predict_x0=True, lower_order_final=True, final_sigmas_type="zero")


class UniPCOnGpu(UniPCMultistepScheduler):
    """The scheduler as on a GPU, where bfloat16 is mostly used: there σ, a scalar on the CPU, multiplies
    the velocity as a 32-bit float. On the CPU it does so only as the right operand."""

    def convert_model_output(self, model_output, *args, sample=None, **kwargs):
        return sample - model_output * self.sigmas[self.step_index]


def velocity(latents, timestep, condition):
    """Smooth in both arguments, with only operations that round alike everywhere."""
    x = latents.to(torch.float64)
    t = float(timestep) / 1000
    pull = 0.3 if condition == "prompt" else -0.2
    return (x * (0.4 + 0.5 * t) - x * x * x / (1 + x * x) + pull * (1 - t * t)).to(latents.dtype)


def guided(latents, timestep):
    cond, uncond = (velocity(latents, timestep, c) for c in ("prompt", "negative_prompt"))
    return uncond + GUIDANCE * (cond - uncond)


def noise():
    return torch.randn(SHAPE, generator=torch.Generator("cpu").manual_seed(SEED))


def microverse_sigmas(steps, shift):
    even = torch.linspace(1.0, 0.0, steps + 1)[:-1]
    return shift * even / (1 + (shift - 1) * even)


def microverse(steps, dtype):
    """MicroVerse's loop, in which the velocity's factor is a 32-bit scalar on the CPU."""
    sigmas = microverse_sigmas(steps, SHIFT)
    latents, path = noise().to(dtype), []
    for i, timestep in enumerate(sigmas * 1000):
        end = sigmas[i + 1] if i + 1 < steps else 0
        latents = latents + guided(latents, timestep.to(dtype)) * (end - sigmas[i])
        path.append(latents)
    return path


def diffusers(scheduler, dtype):
    """Diffusers' loop: latents are 32-bit floats, the network computes in `dtype`."""
    latents, path = noise()[None], []
    for timestep in scheduler.timesteps:
        output = guided(latents.to(dtype), timestep)
        latents = scheduler.step(output, timestep, latents, return_dict=False)[0]
        path.append(latents)
    return path


def euler_scheduler(steps, shift):
    scheduler = FlowMatchEulerDiscreteScheduler(shift=shift)
    scheduler.set_timesteps(sigmas=np.linspace(1, 0, steps + 1)[:-1])
    return scheduler


def unipc_scheduler(steps, shift, kind=UniPCMultistepScheduler):
    scheduler = kind(flow_shift=shift, **UNIPC)
    scheduler.set_timesteps(steps)
    return scheduler


def numbers(values):
    return values.to(torch.float64).flatten().tolist()


def schedules():
    for steps in STEPS:
        for shift in SHIFTS:
            sigmas = microverse_sigmas(steps, shift)
            yield dict(solver="microverse", steps=steps, shift=shift, sigmas=numbers(sigmas) + [0],
                       timesteps=numbers(sigmas * 1000),
                       rounded=numbers((sigmas * 1000).to(torch.bfloat16)))
            for name, make in (("euler", euler_scheduler), ("unipc", unipc_scheduler)):
                scheduler = make(steps, shift)
                yield dict(solver=name, steps=steps, shift=shift, sigmas=numbers(scheduler.sigmas),
                           timesteps=numbers(scheduler.timesteps))


def trajectories():
    for steps in TRAJECTORIES:
        paths = {
            ("euler", "none"): diffusers(euler_scheduler(steps, SHIFT), torch.float32),
            ("euler", "bf16"): microverse(steps, torch.bfloat16),
            ("unipc", "none"): diffusers(unipc_scheduler(steps, SHIFT), torch.float32),
            ("unipc", "bf16"): diffusers(unipc_scheduler(steps, SHIFT, UniPCOnGpu),
                                         torch.bfloat16),
        }
        for (solver, rounding), path in paths.items():
            yield dict(solver=solver, rounding=rounding, steps=steps, shift=SHIFT, seed=SEED,
                       guidance=GUIDANCE, shape=SHAPE, latents=[numbers(x) for x in path])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for seed in SEEDS:
        for length in LENGTHS:
            generator = torch.Generator("cpu").manual_seed(seed)
            drawn = torch.randn(length, generator=generator).numpy().astype("<f4")
            (out / f"noise-{seed}-{length}.f32").write_bytes(drawn.tobytes())
    (out / "sampling.json").write_text(json.dumps(dict(
        capability=torch.backends.cpu.get_cpu_capability(),
        noise=[dict(seed=seed, length=length) for seed in SEEDS for length in LENGTHS],
        schedules=list(schedules()),
        trajectories=list(trajectories()),
    )))


if __name__ == "__main__":
    main()
