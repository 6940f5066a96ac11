"""Reads a terrain grid around a place from a GeoTIFF."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tongqu.kernel.geometry import MEAN_RADIUS_M
from tongqu.systems.timeline.analytics.terrain import Grid
from tongqu.systems.timeline.rules.reasons import NoFootprint, Refusal

if TYPE_CHECKING:
    from rasterio.vrt import WarpedVRT
    from rasterio.windows import Window

_METRES_PER_DEGREE = math.radians(1) * MEAN_RADIUS_M
_MOST_CELLS = 4000
"""To a side: a finer grid is read more coarsely."""


def grid_around(path: Path, lon: float, lat: float, reach_m: float) -> Grid:
    """Return the heights within so many metres of the place, turned to WGS-84; raises `NoFootprint`.

    The first band counts, in metres above the sea. The reference system may be any that the file names; one without is
    taken as WGS-84 degrees.
    """
    # Imported where it is used: a region without a terrain grid never needs it.
    import rasterio
    from rasterio.enums import Resampling
    from rasterio.errors import RasterioError
    from rasterio.vrt import WarpedVRT

    try:
        with rasterio.open(path) as source:
            crs = source.crs or rasterio.crs.CRS.from_epsg(4326)
            with WarpedVRT(source, src_crs=crs, crs="EPSG:4326", resampling=Resampling.bilinear) as turned:
                return _read(turned, lon, lat, reach_m)
    except (RasterioError, OSError, ValueError):
        raise NoFootprint(Refusal.GRID_UNREADABLE) from None


def _read(turned: WarpedVRT, lon: float, lat: float, reach_m: float) -> Grid:
    from rasterio.enums import Resampling
    from rasterio.windows import from_bounds

    tall = reach_m / _METRES_PER_DEGREE
    wide = tall / max(math.cos(math.radians(lat)), 1e-3)
    asked = from_bounds(lon - wide, lat - tall, lon + wide, lat + tall, turned.transform)
    window = _within(asked, turned.width, turned.height)
    if window is None:
        raise NoFootprint(Refusal.GRID_ELSEWHERE)
    shape = (min(int(window.height), _MOST_CELLS), min(int(window.width), _MOST_CELLS))
    band = turned.read(1, window=window, out_shape=shape, masked=True, resampling=Resampling.bilinear)
    heights = np.ma.filled(band.astype(np.float64), np.nan)
    west, south, east, north = turned.window_bounds(window)
    return Grid(heights, west, north, (east - west) / shape[1], (north - south) / shape[0])


def _within(asked: Window, width: int, height: int) -> Window | None:
    """Return the window in whole cells, cut to the grid, or None when nothing of it is left."""
    from rasterio.windows import Window

    left, upper = max(math.floor(asked.col_off) - 1, 0), max(math.floor(asked.row_off) - 1, 0)
    right = min(math.ceil(asked.col_off + asked.width) + 1, width)
    lower = min(math.ceil(asked.row_off + asked.height) + 1, height)
    return Window(left, upper, right - left, lower - upper) if left < right and upper < lower else None
