"""The search in another site's page: by script and frame, for those sites alone that are named; and the API from there."""

import http.server
import json
import os
import pathlib
import re
import threading
import unittest
import urllib.error
import urllib.request

from support import BrowserTestCase, Server, demo_photo

AXE = pathlib.Path(os.environ.get("VITRINE_AXE", "missing"))


class Shop:
    """A shop's own site on a port of its own, and with that an origin of its own."""

    def __init__(self):
        self.pages = {}
        shop = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                page = shop.pages.get(self.path)
                self.send_response(200 if page else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write((page or "nothing").encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # Another host than the search's, so that it is another site to the browser.
        self.origin = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def head(address, **headers):
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


class EmbedTestCase(BrowserTestCase):
    arguments = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")

    @classmethod
    def setUpClass(cls):
        cls.shop, cls.stranger = Shop(), Shop()
        for site in (cls.shop, cls.stranger):
            cls.addClassCleanup(site.stop)
        cls.search = Server(options=["--embed-origin", cls.shop.origin, "--embed-origin", "https://other.example",
                                     "--cors-origin", cls.shop.origin])
        cls.addClassCleanup(lambda: cls.search.stop())
        for site in (cls.shop, cls.stranger):
            site.pages["/"] = (
                "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
                "<title>A shop</title><h1>A shop</h1><div id=here></div>"
                f"<script src='{cls.address()}/embed.js' data-into='#here' async></script>")
        super().setUpClass()

    @classmethod
    def address(cls):
        return cls.search.url.replace("localhost", "127.0.0.1")

    def visit(self, site, path="/"):
        self.browser.switch_to.default_content()
        self.browser.get(site.origin + path)
        self.wait(lambda: self.all("iframe"), "the script made no frame")
        return self.one("iframe")

    def enter(self, frame):
        self.browser.switch_to.frame(frame)

    def find_nearest(self):
        identifier, photo = demo_photo(3)
        self.one("input[type=file][name=image]").send_keys(str(photo))
        self.submit()
        self.wait_for_results()
        return identifier

    def wait_for_results(self):
        """Within the frame, if there is one: the driver may leave a frame that goes to another page."""
        def have_come():
            self.browser.switch_to.default_content()
            for frame in self.all("iframe"):
                self.enter(frame)
            return len(self.all(".card")) == 5
        self.wait(have_come, "no results came")

    def submit(self):
        pass


class Embed(EmbedTestCase):
    def test_five_items_are_found_in_the_frame_and_open_in_the_tab_around_it(self):
        for width in (360, 1280):
            with self.subTest(width=width):
                self.resize(width)
                frame = self.visit(self.shop)
                self.assertEqual(frame.get_attribute("allow"), "camera")
                self.assertEqual(frame.get_attribute("title"), "Search by photo")
                self.wait(lambda: frame.rect["height"] != 460, "the frame kept its first height")
                self.screenshot(f"embed-{width}")
                first = frame.rect["height"]
                self.enter(frame)
                identifier = self.find_nearest()
                link = self.one(".card a")
                self.assertEqual(link.get_attribute("target"), "_top")
                content = self.browser.execute_script("return document.body.getBoundingClientRect().height")
                self.browser.switch_to.default_content()
                self.wait(lambda: abs(frame.rect["height"] - content) <= 2, "the frame is not as high as its content")
                self.assertNotEqual(frame.rect["height"], first)
                self.assert_fits(width)
                self.screenshot(f"embed-results-{width}")
                self.enter(frame)
                self.one(".card a").click()
                self.browser.switch_to.default_content()
                self.wait(lambda: identifier in self.browser.current_url, "the item did not open in the tab")

    def test_the_camera_works_in_the_frame(self):
        self.resize(360)
        frame = self.visit(self.shop)
        self.enter(frame)
        self.wait(lambda: self.one("[data-camera]").is_displayed(), "the camera is not offered")
        self.one("[data-camera]").click()
        self.wait(lambda: self.all(".camera[open] .actions .button:first-child:enabled"), "the camera did not start")
        self.browser.switch_to.default_content()
        self.screenshot("embed-camera")
        self.enter(frame)
        self.one(".camera[open] .actions .button:first-child:enabled").click()
        self.wait_for_results()

    def test_needs_no_cookie_and_speaks_the_language_that_the_shop_asks_for(self):
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.shop.pages["/de"] = self.shop.pages["/"].replace("data-into", "data-language=de data-title=Suche data-into")
        if not (pathlib.Path(__file__).resolve().parents[2] / "Languages/de.json").is_file():
            self.skipTest("there is one language only")
        frame = self.visit(self.shop, "/de")
        self.assertEqual(frame.get_attribute("title"), "Suche")
        self.enter(frame)
        self.assertEqual(self.one("html").get_attribute("lang"), "de")
        self.find_nearest()
        self.assertEqual(self.one("html").get_attribute("lang"), "de", "the language stays on the way")
        self.assertIn("language=de", self.browser.execute_script("return location.search"))
        self.assertEqual(self.browser.execute_cdp_cmd("Storage.getCookies", {})["cookies"], [])

    def test_is_called_by_its_name_in_the_language_that_the_shop_asks_for(self):
        for language, name in (("de", "Suche mit einem Foto"), ("en", "Search by photo")):
            self.shop.pages["/named"] = self.shop.pages["/"].replace("data-into", f"data-language={language} data-into")
            frame = self.visit(self.shop, "/named")
            self.wait(lambda: frame.get_attribute("title") == name, f"the frame is not called {name}")

    def test_has_the_colours_of_the_page_around_it_whatever_the_system_prefers(self):
        def ground(system, attribute="", style=""):
            self.browser.execute_cdp_cmd(
                "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": system}]})
            page = self.shop.pages["/"].replace("data-into", f"{attribute} data-into")
            # An address of its own, so that none is taken from a cache.
            path = f"/colours-{system}-{abs(hash(attribute + style))}"
            self.shop.pages[path] = page.replace("<title>", f"{style}<title>")
            frame = self.visit(self.shop, path)
            self.wait(lambda: frame.rect["height"] != 460, "the frame kept its first height")
            if not style:
                self.screenshot(f"embed-colours-{system}{attribute.replace('data-scheme=', '-')}")
            self.enter(frame)
            ink = self.browser.execute_script("return getComputedStyle(document.querySelector('h1')).color")
            paper = self.browser.execute_script("return getComputedStyle(document.body).backgroundColor")
            brightness = sum(int(part) for part in re.findall(r"\d+", ink)[:3])
            self.browser.switch_to.default_content()
            own = self.browser.execute_script("return getComputedStyle(arguments[0]).colorScheme", frame)
            return ("dark" if brightness > 384 else "light", paper == "rgba(0, 0, 0, 0)", own)

        self.addCleanup(self.browser.execute_cdp_cmd, "Emulation.setEmulatedMedia", {"features": []})
        light, dark = ("light", True, "light"), ("dark", False, "dark")
        for system in ("light", "dark"):
            with self.subTest(system=system):
                self.assertEqual(ground(system), light, "a page that says nothing is light")
                self.assertEqual(ground(system, "data-scheme=light"), light)
                self.assertEqual(ground(system, "data-scheme=dark"), dark)
                self.assertEqual(ground(system, style="<style>:root { color-scheme: dark }</style>"), dark)
                self.assertEqual(ground(system, style="<meta name=color-scheme content='only light'>"), light)
                for both in ({"attribute": "data-scheme=auto"},
                             {"style": "<style>:root { color-scheme: light dark }</style>"}):
                    self.assertEqual(ground(system, **both)[2], "light dark")
        self.assertEqual(
            ground("dark", style="<style>:root { color-scheme: light dark }</style>")[:2], ("dark", False))
        self.assertEqual(
            ground("light", style="<style>:root { color-scheme: light dark }</style>")[:2], ("light", True))

    def test_a_photo_can_be_discarded_in_the_frame(self):
        self.enter(self.visit(self.shop))
        self.find_nearest()
        address = self.browser.execute_script("return location.href")
        self.one("form[action*=discard] button").click()
        self.wait(lambda: self.all("form[data-upload]"), "the first page did not come")
        self.assertEqual(head(address)[0], 410)
        self.assertEqual(head(address.replace("/embed", "") + "/photo.jpg")[0], 410)

    def test_a_refusal_is_shown_in_the_frame(self):
        self.enter(self.visit(self.shop))
        self.browser.execute_script("location.href = '/embed/results/AAAAAAAAAAAAAAAAAAAAAA'")
        self.wait(lambda: self.all("h1") and "gone" in self.one("h1").text, "nothing was said")
        self.assertTrue(self.all("a[href='/embed']"))

    def test_no_other_site_gets_it_into_a_frame(self):
        frame = self.visit(self.stranger)
        self.enter(frame)
        self.assertEqual(self.all("form"), [], "the browser shows the page to a stranger")
        # Nor may a stranger have another page of the search in a frame.
        self.shop.pages["/frame"] = f"<iframe src='{self.url}/'></iframe>"
        self.enter(self.visit(self.shop, "/frame"))
        self.assertEqual(self.all("form"), [])

    def test_says_in_its_fields_who_may_show_it(self):
        for path in ("/embed", "/embed/results/AAAAAAAAAAAAAAAAAAAAAA"):
            _, fields = head(self.url + path)
            self.assertIn(f"frame-ancestors {self.shop.origin} https://other.example",
                          fields["Content-Security-Policy"])
            self.assertIsNone(fields["X-Frame-Options"])
        for path in ("/", "/catalog", "/about", "/embed.js"):
            _, fields = head(self.url + path)
            self.assertIn("frame-ancestors 'none'", fields["Content-Security-Policy"])
            self.assertEqual(fields["X-Frame-Options"], "DENY")

    def test_heights_of_strangers_are_not_believed(self):
        frame = self.visit(self.shop)
        self.wait(lambda: frame.rect["height"] != 460, "the frame kept its first height")
        before = frame.rect["height"]
        self.browser.execute_script("window.postMessage({vitrine: 'height', height: 5000}, '*')")
        for height in (-5, 0, "x", None, 1e9):
            self.enter(frame)
            self.browser.execute_script("parent.postMessage({vitrine: 'height', height: arguments[0]}, '*')", height)
            self.browser.switch_to.default_content()
        self.wait(lambda: frame.rect["height"] == 6000, "the largest height is 6000")
        self.assertNotIn(before, (5000, 6000))

    def test_the_shops_scripts_may_use_the_api_and_others_may_not(self):
        script = """
            const done = arguments[arguments.length - 1];
            fetch(arguments[0], arguments[1]).then(async (a) => done([a.status, (await a.text()).length > 10]),
              (error) => done(String(error)));"""
        items, change = self.url + "/api/v1/items?limit=1", self.url + "/api/v1/items/none"
        authorized = {"method": "DELETE", "headers": {"Authorization": "Bearer x"}}
        self.visit(self.shop)
        self.assertEqual(self.browser.execute_async_script(script, items, {}), [200, True])
        self.assertEqual(self.browser.execute_async_script(script, change, authorized), [403, True])
        self.visit(self.stranger)
        self.assertIn("Failed to fetch", self.browser.execute_async_script(script, items, {}))
        self.assertIn("Failed to fetch", self.browser.execute_async_script(script, change, authorized))

    @unittest.skipUnless(AXE.is_file(), "axe.min.js is not there: it needs the network once")
    def test_no_serious_finding(self):
        self.addCleanup(self.browser.execute_cdp_cmd, "Emulation.setEmulatedMedia", {"features": []})
        for width, system, query in (
            (360, "light", ""), (1280, "light", ""), (360, "dark", ""), (1280, "dark", ""),
            (360, "dark", "?scheme=light"), (360, "light", "?scheme=dark"),
        ):
            self.resize(width)
            self.browser.execute_cdp_cmd(
                "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": system}]})
            self.open("/embed" + query)
            for page in ("embed", "results"):
                with self.subTest(page=page, width=width, system=system, query=query):
                    if page == "results":
                        self.find_nearest()
                    self.browser.execute_script(AXE.read_text())
                    result = self.browser.execute_async_script(
                        "const done = arguments[arguments.length - 1];"
                        "axe.run(document, {resultTypes: ['violations']}).then(done);")
                    self.assertEqual(
                        [f"{v['id']}: {v['nodes'][0]['html']}" for v in result["violations"]
                         if v["impact"] in ("serious", "critical")], [])
                    self.assert_fits(width)


class EmbedWithoutJavaScript(EmbedTestCase):
    javascript = False

    def visit(self, site, path="/"):
        site.pages["/plain"] = (
            "<!doctype html><meta name=viewport content='width=device-width'>"
            f"<iframe src='{self.url}/embed' width=340 height=700></iframe>")
        self.browser.get(site.origin + "/plain")
        return self.one("iframe")

    def submit(self):
        self.one("form[data-upload] button[type=submit]").click()

    def test_the_frame_works_by_itself(self):
        self.resize(360)
        self.enter(self.visit(self.shop))
        self.find_nearest()


class NoEmbed(BrowserTestCase):
    def test_there_is_none_unless_a_site_is_named(self):
        for path in ("/embed", "/embed.js", "/embed/results/AAAAAAAAAAAAAAAAAAAAAA"):
            status, fields = head(self.url + path, Origin="https://shop.example")
            self.assertEqual(status, 404)
            self.assertEqual(fields["X-Frame-Options"], "DENY")
        _, fields = head(self.url + "/api/v1/items", Origin="https://shop.example")
        self.assertIsNone(fields["Access-Control-Allow-Origin"])
        with urllib.request.urlopen(self.url + "/api/v1/items?limit=1") as answer:
            self.assertEqual(len(json.load(answer)["items"]), 1)


if __name__ == "__main__":
    unittest.main()
