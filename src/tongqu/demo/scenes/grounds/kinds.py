"""The kinds of ground that a scene can lie on."""

from enum import StrEnum


class Ground(StrEnum):
    """What surrounds the matter; the scene's origin is always a spot where it may lie."""

    PADDY = "paddy"
    TEA = "tea"
    ORCHARD = "orchard"
    VILLAGE = "village"
    RIVER = "river"
    BANK = "bank"
    FOREST = "forest"
    SITE = "site"
    FACTORY = "factory"
    STREET = "street"
