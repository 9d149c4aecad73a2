"""Fields over pixels: noise, blur, and light on a height field."""

import numpy as np
from PIL import Image

LIGHT = np.array([-0.36, -0.55, 0.75], np.float32)


def blur(a, radius):
    """Three box blurs, close to a Gaussian of about this radius."""
    r = max(1, int(round(radius * 0.62)))
    for _ in range(3):
        a = _box(_box(a, r).T, r).T
    return a


def _box(a, r):
    p = np.pad(a, ((r + 1, r), (0, 0)), mode="edge")
    c = np.cumsum(p, axis=0, dtype=np.float32)
    return (c[2 * r + 1 :] - c[: -2 * r - 1]) / np.float32(2 * r + 1)


def noise(rng, height, width, cell, stretch=1.0):
    """Smooth noise with deviation about one; `stretch` > 1 draws it out downwards."""
    gh = int(np.ceil(height / (cell * stretch))) + 3
    gw = int(np.ceil(width / cell)) + 3
    grid = rng.standard_normal((gh, gw)).astype(np.float32)
    ch, cw = int((gh - 1) * cell * stretch), int((gw - 1) * cell)
    big = Image.fromarray(grid, mode="F").resize((max(cw, width), max(ch, height)), Image.BICUBIC)
    return np.asarray(big)[:height, :width]


def smooth(t):
    """Hermite step of a value clipped to 0...1."""
    t = np.clip(t, 0, 1)
    return t * t * (3 - 2 * t)


def lit(height, strength=1.0):
    """Light on a height field in pixels: one on flat ground, more towards the lamp at the upper left."""
    gy, gx = np.gradient(height)
    gx, gy = gx * strength, gy * strength
    n = (-gx * LIGHT[0] - gy * LIGHT[1] + LIGHT[2]) / np.sqrt(gx * gx + gy * gy + 1)
    return n / LIGHT[2], gx, gy


def highlight(gx, gy, power):
    """Blinn's specular term for a viewer straight above."""
    h = LIGHT + np.array([0, 0, 1], np.float32)
    h /= np.linalg.norm(h)
    n = (-gx * h[0] - gy * h[1] + h[2]) / np.sqrt(gx * gx + gy * gy + 1)
    return np.clip(n, 0, 1) ** power
