"""Embeds photos as the server does: the same decoding, fit, resampling, network and normalisation, in PyTorch.

    python -m trainer.embed --model model.safetensors --output vectors.npy photo.jpg ...

Large JPEGs are decoded smaller (n/8) by the server, and here, but for 3/8, which Pillow does not have: those are decoded
in full, which the averaging that follows makes nearly the same.
"""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import preprocess  # noqa: E402

from .model import MEAN, STD, load_exported  # noqa: E402
from .pack import decode  # noqa: E402


def decode_side(width, height):
    """The shorter side that a large JPEG is still to have (`EmbeddingModel.decodeSide` of the server)."""
    return max(256, (145 * max(width, height) + 99) // 100)


def prepared(data, width, height, fit):
    """A file's bytes to the network's input: float32 of 3 x height x width."""
    image = decode(data, decode_side(width, height))
    return preprocess.normalise(preprocess.fit(np.asarray(image), (width, height), fit), MEAN, STD)


@torch.no_grad()
def embed_all(model, readers, width, height, fit, device="cpu", batch=128, progress=None):
    """Unit vectors of many photos, and how long they were before normalisation.

    readers: functions that return a file's bytes. Returns (float32 of n x dimension, float32 of n).
    """
    model = model.to(device, memory_format=torch.channels_last).eval()
    vectors, lengths = [], []
    with ThreadPoolExecutor(2) as pool:
        for start in range(0, len(readers), batch):
            part = list(pool.map(lambda read: prepared(read(), width, height, fit), readers[start : start + batch]))
            images = torch.from_numpy(np.stack(part)).to(device, memory_format=torch.channels_last)
            pooled, found = model(images)
            vectors.append(found.cpu())
            lengths.append(model.net.fc(pooled).norm(dim=1).cpu())
            if progress and start // batch % 40 == 0:
                print(f"{progress}: {start} of {len(readers)}", flush=True)
    return torch.cat(vectors), torch.cat(lengths)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--output", required=True, help=".npy, one row a photo, in order")
    parser.add_argument("photos", nargs="+")
    options = parser.parse_args(arguments)
    model, about = load_exported(options.model)
    size = int(about["input_width"]), int(about["input_height"])
    vectors, _ = embed_all(model, [Path(p).read_bytes for p in options.photos], *size, about["fit"])
    np.save(options.output, vectors.numpy())


if __name__ == "__main__":
    main()
