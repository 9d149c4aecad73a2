"""Catalog photos made to look like what shoppers take, a batch at a time on whichever device the batch is on.

Everything takes its chance from the given generator, so a step can be repeated exactly. Images are float, 0...1,
n x 3 x height x width.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F


@dataclass
class Strength:
    """How far a view may go; angles in degrees, the rest as factors or shares."""

    rotation: float = 20.0
    scale_low: float = 0.75
    scale_high: float = 1.35
    shift: float = 0.1
    stretch: float = 0.1
    background: float = 0.6
    light: float = 0.25
    contrast: float = 0.25
    saturation: float = 0.25
    cast: float = 0.06
    gradient: float = 0.4
    blur: float = 0.25
    low_resolution: float = 0.25
    jpeg: float = 0.3
    noise: float = 0.2
    occlusion: float = 0.2


#: A product photo as other shops would show it.
CLEAN = Strength(
    rotation=4, scale_low=0.92, scale_high=1.1, shift=0.03, stretch=0.03, background=0.0, light=0.05, contrast=0.05,
    saturation=0.05, cast=0.01, gradient=0.0, blur=0.05, low_resolution=0.05, jpeg=0.15, noise=0.0, occlusion=0.0,
)  # fmt: skip


class Chance:
    """Random numbers of one generator, on its device."""

    def __init__(self, generator):
        self.generator = generator
        self.device = generator.device

    def uniform(self, *shape, low=0.0, high=1.0):
        return torch.rand(shape, generator=self.generator, device=self.device) * (high - low) + low

    def normal(self, *shape):
        return torch.randn(shape, generator=self.generator, device=self.device)

    def hit(self, count, share):
        return self.uniform(count) < share

    def integers(self, high, *shape):
        return torch.randint(high, shape, generator=self.generator, device=self.device)


def fitted(boxes, width, height, modes):
    """The part of each picture that fills the output: centre and size in source pixels, beyond the picture for `pad`.

    boxes: n x 4 (x, y, width, height). modes: n numbers, 0 crop, 1 pad, 2 stretch. Returns four tensors of n.
    """
    x, y, w, h = boxes.float().unbind(1)
    ratio = width / height
    wider = w > h * ratio
    crop_w, crop_h = torch.where(wider, h * ratio, w), torch.where(wider, h, w / ratio)
    pad_w, pad_h = torch.where(wider, w, h * ratio), torch.where(wider, w / ratio, h)
    part_w = torch.where(modes == 0, crop_w, torch.where(modes == 1, pad_w, w))
    part_h = torch.where(modes == 0, crop_h, torch.where(modes == 1, pad_h, h))
    return x + w / 2, y + h / 2, part_w, part_h


def warp(images, boxes, size, modes, chance, strength, clamped):
    """Turns, shifts, scales and flips, straight from the source to the output.

    images: n x channels x height x width. clamped: n bools; there the picture's edge goes on for ever, elsewhere there
    is zero outside of the pictures. Returns n x channels x size.
    """
    n, _, source_height, source_width = images.shape
    width, height = size
    cx, cy, part_w, part_h = fitted(boxes, width, height, modes)
    angle = chance.normal(n).clamp(-2, 2) / 2 * math.radians(strength.rotation)
    low, high = math.log(strength.scale_low), math.log(strength.scale_high)
    scale = torch.exp(chance.uniform(n, low=low, high=high))
    aspect = torch.exp(chance.uniform(n, low=-strength.stretch, high=strength.stretch) / 2)
    flip = torch.where(chance.hit(n, 0.5), -1.0, 1.0)
    reach_x, reach_y = part_w / scale * aspect * flip, part_h / scale / aspect
    cx = cx + part_w * chance.uniform(n, low=-strength.shift, high=strength.shift)
    cy = cy + part_h * chance.uniform(n, low=-strength.shift, high=strength.shift)
    u = (torch.arange(width, device=images.device) + 0.5) / width - 0.5
    v = (torch.arange(height, device=images.device) + 0.5) / height - 0.5
    dx, dy = u[None, None, :] * reach_x[:, None, None], v[None, :, None] * reach_y[:, None, None]
    cos, sin = torch.cos(angle)[:, None, None], torch.sin(angle)[:, None, None]
    x = cx[:, None, None] + cos * dx - sin * dy
    y = cy[:, None, None] + sin * dx + cos * dy
    left, top, w, h = boxes.float().unbind(1)
    inside_x = torch.minimum(torch.maximum(x, (left + 0.5)[:, None, None]), (left + w - 0.5)[:, None, None])
    inside_y = torch.minimum(torch.maximum(y, (top + 0.5)[:, None, None]), (top + h - 0.5)[:, None, None])
    x = torch.where(clamped[:, None, None], inside_x, x)
    y = torch.where(clamped[:, None, None], inside_y, y)
    grid = torch.stack((x * 2 / source_width - 1, y * 2 / source_height - 1), dim=3)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def backgrounds(count, size, chance, street, street_boxes):
    """What may be behind a product: plain, graded or patterned colours, and corners of photos taken at home."""
    width, height = size
    result = torch.empty(count, 3, height, width, device=chance.device)
    kinds = chance.uniform(count)
    made = torch.zeros(count, dtype=torch.bool, device=chance.device)
    for upper, cells in ((0.15, 1), (0.3, 2), (0.4, 5), (0.5, 16)):
        rows = ((kinds < upper) & ~made).nonzero()[:, 0]
        made[rows] = True
        if len(rows) == 0:
            continue
        base = chance.uniform(len(rows), 3, 1, 1)
        # Rooms are greyer than paint.
        base = base.mean(1, keepdim=True).lerp(base, chance.uniform(len(rows), 1, 1, 1))
        spread = chance.uniform(len(rows), 1, 1, 1, high=0.35)
        cell = (base + chance.normal(len(rows), 3, cells, cells) * spread).clamp(0, 1)
        result[rows] = F.interpolate(cell, (height, width), mode="bilinear", align_corners=False)
    rows = (~made).nonzero()[:, 0]
    if len(rows) and len(street):
        # A third to a half of a photo, next to one of its corners: mostly floor, bed or wall.
        chosen = chance.integers(len(street), len(rows))
        pieces = street[chosen].float() / 255
        x, y, w, h = street_boxes[chosen].float().unbind(1)
        part = chance.uniform(len(rows), low=0.3, high=0.5)
        right, lower = chance.hit(len(rows), 0.5), chance.hit(len(rows), 0.5)
        part_w, part_h = part * w, part * h
        boxes = torch.stack((x + right * (w - part_w), y + lower * (h - part_h), part_w, part_h), 1)
        modes = torch.full((len(rows),), 2, device=chance.device)
        turn = Strength(rotation=15, scale_low=1.0, scale_high=1.2, shift=0.0, stretch=0.2)
        everywhere = torch.ones(len(rows), dtype=torch.bool, device=chance.device)
        result[rows] = warp(pieces, boxes, size, modes, chance, turn, everywhere)
    elif len(rows):
        result[rows] = chance.uniform(len(rows), 3, 1, 1).expand(-1, -1, height, width)
    return result


def smooth(images, sigmas):
    """Gaussian blur with a deviation of its own for each image (pixels, up to about 2)."""
    n, channels, height, width = images.shape
    offsets = torch.arange(-3, 4, device=images.device)
    kernel = torch.exp(-(offsets[None] ** 2) / (2 * sigmas[:, None] ** 2))
    kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(channels, 0)
    flat = images.reshape(1, n * channels, height, width)
    flat = F.conv2d(F.pad(flat, (3, 3, 0, 0), mode="replicate"), kernel[:, None, None, :], groups=n * channels)
    flat = F.conv2d(F.pad(flat, (0, 0, 3, 3), mode="replicate"), kernel[:, None, :, None], groups=n * channels)
    return flat.reshape(images.shape)


#: The example tables of the JPEG standard (ITU-T T.81, annex K).
LUMINANCE = (
    (16, 11, 10, 16, 24, 40, 51, 61), (12, 12, 14, 19, 26, 58, 60, 55), (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62), (18, 22, 37, 56, 68, 109, 103, 77), (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101), (72, 92, 95, 98, 112, 100, 103, 99),
)  # fmt: skip
CHROMINANCE = (
    (17, 18, 24, 47, 99, 99, 99, 99), (18, 21, 26, 66, 99, 99, 99, 99), (24, 26, 56, 99, 99, 99, 99, 99),
    (47, 66, 99, 99, 99, 99, 99, 99), (99,) * 8, (99,) * 8, (99,) * 8, (99,) * 8,
)  # fmt: skip
TO_YCC = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))


def jpeg(images, qualities):
    """What quantising the 8 x 8 cosine transform does to images, without halved colour. Sides in whole blocks.

    qualities: n numbers of 1...100, as libjpeg counts them.
    """
    n, _, height, width = images.shape
    device = images.device
    k = torch.arange(8, device=device).float()
    dct = torch.cos((2 * k[None] + 1) * k[:, None] * math.pi / 16) * 0.5
    dct[0] *= math.sqrt(0.5)
    to_ycc = torch.tensor(TO_YCC, device=device)
    tables = torch.tensor((LUMINANCE, CHROMINANCE, CHROMINANCE), device=device).float()
    factor = torch.where(qualities < 50, 5000 / qualities, 200 - 2 * qualities) / 100
    steps = (tables[None] * factor[:, None, None, None]).round().clamp(1, 255)
    middle = torch.tensor((128.0, 0, 0), device=device)[:, None, None]
    ycc = torch.einsum("dc,nchw->ndhw", to_ycc, images * 255) - middle
    blocks = ycc.reshape(n, 3, height // 8, 8, width // 8, 8).transpose(3, 4)
    steps = steps[:, :, None, None]
    blocks = dct.T @ ((dct @ blocks @ dct.T / steps).round() * steps) @ dct
    ycc = blocks.transpose(3, 4).reshape(n, 3, height, width) + middle
    return (torch.einsum("cd,ndhw->nchw", torch.linalg.inv(to_ycc), ycc) / 255).clamp(0, 1)


def photometric(images, chance, strength):
    """Light, contrast, colours, a shade from one side, blur, few pixels, noise, JPEG, and something in front."""
    n, _, height, width = images.shape
    one = lambda spread: torch.exp(chance.normal(n, 1, 1, 1).clamp(-2, 2) * spread)  # noqa: E731
    grey = images.mean(1, keepdim=True)
    images = grey + (images - grey) * one(strength.saturation)
    level = images.mean((1, 2, 3), keepdim=True)
    images = level + (images - level) * one(strength.contrast)
    images = images * one(strength.light) * torch.exp(chance.normal(n, 3, 1, 1).clamp(-2, 2) * strength.cast)
    if strength.gradient:
        corners = torch.exp(chance.normal(n, 1, 2, 2) * 0.3 * chance.hit(n, strength.gradient)[:, None, None, None])
        images = images * F.interpolate(corners, (height, width), mode="bilinear", align_corners=True)
    images = images.clamp(0, 1)
    rows = chance.hit(n, strength.occlusion).nonzero()[:, 0]
    if len(rows):
        x, y = (torch.arange(s, device=images.device)[None] / s for s in (width, height))
        centre = chance.uniform(2, len(rows), 1)
        reach = chance.uniform(2, len(rows), 1, low=0.04, high=0.18)
        across, down = (x - centre[0]).abs() < reach[0], (y - centre[1]).abs() < reach[1]
        cover = across[:, None, None, :] & down[:, None, :, None]
        images[rows] = torch.where(cover, chance.uniform(len(rows), 3, 1, 1), images[rows])
    rows = chance.hit(n, strength.low_resolution).nonzero()[:, 0]
    if len(rows):
        share = float(chance.uniform(1, low=0.35, high=0.8))
        few = F.interpolate(images[rows], (max(8, int(height * share)), max(8, int(width * share))), mode="bilinear",
                            antialias=True)  # fmt: skip
        images[rows] = F.interpolate(few, (height, width), mode="bilinear")
    rows = chance.hit(n, strength.blur).nonzero()[:, 0]
    if len(rows):
        images[rows] = smooth(images[rows], chance.uniform(len(rows), low=0.3, high=1.3) * height / 100)
    rows = chance.hit(n, strength.noise).nonzero()[:, 0]
    if len(rows):
        noise = chance.normal(len(rows), 3, height, width) * chance.uniform(len(rows), 1, 1, 1, high=0.06)
        images[rows] = (images[rows] + noise).clamp(0, 1)
    rows = chance.hit(n, strength.jpeg).nonzero()[:, 0]
    if len(rows) and height % 8 == 0 and width % 8 == 0:
        images[rows] = jpeg(images[rows], chance.uniform(len(rows), low=35, high=95))
    return images


def catalog_views(pictures, masks, boxes, size, chance, strength, street, street_boxes):
    """Product photos as somebody might photograph them.

    pictures: uint8 n x 3 x height x width. masks: n x height x width, True in the background.
    """
    n = len(pictures)
    product = (~masks)[:, None].float()
    layers = torch.cat((pictures.float() / 255 * product, product), 1)
    modes = torch.where(chance.hit(n, 0.15), chance.integers(3, n), 0)
    layers = warp(layers, boxes, size, modes, chance, strength, torch.zeros(n, dtype=torch.bool, device=chance.device))
    colour, alpha = layers[:, :3], layers[:, 3:]
    behind = torch.ones_like(colour)
    rows = chance.hit(n, strength.background).nonzero()[:, 0]
    if len(rows):
        fresh = backgrounds(len(rows), size, chance, street, street_boxes)
        # A soft shadow, a little to one side, under some.
        shadow = F.avg_pool2d(alpha[rows], 9, 1, 4).roll((int(chance.integers(7, 1)) - 3, 3), (3, 2))
        depth = chance.uniform(len(rows), 1, 1, 1, high=0.6) * chance.hit(len(rows), 0.5)[:, None, None, None]
        behind[rows] = fresh * (1 - shadow * depth)
    return photometric((colour + behind * (1 - alpha)).clamp(0, 1), chance, strength)


def around(masks, width, height, margin=0.08):
    """Boxes of the shape width : height around all that is no background, with some margin, beyond the picture too.

    masks: n x height x width, True in the background. Returns n x 4 (x, y, width, height).
    """
    edges = []
    for axis in (1, 2):
        there = (~masks).any(axis)
        size = there.shape[1]
        first = torch.where(there.any(1), there.int().argmax(1), 0)
        last = torch.where(there.any(1), size - there.flip(1).int().argmax(1), size)
        edges.append((first.float(), last.float()))
    (left, right), (top, bottom) = edges
    reach = torch.maximum((right - left) / width, (bottom - top) / height) * (1 + 2 * margin)
    w, h = reach * width, reach * height
    return torch.stack(((left + right - w) / 2, (top + bottom - h) / 2, w, h), 1)


def street_views(pictures, boxes, size, chance, strength):
    """Photos taken at home, taken a little differently. What lies outside of them is white, or their edge goes on."""
    n = len(pictures)
    modes = torch.where(chance.hit(n, 0.4), chance.integers(3, n), 0)
    # Outside is zero for the warp, and white for the network.
    dark = 1 - pictures.float() / 255
    warped = 1 - warp(dark, boxes, size, modes, chance, strength, chance.hit(n, 0.5))
    return photometric(warped.clamp(0, 1), chance, strength)
