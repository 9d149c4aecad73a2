"""Networks, runs, and the server beside them; without the real data."""

import json
import subprocess
import unittest

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from tests import shop
from tests.support import SHIPPED, Shop, vitrine
from trainer import adapt, augment, embed, finish, model, options, train


class Models(Shop):
    def test_a_folded_file_gives_the_same_features_and_still_does_in_training(self):
        torch.manual_seed(1)
        source = model.Embedder("resnet18", 8)
        images = torch.randn(16, 3, 64, 48)
        source.train()
        for _ in range(3):
            source.pooled(images * 1.5)
        source.eval()
        folded = {}
        modules = dict(source.net.named_modules())
        for name, module in modules.items():
            if isinstance(module, torch.nn.Conv2d):
                norm = modules[model.norm_of(name)]
                scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
                folded[name + ".weight"] = (module.weight * scale[:, None, None, None]).detach().contiguous()
                folded[name + ".bias"] = (norm.bias - norm.running_mean * scale).detach()
        path = self.folder / "folded.safetensors"
        save_file(folded, str(path))
        target = model.Embedder("resnet18", 8).eval()
        _, convolutions = model.initialise(target, path)
        self.assertEqual(len(convolutions), 20)
        with torch.no_grad():
            wanted = source.pooled(images)
            torch.testing.assert_close(target.pooled(images), wanted, atol=1e-4, rtol=1e-3)
            model.settle(target, convolutions, images)
            torch.testing.assert_close(target.pooled(images), wanted, atol=1e-3, rtol=1e-2)
            target.train()
            torch.testing.assert_close(target.pooled(images), wanted, atol=1e-2, rtol=5e-2)

    def test_a_deeper_network_begins_as_the_shallower_one_where_that_has_stages(self):
        torch.manual_seed(2)
        shallow = model.Embedder("resnet18", 8).eval()
        path = self.folder / "stages.safetensors"
        kept = ("conv1.", "bn1.", "layer1.", "layer2.", "layer3.")
        save_file({k: v for k, v in shallow.net.state_dict().items() if k.startswith(kept)}, str(path))
        deep = model.Embedder("resnet34", 8).eval()
        model.initialise(deep, path)
        images = torch.randn(2, 3, 64, 48)

        def stages(net):
            x = net.maxpool(net.relu(net.bn1(net.conv1(images))))
            return net.layer3(net.layer2(net.layer1(x)))

        with torch.no_grad():
            torch.testing.assert_close(stages(deep.net), stages(shallow.net))
        self.assertGreater(deep.net.layer4[2].bn2.weight.abs().sum().item(), 0, "a stage of its own begins as usual")

    def test_an_exported_file_says_what_the_server_wants_to_know(self):
        net = model.Embedder("resnet18", 32)
        path = self.folder / "exported.safetensors"
        size = model.export(net, path, width=48, height=64, fit="crop", name="a-test", thresholds=(0.9, 0.8, 0.5))
        self.assertLess(size, 50e6)
        with safe_open(str(path), "pt") as file:
            about = file.metadata()
            self.assertEqual(file.get_tensor("fc.weight").dtype, torch.float16)
        self.assertEqual(about["closeness_thresholds"], "0.9000,0.8000,0.5000")
        self.assertEqual((about["input_width"], about["dimension"], about["embedding"]), ("48", "32", "fc"))
        again, _ = model.load_exported(path)
        images = torch.randn(2, 3, 64, 48)
        torch.testing.assert_close(again(images)[1], net.eval()(images)[1], atol=5e-3, rtol=5e-2)


class Running(Shop):
    def test_a_run_that_was_stopped_ends_as_one_that_was_not(self):
        train.main(self.arguments("whole"))
        train.main(self.arguments("parts", "--stop", "2"))
        train.main(self.arguments("parts", "--stop", "5"))
        train.main(self.arguments("parts"))
        whole, parts = (
            torch.load(self.folder / run / "checkpoint.pt", weights_only=False) for run in ("whole", "parts")
        )
        self.assertEqual(whole["step"], 6)
        for part in ("model", "ema", "heads"):
            for name, value in whole[part].items():
                self.assertTrue(torch.equal(value, parts[part][name]), f"{part} {name}")
        text = (self.folder / "whole/curves.svg").read_text()
        self.assertIn("polyline", text)
        self.assertTrue(json.loads((self.folder / "whole/history.json").read_text())["history"])

    def test_a_run_learns_from_a_file_with_other_classes(self):
        net = model.Embedder("resnet18", 16)
        start = self.folder / "start.safetensors"
        model.export(net, start, width=48, height=64, fit="crop", name="start")
        train.main(self.arguments("tuned", "--init", str(start), "--set", "train.rate=0.0", "--stop", "2"))
        state = torch.load(self.folder / "tuned/checkpoint.pt", weights_only=False)["model"]
        torch.testing.assert_close(
            state["net.layer1.0.conv1.weight"], net.state_dict()["net.layer1.0.conv1.weight"], atol=1e-3, rtol=1e-2
        )
        self.assertFalse(torch.equal(state["net.fc.weight"], net.state_dict()["net.fc.weight"].half().float()))

    def test_a_model_is_adapted_to_photos_as_they_are_stored(self):
        train.main(self.arguments("travelled", "--stop", "2"))
        settings = options.read_recipe(self.folder / "recipe.toml")["data"]
        views = adapt.Views(self.folder / "cache", settings, augment.Strength(), (32, 40), 40, seed=1)
        originals, others = views.batch(3, 6, 2)
        self.assertEqual(originals.shape, (8, 3, 40, 32))
        torch.testing.assert_close(views.batch(3, 6, 2)[0], originals, rtol=0, atol=0)
        change = (originals - others).abs().mean((1, 2, 3))
        self.assertTrue((change > 0).all() and (change < 0.5).all(), change)
        adapt.main([
            "--run", str(self.folder / "travelled"), "--cache", str(self.folder / "cache"), "--exact",
            "--output", str(self.folder / "adapted"), "--device", "cpu",
            "--steps", "3", "--items", "4", "--street", "2", "--counted", "2",
        ])  # fmt: skip
        before, after = (
            torch.load(self.folder / run / "checkpoint.pt", weights_only=False) for run in ("travelled", "adapted")
        )
        self.assertEqual((after["step"], after["size"]), (before["step"], before["size"]))
        moved = {name for name, value in after["ema"].items() if not torch.equal(value, before["ema"][name])}
        self.assertLessEqual({"net.conv1.weight", "net.bn1.running_mean"}, moved)

    def test_an_unknown_key_of_the_recipe_is_refused(self):
        for key in ("train.rat", "loss.weights.nothing", "train.rate.more", "nothing.rate"):
            with self.assertRaisesRegex(SystemExit, f"no {key}"):
                train.main(self.arguments("never", "--set", f"{key}=1"))

    def test_a_value_below_a_section_of_the_recipe_is_changed(self):
        recipe = options.read_recipe(
            self.folder / "recipe.toml", ["loss.weights.category=0.5", "train.architecture=resnet34"]
        )
        self.assertEqual(recipe["loss"]["weights"]["category"], 0.5)
        self.assertEqual(recipe["train"]["architecture"], "resnet34")


@unittest.skipUnless(vitrine() and SHIPPED.exists(), "the server's program is not built")
class BothSides(Shop):
    def test_the_server_embeds_the_same_photos_to_the_same_vectors(self):
        random = np.random.default_rng(9)
        photos = []
        for number, (size, suffix) in enumerate(
            (((60, 80), "jpg"), ((240, 320), "jpg"), ((320, 180), "jpg"), ((97, 301), "png"), ((640, 853), "jpg"))
        ):
            image = shop.product(shop.CATEGORIES[number % 4], (180, 40 * number, 90), random, size, (200, 190, 170))
            photos.append(self.folder / f"{number}.{suffix}")
            image.save(photos[-1])
        for fit in ("crop", "pad", "stretch"):
            net, _ = model.load_exported(SHIPPED)
            file = self.folder / f"{fit}.safetensors"
            model.export(net, file, width=96, height=128, fit=fit, name=f"test-{fit}")
            subprocess.run(
                [vitrine(), "embed", *photos, "--model", file, "--output", self.folder / "swift.npy"],
                check=True, capture_output=True,
            )  # fmt: skip
            embed.main(["--model", str(file), "--output", str(self.folder / "torch.npy"), *map(str, photos)])
            swift, python = np.load(self.folder / "swift.npy"), np.load(self.folder / "torch.npy")
            np.testing.assert_allclose(python, swift, atol=1e-3)
            self.assertEqual(swift.shape, (5, 256))

    def test_the_server_measures_the_same_precision(self):
        run = self.folder / "measured"
        train.main(self.arguments("measured"))
        file = run / "shop.safetensors"
        data = self.arguments("measured")[2:12]
        finish.main([*data, "--name", "shop", "--output", str(file), "--threads", "1"])
        ours = json.loads((run / "measured.json").read_text())
        catalog = ["--catalog", self.folder / "catalog", "--data", self.folder / "index", "--model", file]
        asked = {
            "catalog": ["--holdout-ids", run / "held-out.csv"],
            "street": ["--queries", run / "street", "--label-map", self.folder / "map.csv"],
        }
        subprocess.run([vitrine(), "index", *catalog], check=True, capture_output=True)
        theirs = {}
        for name, query in asked.items():
            report = ["--json", self.folder / f"{name}.json", "--resamples", "10"]
            subprocess.run([vitrine(), "evaluate", *catalog, *query, *report], check=True, capture_output=True)
            theirs[name] = json.loads((self.folder / f"{name}.json").read_text())
        rows = {row["title"].removeprefix("P@5 "): row["micro"]["value"] for row in theirs["catalog"]["rows"]}
        for facet, value in ours["catalog"].items():
            self.assertAlmostEqual(rows[facet], value, delta=0.005, msg=facet)
        macro = theirs["street"]["headlines"][0]["estimate"]["value"]
        self.assertAlmostEqual(macro, ours["street"]["macro"], delta=0.005)
        self.assertEqual(len(theirs["street"]["results"]), ours["street"]["queries"])
        thresholds = [float(t) for t in model.load_exported(file)[1]["closeness_thresholds"].split(",")]
        self.assertEqual(thresholds, sorted(thresholds, reverse=True))
