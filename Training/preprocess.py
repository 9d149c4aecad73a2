"""The preprocessing of photos, in NumPy alone: what the server does (`Resampler` and `ImageFit` of the Swift module
`ImageCodecs`), operation for operation, in double precision. Training uses this file, and the Swift tests compare
against numbers from it.

Along each axis, with `extent` source pixels from `origin` on becoming `length` pixels:

    scale   = extent / length
    support = max(1, scale)
    centre  = origin + (i + 1/2) * scale                  for output pixel i
    weight  = max(0, 1 - |j + 1/2 - centre| / support)    of source pixel j, floor(origin) <= j < ceil(origin + extent)
    output  = sum(weight * source) / sum(weight)

With whole coordinates this is Pillow's BILINEAR resize and PyTorch's interpolate(mode="bilinear", antialias=True), but
for their rounding to 8 bits.
"""

import functools
import math

import numpy as np

#: How a picture of one shape is put into another; see `placement`.
MODES = ("pad", "crop", "stretch")


@functools.lru_cache(maxsize=256)
def weights(origin, extent, length, limit):
    """The filter along one axis of `limit` pixels, as a matrix of `length` rows and `limit` columns."""
    scale = extent / length
    support = max(1.0, scale)
    low = max(0, min(limit - 1, math.floor(origin)))
    high = max(low + 1, min(limit, math.ceil(origin + extent)))
    centre = origin + (np.arange(length) + 0.5) * scale
    pixel = np.arange(low, high) + 0.5
    matrix = np.zeros((length, limit))
    matrix[:, low:high] = np.maximum(0, 1 - np.abs(pixel[None, :] - centre[:, None]) / support)
    matrix /= matrix.sum(axis=1, keepdims=True)
    matrix.flags.writeable = False  # it is kept for the next photo of this shape
    return matrix


def resample(image, box, size):
    """Resizes a part of a picture.

    image: array of height x width x channels.
    box: (x, y, width, height) in source pixels, inside the picture, parts of pixels allowed; None takes all.
    size: (width, height) of the result.
    Returns float64 of height x width x channels, not rounded.
    """
    image = np.asarray(image, dtype=np.float64)
    height, width = image.shape[:2]
    x, y, box_width, box_height = box if box is not None else (0, 0, width, height)
    columns = weights(x, box_width, size[0], width)
    rows = weights(y, box_height, size[1], height)
    return np.tensordot(rows, np.matmul(columns, image), 1)


def placement(source, size, mode):
    """What is taken from a picture of `source` (width, height) and where it goes in one of `size` (width, height).

    Returns ((x, y, width, height) in the source, (x, y, width, height) in the target, the latter in whole pixels).
    """
    (source_width, source_height), (width, height) = source, size
    whole, full = (0.0, 0.0, float(source_width), float(source_height)), (0, 0, width, height)
    is_wider = source_width * height > source_height * width
    if mode == "stretch":
        return whole, full
    if mode == "crop":
        if is_wider:
            part = source_height * width / height
            return ((source_width - part) / 2, 0.0, part, float(source_height)), full
        part = source_width * height / width
        return (0.0, (source_height - part) / 2, float(source_width), part), full
    if mode == "pad":
        if is_wider:
            a, b = width, max(1, (2 * source_height * width + source_width) // (2 * source_width))
        else:
            a, b = max(1, (2 * source_width * height + source_height) // (2 * source_height)), height
        return whole, ((width - a) // 2, (height - b) // 2, a, b)
    raise ValueError(f"unknown fit {mode!r}: one of {', '.join(MODES)}")


def fit(image, size, mode):
    """Brings a picture to `size` (width, height); what `pad` leaves free is white (255).

    image: array of height x width x channels, values 0...255.
    Returns float64 of height x width x channels, values 0...255, not rounded.
    """
    image = np.asarray(image)
    box, (x, y, width, height) = placement((image.shape[1], image.shape[0]), size, mode)
    result = np.full((size[1], size[0], image.shape[2]), 255.0)
    result[y : y + height, x : x + width] = resample(image, box, (width, height))
    return result


def normalise(image, mean, std):
    """Height x width x 3 of 0...255 to float32 of 3 x height x width, with the mean and standard deviation of 0...1."""
    scaled = (np.asarray(image) / 255 - np.asarray(mean)) / np.asarray(std)
    return np.ascontiguousarray(scaled.transpose(2, 0, 1), dtype=np.float32)
