#!/usr/bin/env python3
"""From the bytes of a 12-megapixel JPEG to the network's input: Vitrine beside Pillow and libvips.

    make bench-decode [DECODE_FLAGS="--photo FILE ..."]

The photos are made of one of the demo catalog and of those that `--photo` names: scaled to 4000x3000 with grain, as a
phone's, and coded with colour at half the resolution. Every side first has to show nearly the same picture; then they
take turns. Writes Benchmarks/results/decoding.md. Benchmarks/README.md tells more.
"""

import argparse
import io
import json
import pathlib
import statistics
import struct
import sys
import tempfile
import time

import numpy as np
import pyvips
from PIL import Image, ImageFilter, features

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Benchmarks/runtimes"))
import machine  # noqa: E402
import sides  # noqa: E402

WIDTH, HEIGHT = 4000, 3000


def phone_photo(path, seed=1):
    """A 4000x3000 JPEG of about 2.5 MB: the picture, detail that it lacks at that size, and a sensor's grain."""
    picture = Image.open(path).convert("RGB")
    if picture.height > picture.width:
        picture = picture.rotate(90, expand=True)
    pixels = np.asarray(picture.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)).astype(np.float32)
    numbers = np.random.default_rng(seed)
    for size in [1, 2, 4]:
        grain = numbers.standard_normal((HEIGHT // size, WIDTH // size), dtype=np.float32) * 3
        pixels += np.asarray(Image.fromarray(grain).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))[..., None]
    buffer = io.BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=90, subsampling="4:2:0")
    return buffer.getvalue()


class Input:
    """Where the model wants a picture: the size of its input, and how the shape is brought to that."""

    def __init__(self, model):
        data = model.read_bytes()
        about = json.loads(data[8:8 + struct.unpack("<Q", data[:8])[0]])["__metadata__"]
        self.width, self.height = int(about["input_width"]), int(about["input_height"])
        self.fit = about["fit"]

    def placement(self, width, height):
        """The part that is taken of a picture, and its size in the input; as `ImageFit` in Sources/ImageCodecs."""
        if self.fit == "stretch":
            return (0, 0, width, height), (self.width, self.height)
        if self.fit == "pad":
            scale = min(self.width / width, self.height / height)
            return (0, 0, width, height), (round(width * scale), round(height * scale))
        scale = max(self.width / width, self.height / height)
        across, down = self.width / scale, self.height / scale
        x, y = (width - across) / 2, (height - down) / 2
        return (x, y, x + across, y + down), (self.width, self.height)


def pillow(data, target):
    """Decoded at n/8 with at least two pixels for each one wanted, as `Image.thumbnail` does, then resized."""
    image = Image.open(io.BytesIO(data))
    box, size = target.placement(*image.size)
    scale = 2 * max(size[0] / (box[2] - box[0]), size[1] / (box[3] - box[1]))
    image.draft("RGB", (int(image.width * scale), int(image.height * scale)))
    box, size = target.placement(*image.size)
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR, box=box, reducing_gap=2.0))


def libvips(data, target):
    """`vips thumbnail`, which decodes a JPEG at n/8 where it can."""
    options = {"crop": {"crop": "centre"}, "stretch": {"size": "force"}, "pad": {}}[target.fit]
    image = pyvips.Image.thumbnail_buffer(data, target.width, height=target.height, **options)
    return np.frombuffer(image.write_to_memory(), np.uint8).reshape(image.height, image.width, image.bands)


def timed(decode, data, target):
    start = time.perf_counter()
    decode(data, target)
    return (time.perf_counter() - start) * 1000


def differences(vitrine, data, number, target):
    """The mean difference of values, of 255, between this engine's picture and each other's, both blurred: libvips has
    a sharper filter, and cuts at whole pixels."""
    planes = np.array(vitrine.ask(f"planes {number}")["planes"], np.float32).reshape(3, target.height, target.width)
    own, found = planes.transpose(1, 2, 0), {}
    for name, decode in [("Pillow", pillow), ("libvips", libvips)]:
        other = decode(data, target)
        y, x = (own.shape[0] - other.shape[0]) // 2, (own.shape[1] - other.shape[1]) // 2
        part = own[y:y + other.shape[0], x:x + other.shape[1]].round().clip(0, 255).astype(np.uint8)
        found[name] = float(np.abs(blurred(part) - blurred(other)).mean())
    return found


def blurred(pixels):
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(3))).astype(np.float32)


def measure(executable, model, target, photos, scratch, rounds):
    """For each photo the milliseconds of each side, and how much the pictures differ."""
    results = []
    for number, (name, data) in enumerate(photos):
        path = scratch / f"{number}.jpg"
        path.write_bytes(data)
        vitrine = sides.Side("Vitrine", [executable, "bench", "--model", model.stem])
        vitrine.ask(f"load {path}")
        vitrine.ask(f"read {path}")
        differ = differences(vitrine, data, 0, target)
        times = {"Vitrine": [], "Pillow": [], "libvips": []}
        runs = [("Vitrine", lambda: vitrine.ask("decode 1")["milliseconds"][0]),
                ("Pillow", lambda: timed(pillow, data, target)), ("libvips", lambda: timed(libvips, data, target))]
        for turn in range(-3, rounds):
            for side, run in runs[turn % 3:] + runs[:turn % 3]:
                milliseconds = run()
                if turn >= 0:
                    times[side].append(milliseconds)
        vitrine.close()
        results.append((name, len(data), times, differ))
    return results


def report(results, target, rounds):
    """Markdown."""
    yield "# From a 12-megapixel JPEG to the network's input\n"
    yield "Written by `make bench-decode`; [Benchmarks/README.md](../README.md) says what is measured.\n"
    yield (f"4000x3000, 4:2:0, quality 90, in memory, to {target.width}x{target.height} ({target.fit}); "
           f"{rounds} rounds.\n")
    yield "| photo | side | median ms | p90 ms | Vitrine's time over this | mean difference, blurred |"
    yield "|---|---|---:|---:|---:|---:|"
    for name, size, times, differ in results:
        own = statistics.median(times["Vitrine"])
        for side, values in times.items():
            median, p90 = statistics.median(values), sorted(values)[int(len(values) * 0.9)]
            difference = f"{differ[side]:.1f}" if side in differ else ""
            yield (f"| {name}, {size / 1e6:.1f} MB | {side} | {median:.1f} | {p90:.1f} | {own / median:.2f} "
                   f"| {difference} |")
    versions = {
        "Pillow": f"{Image.__version__} (libjpeg-turbo {features.version('libjpeg_turbo')})",
        "libvips": ".".join(str(pyvips.version(part)) for part in range(3)), "pyvips": pyvips.__version__}
    yield "\n| | |\n|---|---|"
    for key, value in machine.describe(versions):
        yield f"| {key} | {value} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photo", type=pathlib.Path, action="extend", nargs="+", default=[],
                        help="pictures to make more photos of; one that is a 4000x3000 JPEG is taken as it is")
    parser.add_argument("--rounds", type=int, default=41)
    arguments = parser.parse_args()

    drawn = sorted((ROOT / "catalog/images").glob("*.jpg"))[0]
    photos = [("drawn", phone_photo(drawn))]
    for number, path in enumerate(arguments.photo, 1):
        with Image.open(path) as image:
            ready = image.format == "JPEG" and image.size == (WIDTH, HEIGHT)
        photos.append((f"real {number}", path.read_bytes() if ready else phone_photo(path)))
    pyvips.cache_set_max(0)  # Or it would answer the second time from memory.
    model = ROOT / "Weights/fashion-resnet34.safetensors"
    target = Input(model)
    with tempfile.TemporaryDirectory() as scratch:
        results = measure(str(ROOT / ".build/release/vitrine"), model, target, photos, pathlib.Path(scratch),
                          arguments.rounds)
    text = "\n".join(report(results, target, arguments.rounds)) + "\n"
    print(text)
    worst = max(max(differ.values()) for _, _, _, differ in results)
    if worst > 3:
        sys.exit(f"the sides do not show the same picture: a mean difference of {worst:.1f} of 255")
    (ROOT / "Benchmarks/results/decoding.md").write_text(text)


if __name__ == "__main__":
    main()
