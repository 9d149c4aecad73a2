"""Where the time of this engine's network goes, by kind of layer, on one picture with all threads on it.

    Benchmarks/runtimes/layers.py [--model resnet50|fashion-resnet18] [--runs 60]

Needs what `make bench` made. The rate counts the operations of a direct convolution, whatever was computed.
"""

import argparse
import pathlib
import sys

import models
import sides

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=["resnet50", "fashion-resnet18"], default="resnet50")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--vitrine", type=pathlib.Path, default=ROOT / ".build/release/vitrine")
    parser.add_argument("--scratch", type=pathlib.Path, default=ROOT / ".build/bench")
    arguments = parser.parse_args()
    model = models.Model.read(arguments.scratch / f"{arguments.model}.json")
    side = sides.vitrine(arguments.vitrine, arguments.scratch, model, arguments.threads, "--profile")
    for picture in model.pictures:
        side.ask(f"load {picture}")
    side.ask("layers 5")
    answer = side.ask(f"layers {arguments.runs}")
    side.close()
    total = answer["seconds"]
    print(f"{model.title}: {total / arguments.runs * 1e3:.2f} ms a picture, {arguments.threads} threads")
    print(f"{'layer':<24}{'a picture':>10}{'ms':>8}{'share':>8}{'GFLOP/s':>9}")
    rest = total
    for layer in answer["layers"]:
        rest -= layer["seconds"]
        print(f"{layer['kind']:<24}{layer['runs'] / arguments.runs:>10.0f}"
              f"{layer['seconds'] / arguments.runs * 1e3:>8.2f}{layer['seconds'] / total:>8.1%}"
              f"{2e-9 * layer['multiplyAdds'] / layer['seconds']:>9.0f}")
    print(f"{'all else':<34}{rest / arguments.runs * 1e3:>8.2f}{rest / total:>8.1%}")


if __name__ == "__main__":
    sys.exit(main())
