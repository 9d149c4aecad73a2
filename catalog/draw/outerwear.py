"""Jackets, coats and blazers."""

from . import palette
from .canvas import ink_rgb, seam, stitch
from .details import badge, button, buckle, patch_pocket, rivet, welt, zipper
from .look import Kind, chance, one
from .shapes import CX, mirror, rounded, trace
from .torso import (Torso, armhole_seams, back_band, drape_wave, folds, hem_line, hem_rib, inside_back, neck_band,
                    sleeves)
from .tops import placket, shirt_collar


def lapels(cv, rng, f, t, width, notch=True, collar=None):
    """A turned-back front: two lapels from the neck to the first button, and a collar behind them."""
    n, y, d = t.neck, t.neck_y, t.drop
    collar = collar or f
    for side in (-1, 1):
        def at(dx, dy, *c, side=side):
            return (CX + side * dx, y + dy, *c)

        level = d * rng.uniform(0.36, 0.42)
        lapel = [at(n - 6, -6, "c"), at(n + 12, 16), at(n + width * 0.35, level - 14, "c"),
                 at(n + width, level - (6 if notch else 34), "c"), at(n + width * 0.62, level + (d - level) * 0.45),
                         at(-2, d + 6, "c"),
                 at(n * 0.46, d * 0.45)]
        cv.piece(lapel, f, puff=3, edge=7, crease=0.2, shadow=0.36, lift=5, angle=side * 0.35)
        flap = [at(n * 0.55, -17), at(n + 2, -14), at(n + 15, 6), at(n + width * 0.62, level - 22, "c"),
                at(n + width * 0.3, level - 8, "c"), at(n - 1, 14), at(n - 9, -2)]
        cv.piece(flap, collar, puff=3, edge=6, crease=0.15, shadow=0.3, lift=3, angle=-side * 0.5)
        with cv.ink() as ctx:
            seam(ctx, [at(n + 2, 18), at(n + width * 0.3, level - 8)], f.base, 1.1, 0.5)
    back = mirror([(0, y - 21), (n * 0.6, y - 20), (n + 1, y - 12, "c"), (n - 5, y + 6, "c"), (n * 0.5, y + 9),
            (0, y + 12)])
    cv.piece(back, collar, puff=3, edge=5, crease=0.1, shadow=0.2, lift=2)


def front_edge(cv, t, f, top, x=0.0, bow=0.0):
    """The overlapping edge of a front, from the lapel to the hem."""
    with cv.ink() as ctx:
        line = [(CX + x, top), (CX + x + 1 + bow, (top + t.hem_y) / 2), (CX + x + bow * 2, t.hem_y + t.hem_curve)]
        seam(ctx, line, f.base, 2.0, 0.75)


def jacket(cv, rng, look):
    """Jackets: biker, bomber, denim trucker, puffer, or light zip jacket."""
    cut = "trucker" if look.pattern == "denim" else one(rng, "biker", "bomber", "bomber", "puffer", "puffer",
            "windbreaker", "trucker")
    surface = {"biker": "leather", "bomber": "satin", "puffer": "puffer", "windbreaker": "satin",
            "trucker": "twill"}[cut]
    f = look.fabric(surface, 40, gloss={"biker": 0.3, "puffer": 0.16, "bomber": 0.1}.get(cut, 0.03))
    if cut == "puffer":
        f = f.but(pattern="plain" if look.pattern not in ("colour block", "camo") else look.pattern)
    t = Torso(neck=rng.uniform(42, 50), neck_y=rng.uniform(92, 104), drop=30, chest=rng.uniform(138, 150),
            hem_y=rng.uniform(494, 520))
    t.shoulder, t.shoulder_y, t.under_y = t.chest - rng.uniform(0, 5), t.neck_y + rng.uniform(28,
            38), t.neck_y + rng.uniform(144, 158)
    t.waist, t.hem = t.chest - rng.uniform(3, 12), t.chest - rng.uniform(2, 10)
    if cut == "puffer":
        t.chest += 6
        t.hem = t.chest
    women = chance(rng, 0.4)
    rib = f.plain(look.accent() if cut == "bomber" and chance(rng, 0.3) else palette.shade(f.base, 0.85),
            surface="rib", gloss=0)
    teeth = one(rng, *(palette.METALS[m] for m in ("Silver", "Gold", "Gunmetal")))
    puffed = {"puff": 14, "edge": 20} if cut == "puffer" else {"puff": 8, "edge": 15, "crease": 0.9
            if cut != "trucker" else 0.6}
    arm = f.plain(look.accent()) if cut == "bomber" and chance(rng, 0.25) else f
    sleeves(cv, rng, t, arm, rng.uniform(330, 352), rng.uniform(10, 14), rng.uniform(54, 62), band=30
            if cut in ("bomber", "puffer") else 24 if cut == "trucker" else None,
            band_fabric=rib if cut in ("bomber", "puffer") else f, depth=5, **puffed)
    inside_back(cv, t, f.plain(palette.shade(look.accent(), 0.9), surface="satin"))
    mask = cv.piece(t.outline(rng), f, folds=folds(rng, t, 7 if cut != "puffer" else 2, 4.5), **puffed)
    armhole_seams(cv, t, f, mask)
    y = t.neck_y
    if cut == "trucker":
        with cv.ink(mask) as ctx:
            for side in (-1, 1):
                seam(ctx, [(CX, t.under_y - 22), (CX + side * t.chest, t.under_y - 30)], f.base)
                for x0, x1 in ((46, 30), (84, 70)):
                    stitch(ctx, [(CX + side * x0, t.under_y - 22), (CX + side * x1, t.hem_y)], palette.rgb("Tan"))
        for side in (-1, 1):
            x = CX + side * 66
            patch_pocket(cv, f, [(x - 28, t.under_y - 24, "c"), (x + 28, t.under_y - 24, "c"), (x + 28, t.under_y - 2,
                    "c"), (x, t.under_y + 14, "c"), (x - 28, t.under_y - 2, "c")])
            with cv.ink() as ctx:
                rivet(ctx, x, t.under_y - 1, 4.5, palette.METALS["Gold"])
        hem_rib(cv, rng, t, f, 26)
        placket(cv, rng, t, f, 6, palette.METALS["Gold"], 28, bottom=t.hem_y + 26, r=5.2)
        shirt_collar(cv, rng, f, t, 50, 52)
    else:
        low = t.hem_y + t.hem_curve
        if cut in ("bomber", "puffer"):
            hem_rib(cv, rng, t, rib if cut == "bomber" else f.plain(surface="satin"), 34 if cut == "bomber" else 16)
            low += 32 if cut == "bomber" else 14
        if cut == "biker":
            lapels(cv, rng, f, Torso(neck=t.neck, neck_y=y, drop=120), 52)
            with cv.ink() as ctx:
                zipper(ctx, [(CX + 30, y + 96), (CX + 22, low - 6)], palette.rgb("Black"), teeth, 6)
                for x0, y0, x1, y1 in ((-40, 20, -96, 44), (40, 110, 104, 84), (-36, 150, -96, 122)):
                    zipper(ctx, [(CX + x0, t.under_y + y0), (CX + x1, t.under_y + y1)], palette.rgb("Black"), teeth, 4)
            belt = [(CX - t.hem + 2, t.hem_y - 34, "c"), (CX + t.hem - 2, t.hem_y - 34, "c"),
                    (CX + t.hem, t.hem_y - 10, "c"), (CX - t.hem, t.hem_y - 10, "c")]
            cv.piece(belt, f, puff=3, edge=6, crease=0.3, within=mask)
            with cv.ink() as ctx:
                buckle(ctx, CX - 34, t.hem_y - 22, 30, 28, teeth)
        else:
            stand = cut in ("puffer", "windbreaker")
            with cv.ink() as ctx:
                zipper(ctx, [(CX, y + t.drop - 4), (CX + 1, low)], f.base, teeth, 5)
                for side in (-1, 1):
                    a, b = (CX + side * 66, t.hem_y - 132), (CX + side * 92, t.hem_y - 56)
                    (zipper(ctx, [a, b], f.base, teeth, 4) if chance(rng, 0.5) else welt(ctx, a, b, f.base, 7))
            if stand:
                collar = mirror([(0, y - 26), (t.neck * 0.8, y - 30), (t.neck + 4, y - 18), (t.neck + 7, y + 6),
                        (t.neck * 0.6, y + 28), (0, y + 34)])
                cv.piece(collar, f.plain(surface="satin"), puff=7, edge=10, crease=0.5, shadow=0.32)
                cv.piece(mirror([(0, y - 22), (t.neck * 0.75, y - 25), (t.neck - 4, y - 12), (t.neck * 0.5, y - 3),
                        (0, y + 1)]), f.plain(palette.shade(look.accent(), 0.8)), puff=-3, edge=7, shadow=0,
                        crease=0.2, occlusion=0.4)
                with cv.ink() as ctx:
                    zipper(ctx, [(CX, y + 4), (CX, low)], f.base, teeth, 5)
            else:
                back_band(cv, t, rib, 20)
                neck_band(cv, rng, t, rib, 22)
    if cut in ("windbreaker", "puffer") and chance(rng, 0.6):
        badge(cv, rng, CX + 62, t.under_y - 6, look.accent())
    return {"cut": {"trucker": "trucker"}.get(cut, cut if cut != "puffer" else "quilted puffer"),
            "noun": "Windbreaker" if cut == "windbreaker" else "Jacket", "sleeve": "long",
            "neckline": {"biker": "lapel", "bomber": "baseball collar", "trucker": "collar"}.get(cut, "stand collar"),
                    "fit": one(rng, "regular", "relaxed"), "length": "cropped" if cut == "biker" else "regular",
            "gender": "Women" if women else one(rng, "Men", "Unisex"), "season": {"puffer": "Winter"}.get(cut,
                    one(rng, "Autumn", "Spring")), "usage": "Sports" if cut == "windbreaker" else "Casual"}


def coat(cv, rng, look):
    """Coats: single-breasted wool, double-breasted, belted trench, hooded parka or long puffer."""
    cut = one(rng, "wool", "double", "trench", "parka", "puffer")
    f = look.fabric({"puffer": "puffer", "trench": "twill", "parka": "canvas"}.get(cut, "suede"), 34, melange=0.03,
            gloss=0.14 if cut == "puffer" else 0)
    t = Torso(neck=rng.uniform(36, 42), neck_y=rng.uniform(62, 72), drop=110 if cut in ("wool", "double", "trench")
            else 32, chest=rng.uniform(106, 116), hem_y=rng.uniform(588, 604))
    t.shoulder, t.shoulder_y, t.under_y = t.chest - 2, t.neck_y + rng.uniform(24, 32), t.neck_y + rng.uniform(116, 128)
    t.waist, t.waist_y, t.hem = t.chest - rng.uniform(6, 14), 320, t.chest + rng.uniform(2, 22)
    if cut == "parka":
        t.neck_y, t.shoulder_y, t.under_y = t.neck_y + 44, t.shoulder_y + 44, t.under_y + 44
    if cut == "puffer":
        t.waist, t.hem = t.chest, t.chest + 4
    t.open_v = t.drop > 60
    body = {"puff": 13, "edge": 18} if cut == "puffer" else {"puff": 7, "edge": 15, "crease": 0.75}
    sleeves(cv, rng, t, f, rng.uniform(330, 350), rng.uniform(10, 14), rng.uniform(50, 56), depth=4, **body)
    lining = f.plain(palette.shade(look.accent(), 0.8), surface="satin")
    y = t.neck_y
    if cut == "parka":
        fur = f.plain(one(rng, palette.rgb("Beige"), palette.rgb("Brown"), palette.shade(f.base, 0.7)),
                surface="fleece", melange=0.25)
        hood = mirror([(0, y - 78), (46, y - 70), (72, y - 24), (66, y + 22), (0, y + 40)])
        cv.piece(hood, f, puff=12, edge=18)
        cv.piece(mirror([(0, y - 66), (38, y - 56), (60, y - 18), (54, y + 26), (24, y + 52), (0, y + 56)], rng=rng,
                wobble=3), fur, puff=10, edge=8, relief=6)
        cv.piece(mirror([(0, y - 44), (22, y - 36), (36, y - 8), (30, y + 20), (0, y + 40)], rng=rng, wobble=2),
                lining, puff=-6, edge=12, shadow=0, occlusion=0.5)
    else:
        inside_back(cv, t, lining)
    mask = cv.piece(t.outline(rng), f, folds=folds(rng, t, 5, 3.5), drape=None if cut == "puffer" else drape_wave(2.2,
            2.4, start=0.4), **body)
    armhole_seams(cv, t, f, mask)
    colour = one(rng, palette.rgb("Brown"), palette.shade(f.base, 0.55), palette.rgb("Black"))
    if cut == "parka":
        cv.piece(mirror([(0, y + 26), (30, y + 16), (56, y - 4), (62, y + 22), (30, y + 50), (0, y + 60)]), fur,
                puff=9, edge=8, relief=6)
        placket(cv, rng, t, f, 6, palette.METALS["Gunmetal"], 34, top=y + 54, r=5)
    elif cut == "puffer":
        cv.piece(mirror([(0, y - 26), (t.neck, y - 28), (t.neck + 8, y + 4), (t.neck * 0.6, y + 28), (0, y + 34)]),
                f.plain(surface="satin"), puff=8, edge=10, shadow=0.3)
        with cv.ink() as ctx:
            zipper(ctx, [(CX, y), (CX, t.hem_y + 5)], f.base, palette.METALS["Silver"], 6)
    else:
        lapels(cv, rng, f, t, rng.uniform(44, 58), notch=cut != "double")
        front_edge(cv, t, f, y + t.drop, 26 if cut != "wool" else 8)
        with cv.ink() as ctx:
            for k in range(3 if cut == "wool" else 4):
                for x in ((-6,) if cut == "wool" else (-30, 30)):
                    button(ctx, CX + x, y + t.drop + 14 + k * 62, 7.5, colour)
    if cut == "trench" or (cut == "wool" and chance(rng, 0.35)):
        yb = t.waist_y - 8
        belt = [(CX - t.waist - 5, yb - 13, "c"), (CX, yb - 10), (CX + t.waist + 5, yb - 13, "c"), (CX + t.waist + 5,
                yb + 13, "c"), (CX, yb + 16), (CX - t.waist - 5, yb + 13, "c")]
        cv.piece(belt, f, puff=4, edge=7, crease=0.3, shadow=0.4, lift=4)
        tail = [(CX + 14, yb + 2, "c"), (CX + 34, yb + 4, "c"), (CX + 46, yb + 92, "c"), (CX + 28, yb + 100, "c")]
        cv.piece(tail, f, puff=3, edge=6, shadow=0.36, lift=4)
        with cv.ink() as ctx:
            buckle(ctx, CX + 12, yb + 2, 34, 34, one(rng, palette.METALS["Gold"], colour), 4.5)
    with cv.ink(mask) as ctx:
        for side in (-1, 1):
            a = (CX + side * 56, t.waist_y + 56)
            welt(ctx, a, (CX + side * (78 if cut != "wool" else 92), t.waist_y + (104 if cut != "wool" else 60)),
                    f.base, 9)
    hem_line(cv, t, f, mask, up=9, rows=1)
    return {"cut": {"wool": "wool", "double": "double-breasted", "trench": "belted", "parka": "hooded",
            "puffer": "quilted"}[cut], "noun": {"trench": "Trench coat", "parka": "Parka"}.get(cut, "Coat"),
            "sleeve": "long", "neckline": {"parka": "hood", "puffer": "stand collar"}.get(cut, "lapel"),
                    "length": "long", "fit": one(rng, "regular", "relaxed"),
            "gender": one(rng, "Women", "Men", "Women"), "season": "Autumn" if cut == "trench" else "Winter",
                    "usage": one(rng, "Casual", "Formal", "Smart Casual")}


def blazer(cv, rng, look):
    """Blazers: one or two buttons, or double-breasted; over a shirt or empty."""
    double = chance(rng, 0.3)
    f = look.fabric("suede" if chance(rng, 0.5) else "canvas", 30, melange=0.03)
    women = chance(rng, 0.45)
    t = Torso(neck=rng.uniform(38, 44), neck_y=rng.uniform(76, 86), drop=rng.uniform(176, 214), chest=rng.uniform(126,
            136), hem_y=rng.uniform(540, 560), open_v=True)
    t.shoulder, t.shoulder_y, t.under_y = t.chest + 2, t.neck_y + rng.uniform(28, 36), t.neck_y + rng.uniform(138, 150)
    t.waist, t.waist_y, t.hem, t.hem_curve = t.chest - (20 if women else 11), 350, t.chest + rng.uniform(0, 8), 2
    sleeves(cv, rng, t, f, rng.uniform(352, 372), rng.uniform(10, 13.5), rng.uniform(54, 60), hem_stitch=False)
    inside_back(cv, t, f.plain(palette.shade(look.accent(), 0.75), surface="satin", gloss=0.1))
    if not women and chance(rng, 0.45):
        shirt = f.plain(one(rng, palette.rgb("White"), palette.rgb("Light Blue")), surface="canvas")
        cv.piece(mirror([(0, t.neck_y + 8), (t.neck + 4, t.neck_y - 2, "c"), (t.neck, t.neck_y + 60),
                (0, t.neck_y + t.drop + 20)]), shirt, puff=2)
        inner = Torso(neck=t.neck - 5, neck_y=t.neck_y, drop=30, hem_y=t.neck_y + t.drop + 20)
        placket(cv, rng, inner, shirt, 4, palette.rgb("White"), 22, r=3.6)
        shirt_collar(cv, rng, shirt, inner, 26, 46)
    shape = t.outline(rng, 1.2)
    mask = cv.piece(shape, f, folds=folds(rng, t, 4, 2.6), crease=0.5)
    armhole_seams(cv, t, f, mask)
    lapels(cv, rng, f, t, rng.uniform(36, 56), notch=not double)
    front_edge(cv, t, f, t.neck_y + t.drop, 30 if double else 6, 4)
    colour = one(rng, palette.shade(f.base, 0.5), palette.rgb("Brown"), palette.METALS["Gold"])
    with cv.ink() as ctx:
        for k in range(2 if not double else 3):
            for x in ((-2,) if not double else (-30, 28)):
                button(ctx, CX + x, t.neck_y + t.drop + 12 + k * 56, 7, colour)
        for side in (-1, 1):
            seam(ctx, [(CX + side * 70, t.under_y + 20), (CX + side * 74, t.hem_y - 110)], f.base, 1.2, 0.35)
            trace(ctx, rounded(CX + side * 80 - 36, t.hem_y - 112, 72, 24, 4))
            ink_rgb(ctx, palette.shade(f.base, 0.92))
            ctx.fill_preserve()
            ink_rgb(ctx, palette.shade(f.base, 0.45), 0.7)
            ctx.set_line_width(1.3)
            ctx.stroke()
        welt(ctx, (CX + 58, t.under_y - 4), (CX + 92, t.under_y - 10), f.base, 9)
    return {"cut": "double-breasted" if double else one(rng, "tailored", "single-breasted", "unlined"),
            "sleeve": "long", "neckline": "lapel", "fit": "slim" if women else one(rng, "slim", "regular"),
            "gender": "Women" if women else "Men", "usage": one(rng, "Formal", "Smart Casual")}


KINDS = [
    Kind("Jackets", "Jacket", jacket, 32, (49, 229), {"plain": 7, "denim": 2, "colour block": 1, "camo": 1}),
    Kind("Coats", "Coat", coat, 24, (89, 349), {"plain": 6, "checks": 3}),
    Kind("Blazers", "Blazer", blazer, 24, (79, 279), {"plain": 6, "checks": 3, "stripes": 1}),
]
