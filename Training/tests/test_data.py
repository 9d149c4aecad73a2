"""Photos, packs, splits and trips."""

import zipfile

import numpy as np
import torch
from PIL import Image

from tests import shop
from tests.support import Shop
from trainer import average, colours, data, pack, sources, train, trip
from trainer.foreground import foreground


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

    def test_a_trip_brings_products_as_they_are_and_backgrounds_and_colours_of_home_photos(self):
        home, away = self.folder / "home2", self.folder / "away2"
        home.mkdir()
        catalog, street = pack.catalog_pack(self.folder / "catalog"), pack.street_pack(self.folder / "street")
        pack.save(catalog, home / "catalog.npz")
        pack.save(street, home / "street.npz")
        likely = np.random.default_rng(1).dirichlet((1, 1, 1), len(street)).astype(np.float16)
        np.save(home / "street-colours.npy", likely)
        trip.pack_trip(home, None, self.folder / "trip2.npz", catalog=self.folder / "catalog")
        trip.unpack_trip(self.folder / "trip2.npz", away)
        there = pack.load(away / "catalog.npz")
        np.testing.assert_array_equal(there.pictures, catalog.pictures)
        np.testing.assert_array_equal(there.masks, catalog.masks)
        masks = pack.load(away / "street.npz").mask(slice(None))
        self.assertGreater((masks == street.mask(slice(None))).mean(), 0.97)
        np.testing.assert_allclose(np.load(away / "street-colours.npy"), likely, atol=0.003)

    def test_the_foreground_of_a_home_photo_is_the_thing_in_the_middle(self):
        picture = np.full((90, 120, 3), (120, 90, 60), np.uint8)
        picture[::2] += 9
        picture[25:70, 40:85] = (30, 60, 200)
        found = foreground(picture)
        wanted = np.zeros((90, 120), bool)
        wanted[25:70, 40:85] = True
        self.assertGreater((found & wanted).sum() / (found | wanted).sum(), 0.9)

    def test_colours_of_home_photos_are_told_in_the_words_of_the_catalog(self):
        catalog, street = pack.catalog_pack(self.folder / "catalog"), pack.street_pack(self.folder / "street")
        classes = sorted(set(catalog.colour))
        likely = colours.of_home_photos(catalog, range(len(catalog)), street, classes)
        np.testing.assert_allclose(likely.sum(1), 1, atol=1e-5)
        shown = [list(shop.COLOURS)[int(name) % 3] for name in street.ids]
        told = [classes[number] for number in likely.argmax(1)]
        self.assertGreater(np.mean([a == b for a, b in zip(told, shown)]), 0.9)

    def test_a_run_comes_home_in_parts_and_can_be_finished(self):
        train.main(self.arguments("far", "--stop", "2"))
        trip.bring(self.folder / "far", self.folder / "parts", part=10_000_000)
        self.assertGreater(len(list((self.folder / "parts").iterdir())), 1)
        trip.receive(self.folder / "parts", self.folder / "near")
        far, near = (torch.load(self.folder / run / "checkpoint.pt", weights_only=False) for run in ("far", "near"))
        self.assertEqual((near["step"], near["classes"], near["size"]), (2, far["classes"], far["size"]))
        for name, value in far["ema"].items():
            torch.testing.assert_close(near["ema"][name], value.half() if value.is_floating_point() else value)
        self.assertIn("<svg", (self.folder / "near/curves.svg").read_text())

    def test_the_average_of_runs_is_the_mean_of_their_weights_and_can_be_finished(self):
        for name, seed in (("one", 1), ("two", 2)):
            train.main(self.arguments(name, "--stop", "1", "--set", f"train.seed={seed}"))
        runs = [str(self.folder / name) for name in ("one", "two")]
        average.main(["--runs", *runs, "--output", str(self.folder / "both")])
        one, two, both = (torch.load(self.folder / n / "checkpoint.pt", weights_only=False) for n in ("one", "two", "both"))
        self.assertEqual((both["step"], both["classes"]), (1, one["classes"]))
        name = "net.fc.weight"
        self.assertFalse(torch.equal(one["ema"][name], two["ema"][name]))
        torch.testing.assert_close(both["ema"][name], (one["ema"][name] + two["ema"][name]) / 2)

    def test_words_of_names_are_those_that_are_frequent_enough(self):
        names = ["Red striped shirt", "Blue striped SHIRT, slim", "", "shirt shirt"]
        known = data.vocabulary(names, [0, 1, 2], 2)
        self.assertEqual(known, ["shirt", "striped"])
        self.assertEqual(data.words(names, known).tolist(), [[True, True], [True, True], [False, False], [True, False]])
