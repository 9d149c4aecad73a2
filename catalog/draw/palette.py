"""The named colours of the catalog and a few operations on them."""

import numpy as np

_HEX = {
    "Black": "26262a", "Charcoal": "47494e", "Grey": "9b9da1", "White": "f1f0ee", "Cream": "efe6d2",
    "Beige": "d8c4a5", "Khaki": "a89a72", "Tan": "bf8d57", "Brown": "6d4630", "Rust": "ad4a26",
    "Orange": "e8792b", "Mustard": "d19a26", "Yellow": "f2d04a", "Olive": "636739", "Green": "2f7a4b",
    "Mint": "a9d8c0", "Teal": "1c6c70", "Turquoise": "35b1b8", "Light Blue": "9fc4e4", "Blue": "2b62b4",
    "Navy Blue": "232f52", "Purple": "6b3f87", "Lavender": "b9a6d6", "Magenta": "b72a74", "Pink": "eea5b6",
    "Peach": "f3bb9a", "Red": "c3262f", "Maroon": "6b1f2d",
}

COLOURS = {
    name: np.array([int(h[i : i + 2], 16) / 255 for i in (0, 2, 4)], np.float32) for name, h in _HEX.items()
}

METALS = {
    "Gold": np.array([0.84, 0.67, 0.36], np.float32),
    "Silver": np.array([0.76, 0.77, 0.79], np.float32),
    "Rose Gold": np.array([0.85, 0.62, 0.54], np.float32),
    "Gunmetal": np.array([0.36, 0.37, 0.39], np.float32),
}

_PARTNERS = {
    "Black": ["White", "Grey", "Red", "Beige"], "Charcoal": ["White", "Light Blue", "Mustard"],
    "Grey": ["White", "Navy Blue", "Charcoal", "Pink"], "White": ["Navy Blue", "Black", "Blue", "Red", "Green"],
    "Cream": ["Brown", "Rust", "Navy Blue", "Olive"], "Beige": ["Brown", "White", "Navy Blue", "Black"],
    "Khaki": ["Cream", "Brown", "Olive"], "Tan": ["Cream", "Brown", "Black"],
    "Brown": ["Beige", "Cream", "Tan"], "Rust": ["Cream", "Navy Blue", "Mustard"],
    "Orange": ["White", "Navy Blue", "Yellow"], "Mustard": ["White", "Navy Blue", "Brown"],
    "Yellow": ["White", "Grey", "Navy Blue"], "Olive": ["Cream", "Beige", "Black"],
    "Green": ["White", "Navy Blue", "Yellow"], "Mint": ["White", "Grey", "Green"],
    "Teal": ["White", "Mustard", "Peach"], "Turquoise": ["White", "Navy Blue", "Orange"],
    "Light Blue": ["White", "Navy Blue", "Blue"], "Blue": ["White", "Navy Blue", "Red", "Light Blue"],
    "Navy Blue": ["White", "Red", "Light Blue", "Beige"], "Purple": ["White", "Lavender", "Pink"],
    "Lavender": ["White", "Purple", "Grey"], "Magenta": ["White", "Pink", "Black"],
    "Pink": ["White", "Magenta", "Red", "Grey"], "Peach": ["White", "Rust", "Teal"],
    "Red": ["White", "Black", "Navy Blue"], "Maroon": ["Cream", "Pink", "Navy Blue"],
}


def rgb(name):
    """The colour of a name, as three floats in 0...1."""
    return COLOURS[name].copy() if name in COLOURS else METALS[name].copy()


def partner(name, rng):
    """The name of a colour that goes with this one."""
    return str(rng.choice(_PARTNERS[name]))


def mix(a, b, t):
    """Linear mix of two colours."""
    return (np.asarray(a, np.float32) * (1 - t) + np.asarray(b, np.float32) * t).astype(np.float32)


def shade(c, f):
    """Darker (f < 1) or lighter (f > 1) version of a colour."""
    c = np.asarray(c, np.float32)
    return (c * f if f <= 1 else 1 - (1 - c) / f).astype(np.float32)


def luma(c):
    """Perceived brightness, 0...1."""
    return float(0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2])


def thread(c):
    """A sewing thread that shows on this cloth."""
    return shade(c, 0.62) if luma(c) > 0.3 else shade(c, 1.35)


def jitter(c, rng, amount=0.03):
    """A dye lot: the same colour, slightly off."""
    c = np.asarray(c, np.float32)
    return np.clip(c * (1 + rng.normal(0, amount)) + rng.normal(0, amount / 2.5, 3), 0.02, 0.985).astype(np.float32)
