"""All kinds of the catalog, in the order of their ids."""

from . import dresses, outerwear, tops

KINDS = [*tops.KINDS, *outerwear.KINDS, *dresses.KINDS]
