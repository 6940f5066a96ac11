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
_SPREAD_OF_MAD = 1.4826
_LEAST_SPREAD, _MOST_GAIN = 2.0, 3.0


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

    Per colour the median and the median deviation become equal, so that things that changed count little.

    >>> a = np.full((20, 20, 4), 100, np.uint8); a[::2, :, :3] = 140
    >>> b = a // 2; b[..., 3] = 255
    >>> balance_of(a, b).gain
    (2.0, 2.0, 2.0)
    """
    common = (a[..., 3] > 0) & (b[..., 3] > 0)
    if common.sum() < _LEAST_COMMON:
        return Balance()
    one, other = (picture[common][:, :3].astype(np.float64) for picture in (a, b))
    middles = np.median(one, axis=0), np.median(other, axis=0)
    spreads = [
        np.maximum(np.median(np.abs(values - middle), axis=0) * _SPREAD_OF_MAD, _LEAST_SPREAD)
        for values, middle in zip((one, other), middles, strict=True)
    ]
    gain = np.clip(spreads[0] / spreads[1], 1 / _MOST_GAIN, _MOST_GAIN).round(6)
    shift = middles[0] - gain * middles[1]
    return Balance(_three(gain), _three(shift))


def _three(values: NDArray[np.float64]) -> tuple[float, float, float]:
    red, green, blue = values.tolist()
    return red, green, blue


def heat(a: Pixels, b: Pixels, balance: Balance) -> Pixels | None:
    """Return the difference of two pictures of one canvas as colours with opacity, or None where they share no ground."""
    common = (a[..., 3] > 0) & (b[..., 3] > 0)
    if not common.any():
        return None
    off = cv2.GaussianBlur(a[..., :3].astype(np.float32) - balance.applied(b), (0, 0), _SMOOTH_PX)
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
    [(0, '#550f6d'), (96, '#fcffa4')]
    """
    places = np.linspace(0, 255, pieces).round().astype(int)
    return [
        (round(place / 255 * STRONGEST), "#{:02x}{:02x}{:02x}".format(*_SCALE[place].tolist()))
        for place in places.tolist()
    ]
