"""Times an evaluation of Wan's transformer with PyTorch, as the reference for `bench wan`.

    python wan_torch.py --config FILE --weights FILE --in DIR --size 5,32,32 --timestep 700

`--in` is a folder with `latents.f32` and `text.f32`, to which `velocity.f32` is written. Attention is
torch.nn.functional.scaled_dot_product_attention, as called by Diffusers. Prints a line of JSON.
"""

import argparse
import json
import resource
import time
from pathlib import Path

import numpy as np
import torch
from accelerate import init_empty_weights
from diffusers import WanTransformer3DModel
from safetensors.torch import load_file

TEXT_ROWS = 512


def main():
    parser = argparse.ArgumentParser()
    for name in ("config", "weights", "in", "size"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--timestep", type=float, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", choices=["float32", "bfloat16", "float16"], default="float32")
    parser.add_argument("--repeats", type=int, default=1)
    options = parser.parse_args()
    device, dtype = options.device, getattr(torch, options.dtype)
    folder = Path(getattr(options, "in"))
    config = json.loads(Path(options.config).read_text())
    # Buffers such as rotary tables are computed; only the parameters in the file stay empty.
    with init_empty_weights(include_buffers=False):
        model = WanTransformer3DModel(**config)
    model.load_state_dict(load_file(options.weights, device=device), assign=True)
    model = model.to(device, dtype).eval()
    read = lambda name, shape: torch.from_numpy(
        np.fromfile(folder / f"{name}.f32", dtype=np.float32).reshape(shape)
    ).to(device, dtype)
    frames, height, width = (int(part) for part in options.size.split(","))
    latents = read("latents", (1, config["in_channels"], frames, height, width))
    text = read("text", (1, TEXT_ROWS, config["text_dim"]))
    timestep = torch.tensor([options.timestep], device=device)
    seconds = []
    with torch.no_grad():
        # The first evaluation selects the fastest kernels and is not counted.
        for _ in range(1 + options.repeats):
            began = time.perf_counter()
            velocity = model(latents, timestep, text, return_dict=False)[0]
            if device == "cuda":
                torch.cuda.synchronize()
            seconds.append(time.perf_counter() - began)
    velocity.float().cpu().numpy().tofile(folder / "velocity.f32")
    peak = (
        torch.cuda.max_memory_allocated()
        if device == "cuda"
        else 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    )
    print(json.dumps({"seconds": seconds[1:], "peak_bytes": peak, "threads": torch.get_num_threads()}))


if __name__ == "__main__":
    main()
