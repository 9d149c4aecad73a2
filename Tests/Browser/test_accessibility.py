"""No serious finding of axe-core on any page, in light and in dark, and from right to left."""

import os
import pathlib
import unittest

from support import BrowserTestCase, demo_photo

AXE = pathlib.Path(os.environ.get("VITRINE_AXE", "missing"))


@unittest.skipUnless(AXE.is_file(), "axe.min.js is not there: it needs the network once")
class AccessibilityInLight(BrowserTestCase):
    language = "en"

    def setUp(self):
        super().setUp()
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd(
            "Network.setExtraHTTPHeaders", {"headers": {"Accept-Language": self.language}})

    def findings(self):
        self.browser.execute_script(AXE.read_text())
        result = self.browser.execute_async_script(
            "const done = arguments[arguments.length - 1]; axe.run(document, {resultTypes: ['violations']}).then(done);")
        return [
            f"{violation['id']} ({violation['impact']}): {violation['nodes'][0]['html']}"
            for violation in result["violations"] if violation["impact"] in ("serious", "critical")]

    def test_no_serious_finding_on_any_page(self):
        for width in (360, 1280):
            self.resize(width)
            for path in ("/", "/catalog", "/items/" + demo_photo(1)[0], "/about", "/nowhere"):
                with self.subTest(path=path, width=width):
                    self.open(path)
                    self.assertEqual(self.findings(), [])
            with self.subTest(path="/results", width=width):
                self.open("/")
                self.one("input[type=file][name=image]").send_keys(str(demo_photo(1)[1]))
                self.wait(lambda: "/results/" in self.browser.current_url, "no results came")
                self.assertEqual(self.findings(), [])


class AccessibilityInDark(AccessibilityInLight):
    dark = True


class AccessibilityFromRightToLeft(AccessibilityInLight):
    language = "ar"


class Keyboard(BrowserTestCase):
    def test_first_tab_stop_leads_to_the_content(self):
        from selenium.webdriver.common.keys import Keys
        self.open("/")
        self.one("body").send_keys(Keys.TAB)
        focused = self.browser.switch_to.active_element
        self.assertEqual(focused.get_attribute("class"), "skip")
        focused.send_keys(Keys.ENTER)
        self.wait(lambda: self.browser.switch_to.active_element.get_attribute("id") == "content", "focus did not move")
