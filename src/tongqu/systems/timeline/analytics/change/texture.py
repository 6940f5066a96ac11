"""Texture: whether the grain of the ground outlasted what is strange about a place.

A shadow, wet ground or another exposure dims what lies there and leaves its grain and its hue: stones, furrows, joints stay
where they were. A heap, a roof or opened ground replaces them. So places are damped in which the fine structure of the
logarithm of light (where dimming is a constant that falls away) is the same in both photos, by its correlation (NCC: Lewis
1995), the largest over small shifts. Where the hue changed as well, as in another season, much more likeness is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tongqu.systems.timeline.analytics.change.looks import LIGHTNESS, Colours, Map
from tongqu.systems.timeline.analytics.change.regions import LEAST_SCORE, Change

COARSEST_CELLS = 2.5
"""Structure wider than this (standard deviation of a Gaussian, in cells) is not grain: edges of shadows are that."""
CLIP = 0.6
"""A logarithm of light farther off its surroundings counts no more: glints and pits decide nothing."""
DARK = 10.0
LEAST_GRAIN = 0.005
"""Ground with less of it (standard deviation) has none that could last."""
SHIFT_CELLS = 3
CHANCE = 1.7
"""The largest correlation over the shifts that chance gives unlike ground, in standard deviations."""
CELLS_TO_A_GRAIN = 4.0
"""So many neighbouring cells are one independent sample of grain."""
SAME_HUE, OTHER_HUE = 7.0, 10.0
"""Shift of colour, as a share of the light, up to which the hue is the same and from which on it is another."""
DIMMED = (0.25, 0.5)
RECOLOURED = (0.75, 0.95)
"""Correlations up to which a place is another ground and from which on the same; with the same hue, and with another."""
_MIDDLE_LIGHT = 60.0


@dataclass(frozen=True)
class Ground:
    """One photo: its grain, and its features (lightness, two colours, roughness) as `looks` makes them."""

    grain: Map
    features: Map


def grain_of(colours: Colours) -> Map:
    """Return the fine structure of the logarithm of light.

    >>> flat = np.full((20, 20, 3), 90, np.uint8)
    >>> bool(np.abs(grain_of(flat)).max() < LEAST_GRAIN)
    True
    """
    light = np.log(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY).astype(np.float32) + DARK)
    fine = light - cv2.GaussianBlur(light, (0, 0), COARSEST_CELLS)
    return np.asarray(np.clip(fine, -CLIP, CLIP), np.float32)


def damped(found: Sequence[Change], a: Ground, b: Ground) -> list[Change]:
    """Return the changes with less score where the ground is the same in both photos, the strangest first."""
    kept = [replace(each, score=each.score * _unlike(*_about(each, a, b))) for each in found]
    kept = [each for each in kept if each.score >= LEAST_SCORE]
    return sorted(kept, key=lambda each: (-each.score, -each.area_m2))


def _about(change: Change, a: Ground, b: Ground) -> tuple[Ground, Ground, NDArray[np.bool_]]:
    """Return both photos about a place, and the place, which is no larger than it must be."""
    ring = change.outline.round().astype(np.int32)
    left, top = np.maximum(ring.min(axis=0) - SHIFT_CELLS, 0).tolist()
    right, bottom = (ring.max(axis=0) + SHIFT_CELLS + 1).tolist()
    near = [Ground(one.grain[top:bottom, left:right], one.features[top:bottom, left:right]) for one in (a, b)]
    place = np.zeros(near[0].grain.shape, np.uint8)
    cv2.fillPoly(place, [ring - [left, top]], (1,))
    return near[0], near[1], place > 0


def _unlike(a: Ground, b: Ground, place: NDArray[np.bool_]) -> float:
    """Return by how much the score of a place counts: 1 where another ground lies there, 0 where it is the same."""
    turned = (hue_shift(a.features, b.features, place) - SAME_HUE) / (OTHER_HUE - SAME_HUE)
    share = min(max(turned, 0.0), 1.0)
    low, high = (dim + share * (new - dim) for dim, new in zip(DIMMED, RECOLOURED, strict=True))
    chance = CHANCE / float(np.sqrt(max(float(place.sum()) / CELLS_TO_A_GRAIN, 1.0)))
    low, high = max(low, chance), max(high, chance + high - low)
    return float(np.clip((high - likeness(a.grain, b.grain, place)) / (high - low), 0.0, 1.0))


def hue_shift(a: Map, b: Map, place: NDArray[np.bool_]) -> float:
    """Return how far the colours of a place moved, as shares of its light, in units of Lab at a middle light.

    In Lab, less light shrinks the colours as much as the lightness with 16 added (CIE 15:2018, 8.2.1).
    """
    hues = []
    for features in (a, b):
        light, red, yellow, _rough = np.median(features[place], axis=0)
        hues.append(np.array([red, yellow]) / (light / LIGHTNESS + 16) * _MIDDLE_LIGHT)
    return float(np.linalg.norm(hues[0] - hues[1]))


def likeness(a: Map, b: Map, place: NDArray[np.bool_]) -> float:
    """Return the correlation of two grains within a place, the largest over small shifts; 0 where there is none to tell."""
    rows, columns = np.nonzero(place)
    here = a[rows, columns]
    best = 0.0
    for down in range(-SHIFT_CELLS, SHIFT_CELLS + 1):
        for right in range(-SHIFT_CELLS, SHIFT_CELLS + 1):
            at, along = rows + down, columns + right
            inside = (at >= 0) & (at < b.shape[0]) & (along >= 0) & (along < b.shape[1])
            best = max(best, _correlation(here[inside], b[at[inside], along[inside]]))
    return best


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return Pearson's correlation; 0 for too few samples, and where there is no grain."""
    if len(one) < 2 * CELLS_TO_A_GRAIN:
        return 0.0
    x, y = one - one.mean(), other - other.mean()
    if min(float(x.std()), float(y.std())) < LEAST_GRAIN:
        return 0.0
    return float((x * y).sum() / np.sqrt((x * x).sum() * (y * y).sum()))
