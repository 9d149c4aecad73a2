"""What a visitor waits for, in Chromium beside the server: the first page, and the way from a 12-megapixel photo to five
visible items. `make bench-journey`; Benchmarks/README.md says how it is measured."""

import argparse
import pathlib
import statistics
import sys
import tempfile
import time

from PIL import Image, ImageFilter
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/Browser"))
from support import CATALOG, CHROMEDRIVER, CHROMIUM, Server  # noqa: E402
from wire import LOGS, SCREENS, cost  # noqa: E402

# Runs before anything else of each page.
WATCH = """
const now = () => performance.timeOrigin + performance.now();
addEventListener("change", ({ target }) => {
  if (target.type === "file") sessionStorage.chosen = now();
}, true);
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
if (location.pathname.startsWith("/results/")) {
  const painted = (done) => requestAnimationFrame(() => setTimeout(() => done(now())));
  const look = () => {
    const cards = [...document.querySelectorAll(".matches .card")];
    if (cards.length < 5) return requestAnimationFrame(look);
    if (!window.itemsAfter) window.itemsAfter = 1, painted((time) => (window.itemsAfter = time - sessionStorage.chosen));
    const images = cards.slice(0, 5).map((card) => card.querySelector("img"));
    const seen = images.every((image) => {
      const place = image.getBoundingClientRect();
      return place.top < innerHeight && place.height > 0 && image.complete && image.naturalWidth > 0;
    });
    if (!seen) return requestAnimationFrame(look);
    painted((time) => (window.picturesAfter = time - sessionStorage.chosen));
  };
  look();
}
"""


def photo():
    """A photo of 12 megapixels with the detail of a phone's: an item of the catalog, enlarged, with a sensor's grain."""
    source = Image.open(sorted((CATALOG / "images").glob("*.jpg"))[111]).convert("RGB")
    image = source.resize((3000, 4000), Image.LANCZOS)
    grain = Image.effect_noise((3000, 4000), 18).filter(ImageFilter.GaussianBlur(0.7)).convert("RGB")
    file = tempfile.NamedTemporaryFile(suffix=".jpg")
    Image.blend(image, grain, 0.3).save(file, "JPEG", quality=94)
    file.flush()
    return file


def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars",
                     "--window-size=1280,1400"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", LOGS)
    chromium = webdriver.Chrome(service=Service(CHROMEDRIVER), options=options)
    chromium.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    chromium.execute_cdp_cmd("Network.enable", {})
    return chromium


def first_page(chromium, url, screen, rounds):
    """Bytes over the wire without and with item pictures, requests, milliseconds to the first picture with content, and
    layout shift, with an empty cache."""
    found = []
    for _ in range(rounds):
        requests = cost(chromium, url + "/", screen)
        items = sum(size for path, size in requests if path.startswith(("/examples/", "/thumbnails/", "/images/")))
        paint, shift = chromium.execute_script(
            "return [performance.getEntriesByName('first-contentful-paint')[0].startTime, window.shifted];")
        found.append((sum(size for _, size in requests), items, len(requests), paint, shift))
    return found


def journeys(chromium, url, path, rounds):
    found = []
    for _ in range(rounds + 1):
        chromium.get(url + "/")
        time.sleep(0.3)
        chromium.find_element("css selector", "input[type=file][name=image]").send_keys(path)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                result = chromium.execute_script("return window.picturesAfter ? [window.itemsAfter, window.picturesAfter, shifted] : null")
            except Exception:  # between two pages
                result = None
            if result:
                found.append(result)
                break
            time.sleep(0.1)
        else:
            raise SystemExit("no results came")
    # The first one warms up.
    return found[1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--url", help="a server that runs already, over the demo catalog")
    arguments = parser.parse_args()
    server = None if arguments.url else Server()
    url = arguments.url or server.url
    chromium = browser()
    try:
        with photo() as file:
            size = pathlib.Path(file.name).stat().st_size
            pages = {screen: first_page(chromium, url, screen, 5) for screen in SCREENS}
            chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
            ways = journeys(chromium, url, file.name, arguments.rounds)
    finally:
        chromium.quit()
        if server:
            server.stop()
    for (width, height, scale), rounds in pages.items():
        total, items, requests, paint, shift = zip(*rounds)
        print(f"First page at {width}x{height}, {scale} pixels for one: {max(total) / 1000:.1f} KB over the wire in "
              f"{max(requests)} requests, {max(items) / 1000:.1f} KB of them item pictures, drawn after "
              f"{statistics.median(paint):.0f} ms (median of {len(rounds)}), layout shift {max(shift):.4f}")
    for index, what in ((0, "five items on the page"), (1, "five items with their pictures")):
        times = sorted(way[index] for way in ways)
        print(f"From choosing a photo of 12 megapixels ({size / 1e6:.1f} MB) to {what}: median {statistics.median(times):.0f} "
              f"ms of {len(times)}, {times[0]:.0f} to {times[-1]:.0f}")
    print(f"Layout shift of the results: {max(way[2] for way in ways):.4f}")


if __name__ == "__main__":
    main()
