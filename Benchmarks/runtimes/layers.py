"""Where the time of this engine's network goes, by kind of layer, on one picture with all threads on it.

    make bench-layers

Needs the models that `make bench` makes, and writes Benchmarks/results/layers.md. The rate counts the operations of a
direct convolution, whatever was computed; its share of the peak takes the best rate of `sgemm` on as many threads.
"""

import argparse
import pathlib
import sys

import machine
import models
import sides

ROOT = pathlib.Path(__file__).resolve().parents[2]


def kind(layer):
    """A layer's window and stride, without its channels."""
    window, _, *stride = layer.split(" ")
    return " ".join([window, *stride]).replace("/", "stride ")


def rows(layers, runs, seconds, peak):
    """Lines of a table: what, times a picture, milliseconds, share of the time, GFLOP/s, share of the peak."""
    rest = seconds
    for name, count, spent, operations in layers:
        rest -= spent
        rate = 2e-9 * operations / spent
        yield (name, f"{count / runs:.0f}", f"{spent / runs * 1e3:.2f}", f"{spent / seconds:.1%}", f"{rate:.0f}",
               f"{rate / peak:.0%}")
    yield ("pooling, head, all else", "", f"{rest / runs * 1e3:.2f}", f"{rest / seconds:.1%}", "", "")


def by_kind(layers):
    """The sums of layers of the same kind, most time first."""
    sums = {}
    for layer in layers:
        name = kind(layer["kind"])
        _, count, spent, operations = sums.get(name, (name, 0, 0, 0))
        sums[name] = (name, count + layer["runs"], spent + layer["seconds"], operations + layer["multiplyAdds"])
    return sorted(sums.values(), key=lambda entry: -entry[2])


def measure(arguments, model, peak):
    """Markdown for one model."""
    side = sides.vitrine(arguments.vitrine, arguments.scratch, model, arguments.threads, "--profile")
    for picture in model.pictures:
        side.ask(f"load {picture}")
    side.ask("layers 10")
    answer = side.ask(f"layers {arguments.runs}")
    side.close()
    seconds, layers = answer["seconds"], answer["layers"]
    lines = [f"## {model.title}", "",
             f"{seconds / arguments.runs * 1e3:.2f} ms a picture; by kind of layer, then each.", ""]
    each = [(layer["kind"], layer["runs"], layer["seconds"], layer["multiplyAdds"]) for layer in layers]
    for table in [by_kind(layers), each]:
        lines += ["| layer | in a picture | ms | share | GFLOP/s | of peak |", "|---|---:|---:|---:|---:|---:|"]
        lines += ["| " + " | ".join(row) + " |" for row in rows(table, arguments.runs, seconds, peak)] + [""]
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--vitrine", type=pathlib.Path, default=ROOT / ".build/release/vitrine")
    parser.add_argument("--scratch", type=pathlib.Path, default=ROOT / ".build/bench")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "Benchmarks/results/layers.md")
    arguments = parser.parse_args()
    products = sides.products(arguments.threads)
    peak = max(max(products.ask("peak 3")["gflops"]) for _ in range(12))
    products.close()
    lines = ["# Where the time goes, by layer", "", f"{arguments.threads} threads, one picture at a time; the peak is "
             f"{peak:.0f} GFLOP/s, the best measured `sgemm`. 3x3 layers of stride 1 on maps that are large enough take "
             "a quarter of the products (Winograd), and so can pass the peak.", ""]
    for name in ["resnet50", "fashion-resnet34"]:
        lines += measure(arguments, models.Model.read(arguments.scratch / f"{name}.json"), peak)
    lines += ["## Machine", ""] + [f"- {name}: {value}" for name, value in machine.describe({}) if value]
    text = "\n".join(lines) + "\n"
    print(text)
    arguments.output.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
