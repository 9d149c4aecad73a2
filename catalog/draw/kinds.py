"""All kinds of the catalog, in the order of their ids."""

from . import bags, boots, bottoms, dresses, footwear, headwear, outerwear, sandals, smallwear, tops

KINDS = [kind for family in (tops, outerwear, dresses, bottoms, footwear, sandals, boots, bags, headwear, smallwear)
        for kind in family.KINDS]
