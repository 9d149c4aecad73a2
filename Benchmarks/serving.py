#!/usr/bin/python3
"""Measures a running search over a real socket: a 12-megapixel photo alone, then many clients at once.

    make build && Benchmarks/serving.py [--catalog DIR --data DIR] [--searches 2000] [--clients 16]

Starts `vitrine serve` on a free port. Every answer under load is compared with the answer to the same photo when the
server had nothing else to do. Exit status 1 if one differs, or if a request fails other than by 503 with Retry-After.
Needs Pillow (Debian: python3-pil).
"""

import argparse
import collections
import http.client
import io
import json
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[1]


def large_photo(images, seed=1):
    """A 4000x3000 JPEG as a phone makes it: many pictures side by side, with sensor noise."""
    chooser = random.Random(seed)
    photo = Image.new("RGB", (4000, 3000))
    for x in range(0, 4000, 500):
        for y in range(0, 3000, 600):
            tile = Image.open(chooser.choice(images)).convert("RGB").resize((500, 600))
            photo.paste(tile, (x, y))
    noise = Image.effect_noise((4000, 3000), 12).convert("L")
    photo = Image.blend(photo, Image.merge("RGB", (noise, noise, noise)), 0.35)
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


class Server:
    def __init__(self, catalog, data):
        command = [ROOT / ".build/release/vitrine", "serve", "--port", "0", "--catalog", catalog, "--data", data]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
        for line in self.process.stdout:
            found = re.search(r"http://([^:/]+):(\d+)", line)
            if found:
                self.address = found.group(1), int(found.group(2))
                return
        sys.exit("the server did not start")

    def connect(self):
        return http.client.HTTPConnection(*self.address, timeout=60)

    def megabytes(self):
        """Resident memory."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=15)


def search(connection, photo):
    connection.request("POST", "/api/v1/search", body=photo, headers={"Content-Type": "image/jpeg"})
    response = connection.getresponse()
    return response.status, response.headers, json.loads(response.read())


def answer(body):
    return [(result["id"], result["score"]) for result in body["results"]]


def single(server, photo, repeats):
    connection = server.connect()
    times = []
    for _ in range(repeats + 3):
        start = time.perf_counter()
        status, _, _ = search(connection, photo)
        times.append((time.perf_counter() - start) * 1000)
        assert status == 200, status
    times = sorted(times[3:])
    return statistics.median(times), times[int(len(times) * 0.9)]


def load(server, photos, searches, clients):
    connection = server.connect()
    expected = [answer(search(connection, photo)[2]) for photo in photos]
    outcomes, times, memory = collections.Counter(), [], []
    lock, turns = threading.Lock(), iter(range(searches))

    def client():
        connection = server.connect()
        while True:
            with lock:
                turn = next(turns, None)
                if turn is not None and turn % (searches // 10) == 0:
                    memory.append(round(server.megabytes()))
            if turn is None:
                return
            start = time.perf_counter()
            while True:
                status, headers, body = search(connection, photos[turn % len(photos)])
                if status != 503 or "Retry-After" not in headers:
                    break
                with lock:
                    outcomes["503 with Retry-After, asked again"] += 1
                time.sleep(0.1)
            elapsed = (time.perf_counter() - start) * 1000
            right = status == 200 and answer(body) == expected[turn % len(photos)]
            with lock:
                outcomes["right" if right else "wrong" if status == 200 else f"status {status}"] += 1
                times.append(elapsed)

    start = time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    memory.append(round(server.megabytes()))
    return outcomes, sorted(times), seconds, memory


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalog", default=ROOT / "catalog")
    parser.add_argument("--data", default=None, help="data directory; by default one that is thrown away")
    parser.add_argument("--searches", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=16)
    arguments = parser.parse_args()
    images = sorted((ROOT / "catalog/images").glob("*.jpg"))

    with tempfile.TemporaryDirectory() as scratch:
        server = Server(arguments.catalog, arguments.data or scratch)
        try:
            photo = large_photo(images)
            median, p90 = single(server, photo, 30)
            print(f"12-megapixel JPEG ({len(photo) / 1e6:.1f} MB), one at a time: median {median:.0f} ms, p90 {p90:.0f} ms")
            median, p90 = single(server, images[0].read_bytes(), 50)
            print(f"480x640 JPEG, one at a time: median {median:.1f} ms, p90 {p90:.1f} ms")
            photos = [path.read_bytes() for path in random.Random(2).sample(images, 40)]
            outcomes, times, seconds, memory = load(server, photos, arguments.searches, arguments.clients)
            print(f"{arguments.searches} searches, {arguments.clients} clients: {arguments.searches / seconds:.0f} /s, "
                  f"median {statistics.median(times):.0f} ms, p99 {times[int(len(times) * 0.99)]:.0f} ms")
            print("answers: " + ", ".join(f"{count} {name}" for name, count in outcomes.items()))
            print("resident memory in MB along the way: " + " ".join(map(str, memory)))
        finally:
            status = server.stop()
        print(f"exit status of the server: {status}")
    bad = [name for name in outcomes if name != "right" and not name.startswith("503")]
    return 1 if bad or status != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
