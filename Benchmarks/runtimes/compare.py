"""Measures this engine beside onnxruntime, OpenVINO and PyTorch, in one run and in turns.

    make bench                       # everything; some minutes
    make bench BENCH_FLAGS=--quick   # does it work? figures mean little

For each model: all sides are started and given the same pictures; their embeddings must agree; each of the others is
asked for its fastest way to take 64 pictures; then, round by round, every side is measured once, in an order that moves
on by one each round. Writes a table to the screen, and Markdown and an SVG chart to Benchmarks/results.

Exit status 1 if the embeddings differ or a side fails.
"""

import argparse
import dataclasses
import pathlib
import statistics
import sys
import time

import int8
import machine
import models
import report
import sides

ROOT = pathlib.Path(__file__).resolve().parents[2]
OWN_MODE = "some pictures a thread"
PAUSE = 0.3
"""Seconds between two sides: threads of some runtimes spin for a while after their work."""


@dataclasses.dataclass
class Plan:
    """How much is measured."""

    threads: int
    rounds: int
    latencies: int
    """Single pictures a round."""
    pictures: int
    """Pictures at once, once a round."""

    def __str__(self):
        return (f"{self.threads} threads a side, {self.rounds} rounds of {self.latencies} single pictures and "
                f"{self.pictures} at once")


def cosine(a, b):
    """Of two unit vectors."""
    return sum(x * y for x, y in zip(a, b))


def check(present, model):
    """Ends the run unless all sides give the same embeddings; returns the least cosine to the first side's."""
    expected = [present[0].ask(f"embed {index}")["embedding"] for index in range(len(model.pictures))]
    least = 1.0
    for side in present[1:]:
        for index, vector in enumerate(expected):
            found = cosine(vector, side.ask(f"embed {index}")["embedding"])
            least = min(least, found)
            if not found > 0.9999:
                raise sides.SideError(f"{side.name} disagrees with {present[0].name}: cosine {found:.6f}, {model.name}")
    others = max(cosine(expected[0], vector) for vector in expected[1:])
    print(f"  same embeddings: least cosine {least:.7f} (different pictures: up to {others:.3f})", flush=True)
    return least


def agreement(present, reference, model):
    """Each side's mean and least cosine to the embeddings of `reference`; ends the run if one is another network."""
    found = {}
    for side in present:
        cosines = [cosine(side.ask(f"embed {index}")["embedding"], reference.ask(f"embed {index}")["embedding"])
                   for index in range(len(model.pictures))]
        found[side.name] = (statistics.mean(cosines), min(cosines))
        if not min(cosines) > 0.9:
            raise sides.SideError(f"{side.name} is far from float32: cosine {min(cosines):.4f}, {model.title}")
    print("  cosine to float32, mean and least: " + ", ".join(
        f"{name} {mean:.4f} {least:.4f}" for name, (mean, least) in found.items()), flush=True)
    return found


def fastest_modes(scratch, model, plan, kinds):
    """For each of the others, its fastest way to take many pictures, found in processes of their own."""
    chosen = {}
    for kind in kinds:
        title = sides.TITLES[kind]
        side = sides.runtime(kind, scratch, model, plan.threads)
        load(side, model)
        seconds = {}
        for mode in side.facts["modes"]:
            side.ask(f"mode {mode}")
            side.ask(f"throughput {min(plan.pictures, 16)}")
            seconds[mode] = min(side.ask(f"throughput {plan.pictures}")["seconds"] for _ in range(2))
        side.close()
        chosen[kind] = min(seconds, key=seconds.get)
        listed = ", ".join(f"{mode} {value:.2f} s" for mode, value in seconds.items())
        print(f"  {title}, {plan.pictures} pictures: {listed}", flush=True)
    return chosen


def load(side, model):
    for picture in model.pictures:
        side.ask(f"load {picture}")


def measure(executable, scratch, model, plan, peaks):
    """All sides on one model, in single precision."""
    print(f"\n{model.title}", flush=True)
    modes = fastest_modes(scratch, model, plan, sides.TITLES)
    present = [sides.vitrine(executable, scratch, model, plan.threads)]
    present += [sides.runtime(kind, scratch, model, plan.threads, mode) for kind, mode in modes.items()]
    try:
        for side in present:
            load(side, model)
        least = check(present, model)
        results = in_turns(present, [OWN_MODE, *modes.values()], plan, peaks)
    finally:
        for side in present:
            side.close()
    return report.Comparison(model, plan, results, least)


def measure_int8(executable, scratch, model, plan, peaks):
    """The sides that know int8 on one model, and this engine in single precision."""
    quantised = int8.prepare(model, scratch, executable)
    print(f"\n{quantised.title}", flush=True)
    modes = fastest_modes(scratch, quantised, plan, ["onnxruntime", "openvino"])
    present = [
        sides.vitrine(executable, scratch, model, plan.threads, precision="int8"),
        *[sides.runtime(kind, scratch, quantised, plan.threads, mode) for kind, mode in modes.items()],
        sides.vitrine(executable, scratch, model, plan.threads, name=report.REFERENCE)]
    try:
        for side in present:
            load(side, model)
        cosines = agreement(present[:-1], present[-1], quantised)
        results = in_turns(present, [OWN_MODE, *modes.values(), OWN_MODE], plan, peaks)
    finally:
        for side in present:
            side.close()
    return report.Comparison(quantised, plan, results, cosines=cosines)


def in_turns(present, modes, plan, peaks):
    """What the sides show round by round; `modes` are the names of their ways to take many pictures."""
    results = {side.name: report.Result(side.name, side.facts.get("version", "")) for side in present}
    for side, mode in zip(present, modes):
        results[side.name].mode = mode
        side.ask("latency 5")
        results[side.name].single_megabytes = side.peak_megabytes()
        side.ask(f"throughput {min(plan.pictures, 16)}")
    for turn in range(plan.rounds):
        order = present[turn % len(present):] + present[:turn % len(present)]
        for side in order:
            time.sleep(PAUSE)
            milliseconds = side.ask(f"latency {plan.latencies}")["milliseconds"]
            results[side.name].milliseconds += milliseconds
            results[side.name].round_medians.append(statistics.median(milliseconds))
            results[side.name].seconds.append(side.ask(f"throughput {plan.pictures}")["seconds"])
        for side in peaks:
            time.sleep(PAUSE)
            peaks[side] += side.ask("peak 3")["gflops"]
        print(f"  round {turn + 1} of {plan.rounds}: " + ", ".join(
            f"{name} {found.round_medians[-1]:.1f} ms, {plan.pictures / found.seconds[-1]:.0f}/s"
            for name, found in results.items()), flush=True)
    for side in present:
        results[side.name].all_megabytes = side.peak_megabytes()
    return list(results.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a smoke run; writes results only to --output")
    parser.add_argument("--model", choices=["resnet50", "fashion-resnet34"], help="only this one")
    parser.add_argument("--precision", choices=["float32", "int8"], help="only this one")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--vitrine", type=pathlib.Path, default=ROOT / ".build/release/vitrine")
    parser.add_argument("--scratch", type=pathlib.Path, default=ROOT / ".build/bench")
    parser.add_argument("--output", type=pathlib.Path, help="folder for Markdown and SVG")
    arguments = parser.parse_args()
    arguments.scratch.mkdir(parents=True, exist_ok=True)
    plan = Plan(arguments.threads, arguments.rounds or 12, latencies=15, pictures=64)
    if arguments.quick:
        plan = Plan(arguments.threads, arguments.rounds or 2, latencies=5, pictures=16)
    load_before = machine.load()
    chosen = [model for model in models.prepare(arguments.scratch, arguments.vitrine)
              if arguments.model in (None, model.name)]
    peaks = {sides.products(threads): [] for threads in sorted({1, plan.threads})}
    try:
        comparisons = [
            one(arguments.vitrine, arguments.scratch, model, plan, peaks)
            for name, one in [("float32", measure), ("int8", measure_int8)] if arguments.precision in (None, name)
            for model in chosen]
    except sides.SideError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    finally:
        for side in peaks:
            side.close()
    # The best of many: anything that disturbs only lowers it.
    gflops = {threads: max(found) for threads, found in zip(sorted({1, plan.threads}), peaks.values())}
    versions = {result.name: result.version for result in comparisons[0].results if result.version}
    facts = machine.describe(versions) + [("Load average before", f"{load_before:.2f}")]
    print()
    print(report.screen(comparisons, gflops))
    output = arguments.output or (None if arguments.quick else ROOT / "Benchmarks/results")
    if output:
        for path in report.write(output, comparisons, gflops, facts):
            print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
