"""Narrowing down: choosing values and a price, following the chips back; with and without JavaScript."""

import os
import pathlib
import unittest

from selenium.webdriver.common.keys import Keys

from support import BrowserTestCase, demo_photo

AXE = pathlib.Path(os.environ.get("VITRINE_AXE", "missing"))


class FilterTestCase(BrowserTestCase):
    def show_filters(self):
        """Opens the disclosure around all attributes, which is there on small screens only, or in old browsers."""
        summary = self.one(".filters-summary")
        if summary.is_displayed():
            summary.click()
        else:
            # The driver takes what is in a closed <details> for hidden, whatever the style sheet says.
            self.browser.execute_script("document.querySelector('.filters').open = true")

    def facet(self, name):
        found = [facet for facet in self.all(".facet")
                 if facet.find_element("css selector", ".facet-summary").text.split("\n")[0].startswith(name)]
        self.assertEqual(len(found), 1, name)
        return found[0]

    def choose(self, facet_name, number):
        """Ticks the first values of an attribute; returns it with their names and counts."""
        facet = self.facet(facet_name)
        facet.find_element("css selector", ".facet-summary").click()
        values, counts = [], []
        for label in facet.find_elements("css selector", ".choice")[:number]:
            values.append(label.find_element("css selector", ".choice-text").text)
            counts.append(int(label.find_element("css selector", ".choice-count").text.replace(",", "")))
            label.click()
        return facet, values, counts

    def apply(self, facet):
        address = self.browser.current_url
        facet.find_element("css selector", "button[type=submit]").click()
        self.wait(lambda: self.browser.current_url != address, "the form was not sent")

    def total(self):
        return int(self.one(".catalog-count").text.split()[0].replace(",", ""))

    def chips(self):
        return [chip.text.removeprefix("Remove").removesuffix("×").strip() for chip in self.all(".chip")]


class FiltersWithoutJavaScript(FilterTestCase):
    javascript = False

    def test_chooses_several_values_and_takes_them_back_one_by_one(self):
        for width in (360, 1280):
            with self.subTest(width=width):
                self.resize(width)
                self.open("/catalog")
                whole = self.total()
                self.show_filters()
                facet, colours, counts = self.choose("Colour", 2)
                self.apply(facet)
                self.assertEqual(self.total(), sum(counts), "the counts are what choosing gives")
                self.assertEqual(self.chips(), [f"Colour: {colour}" for colour in colours])
                self.assert_fits(width)

                self.show_filters()
                facet, _, (count,) = self.choose("Category", 1)
                self.apply(facet)
                self.assertEqual(self.total(), count)
                address = self.browser.current_url
                self.browser.refresh()
                self.assertEqual(self.total(), count, "the address can be shared and reloaded")

                self.all(".chip")[1].click()
                self.wait(lambda: self.browser.current_url != address, "the chip led nowhere")
                self.assertEqual(len(self.chips()), 2)
                self.one(".chips .quiet-link").click()
                self.wait(lambda: not self.all(".chip"), "the filters were not cleared")
                self.assertEqual(self.total(), whole)

    def test_bounds_the_price(self):
        self.resize(1280)
        self.open("/catalog")
        self.show_filters()
        facet = self.facet("Price")
        facet.find_element("css selector", ".facet-summary").click()
        facet.find_element("css selector", "input[name=price_max]").send_keys("20" + Keys.ENTER)
        self.wait(lambda: "price_max=20" in self.browser.current_url, "the price was not sent")
        self.assertEqual(self.chips(), ["Price: up to €20.00"])
        for cost in self.all(".card-cost"):
            self.assertLessEqual(float(cost.text.strip("€")), 20)

    def test_narrows_an_items_nearest_down_and_stays_with_them(self):
        self.resize(1280)
        self.open("/items/" + demo_photo(4)[0])
        self.show_filters()
        facet, (gender,), _ = self.choose("Gender", 1)
        self.apply(facet)
        self.assertIn(f"?gender={gender}", self.browser.current_url)
        self.assertTrue(self.browser.current_url.endswith("#similar"), self.browser.current_url)
        if self.javascript:
            self.assertNotIn("price", self.browser.current_url, "empty fields stay out of the address")
        self.assertEqual(len(self.all("[aria-labelledby=similar] .card")), 5)


    def test_open_choices_lie_over_the_page_and_move_nothing(self):
        for width, language in ((820, "en"), (1280, "en"), (1280, "ar"), (1920, "ar")):
            with self.subTest(width=width, language=language):
                self.resize(width)
                self.browser.execute_cdp_cmd("Network.enable", {})
                self.browser.execute_cdp_cmd(
                    "Network.setExtraHTTPHeaders", {"headers": {"Accept-Language": language}})
                self.open("/catalog")
                self.show_filters()

                def places():
                    return [part.rect for part in self.all(".facet-summary, .card:nth-child(-n + 6)")]
                before = places()
                for number in (0, 1, len(self.all(".facet")) - 1):
                    summary = self.all(".facet-summary")[number]
                    summary.click()
                    self.assertEqual(len(self.all(".facet[open]")), 1, "one at a time")
                    self.assertEqual(places(), before)
                    panel = self.one(".facet[open] > .facet-choices").rect
                    below = max(part.rect["y"] + part.rect["height"] for part in self.all(".facet-summary"))
                    self.assertGreaterEqual(panel["y"], below, "it covers none of them")
                    self.assertLess(panel["y"], below + 30)
                    self.assertGreaterEqual(panel["x"], 0)
                    self.assertLessEqual(panel["x"] + panel["width"], width)
                    self.assertTrue(self.one(".facet[open] button[type=submit]").is_displayed())
                    self.assert_fits(width)
                self.screenshot(f"filters-over-{language}-{width}")
        self.browser.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {}})


class FiltersWithJavaScript(FiltersWithoutJavaScript):
    javascript = True

    def test_escape_and_a_touch_beside_them_close_open_choices(self):
        self.resize(1280)
        self.open("/catalog")
        self.show_filters()
        summary = self.facet("Colour").find_element("css selector", ".facet-summary")
        summary.click()
        self.one(".facet[open] .choice input").send_keys(Keys.ESCAPE)
        self.assertFalse(self.all(".facet[open]"))
        self.assertEqual(self.browser.switch_to.active_element, summary)
        summary.click()
        self.one(".page-title").click()
        self.assertFalse(self.all(".facet[open]"))

    def test_works_by_keyboard_alone(self):
        self.resize(360)
        self.open("/catalog")
        self.one(".filters-summary").send_keys(Keys.ENTER)
        self.facet("Gender").find_element("css selector", ".facet-summary").send_keys(Keys.ENTER)
        focused = self.browser.switch_to.active_element
        focused.send_keys(Keys.TAB)
        box = self.browser.switch_to.active_element
        self.assertEqual(box.get_attribute("name"), "gender")
        value = box.get_attribute("value")
        box.send_keys(Keys.SPACE)
        box.send_keys(Keys.ENTER)
        self.wait(lambda: f"gender={value}" in self.browser.current_url, "the form was not sent")
        self.assertEqual(self.chips(), [f"Gender: {value}"])

    def test_large_screens_show_the_attributes_at_once_also_to_the_keyboard(self):
        self.resize(1280)
        self.open("/catalog?colour=Red")
        if self.one(".filters-summary").is_displayed():
            self.skipTest("this browser cannot show what is in a closed <details>")
        self.one(".chips .quiet-link").send_keys(Keys.TAB)
        focused = self.browser.switch_to.active_element
        self.assertEqual(focused.get_property("textContent").strip(), "Category")
        self.assertGreater(focused.rect["height"], 40)

    @unittest.skipUnless(AXE.is_file(), "axe.min.js is not there: it needs the network once")
    def test_open_filters_have_no_serious_finding(self):
        for width in (360, 1280):
            self.resize(width)
            self.open("/catalog?colour=Red&price_max=90")
            self.browser.execute_script(
                "document.querySelectorAll('.facet').forEach(f => f.removeAttribute('name'));"
                "document.querySelectorAll('.filters, .filters details').forEach(d => { d.open = true; });")
            self.assert_fits(width)
            self.screenshot(f"filters-open-{width}")
            self.browser.execute_script(AXE.read_text())
            result = self.browser.execute_async_script(
                "const done = arguments[arguments.length - 1];"
                "axe.run(document, {resultTypes: ['violations']}).then(done);")
            findings = [f"{v['id']}: {v['nodes'][0]['html']}" for v in result["violations"]
                        if v["impact"] in ("serious", "critical")]
            self.assertEqual(findings, [])


class OpenFiltersInDark(FiltersWithJavaScript):
    dark = True


if __name__ == "__main__":
    unittest.main()
