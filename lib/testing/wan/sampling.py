"""What torch draws from a seed, and how diffusers' schedulers and MicroVerse's step from it.

    python sampling.py --out DIR

Leaves `noise-SEED-LENGTH.f32`, the bytes of torch.randn, and `sampling.json`: the processor's
capability, on which torch's last bits depend, schedules, and whole trajectories of the velocity below.
The schedulers are diffusers' own; of MicroVerse's sampling, this is what its formulas say, in torch.
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
    """The scheduler as it computes on a GPU, where most of bfloat16 runs: there σ, a scalar on the
    CPU, meets the velocity as a 32-bit float. On the CPU it does so only from the right."""

    def convert_model_output(self, model_output, *args, sample=None, **kwargs):
        return sample - model_output * self.sigmas[self.step_index]


def velocity(latents, timestep, which):
    """Smooth in both, and of operations that every machine rounds alike."""
    x = latents.to(torch.float64)
    t = float(timestep) / 1000
    pull = 0.3 if which == "text" else -0.2
    return (x * (0.4 + 0.5 * t) - x * x * x / (1 + x * x) + pull * (1 - t * t)).to(latents.dtype)


def guided(latents, timestep):
    text, negative = (velocity(latents, timestep, which) for which in ("text", "negative"))
    return negative + GUIDANCE * (text - negative)


def noise():
    return torch.randn(SHAPE, generator=torch.Generator("cpu").manual_seed(SEED))


def microverse_sigmas(steps, shift):
    even = torch.linspace(1.0, 0.0, steps + 1)[:-1]
    return shift * even / (1 + (shift - 1) * even)


def microverse(steps, dtype):
    """MicroVerse's loop: what it multiplies with the velocity is a 32-bit scalar on the CPU."""
    sigmas = microverse_sigmas(steps, SHIFT)
    latents, path = noise().to(dtype), []
    for i, timestep in enumerate(sigmas * 1000):
        end = sigmas[i + 1] if i + 1 < steps else 0
        latents = latents + guided(latents, timestep.to(dtype)) * (end - sigmas[i])
        path.append(latents)
    return path


def diffusers(scheduler, dtype):
    """Diffusers' loop: the latents are 32-bit floats, the network computes in `dtype`."""
    latents, path = noise()[None], []
    for timestep in scheduler.timesteps:
        slope = guided(latents.to(dtype), timestep)
        latents = scheduler.step(slope, timestep, latents, return_dict=False)[0]
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
            own = microverse_sigmas(steps, shift)
            yield dict(solver="microverse", steps=steps, shift=shift, sigmas=numbers(own) + [0],
                       timesteps=numbers(own * 1000),
                       rounded=numbers((own * 1000).to(torch.bfloat16)))
            for name, make in (("euler", euler_scheduler), ("unipc", unipc_scheduler)):
                made = make(steps, shift)
                yield dict(solver=name, steps=steps, shift=shift, sigmas=numbers(made.sigmas),
                           timesteps=numbers(made.timesteps))


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
