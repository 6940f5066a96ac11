"""Shapes on the ground: rectangles, blobs, winding lines, parcels and scattered points."""

from __future__ import annotations

from math import cos, radians, sin

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from tongqu.demo.scenes.layout import Ring


def turned(points: Ring, deg: float) -> Ring:
    """Return the points turned clockwise about the origin, so that north points to the compass direction.

    >>> turned(np.array([[0.0, 1.0]]), 90).round(6).tolist()
    [[1.0, 0.0]]
    """
    c, s = cos(radians(deg)), sin(radians(deg))
    found: Ring = points @ np.array([[c, -s], [s, c]])
    return found


def rectangle(east: float, north: float, length_m: float, width_m: float, angle_deg: float) -> Ring:
    """Return the corners of a rectangle whose length runs in the compass direction."""
    half_w, half_l = width_m / 2, length_m / 2
    corners = np.array([[-half_w, -half_l], [half_w, -half_l], [half_w, half_l], [-half_w, half_l]])
    found: Ring = turned(corners, angle_deg) + np.array([east, north])
    return found


def blob(
    rng: Generator,
    east: float,
    north: float,
    radius_m: float,
    *,
    elongation: float = 1.0,
    angle_deg: float = 0.0,
) -> Ring:
    """Return a rounded, irregular outline."""
    around = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    radius = np.ones(48)
    for wave in range(2, 7):
        radius += rng.normal(0, 0.22 / wave) * np.cos(wave * around + rng.uniform(0, 2 * np.pi))
    ring = np.stack(
        [np.sin(around) * radius / elongation**0.5, np.cos(around) * radius * elongation**0.5], -1
    )
    found: Ring = turned(ring * radius_m, angle_deg) + np.array([east, north])
    return found


def winding(
    rng: Generator,
    through: tuple[float, float],
    towards_deg: float,
    *,
    swing_m: float,
    reach_m: float = 260.0,
) -> Ring:
    """Return a smooth line through a point that winds left and right of its direction."""
    along = np.linspace(-reach_m, reach_m, 120)
    aside = np.zeros_like(along)
    for length in (300.0, 170.0, 90.0):
        phase = rng.uniform(0, 2 * np.pi)
        aside += swing_m * length / 300 * (np.sin(2 * np.pi * along / length + phase) - np.sin(phase))
    found: Ring = turned(np.stack([aside, along], -1), towards_deg) + np.array(through)
    return found


def ribbon(line: Ring, left_m: float, right_m: float) -> Ring:
    """Return the outline of a band beside a line: from `left_m` to `right_m` (positive is to the right)."""
    step = np.gradient(line, axis=0)
    across = np.stack([step[:, 1], -step[:, 0]], -1) / np.linalg.norm(step, axis=1, keepdims=True)
    return np.concatenate([line + across * left_m, (line + across * right_m)[::-1]])


def parcels(
    rng: Generator, *, size_m: float, angle_deg: float, reach_m: float = 240.0, ratio: float = 1.8
) -> list[Ring]:
    """Return a patchwork of fields: strips across the country, each cut into lengths."""
    found = []
    east = -reach_m
    while east < reach_m:
        width = size_m * rng.uniform(0.6, 1.4)
        north = -reach_m + rng.uniform(-size_m, 0)
        while north < reach_m:
            length = size_m * ratio * rng.uniform(0.6, 1.5)
            corners = np.array([[0, 0], [width, 0], [width, length], [0, length]]) + np.array([east, north])
            found.append(turned(corners + rng.normal(0, size_m * 0.025, (4, 2)), angle_deg))
            north += length
        east += width
    return found


def scatter(rng: Generator, count: int, ring: Ring) -> Ring:
    """Return points spread by chance inside an outline."""
    low, high = ring.min(axis=0), ring.max(axis=0)
    points = rng.uniform(low, high, (count * 4, 2))
    return points[inside(points, ring)][:count]


def spaced(rng: Generator, ring: Ring, gap_m: float, *, jitter: float = 0.35) -> Ring:
    """Return points inside an outline at about even distances."""
    low, high = ring.min(axis=0), ring.max(axis=0)
    east, north = np.meshgrid(np.arange(low[0], high[0], gap_m), np.arange(low[1], high[1], gap_m * 0.87))
    east[1::2] += gap_m / 2
    points = np.stack([east.ravel(), north.ravel()], -1)
    points += rng.uniform(-jitter, jitter, points.shape) * gap_m
    return points[inside(points, ring)]


def inside(points: Ring, ring: Ring) -> NDArray[np.bool_]:
    """Return for each point whether it lies inside the outline (even-odd rule)."""
    x, y = points[:, 0], points[:, 1]
    found = np.zeros(len(points), dtype=bool)
    previous = ring[-1]
    for corner in ring:
        crosses = (corner[1] > y) != (previous[1] > y)
        slope = (previous[0] - corner[0]) / (previous[1] - corner[1] or 1e-12)
        found ^= crosses & (x < slope * (y - corner[1]) + corner[0])
        previous = corner
    return found


def with_sizes(rng: Generator, points: Ring, low: float, high: float) -> Ring:
    """Return the points with a third column: a size by chance between the two."""
    return np.column_stack([points, rng.uniform(low, high, len(points))])


def anywhere(rng: Generator, reach_m: float) -> tuple[float, float]:
    """Return a spot by chance, no farther than this east, west, north or south."""
    east, north = rng.uniform(-reach_m, reach_m, 2)
    return float(east), float(north)
