"""Hearts, the favourites page, suggestions, forgetting, outfits; with and without JavaScript."""

import csv
import os
import pathlib
import unittest

from selenium.webdriver.common.keys import Keys

from support import CATALOG, BrowserTestCase, demo_photo

AXE = pathlib.Path(os.environ.get("VITRINE_AXE", "missing"))


class KeepTestCase(BrowserTestCase):
    def setUp(self):
        super().setUp()
        self.browser.delete_all_cookies()

    def hearts(self):
        return self.all("[data-heart] button")

    def pressed(self):
        return [heart.get_attribute("aria-pressed") == "true" for heart in self.hearts()]

    def press(self, number):
        """Presses a heart; returns the name of its item."""
        before = self.pressed()[number]
        heart = self.hearts()[number]
        name = heart.get_attribute("aria-label").removeprefix("Favourite: ")
        heart.click()
        self.wait(lambda: self.pressed()[number] != before, "the heart did not change")
        return name


class KeepWithoutJavaScript(KeepTestCase):
    javascript = False

    def test_marks_items_and_shows_them_with_others_that_are_near(self):
        for width in (360, 1280):
            with self.subTest(width=width):
                self.browser.delete_all_cookies()
                self.resize(width)
                self.open("/catalog?category=Dresses")
                first, second = self.press(0), self.press(3)
                self.assertTrue(self.browser.current_url.endswith("/catalog?category=Dresses"), "back where one was")
                self.assertEqual(self.one("[data-favourites]").text, "2")
                self.open("/catalog?category=Boots")
                boots = self.press(1)
                self.open("/favourites")
                names = [name.text for name in self.all("main > .row .card-name a")]
                self.assertEqual(names, [boots, second, first], "the latest first")
                reasons = {reason.text for reason in self.all("section .card-reason")}
                self.assertIn(f"Because you like {boots}", reasons)
                self.assertGreaterEqual(len(reasons), 2, "of several interests")
                suggested = [link.get_attribute("href") for link in self.all("section .card-name a")]
                self.assertEqual(len(suggested), len(set(suggested)))
                self.assertEqual(len(suggested), 12)
                self.assert_fits(width)
                self.screenshot(f"favourites-{width}")

    def test_says_that_a_full_list_lost_its_oldest_item(self):
        with open(CATALOG / "items.csv", encoding="utf-8", newline="") as table:
            others = [row["id"] for row in csv.DictReader(table) if row["category"] != "Dresses"][:60]
        for width in (360, 1280):
            with self.subTest(width=width):
                self.resize(width)
                self.open("/catalog?category=Dresses")
                self.browser.add_cookie({"name": "favourites", "value": ":".join(others), "path": "/"})
                self.open("/catalog?category=Dresses")
                self.assertNotIn("longest ago", self.one("main").text)
                self.press(1)
                self.wait(lambda: "marked longest ago was taken off" in self.one("main").text, "nothing was said")
                self.assertEqual(self.one("[data-favourites]").text, "60")
                self.assert_fits(width)
                self.screenshot(f"favourites-full-{width}-{'with' if self.javascript else 'without'}")
                self.browser.delete_all_cookies()

    def test_takes_a_mark_away_and_forgets_all_at_once(self):
        self.resize(1280)
        self.open("/catalog")
        self.press(0)
        self.press(1)
        self.press(0)
        self.assertEqual(self.one("[data-favourites]").text, "1")
        self.open("/favourites")
        self.assertEqual(len(self.all("main > .row .card")), 1)
        cookies = [cookie for cookie in self.browser.get_cookies() if cookie["name"] == "favourites"]
        self.assertEqual(len(cookies), 1)
        self.assertTrue(cookies[0]["httpOnly"])
        self.assertEqual(cookies[0]["sameSite"], "Lax")
        self.one(".forget button").click()
        self.wait(lambda: "Nothing is marked yet" in self.one("main").text, "the list is still there")
        self.assertEqual([cookie for cookie in self.browser.get_cookies() if cookie["name"] == "favourites"], [])

    def test_an_item_has_a_heart_and_an_outfit_of_other_kinds(self):
        self.resize(360)
        self.open("/catalog?category=Dresses")
        self.browser.get(self.one(".card-name a").get_attribute("href"))
        self.press(0)
        cards = self.all("section[aria-labelledby=outfit] .card")
        self.assertGreaterEqual(len(cards), 3)
        kinds = {card.find_element("css selector", ".card-detail").text.split(" · ")[0] for card in cards}
        self.assertEqual(len(kinds), len(cards), kinds)
        self.assertNotIn("Dresses", kinds)
        for card in cards:
            self.assertTrue(card.find_element("css selector", ".card-reason").text)
        self.assert_fits(360)
        self.screenshot("outfit-360")


class KeepWithJavaScript(KeepWithoutJavaScript):
    javascript = True

    def test_a_heart_does_not_load_the_page_again(self):
        self.resize(1280)
        self.open("/catalog")
        self.browser.execute_script("window.stays = true")
        self.press(2)
        self.assertTrue(self.browser.execute_script("return window.stays"))
        self.assertEqual(self.one("[data-favourites]").text, "1")
        self.browser.refresh()
        self.assertTrue(self.pressed()[2])
        self.assert_no_browser_errors()

    def test_works_by_keyboard_alone(self):
        self.resize(1280)
        self.open("/catalog")
        self.hearts()[0].send_keys(Keys.SPACE)
        self.wait(lambda: self.pressed()[0], "the heart was not pressed")
        self.assertEqual(self.browser.switch_to.active_element, self.hearts()[0], "the focus stays")

    @unittest.skipUnless(AXE.exists(), "axe-core is not there")
    def test_has_no_accessibility_faults(self):
        for width in (360, 1280):
            self.resize(width)
            self.open("/favourites")
            self.check_rules(f"empty, {width}")
            self.open("/catalog?category=Dresses")
            self.press(0)
            self.open("/favourites")
            self.check_rules(f"favourites, {width}")
            self.browser.get(self.one(".card-name a").get_attribute("href"))
            self.check_rules(f"item, {width}")
            self.browser.delete_all_cookies()

    def check_rules(self, page):
        self.browser.execute_script(AXE.read_text(encoding="utf-8"))
        faults = self.browser.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run(document, {resultTypes: ['violations']}).then(result => done(result.violations.map("
            "fault => fault.id + ' ' + fault.nodes.map(node => node.target.join(' ')).join(', '))));")
        self.assertEqual(faults, [], page)


class KeepInTheDark(KeepTestCase):
    dark = True

    @unittest.skipUnless(AXE.exists(), "axe-core is not there")
    def test_has_no_accessibility_faults(self):
        self.resize(1280)
        self.open("/items/" + demo_photo(4)[0])
        self.press(0)
        KeepWithJavaScript.check_rules(self, "item in the dark")
        self.open("/favourites")
        KeepWithJavaScript.check_rules(self, "favourites in the dark")
        self.screenshot("favourites-dark")


if __name__ == "__main__":
    unittest.main()
