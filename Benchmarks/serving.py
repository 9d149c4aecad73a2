#!/usr/bin/env python3
"""Measures a running search over a real socket: starting, memory, one photo at a time, and many clients at once.

    make bench-serve [SERVE_FLAGS="--catalog DIR --data DIR"]

Starts `vitrine serve` on a free port. Clients are one lean program (load.c), which compares every answer with the
answer to the same photo when the server had nothing else to do. The network's own throughput (`vitrine bench`) is
measured in turns with them. Writes Benchmarks/results/serving.md, unless another catalog is given. Exit status 1 if an
answer differs, or if a request fails other than by 503. Needs Pillow and a C compiler; Benchmarks/README.md tells more.
"""

import argparse
import http.client
import io
import json
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Benchmarks/runtimes"))
import machine  # noqa: E402
import sides  # noqa: E402

VITRINE = str(ROOT / ".build/release/vitrine")
MODEL = ROOT / "Weights/fashion-resnet34.safetensors"
CLIENTS = [1, 4, 16]


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


def small_photos(images, size, folder):
    """Files of JPEGs of a size; of catalog pictures."""
    folder.mkdir()
    paths = []
    for image in images:
        paths.append(folder / image.name)
        Image.open(image).convert("RGB").resize(size, Image.Resampling.LANCZOS).save(paths[-1], quality=90)
    return paths


def build_load(folder):
    compiler = next(filter(None, map(shutil.which, ["cc", "clang", "gcc"])), None)
    if compiler is None:
        sys.exit("a C compiler is needed")
    program = folder / "load"
    source = ROOT / "Benchmarks/load.c"
    subprocess.run([compiler, "-O2", "-D_GNU_SOURCE", "-o", str(program), str(source)], check=True)
    return str(program)


class Server:
    def __init__(self, catalog, data, precision):
        command = [VITRINE, "serve", "--port", "0", "--catalog", str(catalog), "--data", str(data)]
        command += ["--precision", precision]
        self.began = time.perf_counter()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
        for line in self.process.stdout:
            found = re.search(r"http://[^:/]+:(\d+)", line)
            if found:
                self.port = int(found.group(1))
                return
        sys.exit("the server did not start")

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def megabytes(self):
        """Resident memory."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) * 1024 / 1e6

    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=15)


def search(connection, photo):
    connection.request("POST", "/api/v1/search", body=photo, headers={"Content-Type": "image/jpeg"})
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        sys.exit(f"a search was answered with {response.status}")
    return body


def measure_start(catalog, data, precision, photo, times):
    """Seconds from starting the program to the end of the first answer; memory before that answer and after."""
    seconds, before, after = [], [], []
    for _ in range(times):
        server = Server(catalog, data, precision)
        before.append(server.megabytes())
        search(server.connect(), photo)
        seconds.append(time.perf_counter() - server.began)
        after.append(server.megabytes())
        server.stop()
    return seconds, before, after


def one_at_a_time(server, photo, repeats):
    connection = server.connect()
    times = []
    for turn in range(repeats + 3):
        start = time.perf_counter()
        search(connection, photo)
        if turn >= 3:
            times.append((time.perf_counter() - start) * 1000)
    return sorted(times)


def run_load(program, server, clients, requests, photos):
    used, began = server.processor_seconds(), time.perf_counter()
    words = [program, str(server.port), str(clients), str(requests), *map(str, photos)]
    outcome = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    outcome["rate"] = requests / outcome["seconds"]
    # With the first answers, which come before the clients' own clock starts.
    outcome["server_cores"] = (server.processor_seconds() - used) / (time.perf_counter() - began)
    return outcome


def measure_load(program, server, bench, photos, rounds, requests):
    """In each round the network's throughput, one picture a thread and in batches, and that of each number of
    clients."""
    network, outcomes = {"singles": [], "throughput": []}, {clients: [] for clients in CLIENTS}
    for turn in range(-1, rounds):
        for kind, rates in network.items():
            rates.append(requests / bench.ask(f"{kind} {requests}")["seconds"])
        for clients in CLIENTS:
            outcomes[clients].append(run_load(program, server, clients, requests, photos))
        if turn < 0:  # Only to warm up.
            for values in [*network.values(), *outcomes.values()]:
                values.clear()
        time.sleep(0.2)
    return network, outcomes


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def load_rows(network, outcomes):
    single = statistics.median([time for o in outcomes[1] for time in o["milliseconds"]])
    for clients, runs in outcomes.items():
        times = [time for run in runs for time in run["milliseconds"]]
        p99 = percentile(times, 0.99)
        own = statistics.median(run["processor_seconds"] / run["seconds"] for run in runs)
        server = statistics.median(run["server_cores"] for run in runs)
        ratios = [statistics.median(run["rate"] / rate for run, rate in zip(runs, rates)) for rates in network.values()]
        rate = statistics.median(run["rate"] for run in runs)
        yield (f"| {clients} | {rate:.0f} | {ratios[0]:.2f} | {ratios[1]:.2f} "
               f"| {statistics.median(times):.1f} | {p99:.1f} | {p99 / single:.1f} | {server:.2f} | {own:.3f} |")


def report(arguments, facts, loads, growth):
    yield "# A running search\n"
    yield f"Written by `make bench-serve`, `--precision {arguments.precision}`; [Benchmarks/README.md](../README.md) says what is measured.\n"
    yield "| | |\n|---|---|"
    for name, value in facts:
        yield f"| {name} | {value} |"
    for name, network, outcomes in loads:
        yield f"\n## Many clients, {name}\n"
        singles, batches = (statistics.median(rates) for rates in network.values())
        yield (f"The network alone, in turns with the clients: {singles:.0f} pictures/s with one at a time for each "
               f"core, {batches:.0f} in batches. {arguments.rounds} rounds of {arguments.requests} searches for each "
               "number of clients.\n")
        yield ("| clients | searches/s | of one a core | of batches | p50 ms | p99 ms | p99 / one client's p50 "
               "| server's cores | clients' cores |")
        yield "|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
        yield from load_rows(network, outcomes)
        counts = {key: sum(o[key] for runs in outcomes.values() for o in runs) for key in ["right", "wrong", "refused"]}
        yield ("\nAnswers: " + ", ".join(f"{count} {key}" for key, count in counts.items()) + ".")
    yield "\n## Memory along the way\n"
    yield (f"Resident MB after each 200 of {200 * (len(growth) - 1)} searches by 16 clients with photos of 480x640: "
           + ", ".join(f"{value:.0f}" for value in growth) + ".\n")
    yield "| | |\n|---|---|"
    for key, value in machine.describe({}):
        yield f"| {key} | {value} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalog", type=pathlib.Path)
    parser.add_argument("--data", default=None, help="data directory; by default one that is thrown away")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=400, help="searches of one run of the clients")
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--precision", choices=["auto", "float32", "int8"], default="auto")
    arguments = parser.parse_args()
    catalog = arguments.catalog or ROOT / "catalog"
    images = random.Random(2).sample(sorted((ROOT / "catalog/images").glob("*.jpg")), 40)

    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        data = arguments.data or scratch / "data"
        load = build_load(scratch)
        Server(catalog, data, arguments.precision).stop()  # Indexes.
        catalog_photo = images[0].read_bytes()
        seconds, before, after = measure_start(catalog, data, arguments.precision, catalog_photo, arguments.starts)

        server = Server(catalog, data, arguments.precision)
        bench = sides.Side("Vitrine", [VITRINE, "bench", "--model", MODEL.stem, "--precision", arguments.precision])
        try:
            photo = large_photo(images)
            large = one_at_a_time(server, photo, 30)
            middle = one_at_a_time(server, catalog_photo, 50)
            for image in images:
                bench.ask(f"load {image}")
            loads = []
            for name, size in [("photos of 96x128", (96, 128)), ("photos of 480x640", (480, 640))]:
                photos = small_photos(images, size, scratch / name)
                loads.append((name, *measure_load(load, server, bench, photos, arguments.rounds, arguments.requests)))
            growth = [server.megabytes()]
            for _ in range(10):
                outcome = run_load(load, server, 16, 200, photos)
                loads[-1][2][16][0]["wrong"] += outcome["wrong"]
                growth.append(server.megabytes())
        finally:
            bench.close()
            status = server.stop()

    weights = MODEL.stat().st_size / 1e6
    facts = [
        ("Start to the end of the first answer", f"median {statistics.median(seconds):.3f} s, slowest "
         f"{max(seconds):.3f} s of {len(seconds)} starts, everything indexed and in the file cache"),
        ("Resident memory before the first search", f"{statistics.median(before):.0f} MB"),
        ("Resident memory after it", f"{statistics.median(after):.0f} MB; the weights' file has {weights:.1f} MB"),
        (f"12-megapixel JPEG ({len(photo) / 1e6:.1f} MB), one at a time",
         f"median {statistics.median(large):.1f} ms, p90 {percentile(large, 0.9):.1f} ms"),
        ("480x640 JPEG, one at a time",
         f"median {statistics.median(middle):.1f} ms, p90 {percentile(middle, 0.9):.1f} ms"),
    ]
    text = "\n".join(report(arguments, facts, loads, growth)) + "\n"
    print(text)
    if arguments.catalog is None:
        name = "serving" if arguments.precision == "auto" else f"serving-{arguments.precision}"
        (ROOT / f"Benchmarks/results/{name}.md").write_text(text)
    wrong = sum(o["wrong"] for _, _, outcomes in loads for runs in outcomes.values() for o in runs)
    if wrong or status != 0:
        sys.exit(f"{wrong} answers differ; exit status of the server: {status}")


if __name__ == "__main__":
    main()
