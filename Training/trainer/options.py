"""What the command line and the recipe say."""

import argparse
import ast
import tomllib

import torch


def read_recipe(path, changes=()):
    with open(path, "rb") as file:
        recipe = tomllib.load(file)
    for change in changes:
        key, _, text = change.partition("=")
        *path, name = key.split(".")
        section = recipe
        for part in path:
            section = section.get(part) if isinstance(section, dict) else None
        if not isinstance(section, dict) or name not in section:
            raise SystemExit(f"The recipe has no {key}.")
        try:
            section[name] = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            section[name] = text
    return recipe


def pick_device(wanted):
    if wanted != "auto":
        return torch.device(wanted)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def parser():
    result = argparse.ArgumentParser(description="Trains an embedding.")
    result.add_argument("--recipe", required=True)
    result.add_argument("--run", required=True, help="folder for checkpoints and curves")
    result.add_argument("--cache", required=True, help="folder for the packed photos")
    result.add_argument("--catalog", required=True, help="folder or zip with styles.csv or items.csv")
    result.add_argument("--street", help="folder or zip with images.csv: photos taken at home")
    result.add_argument("--label-map", help="CSV that says which categories fit a street photo's label")
    result.add_argument("--drawn", help="a second catalog, trained on and never held out")
    result.add_argument("--drawn-map", help="CSV that renames the categories of the second catalog")
    result.add_argument("--teacher", help="folder with teacher-catalog.npy and teacher-street.npy")
    result.add_argument("--init", help="safetensors file to start from")
    result.add_argument("--device", default="auto")
    result.add_argument("--threads", type=int, default=0)
    result.add_argument("--stop", type=int, help="stop after this many steps, to go on later")
    result.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE", help="changes the recipe")
    return result
