"""Watches, sunglasses and belts."""

import math

import cairo

from . import palette
from .bags import tube
from .canvas import ink_rgb, mask_of, stitch
from .details import buckle, metal, rivet
from .look import Kind, chance, one
from .shapes import CX, ellipse, rounded, trace, wobbled


def _hands(ctx, rng, x, y, r, colour, accent):
    """Hour, minute and second hands at ten past ten, more or less."""
    for angle, length, width, c in ((-0.96, 0.52, 6, colour), (1.04, 0.78, 4, colour), (rng.uniform(0, 6.2), 0.84, 1.6,
            accent)):
        a = angle + rng.normal(0, 0.03)
        dx, dy = math.sin(a) * r, -math.cos(a) * r
        for off, pen, alpha in ((2.5, palette.rgb("Black"), 0.25), (0, c, 1)):
            ctx.move_to(x - dx * 0.14 + off * 0.6, y - dy * 0.14 + off)
            ctx.line_to(x + dx * length + off * 0.6, y + dy * length + off)
            ink_rgb(ctx, pen, alpha)
            ctx.set_line_width(width)
            ctx.stroke()
    ctx.arc(x, y, 5, 0, 7)
    ink_rgb(ctx, accent)
    ctx.fill()


def _dial(ctx, rng, x, y, r, face, ink, style):
    """Indices, small dials and a date window on a face."""
    g = cairo.RadialGradient(x - r * 0.3, y - r * 0.4, r * 0.1, x, y, r)
    for stop, f in ((0, 1.22), (0.7, 1.0), (1, 0.74)):
        g.add_color_stop_rgb(stop, *map(float, palette.shade(face, f)))
    ctx.arc(x, y, r, 0, 7)
    ctx.set_source(g)
    ctx.fill()
    for k in range(60):
        a, major = k * math.pi / 30, k % 5 == 0
        if style == 1 and not major:
            continue
        r0 = r * (0.94 if not major else 0.78 if style != 2 else 0.84)
        ctx.move_to(x + math.sin(a) * r0, y - math.cos(a) * r0)
        ctx.line_to(x + math.sin(a) * r * 0.96, y - math.cos(a) * r * 0.96)
        ink_rgb(ctx, ink, 0.95 if major else 0.6)
        ctx.set_line_width((5 if k % 15 == 0 else 3.6) if major else 1)
        ctx.stroke()
    if style == 2:
        for dx, dy in ((-0.42, 0.02), (0.42, 0.02), (0, 0.44)):
            ctx.arc(x + dx * r, y + dy * r, r * 0.22, 0, 7)
            ink_rgb(ctx, palette.shade(face, 0.8))
            ctx.fill_preserve()
            ink_rgb(ctx, ink, 0.8)
            ctx.set_line_width(1.5)
            ctx.stroke()
            a = rng.uniform(0, 6.2)
            ctx.move_to(x + dx * r, y + dy * r)
            ctx.line_to(x + dx * r + math.sin(a) * r * 0.17, y + dy * r - math.cos(a) * r * 0.17)
            ctx.set_line_width(2)
            ctx.stroke()
    elif style == 0:
        ctx.rectangle(x + r * 0.5, y - 8, 22, 16)
        ink_rgb(ctx, palette.rgb("White"))
        ctx.fill_preserve()
        ink_rgb(ctx, palette.rgb("Charcoal"), 0.8)
        ctx.set_line_width(1.2)
        ctx.stroke()
    ctx.rectangle(x - r * 0.16, y - r * 0.42, r * 0.32, 3)
    ink_rgb(ctx, ink, 0.8)
    ctx.fill()


def watch(cv, rng, look):
    """Watches: dress, chronograph, diver or square; on leather, metal or rubber."""
    cut = one(rng, "dress", "chronograph", "diver", "square", "slim")
    steel = one(rng, *palette.METALS.values())
    band = one(rng, "leather", "metal", "rubber") if cut not in ("dress", "slim") else one(rng, "leather", "leather",
            "metal")
    r = {"chronograph": rng.uniform(100, 110), "diver": rng.uniform(100, 110), "slim": rng.uniform(80, 88)}.get(cut,
            rng.uniform(88, 100))
    w = r * rng.uniform(0.5, 0.58)
    x, y = CX, 320 + rng.normal(0, 5)
    f = look.fabric({"leather": "leather", "rubber": "satin"}.get(band, "satin"), gloss=0.16).plain()
    for side in (-1, 1):
        end = y + side * 302
        shape = [(x - w, y + side * r * 0.7, "c"), (x + w, y + side * r * 0.7, "c"), (x + w * 0.84, end - side * 40),
                (x + w * 0.7, end - side * 4), (x, end + side * 3), (x - w * 0.7, end - side * 4), (x - w * 0.84,
                end - side * 40)]
        if band == "metal":
            for k in range(12):
                t0 = r * 0.82 + k * (302 - r * 0.82) / 12
                step = (302 - r * 0.82) / 12 - 1.5
                half = w * (1 - 0.022 * k)
                top = y + side * t0 if side > 0 else y - t0 - step
                cv.piece(rounded(x - half, top, half * 2, step, 4), f.plain(steel, gloss=0.5, surface="satin"), puff=6,
                        edge=7, crease=0, shadow=0.25, lift=3)
                with cv.ink() as ctx:
                    for s in (-1, 1):
                        ctx.move_to(x + s * half * 0.42, top + 1)
                        ctx.line_to(x + s * half * 0.42, top + step - 1)
                    ink_rgb(ctx, palette.shade(steel, 0.4), 0.7)
                    ctx.set_line_width(1.6)
                    ctx.stroke()
        else:
            cv.piece(shape, f, puff=9, edge=14, crease=0.25, shadow=0.36, lift=7)
            with cv.ink() as ctx:
                if band == "leather":
                    for s in (-1, 1):
                        stitch(ctx, [(x + s * (w - 8), y + side * (r + 4)), (x + s * (w * 0.84 - 7), end - side * 42),
                                (x + s * w * 0.55, end - side * 10)], palette.thread(f.base), width=1.8, dash=(7, 4))
                else:
                    for k in range(3):
                        ctx.move_to(x - w * 0.6 + k * w * 0.6, y + side * (r + 12))
                        ctx.line_to(x - w * 0.5 + k * w * 0.5, end - side * 20)
                        ink_rgb(ctx, palette.shade(f.base, 0.6), 0.5)
                        ctx.set_line_width(3)
                        ctx.stroke()
                if side > 0:
                    for k in range(5):
                        ctx.arc(x, end - 30 - k * 26, 4.2, 0, 7)
                        ink_rgb(ctx, palette.shade(f.base, 0.3))
                        ctx.fill()
                else:
                    buckle(ctx, x, end + 10, w * 1.7, 34, steel, 7, 7)
    case = f.plain(steel, gloss=0.5, surface="satin")
    for sx in (-1, 1):
        for sy in (-1, 1):
            cv.piece([(x + sx * w * 1.02, y + sy * r * 0.6), (x + sx * (w + 13), y + sy * r * 0.8), (x + sx * (w + 11),
                    y + sy * (r + 14)), (x + sx * w * 0.98, y + sy * (r + 14))], case, puff=6, edge=8, crease=0,
                    shadow=0.3)
    cv.piece(rounded(x + r - 4, y - 11, 20, 22, 5), case, puff=5, edge=6, crease=0)
    if cut == "chronograph":
        for s in (-1, 1):
            cv.piece(rounded(x + r * 0.82, y + s * r * 0.52 - 8, 22, 16, 4), case, puff=5, edge=6, crease=0)
    face = one(rng, look.base, look.base, palette.rgb("White"), palette.rgb("Black")) if band != "metal" else look.base
    ink = palette.rgb("White") if palette.luma(face) < 0.5 else palette.rgb("Charcoal")
    if chance(rng, 0.3) and palette.luma(face) < 0.5:
        ink = palette.METALS["Gold"]
    square = cut == "square"
    outer = rounded(x - r, y - r, 2 * r, 2 * r, r * 0.3) if square else ellipse(x, y, r, r, 24)
    cv.piece(outer, case, puff=12, edge=12, crease=0, shadow=0.45, lift=9)
    inner = r * 0.84
    style = {"chronograph": 2, "dress": 1, "slim": 1}.get(cut, 0)
    with cv.ink(None if not square else mask_of(rounded(x - inner, y - inner, inner * 2, inner * 2, r * 0.2))) as ctx:
        if square:
            ctx.rectangle(x - inner, y - inner, inner * 2, inner * 2)
            ink_rgb(ctx, palette.shade(face, 0.8))
            ctx.fill()
        if cut == "diver":
            ctx.arc(x, y, r * 0.97, 0, 7)
            ink_rgb(ctx, palette.shade(look.base, 0.8))
            ctx.fill()
            for k in range(12):
                a = k * math.pi / 6
                ctx.arc(x + math.sin(a) * r * 0.885, y - math.cos(a) * r * 0.885, 5 if k == 0 else 3, 0, 7)
                ink_rgb(ctx, palette.rgb("White"))
                ctx.fill()
            inner = r * 0.78
        _dial(ctx, rng, x, y, inner, face, ink, style)
        _hands(ctx, rng, x, y, inner, ink, one(rng, palette.rgb("Red"), ink, steel))
        ctx.arc(x, y, inner, 0, 7)
        ctx.clip()
        glass = cairo.LinearGradient(x - inner, y - inner, x + inner * 0.3, y + inner * 0.4)
        for stop, a in ((0, 0.38), (0.45, 0.12), (0.46, 0.0), (1, 0.0)):
            glass.add_color_stop_rgba(stop, 1, 1, 1, a)
        ctx.set_source(glass)
        ctx.paint()
    return {"cut": f"{cut} {band}", "noun": "Watch", "gender": "Women" if cut == "slim" else one(rng, "Men", "Unisex",
            "Men"), "usage": "Formal" if cut == "dress" else "Casual"}


def sunglasses(cv, rng, look):
    """Sunglasses from the front: wayfarer, aviator, round, cat-eye, square, sports."""
    cut = one(rng, "wayfarer", "aviator", "round", "cat-eye", "oversized", "sports")
    y = 320 + rng.normal(0, 8)
    lens_shape = {
        "wayfarer": [(34, -48), (110, -62), (192, -58), (200, -28), (184, 34), (140, 62), (74, 58), (40, 18)],
        "aviator": [(30, -44), (90, -60), (168, -54), (196, -22), (184, 38), (136, 82), (84, 72), (42, 16)],
        "round": [(114 + 78 * math.cos(a * math.pi / 5), 78 * math.sin(a * math.pi / 5)) for a in range(10)],
        "cat-eye": [(34, -36), (100, -56), (180, -78), (216, -84), (198, -18), (166, 42), (96, 58), (46, 26)],
        "oversized": [(28, -66), (110, -80), (192, -74), (208, -22), (194, 52), (136, 82), (66, 76), (30, 26)],
        "sports": [(20, -36), (110, -58), (190, -56), (222, -30), (196, 20), (130, 48), (60, 42), (30, 10)],
    }[cut]
    k = rng.uniform(0.94, 1.03)
    sx, sy = k * rng.uniform(0.96, 1.02), k * rng.uniform(0.92, 1.1)
    lens_shape = [(p[0] * sx, p[1] * sy) for p in lens_shape]
    thin = cut in ("aviator", "round") and chance(rng, 0.75)
    steel = one(rng, *palette.METALS.values())
    f = look.fabric("satin", 22, gloss=0.5)
    tone = look.base if thin or chance(rng, 0.35) else one(rng, palette.rgb("Charcoal"), palette.rgb("Brown"),
            palette.rgb("Black"), palette.rgb("Olive"))
    frame = f.plain(steel, gloss=0.6) if thin else f
    rim = 4.5 if thin else rng.uniform(11, 16)
    cx, cy = sum(p[0] for p in lens_shape) / len(lens_shape), sum(p[1] for p in lens_shape) / len(lens_shape)
    lenses = []
    for side in (-1, 1):
        lens = [(CX + side * p[0], y + p[1]) for p in lens_shape]
        lenses.append(wobbled(lens, rng, 0.5))
        a = (CX + side * (max(p[0] for p in lens_shape) - 4), y - 42)
        tube(cv, frame, [a, (a[0] + side * 10, a[1] + 18), (a[0] - side * 10, a[1] + 70), (a[0] - side * 46,
                a[1] + 108),
                         (a[0] - side * 70, a[1] + 126)], 6 if thin else 12, shadow=0.22)
    outer = []
    for side, lens in zip((-1, 1), lenses):
        grown = []
        for p in lens:
            dx, dy = p[0] - (CX + side * cx), p[1] - (y + cy)
            d = math.hypot(dx, dy)
            grown.append((p[0] + dx / d * rim, p[1] + dy / d * (rim * (1.25 if dy < 0 and not thin else 1))))
        outer.append(grown)
    holes = mask_of(lenses)
    cv.shadow(mask_of(outer), 0.34, 11)
    clear = cv.rgb.copy()
    inner = min(p[0] for p in lens_shape)
    bridge = [(CX - inner - 12, y - 40, "c"), (CX, y - 50), (CX + inner + 12, y - 40, "c"), (CX + inner + 8,
            y - 40 + max(8, rim), "c"), (CX, y - 46 + max(4, rim * 0.9)), (CX - inner - 8, y - 40 + max(8, rim), "c")]
    if cut == "aviator":
        cv.piece([(CX - 46, y - 66), (CX, y - 64), (CX + 46, y - 66), (CX + 46, y - 60), (CX, y - 58),
                (CX - 46, y - 60)], frame, puff=3, edge=4, crease=0, shadow=0.2)
    cv.piece(bridge, frame, puff=5, edge=6, crease=0, shadow=0.2, origin=(CX, y))
    cv.piece(outer, frame, puff=6, edge=max(5, rim * 0.7), crease=0.05, without=holes, shadow=0.0, origin=(CX, y))
    low = one(rng, 0.25, 0.5, 0.8, 0.85)
    cv.rgb += (clear - cv.rgb) * holes[..., None] * 0.2
    with cv.ink(holes) as ctx:
        g = cairo.LinearGradient(0, y - 80, 0, y + 84)
        dark = palette.shade(tone, 0.55)
        g.add_color_stop_rgba(0, *map(float, dark), 0.97)
        g.add_color_stop_rgba(0.45, *map(float, palette.shade(tone, 0.75)), 0.94)
        g.add_color_stop_rgba(1, *map(float, palette.mix(tone, palette.rgb("White"), 0.3)), low)
        ctx.set_source(g)
        ctx.paint()
    with cv.ink(holes) as ctx:
        for side in (-1, 1):
            x = CX + side * cx
            g = cairo.LinearGradient(x - 70, y - 70, x + 60, y + 60)
            for stop, a in ((0, 0.0), (0.22, 0.0), (0.26, 0.3), (0.42, 0.1), (0.44, 0.0), (0.5, 0.0), (0.52, 0.12),
                    (0.58, 0.05), (0.6, 0)):
                g.add_color_stop_rgba(stop, 1, 1, 1, a)
            ctx.rectangle(x - 110, y - 100, 220, 200)
            ctx.set_source(g)
            ctx.fill()
    with cv.ink() as ctx:
        for side in (-1, 1):
            if thin:
                trace(ctx, [(CX + side * 28, y + 10), (CX + side * 18, y + 22), (CX + side * 22, y + 34)], False)
                ink_rgb(ctx, palette.rgb("Cream"), 0.8)
                ctx.set_line_width(6)
                ctx.stroke()
            else:
                top = max(lens_shape)[0]
                for d in (0, 9):
                    rivet(ctx, CX + side * (top - 2 + d * 0), y - 44 + d, 2.2, steel)
    return {"cut": cut, "noun": "Sunglasses", "gender": "Women" if cut in ("cat-eye", "oversized") else one(rng, "Men",
            "Unisex"), "usage": "Sports" if cut == "sports" else "Casual", "season": "Summer"}


def belt(cv, rng, look):
    """Belts: coiled with the buckle in front, or laid in a loop; leather, braided or webbing."""
    cut = one(rng, "classic", "braided", "webbing", "wide", "studded")
    f = look.fabric({"webbing": "canvas", "braided": "straw"}.get(cut, one(rng, "leather", "suede")), 24, gloss=0.14
            if cut in ("classic", "wide", "studded") else 0)
    steel = one(rng, *palette.METALS.values())
    h = {"wide": rng.uniform(78, 92), "classic": rng.uniform(50, 60)}.get(cut, rng.uniform(54, 66))
    y, w, lift = 350 + rng.normal(0, 8), rng.uniform(188, 204), rng.uniform(86, 120)
    dark = f.but(base=palette.shade(f.base, 0.62), second=palette.shade(f.second, 0.62))
    back = [(CX - w, y - 6, "c"), (CX - w * 0.8, y - lift * 0.8), (CX, y - lift - 20), (CX + w * 0.8, y - lift * 0.8),
            (CX + w, y - 6, "c"),
            (CX + w, y + h * 0.5, "c"), (CX + w * 0.74, y - lift * 0.8 + h * 0.72), (CX, y - lift - 20 + h * 0.78),
                    (CX - w * 0.74, y - lift * 0.8 + h * 0.72), (CX - w, y + h * 0.5, "c")]
    cv.piece(wobbled(back, rng, 2), dark, puff=5, edge=9, crease=0.2, shadow=0.4, lift=8)
    dip = rng.uniform(36, 58)
    front = [(CX - w - 3, y - 8), (CX - w * 0.7, y + dip * 0.7), (CX, y + dip), (CX + w * 0.7, y + dip * 0.7),
            (CX + w + 3, y - 8),
             (CX + w + 4, y + h - 14), (CX + w * 0.72, y + dip * 0.7 + h), (CX, y + dip + h), (CX - w * 0.72,
                     y + dip * 0.7 + h), (CX - w - 4, y + h - 14)]
    mask = cv.piece(wobbled(front, rng, 1.5), f, puff=8, edge=12, crease=0.2, shadow=0.45, lift=10)
    with cv.ink(mask) as ctx:
        if cut in ("classic", "wide"):
            for k in (7, h - 8):
                stitch(ctx, [(CX - w - 4, y - 8 + k), (CX - w * 0.7, y + dip * 0.7 + k), (CX, y + dip + k),
                        (CX + w * 0.7, y + dip * 0.7 + k), (CX + w + 4, y - 8 + k)], palette.thread(f.base), width=1.5,
                        dash=(6, 3.5))
        for k in range(7):
            x = CX + 66 + k * 24
            yy = y + dip * (1 - ((x - CX) / w) ** 2 * 0.75) + h / 2
            if cut == "studded" or k < 5:
                if cut == "studded":
                    for side in (-1, 1):
                        rivet(ctx, CX + side * (x - CX), yy, 6.5, steel)
                elif cut != "braided":
                    ctx.save()
                    ctx.arc(x, yy, 4.4, 0, 7)
                    ink_rgb(ctx, palette.shade(f.base, 0.25))
                    ctx.fill()
                    ctx.restore()
    cv.piece([(CX + 40, y + dip - 6, "c"), (CX + 60, y + dip - 8, "c"), (CX + 60, y + dip + h + 4, "c"),
            (CX + 40, y + dip + h + 6, "c")], f.plain(), puff=5, edge=7, crease=0.1, shadow=0.4)
    bx, by, bw, bh = CX - 6, y + dip + h / 2, rng.uniform(62, 84), h + rng.uniform(20, 30)
    style = int(rng.integers(0, 3))
    with cv.ink() as ctx:
        if style == 2 and cut == "webbing":
            trace(ctx, rounded(bx - bw / 2, by - bh / 2, bw, bh, 5))
            ctx.set_source(metal(bx - bw / 2, by - bh / 2, bx + bw / 2, by + bh / 2, steel))
            ctx.fill_preserve()
            ink_rgb(ctx, palette.shade(steel, 0.4), 0.7)
            ctx.set_line_width(1.4)
            ctx.stroke()
        else:
            buckle(ctx, bx, by, bw, bh, steel, rng.uniform(8, 12), 8 if style else bh * 0.34)
            for off, c in ((2, palette.rgb("Black")), (0, steel)):
                ctx.move_to(bx - bw / 2 + 2, by + off)
                ctx.line_to(bx + bw / 2 + 2, by + off)
                ink_rgb(ctx, palette.shade(c, 0.9), 0.35 if off else 1)
                ctx.set_line_width(7)
                ctx.stroke()
    return {"cut": {"classic": "leather" if f.surface == "leather" else "suede", "wide": "wide leather"}.get(cut, cut),
            "gender": "Women" if cut == "wide" else one(rng, "Men", "Unisex"), "usage": one(rng, "Casual", "Formal")}


KINDS = [
    Kind("Watches", "Watch", watch, 24, (39, 289), {"plain": 1}),
    Kind("Sunglasses", "Sunglasses", sunglasses, 24, (15, 149), {"plain": 8, "animal": 2}),
    Kind("Belts", "Belt", belt, 22, (12, 59), {"plain": 8, "stripes": 1}),
]
