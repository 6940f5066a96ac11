"""The three coordinate systems: known points, and that every way there leads back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongqu.kernel.coordinates import (
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from tongqu.kernel.geometry import distance_m

in_china = st.tuples(st.floats(73, 136), st.floats(3, 54))
CENTIMETRE = 0.01


def test_known_points_fall_where_other_implementations_put_them() -> None:
    assert wgs84_to_gcj02(116.404, 39.915) == pytest.approx(
        (116.41024449916938, 39.91640428150164), abs=1e-12
    )
    assert gcj02_to_bd09(116.404, 39.915) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-12)


@given(in_china)
def test_gcj02_leads_back_to_wgs84_within_a_centimetre(point: tuple[float, float]) -> None:
    assert distance_m(*gcj02_to_wgs84(*wgs84_to_gcj02(*point)), *point) < CENTIMETRE


@given(in_china)
def test_bd09_leads_back_to_gcj02_within_a_centimetre(point: tuple[float, float]) -> None:
    assert distance_m(*bd09_to_gcj02(*gcj02_to_bd09(*point)), *point) < CENTIMETRE


@given(in_china)
def test_bd09_leads_back_to_wgs84_within_a_centimetre(point: tuple[float, float]) -> None:
    assert distance_m(*bd09_to_wgs84(*wgs84_to_bd09(*point)), *point) < CENTIMETRE


@given(in_china)
def test_the_shift_of_chinese_maps_is_some_hundred_metres(point: tuple[float, float]) -> None:
    assert 10 < distance_m(*wgs84_to_gcj02(*point), *point) < 1200


@given(st.tuples(st.floats(-180, 71), st.floats(-90, 90)))
def test_points_outside_china_pass_through(point: tuple[float, float]) -> None:
    assert wgs84_to_gcj02(*point) == gcj02_to_wgs84(*point) == point


@given(st.lists(in_china, min_size=1, max_size=20))
def test_arrays_give_what_single_points_give(points: list[tuple[float, float]]) -> None:
    lons, lats = np.array(points).T.copy()
    for convert in (
        wgs84_to_gcj02,
        gcj02_to_wgs84,
        gcj02_to_bd09,
        bd09_to_gcj02,
        wgs84_to_bd09,
        bd09_to_wgs84,
    ):
        together = np.column_stack(convert(lons, lats))
        assert together == pytest.approx(np.array([convert(*point) for point in points]), abs=1e-10)


def test_a_point_that_is_not_a_number_stays_so() -> None:
    assert np.isnan(gcj02_to_wgs84(float("nan"), 30.0)[0])
