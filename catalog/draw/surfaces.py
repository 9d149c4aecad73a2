"""How cloth and leather feel: fine relief in pixels of height, at cloth coordinates in pixels."""

import numpy as np

from .shading import noise


def _jersey(u, v, rng):
    return noise(rng, *u.shape, 1.5) * 0.05


def _knit(u, v, rng):
    wale, course = 5.2, 3.6
    x = (u / wale) % 1 - 0.5
    return 0.62 * (np.cos(2 * np.pi * (v / course + np.abs(x) * 1.5)) * 0.35 + np.cos(2 * np.pi * u / wale) * 0.6)


def _chunky(u, v, rng):
    wale, course = 11.0, 7.0
    x = (u / wale) % 1 - 0.5
    return 1.5 * (np.cos(2 * np.pi * (v / course + np.abs(x) * 1.6)) * 0.45 + np.cos(2 * np.pi * u / wale) * 0.7)


def _cable(u, v, rng):
    t = (u / 46) % 1 - 0.5
    inside = np.clip((0.26 - np.abs(t)) * 14, 0, 1)
    phase = 2 * np.pi * v / 40
    strand = np.maximum(np.cos(2 * np.pi * t * 1.9 - phase), np.cos(2 * np.pi * t * 1.9 + phase + 1.2))
    return inside * strand * 2.6 + (1 - inside) * np.cos(2 * np.pi * u / 5.7) * 0.5 + _knit(u, v, rng) * 0.35


def _rib(u, v, rng):
    return 0.85 * np.cos(2 * np.pi * u / 6.0) + noise(rng, *u.shape, 1.5) * 0.05


def _cord(u, v, rng):
    return 0.6 * np.sqrt(np.abs(np.cos(np.pi * u / 5.0))) + noise(rng, *u.shape, 1.6) * 0.08


def _twill(u, v, rng):
    return 0.13 * np.cos(2 * np.pi * (u + v * 0.8) / 3.1) + noise(rng, *u.shape, 1.5) * 0.09


def _canvas(u, v, rng):
    return 0.1 * (np.cos(2 * np.pi * u / 3.0) + np.cos(2 * np.pi * v / 3.0)) + noise(rng, *u.shape, 1.5) * 0.07


def _leather(u, v, rng):
    return noise(rng, *u.shape, 3.0) * 0.1 + noise(rng, *u.shape, 9) * 0.16


def _suede(u, v, rng):
    return noise(rng, *u.shape, 2.0) * 0.16 + noise(rng, *u.shape, 14) * 0.3


def _satin(u, v, rng):
    return np.zeros_like(u)


def _fleece(u, v, rng):
    return noise(rng, *u.shape, 2.0) * 0.16 + noise(rng, *u.shape, 6) * 0.14


def _straw(u, v, rng):
    return 0.5 * np.cos(2 * np.pi * (u + v) / 6.5) * np.cos(2 * np.pi * (u - v) / 6.5) + noise(rng, *u.shape,
            1.6) * 0.15


def _quilt(u, v, rng):
    a, b = (u + v) / 40, (u - v) / 40
    return 5.5 * np.sqrt(np.abs(np.sin(np.pi * a) * np.sin(np.pi * b)) + 0.01) + noise(rng, *u.shape, 8) * 0.2


def _puffer(u, v, rng):
    t = np.abs(np.sin(np.pi * v / 52))
    return 11 * np.sqrt(t + 0.01) + noise(rng, *u.shape, 13, 1.6) * 0.75 * (1.3 - t)


SURFACES = {
    "jersey": _jersey, "knit": _knit, "chunky": _chunky, "cable": _cable, "rib": _rib, "cord": _cord, "twill": _twill,
    "canvas": _canvas, "leather": _leather, "suede": _suede, "satin": _satin, "fleece": _fleece, "straw": _straw,
    "quilt": _quilt, "puffer": _puffer,
}
