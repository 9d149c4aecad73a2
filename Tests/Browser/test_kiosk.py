"""The kiosk: one visitor after another, by camera or with a photo that is there; what is left of them: nothing."""

import io
import json
import os
import pathlib
import signal
import tempfile
import time
import unittest
import urllib.error
import urllib.request

import numpy
from PIL import Image
from pyzbar import pyzbar
from selenium.common.exceptions import JavascriptException

from support import SCREENSHOTS, BrowserTestCase, Server, demo_photo, free_port

AXE = pathlib.Path(os.environ.get("VITRINE_AXE", "missing"))
ROUNDS = int(os.environ.get("VITRINE_TEST_ROUNDS", "10"))
SIZES = ((820, 1180), (1080, 1920), (1920, 1080))


def camera_film(photo, folder):
    """A film of one picture, as Chromium's camera for tests plays it: YUV4MPEG2, 640 by 480."""
    picture = Image.new("RGB", (640, 480), "white")
    item = Image.open(photo).convert("RGB")
    item.thumbnail((480, 480))
    picture.paste(item, ((640 - item.width) // 2, (480 - item.height) // 2))
    y, cb, cr = (numpy.asarray(channel) for channel in picture.convert("YCbCr").split())
    planes = y.tobytes() + cb[::2, ::2].tobytes() + cr[::2, ::2].tobytes()
    path = pathlib.Path(folder) / "camera.y4m"
    path.write_bytes(b"YUV4MPEG2 W640 H480 F15:1 Ip A1:1 C420jpeg\n" + b"FRAME\n" + planes)
    return path


def status(address):
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


class KioskTestCase(BrowserTestCase):
    seconds = 60
    folder = None

    @classmethod
    def setUpClass(cls):
        cls.port = free_port()
        cls.kiosk = Server(options=cls.options(), port=cls.port)
        cls.addClassCleanup(lambda: cls.kiosk.stop())
        cls.folder = tempfile.TemporaryDirectory(prefix="vitrine-camera-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.item, photo = demo_photo(11)
        cls.arguments = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
                         f"--use-file-for-fake-video-capture={camera_film(photo, cls.folder.name)}"]
        super().setUpClass()
        cls.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 5})

    @classmethod
    def address(cls):
        return f"http://127.0.0.1:{cls.port}"

    @classmethod
    def options(cls):
        return ["--kiosk", "--kiosk-timeout", str(cls.seconds), "--public-url", f"http://127.0.0.1:{cls.port}"]

    def setUp(self):
        super().setUp()
        self.resize(820, 1180)
        self.open("/kiosk")
        self.wait_for("welcome")

    def screenshot(self, name):
        """What is on the screen, which is all that there is of a kiosk."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.browser.save_screenshot(str(SCREENSHOTS / f"{name}.png"))

    def view(self):
        return self.browser.execute_script(
            "return [...document.querySelectorAll('[data-view]')].filter(v => !v.hidden).map(v => v.dataset.view).join()")

    def wait_for(self, name, seconds=20):
        def is_there():
            try:
                return self.view() == name
            except JavascriptException:
                return False
        self.wait(is_there, f"the view {name} did not come", seconds)

    def tap(self, selector):
        """A finger on the middle of what is there to touch."""
        place = self.browser.execute_script(
            "const all = [...document.querySelectorAll(arguments[0])].filter(e => e.checkVisibility());"
            "if (!all.length) return null; all[0].scrollIntoView({block: 'center'});"
            "const box = all[0].getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2];",
            selector)
        self.assertIsNotNone(place, f"{selector} is not to be seen")
        self.browser.execute_cdp_cmd(
            "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": place[0], "y": place[1]}]})
        self.browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def begin(self):
        self.tap("[data-do=begin]")
        self.wait_for("camera")

    def shoot(self):
        self.wait(lambda: self.one("[data-do=shoot]").is_enabled(), "the camera did not start")
        self.tap("[data-do=shoot]")
        self.wait_for("results", 30)

    def use_demo(self, number=0):
        self.tap(f".kiosk-demos li:nth-child({number + 1}) button")
        self.wait_for("results", 30)

    def token(self):
        return self.one("[data-token]").get_attribute("data-token")

    def photo_address(self):
        return f"{self.url}/results/{self.token()}/photo.jpg"

    def assert_nothing_left(self, token):
        """No trace of the visitor before: in the page, the browser's storage, its history, or on the server."""
        for suffix in ("", "/photo.jpg"):
            self.assertEqual(status(f"{self.url}/results/{token}{suffix}"), 410)
        state = self.browser.execute_async_script("""
            const done = arguments[arguments.length - 1];
            (async () => {
              const kept = [];
              for (const name of await caches.keys()) {
                for (const request of await (await caches.open(name)).keys()) kept.push(new URL(request.url).pathname);
              }
              done({
                html: document.documentElement.outerHTML, history: history.length, kept,
                local: localStorage.length, session: sessionStorage.length,
                databases: (await indexedDB.databases()).length,
                camera: document.querySelector("video").srcObject !== null,
              });
            })();""")
        self.assertNotIn(token, state["html"])
        self.assertNotIn("/results/", state["html"])
        self.assertEqual((state["local"], state["session"], state["databases"], state["camera"]), (0, 0, 0, False))
        self.assertTrue(all(path == "/kiosk" or path.startswith("/static/") for path in state["kept"]), state["kept"])
        self.assertEqual(self.browser.execute_cdp_cmd("Storage.getCookies", {})["cookies"], [])
        self.assertEqual(state["history"], self.browser.execute_script("return history.length"))
        entries = self.browser.execute_cdp_cmd("Page.getNavigationHistory", {})["entries"]
        self.assertFalse([entry["url"] for entry in entries if "/results/" in entry["url"] or "/items/" in entry["url"]])


class Kiosk(KioskTestCase):
    def test_a_piece_before_the_camera_is_found_looked_at_and_taken_along(self):
        self.begin()
        self.wait(lambda: self.one("[data-do=shoot]").is_enabled(), "the camera did not start")
        self.assertEqual(
            self.browser.execute_script("return getComputedStyle(document.querySelector('video')).transform"),
            "matrix(-1, 0, 0, 1, 0, 0)", "the preview is a mirror")
        self.tap("[data-do=shoot]")
        seen = []
        deadline = time.monotonic() + 20
        while self.view() == "camera" and time.monotonic() < deadline:
            seen.append(self.browser.execute_script("return document.querySelector('[data-count]').textContent"))
            time.sleep(0.1)
        self.assertEqual(list(dict.fromkeys(text for text in seen if text)), ["3", "2", "1"])
        self.wait_for("results", 30)
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
        self.assertRegex(address, rf"^{self.url}/results/[\w-]{{22}}$")
        self.assertNotIn(token, address, "the phone has an address of its own")
        self.tap("[data-do=anew]")
        self.wait_for("welcome")
        self.assert_nothing_left(token)
        self.assertEqual(status(address), 200, "the phone's copy outlives the kiosk's results")
        self.assert_no_browser_errors()

    def test_a_countdown_can_be_stopped(self):
        self.begin()
        self.wait(lambda: self.one("[data-do=shoot]").is_enabled(), "the camera did not start")
        self.tap("[data-do=shoot]")
        self.tap("[data-do=stop]")
        time.sleep(3.5)
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
            time.sleep(0.3)
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

    def test_goes_on_by_itself_when_the_camera_was_unplugged(self):
        self.begin()
        self.wait(lambda: self.one("[data-do=shoot]").is_enabled(), "the camera did not start")
        self.browser.execute_script("""
            window.plugged = navigator.mediaDevices.getUserMedia;
            navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("gone", "NotFoundError"); };
            const [track] = document.querySelector("video").srcObject.getVideoTracks();
            track.stop();
            track.dispatchEvent(new Event("ended"));""")
        self.wait(lambda: self.one("[data-camera=missing]").is_displayed(), "nothing was said of the camera")
        self.assertFalse(self.one("[data-do=shoot]").is_enabled())
        self.screenshot("kiosk-no-camera")
        self.browser.execute_script(
            "navigator.mediaDevices.getUserMedia = window.plugged;"
            "navigator.mediaDevices.dispatchEvent(new Event('devicechange'));")
        self.wait(lambda: self.one("[data-do=shoot]").is_enabled(), "the camera did not come back")
        self.shoot()

    def test_a_camera_that_may_not_be_used_leaves_the_photos_that_are_there(self):
        self.browser.execute_script(
            "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); };")
        self.begin()
        self.wait(lambda: self.one("[data-camera=denied]").is_displayed(), "nothing was said of the camera")
        self.use_demo(1)
        self.assertEqual(len(self.all(".kiosk-cards button")), 5)

    def test_goes_on_by_itself_when_the_server_was_restarted(self):
        self.wait(lambda: self.browser.execute_async_script(
            "navigator.serviceWorker.getRegistration('/kiosk').then(r => arguments[0](Boolean(r?.active)));"),
            "the page was not kept for bad times")
        for reloads in (False, True):
            with self.subTest(reloads=reloads):
                self.begin()
                self.use_demo()
                self.kiosk.end()
                if reloads:
                    self.browser.refresh()
                else:
                    self.tap(".kiosk-cards li:first-child button")
                self.wait_for("away")
                self.assertIn("goes on by itself", self.one("[data-view=away]").text)
                self.screenshot("kiosk-away")
                self.kiosk.begin()
                self.wait(lambda: self.view() in ("welcome", "results"), "the kiosk did not come back")
                if self.view() == "results":
                    self.tap("[data-do=anew]")
                    self.wait_for("welcome")

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
        self.wait_for("results", 30)
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("id"), "kiosk-results")
        self.one(".kiosk-cards button").send_keys(Keys.ENTER)
        self.wait_for("piece")
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("id"), "kiosk-piece")


class ImpatientKiosk(KioskTestCase):
    seconds = 6

    def test_asks_whether_somebody_is_there_and_erases_everything_when_nobody_answers(self):
        self.begin()
        self.use_demo()
        token = self.token()
        self.wait(lambda: self.all("[data-still][open]"), "nobody asked")
        first = int(self.one("[data-left]").text)
        self.assertLessEqual(first, 3)
        self.screenshot("kiosk-still-there")
        self.tap("[data-do=stay]")
        self.wait(lambda: not self.all("[data-still][open]"), "the question stayed")
        self.assertEqual(self.view(), "results")
        self.assertEqual(status(self.photo_address()), 200)
        self.wait(lambda: self.all("[data-still][open]"), "nobody asked again")
        self.wait_for("welcome")
        self.assert_nothing_left(token)

    def test_looking_on_by_touch_keeps_the_results(self):
        self.begin()
        self.use_demo()
        for _ in range(5):
            time.sleep(2)
            self.tap("#kiosk-results")
        self.assertEqual(self.view(), "results")

    def test_a_search_that_is_answered_after_the_visitor_has_gone_is_erased(self):
        self.begin()
        self.browser.execute_script("""
            const real = window.fetch;
            window.fetch = async (address, options) => {
              const answer = await real(address, options);
              if (address === "/kiosk/search") {
                const text = await answer.clone().text();
                window.late = text.match(/data-token="([\\w-]+)"/)[1];
                await new Promise((done) => setTimeout(done, 1500));
              }
              return answer;
            };""")
        self.tap(".kiosk-demos button")
        self.wait(lambda: self.browser.execute_script("return window.late"), "no answer")
        token = self.browser.execute_script("return window.late")
        self.tap("[data-do=anew]")
        self.wait_for("welcome")
        self.wait(lambda: status(f"{self.url}/results/{token}") == 410, "the late answer was kept")
        self.assert_nothing_left(token)


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


class ManyVisitors(KioskTestCase):
    """VITRINE_TEST_ROUNDS sets how many there are; 10 without."""

    def memory(self):
        fields = pathlib.Path(f"/proc/{self.kiosk.process.pid}/status").read_text().splitlines()
        values = dict(line.split(":", 1) for line in fields)
        return {name: int(values[name].split()[0]) // 1024 for name in ("VmRSS", "RssAnon")}

    def test_nothing_of_one_visitor_is_there_for_the_next(self):
        # Long stretches without a restart in between, in which memory can be told to grow.
        restarts = {3, 6} if ROUNDS < 50 else {5, 10, ROUNDS // 2}
        resident = {}
        last = None
        started = time.monotonic()
        for number in range(1, ROUNDS + 1):
            if number in restarts:
                self.kiosk.end(signal.SIGKILL if number % 2 else signal.SIGTERM)
                self.wait_for("away")
                self.kiosk.begin()
                self.wait_for("welcome", 30)
            self.begin()
            if number % 4 == 0:
                self.shoot()
            else:
                self.use_demo(number % 6)
            token = self.token()
            self.assertNotEqual(token, last)
            self.assertEqual(status(self.photo_address()), 200)
            self.tap(f".kiosk-cards li:nth-child({number % 5 + 1}) button")
            self.wait_for("piece")
            if number % 5 == 0:
                self.tap("[data-view=piece] [data-do=back]")
                self.wait_for("results")
                self.tap("[data-do=share]")
                self.wait_for("share")
            self.tap("[data-do=anew]")
            self.wait_for("welcome")
            self.assert_nothing_left(token)
            last = token
            if number in (20, 99, 100, 120, 200) or number == ROUNDS:
                resident[number] = self.memory()
                print(f"kiosk: {number} visitors, {time.monotonic() - started:.0f} s, server "
                      + json.dumps(resident[number]) + " MiB", flush=True)
        for first, second in ((20, ROUNDS // 2 - 1), (ROUNDS // 2 + 20, ROUNDS)):
            if ROUNDS >= 100 and first in resident and second in resident:
                self.assertLess(resident[second]["RssAnon"] - resident[first]["RssAnon"], 30)


if __name__ == "__main__":
    unittest.main()
