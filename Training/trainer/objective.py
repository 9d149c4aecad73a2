"""What a step is judged by: the losses of the catalog's photos, of those taken at home, and of the teachers, weighed by the
recipe, with the layers and the memory that they need."""

import torch
from torch import nn

from . import losses
from .data import FACETS, Memory


class Objective:
    def __init__(self, data, recipe, pooled, device):
        """pooled: how many features the network has before its last layer."""
        self.data = data
        self.train, self.settings = recipe["train"], recipe["loss"]
        dimension, scale, margin = (self.train[key] for key in ("dimension", "scale", "margin"))
        self.heads = nn.ModuleDict({
            f: losses.ProxyHead(len(data.classes[f]), dimension, scale, margin) for f in FACETS if data.classes[f]
        })  # fmt: skip
        if data.street:
            self.heads["street"] = losses.ProxyHead(len(data.street_classes), dimension, scale, margin)
        if data.teacher:
            self.heads["teacher"] = nn.Linear(pooled, data.teacher[0].shape[1])
        if data.words is not None:
            self.heads["words"] = nn.Linear(pooled, data.words.shape[1])
        self.heads.to(device)
        self.memory = Memory(self.train["memory"], dimension, device)

    def __call__(self, pooled, vectors, rows, street_rows):
        """Features and unit vectors of photos of the catalog, then of those taken at home: (the weighed sum, each loss)."""
        data, count = self.data, len(rows)
        own, street = vectors[:count], vectors[count:]
        found = self.catalog(own, rows)
        self.memory.add(own.detach(), rows)
        remembered, memory_rows = (m[: self.memory.filled] for m in (self.memory.vectors, self.memory.rows))
        gains = self.gains(rows, memory_rows)
        found["graded"] = losses.graded_contrast(own, remembered, gains, self.settings["temperature"])
        if len(street):
            found |= self.home(street, street_rows, remembered, memory_rows)
        if data.words is not None:
            found["words"] = losses.named(self.heads["words"](pooled[:count]), data.words[rows])
        if data.teacher:
            wanted = data.teacher[0][rows]
            if len(street):
                wanted = torch.cat((wanted, data.teacher[1][street_rows]))
            found["teacher"] = losses.distillation(self.heads["teacher"](pooled), wanted.float())
        total = sum(self.settings["weights"].get(name, 1.0) * value for name, value in found.items())
        return total, found

    def catalog(self, own, rows):
        """Labels, and two views of one photo."""
        labels, smoothing = self.data.labels, self.settings["smoothing"]
        found = {f: self.heads[f](own, labels[f][rows], smoothing) for f in FACETS if f in self.heads}
        if (pairs := self.train["pairs"]) > 1:
            found["instance"] = losses.instance_contrast(own[:pairs], own[self.train["items"] :])
        return found

    def home(self, street, rows, remembered, memory_rows):
        """Products that a photo's label fits, the more the likelier their colour is the photo's."""
        data, settings = self.data, self.settings
        found = {}
        fits = data.fitting[data.street_labels[rows]]
        found["street fits"] = self.heads["category"].any_of(street, fits)
        found["street label"] = self.heads["street"](street, data.street_labels[rows], settings["smoothing"])
        categories = data.labels["category"][memory_rows]
        gains = (fits[:, categories.clamp(min=0)] & (categories >= 0)).float()
        if "colour" in self.heads:
            likely = data.street_colours[rows]
            found["street colour"] = self.heads["colour"].shares(street, likely)
            colours = data.labels["colour"][memory_rows]
            likely = likely[:, colours.clamp(min=0)].masked_fill(colours < 0, 0)
            gains = gains * (1 + settings["colour_gain"] * likely)
        found["street graded"] = losses.graded_contrast(street, remembered, gains, settings["temperature"])
        found["street place"] = losses.common_place(street, remembered, gains)
        if (pairs := self.train["street_pairs"]) > 1:
            found["street instance"] = losses.instance_contrast(street[:pairs], street[self.train["street"] :])
        return found

    def gains(self, rows, memory_rows):
        """How much each remembered photo is worth as an answer; -1 for the same photo."""
        same = {}
        for facet in ("category", "colour", "gender"):
            own, remembered = self.data.labels[facet][rows][:, None], self.data.labels[facet][memory_rows][None]
            same[facet] = (own == remembered) & (own >= 0)
        gains = same["category"].float()
        gains = gains * (1 + self.settings["colour_gain"] * same["colour"])
        gains = gains * (1 + self.settings["gender_gain"] * same["gender"])
        return gains.masked_fill(rows[:, None] == memory_rows[None], -1)
