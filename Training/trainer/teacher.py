"""Features of an ImageNet MobileNetV2 for distillation, computed once and kept in a .npy.

    python -m trainer.teacher --model mobilenet_v2_1.0_224_int8.tflite --photos catalog.zip --output features.npy

Needs ai-edge-litert, which nothing else of the training does. One row a photo in the order of the table, F16, 1,280
numbers. A run that was stopped goes on where it was.
"""

import argparse
import io
from pathlib import Path

import numpy as np
from PIL import Image

from .sources import DataError, read_catalog, read_street

#: The tensor of the pooled features, before the classifier.
POOLED = 172


def read_photos(path):
    try:
        return read_catalog(path)
    except DataError:
        return read_street(path)


class Teacher:
    """The network: a photo in, 1,280 numbers out."""

    def __init__(self, path, threads=2):
        from ai_edge_litert.interpreter import Interpreter

        self.net = Interpreter(str(path), num_threads=threads, experimental_preserve_all_tensors=True)
        self.net.allocate_tensors()
        self.input = self.net.get_input_details()[0]["index"]
        details = next(d for d in self.net.get_tensor_details() if d["index"] == POOLED)
        self.scale, self.zero = details["quantization"]

    def features(self, image):
        small = np.asarray(image.convert("RGB").resize((224, 224), Image.Resampling.BILINEAR), dtype=np.uint8)
        self.net.set_tensor(self.input, small[None])
        self.net.invoke()
        raw = self.net.get_tensor(POOLED).reshape(-1).astype(np.float32)
        return ((raw - self.zero) * self.scale).astype(np.float16)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--photos", required=True, help="a catalog or street photos, folder or zip")
    parser.add_argument("--output", required=True)
    options = parser.parse_args()
    photos = read_photos(options.photos)
    output = Path(options.output)
    partial = output.with_suffix(".partial.npy")
    if partial.exists():
        rows = np.load(partial, mmap_mode="r+")
    else:
        rows = np.lib.format.open_memmap(partial, "w+", np.float16, (len(photos), 1280))
    if rows.shape != (len(photos), 1280):
        raise SystemExit(f"{partial} belongs to other photos; remove it.")
    teacher = Teacher(options.model)
    # Pooled outputs of a ReLU are never all zero, so an empty row is one still to do.
    for number, photo in enumerate(photos):
        if not rows[number].any():
            rows[number] = teacher.features(Image.open(io.BytesIO(photo.bytes())))
        if number % 1000 == 0:
            rows.flush()
            print(f"{number} of {len(photos)}", flush=True)
    rows.flush()
    partial.rename(output)


if __name__ == "__main__":
    main()
