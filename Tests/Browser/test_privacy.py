"""What the privacy page says, held against a server that has been searched with: its files, its log, its answers."""

import contextlib
import fractions
import http.client
import io
import os
import pathlib
import re
import struct
import tempfile
import unittest
import urllib.parse

from PIL import Image

from support import BrowserTestCase, Server, demo_photo

# What must be nowhere afterwards: of the photo's file, of the browser, of its address.
CAMERA = b"Roundabout-Camera-7731"
BROWSER = b"Unlikely-Browser/19.84"
FORWARDED = b"203.0.113.77"
TRACKER = b"tracking-word-5519"


def marked_photo():
    """A demo photo as a phone stores it: with place, time and maker; and the place as it lies in the file."""
    picture = Image.open(demo_photo(9)[1]).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = CAMERA.decode()
    exif[0x0132] = "2026:01:02 03:04:05"
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 29.9871), 3: "E", 4: (2.0, 17.0, 40.2331)}
    with tempfile.SpooledTemporaryFile() as file:
        picture.save(file, "JPEG", quality=91, exif=exif, comment=b"comment-of-the-photo-4410")
        file.seek(0)
        return file.read()


class PrivacyTestCase(BrowserTestCase):
    level = "info"

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="vitrine-temporary-")
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.log = open(pathlib.Path(cls.temporary.name).parent / f"vitrine-log-{os.getpid()}-{cls.level}", "w+b")
        cls.addClassCleanup(lambda: (cls.log.close(), os.unlink(cls.log.name)))
        cls.kept = Server(log=cls.log, options=["--kiosk"],
                          environment={"TMPDIR": cls.temporary.name, "VITRINE_LOG_LEVEL": cls.level})
        cls.addClassCleanup(lambda: cls.kept.stop())
        super().setUpClass()

    @classmethod
    def address(cls):
        return cls.kept.url

    def ask(self, method, path, body=None, **fields):
        host = urllib.parse.urlparse(self.url)
        connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=60)
        connection.request(method, path, body, {
            "User-Agent": BROWSER.decode(), "X-Forwarded-For": FORWARDED.decode(),
            "Forwarded": f"for={FORWARDED.decode()}", "Referer": f"https://elsewhere.example/{TRACKER.decode()}",
            **fields})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content

    def form(self, photo):
        boundary = "border"
        body = (f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="{TRACKER.decode()}.jpg"\r\n'
                "Content-Type: image/jpeg\r\n\r\n").encode() + photo + f"\r\n--{boundary}--\r\n".encode()
        return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}

    def files(self):
        """Every file that the server could have written, with its content."""
        for folder in (self.kept.data.name, self.temporary.name):
            for path in pathlib.Path(folder).rglob("*"):
                if path.is_file():
                    yield path, path.read_bytes()
        self.log.flush()
        yield pathlib.Path(self.log.name), pathlib.Path(self.log.name).read_bytes()

    def search_and_look(self):
        """Searches in every way there is, looks at the results; returns what must not be found and the tokens."""
        photo = marked_photo()
        # The seconds of the place, as they lie in the file: two numbers of four bytes.
        place = struct.pack(">II", *fractions.Fraction(29.9871).limit_denominator(2 ** 16).as_integer_ratio())
        self.assertTrue(Image.open(io.BytesIO(photo)).getexif().get_ifd(0x8825))
        for mark in (CAMERA, place):
            self.assertIn(mark, photo)
        body, fields = self.form(photo)
        tokens, secrets = [], [
            CAMERA, BROWSER, FORWARDED, TRACKER, b"comment-of-the-photo-4410", b"2026:01:02", place]
        # The compressed picture itself, wherever it might have been copied to.
        secrets += [photo[at:at + 24] for at in range(len(photo) // 2, len(photo) // 2 + 4000, 400)]
        of_the_file, displayed = list(secrets), []
        for path in ("/search", "/kiosk/search"):
            answer, content = self.ask("POST", f"{path}?note={TRACKER.decode()}", body, **fields)
            found = re.search(rb'data-token="([\w-]+)"', content)
            token = found.group(1).decode() if found else answer.headers["Location"].rsplit("/", 1)[1]
            tokens.append(token)
            for address in (f"/results/{token}", f"/results/{token}?colour=Red", f"/results/{token}/none",
                            f"/results/{token}/", f"/nowhere/{TRACKER.decode()}"):
                self.ask("GET", address)
            answer, shown = self.ask("GET", f"/results/{token}/photo.jpg")
            self.assertEqual(answer.status, 200)
            for secret in of_the_file:
                self.assertNotIn(secret, shown, "what is shown carries something of the file besides the picture")
            displayed += [shown[at:at + 24] for at in range(len(shown) // 2, len(shown) // 2 + 2000, 400)]
        answer, _ = self.ask("POST", "/api/v1/search", photo, **{"Content-Type": "image/jpeg"})
        self.assertEqual(answer.status, 200)
        # Refusals are logged too.
        self.ask("POST", "/api/v1/search", photo[:len(photo) // 2], **{"Content-Type": "image/jpeg"})
        self.ask("GET", "/%zz")
        return tokens, of_the_file + displayed + [token.encode() for token in tokens]


class Privacy(PrivacyTestCase):
    def test_neither_files_nor_log_hold_anything_of_a_visitor(self):
        before = {path for path, _ in self.files()}
        tokens, secrets = self.search_and_look()
        for path, content in self.files():
            for secret in secrets:
                self.assertNotIn(secret, content, f"{path} holds {secret}")
        self.assertEqual({path for path, _ in self.files()} - before, set(), "a search leaves no file behind")
        opened = []
        for name in os.listdir(f"/proc/{self.kept.process.pid}/fd"):
            # One that was closed meanwhile is none.
            with contextlib.suppress(FileNotFoundError):
                opened.append(os.readlink(f"/proc/{self.kept.process.pid}/fd/{name}"))
        self.assertEqual([name for name in opened if "(deleted)" in name], [], "nor one without a name")
        log = pathlib.Path(self.log.name).read_text()
        self.assertIn("path=/results/{token} ", log.replace('"', ""), "the log has its lines")
        self.assertNotIn("127.0.0.1", log.replace(self.url, ""))
        metrics = self.ask("GET", "/metrics")[1]
        for secret in secrets + [b"127.0.0.1"]:
            self.assertNotIn(secret, metrics)

    def test_what_is_erased_is_gone_at_once(self):
        tokens, _ = self.search_and_look()
        self.ask("POST", f"/results/{tokens[0]}/discard")
        self.ask("POST", "/kiosk/erase", f"token={tokens[1]}", **{"Content-Type": "application/x-www-form-urlencoded"})
        for token in tokens:
            for suffix in ("", "/photo.jpg"):
                self.assertEqual(self.ask("GET", f"/results/{token}{suffix}")[0].status, 410)

    def test_the_page_is_linked_everywhere_and_says_how_long(self):
        for width in (360, 1280):
            self.resize(width)
            self.open("/")
            self.one(".colophon a[href='/privacy']").click()
            self.wait(lambda: self.browser.current_url.endswith("/privacy"), "the page did not open")
            text = self.one("main").text
            for words in ("30 minutes", "60 seconds", "10 minutes", "never written to disk", "language"):
                self.assertIn(words, text)
            self.assert_fits(width)
            self.screenshot(f"privacy-{width}")
        self.open("/about#kept")
        self.assertTrue(self.all("#kept"))
        self.assertTrue(self.all("main a[href='/privacy']"))
        self.assert_no_browser_errors()

    def test_only_the_cookies_that_the_page_names_are_ever_set(self):
        named = {code.text for code in (self.open("/privacy"), self.all("#cookies ~ dl code"))[1]}
        sources = pathlib.Path(__file__).resolve().parents[2] / "Sources/Site"
        texts = [path.read_text() for path in sources.rglob("*.swift")]
        # Every name that is ever read from a cookie or written to one.
        names = {name for text in texts for name in re.findall(r'[cC]ookie(?:Name)? = "([\w-]+)"', text)}
        self.assertTrue(names)
        self.assertEqual(names, named)


class PrivacyOfAllThatCanBeLogged(PrivacyTestCase):
    level = "trace"

    def test_the_most_talkative_log_holds_nothing_of_a_visitor(self):
        _, secrets = self.search_and_look()
        for path, content in self.files():
            for secret in secrets:
                self.assertNotIn(secret, content, f"{path} holds {secret}")
        self.assertNotIn("127.0.0.1", pathlib.Path(self.log.name).read_text().replace(self.url, ""))


if __name__ == "__main__":
    unittest.main()
