"""How good the average of a run's weights is on held-out photos, while it learns."""

import numpy as np
import torch

from . import augment, metrics
from .data import FACETS


@torch.no_grad()
def embed(trainer, photos, rows, size):
    trainer.ema.eval()
    result = []
    clean = augment.Strength(rotation=0, scale_low=1, scale_high=1, shift=0, stretch=0)
    generator = torch.Generator(trainer.device).manual_seed(0)
    for start in range(0, len(rows), 256):
        part = torch.as_tensor(rows[start : start + 256], device=trainer.device)
        modes = torch.zeros(len(part), device=trainer.device)
        inside = torch.ones(len(part), dtype=torch.bool, device=trainer.device)
        chance = augment.Chance(generator)
        images = augment.warp(
            photos.pictures[part].float() / 255, photos.boxes[part], size, modes, chance, clean, inside
        )
        with torch.autocast(trainer.device.type, dtype=torch.bfloat16, enabled=trainer.recipe["train"]["bfloat16"]):
            result.append(trainer.ema(trainer.normalised(images))[1])
    return torch.cat(result)


def measure(trainer):
    """P@5 of held-out photos against a part of the others: a curve to look at, not the figures of the card."""
    data, settings = trainer.data, trainer.recipe["data"]
    others = np.concatenate((data.split.train, data.split.set_aside))
    generator = np.random.default_rng(0)
    gallery_rows = np.sort(generator.permutation(others)[: settings["watch_gallery"]])
    query_rows = np.sort(generator.permutation(data.split.held_out)[: settings["watch_queries"]])
    size = trainer.phase(max(0, trainer.step - 1))
    trainer.enter(size)
    gallery = embed(trainer, trainer.catalog, gallery_rows, size)
    of = lambda rows: {f: data.labels[f][torch.as_tensor(rows, device=trainer.device)] for f in FACETS}  # noqa: E731
    result = {}
    if len(query_rows):
        rows, _ = metrics.rank(embed(trainer, trainer.catalog, query_rows, size), gallery, min(5, len(gallery)))
        result = metrics.catalog_precision(rows, of(query_rows), of(gallery_rows))
    if data.street:
        asked = torch.as_tensor(data.street_split.held_out, device=trainer.device)
        asked = asked[data.fitting[data.street_labels[asked]].any(1)]
        if len(asked):
            rows, _ = metrics.rank(embed(trainer, trainer.street, asked, size), gallery, min(5, len(gallery)))
            answers = of(gallery_rows)
            result["street"], _ = metrics.street_precision(
                rows, data.street_labels[asked], data.fitting, answers["category"]
            )
            if data.classes["colour"]:
                likely, colours = data.street_colours[asked], answers["colour"][rows]
                found = torch.gather(likely, 1, colours.clamp(min=0)).masked_fill(colours < 0, 0)
                result["street colour"] = found.mean().item()
            # One for answers that never come twice, near zero where a few photos are the answer to everything.
            result["street variety"] = len(rows.unique()) / rows.numel()
    return result
