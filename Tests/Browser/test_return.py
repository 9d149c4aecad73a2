"""Coming back with the browser's button: nothing that was erased is shown again, and hearts are as they are now."""

import unittest

from support import BrowserTestCase, demo_photo


class Return(BrowserTestCase):
    def setUp(self):
        super().setUp()
        self.browser.delete_all_cookies()

    def search(self):
        self.open("/")
        self.one("input[type=file][name=image]").send_keys(str(demo_photo(8)[1]))
        self.wait(lambda: "/results/" in self.browser.current_url and self.all(".matches .card"), "no results came")
        return self.browser.current_url

    def test_a_discarded_photo_is_not_behind_the_back_button(self):
        for width in (390, 1280):
            with self.subTest(width=width):
                self.resize(width)
                address = self.search()
                self.one("form[action$='/discard'] button").click()
                self.wait(lambda: self.browser.current_url == self.url + "/", "the first page did not come")
                self.browser.back()
                self.wait(lambda: self.browser.current_url == address and self.all(".error h1"), "it is not said to be gone")
                self.assertEqual(self.all("[data-crop] img"), [])

    def test_pages_of_a_visitor_are_loaded_anew_when_they_come_out_of_the_browsers_memory(self):
        address = self.search().removeprefix(self.url)
        item = self.one(".matches .card-name a").get_attribute("href").rsplit("/", 1)[1]
        for path, is_loaded in ((address, True), (f"{address}/compare/{item}", True), ("/favourites", True),
                                ("/catalog", False)):
            with self.subTest(path=path):
                self.open(path)
                self.browser.execute_script(
                    "window.stays = true; dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}));")
                if is_loaded:
                    self.wait(lambda: self.browser.execute_script(
                        "return !window.stays && document.readyState === 'complete'"), "it was not loaded anew")
                else:
                    self.assertTrue(self.browser.execute_async_script("setTimeout(() => arguments[0](window.stays), 700)"))

    def pressed(self):
        return [heart.get_attribute("aria-pressed") == "true" for heart in self.all("[data-heart] button")]

    def test_hearts_and_their_number_are_right_after_coming_back(self):
        self.open("/catalog")
        self.all("[data-heart] button")[0].click()
        self.wait(lambda: self.pressed()[0] and self.one("[data-favourites]").text == "1", "the heart did not change")
        self.all("main .card-name a")[0].click()
        self.wait(lambda: "/items/" in self.browser.current_url and self.pressed() and self.pressed()[0], "no item")
        self.one(".piece [data-heart] button").click()
        self.wait(lambda: self.one("[data-favourites]").text == "", "the heart did not change")
        self.browser.back()
        self.wait(lambda: self.browser.current_url.endswith("/catalog"), "the catalog did not come back")
        self.wait(lambda: not any(self.pressed()) and self.one("[data-favourites]").text == "", "the heart is stale")
        self.all("[data-heart] button")[0].click()
        self.wait(lambda: self.pressed()[0] and self.one("[data-favourites]").text == "1", "it does not mark again")


if __name__ == "__main__":
    unittest.main()
