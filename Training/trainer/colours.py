"""What colours the clothes in photos taken at home have, in the words of the catalog.

Nobody wrote that down for such photos, and a network that learns nothing but their kind forgets their colours. So a
small model is taught on products, whose colour is known and whose background is white: from the colours of the
product's pixels to the word. Of a photo taken at home, it is given the pixels of the foreground.
"""

import cv2
import numpy as np
import torch
import torch.nn.functional as F

#: How many pixels of a photo are counted.
PIXELS = 500

#: Bins of lightness, and of each of the two colour axes.
BINS = (8, 11, 11)


def cut(picture, box):
    x, y, w, h = (int(v) for v in box)
    return picture[y : y + h, x : x + w]


def histogram(pixels):
    """Square roots of the shares of pixels in each bin of lightness and colour (CIE L*a*b*); float32 of all bins.

    pixels: float of n x 3, RGB of 0...1. The colour axes are finer near grey, where words change soonest.
    """
    lab = cv2.cvtColor(pixels[None].astype(np.float32), cv2.COLOR_RGB2LAB)[0]
    light = np.clip(lab[:, 0] / 100, 0, 1)
    axes = [light] + [(np.sign(v) * np.sqrt(np.abs(v) / 110).clip(0, 1) + 1) / 2 for v in lab[:, 1:].T]
    places = [np.minimum((v * n).astype(int), n - 1) for v, n in zip(axes, BINS)]
    counts = np.bincount(np.ravel_multi_index(places, BINS), minlength=np.prod(BINS))
    return np.sqrt(counts / max(1, len(pixels))).astype(np.float32)


def relit(pixels, random):
    """The same pixels in other light: brighter or darker, warmer or colder, paler or stronger."""
    grey = pixels.mean(1, keepdims=True)
    pixels = grey + (pixels - grey) * np.exp(random.normal() * 0.2)
    return (pixels * np.exp(random.normal() * 0.25) * np.exp(random.normal(size=3) * 0.06)).clip(0, 1)


def balanced(picture):
    """The picture as if the brightest of each of its three colours were nearly white: what a lamp or shade took away is
    given back, as far as it can be told."""
    gain = 0.95 * 255 / np.maximum(1, np.percentile(picture.reshape(-1, 3), 97, axis=0))
    return (picture * gain.clip(0.9, 1.6)).clip(0, 255)


def chosen(picture, mask, random):
    """Some of the pixels where the mask holds (all, where it holds nowhere): float of n x 3."""
    pixels = picture[mask] if mask.any() else picture.reshape(-1, 3)
    return pixels[random.integers(0, len(pixels), PIXELS)] / 255


def learnt(histograms, labels, classes, steps=400):
    """Softmax regression; returns (weights, bias)."""
    x, y = torch.from_numpy(histograms), torch.as_tensor(labels)
    weight = torch.zeros(classes, x.shape[1], requires_grad=True)
    bias = torch.zeros(classes, requires_grad=True)
    optimiser = torch.optim.Adam((weight, bias), lr=0.05)
    random = torch.Generator().manual_seed(1)
    for step in range(steps):
        rows = torch.randint(len(x), (4096,), generator=random)
        loss = F.cross_entropy(x[rows] @ weight.T + bias, y[rows]) + 1e-5 * weight.square().sum()
        for group in optimiser.param_groups:
            group["lr"] = 0.05 * (1 - step / steps)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return weight.detach(), bias.detach()


def of_home_photos(catalog, rows, street, classes, views=2):
    """How likely each colour word is for each photo taken at home: float32 of photos x classes.

    catalog, street: packs. rows: the rows of the catalog that may be learnt from. classes: the catalog's colour words.
    """
    if not classes:
        return np.zeros((len(street), 0), np.float32)
    random = np.random.default_rng(1)
    index = {name: number for number, name in enumerate(classes)}
    rows = [row for row in rows if catalog.colour[row] in index]
    found, labels = [], []
    for row in rows:
        picture = cut(catalog.pictures[row], catalog.boxes[row])
        product = ~cut(catalog.mask(row), catalog.boxes[row])
        for view in range(views):
            pixels = chosen(picture, product, random)
            found.append(histogram(relit(pixels, random) if view else pixels))
            labels.append(index[catalog.colour[row]])
    weight, bias = learnt(np.stack(found), labels, len(classes))
    result = 0
    # In the light that the photo has and in that of day, since neither is always right.
    for light in (np.asarray, balanced):
        asked = []
        for row in range(len(street)):
            picture = cut(street.pictures[row], street.boxes[row])
            thing = ~cut(street.mask(row), street.boxes[row])
            asked.append(histogram(chosen(light(picture), thing, random)))
        result = result + torch.softmax(torch.from_numpy(np.stack(asked)) @ weight.T + bias, 1).numpy() / 2
    return result
