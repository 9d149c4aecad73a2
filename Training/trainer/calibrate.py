"""From which cosine similarities on a model's answers deserve the words very close, similar and loosely related.

Held-out pairs decide: every held-out photo with each of its five nearest catalog photos. Catalog and street queries
count half each, whatever their number, since both kinds are asked.
"""

import torch

#: What share of the answers at or above a threshold must have the right category, and for very close ones the right
#: colour as well, where colours are known.
VERY_CLOSE, VERY_CLOSE_COLOUR, SIMILAR, LOOSELY_RELATED = 0.9, 0.7, 0.85, 0.5

#: Where a level is never reached, this share of the answers stays below it all the same.
RARE = 0.97


def threshold(similarities, right, weights, precision, least=0.005):
    """The lowest similarity such that of the answers at or above it the share `precision` is right.

    similarities, right (0...1), weights: one number a pair. A prefix with less than `least` of the weight is too few
    to tell. Returns None if no threshold does.
    """
    order = similarities.argsort(descending=True)
    weight = weights[order].cumsum(0)
    share = (right[order] * weights[order]).cumsum(0) / weight
    enough = (share >= precision) & (weight >= least * weights.sum())
    if not enough.any():
        return None
    return similarities[order][enough.nonzero()[-1, 0]].item()


def thresholds(pairs, strangers=None, refused=0.9):
    """The three falling numbers that go into the model file.

    pairs: list of (similarities, right category, right category and colour, weight of the set); the third is None
    where colours are unknown. strangers: similarities of the nearest answers to photos of other things; `refused` of
    them have to stay below the last threshold.
    Returns (very close, similar, loosely related).
    """
    similarity = torch.cat([p[0] for p in pairs])
    category = torch.cat([p[1] for p in pairs]).float()
    exact = torch.cat([p[1] if p[2] is None else p[2] for p in pairs]).float()
    weight = torch.cat([torch.full((len(p[0]),), p[3] / len(p[0])) for p in pairs])
    rare = torch.quantile(similarity, RARE).item()

    def level(right, precision):
        value = threshold(similarity, right, weight, precision)
        return rare if value is None else value

    found = [
        max(level(category, VERY_CLOSE), level(exact, VERY_CLOSE_COLOUR)),
        level(category, SIMILAR),
        level(category, LOOSELY_RELATED),
    ]
    if strangers is not None and len(strangers):
        found[2] = max(found[2], torch.quantile(strangers.float(), refused).item())
    # Falling, and apart.
    found[1] = min(found[1], found[0] - 0.01)
    found[2] = min(found[2], found[1] - 0.01)
    return tuple(max(-0.97, min(0.999, value)) for value in found)
