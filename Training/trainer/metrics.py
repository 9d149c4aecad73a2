"""What `vitrine evaluate` measures, on vectors in PyTorch."""

import torch


def rank(queries, gallery, k, same=None):
    """The k nearest rows of the gallery for each query; `same` (n x 2 tensor of query row, gallery row) never counts.

    Equally near ones come in the order of the gallery. Returns (rows n x k, similarities n x k).
    """
    rows, values = [], []
    for start in range(0, len(queries), 512):
        scores = queries[start : start + 512] @ gallery.T
        if same is not None and len(same):
            part = same[(same[:, 0] >= start) & (same[:, 0] < start + 512)]
            scores[part[:, 0] - start, part[:, 1]] = -2
        top = scores.topk(k, dim=1)
        rows.append(top.indices)
        values.append(top.values)
    return torch.cat(rows), torch.cat(values)


def catalog_precision(rows, query, gallery):
    """P@k by facet. query, gallery: dictionaries of class numbers (category, colour, gender), -1 for unknown.

    A facet that a query does not state is left out of that facet's mean.
    """
    result, hits = {}, {}
    for facet in ("category", "colour", "gender"):
        known = query[facet] >= 0
        hits[facet] = gallery[facet][rows] == query[facet][:, None]
        result[facet] = hits[facet][known].float().mean().item()
    known = query["colour"] >= 0
    result["category and colour"] = (hits["category"] & hits["colour"])[known].float().mean().item()
    return result


def street_precision(rows, labels, fitting, gallery_category):
    """The mean over labels of the share of the k whose category fits. fitting: labels x categories, bool.

    Returns (macro mean, {label number: precision}); labels that nothing fits are left out.
    """
    hits = fitting[labels[:, None], gallery_category[rows]].float().mean(1)
    by_label = {
        label: hits[labels == label].mean().item()
        for label in labels.unique().tolist()
        if label >= 0 and fitting[label].any()
    }
    return sum(by_label.values()) / max(1, len(by_label)), by_label
