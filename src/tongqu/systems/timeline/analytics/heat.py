"""Where two pictures of the same ground differ: after their light was made alike, as colours over the map."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tongqu.systems.timeline.analytics.tiles import Pixels

STRONGEST = 96.0
"""A difference of so many of 255 steps of brightness, and more, has the last colour of the scale."""
_FAINT, _CLEAR = 10.0, 40.0
"""Below the first nothing is drawn, from the second on the colour hides the picture: noise of sensors stays unseen."""
_LEAST_COMMON = 64
_SMOOTH_PX = 1.2
"""Pictures that lie on each other to a pixel still differ at every edge; so much smoothing leaves real changes."""
_RIM_PX = 9
_SPREAD_OF_MAD = 1.4826
_LEAST_SPREAD, _MOST_GAIN, _NOISE = 2.0, 3.0, 6.0
_STEP, _LEAST_IN_A_STEP = 8, 40
_ROUNDS = 8


@dataclass(frozen=True)
class Balance:
    """How the second picture's red, green and blue become those that the first one's light would give."""

    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    shift: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def applied(self, picture: Pixels) -> NDArray[np.float32]:
        """Return red, green and blue of the picture in the first one's light."""
        colours = picture[..., :3].astype(np.float32)
        return colours * np.array(self.gain, np.float32) + np.array(self.shift, np.float32)


def balance_of(a: Pixels, b: Pixels) -> Balance:
    """Return the balance of two pictures of the same canvas (red, green, blue, opacity), over the ground both show.

    Per colour a line is fitted through the typical pairs of values: for each step of brightness in the one picture, the
    median in the other, and the other way round. A large lake counts little more than a path so, and what changed
    counts little. The line is the reduced major axis, which errs to neither side.

    >>> a = np.full((20, 20, 4), 100, np.uint8); a[::2, :, :3] = 140
    >>> b = a // 2; b[..., 3] = 255
    >>> balance_of(a, b).gain
    (2.0, 2.0, 2.0)
    """
    common = (a[..., 3] > 0) & (b[..., 3] > 0)
    if common.sum() < _LEAST_COMMON:
        return Balance()
    one, other = (picture[common][:, :3].astype(np.float64) for picture in (a, b))
    lines = [_line(one[:, colour], other[:, colour]) for colour in range(3)]
    return Balance(
        (lines[0][0], lines[1][0], lines[2][0]),
        (lines[0][1], lines[1][1], lines[2][1]),
    )


def _line(one: NDArray[np.float64], other: NDArray[np.float64]) -> tuple[float, float]:
    """Return gain and shift of the line from the other picture's values to the one's."""
    there, back = _typical(other, one), _typical(one, other)
    values, of_other = np.concatenate((there[1], back[0])), np.concatenate((there[0], back[1]))
    counts = np.concatenate((there[2], back[2]))
    weights = np.sqrt(counts)
    gain, shift = 1.0, 0.0
    for _round in range(_ROUNDS):
        middle, middle_of_other = (float(np.average(each, weights=weights)) for each in (values, of_other))
        spread, spread_of_other = (
            max(float(np.sqrt(np.average((each - mean) ** 2, weights=weights))), _LEAST_SPREAD)
            for each, mean in ((values, middle), (of_other, middle_of_other))
        )
        gain = min(max(spread / spread_of_other, 1 / _MOST_GAIN), _MOST_GAIN)
        shift = middle - gain * middle_of_other
        off = np.abs(values - gain * of_other - shift)
        weights = np.sqrt(counts) / (1 + (off / max(_SPREAD_OF_MAD * float(np.median(off)), _NOISE)) ** 2)
    return round(gain, 6), round(shift, 6)


def _typical(
    steps: NDArray[np.float64], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return for each step of brightness that occurs: its middle, the median of the other values there, and how many."""
    place = (steps // _STEP).astype(int)
    order = np.argsort(place, kind="stable")
    _found, starts, counts = np.unique(place[order], return_index=True, return_counts=True)
    groups = np.split(order, starts[1:])
    kept = counts >= min(_LEAST_IN_A_STEP, counts.max())
    pairs = [
        (float(np.median(steps[group])), float(np.median(values[group])))
        for group, is_kept in zip(groups, kept, strict=True)
        if is_kept
    ]
    middles, medians = np.array(pairs).T
    return middles, medians, counts[kept].astype(float)


def heat(a: Pixels, b: Pixels, balance: Balance) -> Pixels | None:
    """Return the difference of two pictures of one canvas as colours with opacity, or None where they share no ground."""
    both = ((a[..., 3] > 0) & (b[..., 3] > 0)).astype(np.uint8)
    # Smoothing would draw the dark beyond a picture's border into it.
    common = np.asarray(cv2.erode(both, np.ones((_RIM_PX, _RIM_PX), np.uint8), borderValue=1)) > 0
    if not common.any():
        return None
    off = cv2.GaussianBlur(
        (a[..., :3].astype(np.float32) - balance.applied(b)) * both[..., None], (0, 0), _SMOOTH_PX
    )
    amount = np.abs(np.asarray(off)).mean(axis=-1)
    steps = np.clip(amount / STRONGEST * 255, 0, 255).astype(np.uint8)
    opacity = np.clip((amount - _FAINT) / (_CLEAR - _FAINT), 0, 1) * 235 * common
    return np.dstack((_SCALE[steps], opacity.astype(np.uint8)))


def _scale() -> Pixels:
    ramp = np.arange(256, dtype=np.uint8)[:, None]
    # The darkest quarter of the scale would look like shadow on a picture.
    moved = (64 + ramp.astype(int) * 191 // 255).astype(np.uint8)
    return np.asarray(cv2.applyColorMap(moved, cv2.COLORMAP_INFERNO)[:, 0, ::-1], np.uint8)


_SCALE = _scale()


def legend(pieces: int = 6) -> list[tuple[int, str]]:
    """Return steps of brightness from none to the strongest, each with its colour as CSS writes it.

    >>> legend(2)
    [(0, '#57106e'), (96, '#fcffa4')]
    """
    places = np.linspace(0, 255, pieces).round().astype(int)
    return [
        (round(place / 255 * STRONGEST), "#{:02x}{:02x}{:02x}".format(*_SCALE[place].tolist()))
        for place in places.tolist()
    ]
