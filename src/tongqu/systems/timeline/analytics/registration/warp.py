"""The finer local warp over a homography, where the ground is not flat.

The model: a shift (dx, dy) in pixels of B that varies smoothly over A, as a cubic B-spline on a coarse lattice. It is
fitted by iteratively reweighted least squares (Cauchy weights, so that wrong measurements and treetops count little),
with a penalty on bending and a small one on size, so that it fades out where nothing was measured. How stiff it is is
chosen on measurements set aside for that; it is used only if it makes those better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongqu.systems.timeline.analytics.registration.features import Points
from tongqu.systems.timeline.analytics.registration.matching import Homography, moved
from tongqu.systems.timeline.analytics.registration.refine import Measured

CELLS = 14
"""Cells of the lattice along the longer side."""
STIFFNESS = (0.03, 0.3)
FADE = 1e-3
ROUNDS = 5
LEAST_POINTS = 40
LEAST_GAIN = 0.10
"""The warp must make the median residual of the measurements set aside smaller by this share."""


@dataclass(frozen=True)
class LocalWarp:
    """Shifts on a lattice over A: `shifts` has the shape (rows, columns, 2), in pixels of B; cells are `cell_px` wide."""

    cell_px: float
    shifts: NDArray[np.float64] = field(repr=False)

    def at(self, points: Points) -> Points:
        """Return the shift at each point of A, in pixels of B; none where a point is not a number."""
        rows, columns = self.shifts.shape[:2]
        known = np.nan_to_num(points)
        across, column = _weights(known[:, 0] / self.cell_px, columns)
        down, row = _weights(known[:, 1] / self.cell_px, rows)
        found = np.zeros((len(points), 2))
        for i in range(4):
            for j in range(4):
                found += (down[:, i] * across[:, j])[:, None] * self.shifts[row + i, column + j]
        return found

    def told(self) -> dict[str, Any]:
        """Return the warp as plain data, to a hundredth of a pixel."""
        return {"cell_px": self.cell_px, "shifts": self.shifts.round(2).tolist()}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> LocalWarp:
        """Return the warp that was told."""
        return cls(float(told["cell_px"]), np.array(told["shifts"], float))


def warped(points: Points, homography: Homography, warp: LocalWarp | None) -> Points:
    """Return points of A in B by the homography and, if there is one, the warp."""
    at = moved(points, homography)
    return at if warp is None else at + warp.at(points)


def fit_warp(
    measured: Measured, homography: Homography, size: tuple[int, int], gate_px: float
) -> LocalWarp | None:
    """Return the warp for A of this width and height, or None where it makes nothing better.

    `gate_px` is the residual from which a measurement counts little. One measurement in four chooses the stiffness.
    """
    if len(measured) < LEAST_POINTS:
        return None
    cell = max(size) / CELLS
    rows, columns = (int(np.ceil(side / cell)) + 3 for side in (size[1], size[0]))
    basis = _basis(measured.a, cell, rows, columns)
    residual = measured.b - moved(measured.a, homography)
    aside = np.arange(len(measured)) % 4 == 1
    penalties = [stiff * _bending(rows, columns) + FADE * np.eye(rows * columns) for stiff in STIFFNESS]
    tried = [_fit(basis[~aside], residual[~aside], penalty, gate_px) for penalty in penalties]
    after = [_typical(residual[aside] - basis[aside] @ shifts) for shifts in tried]
    best = int(np.argmin(after))
    if after[best] > _typical(residual[aside]) * (1 - LEAST_GAIN):
        return None
    shifts = _fit(basis, residual, penalties[best], gate_px)
    return LocalWarp(cell, shifts.reshape(rows, columns, 2))


def _typical(residual: Points) -> float:
    return float(np.median(np.linalg.norm(residual, axis=1)))


def _fit(
    basis: NDArray[np.float64], residual: Points, penalty: NDArray[np.float64], gate_px: float
) -> Points:
    """Return the shifts of the lattice's nodes."""
    # The penalties count as much as the data do, however many points there are.
    hold = penalty * (len(residual) / basis.shape[1])
    shifts = np.zeros((basis.shape[1], 2))
    for turn in range(ROUNDS):
        off = np.linalg.norm(residual - basis @ shifts, axis=1)
        # The first rounds look wider, so that a bend larger than the gate is not taken for noise.
        reach = gate_px * max(1.0, 4.0 / 2**turn)
        weights = 1.0 / (1.0 + (off / reach) ** 2)
        weighted = basis * weights[:, None]
        shifts = np.linalg.solve(weighted.T @ basis + hold, weighted.T @ residual)
    return shifts


def _basis(points: Points, cell: float, rows: int, columns: int) -> NDArray[np.float64]:
    """Return, for each point, the weights of the lattice's nodes (uniform cubic B-splines)."""
    across, column = _weights(points[:, 0] / cell, columns)
    down, row = _weights(points[:, 1] / cell, rows)
    basis = np.zeros((len(points), rows * columns))
    at = np.arange(len(points))
    for i in range(4):
        for j in range(4):
            basis[at, (row + i) * columns + column + j] = down[:, i] * across[:, j]
    return basis


def _weights(at: NDArray[np.float64], nodes: int) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    first = np.clip(np.floor(at), 0, nodes - 4).astype(np.intp)
    t = np.clip(at - first, 0.0, 1.0)
    parts = [(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3]
    return np.stack(parts, axis=1) / 6.0, first


@lru_cache(maxsize=8)
def _bending(rows: int, columns: int) -> NDArray[np.float64]:
    """Return the quadratic form of the lattice's second differences."""
    across = np.diff(np.eye(columns), n=2, axis=0)
    down = np.diff(np.eye(rows), n=2, axis=0)
    twist = np.kron(np.diff(np.eye(rows), axis=0), np.diff(np.eye(columns), axis=0))
    flat_across, flat_down = np.kron(np.eye(rows), across), np.kron(down, np.eye(columns))
    form: NDArray[np.float64] = flat_across.T @ flat_across + flat_down.T @ flat_down + 2 * twist.T @ twist
    return form
