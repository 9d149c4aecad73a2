"""Trains an embedding.

    python -m trainer.train --recipe recipes/cpu.toml --catalog catalog.zip [--street street.zip] --run runs/first

The same command goes on from the last checkpoint of the folder `--run`, to the bit where the device allows it: what a
step sees depends on the seed and the step's number alone. `--set key=value` changes one value of the recipe.
"""

import argparse
import ast
import copy
import json
import math
import os
import signal
import sys
import time
import tomllib
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from . import augment, curves, losses, metrics, pack
from .model import MEAN, STD, Embedder, initialise, settle
from .sources import read_map

FACETS = ("category", "colour", "gender", "usage")


def read_recipe(path, changes=()):
    with open(path, "rb") as file:
        recipe = tomllib.load(file)
    for change in changes:
        key, _, text = change.partition("=")
        section, _, name = key.partition(".")
        if section not in recipe or name not in recipe[section]:
            raise SystemExit(f"The recipe has no {key}.")
        try:
            recipe[section][name] = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            recipe[section][name] = text
    return recipe


def pick_device(wanted):
    if wanted != "auto":
        return torch.device(wanted)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def numbers(texts, classes):
    """Class numbers, -1 where there is no text or no such class."""
    index = {name: i for i, name in enumerate(classes)}
    return torch.tensor([index.get(text, -1) if text else -1 for text in texts])


class Photos:
    """A pack on the device, with its labels as numbers."""

    def __init__(self, data, device, side=None):
        pictures = torch.from_numpy(data.pictures).permute(0, 3, 1, 2)
        self.boxes = torch.from_numpy(data.boxes.astype(np.float32)).to(device)
        if side and side < pictures.shape[3]:
            factor = side / pictures.shape[3]
            small = [
                F.interpolate(pictures[i : i + 256].float(), (side, side), mode="bilinear", antialias=True)
                .round_()
                .to(torch.uint8)
                for i in range(0, len(pictures), 256)
            ]
            pictures, self.boxes = torch.cat(small), self.boxes * factor
        self.pictures = pictures.contiguous().to(device)
        masks = data.mask(slice(None)) if data.masks.size else np.zeros((len(data), 1, 1), bool)
        self.masks = torch.from_numpy(masks).to(device)


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
        self.teacher = self.read_teacher(options, device)

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


class Trainer:
    def __init__(self, options):
        self.options = options
        self.run = Path(options.run)
        self.run.mkdir(parents=True, exist_ok=True)
        self.recipe = read_recipe(options.recipe, options.set)
        self.device = pick_device(options.device)
        train = self.recipe["train"]
        torch.manual_seed(train["seed"])
        if self.device.type == "cpu":
            torch.set_num_threads(options.threads or os.cpu_count() or 1)
        else:
            torch.backends.cudnn.benchmark = True
        if train["init"] and not options.init:
            options.init = str(Path(options.recipe).parent / train["init"])
        self.data = Data(options, self.recipe, self.device)
        self.catalog = Photos(self.data.catalog, self.device)
        self.images = None
        self.size = None
        self.street = None
        self.model = Embedder(train["architecture"], train["dimension"])
        folded = []
        if options.init and not self.checkpoint.exists():
            taken, folded = initialise(self.model, options.init)
            print(f"{len(taken)} tensors from {options.init}, {len(folded)} convolutions with a folded batch norm")
        self.model.to(self.device, memory_format=torch.channels_last)
        self.heads = nn.ModuleDict({
            f: losses.ProxyHead(len(self.data.classes[f]), train["dimension"], train["scale"], train["margin"])
            for f in FACETS if self.data.classes[f]
        })  # fmt: skip
        if self.data.street:
            self.heads["street"] = losses.ProxyHead(
                len(self.data.street_classes), train["dimension"], train["scale"], train["margin"]
            )
        if self.data.teacher:
            self.heads["teacher"] = nn.Linear(self.model.net.fc.in_features, self.data.teacher[0].shape[1])
        self.heads.to(self.device)
        self.memory = Memory(train["memory"], train["dimension"], self.device)
        self.optimiser = torch.optim.AdamW(self.groups(), betas=(0.9, 0.98))
        self.step, self.history, self.seconds = 0, [], 0.0
        if self.checkpoint.exists():
            self.restore()
        else:
            if folded:
                self.settle(folded)
            self.ema = copy.deepcopy(self.model)

    @property
    def checkpoint(self):
        return self.run / "checkpoint.pt"

    # MARK: - What a step sees

    def settle(self, folded):
        self.enter(self.phase(0))
        images = []
        for number in range(4):
            images.append(self.batch(-1 - number)[0])
        settle(self.model, folded, torch.cat(images))

    def groups(self):
        """Four groups: taken over or fresh, decayed or not."""
        train = self.recipe["train"]
        fresh_names = tuple(train["fresh"]) if self.options.init else ("",)
        groups = {}
        for prefix, module in (("", self.model.net), ("heads.", self.heads)):
            for name, value in module.named_parameters():
                fresh = bool(prefix) or name.startswith(fresh_names)
                decayed = value.ndim >= 2 and "proxies" not in name
                groups.setdefault((fresh, decayed), []).append(value)
        return [
            {
                "params": values,
                "base": train["rate_fresh"] if fresh else train["rate"],
                "lr": 0.0,
                "weight_decay": train["decay"] if decayed else 0.0,
            }
            for (fresh, decayed), values in sorted(groups.items())
        ]

    @property
    def total(self):
        return sum(steps for _, _, steps in self.recipe["schedule"]["phases"])

    def phase(self, step):
        end = 0
        for width, height, steps in self.recipe["schedule"]["phases"]:
            end += steps
            if step < end:
                break
        return width, height

    def rate(self, step):
        """Up during `warmup`, level, and down to zero in a straight line during the last `cooldown` steps."""
        schedule = self.recipe["schedule"]
        up = min(1.0, (step + 1) / max(1, schedule["warmup"]))
        down = min(1.0, (self.total - step) / max(1, schedule["cooldown"]))
        return min(up, down)

    def enter(self, size):
        if self.size != size:
            self.size = size
            if self.data.street:
                self.street = Photos(self.data.street, self.device, side=round(size[1] * 1.3))

    def batch(self, step):
        """Images of a step, and which rows they are.

        Catalog photos: first half clean, second half changed; then second views of the first `pairs`; then street.
        """
        train, data = self.recipe["train"], self.data
        generator = torch.Generator(self.device).manual_seed(train["seed"] * 1_000_003 + step + 1000)
        chance = augment.Chance(generator)
        heavy = augment.Strength(**self.recipe.get("augment", {}))
        chosen = torch.multinomial(data.chances, train["items"], replacement=True, generator=generator)
        rows = data.train_rows[chosen]
        half = train["items"] // 2
        shown = torch.cat((rows[half:], rows[: train["pairs"]]))
        pieces = (self.street.pictures, self.street.boxes) if self.street else (torch.zeros(0), None)
        if self.street:
            train_only = data.street_rows
            take = train_only[chance.integers(len(train_only), 64)]
            pieces = (self.street.pictures[take], self.street.boxes[take])
        views = [
            augment.catalog_views(
                self.catalog.pictures[r], self.catalog.masks[r], self.catalog.boxes[r], self.size, chance, s, *pieces
            )
            for r, s in ((rows[:half], augment.CLEAN), (shown, heavy))
        ]
        street_rows = torch.zeros(0, dtype=torch.long, device=self.device)
        if self.street and train["street"]:
            chosen = torch.multinomial(data.street_chances, train["street"], replacement=True, generator=generator)
            street_rows = data.street_rows[chosen]
            pictures, boxes = self.street.pictures[street_rows], self.street.boxes[street_rows]
            views.append(augment.street_views(pictures, boxes, self.size, chance, heavy))
        catalog_rows = torch.cat((rows, rows[: train["pairs"]]))
        return self.normalised(torch.cat(views)), catalog_rows, street_rows

    def normalised(self, images):
        mean = torch.tensor(MEAN, device=self.device)[:, None, None]
        std = torch.tensor(STD, device=self.device)[:, None, None]
        return ((images - mean) / std).contiguous(memory_format=torch.channels_last)

    # MARK: - A step

    def gains(self, rows, memory_rows):
        """How much each remembered photo is worth as an answer; -1 for the same photo."""
        settings = self.recipe["loss"]
        same = {}
        for facet in ("category", "colour", "gender"):
            own, remembered = self.data.labels[facet][rows][:, None], self.data.labels[facet][memory_rows][None]
            same[facet] = (own == remembered) & (own >= 0)
        gains = same["category"].float()
        gains = gains * (1 + settings["colour_gain"] * same["colour"]) * (1 + settings["gender_gain"] * same["gender"])
        return gains.masked_fill(rows[:, None] == memory_rows[None], -1)

    def losses(self, images, rows, street_rows):
        train, settings, data = self.recipe["train"], self.recipe["loss"], self.data
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=train["bfloat16"]):
            pooled, vectors = self.model(images)
        count = len(rows)
        own, street = vectors[:count], vectors[count:]
        found = {}
        for facet in FACETS:
            if facet in self.heads:
                found[facet] = self.heads[facet](own, data.labels[facet][rows], settings["smoothing"])
        if train["pairs"] > 1:
            found["instance"] = losses.instance_contrast(own[: train["pairs"]], own[train["items"] :])
        self.memory.add(own.detach(), rows)
        filled = self.memory.filled
        remembered, memory_rows = self.memory.vectors[:filled], self.memory.rows[:filled]
        temperature = settings["temperature"]
        found["graded"] = losses.graded_contrast(own, remembered, self.gains(rows, memory_rows), temperature)
        if len(street):
            fits = data.fitting[data.street_labels[street_rows]]
            found["street fits"] = self.heads["category"].any_of(street, fits)
            found["street label"] = self.heads["street"](street, data.street_labels[street_rows], settings["smoothing"])
            categories = data.labels["category"][memory_rows]
            gains = (fits[:, categories.clamp(min=0)] & (categories >= 0)).float()
            found["street graded"] = losses.graded_contrast(street, remembered, gains, temperature)
        if data.teacher:
            wanted = data.teacher[0][rows]
            if len(street):
                wanted = torch.cat((wanted, data.teacher[1][street_rows]))
            found["teacher"] = losses.distillation(self.heads["teacher"](pooled), wanted.float())
        total = sum(settings["weights"].get(name, 1.0) * value for name, value in found.items())
        return total, found

    def advance(self):
        self.enter(self.phase(self.step))
        for group in self.optimiser.param_groups:
            group["lr"] = group["base"] * self.rate(self.step)
        self.model.train()
        with torch.no_grad():
            images, rows, street_rows = self.batch(self.step)
        total, found = self.losses(images, rows, street_rows)
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        parameters = [p for g in self.optimiser.param_groups for p in g["params"]]
        nn.utils.clip_grad_norm_(parameters, self.recipe["train"]["clip"])
        self.optimiser.step()
        self.step += 1
        self.average()
        return total, found

    @torch.no_grad()
    def average(self):
        """Exponential mean of all weights and statistics; quicker at first."""
        keep = min(self.recipe["train"]["ema"], (self.step + 1) / (self.step + 10))
        for mean, value in zip(self.ema.state_dict().values(), self.model.state_dict().values()):
            if mean.is_floating_point():
                mean.lerp_(value, 1 - keep)
            else:
                mean.copy_(value)

    # MARK: - Measuring

    @torch.no_grad()
    def embed(self, photos, rows, size):
        self.ema.eval()
        result = []
        clean = augment.Strength(rotation=0, scale_low=1, scale_high=1, shift=0, stretch=0)
        generator = torch.Generator(self.device).manual_seed(0)
        for start in range(0, len(rows), 256):
            part = torch.as_tensor(rows[start : start + 256], device=self.device)
            modes = torch.zeros(len(part), device=self.device)
            inside = torch.ones(len(part), dtype=torch.bool, device=self.device)
            chance = augment.Chance(generator)
            images = augment.warp(
                photos.pictures[part].float() / 255, photos.boxes[part], size, modes, chance, clean, inside
            )
            with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.recipe["train"]["bfloat16"]):
                result.append(self.ema(self.normalised(images))[1])
        return torch.cat(result)

    def measure(self):
        """P@5 of held-out photos against a part of the others: a curve to look at, not the figures of the card."""
        data, settings = self.data, self.recipe["data"]
        others = np.concatenate((data.split.train, data.split.set_aside))
        generator = np.random.default_rng(0)
        gallery_rows = np.sort(generator.permutation(others)[: settings["watch_gallery"]])
        query_rows = np.sort(generator.permutation(data.split.held_out)[: settings["watch_queries"]])
        size = self.phase(max(0, self.step - 1))
        self.enter(size)
        gallery = self.embed(self.catalog, gallery_rows, size)
        of = lambda rows: {f: data.labels[f][torch.as_tensor(rows, device=self.device)] for f in FACETS}  # noqa: E731
        result = {}
        if len(query_rows):
            rows, _ = metrics.rank(self.embed(self.catalog, query_rows, size), gallery, min(5, len(gallery)))
            result = metrics.catalog_precision(rows, of(query_rows), of(gallery_rows))
        if data.street:
            asked = torch.as_tensor(data.street_split.held_out, device=self.device)
            asked = asked[data.fitting[data.street_labels[asked]].any(1)]
            if len(asked):
                rows, _ = metrics.rank(self.embed(self.street, asked, size), gallery, min(5, len(gallery)))
                result["street"], _ = metrics.street_precision(
                    rows, data.street_labels[asked], data.fitting, of(gallery_rows)["category"]
                )
        return result

    # MARK: - Going on

    def save(self, path=None):
        path = path or self.checkpoint
        partial = path.with_suffix(".partial")
        torch.save(
            {
                "model": self.model.state_dict(),
                "ema": self.ema.state_dict(),
                "heads": self.heads.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "memory": self.memory.state(),
                "step": self.step,
                "seconds": self.seconds,
                "history": self.history,
                "recipe": self.recipe,
                "classes": self.data.classes,
                "size": self.phase(max(0, self.step - 1)),
            },
            partial,
        )
        partial.rename(path)

    def restore(self):
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=False)
        if state["classes"] != self.data.classes:
            raise SystemExit(f"{self.checkpoint} was trained on other classes; choose another folder with --run.")
        self.model.load_state_dict(state["model"])
        self.ema = copy.deepcopy(self.model)
        self.ema.load_state_dict(state["ema"])
        self.heads.load_state_dict(state["heads"])
        bases = [group["base"] for group in self.optimiser.param_groups]
        self.optimiser.load_state_dict(state["optimiser"])
        for group, base in zip(self.optimiser.param_groups, bases):
            group["base"] = base
        self.memory.restore(state["memory"])
        self.step, self.seconds, self.history = state["step"], state["seconds"], state["history"]
        print(f"goes on at step {self.step} of {self.total}", flush=True)

    def report(self, total, found, pace):
        left = pace * (self.total - self.step)
        parts = "  ".join(f"{name} {value.item():.3f}" for name, value in found.items())
        print(
            f"{time.strftime('%H:%M:%S')} {self.step}/{self.total}  {self.size[0]}x{self.size[1]}  "
            f"{pace:.2f} s a step, {int(left // 60)} min left  loss {total.item():.3f}  {parts}",
            flush=True,
        )

    def watch(self):
        found = self.measure()
        self.history.append({"step": self.step, "metric": found})
        print("held out: " + "  ".join(f"{k} {v:.3f}" for k, v in found.items()), flush=True)
        curves.draw(self.history, self.run / "curves.svg")

    def ask_to_stop(self, *_):
        """The end of the step is soon enough; then everything is saved."""
        self.stopping = True

    def go(self):
        schedule, stop = self.recipe["schedule"], self.options.stop or math.inf
        saved = measured = time.monotonic()
        pace, self.stopping = None, False
        earlier = [(s, signal.signal(s, self.ask_to_stop)) for s in (signal.SIGTERM, signal.SIGINT)]
        while self.step < min(self.total, stop) and not self.stopping:
            # Before the rate falls, what a longer run would start from.
            if self.step == self.total - schedule["cooldown"] and self.step > 0:
                self.save(self.run / "before-cooldown.pt")
            began = time.monotonic()
            total, found = self.advance()
            if not torch.isfinite(total):
                raise SystemExit(f"The loss is no number at step {self.step}; the last checkpoint is sound.")
            took = time.monotonic() - began
            self.seconds += took
            pace = took if pace is None else 0.95 * pace + 0.05 * took
            if self.step % schedule["log_every"] == 0:
                self.history.append({"step": self.step, "loss": {n: v.item() for n, v in found.items()}})
                self.report(total, found, pace)
            now = time.monotonic()
            if now - measured > schedule["measure_minutes"] * 60:
                self.watch()
                measured = time.monotonic()
            if now - saved > schedule["save_minutes"] * 60:
                self.save()
                saved = time.monotonic()
        for number, handler in earlier:
            signal.signal(number, handler)
        if self.step >= self.total or not self.stopping:
            self.watch()
        self.save()
        with open(self.run / "history.json", "w", encoding="utf-8") as file:
            json.dump({"hours": self.seconds / 3600, "history": self.history}, file)


def parser():
    result = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    result.add_argument("--recipe", required=True)
    result.add_argument("--run", required=True, help="folder for checkpoints and curves")
    result.add_argument("--cache", required=True, help="folder for the packed photos")
    result.add_argument("--catalog", required=True, help="folder or zip with styles.csv or items.csv")
    result.add_argument("--street", help="folder or zip with images.csv: photos taken at home")
    result.add_argument("--label-map", help="CSV that says which categories fit a street photo's label")
    result.add_argument("--drawn", help="a second catalog, trained on and never held out")
    result.add_argument("--drawn-map", help="CSV that renames the categories of the second catalog")
    result.add_argument("--teacher", help="folder with teacher-catalog.npy and teacher-street.npy")
    result.add_argument("--init", help="safetensors file to start from")
    result.add_argument("--device", default="auto")
    result.add_argument("--threads", type=int, default=0)
    result.add_argument("--stop", type=int, help="stop after this many steps, to go on later")
    result.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE")
    return result


def main(arguments=None):
    options = parser().parse_args(arguments)
    if options.street and not options.label_map:
        raise SystemExit("--street needs --label-map.")
    Trainer(options).go()


if __name__ == "__main__":
    sys.exit(main())
