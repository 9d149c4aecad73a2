"""Draws every item and writes items.csv: `python3 -m draw.generate`, run inside `catalog/`."""

import argparse
import csv
import sys
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from PIL import Image

from . import check, palette
from .canvas import Canvas
from .kinds import KINDS
from .look import Look

SEED = 20_817
QUALITY = 79
COLUMNS = ["id", "image", "name", "category", "colour", "gender", "price", "currency", "pattern", "sleeve", "neckline",
           "length", "fit", "season", "usage"]
ROOT = Path(__file__).resolve().parent.parent


def spread(weights, count, rng):
    """`count` keys in the proportions of their weights, shuffled."""
    keys, total = list(weights), sum(weights.values())
    share = np.array([weights[k] / total * count for k in keys])
    whole = np.floor(share).astype(int)
    for k in np.argsort(whole - share, kind="stable")[: count - whole.sum()]:
        whole[k] += 1
    out = [key for key, n in zip(keys, whole) for _ in range(n)]
    rng.shuffle(out)
    return out


def colours(kind, count, rng):
    """A colour for each item: shuffled rounds through the kind's colours, so that every one gets its turn."""
    pool = list(palette.COLOURS) if kind.colours == "all" else kind.colours.split(", ")
    out = []
    while len(out) < count:
        out += [str(c) for c in rng.permutation(pool)]
    return out[:count]


def title(colour, pattern, made, noun):
    """A name as a shop writes it."""
    shown = {"stripes": "striped", "checks": "checked", "dots": "dotted", "animal": "animal-print",
            "colour block": "colour-block",
             "camo": "camo", "graphic": "graphic", "plain": ""}.get(pattern, pattern)
    sleeve = {"long": "long-sleeve", "3/4": "three-quarter-sleeve"}.get(made.get("sleeve", ""),
            "") if noun in ("T-shirt", "Polo", "Dress") else ""
    sleeve = "short-sleeve" if noun == "Shirt" and made.get("sleeve") == "short" else sleeve
    length = made.get("length", "") if made.get("length") in ("mini", "midi", "maxi") else ""
    neck = made.get("neckline", "") if made.get("neckline") == "V-neck" else ""
    cut = made.get("cut", "")
    if cut == made.get("noun", noun).lower():
        cut = ""
    words = [colour, shown, cut, length, sleeve, neck, made.get("noun", noun)]
    text = " ".join(w for w in words if w).lower()
    text = text.replace("v-neck", "V-neck").replace("t-shirt", "T-shirt").replace("a-line", "A-line")
    return text[0].upper() + text[1:]


def price(low, high, rng):
    """A price ending in .00, .50, .90, .95 or .99, more often near the low end."""
    euros = low + (high - low) * rng.beta(1.6, 2.6)
    return f"{int(euros) + float(rng.choice([0.0, 0.5, 0.9, 0.95, 0.99])):.2f}"


def plan():
    """Every item to draw, in order: (number, kind, colour, pattern, key of its random numbers)."""
    out = []
    for k, kind in enumerate(KINDS):
        rng = np.random.default_rng([SEED, sum(map(ord, kind.category))])
        shades = colours(kind, kind.count, rng)
        prints = spread(kind.patterns, kind.count, rng)
        out += [(kind, c, p, (SEED, sum(map(ord, kind.category)), i)) for i, (c, p) in enumerate(zip(shades, prints))]
    return [(n + 1, *item) for n, item in enumerate(out)]


def make(number, kind, colour, pattern, key):
    """One item: its picture and its row."""
    rng = np.random.default_rng(key)
    look = Look.pick(colour, pattern, rng)
    if pattern == "graphic":
        look.pattern = "graphic"
    cv = Canvas(rng)
    made = kind.draw(cv, rng, look)
    name = f"vt-{number:04d}"
    row = {
        "id": name, "image": f"images/{name}.jpg", "name": title(colour, pattern, made, made.get("noun", kind.noun)),
        "category": kind.category, "colour": colour, "gender": made.get("gender", "Unisex"),
        "price": price(*kind.price, rng), "currency": "EUR", "pattern": made.get("pattern", pattern).capitalize(),
        "season": made.get("season") or str(rng.choice(kind.season)), "usage": made.get("usage")
                or str(rng.choice(kind.usage)),
    }
    row |= {c: made.get(c, "") for c in ("sleeve", "neckline", "length", "fit")}
    return cv.image(), row


def _make(item):
    return make(*item)


def sheet(pictures, path, columns=8, size=(180, 240)):
    """A contact sheet of pictures."""
    rows = -(-len(pictures) // columns)
    out = Image.new("RGB", (columns * size[0], rows * size[1]), "white")
    for i, picture in enumerate(pictures):
        out.paste(picture.resize(size, Image.LANCZOS), (i % columns * size[0], i // columns * size[1]))
    out.save(path)


def main():
    """Command line."""
    parser = argparse.ArgumentParser(prog="python3 -m draw.generate", description=__doc__)
    parser.add_argument("--only", help="kinds to draw, separated by commas; nothing is written but a contact sheet")
    parser.add_argument("--first", type=int, help="only this many of each kind")
    parser.add_argument("--columns", type=int, default=8, help="columns of the contact sheet")
    parser.add_argument("--cell", type=int, default=180, help="width of a picture on the contact sheet")
    parser.add_argument("--contact-sheet", type=Path, help="write all pictures drawn into one PNG")
    parser.add_argument("--jobs", type=int, default=1, help="processes to draw with; the pictures are the same")
    parser.add_argument("--check", action="store_true", help="draw nothing; check items.csv against images/")
    args = parser.parse_args()
    if args.check:
        return check.report(ROOT, COLUMNS)
    items = plan()
    if args.only:
        wanted = {w.strip().lower() for w in args.only.split(",")}
        items = [i for i in items if i[1].category.lower() in wanted]
    if args.first:
        items = [i for i in items if i[4][2] < args.first]
    partial = bool(args.only or args.first)
    images = ROOT / "images"
    if not partial:
        images.mkdir(exist_ok=True)
        for old in images.glob("vt-*.jpg"):
            old.unlink()
    pictures, rows = [], []
    with Pool(args.jobs) as pool:
        made = pool.imap(_make, items, chunksize=4) if args.jobs > 1 else map(_make, items)
        for picture, row in made:
            rows.append(row)
            if args.contact_sheet:
                pictures.append(picture)
            if not partial:
                picture.save(ROOT / row["image"], quality=QUALITY, optimize=True, progressive=True)
                print(f"\r{len(rows)}/{len(items)} {row['name']:<60.60}", end="", file=sys.stderr)
    if not partial:
        with open(ROOT / "items.csv", "w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        print(file=sys.stderr)
    if args.contact_sheet:
        sheet(pictures, args.contact_sheet, args.columns, (args.cell, args.cell * 4 // 3))
    return 0 if partial else check.report(ROOT, COLUMNS)


if __name__ == "__main__":
    sys.exit(main())
