"""The box on the photo: suggested, moved and sized by mouse, finger and keyboard; and without JavaScript."""

import os
import pathlib
import tempfile
import unittest

from PIL import Image
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.keys import Keys

from support import BrowserTestCase, demo_photo

AXE = pathlib.Path(os.environ.get("VITRINE_AXE", "missing"))


def two_items():
    """A photo with one item on the left and another on the right: the file, and the identifiers."""
    (left, one), (right, other) = demo_photo(4), demo_photo(11)
    photo = Image.new("RGB", (1000, 700), (236, 234, 230))
    for path, x in ((one, 20), (other, 520)):
        picture = Image.open(path).convert("RGB")
        picture.thumbnail((460, 660))
        photo.paste(picture, (x, 20))
    file = tempfile.NamedTemporaryFile(suffix=".jpg")
    photo.save(file, "JPEG", quality=92)
    file.flush()
    return file, left, right


class CropTestCase(BrowserTestCase):
    def show(self, path, width=1280):
        self.resize(width)
        self.open("/")
        self.one("input[type=file][name=image]").send_keys(path)
        if not self.javascript:
            self.one("form[data-upload] button[type=submit]").click()
        self.wait(lambda: "/results/" in self.browser.current_url and self.all(".matches .card"), "no results came")
        self.wait_for_box()
        return self.browser.current_url

    def wait_for_box(self):
        """The script that makes it may come after the page."""
        if self.javascript:
            self.wait(lambda: self.all(".crop-box"), "there is no box")

    def enlarge(self):
        """Opens the photo, which is a small one on a narrow screen."""
        if self.one(".frame-open").is_displayed():
            self.one(".frame-open").click()
            self.wait(lambda: self.one(".crop-actions").is_displayed(), "the photo did not open")

    def first(self):
        return self.one(".matches .card-name a").get_attribute("href").rsplit("/", 1)[1]


class CropWithoutJavaScript(CropTestCase):
    javascript = False

    def test_a_part_is_searched_alone_under_an_address_that_can_be_shared(self):
        file, left, right = two_items()
        with file:
            address = self.show(file.name)
            for crop, wanted in (("0,0,490,1000", left), ("510,0,490,1000", right)):
                self.browser.get(f"{address}?crop={crop}")
                self.assertEqual(self.first(), wanted)
                self.browser.refresh()
                self.assertEqual(self.first(), wanted)
            self.one(".crop-actions .quiet-link").click()
            self.wait(lambda: self.browser.current_url == address, "the whole photo is not searched")

    def test_the_box_lies_on_the_photo_whatever_its_shape_and_the_window(self):
        for width, height in ((320, 640), (640, 320)):
            with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
                Image.new("RGB", (width, height), (90, 60, 50)).save(file, "JPEG")
                file.flush()
                address = self.show(file.name) + "?crop=100,100,800,800"
            for window in ((360, 740), (820, 1180), (1280, 700), (1920, 1080)):
                with self.subTest(photo=(width, height), window=window):
                    self.resize(*window)
                    self.browser.get(address)
                    place = self.one("[data-crop]").rect
                    self.assertEqual(self.one("[data-crop] img").rect, place)
                    self.assertAlmostEqual(place["width"] / place["height"], width / height, delta=0.01)
                    self.assertLess(place["height"], window[1])

    def test_the_suggested_box_is_drawn_and_is_a_link(self):
        picture = Image.open(demo_photo(4)[1]).convert("RGB")
        picture.thumbnail((420, 560))
        photo = Image.new("RGB", (900, 900), (236, 234, 230))
        photo.paste(picture, (60, 90))
        with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
            photo.save(file, "JPEG", quality=92)
            file.flush()
            for width in (360, 1280):
                self.show(file.name, width)
                box = [int(number) for number in self.one("[data-crop]").get_attribute("data-crop").split(",")]
                self.assertEqual(len(box), 4)
                # It is around the middle of the item.
                self.assertLess(box[0], 300)
                self.assertGreater(box[0] + box[2], 300)
                self.assertLess(box[1], 410)
                self.assertGreater(box[1] + box[3], 410)
                self.assertLess(box[2] * box[3], 850_000)
                self.assertTrue(self.all(".box-edge" if not self.javascript else ".crop-box"))
                self.assert_fits(width)
                self.screenshot(f"crop-suggested-{'js' if self.javascript else 'plain'}-{width}")
                self.enlarge()
                self.one("[data-crop-link]").click()
                self.wait(lambda: "crop=" in self.browser.current_url, "the part is not searched")
                found = [a.get_attribute("href").rsplit("/", 1)[1] for a in self.all(".matches .card-name a")]
                self.assertIn(demo_photo(4)[0], found)
                self.screenshot(f"crop-chosen-{'js' if self.javascript else 'plain'}-{width}")


class CropWithJavaScript(CropWithoutJavaScript):
    javascript = True

    def box(self):
        return [int(number) for number in self.browser.execute_script(
            "const b = document.querySelector('.crop-box').style;"
            "return ['left', 'top', 'width', 'height'].map((n) => Math.round(10 * parseFloat(b[n])));")]

    def search(self):
        self.one("[data-crop-link]").click()
        self.wait(lambda: "crop=" in self.browser.current_url, "the part is not searched")

    def drag(self, kind, element, dx, dy):
        device = PointerInput(kind, kind)
        actions = ActionBuilder(self.browser, mouse=device)
        actions.pointer_action.move_to(element).pointer_down().move_by(dx // 2, dy // 2).move_by(
            dx - dx // 2, dy - dy // 2).pointer_up()
        actions.perform()

    def test_moves_and_sizes_the_box_by_mouse_and_by_finger(self):
        file, left, right = two_items()
        with file:
            for kind, width in (("mouse", 1280), ("touch", 360)):
                with self.subTest(kind=kind):
                    address = self.show(file.name, width)
                    self.browser.get(address + "?crop=300,100,400,800")
                    self.wait_for_box()
                    self.enlarge()
                    area = self.one("[data-crop]").size
                    self.drag(kind, self.one(".crop-box"), round(0.28 * area["width"]), 0)
                    x, y, w, h = self.box()
                    self.assertAlmostEqual(x, 580, delta=25)
                    self.assertEqual((y, w, h), (100, 400, 800))
                    self.drag(kind, self.one(".crop-ne"), round(0.04 * area["width"]), round(-0.15 * area["height"]))
                    x, y, w, h = self.box()
                    self.assertEqual((x + w, y), (1000, 0), "no further than the photo")
                    self.search()
                    self.assertEqual(self.first(), right)

    def test_moves_and_sizes_the_box_by_keyboard_alone(self):
        file, left, right = two_items()
        with file:
            address = self.show(file.name)
            self.browser.get(address + "?crop=300,100,400,800")
            self.wait_for_box()
            box = self.one(".crop-box")
            box.send_keys(*[Keys.ARROW_LEFT] * 15, *[Keys.ARROW_UP] * 9)
            self.assertEqual(self.box(), [0, 0, 400, 800], "it stops at the edge")
            box.send_keys(Keys.SHIFT, *[Keys.ARROW_DOWN] * 20, *[Keys.ARROW_RIGHT] * 4, Keys.SHIFT)
            self.assertEqual(self.box(), [0, 0, 480, 1000])
            self.wait(lambda: "48% wide" in self.one(".frame").find_element(
                "css selector", "[aria-live]").get_property("textContent"), "nothing is announced")
            box.send_keys(Keys.ENTER)
            self.wait(lambda: "crop=0%2C0%2C480%2C1000" in self.browser.current_url, "the part is not searched")
            self.assertEqual(self.first(), left)

    def test_a_tiny_box_can_be_taken_by_each_corner_and_is_made_no_smaller_than_fingers_can_use(self):
        file, _, _ = two_items()
        with file:
            address = self.show(file.name, 390)
            self.browser.get(address + "?crop=480,480,40,40")
            self.wait_for_box()
            self.enlarge()
            places = [corner.rect for corner in self.all(".crop-handle")]
            for number, one in enumerate(places):
                for other in places[number + 1:]:
                    apart = (abs(one["x"] - other["x"]) >= one["width"] - 1 or abs(one["y"] - other["y"]) >= one["height"] - 1)
                    self.assertTrue(apart, f"{one} covers {other}")
            self.drag("touch", self.one(".crop-se"), 10, 10)
            size = self.one(".crop-box").rect
            self.assertGreaterEqual(min(size["width"], size["height"]), 55)
            self.drag("touch", self.one(".crop-nw"), 200, 200)
            size = self.one(".crop-box").rect
            self.assertGreaterEqual(min(size["width"], size["height"]), 55)

    def test_what_was_drawn_is_the_one_strong_button(self):
        self.show(str(demo_photo(4)[1]))
        self.one(".crop-box").send_keys(Keys.ARROW_LEFT)
        strong = [button.text for button in self.all(".yours .button:not(.button-quiet)") if button.is_displayed()]
        self.assertEqual(strong, ["Search with this part only"])

    def test_tab_reaches_the_box(self):
        self.show(str(demo_photo(4)[1]))
        for _ in range(30):
            ActionChains(self.browser).send_keys(Keys.TAB).perform()
            if self.browser.switch_to.active_element.get_attribute("class").startswith("crop-box"):
                return
        self.fail("the box has no tab stop")

    @unittest.skipUnless(AXE.is_file(), "axe.min.js is not there: it needs the network once")
    def test_has_no_serious_finding(self):
        for width in (360, 1280):
            self.show(str(demo_photo(4)[1]), width)
            self.browser.get(self.browser.current_url + "?crop=100,100,500,500")
            self.browser.execute_script(AXE.read_text())
            result = self.browser.execute_async_script(
                "const done = arguments[arguments.length - 1]; axe.run(document, {resultTypes: ['violations']}).then(done);")
            self.assertEqual([v["id"] for v in result["violations"] if v["impact"] in ("serious", "critical")], [])


class CropInDark(CropWithJavaScript):
    dark = True


if __name__ == "__main__":
    unittest.main()
