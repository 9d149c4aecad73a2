"""Shoes seen from the side: sneakers and heels."""

from . import palette
from .canvas import ink_rgb, mask_of, seam, stitch
from .details import buckle
from .look import Kind, chance, one
from .shapes import lerp, moved, trace


class Last:
    """Places the points of one shoe (toe on the left, ground at y = 440) on the picture."""

    def __init__(self, cv, dx=0.0, dy=0.0, scale=1.0, angle=0.0, mirrored=False, wobble=None):
        self.cv, self.where, self.mirrored = cv, (dx, dy, scale, angle), mirrored
        self.wobble = wobble or (0, 0)

    def at(self, points):
        """Points of the shoe as points of the picture."""
        points = [(p[0] + self.wobble[0] * (440 - p[1]) / 200, p[1] + self.wobble[1] * (p[0] - 240) / 200, *p[2:])
                for p in points]
        out = moved(points, *self.where, about=(240, 440))
        return [(480 - p[0], *p[1:]) for p in out] if self.mirrored else out

    def piece(self, points, fabric, **options):
        """A piece of the shoe."""
        options = {"puff": 6, "edge": 11, "crease": 0.25, "shadow": 0.25, "lift": 3, "angle": 0.0} | options
        return self.cv.piece(self.at(points), fabric, **options)

    def seam(self, points, colour, within=None, **options):
        """A sewn line and the stitches beside it."""
        with self.cv.ink(within) as ctx:
            line = self.at(points)
            seam(ctx, line, colour, **options)
            stitch(ctx, [(p[0] + 2.5, p[1] + 3, *p[2:]) for p in line], palette.thread(colour), strength=0.5, width=0.9)


def stage(cv, rng, tall=False):
    """One shoe or a pair: the lasts to draw, farthest first, above a soft ground shadow."""
    mirrored = chance(rng, 0.35)
    wobble = (rng.normal(0, 5), rng.normal(0, 4))
    if chance(rng, 0.5):
        out = [Last(cv, 0, -30 if not tall else 40, rng.uniform(1.0, 1.06), 0, mirrored, wobble)]
    else:
        s = rng.uniform(0.86, 0.92)
        lift = rng.uniform(110, 150) if not tall else rng.uniform(24, 40)
        shift = rng.uniform(14, 30) if not tall else rng.uniform(46, 60)
        base = 36 if not tall else 70
        out = [Last(cv, shift, base - lift, s, 0, mirrored, wobble), Last(cv, -shift * 0.9, base, s, 0, mirrored,
                wobble)]
    for last in out:
        cv.shadow(mask_of(last.at([(50, 436), (240, 432), (430, 436), (440, 444), (240, 448), (46, 444)])), 0.55, 8)
    return out


def sneaker(cv, rng, look):
    """Sneakers: runner, court, canvas low, high-top, slip-on or chunky."""
    cut = one(rng, "running", "court", "canvas", "high-top", "slip-on", "chunky")
    f = look.fabric({"canvas": "canvas", "slip-on": "canvas", "high-top": "canvas", "running": "knit"}.get(cut,
            "leather"), 26, gloss=0.14 if cut in ("court", "chunky") else 0)
    trim = f.plain(look.accent() if cut in ("running", "chunky") or chance(rng, 0.4) else palette.shade(f.base, 0.82),
            surface="leather", gloss=0.12)
    sole = f.plain(one(rng, palette.rgb("White"), palette.rgb("White"), palette.rgb("Cream"), palette.rgb("Black"),
            palette.rgb("Tan")), surface="satin")
    lace = one(rng, palette.rgb("White"), palette.rgb("White"), palette.shade(f.base, 0.5), look.accent())
    high = 96 if cut == "high-top" else 0
    thick = {"running": 44, "chunky": 58, "court": 34}.get(cut, 30)
    mark, flat = int(rng.integers(0, 4)), cut in ("canvas", "slip-on", "high-top", "court")
    vamp, toe = rng.uniform(330, 346) - thick * 0.3, rng.uniform(376, 384) - thick * 0.35
    collar = rng.uniform(272, 284) - high - thick * 0.3
    for last in stage(cv, rng):
        y = 440 - thick
        tongue = [(248, collar + 62), (262, collar + 2), (286, collar - 26), (322, collar - 22), (330, collar + 30),
                (300, collar + 80)]
        last.piece(tongue, trim if cut != "slip-on" else f, puff=8)
        last.piece([(300, collar + 6), (360, collar + 2), (424, collar - 6), (428, collar + 30), (360, collar + 44),
                (306, collar + 50)], trim.plain(palette.shade(trim.base, 0.55)), puff=-4, shadow=0)
        top = [(428, collar - 4), (404, collar + 6), (356, collar + 24), (318, collar + 20),
                (286, collar + 2)] if not high else [(430, collar - 2), (390, collar + 4), (340, collar + 4),
                (292, collar - 6)]
        upper = [(44, y + 8, "c"), (46, toe + 18), (72, toe - 8), (128, vamp + 16), (196, vamp - 18), *reversed(top),
                (438, (collar + y) / 2), (434, y - 20), (440, y + 8, "c")]
        mask = last.piece(upper, f, puff=16, edge=24, crease=0.4,
                folds=[(last.at([(150, vamp + 8), (176, vamp + 40), (190, y)]), 7, -3),
                (last.at([(170, vamp - 6), (200, vamp + 36)]), 6, 2.4)])
        cap = [(40, y + 12, "c"), (44, toe + 14), (76, toe - 12), (118, toe - 8), (132, toe + 20), (128, y + 12, "c")]
        if cut != "slip-on":
            last.piece(cap, sole if cut in ("canvas", "high-top") else trim if chance(rng, 0.5) else f, within=mask,
                    puff=7)
        last.piece([(392, collar - 10, "c"), (442, collar - 10, "c"), (446, y + 12, "c"), (368, y + 12, "c"),
                (378, (collar + y) / 2)], trim, within=mask, puff=5)
        if cut == "slip-on":
            last.piece([(226, collar + 60, "c"), (262, collar + 14, "c"), (286, collar + 36, "c"), (262, collar + 84,
                    "c")], f.plain(palette.shade(f.base, 0.6), surface="rib"), within=mask, puff=2)
        else:
            stay = [(186, vamp - 14, "c"), (288 if not high else 300, collar - 6, "c"), (326 if not high else 330,
                    collar + 14, "c"), (286, (collar + y) / 2 + 8), (216, vamp + 30, "c")]
            last.piece(stay, trim if cut in ("court", "chunky", "running") else f, within=mask, puff=4)
        side_mark(cv, last, mask, mark if cut in ("running", "court", "chunky") else 9, look.accent(), y, collar, f)
        if cut != "slip-on":
            laces(last, lace, (204, vamp + 4), (294 if not high else 312, collar + 10), 5 if not high else 8)
        nose = 6 if flat else 16
        bottom = [(34, y + 1 - nose * 0.4, "c"), (60, y + 6), (240, y + 5), (420, y - 2),
                  (446, y - (0 if flat else 7), "c"),
                  (452, y + thick * 0.55), (434, 440), (240, 441), (112, 440), (58, 438 - nose * 0.6),
                  (32, 440 - thick * 0.45 - nose * 0.5)]
        ground = last.piece(bottom, sole, puff=7, edge=10, crease=0.1, shadow=0.35)
        with cv.ink(ground) as ctx:
            line = last.at([(30, 440 - thick * 0.35), (240, 440 - thick * 0.42), (452, 440 - thick * 0.5)])
            trace(ctx, line, False)
            ink_rgb(ctx, look.accent() if cut != "court" else palette.shade(sole.base, 0.8), 0.85)
            ctx.set_line_width(3.2 if flat else 7)
            ctx.stroke()
            for k in range(26):
                a = last.at([(76 + k * 14.2, 434), (80 + k * 14.2, 442)])
                ctx.move_to(*a[0])
                ctx.line_to(*a[1])
                ink_rgb(ctx, palette.shade(sole.base, 0.5), 0.6)
                ctx.set_line_width(2.4)
                ctx.stroke()
    return {"cut": cut, "noun": "Sneakers", "gender": one(rng, "Men", "Women", "Unisex"), "usage": "Sports"
            if cut == "running" else "Casual"}


def side_mark(cv, last, mask, mark, colour, y, collar, f):
    """A decoration on the side of a sneaker: bars, a wave, a chevron or a stitched panel."""
    with cv.ink(mask) as ctx:
        ink_rgb(ctx, colour, 0.95)
        m = (collar + y) / 2 + 22
        if mark == 0:
            for k in range(3):
                trace(ctx, last.at([(262 + k * 28, m - 46), (236 + k * 28, y + 8)]), False)
                ctx.set_line_width(10)
                ctx.stroke()
        elif mark == 1:
            trace(ctx, last.at([(180, m + 36), (240, m + 6), (290, m + 26), (384, m - 34)]), False)
            ctx.set_line_width(11)
            ctx.stroke()
        elif mark == 2:
            trace(ctx, last.at([(250, m - 34, "c"), (330, m + 4, "c"), (256, m + 44, "c"), (284, m + 4, "c")]))
            ctx.fill()
    last.seam([(140, y), (210, y - 26), (300, y - 30), (380, y - 16)], f.base, within=mask, strength=0.3)


def laces(last, colour, a, b, rows):
    """Laces from the vamp to the collar, with a bow."""
    with last.cv.ink() as ctx:
        for k in range(rows):
            x, y = lerp(a, b, k / (rows - 1))
            line = last.at([(x - 20, y + 1), (x - 2, y - 5), (x + 18, y + 11)])
            for d, w, c in ((1.8, 7.4, palette.shade(colour, 0.45)), (0, 6.6, palette.shade(colour, 0.9)),
                    (-1, 2.2, palette.shade(colour, 1.4))):
                trace(ctx, [(p[0], p[1] + d) for p in line], False)
                ink_rgb(ctx, c, 0.55 if d > 0 else 1)
                ctx.set_line_width(w * last.where[2])
                ctx.stroke()
            e = last.at([(x + 18, y + 12)])[0]
            ctx.arc(*e, 3, 0, 7)
            ink_rgb(ctx, palette.shade(colour, 0.4), 0.8)
            ctx.fill()
        x, y = b
        for loop in ([(x - 6, y - 4), (x - 34, y - 10), (x - 44, y + 14), (x - 10, y + 4)], [(x - 4, y - 2),
                (x + 14, y + 26), (x + 30, y + 36), (x + 24, y + 8)]):
            for d, w, c in ((1.5, 5.6, palette.shade(colour, 0.45)), (0, 4.8, palette.shade(colour, 0.92))):
                trace(ctx, [(p[0], p[1] + d) for p in last.at(loop)], False)
                ink_rgb(ctx, c, 0.6 if d else 1)
                ctx.set_line_width(w)
                ctx.stroke()


def heel(cv, rng, look):
    """Heels: stiletto pump, block heel, ankle strap, slingback, open sandal, mule."""
    cut = one(rng, "stiletto", "block", "ankle-strap", "slingback", "strappy", "kitten")
    suede = chance(rng, 0.35)
    f = look.fabric("suede" if suede else "leather", 24, gloss=0.0 if suede else rng.uniform(0.16, 0.42))
    inner = f.plain(one(rng, palette.rgb("Beige"), palette.rgb("Tan"), palette.rgb("Cream")), gloss=0)
    rise = {"kitten": 60, "block": 96}.get(cut, rng.uniform(112, 140))
    point = chance(rng, 0.6)
    gold = one(rng, palette.METALS["Gold"], palette.METALS["Silver"])
    for last in stage(cv, rng):
        seat = 436 - rise
        base = f.plain(palette.shade(f.base, 0.8)) if cut != "block" or chance(rng,
                0.5) else f.plain(palette.rgb("Brown"), surface="leather")
        if cut in ("block", "strappy"):
            post = [(352, seat + 18, "c"), (420, seat - 8, "c"), (412, 440, "c"), (366, 440, "c")]
        elif cut == "kitten":
            post = [(374, seat + 16, "c"), (420, seat - 6, "c"), (404, seat + 34), (402, 440, "c"), (388, 440, "c"),
                    (388, seat + 40)]
        else:
            post = [(360, seat + 24, "c"), (422, seat - 10, "c"), (410, seat + 50), (406, 440, "c"), (394, 440, "c"),
                    (392, seat + 62)]
        last.piece(post, base.but(gloss=0.3), puff=7, edge=9)
        sole = [(40, 432), (60, 424), (140, 418), (226, 404), (300, seat + 54), (360, seat + 10), (424, seat - 12,
                "c"), (426, seat), (366, seat + 28), (310, seat + 72), (236, 424), (150, 439), (60, 441)]
        if cut == "strappy":
            last.piece([(44, 424), (140, 408), (226, 392), (300, seat + 42), (360, seat - 4), (424, seat - 24, "c"),
                    (428, seat - 6, "c"), (360, seat + 20), (300, seat + 64), (230, 414), (140, 430), (50, 436)],
                    inner, puff=4)
            last.piece(sole, base, puff=3, edge=5)
            for x0, x1, top in ((70, 118, 372), (128, 170, 350)):
                last.piece([(x0, 428, "c"), (x0 + 14, top + 8), (x0 + 44, top - 4), (x1 + 26, top + 12), (x1 + 14, 420,
                        "c"), (x1 - 12, 424, "c"), (x1 - 4, top + 34), (x0 + 40, top + 24), (x0 + 26, 428, "c")], f,
                        puff=5, edge=7)
            last.piece([(398, seat - 8, "c"), (424, seat - 14, "c"), (420, seat - 120, "c"), (404, seat - 118, "c")],
                    f, puff=5, edge=7)
        else:
            far = [(168, 372), (240, 350), (330, seat - 22), (404, seat - 88), (420, seat - 70), (380, seat - 10),
                    (290, seat + 50), (190, 402)]
            last.piece(far, inner.plain(palette.shade(inner.base, 0.82)), puff=-4, edge=12, shadow=0.1)
            back = [(330, seat - 2), (372, seat - 46), (404, seat - 92), (424, seat - 90), (430, seat - 50),
                    (425, seat - 8, "c")] if cut != "slingback" else [(286, seat + 22), (300, seat + 40, "c")]
            tip = [(34, 434), (52, 420), (86, 402)] if point else [(44, 436), (46, 412), (74, 394)]
            upper = [*tip, (130, 384), (176, 364), (196, 372), (234, 386), (286, seat + 40), *back,
                    *([(366, seat + 18)] if cut != "slingback" else []), (306, seat + 62), (232, 416), (150, 434),
                    (60, 438)]
            mask = last.piece(upper, f, puff=13, edge=18, crease=0.3)
            if cut == "slingback":
                last.piece([(280, seat + 30, "c"), (340, seat - 2), (414, seat - 74, "c"), (424, seat - 64, "c"),
                        (350, seat + 12), (292, seat + 42, "c")], f, puff=4, edge=6)
                last.piece([(300, seat + 50), (360, seat + 4), (424, seat - 18, "c"), (427, seat, "c"),
                        (366, seat + 26), (310, seat + 68)], inner, puff=3)
            last.piece([(44, 438), (150, 434), (232, 416), (306, seat + 60), (366, seat + 16), (425, seat - 9),
                    (426, seat), (368, seat + 26), (310, seat + 70), (238, 423), (150, 440), (60, 442)], base, puff=2,
                    edge=4)
            last.seam([(176, 366), (200, 380), (236, 392), (286, seat + 46)], f.base, within=mask, strength=0.3)
        if cut in ("ankle-strap", "strappy"):
            top = seat - 112
            last.piece([(300, top + 12), (350, top - 2), (428, top - 8, "c"), (430, top + 12, "c"), (350, top + 18),
                    (304, top + 30), (290, top + 22)], f, puff=4, edge=6)
            if cut == "ankle-strap":
                last.piece([(410, top, "c"), (427, top, "c"), (430, seat - 60, "c"), (412, seat - 70, "c")], f, puff=4,
                        edge=6)
            with cv.ink() as ctx:
                x, y = last.at([(322, top + 16)])[0]
                buckle(ctx, x, y, 17, 20, gold, 3)
        elif point and chance(rng, 0.25):
            with cv.ink() as ctx:
                buckle(ctx, *last.at([(128, 396)])[0], 30, 20, gold, 4)
    return {"cut": {"strappy": "strappy", "block": "block-heel"}.get(cut, cut), "noun": "Sandal heels"
            if cut == "strappy" else "Pumps", "gender": "Women", "usage": one(rng, "Party", "Formal", "Smart Casual")}


KINDS = [
    Kind("Sneakers", "Sneakers", sneaker, 34, (39, 159), {"plain": 10, "floral": 1, "checks": 1}, season=("All Year",)),
    Kind("Heels", "Pumps", heel, 26, (39, 189), {"plain": 8, "animal": 1, "floral": 1}),
]
