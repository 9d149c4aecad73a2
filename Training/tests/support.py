"""What the tests share: a small shop, and a recipe for it."""

import os
import tempfile
import unittest
from pathlib import Path

from tests import shop

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "Weights/fashion-resnet18.safetensors"

RECIPE = """
[data]
seed = 1
held_out_catalog = 0.2
held_out_street = 0.3
category_power = 0.75
label_power = 0.5
drawn_share = 0.1
least_names = 5
watch_gallery = 1000
watch_queries = 100
[train]
architecture = "resnet18"
dimension = 16
init = ""
fresh = ["layer4", "fc"]
seed = 1
items = 8
pairs = 3
street = 4
street_pairs = 2
memory = 64
rate = 1e-3
rate_fresh = 1e-3
decay = 0.05
clip = 5.0
ema = 0.9
scale = 20.0
margin = 0.1
bfloat16 = false
[loss]
smoothing = 0.05
temperature = 0.1
colour_gain = 3.0
gender_gain = 1.0
[loss.weights]
category = 1.0
[schedule]
phases = [[32, 40, 3], [48, 64, 3]]
warmup = 2
cooldown = 2
log_every = 1
measure_minutes = 100
save_minutes = 100
[augment]
rotation = 20.0
"""


def vitrine():
    """The server's program, if it is built."""
    path = Path(os.environ.get("VITRINE", ROOT / ".build/release/vitrine"))
    return path if path.exists() else None


class Shop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = shop.build(cls.temporary.name)
        (cls.folder / "recipe.toml").write_text(RECIPE)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def arguments(self, run, *more):
        return [
            "--recipe", str(self.folder / "recipe.toml"), "--run", str(self.folder / run),
            "--cache", str(self.folder / "cache"), "--catalog", str(self.folder / "catalog"),
            "--street", str(self.folder / "street"), "--label-map", str(self.folder / "map.csv"),
            "--device", "cpu", "--threads", "1", *more,
        ]  # fmt: skip
