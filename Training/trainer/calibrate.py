"""From which cosine similarities on a model's answers deserve the words very close, similar and loosely related, and
which photos show nothing that it knows.

Held-out pairs decide: every held-out photo with each of its five nearest catalog photos; those of photos taken at home for
themselves, since these are less like any product photo than product photos are like each other.
"""

import torch

#: What share of the answers just at a threshold has the right category, and for very close ones the right colour as
#: well, where colours are known.
VERY_CLOSE, VERY_CLOSE_COLOUR, SIMILAR, LOOSELY_RELATED = 0.9, 0.6, 0.85, 0.5

#: Where a level is never reached, this share of the answers stays below it all the same.
RARE = 0.97

#: What share of photos of other things is to be told that nothing is close, as long as no more than the second share of
#: the photos taken at home is told so too. The length of their vectors decides: similarity tells them apart less well.
REFUSED, REFUSED_WRONGLY = 0.9, 0.15


def rising(similarities, right, weights):
    """The share of right answers at each similarity, as a function that never falls: isotonic regression, by pooling
    adjacent violators (Ayer et al., 1955).

    similarities, right (0...1), weights: one number a pair. Returns (sorted similarities, shares), both n.
    """
    order = similarities.argsort()
    blocks = []
    for value, weight in zip(right[order].tolist(), weights[order].tolist()):
        blocks.append([value * weight, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] >= blocks[-1][0] * blocks[-2][1]:
            total, weight, count = blocks.pop()
            blocks[-1] = [blocks[-1][0] + total, blocks[-1][1] + weight, blocks[-1][2] + count]
    shares = torch.cat([torch.full((count,), total / weight) for total, weight, count in blocks])
    return similarities[order], shares


def threshold(similarities, right, weights, share, least=0.005):
    """The lowest similarity at which the share of right answers is reached, by at least `least` of the weight.

    Returns None if there is none.
    """
    values, shares = rising(similarities, right, weights)
    reached = shares >= share
    if weights[similarities.argsort()][reached].sum() < least * weights.sum():
        return None
    return values[reached][0].item()


def boundary(known, strangers):
    """The length below which a photo shows nothing that the model was taught: `REFUSED` of the strangers lie below it,
    or as many as can while `REFUSED_WRONGLY` of the known photos do.

    known, strangers: lengths before normalisation, of photos taken at home and of photos of other things.
    """
    return min(torch.quantile(strangers.float(), REFUSED).item(), torch.quantile(known.float(), REFUSED_WRONGLY).item())


def thresholds(similarity, category, exact):
    """The three falling numbers that go into the model file.

    similarity, category, exact: one number a pair: the similarity, whether the category is right, and whether the colour
    is right as well; the last is None where colours are unknown.
    Returns (very close, similar, loosely related).
    """
    weight = torch.ones(len(similarity))
    rare = torch.quantile(similarity, RARE).item()

    def level(right, share):
        value = threshold(similarity, right.float(), weight, share)
        return rare if value is None else value

    very_close = level(category, VERY_CLOSE)
    if exact is not None:
        very_close = max(very_close, level(exact, VERY_CLOSE_COLOUR))
    # Falling, and apart, from below: what is said to be close has to be. Of a network to which all are alike, near 1 too.
    third = max(-0.97, min(0.979, level(category, LOOSELY_RELATED)))
    second = min(0.989, max(level(category, SIMILAR), third + 0.01))
    return min(0.999, max(very_close, second + 0.01)), second, third
