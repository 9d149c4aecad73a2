"""Jeans, trousers, shorts and leggings."""

from dataclasses import dataclass

import cairo

from . import palette
from .canvas import ink_rgb, seam, stitch
from .details import button, patch_pocket, rivet
from .look import Kind, chance, one
from .shapes import CX, flip, mirror, trace, wobbled


@dataclass
class Legs:
    """Half widths from the centre line and heights of a pair of legs, in pixels."""

    waist: float = 88
    top: float = 46
    hip: float = 108
    hip_y: float = 150
    crotch: float = 214
    knee: tuple = (104, 26)
    ankle: tuple = (98, 34)
    bottom: float = 606


def leg_shape(rng, g, wobble=1.6):
    """The left leg, from the centre front to the hem."""
    knee_y = g.crotch + (g.bottom - g.crotch) * 0.47
    o, i = g.ankle
    half = [(-2, g.top + 4, "c"), (g.waist * 0.5, g.top + 2), (g.waist, g.top - 3, "c"), ((g.waist + g.hip) / 2 + 4,
            (g.top + g.hip_y) / 2), (g.hip, g.hip_y),
            ((g.hip + g.knee[0]) / 2 + 2, (g.hip_y + knee_y) / 2), (g.knee[0], knee_y), ((g.knee[0] + o) / 2,
                    (knee_y + g.bottom) / 2),
            (o, g.bottom, "c"), ((o + i) / 2, g.bottom + 4), (i, g.bottom + 1, "c"), ((g.knee[1] + i) / 2,
                    (knee_y + g.bottom) / 2), (g.knee[1], knee_y),
            (g.knee[1] * 0.35 + 3, (g.crotch + knee_y) / 2 - 20), (-3, g.crotch, "c")]
    return wobbled([(CX - p[0], *p[1:]) for p in half], rng, wobble)


def leg_folds(rng, g, depth, count=7):
    """Whiskers from the crotch, creases at the knee, stacks at the ankle; for the left leg."""
    out = []
    for k in range(4):
        y = g.crotch - 38 + 16 * k
        out.append(([(CX - 6, y), (CX - 40, y - rng.uniform(0, 14) + 6 * k), (CX - rng.uniform(60, 92),
                y - rng.uniform(4, 26) + 12 * k)], rng.uniform(5, 9), rng.uniform(0.5, 1) * depth))
    knee_y = g.crotch + (g.bottom - g.crotch) * 0.47
    for y0, n, amp in ((knee_y, 3, 1.0), (g.bottom - 40, 3, 0.9)):
        for _ in range(n):
            y, x0, x1 = y0 + rng.normal(0, 28), CX - g.knee[0] + rng.uniform(0, 16), CX - g.knee[1] - rng.uniform(0, 40)
            if y < g.bottom - 10:
                out.append(([(x0, y), ((x0 + x1) / 2, y + rng.normal(6, 5)), (x1, y + rng.normal(0, 16))],
                        rng.uniform(5, 9), rng.choice([-1, 1]) * amp * depth * rng.uniform(0.4, 0.9)))
    for _ in range(count - 3):
        x, y = CX - rng.uniform(g.knee[1] + 14, max(g.knee[0] - 12, g.knee[1] + 20)), rng.uniform(g.crotch - 30,
                max(g.crotch, g.bottom - 120))
        out.append(([(x, y), (x + rng.normal(0, 8), y + 50), (x + rng.normal(0, 12), y + rng.uniform(80, 130))],
                rng.uniform(8, 14), rng.choice([-1, 1]) * depth * 0.7))
    return out


def legs(cv, rng, g, f, depth=3.0, crease_line=False, **options):
    """Both legs; returns the mask of the pair."""
    total = 0
    for side in (1, -1):
        shape, lines = leg_shape(rng, g), leg_folds(rng, g, depth)
        if crease_line:
            mid = (g.ankle[0] + g.ankle[1]) / 2
            lines.append(([(CX - g.waist * 0.55, g.top + 40), (CX - (g.knee[0] + g.knee[1]) / 2,
                    (g.crotch + g.bottom) / 2), (CX - mid, g.bottom)], 3, 3.2))
        if side < 0:
            shape, lines = flip(shape), [(flip(p), w, h) for p, w, h in lines]
        mask = cv.piece(shape, f, folds=lines, **({"puff": 8, "edge": 18, "crease": 0.55, "shadow": 0.28,
                "origin": (CX, 320)} | options))
        total = total + mask
    return total.clip(0, 1)


def waistband(cv, rng, g, f, height=24, loops=True, thread=None):
    """A waistband, the inside of the back seen above it."""
    t, w = g.top, g.waist
    cv.piece(mirror([(0, t - height * 0.45), (w - 4, t - height - 1, "c"), (w - 4, t, "c"), (0, t + 10)]),
            f.plain(palette.shade(f.base, 0.6)), puff=2, crease=0.1)
    band = mirror([(0, t - height + 12), (w * 0.5, t - height + 7), (w - 2, t - height, "c"), (w + 2, t + 1, "c"),
            (w * 0.5, t + 7), (0, t + 11)], rng=rng, wobble=0.7)
    cv.piece(band, f, puff=3, edge=6, crease=0.2, shadow=0.22, lift=2, origin=(CX, 320))
    if loops:
        for dx in (-0.78, -0.42, 0.42, 0.78):
            x = CX + dx * w
            y = t - height + 11 - abs(dx) * 9
            cv.piece([(x - 5, y - 3, "c"), (x + 5, y - 3, "c"), (x + 5, y + height + 4, "c"), (x - 5, y + height + 4,
                    "c")], f.plain(), puff=2, edge=3, crease=0, shadow=0.3, lift=2)
    if thread is not None:
        with cv.ink() as ctx:
            for k in (4, height - 4):
                stitch(ctx, [(CX - w + 2, t - height + k), (CX, t - height + 12 + k), (CX + w - 2, t - height + k)],
                        thread, strength=0.7)


def fly(ctx, g, colour, thread, curved=True):
    """The fly: centre seam and its J-shaped stitching."""
    seam(ctx, [(CX + 1, g.top + 8), (CX + 2, g.crotch)], colour, 1.6, 0.6)
    if curved:
        for k in (0, 4):
            stitch(ctx, [(CX + 24 - k, g.top + 8), (CX + 24 - k, g.top + 78), (CX + 16 - k, g.top + 104),
                    (CX + 2, g.top + 118)], thread)


def hip_pockets(ctx, g, colour, thread, slant=False):
    """Front pockets: curved as on jeans, or slanted."""
    for side in (-1, 1):
        if slant:
            line = [(CX + side * g.waist * 0.6, g.top + 6), (CX + side * (g.hip - 7), g.top + 92)]
        else:
            line = [(CX + side * g.waist * 0.42, g.top + 6), (CX + side * g.waist * 0.52, g.top + 36),
                    (CX + side * g.waist * 0.78, g.top + 54), (CX + side * (g.waist + 12), g.top + 58)]
        seam(ctx, line, colour, 2.0, 0.7)
        if thread is not None:
            for k in (4, 8):
                stitch(ctx, [(p[0] - side * k * 0.4, p[1] + k * 0.9) for p in line], thread)


def jeans(cv, rng, look):
    """Jeans: skinny, straight, wide, bootcut or boyfriend; washed, dark or torn."""
    cut = one(rng, "skinny", "slim", "straight", "wide-leg", "bootcut", "boyfriend")
    f = look.fabric("twill").but(pattern="denim")
    g = Legs(top=rng.uniform(50, 58), waist=rng.uniform(88, 96), bottom=rng.uniform(598, 610))
    g.hip = g.waist + rng.uniform(18, 24)
    g.knee, g.ankle = {"skinny": ((90, 28), (80, 40)), "slim": ((98, 26), (88, 38)), "straight": ((110, 22),
            (108, 28)), "wide-leg": ((128, 18), (142, 18)),
                       "bootcut": ((98, 28), (118, 22)), "boyfriend": ((118, 22), (108, 34))}[cut]
    thread = one(rng, palette.rgb("Tan"), palette.rgb("Mustard"), palette.thread(f.base))
    mask = legs(cv, rng, g, f, depth=3.6)
    # Wear: thighs and knees are paler, seams darker.
    fade = float(rng.uniform(0.0, 0.34))
    torn = chance(rng, 0.22) and cut != "wide-leg"
    with cv.ink(mask) as ctx:
        for side in (-1, 1):
            for y, r, a in ((g.crotch + 50, 120, fade), (g.crotch + 190, 70, fade * 0.6)):
                x = CX + side * (g.knee[0] + g.knee[1]) / 2
                ctx.save()
                ctx.translate(x, y)
                ctx.scale(0.36, 1)
                grad = cairo.RadialGradient(0, 0, 0, 0, 0, r)
                grad.add_color_stop_rgba(0, 0.95, 0.96, 0.98, a)
                grad.add_color_stop_rgba(1, 0.95, 0.96, 0.98, 0)
                ctx.set_source(grad)
                ctx.arc(0, 0, r, 0, 7)
                ctx.fill()
                ctx.restore()
            if torn:
                x, y = CX + side * (g.knee[0] + g.knee[1]) / 2, g.crotch + rng.uniform(150, 190)
                for k in range(12):
                    w = rng.uniform(14, 30)
                    ctx.move_to(x - w, y + k * 2.4)
                    ctx.curve_to(x - w / 2, y + k * 2.4 + 2, x + w / 2, y + k * 2.4 - 1, x + w,
                            y + k * 2.4 + rng.normal(0, 1.5))
                    ctx.set_source_rgba(0.93, 0.94, 0.95, 0.85)
                    ctx.set_line_width(1.3)
                    ctx.stroke()
            stitch(ctx, [(CX + side * (g.ankle[0] + 4), g.bottom - 12), (CX + side * g.ankle[1], g.bottom - 10)],
                    thread)
            seam(ctx, [(CX + side * (g.hip - 5), g.hip_y - 40), (CX + side * (g.knee[0] - 5), g.crotch + 150),
                    (CX + side * (g.ankle[0] - 4), g.bottom)], f.base, 1.2, 0.35)
        hip_pockets(ctx, g, f.base, thread)
        fly(ctx, g, f.base, thread)
    waistband(cv, rng, g, f, 25, thread=thread)
    metal = one(rng, palette.METALS["Gold"], palette.METALS["Silver"])
    with cv.ink() as ctx:
        button(ctx, CX + 2, g.top - 2, 7.5, metal, 0)
        for side in (-1, 1):
            rivet(ctx, CX + side * g.waist * 0.45, g.top + 10, 2.6, metal)
            rivet(ctx, CX + side * (g.waist + 6), g.top + 55, 2.6, metal)
    if cut == "boyfriend":
        for side in (-1, 1):
            a, b = CX + side * (g.ankle[0] + 3), CX + side * (g.ankle[1] - 3)
            cv.piece([(a, g.bottom - 26, "c"), (b, g.bottom - 24, "c"), (b, g.bottom + 5, "c"), (a, g.bottom + 4,
                    "c")], f.plain(palette.mix(f.base, palette.rgb("White"), 0.4)), puff=4, edge=6, shadow=0.3, lift=3)
    return {"cut": ("ripped " if torn else "") + cut, "fit": {"skinny": "skinny", "slim": "slim",
            "straight": "regular"}.get(cut, "relaxed"), "length": "full",
            "gender": one(rng, "Men", "Women") if cut in ("skinny", "slim", "straight") else "Women",
                    "pattern": "denim"}


def trousers(cv, rng, look):
    """Trousers: formal with a crease, chinos, cargo, joggers, wide or cord."""
    cut = one(rng, "formal", "chino", "cargo", "jogger", "wide-leg", "corduroy")
    if look.pattern in ("checks", "stripes"):
        cut = one(rng, "formal", "wide-leg", "formal")
    f = look.fabric({"formal": "canvas", "jogger": "fleece", "corduroy": "cord"}.get(cut, "twill"), 26)
    if look.pattern == "stripes":
        f = f.but(style=2)
    g = Legs(top=rng.uniform(50, 58), waist=rng.uniform(86, 94), bottom=rng.uniform(598, 610))
    g.hip = g.waist + rng.uniform(18, 26)
    g.knee, g.ankle = {"formal": ((106, 24), (98, 32)), "chino": ((104, 26), (92, 36)), "cargo": ((118, 20),
            (110, 28)), "jogger": ((112, 24), (84, 42)),
                       "wide-leg": ((136, 14), (152, 14)), "corduroy": ((108, 24), (104, 28))}[cut]
    if cut == "jogger":
        g.bottom -= 28
    mask = legs(cv, rng, g, f, depth=2.4 if cut == "formal" else 4.4 if cut == "jogger" else 3.2,
            crease_line=cut == "formal")
    thread = palette.thread(f.base)
    with cv.ink(mask) as ctx:
        hip_pockets(ctx, g, f.base, None if cut == "formal" else thread, slant=cut != "corduroy")
        fly(ctx, g, f.base, thread, curved=cut not in ("jogger",))
        for side in (-1, 1):
            stitch(ctx, [(CX + side * (g.ankle[0] + 4), g.bottom - 14), (CX + side * g.ankle[1], g.bottom - 12)],
                    thread, strength=0.4)
    if cut == "cargo":
        for side in (-1, 1):
            x, y = CX + side * (g.hip - 26), g.crotch + 50
            patch_pocket(cv, f, [(x - 27, y, "c"), (x + 27, y, "c"), (x + 26, y + 76, "c"), (x - 27, y + 76, "c")],
                    within=mask)
            patch_pocket(cv, f, [(x - 29, y - 6, "c"), (x + 29, y - 6, "c"), (x + 29, y + 16, "c"), (x - 29, y + 16,
                    "c")], within=mask)
            with cv.ink() as ctx:
                button(ctx, x, y + 7, 4, palette.shade(f.base, 0.6))
    if cut == "jogger":
        rib = f.plain(surface="rib")
        for side in (-1, 1):
            a, b = CX + side * (g.ankle[0] - 4), CX + side * (g.ankle[1] + 4)
            cv.piece([(a, g.bottom - 4, "c"), (b, g.bottom - 4, "c"), (b + side * 3, g.bottom + 28, "c"),
                    (a - side * 4, g.bottom + 28, "c")], rib, puff=5, edge=8, shadow=0.3, lift=3)
        waistband(cv, rng, g, rib, 30, loops=False)
        cord = one(rng, palette.rgb("White"), palette.shade(f.base, 0.6))
        with cv.ink() as ctx:
            for side in (-1, 1):
                trace(ctx, [(CX + side * 9, g.top - 3), (CX + side * 15, g.top + 30), (CX + side * rng.uniform(8, 22),
                        g.top + rng.uniform(58, 86))], False)
                ink_rgb(ctx, cord)
                ctx.set_line_width(4)
                ctx.stroke()
    else:
        waistband(cv, rng, g, f, 25, thread=None if cut == "formal" else thread)
        with cv.ink() as ctx:
            button(ctx, CX + 3, g.top - 2, 6, palette.shade(f.base, 0.6))
    return {"cut": {"formal": "tailored"}.get(cut, cut), "noun": {"chino": "Trousers", "jogger": "Trousers"}.get(cut,
            "Trousers"), "fit": {"formal": "slim", "wide-leg": "relaxed", "cargo": "relaxed",
            "jogger": "relaxed"}.get(cut, "regular"),
            "length": "full", "gender": "Women" if cut == "wide-leg" else one(rng, "Men", "Men", "Women"),
                    "usage": {"formal": "Formal", "jogger": "Sports"}.get(cut, "Casual")}


def shorts(cv, rng, look):
    """Shorts: denim, chino, cargo, sports or swim."""
    cut = "denim" if look.pattern == "denim" else one(rng, "chino", "chino", "sports", "swim", "cargo", "high-waist")
    f = look.fabric({"denim": "twill", "sports": "satin", "swim": "satin"}.get(cut, "twill"), 34, gloss=0.06
            if cut in ("sports", "swim") else 0)
    women = cut in ("high-waist",) or (cut == "denim" and chance(rng, 0.6))
    g = Legs(waist=rng.uniform(140, 152), top=rng.uniform(124, 140), hip_y=280, bottom=rng.uniform(500, 560)
            if not women else rng.uniform(440, 480))
    g.hip, g.crotch = g.waist + rng.uniform(24, 34), rng.uniform(372, 390)
    wide = g.hip + (rng.uniform(16, 30) if cut != "chino" else rng.uniform(2, 12))
    g.knee, g.ankle = ((g.hip + wide) / 2, 12), (wide, rng.uniform(12, 22))
    mask = legs(cv, rng, g, f, depth=4.5, crease=0.8)
    thread = palette.rgb("Tan") if cut == "denim" else palette.thread(f.base)
    with cv.ink(mask) as ctx:
        hip_pockets(ctx, g, f.base, thread, slant=cut != "denim")
        if cut in ("sports", "swim"):
            seam(ctx, [(CX + 1, g.top + 8), (CX + 2, g.crotch)], f.base, 1.6, 0.6)
        else:
            fly(ctx, g, f.base, thread)
        if cut == "sports":
            for side in (-1, 1):
                for k in (8, 20):
                    trace(ctx, [(CX + side * (g.waist - k), g.top), (CX + side * (g.hip - k), g.hip_y),
                            (CX + side * (g.ankle[0] - k), g.bottom + 8)], False)
                    ink_rgb(ctx, look.accent(), 0.95)
                    ctx.set_line_width(5)
                    ctx.stroke()
        for side in (-1, 1):
            for k in (13, 18):
                stitch(ctx, [(CX + side * (g.ankle[0] + 4), g.bottom - k), (CX + side * g.ankle[1], g.bottom - k + 3)],
                        thread, strength=0.6)
    if cut == "cargo":
        for side in (-1, 1):
            x, y = CX + side * (g.hip - 36), g.crotch - 6
            patch_pocket(cv, f, [(x - 38, y, "c"), (x + 34, y, "c"), (x + 34, y + 84, "c"), (x - 38, y + 84, "c")],
                    within=mask)
            patch_pocket(cv, f, [(x - 40, y - 8, "c"), (x + 36, y - 8, "c"), (x + 36, y + 20, "c"), (x - 40, y + 20,
                    "c")], within=mask)
    elastic = cut in ("sports", "swim")
    waistband(cv, rng, g, f.plain(surface="rib") if elastic else f, 34, loops=not elastic, thread=None if elastic
            else thread)
    with cv.ink() as ctx:
        if elastic:
            for side in (-1, 1):
                trace(ctx, [(CX + side * 10, g.top - 2), (CX + side * 20, g.top + 40), (CX + side * rng.uniform(8, 30),
                        g.top + rng.uniform(80, 112))], False)
                ink_rgb(ctx, look.accent() if chance(rng, 0.5) else palette.rgb("White"))
                ctx.set_line_width(5)
                ctx.stroke()
        else:
            button(ctx, CX + 4, g.top - 4, 9, palette.METALS["Gold"] if cut == "denim" else palette.shade(f.base, 0.6),
                    0 if cut == "denim" else 4)
    return {"cut": {"denim": ""}.get(cut, cut), "fit": one(rng, "regular", "relaxed", "slim"), "length": "mini"
            if women else "knee", "gender": "Women" if women else "Men",
            "usage": "Sports" if elastic else "Casual", "season": "Summer"}


def leggings(cv, rng, look):
    """Leggings: full or cropped, with a wide waistband, panels or side stripes."""
    cut = one(rng, "full", "cropped", "panelled", "side-stripe")
    f = look.fabric("satin", 26, gloss=0.06, melange=0.05 if look.colour == "Grey" else 0)
    g = Legs(waist=rng.uniform(70, 78), top=62, hip=rng.uniform(92, 100), crotch=226, knee=(78, 26), ankle=(62, 34),
            bottom=604)
    if cut == "cropped":
        g = Legs(waist=84, top=70, hip=110, crotch=250, knee=(94, 26), ankle=(84, 36), bottom=566)
    mask = legs(cv, rng, g, f, depth=2.0, puff=12, edge=26, crease=0.35)
    knee = g.crotch + (g.bottom - g.crotch) * 0.47
    with cv.ink(mask) as ctx:
        for side in (-1, 1):
            if cut == "panelled":
                trace(ctx, [(CX + side * (g.knee[0] + 20), knee - 70, "c"), (CX + side * (g.knee[1] + 18), knee + 20),
                        (CX + side * (g.ankle[0] + 20), knee + 96, "c")])
                ink_rgb(ctx, look.accent(), 0.8)
                ctx.fill()
            if cut == "side-stripe":
                trace(ctx, [(CX + side * (g.waist - 4), g.top), (CX + side * (g.hip - 7), g.hip_y),
                        (CX + side * (g.knee[0] - 7), knee), (CX + side * (g.ankle[0] - 7), g.bottom)], False)
                ink_rgb(ctx, look.accent(), 0.9)
                ctx.set_line_width(9)
                ctx.stroke()
            stitch(ctx, [(CX + side * (g.ankle[0] + 4), g.bottom - 9), (CX + side * g.ankle[1], g.bottom - 8)],
                    palette.thread(f.base), strength=0.5)
        seam(ctx, [(CX, g.top), (CX, g.crotch)], f.base, 1.2, 0.4)
    waistband(cv, rng, g, f.plain(look.accent() if cut == "panelled" and chance(rng, 0.5) else f.base), rng.uniform(32,
            48), loops=False, thread=palette.thread(f.base))
    return {"cut": "" if cut == "full" else cut, "fit": "skinny", "length": "cropped" if cut == "cropped" else "full",
            "gender": "Women", "usage": one(rng, "Sports", "Casual")}


DENIM = "Blue, Navy Blue, Light Blue, Black, Grey, Charcoal, White, Blue, Light Blue, Navy Blue, Olive, Beige"
KINDS = [
    Kind("Jeans", "Jeans", jeans, 26, (29, 129), {"denim": 1}, DENIM),
    Kind("Trousers", "Trousers", trousers, 28, (29, 139), {"plain": 6, "checks": 2, "stripes": 1, "camo": 1}),
    Kind("Shorts", "Shorts", shorts, 26, (15, 59), {"plain": 5, "denim": 3, "checks": 2, "floral": 2, "stripes": 1,
            "camo": 1}),
    Kind("Leggings", "Leggings", leggings, 20, (15, 69), {"plain": 6, "animal": 1, "tie-dye": 1, "camo": 1,
            "floral": 1}),
]
