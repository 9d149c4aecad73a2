"""A running server and a headless Chromium for the browser tests."""

import base64
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from selenium import webdriver
from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver.chrome.service import Service

ROOT = pathlib.Path(__file__).resolve().parents[2]
VITRINE = ROOT / ".build/release/vitrine"
SCREENSHOTS = ROOT / ".build/screenshots"
CATALOG = ROOT / "catalog"

CHROMIUM = shutil.which("chromium")
CHROMEDRIVER = shutil.which("chromedriver")


class Server:
    """`vitrine serve` over the demo catalog, with a data directory that is thrown away.

    `port` 0 takes any free one; `log` is a file for standard error, and `environment` adds to the process's own.
    """

    def __init__(self, catalog=CATALOG, options=(), port=0, log=subprocess.DEVNULL, environment=None):
        self.data = tempfile.TemporaryDirectory(prefix="vitrine-browser-")
        if catalog == CATALOG:
            shutil.copytree(indexed(), self.data.name, dirs_exist_ok=True)
        self.command = [VITRINE, "serve", "--port", str(port), "--catalog", catalog, "--data", self.data.name, *options]
        self.log = log
        self.environment = {**os.environ, **(environment or {})}
        self.begin()

    def begin(self):
        """Starts the server, and waits until it listens."""
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=self.log, text=True, cwd=ROOT, env=self.environment)
        self.url = None
        for line in self.process.stdout:
            found = re.search(r"http://\S+:\d+", line)
            if found:
                self.url = found.group(0).rstrip("/")
                break
        if self.url is None:
            raise RuntimeError(f"the server did not start: status {self.process.wait()}")

    def end(self, number=signal.SIGTERM):
        """Ends the process; returns its exit status. `begin` starts it again over the same data."""
        self.process.send_signal(number)
        try:
            status = self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            # Nothing of it is to burden the tests that follow.
            self.process.kill()
            self.process.wait()
            raise
        self.process.stdout.close()
        return status

    def stop(self):
        """Ends the server; returns its exit status."""
        status = self.end()
        self.data.cleanup()
        return status


_indexed = None


def indexed():
    """A data directory with the demo catalog indexed, made once a run and copied for each server."""
    global _indexed
    if _indexed is None:
        _indexed = tempfile.TemporaryDirectory(prefix="vitrine-indexed-")
        subprocess.run([VITRINE, "index", "--catalog", CATALOG, "--data", _indexed.name], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return _indexed.name


def free_port():
    """A port that nobody listens on at the moment, and that the system gives to no connection in between: Linux takes
    those from 32768 on."""
    while True:
        port = random.randrange(20_000, 32_768)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


_server = None


def server():
    """The server that all tests of a run share."""
    global _server
    if _server is None:
        _server = Server()
        unittest.addModuleCleanup(stop_server)
    return _server


def stop_server():
    global _server
    if _server is not None:
        _server.stop()
        _server = None


class BrowserTestCase(unittest.TestCase):
    """A test with a browser of its own; `javascript`, `dark`, the browser's further `arguments` and which `logs` it keeps
    are set by subclasses, which may also have another server's address."""

    javascript = True
    dark = False
    arguments = ()
    logs = {"browser": "ALL"}

    @classmethod
    def address(cls):
        return server().url

    @classmethod
    def setUpClass(cls):
        if CHROMIUM is None or CHROMEDRIVER is None:
            raise unittest.SkipTest("Chromium and its driver are not installed")
        cls.url = cls.address()
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                         "--hide-scrollbars", "--force-prefers-reduced-motion", *cls.arguments]:
            options.add_argument(argument)
        if not cls.javascript:
            options.add_experimental_option(
                "prefs", {"profile.managed_default_content_settings.javascript": 2})
        options.set_capability("goog:loggingPrefs", cls.logs)
        cls.browser = webdriver.Chrome(service=Service(CHROMEDRIVER, port=free_port()), options=options)
        cls.addClassCleanup(cls.browser.quit)
        cls.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": "dark" if cls.dark else "light"}]})
        cls.browser.set_page_load_timeout(100)
        cls.browser.set_script_timeout(100)

    def setUp(self):
        # What an earlier test provoked is not this one's.
        self.browser.get_log("browser")

    def open(self, path):
        self.browser.get(self.url + path)

    def resize(self, width, height=900):
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})

    def all(self, selector):
        return self.browser.find_elements("css selector", selector)

    def one(self, selector):
        return self.browser.find_element("css selector", selector)

    def wait(self, condition, message, seconds=60):
        """What is looked at may go with its page meanwhile; then it is looked for again, and once more when the time is
        over, which it may be before this process goes on."""
        end = time.monotonic() + seconds
        while True:
            is_over = time.monotonic() > end
            trouble = ""
            try:
                if found := condition():
                    return found
            except (WebDriverException, IndexError) as error:
                trouble = f": {error}"
            if is_over:
                raise TimeoutException(message + trouble)
            time.sleep(0.2)

    def screenshot(self, name):
        """The whole page as .build/screenshots/NAME.png."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        metrics = self.browser.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        picture = self.browser.execute_cdp_cmd("Page.captureScreenshot", {
            "captureBeyondViewport": True,
            "clip": {"x": 0, "y": 0, "width": metrics["width"], "height": min(metrics["height"], 6000), "scale": 1}})
        (SCREENSHOTS / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))

    def assert_fits(self, width):
        """Nothing sticks out to the side."""
        metrics = self.browser.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        self.assertLessEqual(metrics["width"], width, "the page scrolls sideways")

    def assert_no_browser_errors(self):
        """No script error, no refused style or script (CSP), no missing file."""
        entries = [entry for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]
        self.assertEqual(entries, [])


def demo_photo(position=0):
    """A photo of the demo catalog: its id and path."""
    photos = sorted((CATALOG / "images").glob("*.jpg"))
    photo = photos[position * 37 % len(photos)]
    return photo.stem, photo
