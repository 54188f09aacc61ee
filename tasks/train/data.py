"""Clips and captions of a set made by `deno task dataset`."""

import json
from pathlib import Path

import av
import numpy as np
import torch

from words import BUCKETS, ids_of


class Clips:
    """The clips of one split: frames as uint8 [clips, T, H, W, 3], decoded once and kept beside
    them, and captions as rows of pieces."""

    def __init__(self, folder, split):
        self.folder = Path(folder) / split
        entries = json.loads((self.folder / "metadata.json").read_text())
        if not entries:
            raise SystemExit(f"Cannot train: {self.folder / 'metadata.json'} names no clip")
        self.names = [entry["video"] for entry in entries]
        self.captions = [entry["prompt"] for entry in entries]
        self.ids = [torch.tensor(ids_of(caption)) for caption in self.captions]
        self.frames = self._frames()

    def __len__(self):
        return len(self.names)

    def _frames(self):
        first = decode(self.folder / self.names[0])
        listed = self.folder / "frames.json"
        kept = self.folder / "frames.npy"
        if kept.exists() and listed.exists() and json.loads(listed.read_text()) == self.names:
            return np.load(kept, mmap_mode="r")
        frames = np.lib.format.open_memmap(
            kept, mode="w+", dtype=np.uint8, shape=(len(self), *first.shape)
        )
        for i, name in enumerate(self.names):
            clip = decode(self.folder / name)
            if clip.shape != first.shape:
                raise SystemExit(
                    f"Cannot train: {self.folder / name} is {clip.shape[::-1]}, the first clip "
                    f"{first.shape[::-1]}; all must be alike"
                )
            frames[i] = clip
        frames.flush()
        listed.write_text(json.dumps(self.names))
        return frames

    def video(self, chosen, crop=None, generator=None):
        """Frames [clips, 3, T, H, W] of -1 to 1; squares of `crop` pixels, each at a random place."""
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
        """Rows of pieces [clips, words, pieces] and a mask of the words that are there."""
        return padded([self.ids[i] for i in chosen])


def disturbed(row, share):
    """Words [words, pieces] as a stranger may put them: a share of them left out, and as many
    replaced by words that mean nothing here, so that no word is relied on alone."""
    if share == 0:
        return row
    fate = torch.rand(len(row))
    strange = torch.randint(1, BUCKETS, row.shape) * (row > 0)
    row = torch.where((fate < share)[:, None], strange, row)
    stays = fate < 1 - share
    return row[stays] if stays.any() else row


def padded(rows):
    longest = max(len(row) for row in rows)
    ids = torch.zeros(len(rows), longest, rows[0].shape[1], dtype=torch.long)
    mask = torch.zeros(len(rows), longest, dtype=torch.bool)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = row
        mask[i, : len(row)] = True
    return ids, mask


def decode(path):
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])
