"""The picture: cloth pieces laid on a white table, each lit, shaded and casting a soft shadow."""

import contextlib

import cairo
import numpy as np
from PIL import Image

from . import palette
from .shading import blur, highlight, lit, noise, smooth
from .shapes import trace

WIDTH, HEIGHT = 480, 640


def _outlines(shape):
    return shape if isinstance(shape[0], list) else [shape]


def mask_of(shape):
    """Coverage of one or several outlines, (HEIGHT, WIDTH) floats in 0...1."""
    surface = cairo.ImageSurface(cairo.FORMAT_A8, WIDTH, HEIGHT)
    ctx = cairo.Context(surface)
    ctx.set_antialias(cairo.ANTIALIAS_BEST)
    for points in _outlines(shape):
        trace(ctx, points)
        ctx.fill()
    surface.flush()
    px = np.ndarray((HEIGHT, surface.get_stride()), np.uint8, surface.get_data())
    return px[:, :WIDTH].astype(np.float32) / 255


class Canvas:
    """A 480x640 picture under construction."""

    def __init__(self, rng):
        self.rng = rng
        y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        fall = ((x - 240) / 340) ** 2 + ((y - 320) / 440) ** 2
        self.rgb = np.repeat((1.0 - 0.022 * fall)[..., None], 3, axis=2).astype(np.float32)

    def piece(self, shape, fabric, *, puff=6.0, edge=16.0, folds=(), drape=None, crease=0.55, angle=0.0, origin=None,
              shadow=0.3, lift=5.0, within=None, without=None, relief=1.0, contrast=1.0, occlusion=0.2, bulk=None):
        """Lay one piece of material on the picture.

        `shape`: outline or list of outlines. `puff`, `edge`: height and width of its rounded border, in pixels.
        `folds`: strokes (points, width, height) raised (or, if negative, pressed) into it. `drape`: function of
        (t, v, rng) giving height, where t runs 0...1 across the piece and v 0...1 down it. `crease`: random softness.
        `angle`, `origin`: how its cloth is turned. `within`, `without`: masks it is cut by. Returns its mask.
        """
        full = mask_of(shape)
        if within is not None:
            full = full * within
        if without is not None:
            full = full * (1 - without)
        rows, cols = np.flatnonzero(full.max(1) > 0), np.flatnonzero(full.max(0) > 0)
        if not len(rows):
            return full
        if shadow:
            self.shadow(full, shadow, lift)
        y0, y1 = max(0, rows[0] - 3), min(HEIGHT, rows[-1] + 4)
        x0, x1 = max(0, cols[0] - 3), min(WIDTH, cols[-1] + 4)
        m = np.ascontiguousarray(full[y0:y1, x0:x1])
        h, w = m.shape
        y, x = np.mgrid[y0:y1, x0:x1].astype(np.float32)
        height = self._form(m, puff, edge, crease, bulk)
        for points, width, amount in folds:
            height += self._stroke(points, width, (y0, x0, h, w)) * amount
        if drape is not None:
            height += drape(*_across(m), self.rng)
        if fabric.pattern in ("colour block", "tie-dye"):
            angle, origin = 0.0, (240.0, 320.0)
        origin = origin or ((x0 + x1) / 2, (y0 + y1) / 2)
        s, c = np.sin(angle), np.cos(angle)
        u, v = (x - origin[0]) * c + (y - origin[1]) * s, -(x - origin[0]) * s + (y - origin[1]) * c
        _, gx, gy = lit(height)
        u, v = u + np.clip(gx, -1, 1) * 5, v + np.clip(gy, -1, 1) * 5
        height = height + fabric.bump(u, v) * (relief * 0.75)
        light, gx, gy = lit(height, 0.85 * contrast)
        near = np.clip((blur(m, 7) - 0.5) * 2, 0, 1)
        light = light * (1 - occlusion * (1 - near))
        light = light * (1.025 - 0.06 * (y - y0) / h)
        colour = self._surface(fabric, u, v, light, gx, gy)
        region = self.rgb[y0:y1, x0:x1]
        region += (colour - region) * m[..., None]
        return full

    def _surface(self, fabric, u, v, light, gx, gy):
        albedo = fabric.albedo(u, v)
        bright = albedo @ np.array([0.3, 0.59, 0.11], np.float32)
        light = np.clip(light, 0.12, 1.75)[..., None]
        pale = smooth((bright - 0.55) / 0.4)[..., None]
        light = 1 + (light - 1) * (1 - 0.28 * pale)
        colour = albedo * np.where(light > 1, 1 + (light - 1) * 0.8, light)
        # Dark cloth shows its folds by a thin sheen, as black cotton does under a lamp.
        colour += (np.clip(light - 0.9, 0, 1) * 0.14) * (1 - bright[..., None]) ** 2
        if fabric.gloss:
            colour += fabric.gloss * highlight(gx, gy, 22)[..., None] * (0.55 + 0.45 * albedo)
        return np.clip(colour, 0, 1)

    def _form(self, m, puff, edge, crease, bulk):
        t = np.clip((blur(m, edge) - 0.5) * 2, 0, 1)
        height = puff * (1 - (1 - t) ** 2) + 0.9 * np.clip((blur(m, 2.2) - 0.5) * 2, 0, 1)
        if bulk:
            height += bulk[1] * blur(m, bulk[0])
        if crease:
            h, w = m.shape
            height += crease * (noise(self.rng, h, w, 46, 1.5) * 4.2 + noise(self.rng, h, w, 17, 1.5) * 0.8)
        return height

    @staticmethod
    def _stroke(points, width, box):
        y0, x0, h, w = box
        surface = cairo.ImageSurface(cairo.FORMAT_A8, w, h)
        ctx = cairo.Context(surface)
        ctx.translate(-x0, -y0)
        ctx.set_line_cap(cairo.LINE_CAP_ROUND)
        trace(ctx, points, closed=False)
        ctx.set_line_width(width)
        ctx.stroke()
        surface.flush()
        px = np.ndarray((h, surface.get_stride()), np.uint8, surface.get_data())[:, :w]
        return blur(px.astype(np.float32) / 255, max(1.2, width * 0.6))

    def shadow(self, mask, strength=0.3, lift=5.0):
        """Darken what lies below a mask: a tight contact shadow and a wide soft one, down and to the right."""
        down, right = int(round(lift * 0.9)), int(round(lift * 0.55))
        near = np.roll(mask, (max(1, down // 3), max(1, right // 3)), (0, 1))
        far = np.roll(mask, (down, right), (0, 1))
        near[:2], far[: down + 1] = 0, 0
        a = strength * (0.62 * blur(near, 2.5) + 0.6 * blur(far, lift * 1.7))
        tint = np.array([1.0, 0.985, 0.965], np.float32)
        self.rgb *= 1 - a[..., None] * tint

    @contextlib.contextmanager
    def ink(self, within=None, alpha=1.0):
        """A cairo context whose drawing is laid over the picture, cut by a mask if one is given."""
        surface = cairo.ImageSurface(cairo.FORMAT_ARGB32, WIDTH, HEIGHT)
        ctx = cairo.Context(surface)
        ctx.set_line_cap(cairo.LINE_CAP_ROUND)
        ctx.set_line_join(cairo.LINE_JOIN_ROUND)
        yield ctx
        surface.flush()
        px = np.ndarray((HEIGHT, WIDTH, 4), np.uint8, surface.get_data())
        rows = np.flatnonzero(px[..., 3].max(1))
        if not len(rows):
            return
        part = slice(rows[0], rows[-1] + 1)
        cut = alpha if within is None else within[part, :, None] * alpha
        over = px[part].astype(np.float32) / 255
        self.rgb[part] = self.rgb[part] * (1 - over[..., 3:] * cut) + over[..., 2::-1] * cut

    def image(self):
        """The finished picture, softened a little as a lens does."""
        rgb = self.rgb
        for axis in (0, 1):
            rgb = 0.7 * rgb + 0.15 * (np.roll(rgb, 1, axis) + np.roll(rgb, -1, axis))
        return Image.fromarray((np.clip(rgb, 0, 1) * 255 + 0.5).astype(np.uint8))


def _across(m):
    """For each pixel its place across the row (0...1 inside the mask) and down the piece (0...1)."""
    h, w = m.shape
    solid = m > 0.3
    left = np.argmax(solid, 1).astype(np.float32)
    right = (w - 1 - np.argmax(solid[:, ::-1], 1)).astype(np.float32)
    k = np.hanning(15).astype(np.float32)
    k /= k.sum()
    left, right = (np.convolve(np.pad(a, 7, mode="edge"), k, "valid") for a in (left, right))
    t = (np.arange(w, dtype=np.float32)[None] - left[:, None]) / np.maximum(right - left, 8)[:, None]
    return t, np.repeat(np.linspace(0, 1, h, dtype=np.float32)[:, None], w, 1)


def ink_rgb(ctx, colour, alpha=1.0):
    """Set the pen of a cairo context."""
    ctx.set_source_rgba(*(float(c) for c in colour), alpha)


def seam(ctx, points, colour, width=1.3, strength=0.5, closed=False):
    """A sewn line: a dark groove with a lit lip below it."""
    trace(ctx, points, closed)
    ink_rgb(ctx, palette.shade(colour, 0.45), strength)
    ctx.set_line_width(width)
    ctx.stroke()
    trace(ctx, [(p[0] + 0.8, p[1] + 1.1, *p[2:]) for p in points], closed)
    ink_rgb(ctx, palette.shade(colour, 1.5), strength * 0.5)
    ctx.set_line_width(width * 0.8)
    ctx.stroke()


def stitch(ctx, points, colour, width=1.1, dash=(4.0, 2.6), strength=0.75, closed=False):
    """A row of stitches."""
    trace(ctx, points, closed)
    ink_rgb(ctx, colour, strength)
    ctx.set_dash(dash)
    ctx.set_line_cap(cairo.LINE_CAP_BUTT)
    ctx.set_line_width(width)
    ctx.stroke()
    ctx.set_dash([])
    ctx.set_line_cap(cairo.LINE_CAP_ROUND)
