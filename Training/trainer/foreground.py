"""Where in a photo taken at home the thing is, found by GrabCut (Rother, Kolmogorov and Blake, 2004)."""

import cv2
import numpy as np

#: Longer side at which it is looked for.
SIDE = 112


def foreground(picture):
    """What is likely the thing that the photo is of: bool of height x width.

    picture: uint8 of height x width x 3. Its border is taken for background; what lies in an ellipse around the middle is
    taken for the thing to begin with.
    """
    height, width = picture.shape[:2]
    scale = min(1, SIDE / max(height, width))
    few = max(8, round(width * scale)), max(8, round(height * scale))
    small = cv2.resize(picture, few, interpolation=cv2.INTER_AREA)
    mask = np.full(small.shape[:2], cv2.GC_PR_BGD, np.uint8)
    centre = few[0] // 2, few[1] // 2
    cv2.ellipse(mask, centre, (round(few[0] * 0.38), round(few[1] * 0.42)), 0, 0, 360, cv2.GC_PR_FGD, -1)
    cv2.ellipse(mask, centre, (round(few[0] * 0.1), round(few[1] * 0.1)), 0, 0, 360, cv2.GC_FGD, -1)
    edge = max(1, round(min(few) * 0.03))
    for side in (mask[:edge], mask[-edge:], mask[:, :edge], mask[:, -edge:]):
        side[:] = cv2.GC_BGD
    cv2.setRNGSeed(1)
    cv2.grabCut(small, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    found = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8)
    return cv2.resize(found, (width, height), interpolation=cv2.INTER_NEAREST).astype(bool)


def backgrounds(pictures, boxes):
    """Where square pictures show no thing: bool of n x height x width, True also beside the photo in its square."""
    result = np.ones(pictures.shape[:3], bool)
    for row, (x, y, w, h) in enumerate(np.asarray(boxes, int).tolist()):
        photo = np.ascontiguousarray(pictures[row, y : y + h, x : x + w])
        result[row, y : y + h, x : x + w] = ~foreground(photo)
    return result
