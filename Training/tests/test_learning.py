"""Views, losses and measures."""

import math
import unittest

import numpy as np
import torch
from PIL import Image

import preprocess
from trainer import augment, calibrate, losses, metrics, strangers


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
        views = augment.catalog_views(pictures, masks, boxes, (60, 80), self.chance(), still, pictures[:1], boxes[:1])
        middle = views[:, :, 30:50, 25:35]
        self.assertLess((middle - 40 / 255).abs().max().item(), 0.01)
        self.assertGreater(views[:, :, 0, 0].std().item(), 0.1)

    def test_a_box_around_the_foreground_has_the_shape_asked_for_and_leaves_nothing_out(self):
        masks = torch.ones(3, 50, 50, dtype=torch.bool)
        masks[0, 10:20, 5:45] = False
        masks[1, 0:50, 20:22] = False
        boxes = augment.around(masks, 60, 80, margin=0)
        for box, (left, top, right, bottom) in zip(boxes[:2].tolist(), ((5, 10, 45, 20), (20, 0, 22, 50))):
            x, y, w, h = box
            self.assertAlmostEqual(w / h, 0.75, places=5)
            self.assertTrue(x <= left and y <= top and x + w >= right and y + h >= bottom)
            self.assertAlmostEqual(x + w / 2, (left + right) / 2, places=4)
        self.assertTrue(torch.isfinite(boxes).all() and (boxes[2, 2:] > 0).all(), "all background: the whole picture")

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

    def test_words_share_the_answer_and_names_without_any_teach_nothing(self):
        logits = torch.tensor([[2.0, 2.0, -9.0], [5.0, 0.0, 0.0]])
        present = torch.tensor([[True, True, False], [False, False, False]])
        self.assertAlmostEqual(losses.named(logits, present).item(), math.log(2), places=4)
        self.assertEqual(losses.named(logits[1:], present[1:]).item(), 0)

    def test_graded_contrast_prefers_the_better_answer_and_ignores_the_photo_itself(self):
        query = torch.tensor([[1.0, 0, 0]])
        near, far = [0.9, 0.436, 0], [0.2, 0.98, 0]
        gains = torch.tensor([[8.0, 1.0, -1.0]])
        right = losses.graded_contrast(query, torch.tensor([near, far, [1.0, 0, 0]]), gains)
        wrong = losses.graded_contrast(query, torch.tensor([far, near, [1.0, 0, 0]]), gains)
        self.assertLess(right.item(), wrong.item())
        self.assertTrue(torch.isfinite(right))

    def test_shares_of_one_class_are_the_ordinary_loss_without_margin(self):
        head = losses.ProxyHead(5, 8, margin=0.0)
        vectors = torch.nn.functional.normalize(torch.randn(6, 8), dim=1)
        labels = torch.tensor([0, 1, 2, 3, 4, 0])
        wanted = torch.nn.functional.one_hot(labels, 5).float()
        self.assertAlmostEqual(head(vectors, labels).item(), head.shares(vectors, wanted).item(), places=5)
        self.assertEqual(head.shares(vectors, torch.zeros(6, 5)).item(), 0)

    def test_a_common_place_is_where_the_mean_of_vectors_is_that_of_their_answers(self):
        memory = torch.eye(4)
        gains = torch.tensor([[1.0, 1, 0, 0], [0, 0, 3, 1], [0, 0, 0, -1]])
        there = torch.tensor([[0.5, 0.5, 0, 0], [0, 0, 0.75, 0.25], [9.0, 9, 9, 9]])
        self.assertAlmostEqual(losses.common_place(there, memory, gains).item(), 0, places=6)
        self.assertAlmostEqual(losses.common_place(there + 0.5, memory, gains).item(), 1, places=5)

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

    def test_thresholds_stand_where_answers_reach_their_shares(self):
        random = torch.Generator().manual_seed(1)
        similarity = torch.rand(20000, generator=random)
        right = torch.rand(20000, generator=random) < similarity
        found = calibrate.thresholds(similarity, right, None)
        wanted = (calibrate.VERY_CLOSE, calibrate.SIMILAR, calibrate.LOOSELY_RELATED)
        np.testing.assert_allclose(found, wanted, atol=0.06)
        coloured = calibrate.thresholds(similarity, right, right & (similarity > 0.95))
        self.assertGreater(coloured[0], 0.93)
        # Of a network to which everything is alike they are apart, too.
        for alike in (torch.full((100,), 0.9999), torch.full((100,), -1.0)):
            first, second, third = calibrate.thresholds(alike, torch.zeros(100, dtype=torch.bool), None)
            self.assertTrue(1 > first >= second + 0.0099 >= third + 0.0198 > -1)

    def test_the_least_length_keeps_strangers_out_as_long_as_known_photos_stay_in(self):
        strangers = torch.linspace(5, 6, 101)
        self.assertAlmostEqual(calibrate.boundary(torch.full((50,), 9.0), strangers), 5.9, places=4)
        self.assertAlmostEqual(calibrate.boundary(torch.linspace(0, 10, 101), strangers), 1.5, places=4)

    def test_rising_shares_pool_what_falls(self):
        values = torch.tensor([0.1, 0.2, 0.3, 0.4])
        _, shares = calibrate.rising(values, torch.tensor([0.0, 1.0, 0.0, 1.0]), torch.ones(4))
        self.assertEqual(shares.tolist(), [0.0, 0.5, 0.5, 1.0])

    def test_strangers_are_the_same_every_time(self):
        first, second = strangers.drawn(6), strangers.drawn(6)
        self.assertTrue(all(a.tobytes() == b.tobytes() for a, b in zip(first, second)))
