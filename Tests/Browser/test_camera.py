"""The camera as a way in for a photo."""

from selenium.webdriver.common.keys import Keys

from test_input import InputTestCase

CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


class Phone(InputTestCase):
    """The camera, with one or two that are not there but in the browser; by touch."""

    arguments = [*CAMERA[1:], "--use-fake-device-for-media-stream=device-count=2", "--touch-events=enabled"]
    several = True

    def show(self):
        self.resize(360, 740)
        self.open("/")
        # What getUserMedia is asked for, and which tracks are still running.
        self.browser.execute_script("""
            const media = navigator.mediaDevices, ask = media.getUserMedia.bind(media);
            window.asked = []; window.tracks = [];
            media.getUserMedia = async (wanted) => {
              window.asked.push(wanted.video);
              const stream = await ask(wanted);
              window.tracks.push(...stream.getTracks());
              return stream;
            };""")
        self.one("[data-camera]").click()
        self.wait(lambda: self.browser.execute_script(
            "return document.querySelector('.camera video')?.videoWidth > 0"), "no picture")
        self.wait(lambda: self.one(".camera .button").is_enabled(), "the camera is not ready")

    def running(self):
        return self.browser.execute_script("return window.tracks.filter((t) => t.readyState === 'live').length")

    def buttons(self):
        return {button.text: button for button in self.all(".camera button") if button.is_displayed()}

    def test_takes_a_photo_with_the_rear_camera_and_searches_with_it(self):
        self.show()
        self.assertEqual(self.browser.execute_script("return window.asked[0].facingMode.ideal"), "environment")
        self.screenshot(f"camera-{'two' if self.several else 'one'}-360")
        self.assert_fits(360)
        self.buttons()["Take the photo"].click()
        self.results()
        width, height = self.photo_size()
        self.assertGreater(width * height, 100_000)

    def test_closing_lets_the_camera_go(self):
        for close in (lambda: self.buttons()["Close"].click(),
                      lambda: self.one(".camera").send_keys(Keys.ESCAPE)):
            self.show()
            self.assertEqual(self.running(), 1)
            close()
            self.wait(lambda: not self.all(".camera"), "the camera is still there")
            self.assertEqual(self.running(), 0)
            self.assertEqual(self.browser.switch_to.active_element.get_attribute("data-camera"), "")

    def test_switches_where_there_are_several_cameras(self):
        self.show()
        if not self.several:
            self.assertNotIn("Switch camera", self.buttons())
            return
        first = self.browser.execute_script("return window.tracks[0].getSettings().deviceId")
        self.buttons()["Switch camera"].click()
        self.wait(lambda: len(self.browser.execute_script("return window.asked")) == 2, "nothing was switched")
        self.wait(lambda: "Take the photo" in self.buttons() and self.running() == 1, "the first is still running")
        second = self.browser.execute_script("return window.tracks[1].getSettings().deviceId")
        self.assertNotEqual(first, second)

    def test_the_front_cameras_picture_is_mirrored_and_its_photo_is_not(self):
        self.open("/")
        mirrored, photo, shown = self.browser.execute_async_script("""
            const done = arguments[0];
            (async () => {
              const path = document.querySelector("script[src*='/app.js']").src.replace("app.js", "camera.js");
              const { Camera } = await import(path);
              const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
              // A front camera with a red left half.
              navigator.mediaDevices.getUserMedia = async () => {
                const canvas = document.createElement("canvas");
                Object.assign(canvas, { width: 320, height: 240 });
                const draw = () => {
                  const context = canvas.getContext("2d");
                  context.fillStyle = "blue"; context.fillRect(0, 0, 320, 240);
                  context.fillStyle = "red"; context.fillRect(0, 0, 160, 240);
                };
                setInterval(draw, 40); draw();
                const stream = canvas.captureStream(25);
                stream.getVideoTracks()[0].getSettings = () => ({ facingMode: "user", deviceId: "x" });
                return stream;
              };
              const video = document.body.appendChild(document.createElement("video"));
              const camera = new Camera(video);
              await camera.start({ facing: "user" });
              const bitmap = await createImageBitmap(await camera.photo());
              const probe = new OffscreenCanvas(320, 240).getContext("2d");
              probe.drawImage(bitmap, 0, 0);
              const pixel = [...probe.getImageData(40, 120, 1, 1).data];
              const look = getComputedStyle(video).transform;
              camera.stop();
              done([video.classList.contains("mirrored"), pixel, look]);
            })().catch((error) => done([String(error), [], ""]));""")
        self.assertEqual(mirrored, True)
        self.assertGreater(photo[0], 200, "the left half of the photo is red, as the camera saw it")
        self.assertIn("-1", shown)

    def test_a_camera_that_does_not_say_where_it_looks_is_a_mirror_only_if_it_is_built_in_or_faces_the_visitor(self):
        self.open("/")
        mirrored = self.browser.execute_async_script("""
            const done = arguments[0];
            (async () => {
              const path = document.querySelector("script[src*='/app.js']").src.replace("app.js", "camera.js");
              const { Camera } = await import(path);
              const found = [];
              for (const [label, settings, options] of [
                ["USB Camera (046d:0825)", {}, {}], ["Integrated Camera: 720p", {}, {}], ["FaceTime HD Camera", {}, {}],
                ["camera2 0, facing back", { facingMode: "environment" }, {}],
                ["camera2 1, facing front", { facingMode: "user" }, {}],
                ["USB Camera (046d:0825)", {}, { facing: "user", faces: true }],
              ]) {
                navigator.mediaDevices.getUserMedia = async () => {
                  const canvas = document.createElement("canvas");
                  setInterval(() => canvas.getContext("2d").fillRect(0, 0, 9, 9), 40);
                  const stream = canvas.captureStream(25);
                  const [track] = stream.getVideoTracks();
                  track.getSettings = () => settings;
                  Object.defineProperty(track, "label", { value: label });
                  return stream;
                };
                const video = document.body.appendChild(document.createElement("video"));
                const camera = new Camera(video);
                await camera.start(options);
                found.push(video.classList.contains("mirrored"));
                camera.stop();
              }
              done(found);
            })().catch((error) => done(String(error)));""")
        self.assertEqual(mirrored, [False, True, True, False, True, True])

    def test_says_what_is_wrong_with_the_camera(self):
        for name, said in (("NotAllowedError", "Allow it"), ("NotFoundError", "no camera"),
                           ("NotReadableError", "Another program")):
            with self.subTest(name=name):
                self.open("/")
                self.browser.execute_script(
                    "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', arguments[0]));", name)
                self.one("[data-camera]").click()
                self.wait(lambda: said in self.one(".camera [role=status]").text, "nothing was said")
                self.assertIn("Try again", self.buttons())
                self.buttons()["Close"].click()


class Tablet(Phone):
    arguments = CAMERA
    several = False
