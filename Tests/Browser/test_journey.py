"""What a shopper does: upload a photo, see five items, follow one; with and without JavaScript."""

import tempfile

from support import CATALOG, BrowserTestCase, demo_photo


class JourneyWithoutJavaScript(BrowserTestCase):
    javascript = False

    def upload(self, path):
        self.open("/")
        self.one("input[type=file][name=image]").send_keys(str(path))
        self.submit()
        self.wait(lambda: "/results/" in self.browser.current_url or self.all(".error"), "no results came")

    def submit(self):
        self.one("form[data-upload] button[type=submit]").click()

    def test_uploads_a_photo_sees_five_items_and_follows_one(self):
        identifier, photo = demo_photo(3)
        self.upload(photo)
        cards = self.all(".matches .card")
        self.assertEqual(len(cards), 5)
        links = [card.find_element("css selector", "a").get_attribute("href") for card in cards]
        self.assertEqual(links[0], f"{self.url}/items/{identifier}", "a catalog photo finds its own item first")
        self.assertEqual(len(set(links)), 5)
        for card in cards:
            self.assertRegex(card.find_element("css selector", ".closeness").text, r"\w+ · \d+%")
            self.assertNotEqual(card.find_element("css selector", ".card-name").text, "")

        cards[1].find_element("css selector", "a").click()
        self.wait(lambda: self.browser.current_url == links[1], "the item's page did not open")
        self.assertEqual(len(self.all("[aria-labelledby=similar] .card")), 5)
        similar = [a.get_attribute("href") for a in self.all("[aria-labelledby=similar] .card-name a")]
        self.assertNotIn(links[1], similar, "an item is not its own neighbour")
        self.assert_no_browser_errors()

    def test_results_can_be_reloaded_and_filtered(self):
        _, photo = demo_photo(5)
        self.upload(photo)
        address = self.browser.current_url
        self.browser.refresh()
        self.assertEqual(len(self.all(".matches .card")), 5)
        self.open(address.removeprefix(self.url) + "?category=Dresses")
        self.assertEqual(len(self.all(".matches .card")), 5)
        for detail in self.all(".matches .card .card-detail"):
            self.assertIn("Dress", detail.text)

    def test_shows_a_product_once_and_its_colours_behind_a_link(self):
        # Two colours of one scarf: see `vitrine catalog products`.
        self.upload(CATALOG / "images/vt-0604.jpg")
        links = [a.get_attribute("href") for a in self.all(".matches .card-name a")]
        self.assertEqual(len(links), 5)
        self.assertTrue(links[0].endswith("/items/vt-0604"))
        self.assertFalse([link for link in links if link.endswith("/items/vt-0607")], "the other colour takes no place")
        variants = self.one(".matches .card .card-variants a")
        self.assertIn("in 2 colours", variants.text)
        variants.click()
        self.wait(lambda: self.browser.current_url.endswith("/items/vt-0604#variants"), "the colours did not open")
        others = [a.get_attribute("href") for a in self.all("[aria-labelledby=variants] .card-name a")]
        self.assertEqual(others, [f"{self.url}/items/vt-0607"])

    def test_says_what_is_wrong_with_a_file_that_is_no_photo(self):
        with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
            file.write(b"%PDF-1.7 not a photo")
            file.flush()
            self.upload(file.name)
            self.wait(lambda: "PDF" in self.one("main, dialog").text or "PDF" in self.browser.page_source, "no reason")
        self.assertIn("JPEG", self.browser.page_source)

    def test_pages_fit_small_and_large_screens(self):
        name = "javascript" if self.javascript else "plain"
        _, photo = demo_photo(7)
        for width in (320, 360, 1280, 2560):
            self.resize(width)
            self.open("/")
            self.assert_fits(width)
            if width in (360, 1280):
                self.screenshot(f"home-{name}-{width}")
            self.upload(photo)
            self.assert_fits(width)
            self.wait_for_images()
            if width in (360, 1280):
                self.screenshot(f"results-{name}-{width}")
            self.open("/catalog")
            self.assert_fits(width)
            self.open("/items/" + demo_photo(7)[0])
            self.assert_fits(width)
            if width in (360, 1280):
                self.screenshot(f"item-{name}-{width}")
        self.assert_no_browser_errors()

    def wait_for_images(self):
        pass

    def test_unknown_addresses_are_pages_with_a_way_on(self):
        for path in ("/nowhere", "/items/none", "/results/AAAAAAAAAAAAAAAAAAAAAA", "/catalog?page=99999"):
            self.open(path)
            self.assertTrue(self.all(".error h1"), path)
            self.assertTrue(self.all(".error a[href='/']"), path)

    def test_browses_the_catalog_page_by_page(self):
        self.open("/catalog")
        first = [a.get_attribute("href") for a in self.all("main .card a")]
        self.assertGreaterEqual(len(first), 24)
        self.one("a[rel=next]").click()
        self.wait(lambda: "page=2" in self.browser.current_url, "the next page did not open")
        second = [a.get_attribute("href") for a in self.all("main .card a")]
        self.assertFalse(set(first) & set(second))


class JourneyWithJavaScript(JourneyWithoutJavaScript):
    javascript = True

    def submit(self):
        """With JavaScript, choosing a file is enough."""

    def wait_for_images(self):
        self.wait(
            lambda: self.browser.execute_script(
                "return [...document.querySelectorAll('main img')].filter(i => i.loading !== 'lazy')"
                ".every(i => i.complete && i.naturalWidth)"),
            "the pictures did not load")

    def test_says_what_is_wrong_with_a_file_that_is_no_photo(self):
        with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
            file.write(b"%PDF-1.7 not a photo")
            file.flush()
            self.open("/")
            self.one("input[type=file][name=image]").send_keys(file.name)
            self.wait(lambda: "PDF" in self.one("[data-tray-status]").text or self.all(".error"), "no reason was shown")
        self.assertIn("JPEG", self.one("body").text)
        # The refused upload stands in the browser's log as it should; nothing else does.
        entries = [e for e in self.browser.get_log("browser") if e["level"] == "SEVERE" and "415" not in e["message"]]
        self.assertEqual(entries, [])


class DarkJourney(BrowserTestCase):
    dark = True

    def test_dark_pages_are_dark(self):
        for width in (360, 1280):
            self.resize(width)
            for name, path in (("home", "/"), ("item", "/items/" + demo_photo(7)[0]), ("catalog", "/catalog")):
                self.open(path)
                colour = self.browser.execute_script("return getComputedStyle(document.body).backgroundColor")
                channels = [int(c) for c in colour[colour.index("(") + 1:].rstrip(")").split(",")[:3]]
                self.assertLess(max(channels), 64, f"{path} is {colour} in dark mode")
                self.screenshot(f"{name}-dark-{width}")
