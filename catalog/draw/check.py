"""Checks that items.csv and the pictures belong together."""

import csv
import sys

from PIL import Image


def problems(root, columns):
    """What is wrong with the catalog in a folder, as sentences; and how many items, kinds and colours it has."""
    found = []
    with open(root / "items.csv", newline="", encoding="utf-8") as source:
        reader = csv.DictReader(source)
        if reader.fieldnames != columns:
            found.append(f"columns are {reader.fieldnames}")
        rows = list(reader)
    if len({r["id"] for r in rows}) != len(rows):
        found.append("an id occurs twice")
    listed = {r["image"] for r in rows}
    present = {f"images/{p.name}" for p in (root / "images").iterdir()}
    found += [f"{name} is listed but absent" for name in sorted(listed - present)]
    found += [f"{name} is present but not listed" for name in sorted(present - listed)]
    for name in sorted(listed & present):
        with Image.open(root / name) as picture:
            if picture.size != (480, 640) or picture.format != "JPEG":
                found.append(f"{name} is {picture.format} {picture.size}")
    for row in rows:
        for column in ("name", "category", "colour", "gender", "price", "currency", "pattern"):
            if not row[column]:
                found.append(f"{row['id']} has no {column}")
        if not 1 <= float(row["price"] or 0) <= 1000:
            found.append(f"{row['id']} costs {row['price']}")
    kinds, colours = {r["category"] for r in rows}, {r["colour"] for r in rows}
    for what, count, least in (("items", len(rows), 640), ("kinds", len(kinds), 16), ("colours", len(colours), 20)):
        if count < least:
            found.append(f"only {count} {what}, expected at least {least}")
    size = sum((root / name).stat().st_size for name in listed & present)
    return found, f"{len(rows)} items, {len(kinds)} kinds, {len(colours)} colours, {size / 1e6:.1f} MB of pictures"


def report(root, columns):
    """Print what is wrong, or a summary; the exit status."""
    found, summary = problems(root, columns)
    for line in found:
        print(line, file=sys.stderr)
    print(summary)
    return 1 if found else 0
