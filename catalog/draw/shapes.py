"""Outlines: smooth closed curves through points, mirrored halves, small irregularities."""

import math

CX = 240.0


def segments(points, closed=True):
    """Cubic Bezier segments through points; a third element of "c" makes a point a corner.

    Tangents are those of a Catmull-Rom spline, shortened to a third of each chord so that they never overshoot.
    """
    n = len(points)
    out = []
    for i in range(n if closed else n - 1):
        p0, p1 = points[(i - 1) % n], points[i]
        p2, p3 = points[(i + 1) % n], points[(i + 2) % n]
        if not closed and i == 0:
            p0 = p1
        if not closed and i == n - 2:
            p3 = p2
        chord = math.hypot(p2[0] - p1[0], p2[1] - p1[1]) / 3
        c1 = _handle(p0, p1, p2, chord, len(p1) > 2)
        c2 = _handle(p3, p2, p1, chord, len(p2) > 2)
        out.append((p1[:2], c1, c2, p2[:2]))
    return out


def _handle(before, at, after, length, corner):
    start = at if corner else before
    dx, dy = after[0] - start[0], after[1] - start[1]
    d = math.hypot(dx, dy) or 1.0
    return (at[0] + dx / d * length, at[1] + dy / d * length)


def trace(ctx, points, closed=True):
    """Add the curve through points to the path of a cairo context."""
    segs = segments(points, closed)
    ctx.move_to(*segs[0][0])
    for _, c1, c2, p in segs:
        ctx.curve_to(*c1, *c2, *p)
    if closed:
        ctx.close_path()


def mirror(half, cx=CX, rng=None, wobble=0.0):
    """A closed outline from its left half.

    The half runs from the top centre to the bottom centre as (distance left of the centre, y[, "c"]). With a generator,
    each side is moved a little by itself, as cloth laid on a table is.
    """
    left = [(cx - p[0], *p[1:]) for p in half]
    right = [(cx + p[0], *p[1:]) for p in reversed(half) if p[0] > 0.5]
    if rng is not None and wobble:
        left, right = wobbled(left, rng, wobble), wobbled(right, rng, wobble)
    return left + right


def wobbled(points, rng, amount):
    """The same points, each moved by a normal deviate."""
    return [(p[0] + rng.normal(0, amount), p[1] + rng.normal(0, amount), *p[2:]) for p in points]


def flip(points, cx=CX):
    """Mirror points left to right."""
    return [(2 * cx - p[0], *p[1:]) for p in points]


def moved(points, dx=0.0, dy=0.0, scale=1.0, angle=0.0, about=(CX, 320.0)):
    """Points turned and scaled about a point, then shifted."""
    s, c = math.sin(angle) * scale, math.cos(angle) * scale
    out = []
    for p in points:
        x, y = p[0] - about[0], p[1] - about[1]
        out.append((about[0] + x * c - y * s + dx, about[1] + x * s + y * c + dy, *p[2:]))
    return out


def rounded(x, y, w, h, r):
    """A rectangle with rounded corners, as points."""
    k = r * 0.3
    return [
        (x + r, y), (x + w - r, y), (x + w - k, y + k), (x + w, y + r), (x + w, y + h - r), (x + w - k, y + h - k),
        (x + w - r, y + h), (x + r, y + h), (x + k, y + h - k), (x, y + h - r), (x, y + r), (x + k, y + k),
    ]


def ellipse(x, y, rx, ry, n=12, start=0.0):
    """An ellipse, as points."""
    return [
        (x + rx * math.cos(start + 2 * math.pi * i / n), y + ry * math.sin(start + 2 * math.pi * i / n))
        for i in range(n)
    ]


def lerp(a, b, t):
    """The point at t between two points."""
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t)
