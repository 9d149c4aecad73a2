"""Caps, hats, scarves, ties and socks."""

from . import palette
from .canvas import ink_rgb, mask_of, seam, stitch
from .details import badge, button
from .look import Kind, chance, one
from .shapes import CX, ellipse, mirror, trace, wobbled
from .torso import drape_wave


def cap(cv, rng, look):
    """Caps: baseball, flat-brimmed, trucker with mesh, or five-panel; three-quarter view."""
    cut = one(rng, "baseball", "baseball", "snapback", "trucker", "five-panel")
    f = look.fabric(one(rng, "twill", "canvas", "cord", "suede"), 30)
    visor = f.plain(look.accent() if chance(rng, 0.35) else f.base, surface="canvas")
    back = f.plain(look.accent() if cut == "trucker" else f.base, surface="canvas") if cut == "trucker" else f
    s = rng.normal(0, 6)
    crown = [(100, 372, "c"), (96, 300), (122, 214 + s), (190, 158), (268, 148), (348, 176 + s), (404, 250),
            (424, 336), (426, 386, "c"), (330, 404), (210, 402)]
    mask = cv.piece(wobbled(crown, rng, 2), back, puff=34, edge=46, crease=0.6, shadow=0.36, lift=8,
            folds=[([(300, 200), (340, 280), (350, 380)], 10, 3)])
    front = [(98, 376, "c"), (94, 300), (120, 212 + s), (186, 158), (246, 150), (282, 220), (296, 310),
            (292, 404, "c"), (200, 402)]
    if cut in ("trucker", "five-panel") or chance(rng, 0.25):
        cv.piece(front, f if cut != "trucker" else f.plain(), within=mask, puff=30, edge=46, shadow=0.1)
    if cut == "trucker":
        with cv.ink(mask) as ctx:
            ctx.rectangle(294, 140, 140, 270)
            ctx.clip()
            ink_rgb(ctx, palette.shade(back.base, 0.5), 0.5)
            for k in range(24):
                for a, b in (((280, 130 + 14 * k), (440, 190 + 14 * k)), ((280, 190 + 14 * k), (440, 130 + 14 * k))):
                    ctx.move_to(*a)
                    ctx.line_to(*b)
            ctx.set_line_width(1.6)
            ctx.stroke()
    with cv.ink(mask) as ctx:
        if cut != "five-panel":
            for line in ([(262, 150), (200, 220), (176, 300), (176, 400)], [(264, 150), (320, 220), (344, 310),
                    (346, 400)]):
                seam(ctx, line, f.base, 1.8, 0.5)
                for d in (-6, 6):
                    stitch(ctx, [(p[0] + d, p[1]) for p in line], palette.thread(f.base), strength=0.5)
        for x, y in ((222, 210), (318, 234)):
            button(ctx, x, y, 4.5, palette.shade(f.base, 0.5), 0)
    cv.piece(ellipse(262, 150, 14, 8), visor, puff=5, edge=6, crease=0)
    flat = cut == "snapback"
    brim = [(98, 366), (180, 352 if flat else 344), (292, 384, "c"), (304, 404), (250, 440), (160, 470 if not flat
            else 450), (76, 476 if not flat else 446), (30, 458 if not flat else 428), (40, 420), (66, 386)]
    cv.piece(wobbled(brim, rng, 1.5), visor, puff=12, edge=18, crease=0.25, shadow=0.45, lift=9)
    with cv.ink() as ctx:
        for k in range(5):
            t = 0.12 + 0.13 * k
            stitch(ctx, [(40 + 40 * t * 2, 440 - 70 * t + 16), (120 + 20 * t, 462 - 80 * t), (230, 436 - 66 * t),
                    (292 - 4 * k, 402 - 10 * t)], palette.thread(visor.base), strength=0.5)
    x, y = 190, 296
    if chance(rng, 0.75):
        style = int(rng.integers(0, 3))
        with cv.ink(mask) as ctx:
            ink_rgb(ctx, look.accent(), 0.95)
            if style == 0:
                ctx.save()
                ctx.translate(x - 34, y)
                ctx.scale(0.85, 1)
                ctx.arc(0, 0, 34, 0, 7)
                ctx.set_line_width(9)
                ctx.stroke()
                ctx.rectangle(-14, -14, 28, 28)
                ctx.fill()
                ctx.restore()
            elif style == 1:
                trace(ctx, [(x - 72, y + 20, "c"), (x - 36, y - 38, "c"), (x, y + 22, "c"), (x - 36, y + 2, "c")])
                ctx.fill()
            else:
                for k in range(3):
                    trace(ctx, [(x - 76, y - 20 + 18 * k), (x - 36, y - 26 + 18 * k), (x + 8, y - 18 + 18 * k)], False)
                    ctx.set_line_width(8)
                    ctx.stroke()
    return {"cut": cut, "gender": one(rng, "Men", "Unisex", "Women", "Unisex"), "usage": one(rng, "Casual", "Sports")}


def hat(cv, rng, look):
    """Hats: fedora, sun hat, bucket, beanie."""
    cut = one(rng, "fedora", "sun", "bucket", "beanie", "beanie")
    band = look.fabric("satin").plain(look.accent())
    if cut == "beanie":
        f = look.fabric(one(rng, "rib", "chunky", "cable"), 34, melange=0.05)
        tall = rng.uniform(120, 160)
        if chance(rng, 0.5):
            cv.piece(wobbled(ellipse(CX, tall - 16, 60, 54, 16), rng, 4), f.plain(look.accent(), surface="fleece",
                    melange=0.15), puff=30, edge=26, relief=9, shadow=0.3)
        cv.piece(mirror([(0, tall), (60, tall + 8), (126, tall + 78), (158, tall + 190), (164, 440), (0, 450)],
                rng=rng, wobble=3), f, puff=30, edge=40, drape=drape_wave(3, 2.5), shadow=0.36, lift=8)
        y = rng.uniform(372, 392)
        cv.piece(mirror([(0, y + 8), (100, y + 4), (168, y - 6), (176, y + 20), (174, y + 104), (164, y + 120),
                (90, y + 130), (0, y + 134)], rng=rng, wobble=2), f.plain(surface="rib"), puff=16, edge=20,
                shadow=0.42, lift=6)
        if chance(rng, 0.5):
            cv.piece([(CX + 40, y + 48, "c"), (CX + 92, y + 44, "c"), (CX + 93, y + 84, "c"), (CX + 41, y + 88, "c")],
                    look.fabric("leather").plain(palette.rgb("Tan")), puff=2, edge=4)
        return {"cut": "", "noun": "Beanie", "gender": one(rng, "Unisex", "Women", "Men"), "season": "Winter"}
    f = look.fabric({"fedora": "suede", "sun": "straw", "bucket": "canvas"}[cut], 32)
    tilt = rng.normal(0, 5)
    if cut == "bucket":
        mask = cv.piece(mirror([(0, 176), (84, 180), (122, 204), (144, 300), (152, 372), (0, 390)], rng=rng, wobble=3),
                f, puff=24, edge=36, shadow=0.36, lift=8, crease=0.8)
        cv.piece(mirror([(0, 374), (90, 370), (150, 356), (186, 410), (218, 476), (150, 502), (0, 512)], rng=rng,
                wobble=3), f, puff=14, edge=20, drape=drape_wave(2.6, 5), shadow=0.42, lift=8)
        with cv.ink() as ctx:
            for k in range(6):
                t = k / 6
                stitch(ctx, [(CX - 160 - 50 * t, 382 + 88 * t), (CX - 80, 392 + 100 * t), (CX, 396 + 104 * t),
                        (CX + 80, 392 + 100 * t), (CX + 160 + 50 * t, 382 + 88 * t)], palette.thread(f.base),
                        strength=0.4)
            seam(ctx, [(CX - 124, 206), (CX, 226), (CX + 124, 206)], f.base, 1.8, 0.5)
        return {"cut": "", "noun": "Bucket hat", "gender": "Unisex", "season": "Summer"}
    wide = 212 if cut == "sun" else rng.uniform(184, 200)
    brim = mirror([(0, 372), (120, 356), (wide, 372 + tilt), (wide + 10, 392 + tilt), (150, 446), (0, 468)], rng=rng,
            wobble=2.5)
    cv.piece(mirror([(0, 362), (110, 350), (wide - 6, 368 + tilt), (120, 400), (0, 410)]),
            f.plain(palette.shade(f.base, 0.7)), puff=2)
    cv.piece(brim, f, puff=12, edge=18, drape=drape_wave(1.4, 6), shadow=0.45, lift=10)
    top = 176 if cut == "fedora" else 206
    crown = mirror([(0, top + 26), (50, top), (96, top + 22), (120, 300), (134, 396), (70, 418), (0, 424)], rng=rng,
            wobble=2.5) if cut == "fedora" else mirror([(0, top), (70, top + 10), (116, top + 70), (132, 390),
            (70, 412), (0, 418)], rng=rng, wobble=2.5)
    mask = cv.piece(crown, f, puff=26, edge=36, shadow=0.4, lift=6, folds=[([(CX - 6, top + 34), (CX - 30, top + 90),
            (CX - 40, top + 130)], 18, -8), ([(CX + 40, top + 20), (CX + 52, top + 100)], 14, -5)] if cut == "fedora"
            else ())
    cv.piece(mirror([(0, 372), (80, 364), (140, 344, "c"), (140, 396, "c"), (70, 420), (0, 426)]), band, within=mask,
            puff=4, edge=7, shadow=0.2)
    if chance(rng, 0.5):
        for dy in (-16, 14):
            cv.piece([(CX + 96, 390), (CX + 128, 378 + dy), (CX + 144, 392 + dy), (CX + 124, 400)], band, puff=5,
                    edge=7)
    return {"cut": {"sun": "straw sun", "fedora": "fedora"}[cut], "noun": "Hat", "gender": "Women" if cut == "sun"
            else one(rng, "Men", "Unisex"), "season": "Summer" if cut == "sun" else "All Year"}


def scarf(cv, rng, look):
    """Scarves: hanging loop, long fold, infinity, or square silk."""
    cut = one(rng, "looped", "folded", "square", "looped")
    surface = {"square": "satin"}.get(cut, one(rng, "knit", "canvas", "fleece", "chunky"))
    f = look.fabric(surface, 44, gloss=0.12 if surface == "satin" else 0, melange=0.04)
    wave = drape_wave(rng.uniform(2, 3.5), 5)

    def fringe(x0, x1, y, length):
        with cv.ink() as ctx:
            for k in range(int((x1 - x0) / 5)):
                x = x0 + 2 + k * 5
                trace(ctx, [(x, y - 4), (x + rng.normal(0, 2), y + length / 2), (x + rng.normal(0, 4),
                        y + length + rng.normal(0, 4))], False)
                ink_rgb(ctx, palette.shade(f.base if k % 3 else f.base * 0.9 + 0.05, rng.uniform(0.75, 1.1)))
                ctx.set_line_width(2.6)
                ctx.stroke()

    if cut == "looped":
        left, right = rng.uniform(520, 560), rng.uniform(540, 580)
        for x0, x1, low, lean in ((CX - 92, CX - 6, left, -18), (CX + 2, CX + 92, right, 20)):
            if surface != "satin":
                fringe(x0 + lean, x1 + lean, low, 34)
            cv.piece(wobbled([(x0 + 26, 230), (x1 - 14, 236), (x1 + 6, 380), (x1 + lean, low, "c"),
                    (x0 + lean, low + 3, "c"), (x0 - 2, 380)], rng, 3), f, drape=wave, puff=10, angle=rng.normal(0,
                    0.08))
        loop = mirror([(0, 92), (92, 106), (150, 190), (128, 274), (60, 322), (0, 332)], rng=rng, wobble=4)
        hole = mirror([(0, 128), (56, 136), (88, 186), (62, 222), (0, 236)], rng=rng, wobble=4)
        cv.piece(loop, f, puff=18, edge=26, crease=1.2, shadow=0.4, lift=7,
                folds=[([(CX - 140, 190), (CX - 70, 268), (CX + 10, 292), (CX + 90, 260), (CX + 136, 190)], 12, 8),
                ([(CX - 120, 214), (CX - 40, 300), (CX + 60, 300)], 10, -7), ([(CX - 90, 120), (CX, 106),
                (CX + 90, 122)], 9, 6)], angle=0.3)
        cv.piece(hole, f.but(base=palette.shade(f.base, 0.5), second=palette.shade(f.second, 0.5)), puff=-6, edge=14,
                shadow=0, occlusion=0.6)
    elif cut == "folded":
        w, low = rng.uniform(96, 120), rng.uniform(536, 560)
        fringe(CX - w, CX + w - 34, low - 24, 40)
        cv.piece(wobbled([(CX - w, 66, "c"), (CX + w - 40, 62, "c"), (CX + w - 34, low - 24, "c"),
                (CX - w - 2, low - 22, "c")], rng, 3), f, puff=8, drape=drape_wave(1.2, 3))
        fringe(CX - w + 46, CX + w + 16, low, 40)
        cv.piece(wobbled([(CX - w + 40, 60, "c"), (CX + w + 10, 64, "c"), (CX + w + 16, low, "c"),
                (CX - w + 46, low + 2, "c")], rng, 3), f, puff=9, drape=drape_wave(1.4, 3.5), shadow=0.4, lift=7)
    else:
        cv.piece(wobbled([(50, 110, "c"), (240, 104), (432, 112, "c"), (436, 320), (430, 528, "c"), (240, 534),
                (46, 530, "c"), (44, 320)], rng, 4), f, puff=6, crease=1.3,
                folds=[([(60, 150), (240, 300), (420, 500)], 12, 4), ([(420, 140), (250, 330), (70, 500)], 12, -3)])
        with cv.ink() as ctx:
            for k, width in ((16, 9), (30, 2.5)):
                trace(ctx, [(50 + k, 110 + k, "c"), (240, 105 + k), (431 - k, 112 + k, "c"), (435 - k, 320),
                        (430 - k, 528 - k, "c"), (240, 533 - k), (47 + k, 530 - k, "c"), (45 + k, 320)])
                ink_rgb(ctx, look.accent(), 0.85)
                ctx.set_line_width(width)
                ctx.stroke()
    return {"cut": {"square": "silk", "looped": one(rng, "fringed", "wool")}.get(cut, "woven"), "gender": "Women"
            if cut == "square" else one(rng, "Women", "Men", "Unisex"), "season": "Spring" if cut == "square"
            else "Winter"}


def tie(cv, rng, look):
    """Ties: a wide or slim tie with its knot, a folded tie, or a bow tie."""
    cut = one(rng, "wide", "slim", "hanging", "knit", "bow") if look.pattern == "plain" else one(rng, "wide", "slim",
            "hanging", "bow")
    f = look.fabric("knit" if cut == "knit" else "satin", 24, gloss=0.14, turn=0.72 if look.pattern == "stripes"
            else 0.0)
    if cut == "bow":
        for side in (-1, 1):
            wing = [(CX + side * 8, 306), (CX + side * 90, 262), (CX + side * 186, 236), (CX + side * 204, 250),
                    (CX + side * 198, 320), (CX + side * 204, 388), (CX + side * 186, 402), (CX + side * 90, 376),
                    (CX + side * 8, 334)]
            cv.piece(wobbled(wing, rng, 2), f, puff=18, edge=24, crease=0.5, shadow=0.36, lift=7, angle=side * 0.1,
                     folds=[([(CX + side * 14, 314), (CX + side * 90, 300), (CX + side * 140, 290)], 10, -6),
                             ([(CX + side * 14, 326), (CX + side * 80, 340), (CX + side * 130, 352)], 10, 5)])
        cv.piece(wobbled([(CX - 26, 284), (CX + 26, 284), (CX + 30, 320), (CX + 26, 356), (CX - 26, 356),
                (CX - 30, 320)], rng, 1.5), f, puff=12, edge=14, shadow=0.45, lift=5)
        return {"cut": "", "noun": "Bow tie", "gender": "Men", "usage": "Formal"}
    w = {"wide": rng.uniform(56, 66), "slim": rng.uniform(38, 44), "hanging": rng.uniform(50, 58), "knit": 40}[cut]
    low = rng.uniform(584, 604)
    if cut == "hanging":
        a = rng.uniform(60, 84)
        cv.piece([(CX + 14, 56, "c"), (CX + 44, 60, "c"), (CX + a + 24, 430, "c"), (CX + a, 462, "c"),
                (CX + a - 32, 436, "c")], f.but(base=palette.shade(f.base, 0.85)), puff=5, edge=9, angle=-0.16)
    else:
        loop = mirror([(0, 44), (50, 46), (64, 70), (20, 108), (0, 110)], rng=rng, wobble=1.5)
        hole = mirror([(0, 54), (34, 56), (44, 70), (10, 92), (0, 94)])
        cv.piece(loop, f, puff=6, edge=9, without=mask_of(hole), shadow=0.3)
    end = [(CX - w, low - w * 0.9, "c"), (CX, low, "c"), (CX + w, low - w * 0.9, "c")] if cut != "knit" else [(CX - w,
            low - 20, "c"), (CX, low - 18), (CX + w, low - 20, "c")]
    top = 130 if cut != "hanging" else 52
    neck = 24 if cut != "hanging" else 22
    cv.piece(wobbled([(CX - neck, top, "c"), (CX - (w + neck) * 0.44, (top + low) / 2 - 60), *end,
            (CX + (w + neck) * 0.44, (top + low) / 2 - 60), (CX + neck, top, "c")], rng, 1.5), f, puff=8, edge=14,
            crease=0.4, shadow=0.36, lift=6,
             folds=[([(CX + rng.normal(0, 4), top), (CX + rng.normal(0, 6), top + 60), (CX + rng.normal(0, 8),
                     top + 120)], 9, -5)])
    if cut != "hanging":
        cv.piece(wobbled([(CX - 40, 84), (CX - 20, 78), (CX + 20, 78), (CX + 40, 84), (CX + 30, 120), (CX + 19, 146,
                "c"), (CX, 150), (CX - 20, 146, "c"), (CX - 31, 120)], rng, 1.2), f, puff=12, edge=14, shadow=0.42,
                lift=5, angle=0.9)
    else:
        cv.piece([(CX - 24, 46, "c"), (CX + 44, 50, "c"), (CX + 40, 72, "c"), (CX - 22, 66, "c")], f, puff=8, edge=9)
    return {"cut": {"wide": "silk", "hanging": "classic"}.get(cut, cut), "gender": "Men", "usage": "Formal"}


def socks(cv, rng, look):
    """Socks: a pair, crew, ankle or knee-high, with heel and toe in another colour."""
    cut = one(rng, "crew", "crew", "ankle", "knee-high")
    f = look.fabric("rib" if chance(rng, 0.3) else "knit", 34)
    trim = f.plain(look.accent() if chance(rng, 0.6) else palette.shade(f.base, 0.85), surface="rib")
    top = {"crew": rng.uniform(120, 150), "ankle": rng.uniform(270, 290), "knee-high": rng.uniform(34, 50)}[cut]
    drop = 0 if cut != "ankle" else -40
    for dx, turn in ((64, 0), (-58, 0)):
        x = 250 + dx
        shape = [(x - 2, top, "c"), (x + 92, top - 3, "c"), (x + 90, 330), (x + 98, 440), (x + 84, 496), (x + 30, 520),
                (x - 60, 548), (x - 128, 560), (x - 158, 538), (x - 150, 504), (x - 90, 468), (x - 20, 422),
                (x + 2, 360)]
        shape = wobbled([(p[0], p[1] + drop, *p[2:]) for p in shape], rng, 2)
        mask = cv.piece(shape, f, puff=12, edge=20, crease=0.6, shadow=0.36, lift=6,
                folds=[([(x - 8, 430 + drop), (x + 40, 446 + drop), (x + 84, 440 + drop)], 8, 4),
                ([(x - 20, 446 + drop), (x + 30, 470 + drop)], 8, -4)])
        cv.piece(ellipse(x + 88, 484 + drop, 46, 44), trim, within=mask, puff=5, shadow=0, edge=8)
        cv.piece(ellipse(x - 150, 540 + drop, 56, 50), trim, within=mask, puff=5, shadow=0, edge=8)
        cv.piece([(x - 5, top + drop - 3, "c"), (x + 95, top + drop - 5, "c"), (x + 94, top + drop + 34, "c"),
                (x - 5, top + drop + 36, "c")], trim, puff=6, edge=9, shadow=0.2)
        if look.pattern == "plain" and chance(rng, 0.4):
            badge(cv, rng, x + 45, top + 70, look.accent())
    return {"cut": cut, "length": cut, "gender": one(rng, "Men", "Women", "Unisex"), "usage": one(rng, "Casual",
            "Sports")}


KINDS = [
    Kind("Caps", "Cap", cap, 24, (9, 39), {"plain": 8, "camo": 1, "checks": 1, "colour block": 1, "denim": 1}),
    Kind("Hats", "Hat", hat, 24, (15, 69), {"plain": 6, "stripes": 1, "checks": 1}),
    Kind("Scarves", "Scarf", scarf, 24, (15, 79), {"plain": 3, "checks": 4, "stripes": 2, "floral": 2, "animal": 1,
            "dots": 1}),
    Kind("Ties", "Tie", tie, 24, (12, 69), {"stripes": 4, "plain": 3, "dots": 3, "checks": 1, "floral": 1}),
    Kind("Socks", "Socks", socks, 20, (4, 19), {"plain": 2, "stripes": 3, "dots": 2, "argyle": 2}),
]
