"""A causal video VAE, Wan's architecture at a small size, that compresses rows, columns and frames by 8.

Frames are part of the batch, so that every convolution is two-dimensional: spatial ones see one
frame, temporal ones a frame and the two before it. The VAE is causal: the first frame has its own
latent frame, and each further latent frame encodes eight frames.
"""

import torch
import torch.nn.functional as F
from torch import nn

# Side of the patches that pixels are unshuffled into.
PATCH = 4
CHANNELS = 16
WIDTHS = (64, 128)


class Norm(nn.Module):
    """RMSNorm over the channels of each pixel, independent of frames and positions."""

    def __init__(self, width):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(width, 1, 1))

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-6) * self.gain


class TimeConv(nn.Module):
    """A causal temporal convolution: a frame and the two before it, pixel by pixel."""

    def __init__(self, into, out):
        super().__init__()
        self.mix = nn.Conv2d(3 * into, out, 1)

    def forward(self, x, frames):
        clips = x.unflatten(0, (-1, frames))
        before = F.pad(clips, (0, 0, 0, 0, 0, 0, 2, 0))
        near = torch.cat([before[:, :-2], before[:, 1:-1], clips], 2)
        return self.mix(near.flatten(0, 1))


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.norm2 = Norm(width), Norm(width)
        self.space = nn.Conv2d(width, width, 3, padding=1)
        self.time = TimeConv(width, width)

    def forward(self, x, frames):
        inner = self.space(F.silu(self.norm1(x)))
        return x + self.time(F.silu(self.norm2(inner)), frames)


class FewerFrames(nn.Module):
    """Temporal downsampling to every second frame, from the first: T to (T + 1) / 2."""

    def __init__(self, width):
        super().__init__()
        self.time = TimeConv(width, width)

    def forward(self, x, frames):
        x = x + self.time(x, frames)
        return x.unflatten(0, (-1, frames))[:, ::2].flatten(0, 1), (frames + 1) // 2


class MoreFrames(nn.Module):
    """Temporal upsampling to two frames for each but the first: T to 2T - 1."""

    def __init__(self, width):
        super().__init__()
        self.time = TimeConv(width, 2 * width)

    def forward(self, x, frames):
        pairs = self.time(x, frames).unflatten(1, (2, -1)).unflatten(0, (-1, frames))
        # [clips, T, 2, ...] in temporal order; the first frame of the first pair is dropped.
        pairs = pairs + x.unflatten(0, (-1, frames)).unsqueeze(2)
        return pairs.flatten(1, 2)[:, 1:].flatten(0, 1), 2 * frames - 1


def fewer_channels(x, out):
    """Averages groups of neighbouring channels."""
    return x.unflatten(1, (out, -1)).mean(2)


def more_channels(x, out):
    """Repeats every channel."""
    return x.unsqueeze(2).expand(-1, -1, out // x.shape[1], -1, -1).flatten(1, 2)


class Smaller(nn.Module):
    """Spatial downsampling by 2, with a non-parametric shortcut so that the convolution learns only the
    residual (Chen et al., Deep Compression Autoencoder, 2025)."""

    def __init__(self, into, out):
        super().__init__()
        self.out = out
        self.space = nn.Conv2d(into, out, 3, stride=2, padding=1)

    def forward(self, x):
        return self.space(x) + fewer_channels(F.pixel_unshuffle(x, 2), self.out)


class Larger(nn.Module):
    """Spatial upsampling by 2, with the same kind of shortcut."""

    def __init__(self, into, out):
        super().__init__()
        self.out = out
        self.space = nn.Conv2d(into, 4 * out, 3, padding=1)

    def forward(self, x):
        return F.pixel_shuffle(self.space(x) + more_channels(x, 4 * self.out), 2)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        small, large = WIDTHS
        self.first = nn.Conv2d(3 * PATCH**2, small, 3, padding=1)
        self.fine = Block(small)
        self.down = Smaller(small, large)
        self.fewer = nn.ModuleList([FewerFrames(small), FewerFrames(large), FewerFrames(large)])
        self.blocks = nn.ModuleList([Block(large), Block(large), Block(large)])
        self.norm = Norm(large)
        self.last = nn.Conv2d(large, 2 * CHANNELS, 1)
        # Start with a low variance: with noisy latents, the decoder would learn little at first.
        nn.init.constant_(self.last.bias[CHANNELS:], -6)

    def forward(self, video):
        """Frames [clips, 3, T, H, W] in -1 to 1 to mean and log variance, [clips, C, t, h, w]."""
        clips, _, frames = video.shape[:3]
        x = F.pixel_unshuffle(video.transpose(1, 2).flatten(0, 1), PATCH)
        x = self.fine(self.first(x), frames)
        x, frames = self.fewer[0](x, frames)
        x = self.blocks[0](self.down(x), frames)
        for fewer, block in zip(self.fewer[1:], self.blocks[1:]):
            x, frames = fewer(x, frames)
            x = block(x, frames)
        mean, log_variance = self.last(F.silu(self.norm(x))).chunk(2, 1)
        mean = mean + fewer_channels(x, CHANNELS)
        return [y.unflatten(0, (clips, frames)).transpose(1, 2) for y in (mean, log_variance)]


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        small, large = WIDTHS
        self.large = large
        self.first = nn.Conv2d(CHANNELS, large, 3, padding=1)
        self.blocks = nn.ModuleList([Block(large), Block(large), Block(large)])
        self.more = nn.ModuleList([MoreFrames(large), MoreFrames(large), MoreFrames(small)])
        self.up = Larger(large, small)
        self.fine = nn.ModuleList([Block(small), Block(small)])
        self.norm = Norm(small)
        self.last = nn.Conv2d(small, 3 * PATCH**2, 3, padding=1)
        self.plain = nn.Conv2d(small, 3 * PATCH**2, 1)

    def forward(self, latents):
        """Latents [clips, C, t, h, w] to frames [clips, 3, T, H, W] of approximately -1 to 1."""
        clips, _, frames = latents.shape[:3]
        x = latents.transpose(1, 2).flatten(0, 1)
        x = self.blocks[0](self.first(x) + more_channels(x, self.large), frames)
        for more, block in zip(self.more[:2], self.blocks[1:]):
            x, frames = more(x, frames)
            x = block(x, frames)
        x, frames = self.more[2](self.up(x), frames)
        for block in self.fine:
            x = block(x, frames)
        x = self.plain(x) + self.last(F.silu(self.norm(x)))
        return F.pixel_shuffle(x, PATCH).unflatten(0, (clips, frames)).transpose(1, 2)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = Encoder(), Decoder()

    def forward(self, video, latent_noise=0.0):
        """The reconstruction, and the KL divergence of the latents from a standard normal. Noise of up
        to `latent_noise` of their channels' deviations is added to a clip's latents, so that the
        decoder becomes robust to the transformer's errors."""
        mean, log_variance = self.encoder(video)
        log_variance = log_variance.clamp(-20, 6)
        drawn = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        if latent_noise:
            scale = latent_noise * torch.rand(len(mean), 1, 1, 1, 1, device=mean.device)
            deviation = mean.detach().std((0, 2, 3, 4), keepdim=True)
            drawn = drawn + scale * deviation * torch.randn_like(mean)
        divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
        return self.decoder(drawn), divergence


def reconstruction_loss(reconstruction, video):
    """L1 and L2 losses of frames, and L1 losses of their spatial and temporal gradients: small objects
    and their motion cover few pixels, which a plain difference would neglect."""
    difference = (reconstruction - video).abs()
    edges = sum(
        (reconstruction.diff(dim=axis) - video.diff(dim=axis)).abs().mean() for axis in (2, 3, 4)
    )
    return difference.mean() + difference.square().mean() + edges
