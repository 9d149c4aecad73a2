"""Small parts: buttons, zips, hardware, pockets, prints."""

import math

import cairo

from . import palette
from .canvas import ink_rgb, seam, stitch
from .shapes import rounded, trace


def button(ctx, x, y, r, colour, holes=4):
    """A sewn button with a rim, holes and a small shadow."""
    ctx.arc(x + 0.8, y + 1.4, r + 0.6, 0, 7)
    ctx.set_source_rgba(0, 0, 0, 0.28)
    ctx.fill()
    g = cairo.RadialGradient(x - r * 0.4, y - r * 0.5, r * 0.2, x, y, r)
    for stop, f in ((0, 1.35), (0.62, 1.0), (0.8, 0.86), (1, 0.72)):
        c = palette.shade(colour, f)
        g.add_color_stop_rgb(stop, *map(float, c))
    ctx.arc(x, y, r, 0, 7)
    ctx.set_source(g)
    ctx.fill()
    if holes and r > 2.5:
        ink_rgb(ctx, palette.shade(colour, 0.35), 0.85)
        for k in range(holes):
            a = math.pi / 4 + k * 2 * math.pi / holes
            ctx.arc(x + math.cos(a) * r * 0.3, y + math.sin(a) * r * 0.3, max(0.6, r * 0.13), 0, 7)
            ctx.fill()


def metal(x0, y0, x1, y1, colour):
    """A gradient that reads as brushed metal."""
    g = cairo.LinearGradient(x0, y0, x1, y1)
    for stop, f in ((0, 0.7), (0.22, 1.6), (0.45, 0.95), (0.7, 0.62), (0.88, 1.25), (1, 0.7)):
        g.add_color_stop_rgb(stop, *map(float, palette.shade(colour, f)))
    return g


def zipper(ctx, points, tape, teeth, width=5.0, pull=True):
    """A zip along a line: tape, teeth, and a pull at its first point."""
    trace(ctx, points, closed=False)
    ink_rgb(ctx, palette.shade(tape, 0.7))
    ctx.set_line_width(width + 3)
    ctx.set_line_cap(cairo.LINE_CAP_BUTT)
    ctx.stroke()
    for w, dash, off, f in ((width * 0.75, (1.5, 1.3), 0, 1.0), (width * 0.3, (1.5, 1.3), 1.4, 0.6)):
        trace(ctx, points, closed=False)
        ink_rgb(ctx, palette.shade(teeth, f))
        ctx.set_dash(dash, off)
        ctx.set_line_width(w)
        ctx.stroke()
    ctx.set_dash([])
    ctx.set_line_cap(cairo.LINE_CAP_ROUND)
    if pull:
        x, y = points[0][:2]
        trace(ctx, rounded(x - 3.4, y - 2, 6.8, 7, 2))
        trace(ctx, rounded(x - 2.4, y + 5, 4.8, 13, 2))
        ctx.set_source(metal(x - 4, y, x + 4, y + 6, teeth))
        ctx.fill_preserve()
        ctx.set_source_rgba(0, 0, 0, 0.35)
        ctx.set_line_width(0.7)
        ctx.stroke()


def buckle(ctx, x, y, w, h, colour, bar=4.0, r=4.0):
    """A frame buckle around (x, y)."""
    for dx, dy, paint in ((1.2, 1.8, None), (0, 0, metal(x - w / 2, y - h / 2, x + w / 2, y + h / 2, colour))):
        trace(ctx, rounded(x - w / 2 + dx, y - h / 2 + dy, w, h, r))
        if paint is None:
            ctx.set_source_rgba(0, 0, 0, 0.3)
        else:
            ctx.set_source(paint)
        ctx.set_line_width(bar)
        ctx.stroke()
    ink_rgb(ctx, palette.shade(colour, 0.5), 0.5)
    trace(ctx, rounded(x - w / 2 + bar / 2, y - h / 2 + bar / 2, w - bar, h - bar, r * 0.6))
    ctx.set_line_width(0.8)
    ctx.stroke()


def rivet(ctx, x, y, r, colour):
    """A round metal stud."""
    button(ctx, x, y, r, colour, holes=0)


def patch_pocket(cv, fabric, points, **options):
    """A pocket sewn on: a thin piece of cloth with a row of stitches inside its border."""
    options = {"puff": 1.6, "edge": 4, "crease": 0.12, "shadow": 0.26, "lift": 2, "occlusion": 0.12} | options
    cv.piece(points, fabric, **options)
    x, y = sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)
    inner = [(x + (p[0] - x) * 0.91, y + (p[1] - y) * 0.91, *p[2:]) for p in points]
    with cv.ink() as ctx:
        stitch(ctx, inner, palette.thread(fabric.base), closed=True, strength=0.6)


def welt(ctx, a, b, colour, width=5.0):
    """A slit pocket between two points."""
    ctx.move_to(*a)
    ctx.line_to(*b)
    ink_rgb(ctx, palette.shade(colour, 0.4), 0.75)
    ctx.set_line_width(width)
    ctx.stroke()
    ctx.move_to(a[0] + 0.6, a[1] + 1.2)
    ctx.line_to(b[0] + 0.6, b[1] + 1.2)
    ink_rgb(ctx, palette.shade(colour, 1.0 if palette.luma(colour) > 0.25 else 1.25), 1)
    ctx.set_line_width(width * 0.55)
    ctx.stroke()


def graphic(cv, rng, within, x, y, size, ground, ink, accent):
    """A printed motif on a chest: sun and waves, peaks, bars, rings, a leaf, or lines of type."""
    kind = int(rng.integers(0, 7))
    s = size
    with cv.ink(within, alpha=0.9) as ctx:
        ctx.translate(x, y)
        if kind == 0:
            ink_rgb(ctx, accent)
            ctx.arc(0, -s * 0.1, s * 0.55, math.pi, 0)
            ctx.fill()
            ink_rgb(ctx, ink)
            for k in range(4):
                trace(ctx, [(-s * 0.7 + s * 0.28 * i, s * (0.08 + 0.17 * k) + (s * 0.05 if i % 2 else 0))
                        for i in range(6)], False)
                ctx.set_line_width(s * 0.065)
                ctx.stroke()
        elif kind == 1:
            for pts, c in (([(-0.8, 0.45), (-0.2, -0.5), (0.35, 0.45)], ink), ([(-0.1, 0.45), (0.35, -0.2),
                    (0.85, 0.45)], accent)):
                ctx.move_to(pts[0][0] * s, pts[0][1] * s)
                for p in pts[1:]:
                    ctx.line_to(p[0] * s, p[1] * s)
                ink_rgb(ctx, c)
                ctx.fill()
            ctx.arc(s * 0.5, -s * 0.5, s * 0.15, 0, 7)
            ink_rgb(ctx, accent)
            ctx.fill()
        elif kind == 2:
            for k in range(5):
                ink_rgb(ctx, ink if k % 2 else accent)
                ctx.rectangle(-s * 0.8, -s * 0.5 + k * s * 0.22, s * (1.6 - 0.22 * ((k * 2) % 5)), s * 0.13)
                ctx.fill()
        elif kind == 3:
            for k in range(4):
                ink_rgb(ctx, ink if k % 2 else accent)
                ctx.new_sub_path()
                ctx.arc(0, 0, s * (0.16 + 0.17 * k), 0, 7)
                ctx.set_line_width(s * 0.075)
                ctx.stroke()
        elif kind == 4:
            for k in range(-4, 5):
                ctx.save()
                ctx.rotate(k * 0.34)
                ctx.move_to(0, s * 0.1)
                ctx.curve_to(s * 0.16, -s * 0.2, s * 0.12, -s * 0.5, 0, -s * 0.8)
                ctx.curve_to(-s * 0.12, -s * 0.5, -s * 0.16, -s * 0.2, 0, s * 0.1)
                ink_rgb(ctx, ink if k % 2 else accent)
                ctx.fill()
                ctx.restore()
        else:
            ctx.select_font_face("DejaVu Sans", cairo.FONT_SLANT_NORMAL, cairo.FONT_WEIGHT_BOLD)
            _blocks(ctx, rng, s, ink, accent, 2 if kind == 5 else 3)


def _blocks(ctx, rng, s, ink, accent, lines):
    """Abstract lettering: upright strokes of varied width, so that no font is needed."""
    for line in range(lines):
        x, y, h = -s * 0.8, s * (-0.55 + line * 0.46), s * 0.34
        ink_rgb(ctx, ink if line % 2 == 0 else accent)
        while x < s * 0.72:
            w = s * 0.2
            shape = int(rng.integers(0, 5))
            ctx.rectangle(x, y, s * 0.07, h)
            if shape in (0, 3):
                ctx.rectangle(x, y, w, s * 0.07)
            if shape in (0, 1, 4):
                ctx.rectangle(x, y + h - s * 0.07, w, s * 0.07)
            if shape in (2, 3):
                ctx.rectangle(x + w - s * 0.07, y, s * 0.07, h)
            if shape in (2, 4):
                ctx.rectangle(x, y + h * 0.4, w, s * 0.07)
            ctx.fill()
            x += w + s * 0.065


def badge(cv, rng, x, y, colour):
    """A small embroidered mark on a chest."""
    with cv.ink() as ctx:
        ink_rgb(ctx, colour, 0.9)
        if rng.random() < 0.5:
            ctx.arc(x, y, 5, 0, 7)
            ctx.set_line_width(2)
            ctx.stroke()
        else:
            trace(ctx, [(x - 6, y + 4, "c"), (x, y - 6, "c"), (x + 6, y + 4, "c"), (x, y + 1, "c")])
            ctx.fill()


def label(cv, x, y, ground):
    """A woven label inside a neck."""
    with cv.ink() as ctx:
        pale = palette.rgb("White") if palette.luma(ground) < 0.6 else palette.rgb("Charcoal")
        trace(ctx, rounded(x - 11, y, 22, 11, 1.5))
        ink_rgb(ctx, pale, 0.92)
        ctx.fill()
        ink_rgb(ctx, palette.shade(pale, 0.55) if palette.luma(pale) > 0.5 else palette.shade(pale, 1.8), 0.9)
        for k, w in ((4, 7), (7.5, 4.5)):
            ctx.move_to(x - w, y + k)
            ctx.line_to(x + w, y + k)
            ctx.set_line_width(1.3)
            ctx.stroke()


__all__ = ["button", "metal", "zipper", "buckle", "rivet", "patch_pocket", "welt", "graphic", "badge", "label", "seam",
        "stitch"]
