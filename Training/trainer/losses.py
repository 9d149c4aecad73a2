"""What the embedding is trained for. All take unit vectors and return a mean over those rows that have a label."""

import torch
import torch.nn.functional as F
from torch import nn


class ProxyHead(nn.Module):
    """One unit vector a class: softmax over scaled cosines, with a margin off the right one.

    Normalised softmax after Zhai and Wu (2019) with the additive margin of CosFace (Wang et al., 2018).
    """

    def __init__(self, classes, dimension, scale=20.0, margin=0.1):
        super().__init__()
        self.proxies = nn.Parameter(F.normalize(torch.randn(classes, dimension), dim=1))
        self.scale, self.margin = scale, margin

    def logits(self, vectors):
        return self.scale * vectors @ F.normalize(self.proxies, dim=1).T

    def forward(self, vectors, labels, smoothing=0.0):
        """labels: n class numbers, -1 for unknown."""
        known = labels >= 0
        if not known.any():
            return vectors.sum() * 0
        vectors, labels = vectors[known], labels[known]
        logits = self.logits(vectors)
        logits = logits - self.scale * self.margin * F.one_hot(labels, logits.shape[1])
        return F.cross_entropy(logits, labels, label_smoothing=smoothing)

    def shares(self, vectors, wanted):
        """Cross entropy to how likely each class is: n x classes, which sum to one, or are all zero for unknown."""
        if not wanted.any():
            return vectors.sum() * 0
        return -(wanted * F.log_softmax(self.logits(vectors), 1)).sum(1).mean()

    def any_of(self, vectors, fitting):
        """A photo of which only a set of classes is known: minus the logarithm of the set's summed probability.

        fitting: n x classes, True where a class fits; rows without any are left out.
        """
        known = fitting.any(1)
        if not known.any():
            return vectors.sum() * 0
        logits = self.logits(vectors[known])
        inside = logits.masked_fill(~fitting[known], float("-inf")) - self.scale * self.margin
        outside = logits.masked_fill(fitting[known], float("-inf"))
        chosen = torch.logsumexp(inside, 1)
        return (torch.logsumexp(torch.stack((chosen, torch.logsumexp(outside, 1)), 1), 1) - chosen).mean()


def graded_contrast(vectors, memory, gains, temperature=0.08):
    """Supervised contrast against a memory (Khosla et al., 2020; Wang et al., cross-batch memory, 2020) in which some
    answers are worth more than others: cross entropy between the shares of the gains and the softmax of similarities.

    gains: n x m, 0 for what is no answer, negative for what does not count at all (the photo itself).
    """
    logits = (vectors @ memory.T / temperature).masked_fill(gains < 0, float("-inf"))
    wanted = gains.clamp(min=0)
    total = wanted.sum(1)
    known = total > 0
    if not known.any():
        return vectors.sum() * 0
    logs = F.log_softmax(logits[known], 1).masked_fill(wanted[known] == 0, 0)
    return -(wanted[known] / total[known, None] * logs).sum(1).mean()


def common_place(vectors, memory, gains):
    """The square of the distance between the mean of some vectors and the mean of their right answers in a memory.

    Contrast alone lets photos of one kind gather beside those that they are to find (the gap between modalities of
    Liang et al., 2022), where the few that lie nearest are found by all.
    """
    wanted = gains.clamp(min=0)
    total = wanted.sum(1)
    known = total > 0
    if not known.any():
        return vectors.sum() * 0
    right = (wanted[known] / total[known, None]) @ memory
    return (vectors[known].mean(0) - right.mean(0)).square().sum()


def instance_contrast(first, second, temperature=0.1):
    """Two views of each item find each other among the other items of the batch (NT-Xent, Chen et al., 2020)."""
    if len(first) < 2:
        return first.sum() * 0
    logits = first @ second.T / temperature
    target = torch.arange(len(first), device=first.device)
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2


def named(logits, present):
    """Cross entropy between the softmax over all words and equal shares of a name's words (Mahajan et al., 2018).

    logits: n x words. present: n x words, True where the name has the word; names without any are left out.
    """
    known = present.any(1)
    if not known.any():
        return logits.sum() * 0
    wanted = present[known].float()
    return F.cross_entropy(logits[known], wanted / wanted.sum(1, keepdim=True))


def distillation(predicted, teacher):
    """One minus the cosine to the teacher's features, which are all zero where there are none."""
    known = teacher.abs().sum(1) > 0
    if not known.any():
        return predicted.sum() * 0
    return (1 - F.cosine_similarity(predicted[known], teacher[known], dim=1)).mean()
