"""The first page is light: on a desk and on a phone, with an empty cache."""

import unittest

from support import BrowserTestCase
from wire import LOGS, SCREENS, cost

MOST = 60_000


class FirstPage(BrowserTestCase):
    logs = LOGS

    def test_costs_less_than_60_kilobytes_on_every_screen(self):
        for screen in SCREENS:
            with self.subTest(screen=screen):
                requests = cost(self.browser, self.url + "/", screen)
                total = sum(size for _, size in requests)
                listed = ", ".join(f"{path} {size}" for path, size in sorted(requests, key=lambda entry: -entry[1]))
                self.assertGreater(len(requests), 10, listed)
                self.assertLess(total, MOST, listed)

    def test_has_its_example_pictures_and_loads_no_script_of_other_pages(self):
        paths = [path for path, _ in cost(self.browser, self.url + "/", SCREENS[0])]
        self.assertEqual(len([path for path in paths if path.startswith("/examples/")]), 6, paths)
        self.assertFalse([path for path in paths if path.startswith("/thumbnails/")], paths)
        self.assertFalse([path for path in paths if path.endswith(("/crop.js", "/camera.js"))], paths)
        self.assert_no_browser_errors()


if __name__ == "__main__":
    unittest.main()
