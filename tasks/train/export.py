"""Exports trained weights as ONNX.

    python export.py --weights DIR --out DIR --models s-base:s,l-base:l,nano:s

Writes `decoder.onnx` and, for every model, `NAME.onnx` (the guided velocity) and `NAME-text.onnx`.
Weights are stored in 16 bits (the embedding table in 8 bits) and cast when a session is created: the
graphs compute in 32 bits.
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from dit import TextEncoder
from fit import load_checkpoint
from train import Model, scale_path
from vae import VAE
from velocity import Velocity
from words import PIECES

OPSET = 20
# Initializers with fewer values stay in 32 bits, since storing them in 16 saves nothing.
SMALL = 64


class Decoding(torch.nn.Module):
    """Decodes normalised latents of one clip to 8-bit RGB, [T, H, W, 3]."""

    def __init__(self, vae, scale):
        super().__init__()
        self.decoder = vae.decoder
        self.register_buffer("mean", scale["mean"])
        self.register_buffer("deviation", scale["deviation"])

    def forward(self, latents):
        video = self.decoder(latents * self.deviation + self.mean)[0]
        return ((video.permute(1, 2, 3, 0) + 1) * 127.5).clamp(0, 255).round().to(torch.uint8)


class Text(torch.nn.Module):
    """Piece ids of one caption to [2, words, width]: its states, and the null text."""

    def __init__(self, text):
        super().__init__()
        self.text = text

    def forward(self, ids):
        states = self.text(ids)
        return torch.cat([states, self.text.nothing.expand_as(states)])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--models", required=True)
    parser.add_argument("--frames", type=int, default=5)
    parser.add_argument("--side", type=int, default=16)
    parser.add_argument("--fps", type=float, default=12)
    options = parser.parse_args()
    weights, out = Path(options.weights), Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    load = lambda name: load_checkpoint(weights / f"{name}.pt")
    vae = VAE()
    vae.load_state_dict(load("vae")["ema"])
    scale = torch.load(scale_path(weights / "vae.pt"), weights_only=True)
    latents = torch.randn(1, 16, options.frames, options.side, options.side)
    write(Decoding(rounded(vae), scale), (latents,), ["latents"], ["frames"], out / "decoder.onnx")
    for pair in options.models.split(","):
        name, size = pair.split(":")
        model = Model(size)
        model.load_state_dict(load(name)["ema"])
        dit = rounded(model).dit
        ids = torch.randint(1, 100, (1, 7, PIECES))
        dynamic = {
            "ids": {1: "words"},
            "text": {1: "words"},
            "latents": {0: "clips"},
            "velocity": {0: "clips"},
        }
        write(Text(dit.text), (ids,), ["ids"], ["text"], out / f"{name}-text.onnx", dynamic)
        text = torch.randn(2, 7, dit.text.out.out_features)
        write(
            Velocity(dit, options.frames, options.side),
            (latents, torch.tensor([0.5]), text, torch.tensor(3.0)),
            ["latents", "time", "text", "guidance"],
            ["velocity"],
            out / f"{name}.onnx",
            dynamic,
        )
    manifest(out, options, load)
    print(json.dumps({"exported": sorted(path.name for path in out.glob("*.onnx"))}), flush=True)


def manifest(out, options, load):
    """Writes the manifest: shapes, how the models were trained, and the files' hashes."""
    pairs = [pair.split(":") for pair in options.models.split(",")]
    text = {
        "latents": [16, options.frames, options.side, options.side],
        "frames": 8 * (options.frames - 1) + 1,
        "width": 8 * options.side,
        "height": 8 * options.side,
        "fps": options.fps,
        "models": {
            name: {"size": size, "steps": load(name)["step"], "seed": load(name)["seed"]}
            for name, size in pairs
        },
        "vae": {"steps": load("vae")["step"], "seed": load("vae")["seed"]},
        "files": {
            path.name: {
                "bytes": path.stat().st_size,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for path in sorted(out.glob("*.onnx"))
        },
    }
    (out / "models.json").write_text(json.dumps(text, indent=2) + "\n")


def write(module, inputs, names, outputs, path, axes=None):
    module.eval()
    with torch.no_grad():
        torch.onnx.export(
            module,
            inputs,
            str(path),
            input_names=names,
            output_names=outputs,
            dynamic_axes={k: v for k, v in (axes or {}).items() if k in names + outputs},
            opset_version=OPSET,
            custom_opsets={"com.microsoft": 1},
            dynamo=False,
        )
    onnx.save(halved(onnx.load(path)), path)


class Rows(torch.nn.Module):
    """An embedding quantized to 8 bits, with a scale per row."""

    def __init__(self, embedding):
        super().__init__()
        rows = embedding.weight.detach()
        scale = (rows.abs().amax(1, keepdim=True) / 127).half().float().clamp(min=2**-14)
        self.register_buffer("rows", (rows / scale).round().clamp(-127, 127).to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids):
        return self.rows[ids].float() * self.scale[ids]


def rounded(module):
    """The module with weights rounded as exported, to 16 bits and the embedding to 8: the reference
    for exported networks."""
    module = module.half().float()
    for part in module.modules():
        if isinstance(part, TextEncoder):
            part.pieces = Rows(part.pieces)
    return module


def halved(model):
    """Stores the weights in 16 bits, each followed by a Cast that a session folds when it is created.
    Computed tables, which 16 bits cannot represent exactly, are unchanged."""
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < SMALL:
            continue
        values = numpy_helper.to_array(tensor)
        if not np.array_equal(values, values.astype(np.float16).astype(np.float32)):
            continue
        name = tensor.name
        half = numpy_helper.from_array(values.astype(np.float16), f"{name}.half")
        tensor.CopyFrom(half)
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = casts + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)
    model.producer_name, model.producer_version, model.doc_string = "microverse", "", ""
    return model


if __name__ == "__main__":
    main()
