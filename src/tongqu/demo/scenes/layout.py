"""What lies on the ground, in metres east and north of the scene's origin: plain data, no pixels."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]
Ring = NDArray[np.float64]
"""Corners of a shape as rows of (east, north)."""


@dataclass(frozen=True)
class Material:
    """How a stretch of land looks: its colour, how rough it is, and its rows, if it has any."""

    colour: Colour
    rough: float = 0.10
    mottle: float = 0.10
    row_m: float = 0.0
    row_depth: float = 0.0
    row_deg: float = 0.0
    row_bend_m: float = 0.0
    wet: float = 0.0


@dataclass(frozen=True)
class Cover:
    """A stretch of land of one material."""

    ring: Ring
    material: Material


@dataclass(frozen=True)
class Strip:
    """A road, path, ditch or painted line; its width may be as little as a hand."""

    points: Ring
    width_m: float
    colour: Colour


@dataclass(frozen=True)
class Patch:
    """A flat shape with a crisp edge: a yard, a slab, a net, a marking."""

    ring: Ring
    colour: Colour


class Roof(StrEnum):
    """Kinds of roof."""

    TILE = "tile"
    STEEL = "steel"
    FLAT = "flat"
    GLASS = "glass"


@dataclass(frozen=True)
class Building:
    """A building on a rectangle; `angle_deg` is the compass direction of its length."""

    east: float
    north: float
    length_m: float
    width_m: float
    angle_deg: float
    height_m: float
    roof: Roof
    colour: Colour
    wall: Colour = (226, 222, 214)


@dataclass(frozen=True)
class Vehicle:
    """A vehicle seen from above, pointing in a compass direction."""

    east: float
    north: float
    heading_deg: float
    length_m: float = 4.6
    width_m: float = 1.9
    height_m: float = 1.5
    colour: Colour = (225, 226, 228)
    load: Colour | None = None


class Species(StrEnum):
    """Kinds of crown."""

    BROADLEAF = "broadleaf"
    CITRUS = "citrus"
    BAMBOO = "bamboo"
    AUTUMN = "autumn"
    SHRUB = "shrub"


@dataclass(frozen=True)
class Trees:
    """Crowns of one kind: rows of (east, north, radius)."""

    spots: NDArray[np.float64]
    species: Species = Species.BROADLEAF


@dataclass(frozen=True)
class Mound:
    """A heap that rises above the ground, lumpy, of mixed colours."""

    east: float
    north: float
    radius_m: float
    height_m: float
    colours: tuple[Colour, ...]
    lump_m: float = 0.8
    rough: float = 1.0
    elongation: float = 1.3
    angle_deg: float = 0.0


@dataclass(frozen=True)
class Litter:
    """Many small things strewn about: rows of (east, north, size, angle), coloured by chance from the palette."""

    spots: NDArray[np.float64]
    palette: tuple[Colour, ...]
    height_m: float = 0.15


@dataclass(frozen=True)
class Stain:
    """A soft-edged discolouring of what lies below: burnt ground, a spill, a plume in water."""

    east: float
    north: float
    radius_m: float
    colour: Colour
    strength: float = 0.8
    elongation: float = 1.0
    angle_deg: float = 0.0


@dataclass(frozen=True)
class Smoke:
    """Smoke that drifts with the wind from a point."""

    east: float
    north: float
    towards_deg: float
    length_m: float = 45.0
    density: float = 0.85
    colour: Colour = (222, 222, 220)


@dataclass
class Layout:
    """All that lies on the ground, from the lowest layer to the highest."""

    base: Material
    heading_deg: float = 0.0
    """Direction of the road, river or rows that the place is laid out along."""
    covers: list[Cover] = field(default_factory=list)
    strips: list[Strip] = field(default_factory=list)
    patches: list[Patch] = field(default_factory=list)
    stains: list[Stain] = field(default_factory=list)
    mounds: list[Mound] = field(default_factory=list)
    litter: list[Litter] = field(default_factory=list)
    vehicles: list[Vehicle] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)
    trees: list[Trees] = field(default_factory=list)
    smoke: list[Smoke] = field(default_factory=list)
