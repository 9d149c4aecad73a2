"""What is trained on: photos on the device, their labels as numbers, the split, how often each is drawn."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from . import pack
from .sources import read_map

FACETS = ("category", "colour", "gender", "usage")
WORD = re.compile(r"\w+")


def numbers(texts, classes):
    """Class numbers, -1 where there is no text or no such class."""
    index = {name: i for i, name in enumerate(classes)}
    return torch.tensor([index.get(text, -1) if text else -1 for text in texts])


def vocabulary(texts, rows, least):
    """The words that stand in at least `least` of the texts in these rows, in the order of the alphabet."""
    counts = Counter(word for row in rows for word in set(WORD.findall(texts[row].lower())))
    return sorted(word for word, count in counts.items() if count >= least)


def words(texts, known):
    """Which of the known words each text has: bool of texts x words."""
    index = {word: number for number, word in enumerate(known)}
    result = torch.zeros(len(texts), len(known), dtype=torch.bool)
    for row, text in enumerate(texts):
        for word in WORD.findall(text.lower()):
            if word in index:
                result[row, index[word]] = True
    return result


class Photos:
    """A pack on the device, with its labels as numbers."""

    def __init__(self, data, device, side=None):
        pictures = torch.from_numpy(data.pictures).permute(0, 3, 1, 2)
        masks = torch.from_numpy(data.mask(slice(None)))
        self.boxes = torch.from_numpy(data.boxes.astype(np.float32)).to(device)
        if side and side < pictures.shape[3]:
            factor = side / pictures.shape[3]
            small = [
                F.interpolate(pictures[i : i + 256].to(device).float(), (side, side), mode="bilinear", antialias=True)
                .round_()
                .to(torch.uint8)
                for i in range(0, len(pictures), 256)
            ]
            pictures, self.boxes = torch.cat(small), self.boxes * factor
            places = (torch.arange(side) / factor).long()
            masks = masks[:, places][:, :, places]
        self.pictures = pictures.contiguous().to(device)
        #: True in the background.
        self.masks = masks.to(device)


def join(packs):
    """Packs of the same picture size, one after the other."""
    first = packs[0]
    if len(packs) == 1:
        return first
    merged = {}
    for name in first.__dataclass_fields__:
        values = [getattr(p, name) for p in packs]
        merged[name] = sum(values, []) if isinstance(values[0], list) else np.concatenate(values)
    return pack.Pack(**merged)


def balanced(texts, rows, power):
    """Chances of rows such that a class of n photos comes n ** power times as often as one of a single photo."""
    counts = {}
    for row in rows:
        counts[texts[row]] = counts.get(texts[row], 0) + 1
    chances = torch.tensor([counts[texts[row]] ** (power - 1) for row in rows], dtype=torch.float64)
    return chances / chances.sum()


class Data:
    """Everything that is trained on, and the split."""

    def __init__(self, options, recipe, device):
        settings = recipe["data"]
        cache = Path(options.cache)
        main = pack.cached(cache / "catalog.npz", lambda: pack.catalog_pack(options.catalog))
        self.split = pack.split_catalog(main, settings["held_out_catalog"], settings["seed"])
        packs, chances = [main], [balanced(main.category, self.split.train, settings["category_power"])]
        train = [self.split.train]
        if options.drawn:
            drawn = pack.cached(cache / "drawn.npz", lambda: pack.catalog_pack(options.drawn, options.drawn_map))
            train.append(np.arange(len(drawn)) + len(main))
            chances = [chances[0] * (1 - settings["drawn_share"])]
            chances.append(torch.full((len(drawn),), settings["drawn_share"] / len(drawn), dtype=torch.float64))
            packs.append(drawn)
        self.catalog = join(packs)
        self.main_count = len(main)
        self.train_rows = torch.from_numpy(np.concatenate(train)).to(device)
        self.chances = torch.cat(chances).float().to(device)
        if not any(self.catalog.category):
            raise SystemExit("No photo of the catalog has a category to learn from.")
        self.classes = {facet: sorted({t for t in getattr(self.catalog, facet) if t}) for facet in FACETS}
        self.labels = {f: numbers(getattr(self.catalog, f), self.classes[f]).to(device) for f in FACETS}
        known = vocabulary(main.name, self.split.train, settings["least_names"])
        self.words = words(self.catalog.name, known).to(device) if known else None
        self.street = None
        if options.street:
            self.street = pack.cached(cache / "street.npz", lambda: pack.street_pack(options.street))
            self.street_split = pack.split_street(self.street, settings["held_out_street"], settings["seed"])
            label_map = read_map(options.label_map)
            self.street_classes = sorted(label_map)
            self.street_labels = numbers(self.street.label, self.street_classes).to(device)
            index = {name: i for i, name in enumerate(self.classes["category"])}
            fitting = torch.zeros(len(self.street_classes) + 1, len(index), dtype=torch.bool)
            for label, categories in label_map.items():
                for category in categories:
                    if category in index:
                        fitting[self.street_classes.index(label), index[category]] = True
            #: Row -1 is that of photos without a known label.
            self.fitting = fitting.to(device)
            rows = [r for r in self.street_split.train if self.fitting[self.street_labels[r]].any()]
            self.street_rows = torch.tensor(rows, device=device)
            self.street_chances = balanced(self.street.label, rows, settings["label_power"]).float().to(device)
            self.street_colours = self.read_colours(cache / "street-colours.npy", main).to(device)
        self.teacher = self.read_teacher(options, device)

    def read_colours(self, path, main):
        """How likely each colour of the catalog is for each street photo: float of photos x colours."""
        if not path.exists():
            # Only here, so that training goes on where OpenCV is not.
            from .colours import of_home_photos

            partial = path.with_suffix(".partial.npy")
            found = of_home_photos(main, self.split.train, self.street, self.classes["colour"])
            np.save(partial, found.astype(np.float16))
            partial.rename(path)
        found = torch.from_numpy(np.load(path)).float()
        if found.shape != (len(self.street), len(self.classes["colour"])):
            raise SystemExit(f"{path} is of other photos or colours; remove it.")
        return found

    def read_teacher(self, options, device):
        """Teacher features of catalog and street photos, less their mean; zero where there are none."""
        if not options.teacher:
            return None
        folder = Path(options.teacher)
        found = torch.from_numpy(np.load(folder / "teacher-catalog.npy"))
        catalog = torch.zeros(len(self.catalog), found.shape[1], dtype=torch.float16)
        if len(found) != self.main_count:
            raise SystemExit("The teacher's features are not of this catalog.")
        mean = found.float().mean(0)
        catalog[: self.main_count] = (found.float() - mean).half()
        street = None
        if self.street:
            street = (torch.from_numpy(np.load(folder / "teacher-street.npy")).float() - mean).half()
            if len(street) != len(self.street):
                raise SystemExit("The teacher's features are not of these street photos.")
            street = street.to(device)
        return catalog.to(device), street


class Memory:
    """The last embeddings of catalog photos, and what they show: a ring."""

    def __init__(self, size, dimension, device):
        self.vectors = torch.zeros(size, dimension, device=device)
        self.rows = torch.full((size,), -1, device=device)
        self.next = 0
        self.filled = 0

    def add(self, vectors, rows):
        places = (torch.arange(len(rows), device=rows.device) + self.next) % len(self.rows)
        self.vectors[places], self.rows[places] = vectors, rows
        self.next = (self.next + len(rows)) % len(self.rows)
        self.filled = min(len(self.rows), self.filled + len(rows))

    def state(self):
        return {"vectors": self.vectors, "rows": self.rows, "next": self.next, "filled": self.filled}

    def restore(self, state):
        self.vectors.copy_(state["vectors"])
        self.rows.copy_(state["rows"])
        self.next, self.filled = state["next"], state["filled"]
