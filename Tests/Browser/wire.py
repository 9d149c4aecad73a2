"""What a page costs over the wire, as Chromium counts it: every request with its fields, until none is under way 2 s after
the page's load or later."""

import json
import time
import urllib.parse

# A desk's window and a phone: width, height, pixels of the screen for one of the page.
SCREENS = ((1280, 900, 1), (390, 844, 3))
# What a browser's options need so that `cost` can be called.
LOGS = {"browser": "ALL", "performance": "ALL"}


def cost(browser, url, screen):
    """Opens a page with an empty cache; returns (path, bytes) of each of its requests."""
    width, height, scale = screen
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 600})
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.clearBrowserCache", {})
    browser.get("about:blank")
    browser.get_log("performance")
    browser.get(url)
    paths, requests = {}, []
    end = time.monotonic() + 60
    while True:
        time.sleep(2)
        for entry in browser.get_log("performance"):
            event = json.loads(entry["message"])["message"]
            parameters = event["params"]
            if event["method"] == "Network.requestWillBeSent":
                paths[parameters["requestId"]] = urllib.parse.urlparse(parameters["request"]["url"]).path
            elif event["method"] == "Network.loadingFinished":
                requests.append((paths.pop(parameters["requestId"], "?"), parameters["encodedDataLength"]))
            elif event["method"] == "Network.loadingFailed":
                paths.pop(parameters["requestId"], None)
        if not paths or time.monotonic() > end:
            return requests
