"""Clips and captions of a data set made by `deno task dataset`."""

import json
from pathlib import Path

import av
import numpy as np
import torch

from words import BUCKETS, ids_of


class Clips:
    """The clips of one split: frames as uint8 [clips, T, H, W, 3], decoded once and cached next to
    the clips, and tokenized captions."""

    def __init__(self, folder, split):
        self.folder = Path(folder) / split
        entries = json.loads((self.folder / "metadata.json").read_text())
        if not entries:
            raise SystemExit(f"Cannot train: {self.folder / 'metadata.json'} lists no clips")
        self.names = [entry["video"] for entry in entries]
        self.captions = [entry["prompt"] for entry in entries]
        self.ids = [torch.tensor(ids_of(caption)) for caption in self.captions]
        self.frames = self._frames()

    def __len__(self):
        return len(self.names)

    def _frames(self):
        first = decode(self.folder / self.names[0])
        listed = self.folder / "frames.json"
        cached = self.folder / "frames.npy"
        if cached.exists() and listed.exists() and json.loads(listed.read_text()) == self.names:
            return np.load(cached, mmap_mode="r")
        frames = np.lib.format.open_memmap(
            cached, mode="w+", dtype=np.uint8, shape=(len(self), *first.shape)
        )
        for i, name in enumerate(self.names):
            clip = decode(self.folder / name)
            if clip.shape != first.shape:
                raise SystemExit(
                    f"Cannot train: {self.folder / name} is {clip.shape[::-1]}, the first clip "
                    f"{first.shape[::-1]}; all clips must have the same size"
                )
            frames[i] = clip
        frames.flush()
        listed.write_text(json.dumps(self.names))
        return frames

    def video(self, chosen, crop=None, generator=None):
        """Frames [clips, 3, T, H, W] in -1 to 1; random crops of `crop` × `crop` pixels, if given."""
        clips = []
        for i in chosen:
            clip = torch.from_numpy(np.array(self.frames[i]))
            if crop is not None:
                high, wide = clip.shape[1:3]
                top = int(torch.randint(high - crop + 1, (), generator=generator))
                left = int(torch.randint(wide - crop + 1, (), generator=generator))
                clip = clip[:, top : top + crop, left : left + crop]
            clips.append(clip)
        return torch.stack(clips).permute(0, 4, 1, 2, 3).float() / 127.5 - 1

    def text(self, chosen):
        """Padded piece ids [clips, words, pieces], and a mask that is true for words."""
        return padded([self.ids[i] for i in chosen])


def corrupted(ids, rate):
    """Word corruption, an augmentation against relying on single words: each word of a caption
    [words, pieces] is dropped with probability `rate`, and replaced by random pieces with the same
    probability."""
    if rate == 0:
        return ids
    u = torch.rand(len(ids))
    random_words = torch.randint(1, BUCKETS, ids.shape) * (ids > 0)
    ids = torch.where((u < rate)[:, None], random_words, ids)
    remaining = u < 1 - rate
    return ids[remaining] if remaining.any() else ids


def padded(captions):
    longest = max(len(ids) for ids in captions)
    batch = torch.zeros(len(captions), longest, captions[0].shape[1], dtype=torch.long)
    mask = torch.zeros(len(captions), longest, dtype=torch.bool)
    for i, ids in enumerate(captions):
        batch[i, : len(ids)] = ids
        mask[i, : len(ids)] = True
    return batch, mask


def decode(path):
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])
