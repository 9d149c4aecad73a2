"""All kinds of the catalog, in the order of their ids."""

from . import bags, boots, bottoms, dresses, footwear, headwear, outerwear, tops

KINDS = [*tops.KINDS, *outerwear.KINDS, *dresses.KINDS, *bottoms.KINDS, *footwear.KINDS, *boots.KINDS, *bags.KINDS, *headwear.KINDS]
