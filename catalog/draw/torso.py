"""The upper body of a garment laid flat: torso, sleeves, neck, and the folds between them."""

import math
from dataclasses import dataclass

import numpy as np

from . import palette
from .canvas import seam, stitch
from .details import label
from .shapes import CX, flip, lerp, mirror, wobbled


@dataclass
class Torso:
    """Half widths (from the centre line) and heights of a garment, in pixels of the picture."""

    neck: float = 44
    neck_y: float = 84
    drop: float = 34
    shoulder: float = 116
    shoulder_y: float = 108
    chest: float = 112
    under_y: float = 212
    waist: float = 106
    waist_y: float = 370
    hem: float = 112
    hem_y: float = 560
    hem_curve: float = 6
    open_v: bool = False

    def outline(self, rng, wobble=1.8):
        """The torso with its neckline cut out."""
        top = [(0, self.neck_y + self.drop, "c")] if self.open_v else [(0, self.neck_y + self.drop)]
        if not self.open_v:
            top.append((self.neck * 0.62, self.neck_y + self.drop * 0.74))
        half = top + [
            (self.neck, self.neck_y, "c"), (self.shoulder, self.shoulder_y, "c"),
            (self.shoulder - 9, self.shoulder_y + (self.under_y - self.shoulder_y) * 0.55), (self.chest, self.under_y,
                    "c"),
            ((self.chest + self.waist) / 2 - 1, (self.under_y + self.waist_y) / 2), (self.waist, self.waist_y),
            (self.hem - 1, self.hem_y - 40), (self.hem, self.hem_y, "c"), (self.hem * 0.5,
                    self.hem_y + self.hem_curve * 0.8),
            (0, self.hem_y + self.hem_curve),
        ]
        return mirror(half, rng=rng, wobble=wobble)


def folds(rng, t, count=6, depth=3.0):
    """Creases of a torso: drags from the arms, long soft ones down, a few random."""
    out = []
    for side in (-1, 1):
        x, y = CX + side * t.chest, t.under_y
        for k in range(2):
            reach, fall = rng.uniform(45, 100), rng.uniform(18, 95)
            out.append((
                [(x - side * 4, y + 6 * k), (x - side * reach * 0.5, y + fall * 0.35), (x - side * reach, y + fall)],
                rng.uniform(7, 12), rng.uniform(0.6, 1.2) * depth,
            ))
    for _ in range(count):
        x, y = CX + rng.uniform(-0.85, 0.85) * t.waist, rng.uniform(t.under_y, t.hem_y - 60)
        length, lean = rng.uniform(60, 170), rng.normal(0, 26)
        out.append((
            [(x, y), (x + lean * 0.4 + rng.normal(0, 6), y + length / 2), (x + lean, min(t.hem_y - 8, y + length))],
            rng.uniform(8, 17), rng.choice([-1, 1]) * rng.uniform(0.6, 1.3) * depth,
        ))
    return out


def sleeve_shape(rng, t, length, angle, cuff, bulge=6.0):
    """The left sleeve, its axis angle, and its cuff edge (outer, inner)."""
    a = math.radians(angle + rng.normal(0, 1.2))
    d, across = (-math.sin(a), math.cos(a)), (math.cos(a), math.sin(a))
    s, u = (CX - t.shoulder + 3, t.shoulder_y - 1), (CX - t.chest, t.under_y)
    out = (s[0] + d[0] * length, s[1] + d[1] * length)
    inn = (out[0] + across[0] * cuff, out[1] + across[1] * cuff)
    mid_out, mid_in = lerp(s, out, 0.5), lerp(u, inn, 0.5)
    k = bulge * length / 200
    points = [
        (s[0] + 26, s[1] + 4, "c"), (*s, ), (*lerp(s, out, 0.22)[:1], lerp(s, out, 0.22)[1]),
        (mid_out[0] - across[0] * k, mid_out[1] - across[1] * k), (*out, "c"), (*inn, "c"),
        (mid_in[0] + across[0] * k * 0.2, mid_in[1]), (u[0] + 2, u[1] + 2, "c"), (u[0] + 32, u[1] - 14, "c"),
    ]
    return wobbled(points, rng, 1.0), a, (out, inn)


def sleeve_folds(rng, t, edge, length, depth=3.0, side=-1):
    """Creases across and along a sleeve; strongest at elbow and arm pit."""
    s, u = (CX - t.shoulder, t.shoulder_y), (CX - t.chest, t.under_y)
    out = []
    for _ in range(int(2 + length / 45)):
        k = rng.uniform(0.1, 0.92)
        a, b = lerp(s, edge[0], k), lerp(u, edge[1], min(1, k + rng.uniform(-0.14, 0.1)))
        a, b = (a, lerp(a, b, rng.uniform(0.45, 0.8))) if rng.random() < 0.5 else (lerp(a, b, rng.uniform(0.2, 0.5)), b)
        m = lerp(a, b, 0.5)
        out.append(([a, (m[0], m[1] + rng.normal(4, 4)), b], rng.uniform(6, 11), rng.choice([-1, 1]) * rng.uniform(0.5,
                1.1) * depth))
    a, b = lerp(s, u, 0.45), lerp(*edge, rng.uniform(0.35, 0.65))
    out.append(([a, lerp(a, b, 0.5), lerp(a, b, 0.85)], rng.uniform(9, 14), rng.uniform(0.5, 1.0) * depth))
    return out


def sleeves(cv, rng, t, fabric, length, angle, cuff, *, band=None, band_fabric=None, hem_stitch=True, depth=3.0,
        **options):
    """Both sleeves; `band` is the height of a cuff in pixels. Returns the cuff edges, left then right."""
    edges = []
    for side in (-1, 1):
        shape, a, edge = sleeve_shape(rng, t, length * (1 + rng.normal(0, 0.008)), angle, cuff)
        lines = sleeve_folds(rng, t, edge, length, depth)
        if side > 0:
            shape, edge, a = flip(shape), tuple(flip(list(edge))), -a
            lines = [(flip(p), w, h) for p, w, h in lines]
        mask = cv.piece(shape, fabric, folds=lines, angle=a, **({"puff": 8, "edge": 15, "crease": 0.5} | options))
        if band:
            d = (-math.sin(a), math.cos(a))
            o, i = edge
            ox, oy = (o[0] - i[0]) * 0.02, (o[1] - i[1]) * 0.02
            strip = [
                (o[0] + ox, o[1] + oy, "c"), (o[0] + d[0] * band - ox, o[1] + d[1] * band - oy, "c"),
                (i[0] + d[0] * band + ox, i[1] + d[1] * band + oy, "c"), (i[0] - ox, i[1] - oy, "c"),
            ]
            cv.piece(strip, band_fabric or fabric, angle=a, puff=5, edge=10, crease=0.2, shadow=0.22, lift=3)
        elif hem_stitch:
            o, i = edge
            d = (-math.sin(a) * 11, math.cos(a) * 11)
            with cv.ink(mask) as ctx:
                for k in (1.0, 1.35):
                    stitch(ctx, [(o[0] - d[0] * k, o[1] - d[1] * k), (i[0] - d[0] * k, i[1] - d[1] * k)],
                            palette.thread(fabric.base), closed=False, strength=0.5)
        edges.append(edge)
    return edges


def inside_back(cv, t, fabric, height=9, label_too=True):
    """The inside of the back that shows through the neck."""
    inner = fabric.but(base=palette.shade(fabric.base, 0.72), second=palette.shade(fabric.second, 0.72),
                       third=palette.shade(fabric.third, 0.72))
    shape = mirror([(0, t.neck_y + height), (t.neck * 0.6, t.neck_y + height * 0.5), (t.neck + 4, t.neck_y - 3, "c"),
                    (t.neck + 6, t.neck_y + 22, "c"), (t.neck * 0.7, t.neck_y + t.drop + 16),
                            (0, t.neck_y + t.drop + 20)])
    cv.piece(shape, inner, puff=2, crease=0.15, shadow=0.15, lift=3, occlusion=0.32)
    if label_too:
        label(cv, CX, t.neck_y + height + 7, fabric.base)


def back_band(cv, t, fabric, width=11, height=9):
    """The back half of a neck band, behind the neck."""
    strip = mirror([(0, t.neck_y + height - width * 0.75), (t.neck * 0.6, t.neck_y + height * 0.5 - width * 0.8),
            (t.neck - 1, t.neck_y - width * 0.55, "c"),
                    (t.neck - 5, t.neck_y + 2, "c"), (t.neck * 0.55, t.neck_y + height * 0.55 + 1),
                            (0, t.neck_y + height + 1)])
    cv.piece(strip, fabric, puff=2.5, edge=5, crease=0.1, shadow=0.2, lift=2)


def neck_band(cv, rng, t, fabric, width=11):
    """The front half of a neck band along the neckline."""
    n, y, d, w = t.neck, t.neck_y, t.drop, width
    if t.open_v:
        half = [(0, y + d - w * 1.25, "c"), (n - w * 0.9, y - w * 0.35, "c"), (n + 1.5, y - 1, "c"), (0, y + d + 3,
                "c")]
    else:
        half = [(0, y + d - w), (n * 0.6 - w * 0.35, y + d * 0.72 - w * 0.8), (n - w * 0.85, y - w * 0.4, "c"),
                (n + 1.5, y - 1, "c"), (n * 0.66, y + d * 0.75 + 1), (0, y + d + 2)]
    cv.piece(mirror(half), fabric, puff=3, edge=5, crease=0.08, shadow=0.22, lift=2)
    line = [(CX - n - 1, y), (CX, y + d + 3, "c"), (CX + n + 1, y)] if t.open_v else [
        (CX - n - 1, y), (CX - n * 0.66, y + d * 0.76 + 2), (CX, y + d + 3), (CX + n * 0.66, y + d * 0.76 + 2),
                (CX + n + 1, y)]
    with cv.ink() as ctx:
        seam(ctx, line, fabric.base, width=1.0, strength=0.4)


def hem_line(cv, t, fabric, mask, up=13, rows=2):
    """Stitches along the hem."""
    with cv.ink(mask) as ctx:
        for k in range(rows):
            y = t.hem_y - up + k * 4.5
            line = [(CX - t.hem - 4, y), (CX - t.hem * 0.5, y + t.hem_curve * 0.8), (CX, y + t.hem_curve),
                    (CX + t.hem * 0.5, y + t.hem_curve * 0.8), (CX + t.hem + 4, y)]
            stitch(ctx, line, palette.thread(fabric.base), strength=0.5)


def armhole_seams(cv, t, fabric, mask):
    """The seams where sleeves meet the body."""
    with cv.ink(mask) as ctx:
        for side in (-1, 1):
            line = [(CX + side * (t.shoulder - 1.5), t.shoulder_y), (CX + side * (t.shoulder - 11),
                    t.shoulder_y + (t.under_y - t.shoulder_y) * 0.55),
                    (CX + side * (t.chest - 2), t.under_y)]
            seam(ctx, line, fabric.base, width=1.2, strength=0.4)


def hem_rib(cv, rng, t, fabric, height=30):
    """A ribbed waistband below the hem."""
    y, c = t.hem_y, t.hem_curve
    half = [(0, y + c - 8), (t.hem * 0.5, y + c * 0.8 - 8), (t.hem - 3, y - 8, "c"), (t.hem - 8, y + height, "c"),
            (t.hem * 0.5, y + height + c * 0.7), (0, y + height + c)]
    cv.piece(mirror(half, rng=rng, wobble=0.8), fabric, puff=5, edge=9, crease=0.25, shadow=0.28, lift=4)


def drape_wave(count, depth, phase=None, start=0.0):
    """A drape of soft flutes that fan out with the outline, deeper towards the hem."""

    def height(t, v, rng):
        p = rng.uniform(0, 6) if phase is None else phase
        ramp = np.clip((v - start) / (1 - start), 0, 1) ** 0.8
        bend = 0.35 * np.sin(v * 3 + p)
        wave = np.sin(2 * np.pi * count * t + p + bend) + 0.45 * np.sin(2 * np.pi * count * 1.73 * t + 2 * p - bend)
        return depth * ramp * wave

    return height


def pleats(count, depth):
    """Knife pleats: one sharp side, one long slope."""

    def height(t, v, rng):
        saw = (t * count) % 1
        return depth * (0.35 + 0.65 * v) * np.minimum(saw, (1 - saw) * 5)

    return height
