"""Regions: the places where the surprise is large, as polygons with area, score, and what they might merely be."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tongqu.systems.timeline.analytics.change.looks import Map

SMOOTH_M = 0.45
CLOSE_M = 1.2
LEAST_SURPRISE = 7.0
DEVIATIONS = 4.0
FULL_SURPRISE = 30.0
LEAST_SCORE = 0.12
VEHICLE_LENGTH_M = (2.0, 14.0)
VEHICLE_WIDTH_M = (1.0, 3.8)
VEHICLE_FILL = 0.6
VEHICLE_DAMPING = 0.4
GREY = 12.0
"""Colour (distance from grey in Lab) up to which the ground about a small rectangle may be a road."""


@dataclass(frozen=True)
class Change:
    """A place where the ground changed: `outline` in pixels of the aligned photos, rows of (x, y).

    `score` (0..1) says how strange it is; `like_vehicle` that it has a vehicle's size and shape and lies on grey ground.
    """

    outline: NDArray[np.float64]
    area_m2: float
    score: float
    like_vehicle: bool = False


def regions(
    surprise: Map, colours: tuple[Map, Map], common: NDArray[np.bool_], metres_per_px: float, least_m2: float
) -> list[Change]:
    """Return the changed places, the strangest first; `colours` are the two photos' features."""
    smooth = np.asarray(cv2.GaussianBlur(surprise, (0, 0), max(SMOOTH_M / metres_per_px, 0.5)), np.float32)
    limit = threshold(smooth[common]) if common.any() else LEAST_SURPRISE
    mask = ((smooth > limit) & common).astype(np.uint8)
    side = max(1, round(CLOSE_M / metres_per_px / 2)) * 2 + 1
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _disc(side)), np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, _disc(3)), np.uint8)
    found = []
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for one in outlines:
        ring = np.asarray(one, np.int32)
        change = _change(ring, smooth, limit, metres_per_px, least_m2)
        if change is not None:
            found.append(_vehicle_damped(change, ring, colours, metres_per_px))
    kept = [each for each in found if each.score >= LEAST_SCORE]
    return sorted(kept, key=lambda each: (-each.score, -each.area_m2))


def threshold(values: NDArray[np.float32]) -> float:
    """Return the surprise above which a pixel is changed: by the spread of the unchanged, and a least.

    >>> threshold(np.zeros(100, np.float32))
    7.0
    """
    middle = float(np.median(values))
    spread = 1.4826 * float(np.median(np.abs(values - middle)))
    return max(LEAST_SURPRISE, middle + DEVIATIONS * spread)


def _disc(side: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)


def _change(
    ring: NDArray[np.int32], smooth: Map, limit: float, metres_per_px: float, least_m2: float
) -> Change | None:
    x, y, width, height = cv2.boundingRect(ring)
    inner = np.zeros((height, width), np.uint8)
    cv2.drawContours(inner, [ring - [x, y]], 0, 1, cv2.FILLED)
    area = float(inner.sum()) * metres_per_px**2
    if area < least_m2:
        return None
    values = smooth[y : y + height, x : x + width][inner > 0]
    strength = (float(np.percentile(values, 80)) - limit / 2) / (FULL_SURPRISE - limit / 2)
    outline = cv2.approxPolyDP(ring, 1.0, True)[:, 0].astype(np.float64)
    return Change(outline, area, float(np.clip(strength, 0, 1)))


def _vehicle_damped(
    change: Change, ring: NDArray[np.int32], colours: tuple[Map, Map], metres_per_px: float
) -> Change:
    """Return the change with less score if it may be a vehicle that came or went."""
    _, sides, _ = cv2.minAreaRect(ring)
    width, length = sorted((max(side, 1e-6) + 1) * metres_per_px for side in sides)
    shaped = (
        VEHICLE_LENGTH_M[0] <= length <= VEHICLE_LENGTH_M[1]
        and VEHICLE_WIDTH_M[0] <= width <= VEHICLE_WIDTH_M[1]
        and change.area_m2 >= VEHICLE_FILL * width * length
        and _on_grey(ring, colours, metres_per_px)
    )
    return replace(change, score=change.score * VEHICLE_DAMPING, like_vehicle=True) if shaped else change


def _on_grey(ring: NDArray[np.int32], colours: tuple[Map, Map], metres_per_px: float) -> bool:
    """Whether the ground about the place is grey in both photos, as roads and yards are."""
    rim = max(2, round(1.0 / metres_per_px))
    height, width = colours[0].shape[:2]
    x, y, w, h = cv2.boundingRect(ring)
    left, top = max(x - 2 * rim, 0), max(y - 2 * rim, 0)
    right, bottom = min(x + w + 2 * rim, width), min(y + h + 2 * rim, height)
    inner = np.zeros((bottom - top, right - left), np.uint8)
    cv2.drawContours(inner, [ring - [left, top]], 0, 1, cv2.FILLED)
    about = (cv2.dilate(inner, _disc(2 * rim + 1)) > 0) & (inner == 0)
    greys = [
        float(np.median(np.linalg.norm(one[top:bottom, left:right, 1:3][about], axis=1))) for one in colours
    ]
    return max(greys) <= GREY
