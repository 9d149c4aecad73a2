"""Teaches a model to give photos as they are stored the vectors that it gives to them recompressed.

    python -m trainer.adapt --run runs/there --cache cache --output runs/adapted

Photos that travelled to another machine (`trainer.trip`) were saved as lossy WebP on the way, which takes away what
JPEG left between blocks; a network trained on them alone finds a little less in the originals. Here a copy of the
network gets the batch norms' statistics of the originals, and then learns from them, with the network as it was, shown
the same view of the recompressed photo, as its teacher. No labels are needed, and held-out photos are not used.
"""

import argparse
import copy
import io
import os
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from . import augment, pack
from .data import Photos, balanced
from .model import MEAN, STD, Embedder
from .options import pick_device
from .trip import encoded


def recompressed(pictures, boxes, quality):
    """The pictures after lossy WebP. uint8 of n x 3 x height x width, and their places as in a pack."""
    result = pictures.clone()
    for row, box in enumerate(boxes.int().tolist()):
        x, y, w, h = box
        data = encoded(pictures[row].permute(1, 2, 0).numpy(), box, quality).tobytes()
        image = np.array(Image.open(io.BytesIO(data)).convert("RGB"))
        result[row, :, y : y + h, x : x + w] = torch.from_numpy(image).permute(2, 0, 1)
    return result


class Views:
    """Batches of the same views of photos as they are stored and recompressed."""

    def __init__(self, cache, settings, strength, size, quality, seed):
        catalog = pack.load(Path(cache) / "catalog.npz")
        rows = pack.split_catalog(catalog, settings["held_out_catalog"], settings["seed"]).train
        self.rows = torch.from_numpy(rows)
        self.chances = balanced(catalog.category, rows, settings["category_power"]).float()
        self.catalog = Photos(catalog, "cpu")
        self.street = None
        if (Path(cache) / "street.npz").exists():
            street = pack.load(Path(cache) / "street.npz")
            split = pack.split_street(street, settings["held_out_street"], settings["seed"])
            self.street, self.street_rows = Photos(street, "cpu"), torch.from_numpy(split.train)
        self.strength, self.size, self.quality, self.seed = strength, size, quality, seed

    def batch(self, step, items, street):
        """(originals, recompressed): float of n x 3 x height x width, normalised, the same for the same step."""
        random = torch.Generator().manual_seed(self.seed * 1_000_003 + step + 1000)
        rows = self.rows[torch.multinomial(self.chances, items, replacement=True, generator=random)]
        taken = [(self.catalog, rows[: items // 2], augment.CLEAN), (self.catalog, rows[items // 2 :], self.strength)]
        if self.street:
            chosen = torch.randint(len(self.street_rows), (street,), generator=random)
            taken.append((self.street, self.street_rows[chosen], self.strength))
        views = ([], [])
        for part, (photos, rows, strength) in enumerate(taken):
            originals, boxes = photos.pictures[rows], photos.boxes[rows]
            for way, pictures in enumerate((originals, recompressed(originals, boxes, self.quality))):
                chance = augment.Chance(torch.Generator().manual_seed((self.seed * 1_000_003 + step + 1000) * 4 + part))
                if photos is self.street:
                    view = augment.street_views(pictures, boxes, self.size, chance, strength)
                else:
                    pieces = self.pieces(step)
                    view = augment.catalog_views(
                        pictures, photos.masks[rows], boxes, self.size, chance, strength, *pieces
                    )
                views[way].append(view)
        mean, std = (torch.tensor(v)[:, None, None] for v in (MEAN, STD))
        return [((torch.cat(v) - mean) / std).contiguous(memory_format=torch.channels_last) for v in views]

    def pieces(self, step):
        """Photos taken at home whose corners may lie behind products."""
        if not self.street:
            return torch.zeros(0), None
        random = torch.Generator().manual_seed(self.seed * 1_000_003 + step + 500_000)
        chosen = self.street_rows[torch.randint(len(self.street_rows), (16,), generator=random)]
        return self.street.pictures[chosen], self.street.boxes[chosen]


@torch.no_grad()
def count_anew(model, views, batches, device, exact=False):
    """Batch norms' means and deviations from the originals, in the mixture of views that training has."""
    norms = [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    for number in range(batches):
        originals = views.batch(-1 - number, 84, 12)[0].to(device)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=not exact):
            model(originals)
    model.eval()


def adapt(teacher, views, options, device):
    """The adapted network: an average of its weights while it learnt, the later the more."""
    student = copy.deepcopy(teacher).to(device, memory_format=torch.channels_last)
    teacher = teacher.to(device, memory_format=torch.channels_last)
    count_anew(student, views, options.counted, device, options.exact)
    mean = copy.deepcopy(student)
    optimiser = torch.optim.AdamW(student.parameters(), lr=options.rate, betas=(0.9, 0.98), weight_decay=0.0)
    began = time.monotonic()
    for step in range(options.steps):
        rate = options.rate * min(1, (step + 1) / 20, 2 * (options.steps - step) / options.steps)
        for group in optimiser.param_groups:
            group["lr"] = rate
        originals, others = (v.to(device) for v in views.batch(step, options.items, options.street))
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=not options.exact):
            with torch.no_grad():
                wanted = teacher(others)[1]
            found = student(originals)[1]
        loss = (1 - (wanted * found).sum(1)).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        with torch.no_grad():
            keep = min(0.98, (step + 1) / (step + 10))
            for old, new in zip(mean.parameters(), student.parameters()):
                old.lerp_(new, 1 - keep)
        if step % 10 == 0:
            left = (time.monotonic() - began) / (step + 1) * (options.steps - step - 1)
            print(f"{step}/{options.steps}  {int(left // 60)} min left  one minus cosine {loss.item():.4f}", flush=True)
    return mean


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", required=True, help="folder with the checkpoint to begin from")
    parser.add_argument("--cache", required=True, help="folder with the packed photos as they are stored")
    parser.add_argument("--output", required=True, help="folder for the adapted checkpoint")
    parser.add_argument("--counted", type=int, default=24, help="batches from which statistics are counted")
    parser.add_argument("--steps", type=int, default=130)
    parser.add_argument("--items", type=int, default=32)
    parser.add_argument("--street", type=int, default=12)
    parser.add_argument("--rate", type=float, default=2e-5)
    parser.add_argument("--quality", type=int, default=76, help="the quality with which the photos travelled")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--exact", action="store_true", help="single precision throughout")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads or os.cpu_count() or 1)
    state = torch.load(Path(options.run) / "checkpoint.pt", map_location="cpu", weights_only=False)
    recipe = state["recipe"]
    model = Embedder(recipe["train"]["architecture"], recipe["train"]["dimension"])
    model.load_state_dict(state["ema"])
    strength = augment.Strength(**recipe.get("augment", {}))
    views = Views(options.cache, recipe["data"], strength, tuple(state["size"]), options.quality, options.seed)
    state["ema"] = adapt(model.eval(), views, options, pick_device(options.device)).cpu().state_dict()
    output = Path(options.output)
    output.mkdir(parents=True, exist_ok=True)
    torch.save(state, output / "checkpoint.pt")


if __name__ == "__main__":
    main()
