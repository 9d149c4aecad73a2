"""All kinds of the catalog, in the order of their ids."""

from . import boots, bottoms, dresses, footwear, outerwear, tops

KINDS = [*tops.KINDS, *outerwear.KINDS, *dresses.KINDS, *bottoms.KINDS, *footwear.KINDS, *boots.KINDS]
