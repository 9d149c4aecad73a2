"""Approximate search in a large catalog, beside hnswlib and FAISS: part of `make bench-search`, with --approximate.

Makes jittered copies of vectors, as many as asked for, and queries that are other such copies. Each side makes a graph of 16
links, chosen from 200 candidates (Vitrine's from 300, its own standard, in less time than the others), and is searched one
query at a time on one thread, wider and wider, so that each shows how long it takes for which recall. Then only 5% of the rows
may be found. Exact search says what is right.
"""

import hashlib
import json
import pathlib
import shutil
import subprocess
import time

import faiss
import hnswlib
import numpy

DEGREE, CONSTRUCTION = 16, 200
WIDTHS = (12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)


def copies(base, count, jitter, random):
    """Rows of `base` in turn, each a little off, of length 1."""
    vectors = numpy.empty((count, base.shape[1]), dtype="<f4")
    for start in range(0, count, 50000):
        rows = numpy.arange(start, min(start + 50000, count)) % len(base)
        some = base[rows] + jitter * random.standard_normal((len(rows), base.shape[1]), dtype=numpy.float32)
        vectors[start:start + len(rows)] = some / numpy.linalg.norm(some, axis=1, keepdims=True)
    return vectors


def emptied(folder, vectors):
    """The folder for graphs, without those of other vectors."""
    folder.mkdir(parents=True, exist_ok=True)
    mark, made_of = folder / "made-of", hashlib.sha256(vectors).hexdigest()
    if not mark.exists() or mark.read_text() != made_of:
        shutil.rmtree(folder / "vitrine", ignore_errors=True)
        for name in ("hnswlib.bin", "faiss.bin"):
            (folder / name).unlink(missing_ok=True)
        mark.write_text(made_of)
    return folder


class Vitrine:
    name = "Vitrine"

    def __init__(self, executable, vectors, queries, folder, k):
        self.folder, self.count, self.k = folder, len(queries), k
        vectors_file, queries_file = folder / "vectors.f32", folder / "queries.f32"
        vectors.tofile(vectors_file)
        queries.tofile(queries_file)
        self.side = subprocess.Popen(
            [executable, "bench-search", vectors_file, "--dimension", str(vectors.shape[1]), "-k", str(k), "--index",
             "hnsw", "--files", folder / "vitrine", "--queries", queries_file], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.about = json.loads(self.side.stdout.readline())
        self.seconds = self.about.get("buildSeconds")

    def ask(self, line):
        self.side.stdin.write(line + "\n")
        self.side.stdin.flush()
        return json.loads(self.side.stdout.readline())

    def search(self, width):
        self.ask(f"width {width}")
        answers = [self.ask(f"query {row}") for row in range(self.count)]
        return [answer["rows"] for answer in answers], sum(a["milliseconds"] for a in answers) / self.count

    def allow(self, mask):
        file = self.folder / "allowed"
        mask.astype("u1").tofile(file)
        self.ask(f"allowed {file}")

    def close(self):
        self.side.stdin.close()
        self.side.wait(timeout=60)


class HNSWLib:
    name = "hnswlib"

    def __init__(self, vectors, queries, folder, k):
        self.queries, self.k, self.seconds = queries, k, None
        self.index = hnswlib.Index("ip", vectors.shape[1])
        file = folder / "hnswlib.bin"
        if file.exists():
            self.index.load_index(str(file))
        else:
            start = time.perf_counter()
            self.index.init_index(len(vectors), M=DEGREE, ef_construction=CONSTRUCTION)
            self.index.add_items(vectors)
            self.seconds = time.perf_counter() - start
            self.index.save_index(str(file))
        self.index.set_num_threads(1)

    def search(self, width):
        self.index.set_ef(width)
        # All at once, so that it does not pay for Python query by query.
        start = time.perf_counter()
        rows, _ = self.index.knn_query(self.queries, self.k, num_threads=1)
        return rows.tolist(), (time.perf_counter() - start) * 1e3 / len(self.queries)


class FAISS:
    name = "FAISS HNSW"

    def __init__(self, vectors, queries, folder, k):
        self.queries, self.k, self.seconds, self.selector = queries, k, None, None
        file = folder / "faiss.bin"
        if file.exists():
            self.index = faiss.read_index(str(file))
        else:
            start = time.perf_counter()
            self.index = faiss.IndexHNSWFlat(vectors.shape[1], DEGREE, faiss.METRIC_INNER_PRODUCT)
            self.index.hnsw.efConstruction = CONSTRUCTION
            self.index.add(vectors)
            self.seconds = time.perf_counter() - start
            faiss.write_index(self.index, str(file))

    def search(self, width):
        parameters = faiss.SearchParametersHNSW(efSearch=width, sel=self.selector)
        start = time.perf_counter()
        _, rows = self.index.search(self.queries, self.k, params=parameters)
        return rows.tolist(), (time.perf_counter() - start) * 1e3 / len(self.queries)

    def allow(self, mask):
        bits = numpy.packbits(mask, bitorder="little")
        self.selector = faiss.IDSelectorBitmap(bits)
        self.bits = bits


def recall(found, right):
    return sum(len(set(a) & set(b)) for a, b in zip(found, right)) / right.size


def sweep(sides, right, rounds=3):
    """Milliseconds and recall of each side at each width; the sides take turns."""
    results = {side.name: [] for side in sides}
    for width in WIDTHS:
        for side in sides:
            side.search(width)
        best = {side.name: float("inf") for side in sides}
        found = {}
        for _ in range(rounds):
            for side in sides:
                found[side.name], milliseconds = side.search(width)
                best[side.name] = min(best[side.name], milliseconds)
        for side in sides:
            results[side.name].append((width, recall(found[side.name], right), best[side.name]))
    return results


def at_recall(results, wanted):
    """The first width at which a side has the recall, and what it takes there."""
    return next(((width, found, time) for width, found, time in results if found >= wanted), None)


def show(results, wanted):
    for name, rows in results.items():
        print(f"  {name:<11}" + "".join(f" {width}: {found:.3f} {time:.3f}" for width, found, time in rows))
    reached = {name: at_recall(rows, wanted) for name, rows in results.items()}
    for name, row in reached.items():
        print(f"  {name:<11} recall@5 of {wanted}: " + (
            f"width {row[0]}, {row[2]:.3f} ms (recall {row[1]:.4f})" if row else "not reached"))
    return reached


def compare(base, arguments):
    """Runs it all; the exit status."""
    random = numpy.random.default_rng(3)
    vectors = copies(base, arguments.count, arguments.jitter, random)
    folder = emptied(pathlib.Path(arguments.files), vectors)
    asked = base[random.integers(0, len(base), arguments.queries)]
    queries = copies(asked, arguments.queries, arguments.jitter, random)
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    _, right = flat.search(queries, arguments.k)
    mask = random.random(len(vectors)) < 0.05
    selector = faiss.IDSelectorBatch(numpy.flatnonzero(mask))
    _, right_allowed = flat.search(queries, arguments.k, params=faiss.SearchParameters(sel=selector))
    del flat
    print(f"{len(vectors)} vectors of {vectors.shape[1]}, jittered copies of {len(base)}; {len(queries)} queries", flush=True)

    vitrine = Vitrine(arguments.vitrine, vectors, queries, folder, arguments.k)
    about = vitrine.about
    print(f"  Vitrine: loaded in {about['loadSeconds']:.2f} s; snapshot and graph {about['snapshotBytes'] / 1e6:.0f} MB, "
          f"memory after loading {about['residentBytes'] / 1e6:.0f} MB", flush=True)
    sides = [vitrine]
    for kind in (HNSWLib, FAISS):
        sides.append(kind(vectors, queries, folder, arguments.k))
    for side in sides:
        if side.seconds:
            print(f"  {side.name}: graph made in {side.seconds:.0f} s", flush=True)
    faiss.omp_set_num_threads(1)
    print("width: recall@5, ms for a query")
    reached = show(sweep(sides, right), 0.99)
    print(f"  Vitrine's memory after {len(WIDTHS) * 4 * len(queries)} searches: "
          f"{vitrine.ask('memory')['residentBytes'] / 1e6:.0f} MB")
    print("5% of the rows may be found")
    filtered = [side for side in sides if hasattr(side, "allow")]
    for side in filtered:
        side.allow(mask)
    results = sweep(filtered, right_allowed, rounds=1)
    allowed = show(results, 0.98)
    rows, _ = vitrine.search(64)
    few = sum(len(found) < arguments.k for found in rows)
    print(f"  Vitrine: queries with fewer than {arguments.k} results: {few}")
    vitrine.close()
    mine = reached["Vitrine"]
    others = [row[2] for name, row in reached.items() if name != "Vitrine" and row]
    return 0 if mine and allowed["Vitrine"] and not few and all(mine[2] <= other for other in others) else 1
