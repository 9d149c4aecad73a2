#!/usr/bin/env python3
"""A server with a million items: how long until its first answer, and how much memory.

    make bench-search SEARCH_FLAGS="--serve [--count 1000000] [--data DIR] [--files DIR]"

Indexes the demo catalog and adds jittered copies of its vectors, or of those of another data directory (--data), straight
to its database. The server is started once to make snapshot and graph, and then measured: from starting the program to
the end of the first answer to a search with a photo, and its memory before and after a hundred more, half of them with a
filter that every twentieth item passes.
"""

import hashlib
import http.client
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import time

import numpy

import approximate

ROOT = pathlib.Path(__file__).resolve().parent.parent
COLOURS = [f"Shade {number}" for number in range(20)]


def fill(data, base, count, jitter):
    """Adds items up to `count`; their photos are those of the catalog, whatever their vectors are."""
    database = sqlite3.connect(data / "catalog.sqlite")
    database.execute("PRAGMA synchronous = OFF")
    model, = database.execute("SELECT model_hash FROM embedding LIMIT 1").fetchone()
    there, = database.execute("SELECT count(*) FROM item").fetchone()
    image, = database.execute("SELECT image_path FROM item LIMIT 1").fetchone()
    random = numpy.random.default_rng(7)
    step = 20000
    for start in range(there, count, step):
        numbers = range(start, min(start + step, count))
        vectors = approximate.copies(base[random.integers(0, len(base), len(numbers))], len(numbers), jitter, random)
        with database:
            database.executemany(
                "INSERT INTO item (id, name, category, colour, image_path, content_hash, file_size, file_modified) "
                "VALUES (?, ?, 'Copies', ?, ?, ?, 1, 1)",
                ((f"copy-{n}", f"Copy {n}", COLOURS[n % 20], image, f"copy-{n}") for n in numbers))
            database.executemany(
                "INSERT INTO embedding (content_hash, model_hash, vector, checksum) VALUES (?, ?, ?, ?)",
                ((f"copy-{n}", model, vector, checksum(model, f"copy-{n}", vector))
                 for n, vector in zip(numbers, (row.tobytes() for row in vectors))))
    database.close()


def checksum(model, content, vector):
    """What binds a vector to its photo and model: see EmbeddingChecksum.swift."""
    digest = hashlib.sha256(model.encode() + b"\0" + content.encode() + b"\0" + vector).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


class Server:
    def __init__(self, executable, data):
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            [executable, "serve", "--port", "0", "--no-indexing", "--catalog", ROOT / "catalog", "--data", data],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
        line = self.process.stdout.readline()
        self.port = int(line.rsplit(":", 1)[1])

    def search(self, photo, query=""):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", "/api/v1/search" + query, photo, {"Content-Type": "image/jpeg"})
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            sys.exit(f"{response.status}: {body[:300]}")
        return json.loads(body)

    def memory(self):
        """Megabytes that are the process's own, and those of mapped files."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        fields = dict(line.split(":", 1) for line in status.splitlines())
        return tuple(int(fields[name].split()[0]) / 1e3 for name in ("RssAnon", "RssFile"))

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)


def prepare(base, arguments):
    """A data directory with so many items; that of an earlier run, if it was finished and with the same models."""
    data = pathlib.Path(arguments.files) / f"data-{arguments.count}"
    mark = data / "made-with"
    models = " ".join(hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted((ROOT / "Weights").glob("*.safetensors")))
    if not mark.exists() or mark.read_text() != models:
        shutil.rmtree(data, ignore_errors=True)
        command = [arguments.vitrine, "index", "--catalog", ROOT / "catalog", "--data", data]
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        fill(data, base, arguments.count, arguments.jitter)
        mark.write_text(models)
    return data


def compare(base, arguments):
    data = prepare(base, arguments)
    photo = next((ROOT / "catalog/images").glob("*.jpg")).read_bytes()

    start = time.perf_counter()
    server = Server(arguments.vitrine, data)
    server.search(photo)
    print(f"{arguments.count} items. First start, which makes the snapshot: {time.perf_counter() - start:.1f} s", flush=True)
    snapshot = next((data / "index").glob("*.vectors"))
    graph = snapshot.with_suffix(".graph")
    # A graph that is older than the snapshot is of another one.
    while not (graph.exists() and graph.stat().st_mtime >= snapshot.stat().st_mtime):
        time.sleep(1)
    print(f"  graph made {time.perf_counter() - start:.0f} s after the start", flush=True)
    server.stop()

    server = Server(arguments.vitrine, data)
    answer = server.search(photo)
    first = time.perf_counter() - server.began
    before = server.memory()
    assert len(answer["results"]) == 5
    # All attributes are read behind the back of searches.
    time.sleep(10)
    times = {"": [], "?colour=Shade+3": []}
    for query, milliseconds in times.items():
        for _ in range(50):
            answer = server.search(photo, query)
            milliseconds.append(answer["timings_ms"]["search"])
            assert len(answer["results"]) == 5
    after = server.memory()
    server.stop()
    size = (snapshot.stat().st_size + graph.stat().st_size) / 1e6
    print(f"  started to the end of the first answer: {first:.2f} s")
    print(f"  snapshot and graph {size:.0f} MB; memory then {before[0]:.0f} MB and {before[1]:.0f} MB of mapped files")
    print(f"  after 100 searches {after[0]:.0f} MB and {after[1]:.0f} MB: {sum(after) / size:.2f} x snapshot and graph")
    for query, milliseconds in times.items():
        print(f"  search{query}: median {sorted(milliseconds)[25]:.2f} ms")
    return 0 if first <= 2 and sum(after) <= 1.3 * size else 1
