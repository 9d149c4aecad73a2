"""Trains an embedding.

    python -m trainer.train --recipe recipes/cpu.toml --catalog catalog.zip [--street street.zip] --run runs/first

The same command goes on from the last checkpoint of the folder `--run`, to the bit where the device allows it: what a
step sees depends on the seed and the step's number alone. `--set key=value` changes one value of the recipe.
"""

import copy
import json
import math
import os
import signal
import sys
import time
from pathlib import Path

import torch
from torch import nn

from . import augment, curves, watch
from .data import Data, Photos
from .model import MEAN, STD, Embedder, initialise, settle
from .objective import Objective
from .options import parser, pick_device, read_recipe


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
        self.objective = Objective(self.data, self.recipe, self.model.net.fc.in_features, self.device)
        self.heads, self.memory = self.objective.heads, self.objective.memory
        self.optimiser = torch.optim.AdamW(self.groups(), betas=(0.9, 0.98), fused=self.device.type == "cuda")
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

        Catalog photos: first half clean, second half changed; then second views of the first `pairs`; then street, and of
        the first `street_pairs` of these what is in the foreground, as if it were a product photo.
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
            again = street_rows[: train["street_pairs"]]
            masks = self.street.masks[again]
            boxes = augment.around(masks, *self.size)
            views.append(
                augment.catalog_views(self.street.pictures[again], masks, boxes, self.size, chance, heavy, *pieces)
            )
            street_rows = torch.cat((street_rows, again))
        catalog_rows = torch.cat((rows, rows[: train["pairs"]]))
        return self.normalised(torch.cat(views)), catalog_rows, street_rows

    def normalised(self, images):
        mean = torch.tensor(MEAN, device=self.device)[:, None, None]
        std = torch.tensor(STD, device=self.device)[:, None, None]
        return ((images - mean) / std).contiguous(memory_format=torch.channels_last)

    # MARK: - A step

    def losses(self, images, rows, street_rows):
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.recipe["train"]["bfloat16"]):
            pooled, vectors = self.model(images)
        return self.objective(pooled, vectors, rows, street_rows)

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
        means, values = self.ema.state_dict().values(), self.model.state_dict().values()
        pairs = [(mean, value) for mean, value in zip(means, values) if mean.is_floating_point()]
        torch._foreach_lerp_([mean for mean, _ in pairs], [value for _, value in pairs], 1 - keep)

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
        found = watch.measure(self)
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


def main(arguments=None):
    options = parser().parse_args(arguments)
    if options.street and not options.label_map:
        raise SystemExit("--street needs --label-map.")
    Trainer(options).go()


if __name__ == "__main__":
    sys.exit(main())
