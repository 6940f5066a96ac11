"""Lays out a kind of ground from a seed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from tongqu.demo.scenes.grounds import built, country, water
from tongqu.demo.scenes.grounds.kinds import Ground
from tongqu.demo.scenes.layout import Layout
from tongqu.demo.scenes.light import Season

_GROUNDS: dict[Ground, Callable[[Generator, Season], Layout]] = {
    Ground.PADDY: country.paddy,
    Ground.TEA: country.tea,
    Ground.ORCHARD: country.orchard,
    Ground.FOREST: country.forest,
    Ground.VILLAGE: built.village,
    Ground.SITE: built.site,
    Ground.FACTORY: built.factory,
    Ground.STREET: built.street,
    Ground.RIVER: water.river,
    Ground.BANK: water.bank,
}


def lay_out(ground: Ground, seed: int, season: Season) -> Layout:
    """Return the same ground for the same seed; only its crops follow the season."""
    return _GROUNDS[ground](np.random.default_rng([seed, list(Ground).index(ground)]), season)
