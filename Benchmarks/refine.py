"""How well refining works, by asking a running server.

    vitrine serve --catalog DIR --data DATA &
    vitrine catalog products --catalog DIR --data DATA --json > products.json
    python3 Benchmarks/refine.py colours products.json --url http://localhost:8080
    vitrine catalog export vectors --catalog DIR --data DATA
    python3 Benchmarks/refine.py less vectors --url http://localhost:8080
    python3 Benchmarks/refine.py photos PHOTOS Benchmarks/label-maps/street-to-kaggle.csv --url http://localhost:8080

`colours`: how often "the same cut in another colour" finds the wanted item. A pair is two items of one product in different
colours, as `vitrine catalog products --json` recognises them. Each is asked for by its own page's search: the other colour with
`as_colour`, and for comparison the nearest of the category in that colour.

`less`: how well "less like this" keeps the kind. For some items, or those that a CSV names, the second and the third of the
nearest are marked in turn where they have the item's own category: what share of the next five has it, and how alike these are
to what is marked, beside the same without a mark. Needs NumPy.

`photos`: a folder with images.csv (image, label, colour) and images, as `vitrine evaluate --queries` takes it. How often the
photo's category and colour are said (60 % of the votes) and right; and what share of the nearest five has the right category
before and after one right and one wrong item of them were marked, neither of which counts, and after only the wrong one was;
and the share before and after the second or third, of the right category, was marked "less".
"""

import argparse
import csv
import json
import pathlib
import random
import urllib.parse
import urllib.request

#: From which share of the votes on a page says what a photo shows.
SAID = 0.6


def pairs(products):
    """Item, wanted colour, and the identifiers that would be right."""
    for product in products:
        for item in product["items"]:
            for colour in sorted({other.get("colour", "") for other in product["items"]}):
                if colour and item.get("colour") and colour != item["colour"]:
                    yield item["id"], colour, {
                        other["id"] for other in product["items"] if other.get("colour") == colour}


def get(address):
    with urllib.request.urlopen(address, timeout=60) as answer:
        return json.load(answer)


def colours(options):
    with open(options.products, encoding="utf-8") as file:
        everything = list(pairs(json.load(file)["products"]))
    chosen = random.Random(options.seed).sample(everything, min(options.pairs, len(everything)))
    found = {"as_colour": 0, "colour and category": 0}
    milliseconds = []
    for item, colour, right in chosen:
        address = f"{options.url}/api/v1/items/{urllib.parse.quote(item, safe='')}"
        category = get(address).get("category", "")
        queries = {
            "as_colour": {"as_colour": colour},
            "colour and category": {"colour": colour, "category": category},
        }
        for name, query in queries.items():
            answer = get(f"{address}/similar?collapse=0&{urllib.parse.urlencode(query)}")
            found[name] += any(result["id"] in right for result in answer["results"])
            if name == "as_colour":
                milliseconds.append(answer["timings_ms"]["search"])
    print(f"{len(everything)} pairs, {len(chosen)} asked")
    for name, count in found.items():
        print(f"{name:22} {count / len(chosen):.3f} among the first five")
    print(f"as_colour takes {sorted(milliseconds)[len(milliseconds) // 2]:.1f} ms in the middle")


def share(answers):
    return sum(answers) / max(1, len(answers))


def less(options):
    import numpy

    with open(options.vectors / "items.csv", encoding="utf-8") as file:
        items = list(csv.DictReader(file))
    row = {item["id"]: number for number, item in enumerate(items)}
    vectors = numpy.load(options.vectors / "vectors.npy", mmap_mode="r")
    asked = list(row)
    if options.only:
        with open(options.only, encoding="utf-8") as file:
            asked = [item["id"] for item in csv.DictReader(file) if item["id"] in row]
    chosen = random.Random(options.seed).sample(asked, min(options.items, len(asked)))
    right = {"without a mark": [], "marked less": []}
    alike = {"without a mark": [], "marked less": []}
    for item in chosen:
        category = items[row[item]]["category"]
        address = f"{options.url}/api/v1/items/{urllib.parse.quote(item, safe='')}/similar?collapse=0"
        nearest = get(address + "&k=6")["results"]
        for marked in nearest[1:3]:
            if marked.get("category") != category:
                continue
            found = {
                "without a mark": [result for result in nearest if result["id"] != marked["id"]],
                "marked less": get(f"{address}&less={urllib.parse.quote(marked['id'], safe='')}")["results"],
            }
            for name, results in found.items():
                right[name] += [result.get("category") == category for result in results]
                alike[name] += [float(vectors[row[result["id"]]] @ vectors[row[marked["id"]]]) for result in results]
    print(f"{len(chosen)} items, {len(right['marked less']) // 5} marks")
    for name in right:
        print(f"{name:14} {share(right[name]):.3f} of the next five have the category; they are {share(alike[name]):.3f} like "
              "what is marked")


def search(url, photo, **query):
    address = f"{url}/api/v1/search?{urllib.parse.urlencode(query)}"
    with urllib.request.urlopen(urllib.request.Request(address, photo, {"Content-Type": "image/jpeg"})) as answer:
        return json.load(answer)


def photos(options):
    fitting = {}
    with open(options.label_map, encoding="utf-8") as file:
        for row in csv.DictReader(file):
            fitting.setdefault(row["label"], set()).add(row["category"])
    with open(options.photos / "images.csv", encoding="utf-8") as file:
        queries = [row for row in csv.DictReader(file) if row["label"] in fitting]
    said = {"category": [], "colour": []}
    before, after, alone = [], [], []
    kept = {"without a mark": [], "marked less": []}
    for row in queries:
        photo = (options.photos / "images" / row["image"]).read_bytes()
        right = {"category": fitting[row["label"]], "colour": set(row["colour"].split("|"))}
        answer = search(options.url, photo, looks_like=1, k=7)
        for trait, answers in said.items():
            votes = answer["looks_like"][trait]
            if row[trait if trait == "colour" else "label"] and votes and votes[0]["share"] >= SAID:
                answers.append(votes[0]["value"] in right[trait])
        for marked in answer["results"][1:3]:
            if marked.get("category") in right["category"]:
                others = [result for result in answer["results"] if result is not marked][:5]
                again = search(options.url, photo, less=marked["id"])["results"]
                for name, results in zip(kept, (others, again)):
                    kept[name] += [result.get("category") in right["category"] for result in results]
        fits = {result["id"]: result.get("category") in right["category"] for result in answer["results"]}
        first = list(fits)[:5]
        more = next((item for item in first if fits[item]), None)
        less = next((item for item in first if not fits[item]), None)
        if more is None or less is None:
            continue
        before.append([fits[item] for item in fits if item not in (more, less)][:5])
        again = search(options.url, photo, more=more, less=less)["results"]
        after.append([result.get("category") in right["category"] for result in again])
        again = search(options.url, photo, less=less)["results"]
        alone.append([result.get("category") in right["category"] for result in again])

    for trait, answers in said.items():
        known = sum(bool(row["colour"]) for row in queries) if trait == "colour" else len(queries)
        print(f"{trait:9} said for {len(answers)} of {known} photos ({len(answers) / known:.2f}), right for {share(answers):.2f}")
    print(f"{len(before)} photos with a right and a wrong item among the first five: the right category has "
          f"{share(sum(before, [])):.2f} of the next five, and {share(sum(after, [])):.2f} after both were marked, "
          f"{share(sum(alone, [])):.2f} after only the wrong one was")
    print(f"{len(kept['marked less']) // 5} times a right item was marked less: {share(kept['without a mark']):.3f} of the next five "
          f"without a mark, {share(kept['marked less']):.3f} with it")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("colours")
    one.add_argument("products")
    one.add_argument("--pairs", type=int, default=400)
    one.add_argument("--seed", type=int, default=0)
    one.set_defaults(run=colours)
    own = commands.add_parser("less")
    own.add_argument("vectors", type=pathlib.Path)
    own.add_argument("--only", type=pathlib.Path, help="a CSV with the column id")
    own.add_argument("--items", type=int, default=400)
    own.add_argument("--seed", type=int, default=0)
    own.set_defaults(run=less)
    other = commands.add_parser("photos")
    other.add_argument("photos", type=pathlib.Path)
    other.add_argument("label_map", type=pathlib.Path)
    other.set_defaults(run=photos)
    for command in (one, own, other):
        command.add_argument("--url", default="http://localhost:8080")
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
