"""How often "the same cut in another colour" finds the wanted item, by asking a running server.

A pair is two items of one product in different colours, as `vitrine catalog products --json` recognises them. Each is asked
for by its own page's search: the other colour with `as_colour`, and for comparison the nearest of the category in that colour.

    vitrine serve --catalog DIR --data DATA &
    vitrine catalog products --catalog DIR --data DATA --json > products.json
    python3 Benchmarks/refine.py products.json --url http://localhost:8080 --pairs 400
"""

import argparse
import json
import random
import urllib.parse
import urllib.request


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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("products")
    parser.add_argument("--url", default="http://localhost:8080")
    parser.add_argument("--pairs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
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


if __name__ == "__main__":
    main()
