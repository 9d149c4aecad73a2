"""Makes one network of several that were trained from the same one: the mean of their weights (Wortsman et al., 2022).

    python -m trainer.average --runs runs/first runs/second --output runs/both

The result can be finished and not gone on with.
"""

import argparse
from pathlib import Path

import torch

from . import curves


def mean(states):
    """The mean of networks' states, value by value; what is no floating-point number is taken from the last."""
    result = dict(states[-1])
    for name, value in result.items():
        if value.is_floating_point():
            result[name] = sum(state[name].double() for state in states).div(len(states)).to(value.dtype)
    return result


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", required=True, nargs="+", help="folders with checkpoints, the last run last")
    parser.add_argument("--output", required=True, help="folder for the mean")
    options = parser.parse_args(arguments)
    states = [torch.load(Path(r) / "checkpoint.pt", map_location="cpu", weights_only=False) for r in options.runs]
    shapes = [{name: value.shape for name, value in state["ema"].items()} for state in states]
    if any(other != shapes[0] for other in shapes):
        raise SystemExit("The runs are of different networks.")
    kept = {name: states[-1][name] for name in ("step", "history", "recipe", "classes", "size")}
    kept["seconds"] = sum(state["seconds"] for state in states)
    kept["ema"] = mean([state["ema"] for state in states])
    output = Path(options.output)
    output.mkdir(parents=True, exist_ok=True)
    torch.save(kept, output / "checkpoint.pt")
    curves.draw(kept["history"], output / "curves.svg")


if __name__ == "__main__":
    main()
