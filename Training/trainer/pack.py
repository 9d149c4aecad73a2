"""Training photos in one file of small pictures, and the split into what is trained on and what is held out."""

import hashlib
import io
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps

from .sources import Photo, read_catalog, read_map, read_street

#: Width and height that catalog photos are kept at, and the side of the square that street photos are kept in.
CATALOG_SIZE = (60, 80)
STREET_SIDE = 224

#: How near to white (0...255) a pixel is that may be background.
WHITE = 236


def decode(data, side=None):
    """A picture as it is to be looked at: RGB, turned as its EXIF says, on white where it is transparent.

    side: a JPEG whose shorter side is at least twice this is decoded at n/8 of its size, as the server does.
    """
    image = Image.open(io.BytesIO(data))
    if side and image.format == "JPEG" and min(image.size) >= 2 * side:
        eighths = next(n for n in range(1, 9) if -(-min(image.size) * n // 8) >= side)
        if eighths in (1, 2, 4):
            image.draft("RGB", (image.width * eighths // 8, image.height * eighths // 8))
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "P"):
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def shrink(image, size, colour="white"):
    """A picture within `size` in its own proportions, never enlarged beyond it; the rest is filled.

    Returns (uint8 of height x width x 3, (x, y, width, height) of the picture in it).
    """
    scale = min(size[0] / image.width, size[1] / image.height)
    width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    if (width, height) != image.size:
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    x, y = (size[0] - width) // 2, (size[1] - height) // 2
    canvas = Image.new("RGB", size, colour)
    canvas.paste(image, (x, y))
    return np.asarray(canvas), (x, y, width, height)


def background(pictures, chunk=256):
    """Where white-background products stand before white: flood fill from the borders through what is nearly white.

    Sweeps of whole rows and columns in the four directions, until none reaches further.
    pictures: uint8 of n x height x width x 3. Returns bool of n x height x width, True in the background.
    """
    result = np.zeros(pictures.shape[:3], bool)
    for start in range(0, len(pictures), chunk):
        white = pictures[start : start + chunk].min(axis=3) >= WHITE
        reached = result[start : start + chunk]
        for axis in (1, 2):
            for edge in (0, -1):
                reached.swapaxes(0, axis)[edge] = white.swapaxes(0, axis)[edge]
        count = -1
        while count != (count := np.count_nonzero(reached)):
            for axis in (1, 2):
                lines, free = reached.swapaxes(0, axis), white.swapaxes(0, axis)
                for line in range(1, len(lines)):
                    lines[line] |= lines[line - 1] & free[line]
                for line in range(len(lines) - 2, -1, -1):
                    lines[line] |= lines[line + 1] & free[line]
    return result


@dataclass
class Pack:
    """The photos of one kind, small, with their labels as text."""

    #: uint8 of n x height x width x 3, and (x, y, width, height) of the photo in each.
    pictures: np.ndarray
    boxes: np.ndarray
    #: What is background, one bit a pixel (`numpy.packbits` along the last axis).
    masks: np.ndarray
    ids: list
    category: list
    colour: list
    gender: list
    usage: list
    name: list
    label: list
    sender: list
    #: SHA-256 of each photo's file.
    hashes: list

    def __len__(self):
        return len(self.ids)

    def mask(self, rows):
        width = self.pictures.shape[2]
        return np.unpackbits(self.masks[rows], axis=-1)[..., :width].astype(bool)


LABELS = ("category", "colour", "gender", "usage", "name", "label", "sender")


def make(photos: list[Photo], size, find) -> Pack:
    """Reads and shrinks photos. What cannot be decoded is left out with a line.

    find: a function of pictures and boxes to where the background is, bool of n x height x width.
    """
    pictures, boxes, hashes, kept = [], [], [], []
    for photo in photos:
        data = photo.bytes()
        try:
            picture, box = shrink(decode(data), size)
        except (OSError, ValueError) as problem:
            print(f"{photo.file} left out: {problem}", flush=True)
            continue
        pictures.append(picture)
        boxes.append(box)
        hashes.append(hashlib.sha256(data).hexdigest())
        kept.append(photo)
    stack = np.stack(pictures)
    boxes = np.array(boxes, np.int16)
    masks = np.packbits(find(stack, boxes), axis=-1)
    texts = {name: [getattr(p, name) for p in kept] for name in LABELS}
    return Pack(stack, boxes, masks, [p.id for p in kept], hashes=hashes, **texts)


def save(pack: Pack, path):
    """One .npz; written beside its place and renamed."""
    texts = {f.name: getattr(pack, f.name) for f in fields(Pack) if isinstance(getattr(pack, f.name), list)}
    partial = Path(path).with_suffix(".partial.npz")
    partial.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        partial,
        pictures=pack.pictures,
        boxes=pack.boxes,
        masks=pack.masks,
        texts=np.frombuffer(json.dumps(texts).encode(), np.uint8),
    )
    partial.rename(path)


def load(path) -> Pack:
    with np.load(path) as file:
        texts = json.loads(file["texts"].tobytes())
        if not file["masks"].size:
            raise SystemExit(f"{path} was made by an earlier version, without backgrounds; remove it.")
        return Pack(file["pictures"], file["boxes"], file["masks"], **texts)


def cached(path, make_pack):
    """The pack at `path`, made first if it is not there."""
    if not Path(path).exists():
        save(make_pack(), path)
    return load(path)


def catalog_pack(path, categories=None):
    names = read_map(categories) if categories else None
    return make(read_catalog(path, names), CATALOG_SIZE, lambda pictures, _: background(pictures))


def street_pack(path):
    # Only here, so that packs can be used where OpenCV is not.
    from .foreground import backgrounds

    return make(read_street(path), (STREET_SIDE, STREET_SIDE), backgrounds)


def hashed_share(text, seed):
    """A number of 0..<1 that belongs to a text and a seed for good."""
    return int(hashlib.sha256(f"{seed}:{text}".encode()).hexdigest()[:16], 16) / 2**64


@dataclass
class Split:
    """Row numbers. Neither trained on nor asked: catalog photos that look like a held-out one (`set_aside`)."""

    train: np.ndarray
    held_out: np.ndarray
    set_aside: np.ndarray

    def counts(self):
        return {name: len(rows) for name, rows in asdict(self).items()}


def split_street(pack: Pack, share, seed) -> Split:
    """Held out by person: about `share` of the senders."""
    out = np.array([hashed_share(sender, seed) < share for sender in pack.sender], bool)
    return Split(np.flatnonzero(~out), np.flatnonzero(out), np.zeros(0, int))


def split_catalog(pack: Pack, share, seed, tolerance=2.0, chunk=512) -> Split:
    """Held out by photo; the same photo under two identifiers stays together, and photos of the rest that differ from
    a held-out one by less than `tolerance` (mean of the absolute difference at 15 x 20 pixels, of 255) are set aside.
    """
    out = np.array([hashed_share(h, seed) < share for h in pack.hashes], bool)
    held, rest = np.flatnonzero(out), np.flatnonzero(~out)
    if len(held) == 0 or len(rest) == 0:
        return Split(rest, held, np.zeros(0, int))
    tiny = torch.from_numpy(pack.pictures).permute(0, 3, 1, 2)
    small = [F.adaptive_avg_pool2d(tiny[i : i + 4096].float(), (20, 15)).flatten(1) for i in range(0, len(tiny), 4096)]
    small = torch.cat(small)
    like = np.zeros(len(pack), bool)
    # Root mean square first (a product of matrices); it is never below the mean of absolute differences.
    norms = (small * small).sum(1)
    for start in range(0, len(held), chunk):
        part = torch.from_numpy(held[start : start + chunk])
        square = norms[part][:, None] + norms[rest][None] - 2 * small[part] @ small[rest].T
        near = (square / small.shape[1]) < (3 * tolerance) ** 2
        for row, column in near.nonzero().tolist():
            other = rest[column]
            if not like[other] and (small[part[row]] - small[other]).abs().mean() < tolerance:
                like[other] = True
    return Split(np.flatnonzero(~out & ~like), held, np.flatnonzero(like))
