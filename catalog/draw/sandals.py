"""Sandals seen from above, as a pair."""

from . import palette
from .bags import tube
from .canvas import ink_rgb, stitch
from .details import buckle, rivet
from .look import Kind, chance, one
from .shapes import flip, moved, trace, wobbled

FOOT = [(-4, -238), (46, -226), (76, -160), (70, -60), (50, 40), (56, 140), (44, 214), (0, 238), (-44, 214),
        (-58, 140), (-60, 40), (-72, -60), (-74, -150), (-52, -214)]


def sandal(cv, rng, look):
    """Sandals: slide, flip-flop, crossed, two-strap or gladiator."""
    cut = one(rng, "slide", "flip-flop", "cross-strap", "two-strap", "gladiator", "sports")
    f = look.fabric("canvas" if cut == "sports" else one(rng, "leather", "leather", "suede"), 24, gloss=0.1
            if cut != "sports" else 0)
    sole = f.plain(one(rng, palette.rgb("Tan"), palette.rgb("Brown"), palette.rgb("Beige"), palette.rgb("Charcoal"),
            palette.shade(f.base, 0.8)), surface="suede", gloss=0)
    bed = sole.but(base=palette.shade(sole.base, rng.uniform(1.1, 1.35)), surface=one(rng, "suede", "leather",
            "canvas"))
    steel = one(rng, *palette.METALS.values())
    women = cut in ("flip-flop", "cross-strap", "gladiator") and chance(rng, 0.75)
    slim = 0.84 if women else rng.uniform(0.95, 1.05)
    tilt, width = rng.uniform(0.02, 0.1), rng.uniform(70, 100)
    for side in (-1, 1):
        def at(points, side=side):
            points = [(p[0] * slim * 1.12, p[1] * 1.1, *p[2:]) for p in points]
            points = points if side < 0 else flip(points, 0)
            return moved(points, 240 + side * 112, 322, 1, side * tilt, about=(0, 0))

        outer = [(p[0] * 1.06, p[1] * 1.02) for p in FOOT]
        cv.piece(wobbled(at(outer), rng, 1), sole, puff=8, edge=9, crease=0.15, shadow=0.42, lift=10)
        mask = cv.piece(at([(p[0] * 0.95, p[1] * 0.965) for p in FOOT]), bed, puff=-3, edge=14, crease=0.5, shadow=0.1)
        with cv.ink(mask) as ctx:
            stitch(ctx, at([(p[0] * 0.89, p[1] * 0.935) for p in FOOT]), palette.thread(bed.base), closed=True,
                    strength=0.6)
            trace(ctx, at([(-14, 132), (14, 132), (14, 140), (-14, 140)]))
            ink_rgb(ctx, palette.shade(bed.base, 0.6), 0.6)
            ctx.fill()

        def band(y0, y1, w0, rise=18, slant=0.0, at=at, **options):
            """A strap across the foot from y0 to y1, w0 half wide at the sole, arched towards the toes."""
            shape = [(-w0, y0 + slant, "c"), (-w0 * 0.4, y0 - rise + slant * 0.4), (w0 * 0.4, y0 - rise - slant * 0.4),
                    (w0, y0 - slant, "c"),
                     (w0 - 2, y1 - slant, "c"), (w0 * 0.4, y1 - rise * 0.7 - slant * 0.4),
                             (-w0 * 0.4, y1 - rise * 0.7 + slant * 0.4), (-w0 + 2, y1 + slant, "c")]
            return cv.piece(at(shape), f, **({"puff": 12, "edge": 16, "crease": 0.35, "shadow": 0.5,
                    "lift": 8} | options))

        if cut == "slide":
            m = band(-150, -150 + width, 80, 26, puff=18, edge=24)
            with cv.ink(m) as ctx:
                for y in (-142, -158 + width):
                    stitch(ctx, at([(-80, y), (-30, y - 22), (30, y - 22), (80, y)]), palette.thread(f.base))
                if chance(rng, 0.5):
                    trace(ctx, at([(-34, -128 + width * 0.3, "c"), (34, -128 + width * 0.3, "c"),
                            (34, -118 + width * 0.3, "c"), (-34, -118 + width * 0.3, "c")]))
                    ink_rgb(ctx, look.accent())
                    ctx.fill()
        elif cut == "flip-flop":
            for end in (-70, 72):
                tube(cv, f, at([(10, -176), (end * 0.35 + 6, -150), (end * 0.86, -70), (end * 0.98, -4)]), 17,
                        shadow=0.45)
            with cv.ink() as ctx:
                rivet(ctx, *at([(10, -172)])[0][:2], 9, steel if chance(rng, 0.5) else f.base)
        elif cut == "cross-strap":
            band(-160, -108, 80, 14, 34)
            band(-160, -108, 80, 14, -34)
        elif cut == "two-strap":
            for y in (-158, -72):
                band(y, y + 56, 79, 18)
                with cv.ink() as ctx:
                    x, yy = at([(44, y + 12)])[0][:2]
                    buckle(ctx, x, yy, 30, 44, steel, 5)
        else:
            rows = (-166, -112, -58) if cut == "gladiator" else (-150,)
            for y in rows:
                band(y, y + (28 if cut == "gladiator" else 52), 79, 14)
            tube(cv, f, at([(0, -178), (2, -90), (0, 10), (0, 112)]), 18 if cut == "gladiator" else 30, shadow=0.35)
            band(60, 92, 66, -34, puff=9)
            back = at([(-62, 70), (-68, 150), (-40, 226), (0, 244), (40, 226), (66, 150), (62, 70)])
            tube(cv, f, back, 20, shadow=0.35)
            with cv.ink() as ctx:
                buckle(ctx, *at([(-46, 96)])[0][:2], 26, 30, steel, 4.5)
                for y in rows:
                    rivet(ctx, *at([(0, y)])[0][:2], 5, steel)
    return {"cut": cut, "noun": "Sandals", "gender": "Women" if women else one(rng, "Men", "Unisex"),
            "usage": "Sports" if cut == "sports" else "Casual", "season": "Summer"}


KINDS = [Kind("Sandals", "Sandals", sandal, 24, (19, 99), {"plain": 8, "animal": 1, "floral": 1})]
