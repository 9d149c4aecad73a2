"""Cloth: what is printed or woven on it."""

import math
from dataclasses import dataclass, field, replace

import cairo
import numpy as np

from . import palette
from .shading import noise, smooth
from .surfaces import SURFACES


@dataclass
class Fabric:
    """A cloth or leather: colours, a pattern with its scale, and a surface."""

    base: np.ndarray
    pattern: str = "plain"
    second: np.ndarray = field(default_factory=lambda: palette.rgb("White"))
    third: np.ndarray = field(default_factory=lambda: palette.rgb("Grey"))
    scale: float = 30.0
    style: int = 0
    surface: str = "jersey"
    gloss: float = 0.0
    melange: float = 0.0
    seed: int = 0
    turn: float = 0.0

    def but(self, **changes):
        """This fabric with some fields replaced."""
        return replace(self, **changes)

    def plain(self, colour=None, **changes):
        """The same material in one colour."""
        return replace(self, pattern="plain", base=self.base if colour is None else colour, **changes)

    def albedo(self, u, v):
        """Colour at cloth coordinates in pixels: (H, W) arrays to (H, W, 3)."""
        if self.turn:
            s, c = math.sin(self.turn), math.cos(self.turn)
            u, v = u * c - v * s, u * s + v * c
        rng = np.random.default_rng(self.seed)
        out = _PATTERNS[self.pattern](self, u, v, rng)
        if self.melange:
            h, w = u.shape
            n = noise(rng, h, w, 1.6, 0.6) * 0.6 + noise(rng, h, w, 4, 0.35) * 0.5
            out = out * (1 + self.melange * n)[..., None]
        return out

    def bump(self, u, v):
        """Fine relief at cloth coordinates, in pixels of height."""
        rng = np.random.default_rng(self.seed + 1)
        return SURFACES[self.surface](u, v, rng)


def _fill(f, u):
    return np.broadcast_to(f.base, (*u.shape, 3)).astype(np.float32)


def _band(t, width, soft):
    """One inside |fraction of t - 1/2| < width/2, with a soft edge; t in periods."""
    d = np.abs(t - np.floor(t) - 0.5)
    return np.clip((width / 2 - d) / soft + 0.5, 0, 1)


def _over(out, colour, a):
    return out + (colour - out) * a[..., None]


def _plain(f, u, v, rng):
    return _fill(f, u)


def _stripes(f, u, v, rng):
    out, p = _fill(f, u), f.scale
    style = f.style % 5
    t = (u if style == 2 else v) / p
    soft = 1.2 / p
    if style == 0:
        return _over(out, f.second, _band(t, 0.5, soft))
    if style == 1:
        return _over(out, f.second, _band(t, 0.28, soft))
    if style == 2:
        return _over(out, f.second, _band(t * 1.6, 0.16, soft * 1.6) * 0.9)
    if style == 3:
        out = _over(out, f.second, _band(t / 2, 0.42, soft / 2))
        return _over(out, f.third, _band(t / 2 + 0.5, 0.16, soft / 2))
    out = _over(out, f.second, _band(t / 1.5, 0.34, soft / 1.5))
    return _over(out, f.base * 0.96, _band(t / 1.5, 0.1, soft / 1.5))


def _checks(f, u, v, rng):
    out, p = _fill(f, u), f.scale
    soft, style = 1.3 / p, f.style % 4
    if style == 0:  # gingham
        a, b = _band(u / p, 0.5, soft), _band(v / p, 0.5, soft)
        return _over(out, f.second, (a + b) / 2)
    if style == 1:  # tartan
        for colour, width, shift, alpha in ((f.second, 0.4, 0, 0.42), (f.third, 0.06, 0.5, 0.75), (f.second, 0.05, 0.3,
                0.6)):
            q = p * 1.9
            a, b = _band(u / q + shift, width, soft / 1.9), _band(v / q + shift, width, soft / 1.9)
            out = _over(out, colour, np.maximum(a, b) * alpha * 0.7 + np.minimum(a, b) * alpha * 0.3)
        return out
    if style == 2:  # windowpane
        a, b = _band(u / p / 1.4, 0.07, soft / 1.4), _band(v / p / 1.4, 0.07, soft / 1.4)
        return _over(out, f.second, np.maximum(a, b) * 0.85)
    a, b = _band(u / p / 1.5, 0.5, soft), _band(v / p / 1.5, 0.5, soft)
    out = _over(out, f.second, a * 0.5)
    return _over(out, f.second, b * 0.5 * (1 - a * 0.1))


def _dots(f, u, v, rng):
    p, r = f.scale, (0.24, 0.14, 0.33)[f.style % 3]
    row = np.floor(v / p)
    du = (u / p + row * 0.5) % 1 - 0.5
    dv = (v / p) % 1 - 0.5
    d = np.sqrt(du * du + dv * dv)
    return _over(_fill(f, u), f.second, np.clip((r - d) * p / 1.2 + 0.5, 0, 1))


def _tile(f, rng, paint, size=168, zoom=2):
    """A repeating tile painted with cairo, as floats."""
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, size * zoom, size * zoom)
    ctx = cairo.Context(surface)
    ctx.scale(zoom, zoom)
    ctx.set_source_rgb(*map(float, f.base))
    ctx.paint()

    def everywhere(draw, x, y):
        for ox in (-size, 0, size):
            for oy in (-size, 0, size):
                if -60 < x + ox < size + 60 and -60 < y + oy < size + 60:
                    ctx.save()
                    ctx.translate(x + ox, y + oy)
                    draw(ctx)
                    ctx.restore()

    paint(everywhere, size)
    px = np.ndarray((size * zoom, size * zoom, 4), np.uint8, surface.get_data())
    return px[..., 2::-1].astype(np.float32) / 255, size


def _sample(tile, size, u, v):
    """The tile at (u, v), repeated, by bilinear interpolation."""
    n = tile.shape[0]
    x, y = (u % size) * n / size, (v % size) * n / size
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = (x - x0)[..., None].astype(np.float32), (y - y0)[..., None].astype(np.float32)
    x0, y0 = x0 % n, y0 % n
    x1, y1 = (x0 + 1) % n, (y0 + 1) % n
    top = tile[y0, x0] * (1 - fx) + tile[y0, x1] * fx
    return top * (1 - fy) + (tile[y1, x0] * (1 - fx) + tile[y1, x1] * fx) * fy


def _places(rng, count, size, apart):
    """Random places on a torus that keep apart."""
    found = []
    for _ in range(count * 30):
        p = rng.uniform(0, size, 2)
        if all(np.hypot(*(np.abs((p - q + size / 2) % size - size / 2))) > apart for q in found):
            found.append(p)
            if len(found) == count:
                break
    return found


def _floral(f, u, v, rng):
    leaf = palette.mix(palette.rgb("Green"), f.base, 0.25) if f.style % 2 else palette.shade(f.third, 0.8)
    centre = palette.rgb("Mustard")

    def flower(r, colour, petals, twist):
        def draw(ctx):
            for k in range(petals):
                ctx.save()
                ctx.rotate(twist + 2 * math.pi * k / petals)
                ctx.move_to(0, 0)
                ctx.curve_to(r * 0.7, -r * 0.55, r * 1.25, -r * 0.3, r, 0)
                ctx.curve_to(r * 1.25, r * 0.3, r * 0.7, r * 0.55, 0, 0)
                ctx.set_source_rgb(*map(float, palette.shade(colour, 1.0 if k % 2 else 0.9)))
                ctx.fill()
                ctx.restore()
            ctx.arc(0, 0, r * 0.26, 0, 7)
            ctx.set_source_rgb(*map(float, centre))
            ctx.fill()

        return draw

    def sprig(r, turn):
        def draw(ctx):
            ctx.rotate(turn)
            ctx.set_source_rgb(*map(float, leaf))
            ctx.move_to(0, 0)
            ctx.curve_to(r * 0.4, -r * 0.5, r, -r * 0.3, r * 1.3, 0)
            ctx.curve_to(r, r * 0.25, r * 0.4, r * 0.3, 0, 0)
            ctx.fill()

        return draw

    def paint(everywhere, size):
        big = f.scale * 0.62
        petals = int(rng.integers(5, 7))
        for p in _places(rng, 34, size, big * 1.55):
            r = big * rng.uniform(0.55, 1.05)
            for _ in range(3):
                everywhere(sprig(r * 1.25, rng.uniform(0, 7)), *p)
            everywhere(flower(r, f.second if rng.random() < 0.62 else f.third, petals, rng.uniform(0, 7)), *p)

    return _sample(*_tile(f, rng, paint), u, v)


def _animal(f, u, v, rng):
    def spot(r, turn, squash):
        def draw(ctx):
            ctx.rotate(turn)
            ctx.scale(1, squash)
            ctx.arc(0, 0, r * 0.75, 0, 7)
            ctx.set_source_rgb(*map(float, palette.mix(f.base, f.second, 0.38)))
            ctx.fill()
            ctx.set_source_rgb(*map(float, f.second))
            ctx.set_line_width(r * 0.52)
            for a, b in ((0.2, 1.9), (2.4, 4.0), (4.5, 5.9)):
                ctx.arc(0, 0, r, a, b)
                ctx.stroke()

        return draw

    def paint(everywhere, size):
        for p in _places(rng, 90, size, f.scale * 0.62):
            everywhere(spot(f.scale * rng.uniform(0.18, 0.27), rng.uniform(0, 7), rng.uniform(0.6, 1)), *p)

    return _sample(*_tile(f, rng, paint), u, v)


def _camo(f, u, v, rng):
    h, w = u.shape
    out = _fill(f, u)
    for colour, level in ((f.second, 0.35), (f.third, 0.6), (f.base * 0.45, 1.0)):
        n = noise(rng, h, w, f.scale * 0.9, 0.7) + 0.35 * noise(rng, h, w, f.scale * 0.35)
        out = _over(out, colour, np.clip((n - level) * 9 + 0.5, 0, 1))
    return out


def _tiedye(f, u, v, rng):
    h, w = u.shape
    r = np.hypot(u - rng.uniform(-40, 40), v - rng.uniform(-60, 20))
    a = np.arctan2(v, u)
    t = np.sin(r / f.scale * 1.6 + a * 2 + noise(rng, h, w, 26) * 0.9)
    out = _over(_fill(f, u), f.second, smooth(t * 0.6 + 0.5) * 0.9)
    return _over(out, f.third, smooth(np.sin(r / f.scale * 0.8 - a + noise(rng, h, w, 40)) - 0.2) * 0.6)


def _argyle(f, u, v, rng):
    p = f.scale * 1.5
    a, b = u / p + v / p / 1.5, u / p - v / p / 1.5
    even = (np.floor(a) + np.floor(b)) % 2
    lines = np.maximum(_band(a, 0.04, 1 / p), _band(b, 0.04, 1 / p))
    column = np.floor(a - b) % 4 < 2
    out = _over(_fill(f, u), f.second, np.where(even > 0, 1.0, 0.0) * column)
    return _over(out, f.third, lines * 0.8)


def _zigzag(f, u, v, rng):
    p = f.scale
    t = v / p + np.abs((u / p / 1.3) % 1 - 0.5) * 1.2
    return _over(_over(_fill(f, u), f.second, _band(t, 0.34, 1.3 / p)), f.third, _band(t / 2 + 0.25, 0.1, 0.7 / p))


def _block(f, u, v, rng):
    """Colour block: cloth panels; style picks horizontal thirds, halves or a diagonal."""
    style = f.style % 3
    if style == 0:
        out = _over(_fill(f, u), f.second, np.clip(v + 45, 0, 1) * 1.0)
        return _over(out, f.third, np.clip(v - 75, 0, 1))
    if style == 1:
        return _over(_fill(f, u), f.second, np.clip(v - 10, 0, 1))
    return _over(_fill(f, u), f.second, np.clip((v + u * 0.55) - 10, 0, 1))


def _denim(f, u, v, rng):
    h, w = u.shape
    out = _fill(f, u)
    worn = noise(rng, h, w, 55, 2.2) * 0.05 + noise(rng, h, w, 9, 3.5) * 0.035 + noise(rng, h, w, 1.6, 2.5) * 0.04
    worn = worn * float(1.15 - 0.8 * palette.luma(f.base))
    return np.clip(out * (1 + worn * 1.4)[..., None] + (worn * 0.25)[..., None], 0, 1)


_PATTERNS = {
    "plain": _plain, "stripes": _stripes, "checks": _checks, "dots": _dots, "floral": _floral, "animal": _animal,
            "graphic": _plain,
    "camo": _camo, "tie-dye": _tiedye, "argyle": _argyle, "zigzag": _zigzag, "colour block": _block, "denim": _denim,
}
