#!/usr/bin/env python3
"""Exact search beside FAISS: one query at a time, one thread, the same vectors and the same answers.

    make bench-search [SEARCH_FLAGS="--data .vitrine"]
    make bench-search SEARCH_FLAGS="--approximate --count 1000000"     # see approximate.py
    make bench-search SEARCH_FLAGS="--serve --count 1000000"           # see large.py
    make bench-search SEARCH_FLAGS=--changing                          # see changing.py

Takes the embeddings of an indexed catalog (--data), or else makes clustered unit vectors of the same number and length.
The two sides take turns, query by query. Exit status 1 if their five nearest differ in more than the order of ties.
"""

import argparse
import json
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import faiss
import numpy

ROOT = pathlib.Path(__file__).resolve().parent.parent


def stored(folder):
    """The embeddings of a data directory's items, those of the model that has most."""
    base = sqlite3.connect(f"file:{folder}/catalog.sqlite?mode=ro", uri=True)
    model, _ = base.execute(
        "SELECT model_hash, count(*) AS n FROM embedding GROUP BY model_hash ORDER BY n DESC").fetchone()
    rows = base.execute(
        "SELECT vector FROM item JOIN embedding USING (content_hash) WHERE model_hash = ? ORDER BY id", (model,))
    return numpy.stack([numpy.frombuffer(vector, dtype="<f4") for vector, in rows])


def clustered(count, dimension, seed=1):
    """Unit vectors around some hundred centres, as photos of a catalog are around its kinds."""
    random = numpy.random.default_rng(seed)
    centres = random.standard_normal((300, dimension))
    vectors = centres[random.integers(0, len(centres), count)] + 0.5 * random.standard_normal((count, dimension))
    return (vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)).astype("<f4")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, help="data directory of an indexed catalog")
    parser.add_argument("--count", type=int, default=42212)
    parser.add_argument("--dimension", type=int, default=256)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("-k", type=int, default=5)
    parser.add_argument("--vitrine", type=pathlib.Path, default=ROOT / ".build/release/vitrine")
    parser.add_argument("--approximate", action="store_true", help="compare graphs, over jittered copies of the vectors")
    parser.add_argument("--serve", action="store_true", help="measure a server with that many items")
    parser.add_argument("--changing", action="store_true", help="measure searches while items change")
    parser.add_argument("--jitter", type=float, default=0.02, help="deviation of each number of a copy")
    parser.add_argument("--files", default=ROOT / ".build/bench-search", help="folder for graphs, used again")
    arguments = parser.parse_args()
    if arguments.approximate:
        import approximate
        base = stored(arguments.data) if arguments.data else clustered(42212, arguments.dimension)
        return approximate.compare(base, arguments)
    if arguments.changing:
        import changing
        return changing.compare(arguments)
    if arguments.serve:
        import large
        base = stored(arguments.data) if arguments.data else clustered(42212, arguments.dimension)
        return large.compare(base, arguments)
    vectors = stored(arguments.data) if arguments.data else clustered(arguments.count, arguments.dimension)
    vectors = numpy.ascontiguousarray(vectors)
    count, dimension = vectors.shape
    faiss.omp_set_num_threads(1)
    flat = faiss.IndexFlatIP(dimension)
    flat.add(vectors)
    times = {"Vitrine": [], "FAISS IndexFlatIP": []}
    different = 0
    with tempfile.NamedTemporaryFile(suffix=".f32") as file:
        vectors.tofile(file)
        file.flush()
        side = subprocess.Popen(
            [arguments.vitrine, "bench-search", file.name, "--dimension", str(dimension), "-k", str(arguments.k)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        print(json.loads(side.stdout.readline()))
        for row in numpy.random.default_rng(2).integers(0, count, arguments.queries):
            side.stdin.write(f"search {row}\n")
            side.stdin.flush()
            answer = json.loads(side.stdout.readline())
            times["Vitrine"].append(answer["milliseconds"])
            start = time.perf_counter()
            scores, rows = flat.search(vectors[row:row + 1], arguments.k)
            times["FAISS IndexFlatIP"].append((time.perf_counter() - start) * 1e3)
            # Of equally near ones, either may be named.
            mine = numpy.sort(vectors[answer["rows"]] @ vectors[row])[::-1]
            different += not numpy.allclose(mine, scores[0], atol=1e-5)
        side.stdin.close()
        side.wait(timeout=30)
    print(f"{count} vectors of {dimension}, one query at a time, one thread, {arguments.queries} queries in turn")
    for name, found in times.items():
        print(f"  {name:<18} median {statistics.median(found):.3f} ms, p90 {sorted(found)[len(found) * 9 // 10]:.3f} ms")
    ratio = statistics.median(a / b for a, b in zip(*times.values()))
    print(f"  {ratio:.2f} x the time of FAISS (median of the ratios); answers that differ: {different}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
