"""Photos of things that are no clothes: textures, gradients, drawn shapes, text-like noise; walls and floors from the
corners of photos taken at home; and the photographs that come with scikit-image and scikit-learn, if those are there
(`requirements-strangers.txt`)."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def drawn(count, seed=7, size=(240, 320)):
    """A list of PIL images, the same for the same seed."""
    random = np.random.default_rng(seed)
    width, height = size
    result = []
    for number in range(count):
        kind = number % 6
        colours = [tuple(int(v) for v in random.integers(0, 256, 3)) for _ in range(4)]
        image = Image.new("RGB", size, colours[0])
        pen = ImageDraw.Draw(image)
        if kind == 0:
            coarse = random.integers(0, 256, (random.integers(2, 12), random.integers(2, 12), 3), dtype=np.uint8)
            image = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
        elif kind == 1:
            image = Image.fromarray(random.integers(0, 256, (height, width, 3), dtype=np.uint8))
            image = image.filter(ImageFilter.GaussianBlur(float(random.uniform(0, 6))))
        elif kind == 2:
            for line in range(int(random.integers(6, 30))):
                y = line * 11 + 5
                pen.line((10, y, int(random.integers(40, width)), y), fill=colours[1], width=int(random.integers(1, 6)))
        elif kind == 3:
            cell = int(random.integers(8, 60))
            for x in range(0, width, cell):
                for y in range(0, height, cell):
                    if (x // cell + y // cell) % 2:
                        pen.rectangle((x, y, x + cell, y + cell), fill=colours[1])
        elif kind == 4:
            for _ in range(int(random.integers(3, 40))):
                x, y = int(random.integers(0, width)), int(random.integers(0, height))
                r = int(random.integers(4, 60))
                pen.ellipse((x - r, y - r, x + r, y + r), fill=colours[int(random.integers(1, 4))])
        else:
            # A landscape: sky, hills, a sun.
            horizon = int(random.integers(height // 3, 2 * height // 3))
            pen.rectangle((0, 0, width, horizon), fill=(120, 170, 230))
            points = [(x, horizon - int(random.integers(0, 60))) for x in range(0, width + 40, 40)]
            pen.polygon(points + [(width, height), (0, height)], fill=colours[1])
            pen.ellipse((30, 30, 70, 70), fill=(250, 230, 120))
        result.append(image)
    return result


def corners(images, seed=7):
    """A quarter of each picture's sides, at one of its upper corners: mostly wall, floor or bed."""
    random = np.random.default_rng(seed)
    result = []
    for image in images:
        width, height = image.size
        w, h = width // 4, height // 4
        x = 0 if random.random() < 0.5 else width - w
        result.append(image.crop((x, 0, x + w, h)))
    return result


#: A cat, a cup, coins, stars, an eye, a motorcycle, a rocket, a temple, a flower and the like.
PHOTOGRAPHS = {
    "skimage": [f"data/{name}" for name in (
        "brick.png", "chelsea.png", "clock_motion.png", "coffee.png", "coins.png", "grass.png", "gravel.png",
        "hubble_deep_field.jpg", "ihc.png", "moon.png", "motorcycle_left.png", "page.png", "retina.jpg", "rocket.jpg",
    )],
    "sklearn": ["datasets/images/china.jpg", "datasets/images/flower.jpg"],
}  # fmt: skip


def photographs():
    """Each photograph whole and in quarters; none where the packages are missing. Looked for, not imported."""
    result = []
    for package, names in PHOTOGRAPHS.items():
        found = find_spec(package)
        for name in names if found else ():
            path = Path(found.origin).parent / name
            if path.exists():
                image = Image.open(path).convert("RGB")
                width, height = image.size
                halves = [(x, y) for x in (0, width // 2) for y in (0, height // 2)]
                result += [image, *(image.crop((x, y, x + width // 2, y + height // 2)) for x, y in halves)]
    return result
