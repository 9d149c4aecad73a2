"""The kiosk: what a visitor does with it, by camera or with a photo that is there."""

import io
import json
import os
import pathlib
import unittest
import urllib.request

from PIL import Image
from pyzbar import pyzbar

from kiosk_support import KioskTestCase, status
from support import BrowserTestCase

AXE = pathlib.Path(os.environ.get("VITRINE_AXE", "missing"))
SIZES = ((820, 1180), (1080, 1920), (1920, 1080))


class Kiosk(KioskTestCase):
    def test_a_piece_before_the_camera_is_found_looked_at_and_taken_along(self):
        self.begin()
        self.wait(lambda: self.one("[data-do=shoot]").is_enabled(), "the camera did not start")
        self.assertEqual(
            self.browser.execute_script("return getComputedStyle(document.querySelector('video')).transform"),
            "matrix(-1, 0, 0, 1, 0, 0)", "the preview is a mirror")
        self.browser.execute_script("""
            const count = document.querySelector("[data-count]");
            window.counted = [];
            new MutationObserver(() => window.counted.push(count.textContent)).observe(count, {childList: true});""")
        self.tap("[data-do=shoot]")
        self.wait_for("results")
        counted = self.browser.execute_script("return window.counted")
        self.assertEqual([text for text in counted if text], ["3", "2", "1"])
        cards = self.all(".kiosk-cards button")
        self.assertEqual(len(cards), 5)
        self.assertEqual(cards[0].get_attribute("data-value"), self.item, "the photo is not mirrored, and finds its item")
        with urllib.request.urlopen(self.photo_address()) as answer:
            self.assertIn("no-store", answer.headers["Cache-Control"])

        self.tap(".kiosk-cards li:nth-child(2) button")
        self.wait_for("piece")
        self.assertNotEqual(self.one("#kiosk-piece").text, "")
        self.assertEqual(self.all("[data-view=piece] a"), [])
        self.tap("[data-view=piece] [data-do=back]")
        self.wait_for("results")

        token = self.token()
        self.tap("[data-do=share]")
        self.wait_for("share")
        self.assertIn("10 minutes", self.one("[data-view=share]").text)
        self.assertIn("copy of your photo", self.one("[data-view=share]").text)
        code = Image.open(io.BytesIO(self.one(".kiosk-code").screenshot_as_png)).convert("L")
        address = pyzbar.decode(code)[0].data.decode()
        self.assertRegex(address, rf"^{self.url}/results/~[\w-]{{22}}$")
        self.assertNotIn(token, address, "the phone has an address of its own")
        self.tap("[data-do=anew]")
        self.wait_for("welcome")
        self.assert_nothing_left(token)
        with urllib.request.urlopen(address, timeout=60) as page:
            self.assertRegex(page.read().decode(), "seen here for (10|[4-9]) more minutes", "the phone's copy outlives these")
        self.assert_no_browser_errors()

    def test_a_countdown_can_be_stopped(self):
        self.begin()
        self.wait(lambda: self.one("[data-do=shoot]").is_enabled(), "the camera did not start")
        # The countdown's seconds are over when the test says so.
        self.browser.execute_script("""
            const real = window.setTimeout;
            window.seconds = [];
            window.setTimeout = (done, time) => time === 1000 ? window.seconds.push(done) : real(done, time);""")
        self.tap("[data-do=shoot]")
        self.tap("[data-do=stop]")
        for _ in range(3):
            self.browser.execute_async_script(
                "window.seconds.splice(0).forEach((done) => done()); setTimeout(arguments[0], 300);")
        self.assertEqual(self.view(), "camera")
        self.assertTrue(self.one("[data-do=shoot]").is_displayed())

    def test_nothing_leads_out_and_everything_can_be_hit_with_a_finger(self):
        for width, height in SIZES:
            self.resize(width, height)
            self.open("/kiosk")
            self.wait_for("welcome")
            self.looked_at("welcome", width, height)
            self.begin()
            self.wait(lambda: self.one("[data-do=shoot]").is_enabled(), "the camera did not start")
            self.looked_at("camera", width, height)
            self.use_demo(2)
            self.looked_at("results", width, height)
            self.tap(".kiosk-cards li:first-child button")
            self.wait_for("piece")
            self.looked_at("piece", width, height)
            self.tap("[data-view=piece] [data-do=back]")
            self.wait_for("results")
            self.tap("[data-do=share]")
            self.wait_for("share")
            self.looked_at("share", width, height)
            self.tap("[data-do=anew]")
            self.wait_for("welcome")
        self.assert_no_browser_errors()

    def looked_at(self, name, width, height):
        self.wait(
            lambda: self.browser.execute_script(
                "return [...document.querySelectorAll('[data-view]:not([hidden]) img')].every(i => i.complete)"),
            "the pictures did not load")
        found = self.browser.execute_script("""
            const seen = [...document.querySelectorAll("button")].filter((b) => b.checkVisibility());
            return {
              ways: document.querySelectorAll("a[href], form, input, iframe, [target]").length,
              small: seen.filter((b) => b.getBoundingClientRect().height < 64 || b.getBoundingClientRect().width < 64)
                .map((b) => b.outerHTML.slice(0, 80)),
              wide: document.querySelector("[data-view]:not([hidden])").scrollWidth - innerWidth,
            };""")
        self.assertEqual(found["ways"], 0, name)
        self.assertEqual(found["small"], [], f"{name} at {width}")
        self.assertLessEqual(found["wide"], 0, f"{name} at {width}")
        self.screenshot(f"kiosk-{name}-{width}x{height}")

    def test_every_language_fits_also_from_right_to_left(self):
        for language in [button.get_attribute("data-value") for button in self.all("[data-do=language]")]:
            with self.subTest(language=language):
                self.resize(1080, 1920)
                self.tap(f"[data-do=language][data-value={language}]")
                self.wait(lambda: self.one("html").get_attribute("lang") == language, "the language did not change")
                self.looked_at(f"{language}-welcome", 1080, 1920)
                self.begin()
                self.wait(lambda: self.one("[data-do=shoot]").is_enabled(), "the camera did not start")
                self.looked_at(f"{language}-camera", 1080, 1920)
                self.use_demo(4)
                self.looked_at(f"{language}-results", 1080, 1920)
                if language == "ar":
                    self.assertEqual(self.one("html").get_attribute("dir"), "rtl")
                    self.tap("[data-do=share]")
                    self.wait_for("share")
                    self.looked_at(f"{language}-share", 1080, 1920)
                self.tap("[data-do=anew]")
                self.wait_for("welcome")

    def test_the_language_is_the_visitors_and_goes_with_them(self):
        buttons = self.all("[data-do=language]")
        if len(buttons) < 2:
            self.skipTest("there is one language only")
        self.tap("[data-do=language][data-value=de]")
        self.wait(lambda: self.one("html").get_attribute("lang") == "de", "the language did not change")
        self.begin()
        self.use_demo()
        german = json.loads((pathlib.Path(__file__).resolve().parents[2] / "Languages/de.json").read_text())["texts"]
        self.assertIn(german["kiosk.anew"], self.one("[data-bar]").text)
        token = self.token()
        self.tap("[data-do=anew]")
        self.wait_for("welcome")
        self.assertEqual(self.one("html").get_attribute("lang"), "en")
        self.assert_nothing_left(token)

    @unittest.skipUnless(AXE.is_file(), "axe.min.js is not there: it needs the network once")
    def test_no_serious_finding_in_any_view(self):
        def check(name):
            with self.subTest(view=name):
                self.browser.execute_script(AXE.read_text())
                result = self.browser.execute_async_script(
                    "const done = arguments[arguments.length - 1];"
                    "axe.run(document, {resultTypes: ['violations']}).then(done);")
                self.assertEqual(
                    [f"{v['id']}: {v['nodes'][0]['html']}" for v in result["violations"]
                     if v["impact"] in ("serious", "critical")], [])
        for scheme in ("light", "dark"):
            self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
                "features": [{"name": "prefers-color-scheme", "value": scheme}]})
            self.open("/kiosk")
            self.wait_for("welcome")
            check(f"welcome {scheme}")
            self.begin()
            self.wait(lambda: self.one("[data-do=shoot]").is_enabled(), "the camera did not start")
            check(f"camera {scheme}")
            self.use_demo(3)
            check(f"results {scheme}")
            self.screenshot(f"kiosk-results-{scheme}")
            self.tap(".kiosk-cards li:first-child button")
            self.wait_for("piece")
            check(f"piece {scheme}")
            self.tap("[data-view=piece] [data-do=back]")
            self.wait_for("results")
            self.tap("[data-do=share]")
            self.wait_for("share")
            check(f"share {scheme}")
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": "light"}]})

    def test_the_views_are_worked_by_keyboard_too(self):
        from selenium.webdriver.common.keys import Keys
        self.one("[data-do=begin]").send_keys(Keys.ENTER)
        self.wait_for("camera")
        self.one(".kiosk-demos button").send_keys(Keys.ENTER)
        self.wait_for("results")
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("id"), "kiosk-results")
        self.one(".kiosk-cards button").send_keys(Keys.ENTER)
        self.wait_for("piece")
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("id"), "kiosk-piece")


class KioskWithoutJavaScript(KioskTestCase):
    javascript = False

    def setUp(self):
        BrowserTestCase.setUp(self)

    def test_says_that_it_needs_it(self):
        self.resize(820, 1180)
        self.open("/kiosk")
        self.assertIn("needs JavaScript", self.one("body").text)
        self.screenshot("kiosk-plain")


class NoKiosk(BrowserTestCase):
    def test_there_is_none_unless_it_is_asked_for(self):
        for path in ("/kiosk", "/kiosk/worker.js"):
            self.assertEqual(status(self.url + path), 404)


if __name__ == "__main__":
    unittest.main()
