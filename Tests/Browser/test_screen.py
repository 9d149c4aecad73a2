"""What is on the screen after an upload: a result, on every screen; and photos of any shape in their place."""

import tempfile
import unittest

from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from support import BrowserTestCase, demo_photo

WINDOWS = ((360, 740), (390, 844), (820, 1180), (1280, 900))


class ScreenWithoutJavaScript(BrowserTestCase):
    javascript = False

    def search(self, *paths):
        self.open("/")
        self.one("input[type=file][name=image]").send_keys("\n".join(str(path) for path in paths))
        if not self.javascript:
            self.one("form[data-upload] button[type=submit]").click()
        self.wait(lambda: "/results/" in self.browser.current_url and self.all(".matches .card"), "no results came")
        return self.browser.current_url

    def name(self, what, width):
        return f"screen-{what}-{'js' if self.javascript else 'plain'}-{width}"

    def test_a_result_is_seen_without_scrolling(self):
        for width, height in WINDOWS:
            for several in (False, True):
                with self.subTest(width=width, several=several):
                    self.resize(width, height)
                    self.search(*[demo_photo(position)[1] for position in ((7, 12, 20) if several else (7,))])
                    card = self.one(".matches .card .well").rect
                    # Of several photos there are tabs besides.
                    seen = 130 if several else 200
                    self.assertLess(card["y"], height - seen, f"at least {seen} pixels of the first picture")
                    self.assert_fits(width)
                    self.screenshot(self.name("several" if several else "one", width))

    def test_on_a_phone_a_touch_opens_the_photo_with_its_box(self):
        self.resize(390, 844)
        address = self.search(demo_photo(7)[1])
        self.browser.get(address + "?crop=100,100,700,700")
        small = self.one("[data-crop]").rect
        self.assertLess(small["height"], 170)
        self.assertFalse(self.one(".crop-actions").is_displayed())
        self.one(".frame-open").click()
        self.wait(lambda: self.one("[data-crop]").rect["height"] > 300, "the photo did not open")
        self.assertEqual(self.one("[data-crop] img").rect, self.one("[data-crop]").rect)
        self.assertTrue(self.one(".crop-actions").is_displayed())
        self.screenshot(self.name("open", 390))
        self.one(".frame-close").click()
        self.wait(lambda: self.one("[data-crop]").rect["height"] < 170, "the photo did not close")

    def test_photos_of_extreme_shapes_neither_fill_the_page_nor_vanish(self):
        for size in ((200, 10000), (10000, 200), (400, 2400), (30, 30)):
            with tempfile.NamedTemporaryFile(suffix=".png") as file:
                Image.new("RGB", size, (90, 60, 50)).save(file, "PNG")
                file.flush()
                self.resize(1280, 900)
                address = self.search(file.name)
            for width, height in WINDOWS:
                with self.subTest(size=size, width=width):
                    self.resize(width, height)
                    self.browser.get(f"{address}?crop=0,0,1000,500#photo")
                    place = self.one("[data-crop]").rect
                    self.assertEqual(self.one("[data-crop] img").rect, place)
                    self.assertLess(place["height"], 0.75 * height)
                    self.assertGreaterEqual(min(place["height"], place["width"]), 70)
                    self.assert_fits(width)
                    self.screenshot(self.name(f"{size[0]}x{size[1]}", width))

    def test_two_skips_lead_to_the_results(self):
        self.resize(1280, 900)
        address = self.search(demo_photo(7)[1])
        for page in (address, self.url + "/catalog"):
            with self.subTest(page=page):
                self.browser.get(page)
                self.one("body").send_keys(Keys.TAB)
                self.browser.switch_to.active_element.send_keys(Keys.TAB)
                skip = self.browser.switch_to.active_element
                self.assertEqual(skip.text, "Skip to the results")
                skip.send_keys(Keys.ENTER)
                self.wait(lambda: self.browser.switch_to.active_element.get_attribute("id") == "items", "nothing moved")
                self.browser.switch_to.active_element.send_keys(Keys.TAB)
                self.browser.switch_to.active_element.find_element(By.XPATH, "ancestor::li[contains(@class, 'card')]")

    def test_lists_of_choices_have_names(self):
        self.resize(1280, 900)
        self.search(demo_photo(7)[1])
        names = [part.get_attribute("aria-label") for part in self.all(".quick-list")]
        self.assertGreaterEqual(len(names), 2)
        self.assertTrue(all(names))
        self.assertEqual(len(set(names)), len(names))


class ScreenWithJavaScript(ScreenWithoutJavaScript):
    javascript = True


if __name__ == "__main__":
    unittest.main()
