"""Change between aligned photos: what came or went is found, light and season are not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tongqu.systems.timeline.analytics.change.detect import changes
from tongqu.systems.timeline.analytics.change.lasting import Fate, is_same, traced
from tongqu.systems.timeline.analytics.change.looks import features_of
from tongqu.systems.timeline.analytics.change.regions import Change, regions
from tongqu.systems.timeline.analytics.change.texture import Ground, damped, grain_of

GSD_M = 0.2


def field(seed: int = 1, colour: tuple[int, int, int] = (92, 120, 70)) -> np.ndarray:
    """Two kinds of ground, 80 by 60 m: a meadow and a grey road across it."""
    rng = np.random.default_rng(seed)
    picture = np.tile(np.array(colour, np.float32), (300, 400, 1))
    picture[120:160] = (128, 127, 126)
    return np.clip(picture + rng.normal(0, 5, (300, 400, 1)), 0, 255).astype(np.uint8)


def with_heap(picture: np.ndarray, x: int = 100, y: int = 60, side: int = 30) -> np.ndarray:
    found = picture.copy()
    rng = np.random.default_rng(5)
    found[y : y + side, x : x + side] = np.clip(
        np.array((190, 160, 130)) + rng.normal(0, 25, (side, side, 1)), 0, 255
    )
    return found


@pytest.mark.parametrize("came", [True, False])
def test_a_heap_that_comes_or_goes_is_found_with_its_area(came: bool) -> None:
    pair = field(1), with_heap(field(2))
    found = changes(*(pair if came else pair[::-1]), GSD_M)
    assert len(found) == 1
    assert found[0].area_m2 == pytest.approx(36, rel=0.4)
    assert found[0].outline.mean(axis=0) == pytest.approx([115, 75], abs=5)
    assert found[0].score > 0.5


def test_nothing_is_found_where_nothing_changed() -> None:
    assert changes(field(1), field(2), GSD_M) == []


def test_season_and_light_are_not_change() -> None:
    autumn = field(2, (176, 158, 84))
    assert changes(field(1), autumn, GSD_M) == []
    dim = (field(2) * 0.6 + 10).astype(np.uint8)
    assert changes(field(1), dim, GSD_M) == []


def test_a_heap_is_found_in_another_season() -> None:
    found = changes(field(1), with_heap(field(2, (176, 158, 84))), GSD_M)
    assert len(found) >= 1
    assert found[0].outline.mean(axis=0) == pytest.approx([115, 75], abs=6)


def test_shadows_that_moved_are_not_change() -> None:
    def shaded(picture: np.ndarray, shift: int) -> np.ndarray:
        light = np.ones((300, 400, 1))
        for n in range(6):
            light[20 + shift : 45 + shift, 20 + 60 * n : 45 + 60 * n] = 0.45
            light[200 + shift : 225 + shift, 30 + 60 * n : 55 + 60 * n] = 0.45
        return (picture * light).astype(np.uint8)

    moved = changes(shaded(field(1), 0), shaded(field(2), 30), GSD_M)
    assert [one for one in moved if one.score > 0.25] == []


def test_one_dark_place_is_change() -> None:
    burnt = field(2)
    burnt[30:52, 300:322] = burnt[30:52, 300:322] // 4
    found = changes(field(1), burnt, GSD_M)
    assert len(found) == 1


def test_a_vehicle_on_the_road_counts_less() -> None:
    parked = field(2)
    parked[134:144, 200:224] = (150, 36, 34)
    found = changes(field(1), parked, GSD_M)
    assert [one.like_vehicle for one in found] == [True]
    assert found[0].score <= 0.4
    on_grass = field(2)
    on_grass[40:50, 200:224] = (150, 36, 34)
    assert [one.like_vehicle for one in changes(field(1), on_grass, GSD_M)] == [False]


def test_sharper_photos_are_made_smaller_and_told_in_their_own_pixels() -> None:
    large = [cv2.resize(one, (1200, 900)) for one in (field(1), with_heap(field(2)))]
    found = changes(large[0], large[1], GSD_M / 3)
    assert found[0].outline.mean(axis=0) == pytest.approx([345, 225], abs=15)
    assert found[0].area_m2 == pytest.approx(36, rel=0.4)


def test_only_the_common_ground_is_compared() -> None:
    common = np.zeros((300, 400), np.bool_)
    assert changes(field(1), with_heap(field(2)), GSD_M, common=common) == []
    common[:, 200:] = True
    assert changes(field(1), with_heap(field(2)), GSD_M, common=common) == []


def test_photos_that_are_not_aligned_are_refused() -> None:
    with pytest.raises(ValueError, match="not aligned"):
        changes(field(1), field(2)[:200], GSD_M)


def test_small_and_weak_places_are_not_told() -> None:
    calm = np.zeros((60, 60), np.float32)
    features = np.zeros((60, 60, 4), np.float32)
    everywhere, nowhere = np.ones((60, 60), np.bool_), np.zeros((60, 60), np.bool_)
    weak, small = calm.copy(), calm.copy()
    weak[20:40, 20:40] = 7.4
    small[30:33, 30:33] = 60
    for one, common in ((weak, everywhere), (small, everywhere), (weak, nowhere)):
        assert regions(one, (features, features), common, GSD_M, 1.5) == []


def square(x: float, score: float = 0.5) -> Change:
    return Change(np.array([[x, 0.0], [x + 10, 0], [x + 10, 10], [x, 10]]), 4.0, score)


@pytest.mark.parametrize(
    ("dates", "fate"),
    [
        ([1, 1, 1, 1], Fate.LASTING),
        ([0, 1, 1, 1], Fate.LASTING),
        ([0, 0, 0, 1], Fate.NEW),
        ([0, 1, 0, 0], Fate.PASSING),
        ([1, 0, 0, 1], Fate.PASSING),
    ],
)
def test_lasting_is_told_from_passing(dates: list[int], fate: Fate) -> None:
    found = traced([[square(0)] if seen else [] for seen in dates])
    assert [one.fate for one in found] == [fate]
    assert found[0].dates == tuple(n for n, seen in enumerate(dates) if seen)


def test_places_are_told_apart_and_parts_put_together() -> None:
    found = traced([[square(0), square(50)], [square(2, 0.9), square(4, 0.7), square(52)]])
    assert [(one.dates, one.fate) for one in found] == [((0, 1), Fate.LASTING)] * 2
    assert not is_same(square(0), Change(np.array([[0.0, 0], [5, 5]]), 0.0, 0.5))


def grain(seed: int) -> np.ndarray:
    """Stony ground, 40 by 40 m."""
    rng = np.random.default_rng(seed)
    stones = cv2.GaussianBlur(rng.normal(0, 1, (200, 200)).astype(np.float32), (0, 0), 1.2)
    return np.clip(110 + 90 * stones[..., None] * np.ones(3), 5, 250).astype(np.uint8)


def seen(colours: np.ndarray) -> Ground:
    return Ground(grain_of(colours), features_of(colours))


def tinted(colours: np.ndarray) -> np.ndarray:
    return np.clip(colours * np.array([0.5, 1.0, 0.4]), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("later", "counts"),
    [
        (grain(1), 0.0),
        ((grain(1) * 0.4).astype(np.uint8), 0.0),
        (np.roll(grain(1), (2, -1), axis=(0, 1)), 0.0),
        (tinted(grain(1)), 0.0),
        (cv2.addWeighted(grain(1), 0.6, grain(2), 0.4, 0), 0.0),
        (tinted(cv2.addWeighted(grain(1), 0.62, grain(2), 0.38, 0)), 0.5),
        (tinted(cv2.addWeighted(grain(1), 0.5, grain(2), 0.5, 0)), 1.0),
        (grain(2), 1.0),
        (np.full((200, 200, 3), 90, np.uint8), 1.0),
    ],
)
def test_ground_whose_grain_outlasts_the_light_is_the_same(later: np.ndarray, counts: float) -> None:
    place = Change(np.array([[40.0, 40], [90, 40], [90, 90], [40, 90]]), 100.0, 0.8)
    found = damped([place], seen(grain(1)), seen(later))
    assert [one.score for one in found] == ([pytest.approx(0.8 * counts, abs=0.15)] if counts else [])


def test_a_place_too_small_to_tell_counts_in_full() -> None:
    corner = Change(np.array([[0.0, 0], [1, 0], [1, 1]]), 1.5, 0.8)
    assert [one.score for one in damped([corner], seen(grain(1)), seen(grain(1)))] == [0.8]
