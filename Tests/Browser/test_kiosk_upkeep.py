"""The kiosk goes on by itself: cameras and servers come and go, visitors too, of whom nothing is left."""

import json
import os
import pathlib
import signal
import time
import unittest

from kiosk_support import KioskTestCase, status

ROUNDS = int(os.environ.get("VITRINE_TEST_ROUNDS", "10"))


class RecoveringKiosk(KioskTestCase):
    def test_goes_on_by_itself_when_the_camera_was_unplugged(self):
        self.begin()
        self.wait(lambda: self.one("[data-do=shoot]").is_enabled(), "the camera did not start")
        self.browser.execute_script("""
            window.plugged = navigator.mediaDevices.getUserMedia;
            navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("gone", "NotFoundError"); };
            const [track] = document.querySelector("video").srcObject.getVideoTracks();
            track.stop();
            track.dispatchEvent(new Event("ended"));""")
        self.wait(lambda: self.one("[data-camera=missing]").is_displayed(), "nothing was said of the camera")
        self.assertFalse(self.one("[data-do=shoot]").is_enabled())
        self.screenshot("kiosk-no-camera")
        self.browser.execute_script(
            "navigator.mediaDevices.getUserMedia = window.plugged;"
            "navigator.mediaDevices.dispatchEvent(new Event('devicechange'));")
        self.wait(lambda: self.one("[data-do=shoot]").is_enabled(), "the camera did not come back")
        self.shoot()

    def test_a_camera_that_may_not_be_used_leaves_the_photos_that_are_there(self):
        self.browser.execute_script(
            "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); };")
        self.begin()
        self.wait(lambda: self.one("[data-camera=denied]").is_displayed(), "nothing was said of the camera")
        self.use_demo(1)
        self.assertEqual(len(self.all(".kiosk-cards button")), 5)

    def test_goes_on_by_itself_when_the_server_was_restarted(self):
        self.wait(lambda: self.browser.execute_async_script(
            "navigator.serviceWorker.getRegistration('/kiosk').then(r => arguments[0](Boolean(r?.active)));"),
            "the page was not kept for bad times")
        for reloads in (False, True):
            with self.subTest(reloads=reloads):
                self.begin()
                self.use_demo()
                self.kiosk.end()
                if reloads:
                    self.browser.refresh()
                else:
                    self.tap(".kiosk-cards li:first-child button")
                self.wait_for("away")
                self.assertIn("goes on by itself", self.one("[data-view=away]").text)
                self.screenshot("kiosk-away")
                self.kiosk.begin()
                # The server knows nothing of the results any more, and the screen begins anew by itself.
                self.wait_for("welcome")
                self.assertEqual(self.all("[data-token]"), [])
                if not reloads:
                    self.wait(lambda: self.one("[data-again]").is_displayed(), "it is not said why")
                    self.assertIn("started anew", self.one("[data-again]").text)
                    self.screenshot("kiosk-again")
        self.begin()
        self.use_demo()
        self.tap("[data-do=anew]")
        self.wait_for("welcome")
        self.assertFalse(self.one("[data-again]").is_displayed())


class ImpatientKiosk(KioskTestCase):
    """Its clock stands still unless a test moves it, so that a slow machine gives nobody less time."""

    seconds = 60

    def setUp(self):
        super().setUp()
        self.browser.execute_script(
            "const begun = Date.now(); window.passed = 0; Date.now = () => begun + 1000 * window.passed;")

    def pass_time(self, seconds):
        """Moves the clock on, and waits until the page has looked at it, which it does four times a second."""
        self.browser.execute_async_script("window.passed += arguments[0]; setTimeout(arguments[1], 600);", seconds)

    def test_asks_whether_somebody_is_there_and_erases_everything_when_nobody_answers(self):
        self.begin()
        self.use_demo()
        token = self.token()
        self.pass_time(44)
        self.assertFalse(self.all("[data-still][open]"))
        self.pass_time(6)
        self.wait(lambda: self.all("[data-still][open]"), "nobody asked")
        self.assertEqual(self.one("[data-left]").text, "10")
        self.screenshot("kiosk-still-there")
        self.tap("[data-do=stay]")
        self.wait(lambda: not self.all("[data-still][open]"), "the question stayed")
        self.assertEqual(self.view(), "results")
        self.assertEqual(status(self.photo_address()), 200)
        self.pass_time(50)
        self.wait(lambda: self.all("[data-still][open]"), "nobody asked again")
        self.pass_time(11)
        self.wait_for("welcome")
        self.assert_nothing_left(token)

    def test_looking_on_by_touch_keeps_the_results(self):
        self.begin()
        self.use_demo()
        for _ in range(5):
            self.pass_time(25)
            self.tap("#kiosk-results")
        self.pass_time(25)
        self.assertEqual(self.view(), "results")

    def test_a_search_that_is_answered_after_the_visitor_has_gone_is_erased(self):
        self.begin()
        self.browser.execute_script("""
            const real = window.fetch;
            window.fetch = async (address, options) => {
              // Without its limit: how long the answer is held back is the test's affair.
              const answer = await real(address, { ...options, signal: undefined });
              if (address === "/kiosk/search") {
                const text = await answer.clone().text();
                window.late = text.match(/data-token="([\\w-]+)"/)[1];
                await new Promise((done) => { window.release = done; });
              }
              return answer;
            };""")
        self.tap(".kiosk-demos button")
        self.wait(lambda: self.browser.execute_script("return window.late"), "no answer")
        token = self.browser.execute_script("return window.late")
        self.tap("[data-do=anew]")
        self.wait_for("welcome")
        self.assertEqual(status(f"{self.url}/results/{token}"), 200)
        self.browser.execute_script("window.release()")
        self.wait(lambda: status(f"{self.url}/results/{token}") == 410, "the late answer was kept")
        self.assert_nothing_left(token)


class ManyVisitors(KioskTestCase):
    """VITRINE_TEST_ROUNDS sets how many there are; 10 without."""

    def memory(self):
        fields = pathlib.Path(f"/proc/{self.kiosk.process.pid}/status").read_text().splitlines()
        values = dict(line.split(":", 1) for line in fields)
        return {name: int(values[name].split()[0]) // 1024 for name in ("VmRSS", "RssAnon")}

    def test_nothing_of_one_visitor_is_there_for_the_next(self):
        # Long stretches without a restart in between, in which memory can be told to grow.
        restarts = {3, 6} if ROUNDS < 50 else {5, 10, ROUNDS // 2}
        resident = {}
        last = None
        started = time.monotonic()
        for number in range(1, ROUNDS + 1):
            if number in restarts:
                self.kiosk.end(signal.SIGKILL if number % 2 else signal.SIGTERM)
                self.wait_for("away")
                self.kiosk.begin()
                self.wait_for("welcome")
            self.begin()
            if number % 4 == 0:
                self.shoot()
            else:
                self.use_demo(number % 6)
            token = self.token()
            self.assertNotEqual(token, last)
            self.assertEqual(status(self.photo_address()), 200)
            self.tap(f".kiosk-cards li:nth-child({number % 5 + 1}) button")
            self.wait_for("piece")
            if number % 5 == 0:
                self.tap("[data-view=piece] [data-do=back]")
                self.wait_for("results")
                self.tap("[data-do=share]")
                self.wait_for("share")
            self.tap("[data-do=anew]")
            self.wait_for("welcome")
            self.assert_nothing_left(token)
            last = token
            if number in (20, 99, 100, 120, 200) or number == ROUNDS:
                resident[number] = self.memory()
                print(f"kiosk: {number} visitors, {time.monotonic() - started:.0f} s, server "
                      + json.dumps(resident[number]) + " MiB", flush=True)
        for first, second in ((20, ROUNDS // 2 - 1), (ROUNDS // 2 + 20, ROUNDS)):
            if ROUNDS >= 100 and first in resident and second in resident:
                self.assertLess(resident[second]["RssAnon"] - resident[first]["RssAnon"], 30)


if __name__ == "__main__":
    unittest.main()
