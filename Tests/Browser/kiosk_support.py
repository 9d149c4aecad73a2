"""A kiosk with a camera that plays a film, and what its tests do with it."""

import contextlib
import pathlib
import tempfile
import urllib.error
import urllib.request

import numpy
from PIL import Image
from selenium.common.exceptions import TimeoutException

from support import SCREENSHOTS, BrowserTestCase, Server, demo_photo, free_port


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
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


class KioskTestCase(BrowserTestCase):
    # More than any test takes on a slow machine.
    seconds = 3600
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

    def wait_for(self, name):
        self.wait(lambda: self.view() == name, f"the view {name} did not come")

    def tap(self, selector):
        """A finger on the middle of what is there to touch. On a slow machine that may be a long touch, which is no click;
        then it is tried again."""
        place = self.browser.execute_script(
            "const all = [...document.querySelectorAll(arguments[0])].filter(e => e.checkVisibility());"
            "if (!all.length) return null; all[0].scrollIntoView({block: 'center'});"
            "window.tapped = false;"
            "addEventListener('click', () => { window.tapped = true; }, {capture: true, once: true});"
            "const box = all[0].getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2];",
            selector)
        self.assertIsNotNone(place, f"{selector} is not to be seen")
        for _ in range(3):
            self.browser.execute_cdp_cmd(
                "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": place[0], "y": place[1]}]})
            self.browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
            with contextlib.suppress(TimeoutException):
                return self.wait(lambda: self.browser.execute_script("return window.tapped !== false"), "", seconds=5)
        self.fail(f"{selector} was not hit")

    def begin(self):
        self.tap("[data-do=begin]")
        self.wait_for("camera")

    def shoot(self):
        self.wait(lambda: self.one("[data-do=shoot]").is_enabled(), "the camera did not start")
        self.tap("[data-do=shoot]")
        self.wait_for("results")

    def use_demo(self, number=0):
        self.tap(f".kiosk-demos li:nth-child({number + 1}) button")
        self.wait_for("results")

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
