"""Brings the training photos to another machine in one small file (both data sets of the shipped model: 64 MB, or 140
with products' photos as they are, which costs no precision).

    python -m trainer.trip pack --cache cache --teacher features --output trip.npz
    python -m trainer.trip unpack --input trip.npz --cache cache
    python -m trainer.trip bring --run run --output parts      # there: what `trainer.finish` needs, in files of 15 MB
    python -m trainer.trip receive --input parts --run run     # here: the run's folder again

The small pictures travel as lossy WebP, unless `pack` is told the catalog's place with `--catalog`; then the files of its
photos travel as they are. The teacher's features travel as their 128 main components in 8 bits. After `unpack` the folder holds what `trainer.train` takes for `--cache` and `--teacher`; it needs no catalog then.
"""

import argparse
import io
import json
import lzma
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from . import curves, pack
from .sources import read_catalog

KINDS = ("catalog", "drawn", "street")
COMPONENTS = 128


def encoded(picture, box, quality):
    x, y, w, h = (int(v) for v in box)
    buffer = io.BytesIO()
    Image.fromarray(picture[y : y + h, x : x + w]).save(buffer, "WEBP", quality=quality, method=4)
    return np.frombuffer(buffer.getvalue(), np.uint8)


def reduced(features):
    """(8-bit numbers n x 128, scale of each component, components x width, mean)."""
    wide = features.astype(np.float32)
    mean = wide.mean(0)
    wide -= mean
    _, vectors = np.linalg.eigh(wide.T @ wide)
    main = vectors[:, ::-1][:, :COMPONENTS].T.copy()
    short = wide @ main.T
    scale = np.maximum(np.abs(short).max(0) / 127, 1e-9)
    return (short / scale).round().astype(np.int8), scale.astype(np.float32), mean


def blobs_of(kind, data, quality, catalog):
    """A picture's bytes each: the photo's file as it is, or WebP."""
    if kind == "catalog" and catalog:
        photos = {photo.id: photo for photo in read_catalog(catalog)}
        return [np.frombuffer(photos[name].bytes(), np.uint8) for name in data.ids]
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda row: encoded(data.pictures[row], data.boxes[row], quality), range(len(data))))


def pack_trip(cache, teacher, output, quality=75, catalog=None):
    arrays = {}
    for kind in KINDS:
        path = Path(cache) / f"{kind}.npz"
        if not path.exists():
            continue
        data = pack.load(path)
        blobs = blobs_of(kind, data, quality, catalog)
        texts = {name: getattr(data, name) for name in ("ids", "hashes", *pack.LABELS)}
        arrays[f"{kind}.blob"] = np.concatenate(blobs)
        arrays[f"{kind}.sizes"] = np.array([len(b) for b in blobs], np.uint32)
        arrays[f"{kind}.boxes"] = data.boxes
        arrays[f"{kind}.canvas"] = np.array(data.pictures.shape[1:3])
        arrays[f"{kind}.texts"] = np.frombuffer(lzma.compress(json.dumps(texts).encode()), np.uint8)
        if kind == "street":
            # Products' backgrounds are found again by what is white; these were found at half of the size or less.
            arrays["street.masks"] = np.frombuffer(lzma.compress(data.masks[:, ::2].tobytes()), np.uint8)
            arrays["street.colours"] = (np.load(Path(cache) / "street-colours.npy") * 255).round().astype(np.uint8)
        features = Path(teacher) / f"teacher-{kind}.npy" if teacher else None
        if features and features.exists():
            short, scale, _ = reduced(np.load(features))
            arrays[f"{kind}.teacher"], arrays[f"{kind}.scale"] = short, scale
    if teacher and "street.teacher" in arrays and "catalog.teacher" in arrays:
        # Both in the components of both.
        both = np.concatenate([np.load(Path(teacher) / f"teacher-{k}.npy") for k in ("catalog", "street")])
        short, scale, _ = reduced(both)
        count = len(arrays["catalog.teacher"])
        arrays["catalog.teacher"], arrays["street.teacher"] = short[:count], short[count:]
        arrays["catalog.scale"] = arrays["street.scale"] = scale
    partial = Path(output).with_suffix(".partial.npz")
    np.savez(partial, **arrays)
    partial.rename(output)
    return Path(output).stat().st_size


def unpacked(blob, sizes, boxes, canvas):
    """The pictures again, in their places on white: uint8 of n x height x width x 3."""
    pictures = np.full((len(sizes), *canvas, 3), 255, np.uint8)
    ends = np.cumsum(sizes.astype(np.int64))

    def place(row):
        x, y, w, h = boxes[row]
        data = blob[ends[row] - sizes[row] : ends[row]].tobytes()
        pictures[row, y : y + h, x : x + w] = pack.shrink(pack.decode(data), (w, h))[0]

    with ThreadPoolExecutor() as pool:
        list(pool.map(place, range(len(sizes))))
    return pictures


def unpack_trip(source, cache):
    cache = Path(cache)
    with np.load(source) as arrays:
        for kind in KINDS:
            if f"{kind}.blob" not in arrays:
                continue
            blob, sizes, boxes = (arrays[f"{kind}.{name}"] for name in ("blob", "sizes", "boxes"))
            height, width = arrays[f"{kind}.canvas"].tolist()
            pictures = unpacked(blob, sizes, boxes, (height, width))
            if kind == "street":
                packed = np.frombuffer(lzma.decompress(arrays["street.masks"].tobytes()), np.uint8)
                masks = packed.reshape(len(sizes), height // 2, -1).repeat(2, axis=1)
                np.save(cache / "street-colours.npy", (arrays["street.colours"] / 255).astype(np.float16))
            else:
                masks = np.packbits(pack.background(pictures), axis=-1)
            texts = json.loads(lzma.decompress(arrays[f"{kind}.texts"].tobytes()))
            pack.save(pack.Pack(pictures, boxes, masks, **texts), cache / f"{kind}.npz")
            if f"{kind}.teacher" in arrays:
                features = arrays[f"{kind}.teacher"] * arrays[f"{kind}.scale"]
                np.save(cache / f"teacher-{kind}.npy", features.astype(np.float16))


def bring(run, output, part=15_000_000):
    """Writes the averaged weights in F16, with what is known of the run, in parts of some bytes."""
    state = torch.load(Path(run) / "checkpoint.pt", map_location="cpu", weights_only=False)
    kept = {name: state[name] for name in ("step", "seconds", "history", "recipe", "classes", "size")}
    kept["ema"] = {name: v.half() if v.is_floating_point() else v for name, v in state["ema"].items()}
    buffer = io.BytesIO()
    torch.save(kept, buffer)
    output = Path(output)
    output.mkdir(parents=True, exist_ok=True)
    data = buffer.getvalue()
    for number, start in enumerate(range(0, len(data), part)):
        (output / f"part-{number:02}").write_bytes(data[start : start + part])


def receive(source, run):
    """Puts the parts together: a checkpoint that can be finished and not gone on with."""
    Path(run).mkdir(parents=True, exist_ok=True)
    data = b"".join(part.read_bytes() for part in sorted(Path(source).glob("part-*")))
    state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=False)
    curves.draw(state["history"], Path(run) / "curves.svg")
    (Path(run) / "history.json").write_text(json.dumps({"hours": state["seconds"] / 3600, "history": state["history"]}))
    (Path(run) / "checkpoint.pt").write_bytes(data)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    packing = commands.add_parser("pack")
    packing.add_argument("--cache", required=True)
    packing.add_argument("--teacher")
    packing.add_argument("--output", required=True)
    packing.add_argument("--quality", type=int, default=75)
    packing.add_argument("--catalog", help="the folder or zip that the cache was made of; its photos travel as they are")
    unpacking = commands.add_parser("unpack")
    unpacking.add_argument("--input", required=True)
    unpacking.add_argument("--cache", required=True)
    bringing = commands.add_parser("bring")
    bringing.add_argument("--run", required=True)
    bringing.add_argument("--output", required=True)
    receiving = commands.add_parser("receive")
    receiving.add_argument("--input", required=True)
    receiving.add_argument("--run", required=True)
    options = parser.parse_args(arguments)
    if options.command == "pack":
        size = pack_trip(options.cache, options.teacher, options.output, options.quality, options.catalog)
        print(f"{options.output}: {size / 1e6:.1f} MB")
    elif options.command == "unpack":
        unpack_trip(options.input, options.cache)
    elif options.command == "bring":
        bring(options.run, options.output)
    else:
        receive(options.input, options.run)


if __name__ == "__main__":
    main()
