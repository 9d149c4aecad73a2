"""How well refining works, by asking a running server.

    vitrine serve --catalog DIR --data DATA &
    vitrine catalog products --catalog DIR --data DATA --json > products.json
    python3 Benchmarks/refine.py colours products.json --url http://localhost:8080
    python3 Benchmarks/refine.py photos PHOTOS Benchmarks/label-maps/street-to-kaggle.csv --url http://localhost:8080

`colours`: how often "the same cut in another colour" finds the wanted item. A pair is two items of one product in different
colours, as `vitrine catalog products --json` recognises them. Each is asked for by its own page's search: the other colour with
`as_colour`, and for comparison the nearest of the category in that colour.

`photos`: a folder with images.csv (image, label, colour) and images, as `vitrine evaluate --queries` takes it. How often the
photo's category and colour are said (60 % of the votes) and right; and what share of the nearest five has the right category
before and after one right and one wrong item of them were marked, neither of which counts.
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
    before, after = [], []
    for row in queries:
        photo = (options.photos / "images" / row["image"]).read_bytes()
        right = {"category": fitting[row["label"]], "colour": set(row["colour"].split("|"))}
        answer = search(options.url, photo, looks_like=1, k=7)
        for trait, answers in said.items():
            votes = answer["looks_like"][trait]
            if row[trait if trait == "colour" else "label"] and votes and votes[0]["share"] >= SAID:
                answers.append(votes[0]["value"] in right[trait])
        fits = {result["id"]: result.get("category") in right["category"] for result in answer["results"]}
        first = list(fits)[:5]
        more = next((item for item in first if fits[item]), None)
        less = next((item for item in first if not fits[item]), None)
        if more is None or less is None:
            continue
        before.append([fits[item] for item in fits if item not in (more, less)][:5])
        again = search(options.url, photo, more=more, less=less)["results"]
        after.append([result.get("category") in right["category"] for result in again])

    def share(answers):
        return sum(answers) / max(1, len(answers))

    for trait, answers in said.items():
        known = sum(bool(row["colour"]) for row in queries) if trait == "colour" else len(queries)
        print(f"{trait:9} said for {len(answers)} of {known} photos ({len(answers) / known:.2f}), right for {share(answers):.2f}")
    print(f"{len(before)} photos with a right and a wrong item among the first five: the right category has "
          f"{share(sum(before, [])):.2f} of the next five, and {share(sum(after, [])):.2f} after both were marked")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("colours")
    one.add_argument("products")
    one.add_argument("--pairs", type=int, default=400)
    one.add_argument("--seed", type=int, default=0)
    one.set_defaults(run=colours)
    other = commands.add_parser("photos")
    other.add_argument("photos", type=pathlib.Path)
    other.add_argument("label_map", type=pathlib.Path)
    other.set_defaults(run=photos)
    for command in (one, other):
        command.add_argument("--url", default="http://localhost:8080")
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
