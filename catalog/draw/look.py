"""What a drawing function is given (a look) and what the catalog knows of a kind."""

from dataclasses import dataclass

import numpy as np

from . import palette
from .patterns import Fabric


@dataclass
class Look:
    """The colour and pattern that an item must show."""

    colour: str
    pattern: str
    base: np.ndarray
    second: np.ndarray
    third: np.ndarray
    style: int
    scale: float
    seed: int

    @classmethod
    def pick(cls, colour, pattern, rng):
        """A dye lot of a colour, with partners for its pattern."""
        second = palette.partner(colour, rng)
        third = palette.partner(colour, rng)
        while third == second:
            third = str(rng.choice(list(palette.COLOURS)))
        return cls(
            colour, pattern, palette.jitter(palette.rgb(colour), rng), palette.jitter(palette.rgb(second), rng),
            palette.jitter(palette.rgb(third), rng), int(rng.integers(0, 60)), float(rng.uniform(0.8, 1.3)),
            int(rng.integers(1, 2**31)),
        )

    def fabric(self, surface="jersey", scale=30.0, **options):
        """Cloth of this look."""
        return Fabric(self.base, self.pattern, self.second, self.third, scale * self.scale, self.style, surface,
                      seed=self.seed, **options)

    def accent(self):
        """A second colour that is seen against the first."""
        a, b = palette.luma(self.second), palette.luma(self.base)
        return self.second if abs(a - b) > 0.15 else self.third


@dataclass
class Kind:
    """One category: its drawing function and how its items are spread."""

    category: str
    noun: str
    draw: object
    count: int
    price: tuple
    patterns: dict
    colours: str = "all"
    usage: tuple = ("Casual",)
    season: tuple = ("All Year",)


def chance(rng, p):
    """True with probability p."""
    return bool(rng.random() < p)


def one(rng, *options):
    """One of the options, each as likely."""
    return options[int(rng.integers(0, len(options)))]
