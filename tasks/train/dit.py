"""Text encoder and diffusion transformer: Wan's architecture at a small size."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from vae import CHANNELS
from words import BUCKETS, WORDS

SIZES = {
    "s": {"width": 192, "blocks": 4, "heads": 3},
    "l": {"width": 384, "blocks": 4, "heads": 6},
}
# Side of a token's patch, in latents.
PATCH = 2
TEXT_WIDTH = 128
TEXT_BLOCKS = 2
FREQUENCIES = 128


def attend(q, k, v, heads, mask=None):
    q, k, v = (x.unflatten(-1, (heads, -1)).transpose(1, 2) for x in (q, k, v))
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).flatten(2)


class TextEncoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.pieces = nn.Embedding(BUCKETS, TEXT_WIDTH)
        nn.init.normal_(self.pieces.weight, std=0.5)
        self.places = nn.Parameter(0.02 * torch.randn(WORDS, TEXT_WIDTH))
        # The null text of classifier-free guidance; exported files contain the parameter's name.
        self.nothing = nn.Parameter(0.02 * torch.randn(1, width))
        self.blocks = nn.ModuleList([TextBlock() for _ in range(TEXT_BLOCKS)])
        self.out = nn.Linear(TEXT_WIDTH, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, ids, mask=None):
        """Piece ids [captions, words, pieces] to states [captions, words, width]. `mask` is false for
        padding."""
        known = (ids > 0).unsqueeze(-1).to(self.out.weight.dtype)
        x = (self.pieces(ids) * known).sum(2) / known.sum(2).clamp(min=1)
        x = x + self.places[: ids.shape[1]]
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(self.out(x))


class TextBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(TEXT_WIDTH), nn.LayerNorm(TEXT_WIDTH)
        self.qkv = nn.Linear(TEXT_WIDTH, 3 * TEXT_WIDTH)
        self.out = nn.Linear(TEXT_WIDTH, TEXT_WIDTH)
        self.wide = nn.Linear(TEXT_WIDTH, 2 * TEXT_WIDTH)
        self.narrow = nn.Linear(2 * TEXT_WIDTH, TEXT_WIDTH)

    def forward(self, x, mask):
        allowed = None if mask is None else mask[:, None, None]
        q, k, v = self.qkv(self.norm1(x)).chunk(3, -1)
        x = x + self.out(attend(q, k, v, 2, allowed))
        return x + self.narrow(F.gelu(self.wide(self.norm2(x)), approximate="tanh"))


class RMSNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * self.gain


def rotations(frames, rows, columns, half):
    """Rotary position embedding over frames, rows and columns: cosines and sines [tokens, half]. A
    head's channel pairs are divided among the three axes."""
    spaces = [half - 2 * (half // 3), half // 3, half // 3]
    places = torch.meshgrid(
        *(torch.arange(n, dtype=torch.float32) for n in (frames, rows, columns)), indexing="ij"
    )
    angles = [
        place.flatten()[:, None] * 100.0 ** (-torch.arange(n) / n)
        for place, n in zip(places, spaces)
    ]
    angle = torch.cat(angles, 1)
    return angle.cos(), angle.sin()


def rotate(x, heads, turn):
    cos, sin = turn
    a, b = x.unflatten(-1, (heads, 2, -1)).unbind(-2)
    cos, sin = cos[:, None], sin[:, None]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], -2).flatten(-3)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.norm3 = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)
        self.qkv = nn.Linear(width, 3 * width)
        self.norm_q, self.norm_k = RMSNorm(width), RMSNorm(width)
        self.out = nn.Linear(width, width)
        self.cross_q = nn.Linear(width, width)
        self.cross_kv = nn.Linear(width, 2 * width)
        self.cross_norm_q, self.cross_norm_k = RMSNorm(width), RMSNorm(width)
        self.cross_out = nn.Linear(width, width)
        self.wide = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)
        self.modulation = nn.Parameter(torch.randn(6, width) / width**0.5)

    def forward(self, x, time, text, mask, turn):
        shift1, scale1, gate1, shift2, scale2, gate2 = (self.modulation + time).unsqueeze(2).unbind(1)
        inner = self.norm1(x) * (1 + scale1) + shift1
        q, k, v = self.qkv(inner).chunk(3, -1)
        q, k = (rotate(y, self.heads, turn) for y in (self.norm_q(q), self.norm_k(k)))
        x = x + gate1 * self.out(attend(q, k, v, self.heads))
        k, v = self.cross_kv(text).chunk(2, -1)
        q = self.cross_norm_q(self.cross_q(self.norm2(x)))
        x = x + self.cross_out(attend(q, self.cross_norm_k(k), v, self.heads, mask))
        inner = self.norm3(x) * (1 + scale2) + shift2
        return x + gate2 * self.narrow(F.gelu(self.wide(inner), approximate="tanh"))


class DiT(nn.Module):
    def __init__(self, size):
        super().__init__()
        width, blocks, heads = (SIZES[size][name] for name in ("width", "blocks", "heads"))
        self.text = TextEncoder(width)
        self.first = nn.Linear(CHANNELS * PATCH**2, width)
        self.time = nn.Sequential(
            nn.Linear(2 * FREQUENCIES, width), nn.SiLU(), nn.Linear(width, width)
        )
        self.time_out = nn.Linear(width, 6 * width)
        self.blocks = nn.ModuleList([Block(width, heads) for _ in range(blocks)])
        self.norm = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)
        self.modulation = nn.Parameter(torch.randn(2, width) / width**0.5)
        self.last = nn.Linear(width, CHANNELS * PATCH**2)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)
        self.half = width // heads // 2

    def forward(self, latents, time, text, mask=None):
        """Predicts the velocity, noise − clip, of latents [clips, C, t, h, w] at times [clips] from 0
        (clip) to 1 (noise), conditioned on encoded captions [clips, words, width]."""
        clips, channels, frames, high, wide = latents.shape
        rows, columns = high // PATCH, wide // PATCH
        tokens = latents.reshape(clips, channels, frames, rows, PATCH, columns, PATCH)
        tokens = tokens.permute(0, 2, 3, 5, 1, 4, 6).reshape(clips, frames * rows * columns, -1)
        x = self.first(tokens)
        embedded = self.embedded(time)
        each = self.time_out(F.silu(embedded)).unflatten(-1, (6, -1))
        turn = tuple(y.to(x) for y in rotations(frames, rows, columns, self.half))
        allowed = None if mask is None else mask[:, None, None]
        for block in self.blocks:
            x = block(x, each, text, allowed, turn)
        shift, scale = (self.modulation + embedded[:, None]).unsqueeze(2).unbind(1)
        x = self.last(self.norm(x) * (1 + scale) + shift)
        x = x.reshape(clips, frames, rows, columns, channels, PATCH, PATCH)
        return x.permute(0, 4, 1, 2, 5, 3, 6).reshape(latents.shape)

    def embedded(self, time):
        """Timestep embedding [clips, width] of times [clips] from 0 to 1, scaled to 0 to 1000 as in Wan."""
        angles = 1000 * time[:, None] * torch.exp(
            -math.log(10000) * torch.arange(FREQUENCIES, device=time.device) / FREQUENCIES
        )
        return self.time(torch.cat([angles.cos(), angles.sin()], -1))
