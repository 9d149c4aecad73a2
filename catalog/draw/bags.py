"""Handbags and backpacks."""

import math

from . import palette
from .canvas import ink_rgb, seam, stitch
from .details import badge, buckle, metal, rivet, zipper
from .look import Kind, chance, one
from .shapes import CX, ellipse, mirror, rounded, trace, wobbled


def tube(cv, f, points, width, **options):
    """A strap along a line, as a closed outline around it."""
    left, right = [], []
    for i, p in enumerate(points):
        a, b = points[max(0, i - 1)], points[min(len(points) - 1, i + 1)]
        dx, dy = b[0] - a[0], b[1] - a[1]
        d = math.hypot(dx, dy) or 1
        nx, ny = -dy / d * width / 2, dx / d * width / 2
        corner = ("c",) if i in (0, len(points) - 1) else ()
        left.append((p[0] + nx, p[1] + ny, *corner))
        right.append((p[0] - nx, p[1] - ny, *corner))
    return cv.piece(left + right[::-1], f, **({"puff": width * 0.3, "edge": width * 0.5 + 2, "crease": 0.1,
            "shadow": 0.3, "lift": 4} | options))


def handbag(cv, rng, look):
    """Handbags: tote, satchel, shoulder, hobo, crossbody, bucket, clutch."""
    cut = one(rng, "tote", "satchel", "shoulder", "hobo", "crossbody", "bucket", "clutch")
    material = one(rng, "leather", "leather", "suede", "canvas" if cut in ("tote", "bucket") else "leather")
    f = look.fabric(material, 34, gloss={"leather": rng.uniform(0.08, 0.3)}.get(material, 0))
    if cut in ("shoulder", "crossbody") and look.pattern == "plain" and chance(rng, 0.45):
        f = f.but(surface="quilt")
    skin = f.plain(surface="leather", gloss=0.18)
    trim = skin if chance(rng, 0.55) else skin.but(base=one(rng, palette.rgb("Brown"), palette.rgb("Tan"),
            palette.shade(f.base, 0.6)))
    gold = one(rng, palette.METALS["Gold"], palette.METALS["Silver"], palette.METALS["Gunmetal"])
    dark = trim.but(base=palette.shade(trim.base, 0.55))
    w, w2 = rng.uniform(168, 192), rng.uniform(150, 200)
    y0, y1 = rng.uniform(276, 300), rng.uniform(520, 552)
    body = {"puff": 14, "edge": 26, "crease": 0.45, "shadow": 0.4, "lift": 9}
    if cut == "tote":
        y0, y1 = rng.uniform(236, 262), rng.uniform(560, 584)
        loops = [(CX - 72, y0 + 40), (CX - 76, y0 - 80), (CX - 50, y0 - 150), (CX, y0 - 172), (CX + 50, y0 - 150),
                (CX + 76, y0 - 80), (CX + 72, y0 + 40)]
        tube(cv, dark, [(x * 0.94 + CX * 0.06, y - 12) for x, y in loops], 12)
        cv.piece(mirror([(0, y0 + 2), (w, y0 - 6, "c"), (w - 4, y0 + 16, "c"), (0, y0 + 22)]), dark, puff=-3, shadow=0)
        mask = cv.piece(mirror([(0, y0 + 8), (w, y0, "c"), (w2 * 0.5 + w * 0.45, (y0 + y1) / 2), (w2 - 6, y1 - 18),
                (w2 - 22, y1, "c"), (0, y1 + 5)], rng=rng, wobble=2), f, **body)
        tube(cv, trim, loops, 14)
        with cv.ink() as ctx:
            for x in (-72, 72):
                trace(ctx, rounded(CX + x - 12, y0 + 16, 24, 44, 4))
                ink_rgb(ctx, palette.shade(trim.base, 0.95))
                ctx.fill()
                stitch(ctx, rounded(CX + x - 9, y0 + 19, 18, 38, 3), palette.thread(trim.base), closed=True)
                rivet(ctx, CX + x, y0 + 27, 3.6, gold)
            stitch(ctx, [(CX - w + 4, y0 + 12), (CX, y0 + 19), (CX + w - 4, y0 + 12)], palette.thread(f.base))
            seam(ctx, [(CX - w2 + 8, y1 - 64), (CX, y1 - 58), (CX + w2 - 8, y1 - 64)], f.base, 1.4, 0.5)
    elif cut in ("satchel", "shoulder", "crossbody"):
        wide = 196 if cut == "shoulder" else w if cut == "satchel" else 160
        if cut == "satchel":
            tube(cv, trim, [(CX - 78, y0 + 16), (CX - 70, y0 - 70), (CX - 36, y0 - 112), (CX, y0 - 120),
                    (CX + 36, y0 - 112), (CX + 70, y0 - 70), (CX + 78, y0 + 16)], 17)
        else:
            top = y0 - (210 if cut == "crossbody" else 170)
            lean = rng.uniform(-30, 30)
            tube(cv, trim.but(surface="leather"), [(CX - wide + 14, y0 + 20), (CX - wide + 36, y0 - 70),
                    (CX - 70 + lean, top + 20), (CX + lean, top), (CX + 74 + lean, top + 24), (CX + wide - 34,
                    y0 - 60), (CX + wide - 14, y0 + 20)], 11 if cut == "crossbody" else 15)
        mask = cv.piece(mirror([(0, y0), (wide - 16, y0, "c"), (wide - 4, y0 + 16), (wide + 5, (y0 + y1) / 2),
                (wide + 1, y1 - 22), (wide - 24, y1), (0, y1 + 4)], rng=rng, wobble=1.4), f, **body)
        drop = rng.uniform(0.45, 0.68)
        yf = y0 + (y1 - y0) * drop
        if cut == "satchel" and chance(rng, 0.5):
            with cv.ink(mask) as ctx:
                zipper(ctx, [(CX - wide + 26, y0 + 18), (CX, y0 + 20), (CX + wide - 26, y0 + 18)], f.base, gold, 5)
                for side in (-1, 1):
                    seam(ctx, [(CX + side * 76, y0 + 10), (CX + side * 70, y1)], f.base, 2, 0.6)
                    buckle(ctx, CX + side * 77, y0 + 20, 20, 22, gold, 4)
            cv.piece([(CX - 8, y0 + 50, "c"), (CX + 20, y0 + 46, "c"), (CX + 26, y0 + 104, "c"), (CX - 2, y0 + 108,
                    "c")], trim, puff=3, edge=5, shadow=0.4)
        else:
            flap = mirror([(0, y0 - 6), (wide - 12, y0 - 4, "c"), (wide + 1, y0 + 30), (wide - 3, yf - 40),
                    (wide - 40, yf - 6), (wide * 0.4, yf + 2), (0, yf + rng.uniform(2, 26))])
            cv.piece(flap, f, puff=8, edge=14, crease=0.35, shadow=0.42, lift=6)
            line = [(CX - wide + 8, y0 + 20), (CX - wide + 8, yf - 46), (CX - wide + 46, yf - 13), (CX, yf - 4),
                    (CX + wide - 46, yf - 13), (CX + wide - 8, yf - 46), (CX + wide - 8, y0 + 20)]
            with cv.ink() as ctx:
                stitch(ctx, line, palette.thread(f.base))
                clasp = int(rng.integers(0, 3))
                if clasp == 0:
                    trace(ctx, rounded(CX - 20, yf - 22, 40, 30, 6))
                    ctx.set_source(metal(CX - 20, yf - 22, CX + 20, yf + 8, gold))
                    ctx.fill()
                    rivet(ctx, CX, yf - 7, 6, gold)
                elif clasp == 1:
                    buckle(ctx, CX, yf - 6, 40, 32, gold, 6, 12)
                    rivet(ctx, CX, yf - 6, 5, gold)
                else:
                    rivet(ctx, CX, yf - 12, 11, gold)
        with cv.ink() as ctx:
            for side in (-1, 1):
                x = CX + side * (wide - 14) if cut != "satchel" else CX + side * 78
                buckle(ctx, x, y0 + 14 if cut != "satchel" else y0 + 12, 20, 20, gold, 4, 9)
    elif cut == "hobo":
        y1 = rng.uniform(548, 570)
        tube(cv, trim, [(CX - 150, 330), (CX - 132, 190), (CX - 70, 92), (CX, 66), (CX + 70, 92), (CX + 132, 190),
                (CX + 150, 330)], rng.uniform(18, 26))
        mask = cv.piece(mirror([(0, 368), (70, 352), (128, 300), (164, 286, "c"), (200, 380), (204, 470),
                (160, y1 - 14), (80, y1 + 4), (0, y1 + 6)], rng=rng, wobble=3), f,
                **(body | {"crease": 1.0, "puff": 20, "edge": 32}),
                        folds=[([(CX - 150, 320), (CX - 110, 420), (CX - 120, 500)], 14, 5),
                                ([(CX + 140, 330), (CX + 90, 430)], 12, 5), ([(CX - 60, 380), (CX - 40, 470)], 12, -5),
                                ([(CX + 30, 390), (CX + 50, 480), (CX + 10, 530)], 12, 5)])
        with cv.ink() as ctx:
            zipper(ctx, [(CX - 110, 328), (CX - 50, 364), (CX, 372), (CX + 50, 364), (CX + 110, 328)], f.base, gold, 4)
            for side in (-1, 1):
                buckle(ctx, CX + side * 152, 310, 26, 30, gold, 5, 12)
    elif cut == "bucket":
        tube(cv, trim, [(CX - 120, 300), (CX - 112, 180), (CX - 50, 80), (CX + 10, 60), (CX + 66, 90), (CX + 116, 190),
                (CX + 120, 300)], 14)
        cv.piece(ellipse(CX, 262, 132, 22), dark, puff=-4, shadow=0)
        mask = cv.piece(mirror([(0, 282), (80, 276), (132, 262, "c"), (140, 360), (150, 470), (148, 552), (120, 574),
                (0, 580)], rng=rng, wobble=2), f, **(body | {"puff": 24, "edge": 40, "crease": 0.7}),
                        folds=[([(CX + x, 268), (CX + x * 0.98, 330), (CX + x, 390)], 9, 6 if i % 2 else -6) for i,
                                x in enumerate((-110, -78, -44, -12, 24, 58, 92))])
        cv.piece(mirror([(0, 520), (152, 512, "c"), (150, 556), (120, 575), (0, 582)]), trim, within=mask, puff=5)
        with cv.ink() as ctx:
            for k, x in enumerate((-96, -58, -20, 20, 58, 96)):
                rivet(ctx, CX + x, 318 - abs(x) * 0.08, 6, gold)
            for a, b in ((-96, -58), (-20, 20), (58, 96)):
                trace(ctx, [(CX + a, 318), ((2 * CX + a + b) / 2, 322), (CX + b, 318)], False)
                ink_rgb(ctx, palette.shade(trim.base, 0.9))
                ctx.set_line_width(7)
                ctx.stroke()
        for dx in (-26, 22):
            tube(cv, trim, [(CX, 322), (CX + dx * 0.5, 370), (CX + dx, 424)], 8)
    else:
        y0, y1 = rng.uniform(218, 236), rng.uniform(414, 436)
        mask = cv.piece(mirror([(0, y0), (198, y0 + 1, "c"), (205, y0 + 20), (206, y1 - 20), (198, y1, "c"),
                (0, y1 + 2)], rng=rng, wobble=1.2), f, **body)
        style = chance(rng, 0.5)
        flap = mirror([(0, y0 - 3), (203, y0 - 2, "c"), (204, y0 + 50), (188, y0 + 92, "c"),
                (0, y0 + 104)]) if style else mirror([(0, y0 - 3), (203, y0 - 2, "c"), (203, y0 + 20, "c"),
                (0, y0 + 142, "c")])
        cv.piece(flap, f, puff=6, edge=12, shadow=0.42, lift=6)
        with cv.ink() as ctx:
            rivet(ctx, CX, y0 + (92 if style else 118), 10, gold)
        if chance(rng, 0.6):
            tube(cv, trim, [(CX + 196, y0 + 16), (CX + 214, y0 + 120), (CX + 190, y0 + 250), (CX + 160, y0 + 290),
                    (CX + 158, y0 + 230), (CX + 190, y0 + 110)], 9)
    if material == "canvas" and chance(rng, 0.5):
        badge(cv, rng, CX, (y0 + y1) / 2, look.accent())
    return {"cut": cut + " bag", "noun": "" if cut != "hobo" else "", "gender": "Women", "usage": "Party"
            if cut == "clutch" else one(rng, "Casual", "Smart Casual")}


def backpack(cv, rng, look):
    """Backpacks: school, roll-top, drawstring flap, city, or outdoor."""
    cut = one(rng, "school", "roll-top", "flap", "city", "hiking")
    f = look.fabric("leather" if cut == "city" and chance(rng, 0.6) else "canvas", 34, gloss=0.06)
    trim = f.plain(one(rng, palette.shade(f.base, 0.62), palette.rgb("Tan"), palette.rgb("Black"), look.accent()),
            surface="canvas")
    gold = one(rng, palette.METALS["Silver"], palette.METALS["Gunmetal"], palette.METALS["Gold"])
    w, top, low = rng.uniform(148, 166), rng.uniform(84, 104), rng.uniform(574, 592)
    for side in (-1, 1):
        tube(cv, trim, [(CX + side * 60, top + 40), (CX + side * (w + 26), top + 120), (CX + side * (w + 34),
                low - 190), (CX + side * (w - 4), low - 40)], 24, puff=6)
    tube(cv, trim, [(CX - 34, top + 14), (CX - 32, top - 30), (CX, top - 44), (CX + 32, top - 30),
            (CX + 34, top + 14)], 13)
    body = mirror([(0, top), (w * 0.5, top + 4), (w * 0.86, top + 40), (w, top + 130), (w + 6, (top + low) / 2 + 60),
            (w + 2, low - 60), (w - 22, low - 6), (w * 0.5, low + 3), (0, low + 4)], rng=rng, wobble=2)
    if cut == "roll-top":
        body = mirror([(0, top + 20), (w - 14, top + 18, "c"), (w - 4, top + 130), (w + 2, (top + low) / 2 + 60),
                (w, low - 40), (w - 22, low - 4), (0, low + 4)], rng=rng, wobble=2)
    mask = cv.piece(body, f, puff=22, edge=34, crease=0.7, shadow=0.42, lift=9,
            folds=[([(CX + s * (w - 30), top + 90), (CX + s * (w - 50), top + 190), (CX + s * (w - 34), top + 300)],
            12, 4) for s in (-1, 1)])
    y = top + rng.uniform(210, 240)
    pocket = mirror([(0, y), (w - 34, y + 2), (w - 20, y + 24), (w - 16, low - 60), (w - 34, low - 26), (0, low - 20)],
            rng=rng, wobble=1.5)
    other = f.plain(look.accent()) if look.pattern == "plain" and chance(rng, 0.3) else f
    if cut in ("school", "hiking", "city"):
        with cv.ink(mask) as ctx:
            zipper(ctx, [(CX - w + 14, top + 190), (CX - w * 0.84, top + 82), (CX - w * 0.45, top + 36),
                    (CX, top + 28), (CX + w * 0.45, top + 36), (CX + w * 0.84, top + 82), (CX + w - 14, top + 190)],
                    f.base, gold, 5)
    cv.piece(pocket, other, puff=12, edge=18, crease=0.5, shadow=0.4, lift=6)
    with cv.ink() as ctx:
        if cut != "flap":
            zipper(ctx, [(CX - w + 50, y + 30), (CX, y + 26), (CX + w - 50, y + 30)], other.base, gold, 4.5)
        if cut == "school":
            zipper(ctx, [(CX - w + 60, y + 120), (CX, y + 118), (CX + w - 60, y + 120)], other.base, gold, 4)
    if cut == "hiking":
        for side in (-1, 1):
            cv.piece(wobbled([(CX + side * (w - 14), y + 60, "c"), (CX + side * (w + 20), y + 66, "c"),
                    (CX + side * (w + 16), low - 30, "c"), (CX + side * (w - 12), low - 26, "c")], rng, 2), trim,
                    puff=8, edge=12)
            tube(cv, trim, [(CX + side * (w - 10), top + 150), (CX + side * 46, top + 176)], 11)
        for dx in (-74, 74):
            tube(cv, trim, [(CX + dx, y + 60), (CX + dx, low - 30)], 10, shadow=0.2)
    if cut in ("roll-top", "flap"):
        fold = 84 if cut == "roll-top" else 190
        flap = mirror([(0, top - 6), (w - 20, top - 2), (w - 2, top + 24), (w - 2, top + fold - 20),
                (w - 20, top + fold), (0, top + fold + 6)], rng=rng, wobble=1.5)
        cv.piece(flap, f, puff=12, edge=18, crease=0.5, shadow=0.42, lift=7)
        for dx in ((-62, 62) if cut == "flap" else (0,)):
            tube(cv, trim, [(CX + dx, top + fold - 70), (CX + dx, top + fold + 56)], 22)
            with cv.ink() as ctx:
                buckle(ctx, CX + dx, top + fold + 16, 34, 26, gold, 4.5)
    if chance(rng, 0.6):
        cv.piece(rounded(CX - 24, y + 62 if cut != "school" else top + 110, 48, 32, 5), trim, puff=2, edge=4,
                crease=0.05, shadow=0.3, lift=2)
        badge(cv, rng, CX, y + 78 if cut != "school" else top + 126, look.accent())
    return {"cut": {"flap": "flap-top"}.get(cut, cut), "gender": one(rng, "Unisex", "Unisex", "Men", "Women"),
            "usage": one(rng, "Casual", "Travel", "Sports") if cut != "hiking" else "Sports"}


KINDS = [
    Kind("Handbags", "", handbag, 34, (25, 189), {"plain": 9, "floral": 1, "animal": 1, "colour block": 1,
            "checks": 1}),
    Kind("Backpacks", "Backpack", backpack, 24, (25, 129), {"plain": 7, "camo": 1, "floral": 1, "stripes": 1,
            "colour block": 1, "dots": 1}),
]
