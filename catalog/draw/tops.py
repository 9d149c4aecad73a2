"""T-shirts, shirts, polos, sweaters and hoodies."""

from . import palette
from .canvas import ink_rgb, seam, stitch
from .details import badge, button, graphic, patch_pocket, zipper
from .look import Kind, chance, one
from .shapes import CX, mirror, trace
from .torso import (Torso, armhole_seams, back_band, folds, hem_line, hem_rib, inside_back, neck_band, sleeves)


def tshirt(cv, rng, look):
    """T-shirts: fitted, regular, oversized or cropped; short, long or no sleeves; crew, V or scoop neck."""
    cut = one(rng, "regular", "regular", "fitted", "oversized", "cropped", "tank")
    women = cut in ("fitted", "cropped") or chance(rng, 0.3)
    f = look.fabric("jersey", 26, melange=0.06 if look.colour in ("Grey", "Charcoal") else 0.0)
    t = Torso(neck=rng.uniform(40, 50), neck_y=rng.uniform(84, 96), shoulder=rng.uniform(134, 142),
            chest=rng.uniform(134, 144))
    t.shoulder_y, t.under_y, t.hem_y = t.neck_y + rng.uniform(28, 38), t.neck_y + rng.uniform(138,
            152), rng.uniform(524, 552)
    t.waist = t.chest - rng.uniform(1, 7)
    t.hem, t.hem_curve = t.chest + rng.uniform(-3, 6), rng.uniform(2, 9)
    if cut == "fitted":
        t.waist, t.hem, t.chest = t.chest - 21, t.chest - 6, t.chest - 5
    elif cut == "oversized":
        t.chest, t.shoulder, t.waist, t.hem = 160, 160, 158, 159
    elif cut == "cropped":
        t.chest, t.shoulder, t.waist, t.hem, t.hem_y, t.neck_y = 146, 142, 144, 146, 470, t.neck_y + 32
        t.under_y, t.shoulder_y = t.under_y + 36, t.shoulder_y + 30
    elif cut == "tank":
        t.shoulder, t.shoulder_y, t.neck = rng.uniform(88, 100), t.neck_y + 8, rng.uniform(54, 66)
    neck = one(rng, "crew", "crew", "V-neck", "scoop") if cut != "tank" else one(rng, "scoop", "V-neck")
    t.open_v, t.drop = neck == "V-neck", {"crew": rng.uniform(28, 36), "V-neck": rng.uniform(68, 92),
            "scoop": rng.uniform(56, 72)}[neck]
    sleeve = "sleeveless" if cut == "tank" else one(rng, "short", "short", "short", "long",
            "3/4") if cut != "cropped" else "short"
    contrast = look.pattern == "plain" and chance(rng, 0.3)
    trim = f.plain(look.accent()) if contrast else f.plain()
    inside_back(cv, t, f)
    back_band(cv, t, trim)
    if sleeve != "sleeveless":
        arm = f.but(base=look.accent(), pattern="plain") if contrast and chance(rng, 0.5) else f
        length = {"short": rng.uniform(128, 158), "long": rng.uniform(365, 395), "3/4": rng.uniform(250, 280)}[sleeve]
        cuff = {"short": rng.uniform(84, 96), "long": rng.uniform(44, 50), "3/4": 62}[sleeve]
        angle = {"short": rng.uniform(28, 40), "long": rng.uniform(11, 15), "3/4": rng.uniform(15, 20)}[sleeve]
        if cut == "oversized":
            angle *= 0.8 if sleeve == "short" else 0.55
        sleeves(cv, rng, t, arm, length, angle, cuff)
    mask = cv.piece(t.outline(rng), f, folds=folds(rng, t), crease=0.6)
    armhole_seams(cv, t, f, mask)
    neck_band(cv, rng, t, trim, width=rng.uniform(8, 13))
    hem_line(cv, t, f, mask)
    word = ""
    if look.pattern == "graphic":
        graphic(cv, rng, mask, CX, t.under_y + rng.uniform(20, 40), rng.uniform(52, 74), f.base, look.accent(),
                look.third)
    elif look.pattern == "plain" and chance(rng, 0.35):
        x, y = CX + 62, t.under_y - 12
        patch_pocket(cv, trim if contrast else f, [(x - 27, y, "c"), (x + 27, y, "c"), (x + 27, y + 52, "c"),
                (x, y + 64, "c"), (x - 27, y + 52, "c")])
        word = "pocket"
    noun = "Tank top" if cut == "tank" else "T-shirt"
    return {"cut": word or {"cropped": "cropped", "oversized": "oversized"}.get(cut, ""), "sleeve": sleeve,
            "neckline": neck, "noun": noun,
            "fit": {"fitted": "slim", "oversized": "oversized"}.get(cut, "regular"), "length": "cropped"
                    if cut == "cropped" else "regular",
            "gender": "Women" if women else one(rng, "Men", "Unisex", "Men")}


def shirt_collar(cv, rng, f, t, spread=34, point=46, stand=True):
    """A turned-down collar on a stand, both flaps over the neck edge."""
    n, y = t.neck, t.neck_y
    inner = f.but(base=palette.shade(f.base, 0.78), second=palette.shade(f.second, 0.78), third=palette.shade(f.third,
            0.78))
    cv.piece(mirror([(0, y - 17), (n * 0.6, y - 15), (n - 4, y - 8, "c"), (n + 3, y + 8, "c"), (n * 0.5, y + 18),
            (0, y + 21)]), inner,
             puff=3, edge=6, crease=0.1, shadow=0.2, lift=3)
    for side in (-1, 1):
        def at(dx, dy, *c, side=side):
            return (CX + side * dx, y + dy, *c)

        flap = [at(n - 12, -17), at(n + 1, -9), at(n + 9, 8), at(n + spread * 0.2, point + 10, "c"),
                at(n * 0.45, point * 0.62), at(1.5, t.drop - 2, "c"), at(n * 0.55, 4)]
        cv.piece(flap, f, puff=3.5, edge=6, crease=0.15, shadow=0.34, lift=4, angle=-side * 0.5)
        with cv.ink() as ctx:
            stitch(ctx, [at(n + 4, 10), at(n + spread * 0.2 - 3, point + 3, "c"), at(6, t.drop - 2)],
                    palette.thread(f.base), strength=0.5)


def placket(cv, rng, t, f, buttons, colour, width=26, top=None, bottom=None, r=4.6):
    """A buttoned front strip."""
    y0 = t.neck_y + t.drop - 6 if top is None else top
    y1 = t.hem_y + t.hem_curve - 2 if bottom is None else bottom
    strip = [(CX - width / 2, y0, "c"), (CX + width / 2, y0, "c"), (CX + width / 2, y1, "c"), (CX - width / 2, y1, "c")]
    cv.piece(strip, f, puff=1.6, edge=4, crease=0.25, shadow=0.22, lift=2, occlusion=0.1)
    with cv.ink() as ctx:
        for side in (-1, 1):
            stitch(ctx, [(CX + side * (width / 2 - 4), y0), (CX + side * (width / 2 - 4), y1)], palette.thread(f.base),
                    strength=0.45)
        for k in range(buttons):
            button(ctx, CX, y0 + 12 + (y1 - y0 - 30) * k / max(1, buttons - 1), r, colour)


def shirt(cv, rng, look):
    """Shirts: formal, casual with pockets, short-sleeved, or a loose blouse."""
    cut = one(rng, "formal", "casual", "casual", "short", "overshirt", "blouse")
    material = {"formal": "canvas", "overshirt": "twill"}.get(cut, "canvas")
    if look.pattern == "denim":
        material = "twill"
    f = look.fabric(material, 24 if cut != "formal" else 18)
    t = Torso(neck=rng.uniform(38, 43), neck_y=rng.uniform(72, 82), drop=rng.uniform(24, 32), chest=rng.uniform(130,
            140), hem_y=rng.uniform(534, 560))
    t.shoulder, t.shoulder_y, t.under_y = t.chest + rng.uniform(0, 5), t.neck_y + rng.uniform(28,
            38), t.neck_y + rng.uniform(138, 152)
    t.waist, t.hem = t.chest - rng.uniform(3, 9), t.chest + rng.uniform(-2, 5)
    t.hem_curve = rng.uniform(14, 26) if cut in ("casual", "formal", "blouse") else 3
    if cut == "blouse":
        t.waist, t.hem, t.chest = t.chest - 16, t.chest + 2, t.chest - 4
    sleeve = "short" if cut == "short" or (cut == "blouse" and chance(rng, 0.4)) else "long"
    trim = f.but(turn=f.turn)
    if sleeve == "short":
        sleeves(cv, rng, t, f, rng.uniform(128, 150), rng.uniform(28, 36), rng.uniform(82, 92))
    else:
        length, angle, cuff = rng.uniform(345, 368), rng.uniform(11, 15), rng.uniform(50, 58)
        sleeves(cv, rng, t, f, length, angle, cuff, band=30, band_fabric=trim)
    mask = cv.piece(t.outline(rng, 1.4), f, folds=folds(rng, t, 5, 2.6), crease=0.55)
    armhole_seams(cv, t, f, mask)
    hem_line(cv, t, f, mask, up=6, rows=1)
    pale = palette.luma(f.base)
    colour = one(rng, palette.rgb("White"), palette.shade(f.base, 0.6)) if pale < 0.75 else one(rng,
            palette.rgb("White"), palette.rgb("Grey"), palette.rgb("Tan"))
    placket(cv, rng, t, f.but(), int(rng.integers(6, 8)), colour, top=t.neck_y + t.drop - 4)
    if cut in ("casual", "overshirt", "short") and chance(rng, 0.8):
        for side in ((-1, 1) if cut == "overshirt" or chance(rng, 0.3) else (1,)):
            x, y = CX + side * 61, t.under_y - 8
            patch_pocket(cv, f, [(x - 26, y, "c"), (x + 26, y, "c"), (x + 26, y + 54, "c"), (x, y + 62, "c"),
                    (x - 26, y + 54, "c")])
            if cut == "overshirt":
                patch_pocket(cv, f, [(x - 28, y - 4, "c"), (x + 28, y - 4, "c"), (x + 28, y + 14, "c"),
                        (x, y + 24, "c"), (x - 28, y + 14, "c")])
                with cv.ink() as ctx:
                    button(ctx, x, y + 14, 4, colour)
    mandarin = cut == "blouse" and chance(rng, 0.5)
    if mandarin:
        inside_back(cv, t, f, label_too=False)
        back_band(cv, t, f, 14)
        neck_band(cv, rng, t, f, 15)
    else:
        shirt_collar(cv, rng, f, t, rng.uniform(14, 40), rng.uniform(40, 52))
        with cv.ink() as ctx:
            button(ctx, CX, t.neck_y + t.drop + 4, 4.4, colour)
    return {"cut": {"formal": "formal", "overshirt": "utility"}.get(cut, ""), "sleeve": sleeve,
            "neckline": "band collar" if mandarin else "collar",
            "noun": "Blouse" if cut == "blouse" else "Overshirt" if cut == "overshirt" else "Shirt", "fit": "slim"
                    if cut == "formal" else "relaxed" if cut == "overshirt" else "regular",
            "gender": "Women" if cut == "blouse" else "Men" if cut == "formal" else one(rng, "Men", "Men", "Unisex"),
                    "usage": "Formal" if cut == "formal" else "Casual"}


def polo(cv, rng, look):
    """Polos: short or long sleeves, tipped collar and cuffs, a short placket."""
    f = look.fabric("canvas", 34)
    women = chance(rng, 0.35)
    t = Torso(neck=rng.uniform(39, 45), neck_y=rng.uniform(86, 98), drop=28, chest=rng.uniform(134, 144),
            hem_y=rng.uniform(524, 552))
    t.shoulder, t.shoulder_y, t.under_y = t.chest + 2, t.neck_y + rng.uniform(28, 38), t.neck_y + rng.uniform(140, 154)
    t.waist, t.hem = t.chest - (17 if women else 4), t.chest + rng.uniform(-4, 4)
    sleeve = "long" if chance(rng, 0.2) else "short"
    tipped = look.pattern == "plain" and chance(rng, 0.5)
    rib = f.plain(look.accent() if tipped and chance(rng, 0.4) else f.base, surface="rib")
    if sleeve == "short":
        sleeves(cv, rng, t, f, rng.uniform(118, 140), rng.uniform(30, 38), rng.uniform(82, 92), band=14,
                band_fabric=rib)
    else:
        sleeves(cv, rng, t, f, 360, rng.uniform(11, 14), 46, band=24, band_fabric=rib)
    mask = cv.piece(t.outline(rng), f, folds=folds(rng, t), crease=0.6)
    armhole_seams(cv, t, f, mask)
    hem_line(cv, t, f, mask)
    depth = rng.uniform(88, 120)
    colour = one(rng, palette.rgb("White"), palette.shade(f.base, 0.55), palette.rgb("Cream"))
    placket(cv, rng, t, f.plain(), int(rng.integers(2, 4)), colour, 24, bottom=t.neck_y + t.drop + depth)
    shirt_collar(cv, rng, rib.but(surface="canvas"), t, rng.uniform(20, 44), rng.uniform(36, 46))
    if tipped:
        with cv.ink() as ctx:
            for side in (-1, 1):
                trace(ctx, [(CX + side * (t.neck + 6), t.neck_y + 20), (CX + side * (t.neck + 3), t.neck_y + 44, "c"),
                        (CX + side * 8, t.neck_y + t.drop + 1)], False)
                ink_rgb(ctx, look.third if palette.luma(rib.base) == palette.luma(look.accent()) else look.accent())
                ctx.set_line_width(2.4)
                ctx.stroke()
    if chance(rng, 0.6):
        badge(cv, rng, CX + 58, t.under_y - 4, look.accent())
    return {"cut": "tipped" if tipped else one(rng, "piqué", "classic", "cotton"), "sleeve": sleeve,
            "neckline": "polo collar",
            "fit": "slim" if women else "regular", "gender": "Women" if women else "Men", "usage": one(rng, "Casual",
                    "Sports", "Casual")}


def sweater(cv, rng, look):
    """Sweaters: crew, V or roll neck; fine, chunky or cable knit; or a cardigan."""
    cut = one(rng, "crew", "V-neck", "roll neck", "cable", "chunky", "cardigan")
    surface = {"cable": "cable", "chunky": "chunky", "roll neck": one(rng, "rib", "knit")}.get(cut, "knit")
    if look.pattern != "plain" and surface == "cable":
        surface = "knit"
    f = look.fabric(surface, 36, melange=0.05)
    rib = f.plain(surface="rib")
    if look.pattern == "plain" and chance(rng, 0.2):
        rib = f.plain(look.accent(), surface="rib")
    t = Torso(neck=rng.uniform(42, 50), neck_y=rng.uniform(86, 98), chest=rng.uniform(138, 150), hem_y=rng.uniform(478,
            504))
    t.shoulder, t.shoulder_y, t.under_y = t.chest + rng.uniform(-6, 0), t.neck_y + rng.uniform(32,
            44), t.neck_y + rng.uniform(148, 164)
    t.waist, t.hem = t.chest - rng.uniform(0, 5), t.chest - rng.uniform(2, 9)
    t.open_v = cut in ("V-neck", "cardigan")
    t.drop = rng.uniform(82, 112) if cut == "V-neck" else rng.uniform(150,
            210) if cut == "cardigan" else rng.uniform(24, 34)
    sleeves(cv, rng, t, f, rng.uniform(325, 350), rng.uniform(9, 13), rng.uniform(50, 58), band=34, band_fabric=rib,
            puff=11, edge=17, depth=4)
    inside_back(cv, t, f)
    back_band(cv, t, rib, 16)
    mask = cv.piece(t.outline(rng), f, folds=folds(rng, t, 5, 4), puff=10, edge=17, crease=0.75)
    armhole_seams(cv, t, f, mask)
    hem_rib(cv, rng, t, rib, rng.uniform(32, 44))
    if cut == "roll neck":
        y = t.neck_y
        roll = mirror([(0, y - 34), (t.neck * 0.8, y - 31), (t.neck + 1, y - 12), (t.neck + 3, y + 8), (t.neck * 0.85,
                y + 32), (0, y + 42)])
        cv.piece(roll, rib, puff=9, edge=12, crease=0.4, shadow=0.36, lift=4)
        with cv.ink() as ctx:
            seam(ctx, [(CX - t.neck + 4, y - 14), (CX, y - 4), (CX + t.neck - 4, y - 14)], f.base, 2.2, 0.35)
    elif cut == "cardigan":
        bottom = t.hem_y + 36
        neck_band(cv, rng, t, rib, 20)
        placket(cv, rng, t, rib, 4, one(rng, palette.shade(f.base, 0.6), palette.rgb("Brown")), 30,
                top=t.neck_y + t.drop - 12, bottom=bottom, r=6)
    else:
        neck_band(cv, rng, t, rib, 17)
    return {"cut": {"cable": "cable-knit", "chunky": "chunky", "roll neck": "roll-neck"}.get(cut, "fine-knit"
            if surface == "knit" else ""), "sleeve": "long",
            "noun": "Cardigan" if cut == "cardigan" else "Sweater", "neckline": cut if cut in ("V-neck", "roll neck")
                    else "V-neck" if cut == "cardigan" else "crew",
            "fit": "relaxed" if cut in ("chunky", "cable") else "regular", "gender": one(rng, "Men", "Women",
                    "Unisex"), "season": "Winter"}


def hoodie(cv, rng, look):
    """Hoodies: pullover or zip, with kangaroo pocket, cords, ribbed cuffs."""
    cut = one(rng, "pullover", "pullover", "zip", "raglan")
    f = look.fabric("fleece", 40, melange=0.07 if look.colour in ("Grey", "Charcoal") else 0.02)
    rib = f.plain(surface="rib")
    t = Torso(neck=rng.uniform(48, 55), neck_y=rng.uniform(126, 138), drop=rng.uniform(36, 46), chest=rng.uniform(138,
            148), hem_y=rng.uniform(520, 540))
    t.shoulder, t.shoulder_y, t.under_y = t.chest - rng.uniform(0, 4), t.neck_y + rng.uniform(28,
            40), t.neck_y + rng.uniform(142, 156)
    t.waist, t.hem = t.chest - 2, t.chest - rng.uniform(6, 12)
    arm = f.plain(look.accent()) if cut == "raglan" else f
    lining = f.plain(palette.shade(f.base if cut != "raglan" else look.accent(), 0.7))
    sleeves(cv, rng, t, arm, rng.uniform(322, 340), rng.uniform(9, 12.5), rng.uniform(54, 62), band=34,
            band_fabric=rib, puff=12, edge=18, depth=4.5)
    y, n, tall, wide = t.neck_y, t.neck, rng.uniform(86, 100), rng.uniform(72, 84)
    hood = mirror([(0, y - tall), (wide * 0.62, y - tall * 0.86), (wide, y - tall * 0.3), (wide * 0.98, y + 18),
            (wide * 0.6, y + 50), (0, y + 60)], rng=rng, wobble=1.6)
    cv.piece(hood, f, puff=14, edge=22, crease=0.6, folds=[([(CX - wide * 0.5, y - tall * 0.7), (CX - wide * 0.72, y)],
            9, 3), ([(CX + wide * 0.55, y - tall * 0.6), (CX + wide * 0.7, y + 8)], 9, -3)])
    mask = cv.piece(t.outline(rng), f, folds=folds(rng, t, 6, 4), puff=10, edge=18, crease=0.8)
    armhole_seams(cv, t, f, mask)
    mouth = mirror([(0, y - tall * 0.72), (wide * 0.42, y - tall * 0.58), (wide * 0.6, y - tall * 0.1),
            (wide * 0.5, y + 24), (wide * 0.2, y + 54), (0, y + 62, "c")], rng=rng, wobble=1.2)
    rim = mirror([(0, y - tall * 0.72 - 12), (wide * 0.42 + 10, y - tall * 0.58 - 8), (wide * 0.6 + 14,
            y - tall * 0.1), (wide * 0.5 + 16, y + 30), (wide * 0.2 + 16, y + 62), (0, y + 80, "c")])
    cv.piece(rim, f, puff=8, edge=9, crease=0.4, shadow=0.3, lift=4)
    cv.piece(mouth, lining, puff=-7, edge=14, crease=0.7, shadow=0, occlusion=0.5)
    hem_rib(cv, rng, t, rib, 38)
    if cut == "zip":
        with cv.ink() as ctx:
            zipper(ctx, [(CX, y + 74), (CX + 1, t.hem_y + 40)], f.base, one(rng, palette.rgb("Silver"),
                    palette.shade(f.base, 0.7)))
    top, low, inner, outer = t.hem_y - rng.uniform(116, 132), t.hem_y - 2, 48, 84
    if cut == "zip":
        for side in (-1, 1):
            patch_pocket(cv, f, [(CX + side * 9, top, "c"), (CX + side * inner, top, "c"), (CX + side * outer,
                    top + 62), (CX + side * (outer + 2), low, "c"), (CX + side * 9, low, "c")], puff=4, edge=9)
    else:
        patch_pocket(cv, f, mirror([(0, top), (inner, top, "c"), (outer, top + 66), (outer + 3, low, "c"),
                (0, low + 4)]), puff=4, edge=9)
    cord = one(rng, palette.rgb("White"), palette.shade(f.base, 0.65), look.accent())
    with cv.ink() as ctx:
        for side in (-1, 1):
            x, length = CX + side * (24 if cut != "zip" else 28), rng.uniform(80, 120)
            line = [(x, y + 52), (x + side * rng.uniform(0, 7), y + 52 + length / 2), (x + side * rng.uniform(-4, 6),
                    y + 52 + length)]
            for dx, w, c, a in ((1.6, 4.4, palette.shade(f.base, 0.3), 0.35), (0, 3.8, palette.shade(cord, 0.8), 1),
                    (-0.6, 1.5, palette.shade(cord, 1.3), 0.9)):
                trace(ctx, [(p[0] + dx, p[1] + dx) for p in line], False)
                ink_rgb(ctx, c, a)
                ctx.set_line_width(w)
                ctx.stroke()
            button(ctx, x, y + 50, 4, palette.rgb("Silver"), 0)
    if look.pattern == "graphic":
        graphic(cv, rng, mask, CX, t.under_y + 48, 56, f.base, look.accent(), look.third)
    return {"cut": {"zip": "zip-up", "raglan": "raglan"}.get(cut, ""), "sleeve": "long", "neckline": "hood",
            "fit": one(rng, "regular", "relaxed", "oversized"),
            "gender": one(rng, "Men", "Women", "Unisex", "Unisex"), "usage": one(rng, "Casual", "Sports"),
                    "season": "Autumn"}


KINDS = [
    Kind("T-Shirts", "T-shirt", tshirt, 34, (9, 39), {"plain": 5, "stripes": 4, "graphic": 4, "tie-dye": 1,
            "colour block": 2, "dots": 1, "floral": 1, "camo": 1}, season=("Summer", "All Year")),
    Kind("Shirts", "Shirt", shirt, 32, (24, 89), {"plain": 4, "checks": 5, "stripes": 4, "floral": 2, "dots": 1,
            "denim": 2}),
    Kind("Polos", "Polo", polo, 24, (19, 79), {"plain": 5, "stripes": 4, "colour block": 2}, season=("Summer",
            "All Year")),
    Kind("Sweaters", "Sweater", sweater, 26, (29, 129), {"plain": 6, "stripes": 3, "argyle": 2, "zigzag": 2,
            "colour block": 1}),
    Kind("Hoodies", "Hoodie", hoodie, 24, (29, 99), {"plain": 6, "graphic": 3, "colour block": 2, "camo": 1,
            "tie-dye": 1, "stripes": 1}),
]
