"""Tests of the training without the real data. From Training/: python -m unittest discover -v -s tests -t ."""

import json
import os
import subprocess
import tempfile
import unittest
import zipfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file

import preprocess
from tests import shop
from trainer import augment, calibrate, embed, finish, losses, metrics, model, pack, sources, strangers, train, trip

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


class Sources(Shop):
    def test_a_folder_and_a_zip_of_it_are_read_alike(self):
        archive = self.folder / "catalog.zip"
        with zipfile.ZipFile(archive, "w") as file:
            for path in sorted((self.folder / "catalog").rglob("*.*")):
                file.write(path, f"myshop/{path.relative_to(self.folder / 'catalog')}")
        plain, zipped = sources.read_catalog(self.folder / "catalog"), sources.read_catalog(archive)
        self.assertEqual(len(plain), 96)
        self.assertEqual([(p.id, p.category, p.colour) for p in plain], [(p.id, p.category, p.colour) for p in zipped])
        self.assertEqual(plain[5].bytes(), zipped[5].bytes())

    def test_the_kaggle_layout_with_unquoted_commas_and_missing_pictures_is_read(self):
        folder = self.folder / "kaggle"
        (folder / "images").mkdir(parents=True)
        Image.new("RGB", (6, 8)).save(folder / "images/7.jpg")
        (folder / "styles.csv").write_text(
            "id,gender,articleType,baseColour,usage,productDisplayName\n"
            "7,Men,Shirts,Blue,Casual,A shirt, with a comma\n8,Men,Shirts,Red,Casual,No picture\n"
        )
        photos = sources.read_catalog(folder)
        self.assertEqual([(p.id, p.category, p.colour, p.gender) for p in photos], [("7", "Shirts", "Blue", "Men")])

    def test_a_folder_without_a_table_is_refused_with_its_name(self):
        with self.assertRaisesRegex(sources.DataError, "styles.csv"):
            sources.read_catalog(self.folder / "street")


class Packing(Shop):
    def test_background_is_what_white_can_be_reached_from_the_border(self):
        picture = np.full((1, 40, 30, 3), 255, np.uint8)
        picture[0, 10:30, 8:22] = 90
        picture[0, 16:24, 12:18] = 255
        found = pack.background(picture)[0]
        self.assertTrue(found[0, 0] and found[9, 15])
        self.assertFalse(found[12, 10], "the product")
        self.assertFalse(found[20, 15], "white inside the product belongs to it")

    def test_a_pack_comes_back_from_its_file(self):
        made = pack.catalog_pack(self.folder / "catalog")
        pack.save(made, self.folder / "again/pack.npz")
        read = pack.load(self.folder / "again/pack.npz")
        self.assertEqual(made.category, read.category)
        np.testing.assert_array_equal(made.pictures, read.pictures)
        np.testing.assert_array_equal(made.mask([3]), read.mask([3]))

    def test_nothing_that_looks_like_a_held_out_photo_is_trained_on(self):
        made = pack.catalog_pack(self.folder / "catalog")
        split = pack.split_catalog(made, 0.2, 1)
        twin = int(split.train[0])
        victim = int(split.held_out[0])
        made.pictures[twin] = made.pictures[victim] ^ 1
        again = pack.split_catalog(made, 0.2, 1)
        self.assertIn(twin, again.set_aside)
        self.assertNotIn(twin, again.train)
        self.assertEqual(list(split.held_out), list(again.held_out))

    def test_nobody_is_on_both_sides_of_the_street_split(self):
        made = pack.street_pack(self.folder / "street")
        split = pack.split_street(made, 0.3, 1)
        sides = [{made.sender[row] for row in rows} for rows in (split.train, split.held_out)]
        self.assertTrue(sides[0] and sides[1])
        self.assertFalse(sides[0] & sides[1])

    def test_a_trip_brings_pictures_labels_and_features(self):
        home, away = self.folder / "home", self.folder / "away"
        home.mkdir()
        made = pack.catalog_pack(self.folder / "catalog")
        pack.save(made, home / "catalog.npz")
        features = np.random.default_rng(1).normal(size=(len(made), 300)) @ np.diag(0.9 ** np.arange(300))
        np.save(home / "teacher-catalog.npy", features.astype(np.float16))
        trip.pack_trip(home, home, self.folder / "trip.bin", quality=90)
        trip.unpack_trip(self.folder / "trip.bin", away)
        there = pack.load(away / "catalog.npz")
        self.assertEqual((there.ids, there.colour, there.hashes), (made.ids, made.colour, made.hashes))
        self.assertLess(np.abs(there.pictures.astype(int) - made.pictures).mean(), 4)
        short = np.load(away / "teacher-catalog.npy").astype(np.float32)
        wide = features - features.mean(0)
        np.testing.assert_allclose(short @ short.T, wide @ wide.T, atol=0.05 * np.abs(wide @ wide.T).max())


class Augmenting(unittest.TestCase):
    def chance(self, seed=1):
        return augment.Chance(torch.Generator().manual_seed(seed))

    def test_without_chance_the_view_is_the_resized_photo(self):
        random = np.random.default_rng(1)
        picture = random.integers(0, 256, (80, 60, 3), dtype=np.uint8)
        still = augment.Strength(rotation=0, scale_low=1, scale_high=1, shift=0, stretch=0)
        images = torch.from_numpy(picture).permute(2, 0, 1)[None].float()
        boxes, modes = torch.tensor([[0.0, 0, 60, 80]]), torch.zeros(1)
        inside = torch.ones(1, dtype=torch.bool)
        chance = self.chance()
        view = augment.warp(images, boxes, (96, 128), modes, chance, still, inside)[0].permute(1, 2, 0).numpy()
        wanted = preprocess.fit(picture, (96, 128), "crop")
        self.assertLess(min(np.abs(view - wanted).max(), np.abs(view[:, ::-1] - wanted).max()), 0.5)

    def test_fits_place_photos_as_the_server_does(self):
        for box in ((0, 0, 160, 90), (10, 5, 60, 120)):
            cx, cy, w, h = augment.fitted(torch.tensor([box] * 3).float(), 96, 128, torch.tensor([0, 1, 2]))
            (x, y, width, height), _ = preprocess.placement(box[2:], (96, 128), "crop")
            self.assertAlmostEqual(w[0].item(), width, places=3)
            self.assertAlmostEqual(h[0].item(), height, places=3)
            self.assertAlmostEqual(cx[0].item() - w[0].item() / 2 - box[0], x, places=3)
            self.assertEqual((w[2].item(), h[2].item()), box[2:])
            _, (_, _, a, b) = preprocess.placement(box[2:], (96, 128), "pad")
            self.assertAlmostEqual(96 * box[2] / w[1].item(), a, delta=0.51)
            self.assertAlmostEqual(128 * box[3] / h[1].item(), b, delta=0.51)

    def test_the_same_seed_gives_the_same_views_and_another_does_not(self):
        random = torch.Generator().manual_seed(5)
        pictures = torch.randint(256, (6, 3, 80, 60), generator=random, dtype=torch.uint8)
        masks = torch.zeros(6, 80, 60, dtype=torch.bool)
        masks[:, :, :12] = True
        boxes = torch.tensor([[0.0, 0, 60, 80]] * 6)
        street, street_boxes = pictures[:2], boxes[:2]
        views = [
            augment.catalog_views(
                pictures, masks, boxes, (48, 64), self.chance(seed), augment.Strength(), street, street_boxes
            )
            for seed in (1, 1, 2)
        ]
        self.assertTrue(torch.equal(views[0], views[1]))
        self.assertFalse(torch.equal(views[0], views[2]))
        self.assertTrue(views[0].min() >= 0 and views[0].max() <= 1)

    def test_only_the_background_is_replaced(self):
        pictures = torch.full((40, 3, 80, 60), 255, dtype=torch.uint8)
        pictures[:, :, 20:60, 15:45] = 40
        masks = (pictures == 255).all(1)
        still = augment.Strength(
            rotation=0, scale_low=1, scale_high=1, shift=0, stretch=0, background=1, light=0, contrast=0, saturation=0,
            cast=0, gradient=0, blur=0, low_resolution=0, jpeg=0, noise=0, occlusion=0,
        )  # fmt: skip
        boxes = torch.tensor([[0.0, 0, 60, 80]] * 40)
        views = augment.catalog_views(
            pictures, masks, boxes, (60, 80), self.chance(), still, pictures[:1], boxes[:1]
        )
        middle = views[:, :, 30:50, 25:35]
        self.assertLess((middle - 40 / 255).abs().max().item(), 0.01)
        self.assertGreater(views[:, :, 0, 0].std().item(), 0.1)

    def test_jpeg_is_close_to_what_libjpeg_makes_of_it(self):
        import io

        x, y = np.meshgrid(np.arange(64), np.arange(64))
        picture = np.stack((128 + 90 * np.sin(x / 5), 128 + 90 * np.cos(y / 7), x + y), 2).clip(0, 255).astype(np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, "JPEG", quality=50, subsampling=0)
        wanted = np.asarray(Image.open(buffer)).astype(float)
        images = torch.from_numpy(picture).permute(2, 0, 1)[None] / 255
        ours = augment.jpeg(images, torch.tensor([50.0]))[0].permute(1, 2, 0).numpy() * 255
        self.assertLess(np.abs(ours - wanted).mean(), 1.0)
        self.assertGreater(np.abs(wanted - picture).mean(), 2 * np.abs(ours - wanted).mean())


class Losses(unittest.TestCase):
    def test_a_set_of_one_class_is_the_ordinary_loss(self):
        torch.manual_seed(1)
        head = losses.ProxyHead(5, 8)
        vectors = torch.nn.functional.normalize(torch.randn(6, 8), dim=1)
        labels = torch.tensor([0, 1, 2, 3, 4, 0])
        fitting = torch.nn.functional.one_hot(labels, 5).bool()
        self.assertAlmostEqual(head(vectors, labels).item(), head.any_of(vectors, fitting).item(), places=5)

    def test_rows_without_a_label_teach_nothing(self):
        head = losses.ProxyHead(5, 8)
        vectors = torch.randn(3, 8, requires_grad=True)
        head(vectors, torch.tensor([-1, -1, -1])).backward()
        self.assertEqual(vectors.grad.abs().sum().item(), 0)
        self.assertEqual(head.any_of(vectors, torch.zeros(3, 5, dtype=torch.bool)).item(), 0)

    def test_graded_contrast_prefers_the_better_answer_and_ignores_the_photo_itself(self):
        query = torch.tensor([[1.0, 0, 0]])
        near, far = [0.9, 0.436, 0], [0.2, 0.98, 0]
        gains = torch.tensor([[8.0, 1.0, -1.0]])
        right = losses.graded_contrast(query, torch.tensor([near, far, [1.0, 0, 0]]), gains)
        wrong = losses.graded_contrast(query, torch.tensor([far, near, [1.0, 0, 0]]), gains)
        self.assertLess(right.item(), wrong.item())
        self.assertTrue(torch.isfinite(right))

    def test_instance_contrast_is_least_for_matching_views(self):
        eye = torch.eye(4)
        self.assertLess(losses.instance_contrast(eye, eye).item(), losses.instance_contrast(eye, eye.roll(1, 0)).item())


class Metrics(unittest.TestCase):
    def test_precision_counts_by_facet_and_skips_unknown_colours(self):
        facets = ("category", "colour", "gender")
        gallery = dict(zip(facets, torch.tensor([[0, 0, 1], [0, 1, 0], [0, 0, 0]])))
        query = dict(zip(facets, torch.tensor([[0, 1], [0, -1], [0, 1]])))
        rows = torch.tensor([[0, 1], [2, 0]])
        found = metrics.catalog_precision(rows, query, gallery)
        self.assertEqual(found["category"], 0.75)
        self.assertEqual(found["colour"], 0.5)
        self.assertEqual(found["gender"], 0.5)
        self.assertEqual(found["category and colour"], 0.5)

    def test_street_precision_is_the_mean_over_labels(self):
        fitting = torch.tensor([[True, False, True], [False, True, False], [False, False, False]])
        rows = torch.tensor([[0, 2], [1, 0], [1, 1], [1, 1]])
        macro, each = metrics.street_precision(rows, torch.tensor([0, 1, 1, 2]), fitting, torch.tensor([0, 1, 2]))
        self.assertEqual(each, {0: 1.0, 1: 0.75})
        self.assertEqual(macro, 0.875)

    def test_the_same_photo_never_counts(self):
        vectors = torch.eye(3)
        rows, _ = metrics.rank(vectors, vectors, 1, torch.tensor([[1, 1]]))
        self.assertEqual(rows[0].item(), 0)
        self.assertNotEqual(rows[1].item(), 1)

    def test_thresholds_fall_and_keep_their_precision(self):
        random = torch.Generator().manual_seed(1)
        similarity = torch.rand(5000, generator=random)
        right = torch.rand(5000, generator=random) < similarity
        found = calibrate.thresholds([(similarity, right, right, 1.0)], torch.full((100,), 0.3))
        self.assertTrue(found[0] > found[1] > found[2] >= 0.2)
        for value, level in zip(found, (calibrate.VERY_CLOSE, calibrate.SIMILAR, calibrate.LOOSELY_RELATED)):
            self.assertGreaterEqual(right[similarity >= value].float().mean().item(), level - 0.02)

    def test_strangers_are_the_same_every_time(self):
        first, second = strangers.drawn(6), strangers.drawn(6)
        self.assertTrue(all(a.tobytes() == b.tobytes() for a, b in zip(first, second)))


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
        size = model.export(
            net, path, width=48, height=64, fit="crop", name="a-test", thresholds=(0.9, 0.8, 0.5)
        )
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

    def test_an_unknown_key_of_the_recipe_is_refused(self):
        with self.assertRaisesRegex(SystemExit, "no train.rat"):
            train.main(self.arguments("never", "--set", "train.rat=1"))


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


if __name__ == "__main__":
    unittest.main()
