"""Dresses and skirts."""

from . import palette
from .canvas import seam, stitch
from .details import button, buckle, zipper
from .look import Kind, chance, one
from .shapes import CX, mirror
from .torso import Torso, back_band, drape_wave, folds, inside_back, neck_band, pleats, sleeves
from .tops import placket, shirt_collar

LENGTHS = {"mini": 0.72, "midi": 0.9, "maxi": 1.0}


def skirt_outline(rng, waist, hip, hem, top, bottom, wobble=1.5, waves=0.0):
    """A skirt from waist to hem, its hem in flutes when it flares."""
    half = [(0, top), (waist, top, "c"), ((waist + hip) / 2 + 3, top + (bottom - top) * 0.16),
            (hip, top + (bottom - top) * 0.36),
            ((hip + hem) / 2, top + (bottom - top) * 0.68), (hem, bottom - 8, "c")]
    steps = 5
    half += [(hem * (1 - (k + 0.5) / steps), bottom + waves * (1 if k % 2 else -0.4) + 6 * (k + 0.5) / steps)
            for k in range(steps)]
    half.append((0, bottom + 8))
    return mirror(half, rng=rng, wobble=wobble)


def dress(cv, rng, look):
    """Dresses: A-line, sheath, shirt dress, slip, wrap or skater; mini to maxi."""
    cut = one(rng, "A-line", "fitted", "shirt", "slip", "wrap", "skater", "tiered")
    length = {"slip": one(rng, "midi", "maxi"), "skater": "mini", "fitted": one(rng, "mini", "midi"),
            "tiered": one(rng, "midi", "maxi")}.get(cut, one(rng, "mini", "midi", "maxi"))
    f = look.fabric("satin" if cut in ("slip", "wrap") else "jersey", 30, gloss=0.12 if cut == "slip" else 0)
    k = {"mini": 1.28, "midi": 1.06, "maxi": 0.9}[length]
    top = {"mini": 58, "midi": 40, "maxi": 30}[length]
    bottom = {"mini": rng.uniform(556, 580), "midi": rng.uniform(590, 606), "maxi": rng.uniform(606, 616)}[length]
    t = Torso(neck=rng.uniform(40, 48) * k, neck_y=top, shoulder=84 * k, shoulder_y=top + 16 * k, chest=80 * k,
            under_y=top + 96 * k,
              waist=rng.uniform(60, 68) * k, waist_y=top + 190 * k, hem=66 * k, hem_y=top + 204 * k, hem_curve=4)
    neck = {"shirt": "collar", "wrap": "V-neck", "slip": "V-neck"}.get(cut, one(rng, "crew", "scoop", "V-neck",
            "square"))
    t.open_v, t.drop = neck == "V-neck", {"crew": 24, "scoop": 54, "V-neck": 88, "square": 58, "collar": 20}[neck] * k
    strap = cut == "slip"
    sleeve = "sleeveless" if strap else one(rng, "short", "sleeveless", "long",
            "short") if cut != "shirt" else one(rng, "short", "long")
    if sleeve == "sleeveless" and not strap:
        t.shoulder, t.neck = 66 * k, 44 * k
        t.shoulder_y = top + 8 * k
    hip, hem = {"fitted": (82, 76), "skater": (128, 168), "A-line": (104, 142), "slip": (84, 102), "wrap": (92, 126),
            "shirt": (92, 112), "tiered": (108, 152)}[cut]
    spread = rng.uniform(0.92, 1.08) * (1.06 if length != "mini" else 1.15)
    hip, hem = min(hip * spread * k ** 0.5, 225), min(hem * spread * k ** 0.5, 228)
    dark = f.but(base=palette.shade(f.base, 0.72), second=palette.shade(f.second, 0.72), third=palette.shade(f.third,
            0.72))
    y = t.hem_y
    if sleeve in ("short", "long"):
        span = rng.uniform(84, 108) * k if sleeve == "short" else rng.uniform(250, 272) * k
        sleeves(cv, rng, t, f, span, rng.uniform(26, 36) if sleeve == "short" else rng.uniform(15, 20),
                (66 if sleeve == "short" else 38) * k)
    if strap:
        for side in (-1, 1):
            cv.piece([(CX + side * 40 * k, top, "c"), (CX + side * 40 * k + 6, top, "c"), (CX + side * 56 * k,
                    top + 62 * k, "c"), (CX + side * 56 * k - 6, top + 64 * k, "c")], f, puff=2, edge=3, crease=0)
        cv.piece(mirror([(0, top + 76 * k), (52 * k, top + 62 * k, "c"), (70 * k, top + 96 * k), (0, top + 110 * k)]),
                dark, puff=2)
    else:
        inside_back(cv, t, f)
        back_band(cv, t, f, 8)
    flare = cut in ("skater", "A-line", "tiered", "shirt", "wrap")
    wave = drape_wave(rng.uniform(3.2, 5.4) if flare else 1.6, 5.5 if flare else 1.8, start=0.04 if flare else 0.3)
    tiers = [y - 2, y + (bottom - y) * 0.42, y + (bottom - y) * 0.72] if cut == "tiered" else [y - 2]
    for n, start in reversed(list(enumerate(tiers))):
        end = tiers[n + 1] + 8 if n + 1 < len(tiers) else bottom
        a, b = (start - y) / (bottom - y), (end - y) / (bottom - y)
        w0, w1 = t.hem + (hem - t.hem) * a - (6 if n else 0), t.hem + (hem - t.hem) * b + (4 if n + 1 < len(tiers)
                else 0)
        shape = skirt_outline(rng, max(w0, 30), (hip if len(tiers) == 1 else (w0 + w1) / 2 + 4), w1, start, end,
                waves=4.0 if flare else 0.6)
        cv.piece(shape, f, drape=wave if len(tiers) == 1 else drape_wave(9 + n * 2, 4.0), crease=0.5, shadow=0.3,
                origin=(CX, 320))
    if strap:
        bodice = mirror([(0, top + 92 * k), (24 * k, top + 74 * k), (54 * k, top + 60 * k, "c"),
                (70 * k, top + 96 * k), (t.waist, t.waist_y), (t.hem, y, "c"), (0, y + 5)], rng=rng, wobble=1)
    else:
        bodice = t.outline(rng, 1.2)
        if neck == "square":
            bodice = mirror([(0, top + t.drop, "c"), (t.neck - 2, top + t.drop, "c"), (t.neck, top, "c"),
                    (t.shoulder, t.shoulder_y, "c"), (t.shoulder - 10, t.shoulder_y + 40 * k), (t.chest, t.under_y,
                    "c"), (t.waist, t.waist_y), (t.hem, y, "c"), (0, y + 4)], rng=rng, wobble=1)
    mask = cv.piece(bodice, f, folds=folds(rng, t, 3, 2.2), crease=0.5, shadow=0.2, lift=3, origin=(CX, 320))
    with cv.ink(mask) as ctx:
        for side in (-1, 1):
            seam(ctx, [(CX + side * 36 * k, t.under_y + 16), (CX + side * 32 * k, y)], f.base, 1.1, 0.3)
    if cut == "shirt":
        placket(cv, rng, t, f, int(rng.integers(8, 11)), one(rng, palette.rgb("White"), palette.rgb("Brown")), 22,
                bottom=bottom + 4, r=4)
        shirt_collar(cv, rng, f, t, 24 * k, 40 * k)
    elif not strap and neck != "square":
        neck_band(cv, rng, t, f.plain(f.base) if look.pattern in ("plain",) else f, 7)
    if cut == "wrap":
        with cv.ink() as ctx:
            seam(ctx, [(CX + 4, top + t.drop), (CX - t.waist * 0.7, t.waist_y + 8), (CX - t.waist * 0.75, y)], f.base,
                    2, 0.6)
            seam(ctx, [(CX - t.waist * 0.7, y + 4), (CX - t.waist * 0.3, (y + bottom) / 2), (CX - t.waist * 0.45,
                    bottom + 4)], f.base, 2.2, 0.6)
    if cut in ("shirt", "wrap", "A-line") and (cut != "A-line" or chance(rng, 0.5)):
        band = mirror([(0, y - 13), (t.hem + 1, y - 16, "c"), (t.hem + 1, y + 8, "c"), (0, y + 12)])
        trim = f.plain(f.base if chance(rng, 0.6) or look.pattern == "plain" else look.second)
        cv.piece(band, trim, puff=4, edge=7, shadow=0.3, lift=3)
        if cut == "wrap":
            for dx, dy in ((-74, 88), (-40, 110)):
                cv.piece([(CX - 38 * k, y - 6, "c"), (CX - 26 * k, y + 2, "c"), (CX + dx * 0.6 * k, y + dy, "c"),
                        (CX + (dx * 0.6 - 14) * k, y + dy - 8, "c")], trim, puff=3, edge=5, shadow=0.3)
            cv.piece([(CX - 48 * k, y - 12), (CX - 24 * k, y - 12), (CX - 24 * k, y + 10), (CX - 48 * k, y + 10)],
                    trim, puff=6, edge=8, shadow=0.3)
        elif chance(rng, 0.6):
            with cv.ink() as ctx:
                buckle(ctx, CX, y - 1, 30, 28, palette.METALS["Gold"], 4)
    word = {"shirt": "shirt", "fitted": "bodycon", "slip": "satin slip"}.get(cut, cut)
    return {"cut": word, "sleeve": sleeve, "neckline": neck, "length": length, "fit": "slim" if cut in ("fitted",)
            else "flared" if flare else "regular", "gender": "Women",
            "usage": "Party" if cut in ("slip", "fitted") else one(rng, "Casual", "Casual", "Smart Casual"),
                    "season": "Autumn" if sleeve == "long" else "Summer"}


def skirt(cv, rng, look):
    """Skirts: pencil, A-line, pleated, circle, denim, wrap; mini to maxi."""
    cut = "denim" if look.pattern == "denim" else one(rng, "pencil", "A-line", "pleated", "circle", "button-front")
    length = {"pencil": one(rng, "midi", "mini"), "pleated": one(rng, "mini", "midi", "maxi")}.get(cut,
            one(rng, "mini", "midi", "maxi"))
    f = look.fabric({"denim": "twill", "pleated": "satin", "pencil": "canvas"}.get(cut, "jersey"), 34, gloss=0.05
            if cut == "pleated" else 0)
    waist = {"mini": rng.uniform(104, 118), "midi": rng.uniform(80, 92), "maxi": rng.uniform(68, 78)}[length]
    top, bottom = {"mini": (120, 520), "midi": (70, 574), "maxi": (40, 604)}[length]
    top, bottom = top + rng.uniform(-8, 8), bottom + rng.uniform(-8, 8)
    hip = waist * {"pencil": 1.3, "denim": 1.25, "A-line": 1.42, "button-front": 1.36, "pleated": 1.5,
            "circle": 1.62}[cut]
    hem = waist * {"pencil": 1.16, "denim": 1.4, "A-line": 1.72, "button-front": 1.62, "pleated": 2.0,
            "circle": 2.3}[cut] * rng.uniform(0.93, 1.05)
    hip, hem = min(hip, 200), min(hem, 224)
    flutes = {"circle": drape_wave(rng.uniform(3.5, 5.5), 9), "A-line": drape_wave(2.4, 4),
            "pleated": pleats(int(rng.integers(11, 20)), 7)}.get(cut, drape_wave(1.3, 2.2))
    shape = skirt_outline(rng, waist, hip, hem, top, bottom, waves={"circle": 7, "A-line": 2}.get(cut, 0.5))
    cv.piece(mirror([(0, top - 14), (waist - 3, top - 12, "c"), (waist - 3, top + 12, "c"), (0, top + 14)]),
            f.plain(palette.shade(f.base, 0.62)), puff=2)
    mask = cv.piece(shape, f, drape=flutes, crease=0.5)
    band = mirror([(0, top - 8), (waist, top - 14, "c"), (waist + 4, top + 20, "c"), (0, top + 27)], rng=rng,
            wobble=0.8)
    trim = f.but(pattern="plain") if look.pattern != "checks" else f
    cv.piece(band, trim, puff=3, edge=6, crease=0.3, shadow=0.26, lift=3)
    gold = palette.rgb("Tan")
    with cv.ink(mask) as ctx:
        y = bottom - 10
        stitch(ctx, [(CX - hem, y), (CX, y + 10), (CX + hem, y)], palette.thread(f.base), strength=0.4)
        if cut == "pencil":
            seam(ctx, [(CX + 50, bottom - 96), (CX + 52, bottom + 8)], f.base, 2.2, 0.7)
            for side in (-1, 1):
                seam(ctx, [(CX + side * waist * 0.45, top + 24), (CX + side * waist * 0.5, top + 90)], f.base, 1.2, 0.4)
        if cut in ("denim", "button-front"):
            for side in (-1, 1):
                line = [(CX + side * waist * 0.42, top + 24), (CX + side * waist * 0.56, top + 62),
                        (CX + side * (waist + 22), top + 84)]
                (stitch(ctx, line, gold, width=1.6) if cut == "denim" else seam(ctx, line, f.base))
    if cut in ("denim", "button-front"):
        t = Torso(neck_y=top, drop=0, hem_y=bottom, hem_curve=10)
        placket(cv, rng, t, trim if cut == "denim" else f, 6, palette.METALS["Gold"] if cut == "denim"
                else one(rng, palette.rgb("Brown"), palette.rgb("White")), 28, top=top + 18, bottom=bottom + 5, r=5.5)
        with cv.ink() as ctx:
            button(ctx, CX, top + 8, 7, palette.METALS["Gold"] if cut == "denim" else palette.rgb("Brown"), 0
                    if cut == "denim" else 4)
    elif chance(rng, 0.3):
        with cv.ink() as ctx:
            zipper(ctx, [(CX + waist * 0.8, top + 24), (CX + waist * 0.86, top + 110)], f.base,
                    palette.METALS["Silver"], 3.5)
    return {"cut": "" if cut == "denim" else cut, "length": length, "fit": "slim" if cut == "pencil" else "flared",
            "gender": "Women", "usage": "Formal" if cut == "pencil" else "Casual", "season": one(rng, "Summer",
            "All Year")}


KINDS = [
    Kind("Dresses", "Dress", dress, 38, (29, 149), {"plain": 6, "floral": 5, "dots": 3, "stripes": 2, "checks": 2,
            "animal": 1}),
    Kind("Skirts", "Skirt", skirt, 26, (19, 89), {"plain": 5, "checks": 3, "floral": 2, "dots": 2, "denim": 3,
            "stripes": 1, "animal": 1}),
]
