"""Without a network no page is left: what was tried says why it did not work, and can be tried again."""

import tempfile
import unittest

from support import BrowserTestCase, demo_photo


class Offline(BrowserTestCase):
    arguments = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]

    def setUp(self):
        super().setUp()
        self.offline(False)
        self.browser.delete_all_cookies()

    def tearDown(self):
        self.offline(False)

    def offline(self, is_offline):
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd("Network.emulateNetworkConditions", {
            "offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})

    def told(self, words="offline"):
        self.wait(lambda: words in self.one("[data-tray-status]").text, "nothing was said")
        self.assertTrue(self.one("[data-tray-retry]").is_displayed())

    def retry(self):
        self.offline(False)
        self.one("[data-tray-retry]").click()

    def test_the_camera_says_why_it_cannot_be_opened(self):
        self.resize(390)
        self.open("/")
        self.offline(True)
        self.one("[data-camera]").click()
        self.told()
        self.screenshot("offline-camera")
        self.retry()
        self.wait(lambda: self.all(".camera[open]"), "the camera did not open")

    def test_a_heart_stays_as_it_is(self):
        self.open("/catalog")
        heart = self.all("[data-heart] button")[0]
        self.offline(True)
        heart.click()
        self.told()
        self.assertEqual(self.browser.current_url, self.url + "/catalog")
        self.assertEqual(heart.get_attribute("aria-pressed"), "false")
        self.retry()
        self.wait(lambda: heart.get_attribute("aria-pressed") == "true", "the heart was not pressed")
        self.assertFalse(self.one("[data-tray]").is_displayed())

    def test_links_and_forms_leave_the_page_only_when_they_can(self):
        for selector, path in (("nav a[href='/catalog']", "/catalog"), (".example-button", "/results/")):
            with self.subTest(selector=selector):
                self.open("/")
                self.offline(True)
                self.one(selector).click()
                self.told()
                self.assertEqual(self.browser.current_url, self.url + "/")
                self.retry()
                self.wait(lambda: path in self.browser.current_url, "it was not gone on with")

    def test_speaks_the_language_of_the_page(self):
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"Accept-Language": "de"}})
        try:
            self.open("/catalog")
        finally:
            self.browser.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {}})
        self.offline(True)
        self.all("[data-heart] button")[0].click()
        self.told("Dieses Gerät ist offline")


class BadPhotos(BrowserTestCase):
    def choose(self, *paths):
        self.open("/")
        self.one("input[type=file][name=image]").send_keys("\n".join(str(path) for path in paths))

    def status(self):
        return self.one("[data-tray-status]").text

    def go_on(self, tabs):
        button = self.one("[data-tray-without]")
        self.assertTrue(button.is_displayed())
        self.assertEqual(self.browser.switch_to.active_element, button)
        button.click()
        self.wait(lambda: "/results/" in self.browser.current_url and self.all(".matches .card"), "no results came")
        self.assertEqual(len(self.all(".photo-tab")), tabs)

    def test_one_that_cannot_be_read_is_left_out(self):
        self.resize(390)
        with tempfile.NamedTemporaryFile(suffix=".jpg") as text:
            text.write(b"only words")
            text.flush()
            self.choose(demo_photo(0)[1], text.name, demo_photo(3)[1])
            self.wait(lambda: "Photo 2" in self.status(), "nothing was said")
            self.screenshot("bad-photo-390")
            self.go_on(3)

    def test_an_empty_one_is_left_out(self):
        with tempfile.NamedTemporaryFile(suffix=".jpg") as empty:
            self.choose(demo_photo(0)[1], demo_photo(3)[1], empty.name)
            self.wait(lambda: "Photo 3" in self.status() and "nothing in this file" in self.status(), "nothing was said")
            self.go_on(3)

    def test_one_that_is_too_large_is_told_from_too_much_together(self):
        with tempfile.NamedTemporaryFile(suffix=".heic") as one, tempfile.NamedTemporaryFile(suffix=".heic") as other:
            one.truncate(25_000_000)
            other.truncate(15_000_000)
            self.choose(one.name)
            self.wait(lambda: "This photo has more than 20 MB" in self.status(), "nothing was said")
            self.assertFalse(self.one("[data-tray-without]").is_displayed())
            self.choose(demo_photo(0)[1], one.name)
            self.wait(lambda: "Photo 2: This photo has more than 20 MB" in self.status(), "nothing was said")
            self.choose(*[other.name] * 1, demo_photo(0)[1])
            self.wait(lambda: self.status() and "MB" not in self.status(), "15 MB are not too many")
        with tempfile.TemporaryDirectory() as folder:
            paths = [f"{folder}/{number}.heic" for number in range(3)]
            for path in paths:
                with open(path, "wb") as file:
                    file.truncate(15_000_000)
            self.choose(*paths)
            self.wait(lambda: "more than 40 MB together" in self.status(), "nothing was said")


if __name__ == "__main__":
    unittest.main()
