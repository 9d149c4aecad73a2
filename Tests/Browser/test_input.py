"""Every way in for a photo but the camera: choosing, dropping, pasting, an address, examples, several at once."""

import base64
import io
import pathlib
import tempfile
import urllib.request

from PIL import Image
from selenium.webdriver.common.keys import Keys

from support import BrowserTestCase, demo_photo


def large_photo(orientation=1, size=(4000, 3000)):
    """A photo as large as a phone's: a grey upper half, as it is stored, with noise so that it has some megabytes."""
    noise = Image.effect_noise((size[0] // 4, size[1] // 4), 60).resize(size).convert("RGB")
    noise.paste((250, 10, 10), (0, size[1] // 2, size[0], size[1]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = tempfile.NamedTemporaryFile(suffix=".jpg")
    noise.save(file, "JPEG", quality=97, exif=exif)
    file.flush()
    return file


class InputTestCase(BrowserTestCase):
    def results(self, seconds=60):
        self.wait(lambda: "/results/" in self.browser.current_url, "no results came", seconds)
        self.wait(lambda: self.all(".matches .card"), "no items")
        return self.browser.current_url

    def photo_size(self):
        image = self.one(".frame-photo img")
        return image.get_property("naturalWidth"), image.get_property("naturalHeight")

    def status(self):
        return self.one("[data-tray-status]").get_property("textContent")


class InputWithoutJavaScript(InputTestCase):
    javascript = False

    def submit(self):
        self.one("form[data-upload] button[type=submit]").click()

    def test_searches_with_an_example_in_one_tap(self):
        for width in (360, 1280):
            self.resize(width)
            self.open("/")
            button = self.all(".example-button")[2]
            identifier = button.get_attribute("value")
            button.click()
            self.results()
            first = self.one(".matches .card-name a").get_attribute("href")
            self.assertTrue(first.endswith(f"/items/{identifier}"), first)

    def test_an_address_that_must_not_be_fetched_says_so(self):
        for address, said in [("http://127.0.0.1/photo.jpg", "private network"), ("ftp://example.com/a", "address")]:
            self.open("/")
            self.one("#address").send_keys(address + Keys.ENTER)
            self.wait(lambda: said in self.one("main, dialog[open]").text or said in self.one("body").text, said)

    def test_several_photos_have_a_gallery_each_and_one_together(self):
        self.resize(360)
        self.open("/")
        photos = [str(demo_photo(position)[1]) for position in (2, 9, 14)]
        self.one("input[type=file][name=image]").send_keys("\n".join(photos))
        self.submit()
        address = self.results()
        tabs = self.all(".photo-tab")
        self.assertEqual([tab.text.strip() for tab in tabs], ["All together", "Photo 1", "Photo 2", "Photo 3"])
        self.assertEqual(tabs[0].get_attribute("aria-current"), "page")
        self.assertEqual(len(self.all(".frame-photo img")), 3)
        self.assert_fits(360)
        self.screenshot(f"several-{'js' if self.javascript else 'plain'}-360")
        for number, position in enumerate((2, 9, 14), start=1):
            self.all(".photo-tab")[number].click()
            self.wait(lambda: f"photo={number}" in self.browser.current_url, "the tab did not open")
            self.browser.refresh()
            first = self.one(".matches .card-name a").get_attribute("href")
            self.assertTrue(first.endswith("/items/" + demo_photo(position)[0]), first)
        self.resize(1280)
        self.browser.get(address)
        self.assert_fits(1280)
        self.screenshot(f"several-{'js' if self.javascript else 'plain'}-1280")

    def test_nine_photos_are_too_many(self):
        self.open("/")
        photos = [str(demo_photo(position)[1]) for position in range(9)]
        self.one("input[type=file][name=image]").send_keys("\n".join(photos))
        self.submit()
        self.wait(lambda: "8" in self.one("body").text and "at once" in self.one("body").text, "nothing was said")
        self.assertNotIn("/results/", self.browser.current_url)


class InputWithJavaScript(InputWithoutJavaScript):
    javascript = True

    def submit(self):
        """Choosing is enough."""

    def send(self, kind, data):
        """Drops or pastes a file, given as base64, or a text."""
        self.browser.execute_script(
            """
            const [kind, file, text] = arguments;
            const transfer = new DataTransfer();
            if (file) {
              const bytes = Uint8Array.from(atob(file), (character) => character.charCodeAt(0));
              transfer.items.add(new File([bytes], "photo.jpg", { type: "image/jpeg" }));
            } else {
              transfer.setData(kind === "drop" ? "text/uri-list" : "text/plain", text);
            }
            if (kind === "drop") {
              for (const name of ["dragenter", "dragover", "drop"])
                document.querySelector("footer").dispatchEvent(
                  new DragEvent(name, { dataTransfer: transfer, bubbles: true, cancelable: true }));
            } else {
              document.body.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
            }
            """, kind, data.get("file"), data.get("text"))

    def test_drops_and_pastes_a_photo_on_any_page(self):
        photo = base64.b64encode(demo_photo(4)[1].read_bytes()).decode()
        for kind, path in (("drop", "/"), ("drop", "/about"), ("paste", "/"), ("paste", "/catalog")):
            with self.subTest(kind=kind, path=path):
                self.open(path)
                self.send(kind, {"file": photo})
                self.results()
                first = self.one(".matches .card-name a").get_attribute("href")
                self.assertTrue(first.endswith("/items/" + demo_photo(4)[0]), first)

    def test_drops_and_pastes_an_address(self):
        for kind in ("drop", "paste"):
            with self.subTest(kind=kind):
                self.open("/catalog")
                self.send(kind, {"text": "http://127.0.0.1/photo.jpg"})
                self.wait(lambda: "private network" in self.status(), "nothing was said")
                self.one("[data-tray-cancel]").click()
                self.assertFalse(self.one("[data-tray]").is_displayed())
        self.send("paste", {"text": "only some words"})
        self.assertFalse(self.one("[data-tray]").is_displayed())

    def test_the_address_can_be_sent_by_keyboard_and_the_refusal_leaves_the_page(self):
        self.open("/")
        self.one("#address").send_keys("http://10.0.0.1/a.jpg" + Keys.ENTER)
        self.wait(lambda: "private network" in self.status(), "nothing was said")
        self.assertEqual(self.browser.current_url, self.url + "/")
        self.assertTrue(self.one("[data-tray-choose]").is_displayed())

    def throttle(self, upload=-1, offline=False):
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd("Network.emulateNetworkConditions", {
            "offline": offline, "latency": 20 if upload > 0 else 0, "downloadThroughput": -1, "uploadThroughput": upload})

    def test_a_large_photo_is_made_smaller_on_a_slow_network_and_stays_upright(self):
        with large_photo(orientation=6) as file:
            size = pathlib.Path(file.name).stat().st_size
            self.assertGreater(size, 2_000_000)
            # Bytes in a second: about 8 s for the small photo, and far longer for the whole one.
            slow = 60_000
            for upload in (slow, -1):
                with self.subTest(upload=upload):
                    self.open("/")
                    self.browser.execute_script("""
                        const send = XMLHttpRequest.prototype.send;
                        XMLHttpRequest.prototype.send = function (form) {
                          sessionStorage.sent = form.get("image").size;
                          send.call(this, form);
                        };""")
                    self.throttle(upload)
                    try:
                        self.one("input[type=file][name=image]").send_keys(file.name)
                        if upload > 0:
                            self.wait(lambda: self.one("[data-tray-image]").is_displayed(), "the photo is not shown")
                        self.results(seconds=100)
                    finally:
                        self.throttle()
                    if upload > 0:
                        sent = int(self.browser.execute_script("return sessionStorage.sent"))
                        self.assertLess(sent, size / 3, "it was not made smaller")
                    width, height = self.photo_size()
                    self.assertEqual((width, height), (720, 960), "it stands upright")
                    # Turned by orientation 6, the stored lower half is on the left.
                    with urllib.request.urlopen(self.one(".frame-photo img").get_attribute("src")) as answer:
                        shown = Image.open(io.BytesIO(answer.read()))
                    red, green, _ = shown.getpixel((60, 480))
                    self.assertGreater(red, green + 100)
                    red, green, _ = shown.getpixel((660, 480))
                    self.assertLess(abs(red - green), 60)

    def test_offline_keeps_the_photo_for_another_try(self):
        self.open("/")
        self.throttle(offline=True)
        try:
            self.one("input[type=file][name=image]").send_keys(str(demo_photo(6)[1]))
            self.wait(lambda: "offline" in self.status(), "nothing was said")
            self.assertTrue(self.one("[data-tray-image]").is_displayed(), "the photo is still there")
            self.screenshot("offline")
        finally:
            self.throttle()
        self.one("[data-tray-retry]").click()
        self.results()

    def test_an_upload_can_be_cancelled_while_it_is_on_its_way(self):
        with large_photo() as file:
            self.open("/")
            self.throttle(5_000)
            try:
                self.one("input[type=file][name=image]").send_keys(file.name)
                self.wait(lambda: self.one("[data-tray-progress]").get_attribute("value"), "no progress")
                value = float(self.one("[data-tray-progress]").get_attribute("value"))
                self.assertLess(value, 100, "progress is what has arrived")
                self.one("[data-tray-cancel]").click()
            finally:
                self.throttle()
            self.assertFalse(self.one("[data-tray]").is_displayed())
            self.one("input[type=file][name=image]").send_keys(str(demo_photo(6)[1]))
            self.results()

    def test_a_file_that_is_no_picture_is_refused_at_once(self):
        self.open("/")
        with tempfile.NamedTemporaryFile(suffix=".mp4") as film, tempfile.NamedTemporaryFile(suffix=".jpg") as empty:
            film.write(b"film")
            film.flush()
            self.one("input[type=file][name=image]").send_keys(film.name)
            self.wait(lambda: "JPEG" in self.status(), "nothing was said")
            self.one("[data-tray-cancel]").click()
            self.one("input[type=file][name=image]").send_keys(empty.name)
            self.wait(lambda: "nothing in this file" in self.status(), "nothing was said")
