"""A shop of squares, discs and stripes for the tests: a catalog of 96 photos and 32 photos from home."""

import csv
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

COLOURS = {"Red": (200, 30, 30), "Green": (20, 150, 40), "Blue": (30, 60, 200)}
CATEGORIES = ("Squares", "Discs", "Stripes", "Bars")


def product(category, colour, random, size=(60, 80), behind=(255, 255, 255)):
    image = Image.new("RGB", size, behind)
    pen = ImageDraw.Draw(image)
    width, height = size
    x, y = width / 2 + random.uniform(-3, 3), height / 2 + random.uniform(-3, 3)
    r = width * random.uniform(0.25, 0.38)
    if category == "Squares":
        pen.rectangle((x - r, y - r, x + r, y + r), fill=colour)
    elif category == "Discs":
        pen.ellipse((x - r, y - r, x + r, y + r), fill=colour)
    elif category == "Stripes":
        for offset in np.arange(-r, r, r / 2):
            pen.rectangle((x - r, y + offset, x + r, y + offset + r / 5), fill=colour)
    else:
        pen.rectangle((x - r / 3, y - r, x + r / 3, y + r), fill=colour)
    return image


def build(folder, count=96, street=32):
    """Writes folder/catalog (Vitrine's layout), folder/street and folder/map.csv."""
    folder = Path(folder)
    random = np.random.default_rng(3)
    (folder / "catalog/images").mkdir(parents=True)
    (folder / "street/images").mkdir(parents=True)
    with open(folder / "catalog/items.csv", "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["id", "image", "category", "colour", "gender", "usage"])
        for number in range(count):
            category = CATEGORIES[number % 4]
            colour = list(COLOURS)[number // 4 % 3]
            name = f"images/{number}.jpg"
            product(category, COLOURS[colour], random).save(folder / "catalog" / name, quality=92)
            table.writerow([number, name, category, colour, ("Men", "Women")[number % 2], "Casual"])
    with open(folder / "street/images.csv", "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["image", "sender_id", "label"])
        for number in range(street):
            category = CATEGORIES[number % 4]
            behind = tuple(int(v) for v in random.integers(60, 200, 3))
            colour = COLOURS[list(COLOURS)[number % 3]]
            image = product(category, colour, random, (90, 120) if number % 2 else (120, 90), behind)
            image.save(folder / f"street/images/{number}.jpg", quality=85)
            table.writerow([number, number // 4, {"Squares": "Box", "Discs": "Ball"}.get(category, "Other")])
    (folder / "map.csv").write_text("label,category\nBox,Squares\nBox,Bars\nBall,Discs\nOther,\n")
    return folder
