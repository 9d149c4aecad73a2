"""Makes the model file of a training run, and measures it on the held-out photos as `vitrine evaluate` does.

    python -m trainer.finish --run runs/first --cache ... --catalog ... [--street ... --label-map ...] \\
        --name fashion --output Weights/fashion.safetensors

Beside the checkpoints it leaves `held-out.csv` (for `vitrine evaluate --holdout-ids`), `street/images.csv` (for
`--queries`) and `measured.json`. With `--measure FILE` a model file that is there already is measured instead. The
server embeds a large catalog several times faster: what `vitrine catalog export FOLDER` wrote with the same model is
taken with `--vectors FOLDER`; photos that it lacks are embedded here.
"""

import argparse
import csv
import io
import json
import os
from pathlib import Path

import numpy as np
import torch

from . import calibrate, metrics, pack, strangers
from .data import numbers
from .embed import embed_all
from .model import Embedder, export, load_exported
from .sources import read_catalog, read_map, read_street

FACETS = ("category", "colour", "gender")


def png(image):
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


class Measured:
    """Held-out photos asked against all other catalog photos."""

    def __init__(self, options, settings):
        self.options = options
        small = pack.cached(Path(options.cache) / "catalog.npz", lambda: pack.catalog_pack(options.catalog))
        split = pack.split_catalog(small, settings["held_out_catalog"], settings["seed"])
        by_id = {p.id: p for p in read_catalog(options.catalog)}
        self.catalog = [by_id[i] for i in small.ids]
        self.hashes = small.hashes
        held = set(split.held_out.tolist())
        # In the order of identifiers, as the server breaks ties.
        self.order = sorted(range(len(self.catalog)), key=lambda row: self.catalog[row].id)
        self.gallery_rows = [row for row in self.order if row not in held]
        self.query_rows = sorted(held)
        self.street = []
        if options.street:
            small = pack.cached(Path(options.cache) / "street.npz", lambda: pack.street_pack(options.street))
            held = pack.split_street(small, settings["held_out_street"], settings["seed"]).held_out
            self.all_street = {p.id: p for p in read_street(options.street)}
            label_map = read_map(options.label_map)
            everything = [self.all_street[small.ids[row]] for row in held]
            self.street = [p for p in everything if label_map.get(p.label)]
            self.senders = {p.sender for p in everything}

    def judged_colours(self):
        """The catalog's colours that are right for each street photo that somebody judged: SHA-256 -> list."""
        if not self.options.street_colours:
            return {}
        groups = {}
        with open(self.options.colour_groups, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                groups.setdefault(row["group"], []).append(row["colour"])
        with open(self.options.street_colours, newline="", encoding="utf-8") as file:
            return {
                row["sha256"]: [colour for group in row["groups"].split("|") for colour in groups.get(group, [])]
                for row in csv.DictReader(file)
            }

    def lists(self, folder):
        """What `vitrine evaluate` is to be given for the same queries."""
        with open(folder / "held-out.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["id"])
            writer.writerows([self.catalog[row].id] for row in self.query_rows)
        if self.street:
            (folder / "street/images").mkdir(parents=True, exist_ok=True)
            with open(folder / "street/images.csv", "w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(["image", "label", "colour"])
                colours = self.judged_colours()
                for photo in self.street:
                    name = Path(photo.file).name
                    (folder / "street/images" / name).write_bytes(photo.bytes())
                    writer.writerow([name, photo.label, "|".join(colours.get(photo.sha256(), []))])

    def measure(self, model, size, fit, device):
        def embed(photos, what):
            return embed_all(model, [p.bytes for p in photos], *size, fit, device, progress=what)

        def of(rows):
            return {f: numbers([getattr(self.catalog[r], f) for r in rows], classes[f]) for f in FACETS}

        everything = self.exported(model.dimension) if self.options.vectors else torch.zeros(len(self.catalog), 0)
        missing = (everything.abs().sum(1) == 0).nonzero()[:, 0].tolist()
        if missing:
            fresh, _ = embed([self.catalog[row] for row in missing], "catalog")
            everything = everything if everything.shape[1] else torch.zeros(len(self.catalog), fresh.shape[1])
            everything[missing] = fresh
        gallery, queries = everything[self.gallery_rows], everything[self.query_rows]
        classes = {f: sorted({getattr(p, f) for p in self.catalog} - {""}) for f in FACETS}
        asked, answers = of(self.query_rows), of(self.gallery_rows)
        by_hash = {}
        for place, row in enumerate(self.gallery_rows):
            by_hash.setdefault(self.hashes[row], []).append(place)
        same = [(n, p) for n, row in enumerate(self.query_rows) for p in by_hash.get(self.hashes[row], [])]
        rows, values = metrics.rank(queries, gallery, 5, torch.tensor(same).reshape(-1, 2))
        result = {"catalog": metrics.catalog_precision(rows, asked, answers), "queries": len(queries)}
        right = answers["category"][rows] == asked["category"][:, None]
        exact = right & (answers["colour"][rows] == asked["colour"][:, None])
        pairs = {"catalog": (values.flatten(), right.flatten(), exact.flatten())}
        nearest, lengths = {"catalog": values[:, 0]}, {}
        if self.street:
            vectors, lengths["street"] = embed(self.street, "street")
            label_map = read_map(self.options.label_map)
            labels = sorted(label_map)
            fitting = torch.zeros(len(labels), len(classes["category"]), dtype=torch.bool)
            for label, categories in label_map.items():
                for category in categories:
                    if category in classes["category"]:
                        fitting[labels.index(label), classes["category"].index(category)] = True
            wanted = numbers([p.label for p in self.street], labels)
            # Nobody holds catalog items back from photos taken at home.
            rows, values = metrics.rank(vectors, everything[self.order], 5)
            categories = of(self.order)["category"]
            macro, each = metrics.street_precision(rows, wanted, fitting, categories)
            hits = fitting[wanted[:, None], categories[rows]]
            result["street"] = {
                "macro": macro,
                "micro": hits.float().mean().item(),
                "queries": len(vectors),
                "senders": len(self.senders),
                "each": {labels[n]: p for n, p in each.items()},
            }
            pairs["street"] = (values.flatten(), hits.flatten(), None)
            judged = self.judged_colours()
            if judged:
                right = [judged.get(photo.sha256(), []) for photo in self.street]
                accepted = torch.tensor([[c in row for c in classes["colour"]] for row in right])
                colours = of(self.order)["colour"][rows]
                coloured = torch.gather(accepted, 1, colours.clamp(min=0)) & (colours >= 0)
                known = accepted.any(1)
                result["street"]["colour"] = coloured[known].float().mean().item()
                result["street"]["category and colour"] = (coloured & hits)[known].float().mean().item()
                pairs["street"] = (values.flatten(), hits.flatten(), (coloured & hits).flatten())
            # How many items share all the places: a few that are found by everybody are right for nobody.
            result["street"]["different items"] = len(rows.unique()) / rows.numel()
            nearest["street"] = values[:, 0]
        result["reduced"] = self.reduced(gallery, queries, asked, answers, torch.tensor(same).reshape(-1, 2))
        others = {"drawn things": strangers.drawn(120), "photographs": strangers.photographs()}
        if self.street:
            others["corners"] = strangers.corners([pack.decode(p.bytes()) for p in self.street[:120]])
        for name, images in others.items():
            if images:
                vectors, lengths[name] = embed_all(model, [lambda i=i: png(i) for i in images], *size, fit, device)
                nearest[name] = metrics.rank(vectors, gallery, 1)[1][:, 0]
        return result, pairs, nearest, lengths

    def exported(self, dimension):
        """The vectors that the server made of the catalog's photos, row by row; zero where it made none."""
        folder = Path(self.options.vectors)
        found = np.load(folder / "vectors.npy")
        if found.shape[1] != dimension:
            raise SystemExit(f"{folder} has vectors of {found.shape[1]} numbers, the model makes {dimension}.")
        with open(folder / "items.csv", newline="", encoding="utf-8") as file:
            rows = {row["id"]: number for number, row in enumerate(csv.DictReader(file))}
        result = torch.zeros(len(self.catalog), dimension)
        for number, photo in enumerate(self.catalog):
            if photo.id in rows:
                result[number] = torch.from_numpy(found[rows[photo.id]])
        return result

    def reduced(self, gallery, queries, asked, answers, same):
        """What fewer dimensions would cost: the first ones as they are, and the main components of the gallery."""
        result = {}
        mean = gallery.mean(0)
        _, main = torch.linalg.eigh((gallery - mean).T @ (gallery - mean))
        main = main.flip(1)
        ways = {"first": lambda v, n: v[:, :n], "components": lambda v, n: (v - mean) @ main[:, :n]}
        for count in (n for n in (128, 64, 32) if n < gallery.shape[1]):
            for name, cut in ways.items():
                short = [torch.nn.functional.normalize(cut(v, count), dim=1) for v in (queries, gallery)]
                rows, _ = metrics.rank(*short, 5, same)
                result[f"{name} {count}"] = metrics.catalog_precision(rows, asked, answers)
        return result


def describe(pairs, nearest, lengths, thresholds, least_length):
    """How often each word is said and right, so that the card can say what it means."""
    table = {}
    for name, (similarity, right, exact) in pairs.items():
        first, second, third = thresholds[name]
        levels = (("very close", first, 2.0), ("similar", second, first))
        levels += (("loosely related", third, second), ("nothing close", -2.0, third))
        for word, low, high in levels:
            inside = (similarity >= low) & (similarity < high)
            row = {"share": inside.float().mean().item()}
            if inside.any():
                row["right category"] = right[inside].float().mean().item()
                if exact is not None:
                    row["right category and colour"] = exact[inside].float().mean().item()
            table.setdefault(name, {})[word] = row
    refused = {}
    for name, value in nearest.items():
        # What is no product photo is judged as a photo taken at home.
        far = value < thresholds["catalog" if name == "catalog" or "street" not in thresholds else "street"][2]
        if least_length is not None and name in lengths:
            far |= lengths[name] < least_length
        refused[name] = far.float().mean().item()
    return {"answers": table, "nothing close at all": refused}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", required=True)
    parser.add_argument("--cache", required=True)
    parser.add_argument("--catalog", required=True)
    parser.add_argument("--street")
    parser.add_argument("--label-map")
    parser.add_argument("--street-colours", help="CSV of sha256 and groups: colours of street photos, as people see them")
    parser.add_argument("--colour-groups", default="maps/colour-groups.csv", help="CSV of group and colour")
    parser.add_argument("--checkpoint", help="another one than the run's last")
    parser.add_argument("--measure", help="a model file to measure instead of exporting")
    parser.add_argument("--vectors", help="folder that `vitrine catalog export` wrote with this model in float32")
    parser.add_argument("--name", default="fashion")
    parser.add_argument("--model-version", default="1")
    parser.add_argument("--license", default="Apache-2.0")
    parser.add_argument("--fit", default="crop", choices=("crop", "pad", "stretch"))
    parser.add_argument("--output")
    parser.add_argument("--json", help="where the figures go; measured.json of the run unless told otherwise")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads or os.cpu_count() or 1)
    run = Path(options.run)
    state = torch.load(options.checkpoint or run / "checkpoint.pt", map_location="cpu", weights_only=False)
    settings = state["recipe"]["data"]
    measured = Measured(options, settings)
    measured.lists(run)
    if options.measure:
        model, about = load_exported(options.measure)
        size, fit, details = (int(about["input_width"]), int(about["input_height"])), about["fit"], None
    else:
        train = state["recipe"]["train"]
        model = Embedder(train["architecture"], train["dimension"])
        model.load_state_dict(state["ema"])
        size, fit = tuple(state["size"]), options.fit
        details = dict(width=size[0], height=size[1], fit=fit, name=options.name, version=options.model_version)
        details["license"] = options.license
        # Measured as it will be stored.
        export(model, options.output, **details)
        model, _ = load_exported(options.output)
    result, pairs, nearest, lengths = measured.measure(model, size, fit, options.device)
    thresholds = {name: calibrate.thresholds(*pair) for name, pair in pairs.items()}
    # In a smaller catalog than this the right items of a product photo are further away: nothing is close only below both.
    least = min(third for _, _, third in thresholds.values())
    thresholds = {name: (first, second, least) for name, (first, second, _) in thresholds.items()}
    least_length = None
    if "street" in lengths:
        # The photographs stay out: they tell how well this does on what it was not made with.
        others = torch.cat([lengths[name] for name in ("drawn things", "corners")])
        least_length = calibrate.boundary(lengths["street"], others)
    if details:
        exported = Embedder(train["architecture"], train["dimension"])
        exported.load_state_dict(state["ema"])
        result["bytes"] = export(
            exported, options.output, thresholds=thresholds["catalog"], home_thresholds=thresholds.get("street"),
            least_length=least_length, **details,
        )  # fmt: skip
        result["step"], result["hours"] = state["step"], state["seconds"] / 3600
    result["thresholds"], result["least length"] = thresholds, least_length
    result["closeness"] = describe(pairs, nearest, lengths, thresholds, least_length)
    spread = lambda values: {n: np.percentile(v.numpy(), [5, 25, 50, 75, 95]).tolist() for n, v in values.items()}  # noqa: E731
    result["nearest"], result["lengths"] = spread(nearest), spread(lengths)
    text = json.dumps(result, indent=2)
    Path(options.json or run / "measured.json").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
