"""One common frame for a stack of photos, from registrations of its pairs, without the drift of a chain.

**Model.** Each photo has a homography into the frame of one reference photo. All are found together: least squares over the
points that pairs have in common, `T_a(p) - T_b(q)`, in pixels of the photos, with Cauchy weights so that a wrong pair counts
little (Gauss-Newton with Levenberg's damping; bundle adjustment without cameras, after Brown and Lowe, 2007). A weak pull
keeps the perspective terms that nothing measures where the first guess has them. The first guess is a chain: the tree of the
links with most points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tongqu.systems.timeline.analytics.registration.features import Points
from tongqu.systems.timeline.analytics.registration.matching import Homography, inverse_of, moved
from tongqu.systems.timeline.analytics.registration.pictures import Picture
from tongqu.systems.timeline.analytics.registration.quality import seen
from tongqu.systems.timeline.analytics.registration.refine import scaling
from tongqu.systems.timeline.analytics.registration.register import Registration
from tongqu.systems.timeline.analytics.registration.warp import warped

ROUNDS = 30
GATE_PX = 5.0
PULL = 1e-4
STILL = 1e-7
UNIT_PX = 1000.0
"""Photo pixels to one unit of the solution, so that all eight numbers of a homography are of one size."""


@dataclass(frozen=True)
class Link:
    """Points of photo `a` and where they lie in photo `b` (rows of pixels)."""

    a: int
    b: int
    at_a: Points
    at_b: Points


@dataclass(frozen=True)
class Frame:
    """Where each photo lies in the frame of the reference; None for photos that no link joins to it.

    Errors are medians over the links of how far a link's points are from where the frame puts them, in pixels of `b`:
    `error_px` of the common solution, `chain_error_px` of the tree alone (zero on its own links, the loop's gap on
    others), and the worst link of each.
    """

    homographies: list[Homography | None]
    error_px: float
    worst_px: float
    chain_error_px: float
    chain_worst_px: float


def link_of(a: int, b: int, pictures: tuple[Picture, Picture], found: Registration) -> Link | None:
    """Return the link that a registration makes: a grid of the common ground, by homography and warp."""
    if not found.accepted or found.homography is None:
        return None
    grid, common = seen(*pictures, found.homography)
    points = grid[common][:: max(1, int(common.sum()) // 200)]
    return Link(a, b, points, warped(points, found.homography, found.warp))


def common_frame(count: int, links: list[Link], reference: int = 0) -> Frame:
    """Return the frame of `count` photos; the reference keeps its own pixels.

    >>> p = np.array([[0.0, 0], [900, 0], [0, 900], [900, 900], [400, 500]])
    >>> frame = common_frame(3, [Link(0, 1, p, p - [10, 0]), Link(1, 2, p, p - [10, 0])])
    >>> frame.homographies[2][0, 2].round(3).item()
    20.0
    """
    chain = chained(count, links, reference)
    kept = [link for link in links if chain[link.a] is not None and chain[link.b] is not None]
    unit = scaling(UNIT_PX)
    inner = [None if h is None else _normal(inverse_of(unit) @ h @ unit) for h in chain]
    solved = _solved(inner, [_in_units(link) for link in kept], reference)
    frame = [None if h is None else _normal(unit @ h @ inverse_of(unit)) for h in solved]
    after, before = ([link_error(link, one) for link in kept] or [0.0] for one in (frame, chain))
    return Frame(frame, float(np.median(after)), max(after), float(np.median(before)), max(before))


def chained(count: int, links: list[Link], reference: int) -> list[Homography | None]:
    """Return the homographies into the reference's frame along the tree of links with most points (Prim, 1957)."""
    frame: list[Homography | None] = [None] * count
    frame[reference] = np.eye(3)
    while True:
        ready = [link for link in links if (frame[link.a] is None) != (frame[link.b] is None)]
        if not ready:
            return frame
        link = max(ready, key=lambda one: len(one.at_a))
        known, new = (link.a, link.b) if frame[link.a] is not None else (link.b, link.a)
        there, here = (link.at_b, link.at_a) if new == link.b else (link.at_a, link.at_b)
        base = frame[known]
        assert base is not None  # noqa: S101 - it is the one that is known
        frame[new] = _normal(base @ _fitted(there, here))


def link_error(link: Link, frame: list[Homography | None]) -> float:
    """Return how far the link's points are from where the frame puts them, median pixels of `b`."""
    one, other = frame[link.a], frame[link.b]
    if one is None or other is None:
        return float("inf")
    off = moved(link.at_a, inverse_of(other) @ one) - link.at_b
    return float(np.median(np.linalg.norm(off, axis=1)))


def _normal(homography: Homography) -> Homography:
    return np.asarray(homography / homography[2, 2], np.float64)


def _in_units(link: Link) -> Link:
    to_units = inverse_of(scaling(UNIT_PX))
    return Link(link.a, link.b, moved(link.at_a, to_units), moved(link.at_b, to_units))


def _fitted(there: Points, here: Points) -> Homography:
    """Return the homography from `there` to `here` by least squares (direct linear transform, in units)."""
    to_units = inverse_of(scaling(UNIT_PX))
    (x, y), (u, v) = moved(there, to_units).T, moved(here, to_units).T
    zero, one = np.zeros_like(x), np.ones_like(x)
    rows = np.concatenate(
        [
            np.stack([x, y, one, zero, zero, zero, -u * x, -u * y], axis=1),
            np.stack([zero, zero, zero, x, y, one, -v * x, -v * y], axis=1),
        ]
    )
    found = np.linalg.lstsq(rows, np.concatenate([u, v]), rcond=None)[0]
    return _normal(scaling(UNIT_PX) @ np.append(found, 1.0).reshape(3, 3) @ to_units)


def _solved(start: list[Homography | None], links: list[Link], reference: int) -> list[Homography | None]:
    free = [(n, h) for n, h in enumerate(start) if h is not None and n != reference]
    place = {n: 8 * k for k, (n, _) in enumerate(free)}
    first = np.concatenate([[], *[h.ravel()[:8] for _, h in free]])
    values, damping = first.copy(), 1e-6
    cost = _cost(values, first, start, links, place)
    for _ in range(ROUNDS):
        normal, gradient = _system(values, first, start, links, place)
        step = np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-9), -gradient)
        tried = _cost(values + step, first, start, links, place)
        if tried < cost:
            values, damping, gain, cost = values + step, damping / 4, cost - tried, tried
            if gain < STILL * cost:
                break
        else:
            damping *= 16
    return _homographies(values, start, place)


def _homographies(
    values: NDArray[np.float64], start: list[Homography | None], place: dict[int, int]
) -> list[Homography | None]:
    return [
        np.append(values[place[n] : place[n] + 8], 1.0).reshape(3, 3) if n in place else h
        for n, h in enumerate(start)
    ]


def _off(link: Link, frame: list[Homography | None]) -> tuple[Points, float]:
    """Return the gaps between both photos' points in the frame, and pixels of b to a unit there."""
    one, other = frame[link.a], frame[link.b]
    assert one is not None  # noqa: S101 - links to photos without a place were left out
    assert other is not None  # noqa: S101
    return moved(link.at_a, one) - moved(link.at_b, other), UNIT_PX / np.sqrt(
        abs(np.linalg.det(other[:2, :2]))
    )


def _cost(
    values: NDArray[np.float64],
    first: NDArray[np.float64],
    start: list[Homography | None],
    links: list[Link],
    place: dict[int, int],
) -> float:
    frame = _homographies(values, start, place)
    total = float(PULL * ((values - first) ** 2).sum())
    for link in links:
        off, scale = _off(link, frame)
        squares = (off**2).sum(axis=1) * scale**2
        total += float(np.log1p(squares / GATE_PX**2).sum() * GATE_PX**2)
    return total


def _system(
    values: NDArray[np.float64],
    first: NDArray[np.float64],
    start: list[Homography | None],
    links: list[Link],
    place: dict[int, int],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the normal equations of the weighted problem."""
    frame = _homographies(values, start, place)
    normal = PULL * np.eye(len(values))
    gradient = PULL * (values - first)
    for link in links:
        off, scale = _off(link, frame)
        weights = scale**2 / (1 + (off**2).sum(axis=1) * scale**2 / GATE_PX**2)
        sides = [
            (place[n], sign * _slopes(points, frame[n]))
            for n, points, sign in ((link.a, link.at_a, 1.0), (link.b, link.at_b, -1.0))
            if n in place
        ]
        for at, slopes in sides:
            weighted = slopes * weights[:, None, None]
            gradient[at : at + 8] += np.einsum("nij,ni->j", weighted, off)
            for other_at, other in sides:
                normal[at : at + 8, other_at : other_at + 8] += np.einsum("nij,nik->jk", weighted, other)
    return normal, gradient


def _slopes(points: Points, homography: Homography | None) -> NDArray[np.float64]:
    """Return the derivatives of moved points by the homography's first eight numbers: shape (points, 2, 8)."""
    assert homography is not None  # noqa: S101 - only photos with a place are asked
    x, y = points.T
    depth = homography[2, 0] * x + homography[2, 1] * y + homography[2, 2]
    at = moved(points, homography)
    found = np.zeros((len(points), 2, 8))
    for row in range(2):
        found[:, row, 3 * row] = x / depth
        found[:, row, 3 * row + 1] = y / depth
        found[:, row, 3 * row + 2] = 1 / depth
        found[:, row, 6] = -at[:, row] * x / depth
        found[:, row, 7] = -at[:, row] * y / depth
    return found
