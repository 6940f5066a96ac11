"""Conversion between WGS-84 and the two systems of Chinese web maps, GCJ-02 and BD-09.

Inside, everything is WGS-84; the others occur only at the edges and are named there. All functions take degrees,
longitude first, as two floats or as two NumPy arrays, and return the same.

Chinese maps shift positions only in China. As everywhere, "in China" is the box of longitudes 72.004° to 137.8347°
and latitudes 0.8293° to 55.8271°; outside it GCJ-02 is WGS-84 and positions pass through unchanged.

>>> lon, lat = wgs84_to_gcj02(118.8726, 28.9417)
>>> round(lon, 5), round(lat, 5)
(118.87737, 28.93857)
>>> lon, lat = gcj02_to_wgs84(lon, lat)
>>> round(lon, 9), round(lat, 9)
(118.8726, 28.9417)
>>> wgs84_to_gcj02(2.3522, 48.8566)
(2.3522, 48.8566)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Degrees = TypeVar("Degrees", float, NDArray[np.float64])
_Convert = Callable[[Array, Array], tuple[Array, Array]]

_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
# GCJ-02 is defined on the ellipsoid of Krasovsky 1940.
_RADIUS_M = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_MOST_ROUNDS = 12
_CLOSE_ENOUGH_DEG = 1e-11  # about a micrometre


def wgs84_to_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Convert GPS positions to those of Chinese maps (Gaode, Tencent)."""
    return _apply(_wgs84_to_gcj02, lon, lat)


def gcj02_to_wgs84(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Convert positions of Chinese maps to GPS positions, to far better than a centimetre."""
    return _apply(_inverse_of(_wgs84_to_gcj02), lon, lat)


def gcj02_to_bd09(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Convert positions of Chinese maps to those of Baidu."""
    return _apply(_gcj02_to_bd09, lon, lat)


def bd09_to_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Convert positions of Baidu to those of the other Chinese maps."""
    return _apply(_inverse_of(_gcj02_to_bd09), lon, lat)


def wgs84_to_bd09(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Convert GPS positions to those of Baidu."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Convert positions of Baidu to GPS positions."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def _apply(convert: _Convert, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Run a conversion of arrays on arrays or on two floats."""
    lons, lats = convert(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
    if isinstance(lon, np.ndarray):
        return lons, lats
    return float(lons), float(lats)


def _inverse_of(convert: _Convert) -> _Convert:
    """Return the inverse of a conversion that moves points little: subtract the shift until it fits."""

    def back(lon: Array, lat: Array) -> tuple[Array, Array]:
        guess_lon, guess_lat = lon, lat
        for _ in range(_MOST_ROUNDS):
            there_lon, there_lat = convert(guess_lon, guess_lat)
            miss_lon, miss_lat = lon - there_lon, lat - there_lat
            guess_lon, guess_lat = guess_lon + miss_lon, guess_lat + miss_lat
            if np.all(np.abs(miss_lon) + np.abs(miss_lat) < _CLOSE_ENOUGH_DEG):
                break
        return guess_lon, guess_lat

    return back


def _wgs84_to_gcj02(lon: Array, lat: Array) -> tuple[Array, Array]:
    shifted = (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)
    x, y = np.where(shifted, lon - 105.0, 0.0), np.where(shifted, lat - 35.0, 0.0)
    waves = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    east = (
        300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + waves
        + (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
        + (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    )  # fmt: skip
    north = (
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + waves
        + (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
        + (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    )  # fmt: skip
    phi = np.radians(lat)
    w = 1.0 - _ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    metres_per_degree_east = _RADIUS_M / np.sqrt(w) * np.cos(phi) * np.pi / 180.0
    metres_per_degree_north = _RADIUS_M * (1.0 - _ECCENTRICITY_SQUARED) / (w * np.sqrt(w)) * np.pi / 180.0
    return (
        np.where(shifted, lon + east / metres_per_degree_east, lon),
        np.where(shifted, lat + north / metres_per_degree_north, lat),
    )


def _gcj02_to_bd09(lon: Array, lat: Array) -> tuple[Array, Array]:
    wave = np.pi * 3000.0 / 180.0
    length = np.hypot(lon, lat) + 0.00002 * np.sin(lat * wave)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * wave)
    return length * np.cos(angle) + 0.0065, length * np.sin(angle) + 0.006
