"""Searches while items change: part of `make bench-search`, with --changing.

Eight clients search a running server with photos of the demo catalog, by turns alone and while another client changes 500
items with their photos over HTTP. Every answer must be there, and show each changing item by the photo that it is said to
have. Exit status 1 if one does not, or if the 99th percentile with changes is more than twice that without.
"""

import http.client
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOKEN = "a-token-for-benchmarks"


class Clients:
    """Eight threads that search until they are told to stop."""

    def __init__(self, port, photos):
        self.port, self.photos = port, photos
        self.stop, self.times, self.wrong = False, [], []
        self.threads = [threading.Thread(target=self.search, args=(number,)) for number in range(8)]
        for thread in self.threads:
            thread.start()

    def search(self, number):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self.stop:
            which = number % len(self.photos)
            start = time.perf_counter()
            connection.request("POST", "/api/v1/search?k=10", self.photos[which], {"Content-Type": "image/jpeg"})
            response = connection.getresponse()
            body = response.read()
            self.times.append((time.perf_counter() - start) * 1e3)
            if response.status != 200:
                self.wrong.append(body)
                continue
            for result in json.loads(body)["results"]:
                if result["id"].startswith("moving") and (result["score"] > 0.9995) != (result["name"] == str(which)):
                    self.wrong.append(result)

    def finish(self):
        self.stop = True
        for thread in self.threads:
            thread.join()
        times = sorted(self.times)
        return len(times), times[len(times) // 2], times[len(times) * 99 // 100], self.wrong


def change(port, photos, count):
    """Changes items, one after another; seconds that it took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    start = time.perf_counter()
    for number in range(count):
        which = number % len(photos)
        body = (
            b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n' + str(which).encode()
            + b'\r\n--b\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n' + photos[which]
            + b"\r\n--b--\r\n")
        connection.request(
            "PUT", f"/api/v1/items/moving{number % 50}", body,
            {"Content-Type": "multipart/form-data; boundary=b", "Authorization": "Bearer " + TOKEN})
        response = connection.getresponse()
        text = response.read()
        assert response.status in (200, 201), text
    return time.perf_counter() - start


def compare(arguments):
    photos = [path.read_bytes() for path in sorted((ROOT / "catalog/images").glob("*.jpg"))[::7]][:8]
    with tempfile.TemporaryDirectory() as data:
        server = subprocess.Popen(
            [arguments.vitrine, "serve", "--port", "0", "--catalog", ROOT / "catalog", "--data", data], cwd=ROOT,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "VITRINE_TOKEN": TOKEN})
        port = int(server.stdout.readline().rsplit(":", 1)[1])
        results = {"alone": [], "with changes": []}
        for _ in range(3):
            clients = Clients(port, photos)
            time.sleep(8)
            results["alone"].append(clients.finish())
            clients = Clients(port, photos)
            seconds = change(port, photos, 500)
            results["with changes"].append(clients.finish())
            print(f"500 changes in {seconds:.1f} s", flush=True)
        server.terminate()
        server.wait(timeout=60)
    wrong = 0
    for name, rows in results.items():
        for count, median, late, faults in rows:
            wrong += len(faults)
            print(f"  {name:<13} {count} searches: median {median:.1f} ms, p99 {late:.1f} ms, wrong {len(faults)}")
    worst = {name: sorted(row[2] for row in rows)[1] for name, rows in results.items()}
    ratio = worst["with changes"] / worst["alone"]
    print(f"  p99 with changes is {ratio:.2f} x that without (medians of three turns)")
    return 0 if not wrong and ratio <= 2 else 1
