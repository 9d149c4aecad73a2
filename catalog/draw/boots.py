"""Boots seen from the side."""

from . import palette
from .canvas import ink_rgb, stitch
from .details import buckle, zipper
from .footwear import laces, stage
from .look import Kind, chance, one
from .shapes import trace


def boot(cv, rng, look):
    """Boots: Chelsea, lace-up, ankle with a heel, knee-high, western, winter."""
    cut = one(rng, "Chelsea", "lace-up", "ankle", "knee-high", "western", "winter")
    suede = chance(rng, 0.3)
    f = look.fabric("suede" if suede else "leather", 24, gloss=0 if suede else rng.uniform(0.14, 0.34))
    tall = {"knee-high": 326, "western": 270, "winter": 200, "lace-up": 196}.get(cut, 160)
    heel = {"ankle": 66, "knee-high": one(rng, 30, 60), "western": 48}.get(cut, 30)
    sole = f.plain(one(rng, palette.rgb("Black"), palette.rgb("Brown"), palette.rgb("Tan")) if cut != "winter"
            else palette.rgb("Charcoal"), surface="suede", gloss=0)
    gold = one(rng, palette.METALS["Gold"], palette.METALS["Silver"])
    pale = one(rng, palette.rgb("Cream"), palette.rgb("Beige"))
    for last in stage(cv, rng, tall=tall > 180):
        y0, foot = 440, 440 - 22
        top, lift = y0 - heel - 66 - tall * 0.92, heel * 0.75 if heel > 30 else 0
        seat = foot - lift
        post = [(318, seat + 4, "c"), (434, seat - 6, "c"), (424, 440, "c"), (340 if heel < 50 else 366, 440, "c")]
        last.piece(post, sole, puff=5, edge=8, crease=0.1)
        narrow = 240 if cut != "ankle" else 254
        inside = [(narrow, top + 4), ((narrow + 424) / 2, top - 9), (424, top + 2), ((narrow + 424) / 2, top + 14)]
        shaft = [(36, foot + 6, "c"), (40, foot - 34), (70, foot - 58), (134, foot - 84 - lift * 0.3),
                (196, foot - 132 - lift * 0.6), (narrow + 4, (top + foot - 132) / 2 + 20), (narrow, top, "c"),
                 ((narrow + 424) / 2, top + 9), (424, top - 2, "c"), (426, (top + seat) / 2 + 30), (414, seat - 74),
                         (434, seat - 34), (432, seat + 6, "c"), (320, seat + 8), (210, foot + 4)]
        if cut == "western":
            shaft[6:9] = [(narrow - 4, top + 26, "c"), ((narrow + 424) / 2, top - 16), (430, top + 24, "c")]
            inside = None
        lines = [(last.at([(190, foot - 118), (250, foot - 96), (330, foot - 112 - lift)]), 9, 4.0),
                (last.at([(208, foot - 150), (280, foot - 134), (390, foot - 150 - lift)]), 9, -3.6),
                (last.at([(150, foot - 74), (176, foot - 40), (190, foot)]), 8, -3)]
        if tall > 300:
            lines += [(last.at([(226, foot - 220), (300, foot - 200), (400, foot - 230)]), 10, 3),
                    (last.at([(230, foot - 190), (320, foot - 178), (410, foot - 196)]), 9, -3)]
        mask = last.piece(shaft, f, puff=20, edge=30, crease=0.6 if suede else 0.8, folds=lines)
        if inside:
            last.piece(inside, f.plain(palette.shade(pale, 0.75), surface="suede", gloss=0), puff=-3, edge=6, shadow=0)
        base = [(30, foot + 2, "c"), (120, foot + 4), (220, foot + 2), (322, seat + 6), (438, seat + 4, "c"),
                (438, seat + 18), (330, seat + 24), (230, 438), (140, 441), (40, 440), (30, 430)]
        if heel <= 30:
            base = [(30, foot, "c"), (220, foot + 2), (438, seat + 6, "c"), (440, 440), (240, 441), (40, 441),
                    (28, 430)]
        last.piece(base, sole, puff=5, edge=7, crease=0.1, shadow=0.35)
        if cut == "Chelsea":
            last.piece([(284, top + 6, "c"), (352, top + 6, "c"), (338, top + 110), (318, foot - 96 - lift),
                    (300, top + 110)], f.plain(palette.shade(f.base, 0.7) if chance(rng, 0.7) else look.accent(),
                    surface="rib", gloss=0), within=mask, puff=3, edge=5)
            last.piece([(406, top + 14, "c"), (430, top + 14, "c"), (428, top - 32), (410, top - 30)],
                    f.plain(look.base, surface="rib", gloss=0), puff=4, edge=5)
        elif cut in ("lace-up", "winter"):
            last.piece([(226, top - 8), (262, top - 30), (306, top - 24), (298, top + 40), (226, foot - 150)],
                    f.plain(palette.shade(f.base, 0.8)), puff=8)
            last.piece([(196, foot - 118, "c"), (240, top, "c"), (306, top + 4, "c"), (276, (top + foot) / 2),
                    (228, foot - 88, "c")], f, within=mask, puff=4)
            laces(last, one(rng, palette.shade(f.base, 0.45), palette.rgb("Tan"), palette.rgb("White")),
                    (214, foot - 118), (264, top + 16), 7)
            if cut == "winter":
                fur = f.plain(pale, surface="fleece", gloss=0, melange=0.12)
                last.piece([(230, top + 22), (232, top - 12), (276, top - 22), (360, top - 20), (430, top - 14),
                        (436, top + 20), (360, top + 26), (270, top + 28)], fur, puff=10, edge=10, relief=7)
        elif cut in ("ankle", "knee-high"):
            with cv.ink(mask) as ctx:
                zipper(ctx, last.at([(360, top + 14), (362, seat - 60), (356, seat - 8)]), f.base, gold, 4)
            if chance(rng, 0.4):
                last.piece([(200, foot - 136 - lift * 0.5), (320, foot - 116 - lift), (420, foot - 128 - lift),
                        (422, foot - 106 - lift), (320, foot - 92 - lift), (194, foot - 112 - lift * 0.5)], f,
                        within=mask, puff=5, edge=8, shadow=0.35)
                with cv.ink() as ctx:
                    buckle(ctx, *last.at([(300, foot - 106 - lift)])[0], 28, 32, gold, 4)
        else:
            with cv.ink(mask) as ctx:
                thread = one(rng, pale, palette.thread(f.base))
                for k in range(4):
                    stitch(ctx, last.at([(268 + k * 10, top + 40), (300 + k * 6, top + 90), (280 + k * 11, top + 130),
                            (318, top + 170 + k * 8)]), thread, width=1.6)
                    stitch(ctx, last.at([(400 - k * 12, top + 40), (360 - k * 8, top + 90), (386 - k * 16, top + 130),
                            (322, top + 170 + k * 8)]), thread, width=1.6)
                    stitch(ctx, last.at([(90 + k * 14, foot - 8), (110 + k * 12, foot - 50),
                            (180 + k * 6, foot - 70 - k * 9)]), thread, width=1.4)
        with cv.ink(mask) as ctx:
            trace(ctx, last.at([(330, seat), (350, seat - 60), (420, seat - 84)]), False)
            ink_rgb(ctx, palette.shade(f.base, 0.45), 0.5)
            ctx.set_line_width(1.6)
            ctx.stroke()
    return {"cut": {"ankle": "heeled ankle"}.get(cut, cut), "length": "knee" if cut == "knee-high" else "ankle",
            "gender": "Women" if cut in ("ankle", "knee-high") else one(rng, "Men", "Unisex", "Women"),
            "usage": "Casual", "season": "Winter"}


COLOURS = ("Black, Brown, Tan, Beige, Grey, Maroon, Navy Blue, Olive, Charcoal, Cream, Rust, Khaki, White, Red, "
           "Black, Brown")
KINDS = [Kind("Boots", "Boots", boot, 26, (59, 219), {"plain": 1},
        COLOURS)]
