"""The transformer's guided velocity as it is exported: the same numbers with less work.

Both conditions are evaluated as one batch. They are identical until the first block's cross-attention,
and cross-attention to the null text is the same for all tokens: neither is computed twice. Norms and
rotations become the runtime's fused operators, where an export would leave a dozen small ones each;
attention is not fused, because the fused operator is slower here on a CPU and wrong on some WebGPU
devices.
"""

import torch
import torch.nn.functional as F
from torch import nn

from dit import PATCH, rotations


def typed(found, x):
    """With the type of x but dynamic sizes: those of the traced clip would otherwise be fixed."""
    rank = x.type().dim()
    return found.setType(x.type() if rank is None else x.type().with_sizes([None] * rank))


class Normed(torch.autograd.Function):
    """Layer norm with gain and shift from the time embedding."""

    @staticmethod
    def forward(ctx, x, gain, shift):
        return F.layer_norm(x, x.shape[-1:], eps=1e-6) * gain + shift

    @staticmethod
    def symbolic(g, x, gain, shift):
        found = g.op("LayerNormalization", x, gain, shift, axis_i=-1, epsilon_f=1e-6)
        return typed(found, x)


class RootMeanSquare(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, gain):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * gain

    @staticmethod
    def symbolic(g, x, gain):
        found = g.op("SimplifiedLayerNormalization", x, gain, axis_i=-1, epsilon_f=1e-6)
        return typed(found, x)


class Rotated(torch.autograd.Function):
    """Rotary position embedding of [clips, tokens, width] by tables [tokens, half a head]."""

    @staticmethod
    def forward(ctx, x, first, cos, sin, heads):
        a, b = x.unflatten(-1, (heads, 2, -1)).unbind(-2)
        cos, sin = cos[:, None], sin[:, None]
        return torch.stack([a * cos - b * sin, a * sin + b * cos], -2).flatten(-3)

    @staticmethod
    def symbolic(g, x, first, cos, sin, heads):
        found = g.op("com.microsoft::RotaryEmbedding", x, first, cos, sin, num_heads_i=heads)
        return typed(found, x)


def attend(q, k, v, heads):
    """Attention of q [clips, tokens, width] to k, v [clips or 1, any, width]: [clips · tokens, width]."""
    q, k, v = (x.unflatten(-1, (heads, -1)).transpose(1, 2) for x in (q, k, v))
    weights = torch.softmax((q * q.shape[-1] ** -0.5) @ k.transpose(2, 3), -1)
    return (weights @ v).transpose(1, 2).flatten(2).flatten(0, 1)


class Velocity(nn.Module):
    """Guided velocities of clips with one caption."""

    def __init__(self, dit, frames=5, side=16):
        super().__init__()
        self.dit, self.width = dit, dit.first.out_features
        rows = side // PATCH
        self.tokens = frames * rows * rows
        cos, sin = rotations(frames, rows, rows, dit.half)
        self.register_buffer("cos", cos)
        self.register_buffer("sin", sin)
        self.register_buffer("start", torch.zeros(1, dtype=torch.long))

    def forward(self, latents, time, text, guidance):
        """Velocities of latents [clips, C, t, h, w] at one time [1] from 0 to 1, with encoded text
        [2, words, width]: the caption's states, and the null text."""
        dit = self.dit
        clips, channels, frames, high, wide = latents.shape
        rows, columns = high // PATCH, wide // PATCH
        x = latents.reshape(clips, channels, frames, rows, PATCH, columns, PATCH)
        x = x.permute(0, 2, 3, 5, 1, 4, 6).reshape(-1, channels * PATCH**2)
        x = dit.first(x)
        embedded = dit.embedded(time)
        each = dit.time_out(F.silu(embedded)).unflatten(-1, (6, -1))[0]
        for i, block in enumerate(dit.blocks):
            shift1, scale1, gate1, shift2, scale2, gate2 = (block.modulation + each).unbind(0)
            inner = Normed.apply(x, 1 + scale1, shift1)
            q, k, v = self.by_clip(block.qkv(inner)).split(self.width, -1)
            q, k = self.rotated(block.norm_q, q, block), self.rotated(block.norm_k, k, block)
            x = x + gate1 * block.out(attend(q, k, v, block.heads))
            cond, uncond = (x, x) if i == 0 else x.chunk(2)
            cond = cond + block.cross_out(self.cross_attended(block, cond, text[0]))
            null_value = block.cross_kv(text[1, :1])[:, self.width :]
            x = torch.cat([cond, uncond + block.cross_out(null_value)])
            inner = block.wide(Normed.apply(x, 1 + scale2, shift2))
            x = x + gate2 * block.narrow(F.gelu(inner, approximate="tanh"))
        shift, scale = (dit.modulation + embedded[0]).unbind(0)
        cond, uncond = dit.last(Normed.apply(x, 1 + scale, shift)).chunk(2)
        x = uncond + guidance * (cond - uncond)
        x = x.reshape(clips, frames, rows, columns, channels, PATCH, PATCH)
        return x.permute(0, 4, 1, 2, 5, 3, 6).reshape(latents.shape)

    def by_clip(self, x):
        return x.unflatten(0, (-1, self.tokens))

    def rotated(self, norm, x, block):
        return Rotated.apply(
            RootMeanSquare.apply(x, norm.gain), self.start, self.cos, self.sin, block.heads
        )

    def cross_attended(self, block, x, text):
        """Cross-attention of tokens to the caption's states [words, width]."""
        # Two-dimensional, as everywhere: the export stores a weight once per rank of its inputs.
        k, v = block.cross_kv(text).split(self.width, -1)
        q = RootMeanSquare.apply(block.cross_q(block.norm2(x)), block.cross_norm_q.gain)
        k = RootMeanSquare.apply(k, block.cross_norm_k.gain)
        return attend(self.by_clip(q), k[None], v[None], block.heads)
