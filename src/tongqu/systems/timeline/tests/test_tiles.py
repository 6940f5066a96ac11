"""Photos on the map: a ground point lands where its pixel is, at every zoom, and a cut-up photo reads as the whole one."""

from __future__ import annotations

import io
import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tongqu.systems.timeline.analytics.captions import (
    BAR_PX,
    Caption,
    Letters,
    framed,
    pdf_of,
    video_frames,
)
from tongqu.systems.timeline.analytics.heat import balance_of, heat
from tongqu.systems.timeline.analytics.marks import Frame
from tongqu.systems.timeline.analytics.mercator import Canvas, places_of, world_of
from tongqu.systems.timeline.analytics.placing import Placement, Reach
from tongqu.systems.timeline.analytics.pyramids import (
    Packed,
    Part,
    PhotoUnreadable,
    decoded,
    halved,
    pack,
)
from tongqu.systems.timeline.analytics.tiles import Pixels, render, warp_of
from tongqu.systems.timeline.rules.camera import Brown, Camera

LON, LAT = 118.8726, 28.9417
WIDE, TALL = 1200, 900
STRAIGHT = Brown()
BENT = Brown(k1=-0.12, k2=0.03, p1=0.001, p2=-0.002)
POSES = [(0.0, -90.0, 0.0), (137.0, -90.0, 0.0), (40.0, -60.0, 2.0), (250.0, -40.0, 0.0)]


class Whole:
    """A photo in memory in all its sizes: what a pyramid must be the same as."""

    def __init__(self, picture: Pixels, deepest: int = 4) -> None:
        self.levels = [picture]
        for _level in range(deepest):
            self.levels.append(halved(self.levels[-1]))

    @property
    def deepest(self) -> int:
        return len(self.levels) - 1

    def window(self, level: int, left: int, top: int, right: int, bottom: int) -> Pixels:
        return self.levels[level][top:bottom, left:right]


def placement(
    yaw: float = 0.0, pitch: float = -90.0, roll: float = 0.0, *, brown: Brown = STRAIGHT, **more: object
) -> Placement:
    camera = Camera(WIDE, TALL, 800.0, brown=brown, off_x=7.0, off_y=-5.0)
    frame = Frame(LON, LAT, 100.0, yaw, pitch, roll, camera)
    return Placement(frame, WIDE, TALL, Reach(LON, LAT, 1000.0), **more)  # type: ignore[arg-type]


def dotted(points: list[tuple[float, float]]) -> Pixels:
    """A dark picture with a soft bright dot about each point, so that its place can be measured to parts of a pixel."""
    rows, columns = np.mgrid[0:TALL, 0:WIDE] + 0.5
    light = np.zeros((TALL, WIDE))
    for x, y in points:
        light += 240 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * 4.0**2))
    return np.repeat(np.clip(light, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def centre_of_light(picture: Pixels, near: tuple[float, float], reach: int = 24) -> tuple[float, float]:
    left, top = int(near[0]) - reach, int(near[1]) - reach
    part = picture[top : top + 2 * reach, left : left + 2 * reach, 0].astype(float)
    rows, columns = np.mgrid[0 : part.shape[0], 0 : part.shape[1]] + 0.5
    return left + float((part * columns).sum() / part.sum()), top + float((part * rows).sum() / part.sum())


@pytest.mark.parametrize("pose", POSES)
@pytest.mark.parametrize("brown", [STRAIGHT, BENT], ids=["straight", "bent"])
@pytest.mark.parametrize("metres_per_px", [0.1, 0.25, 0.6])
def test_a_ground_point_lands_where_its_pixel_is(
    pose: tuple[float, float, float], brown: Brown, metres_per_px: float
) -> None:
    laid = placement(*pose, brown=brown)
    # A place whose pixel is known: ground that the picture shows, a little off its middle.
    afar = Canvas.around(LON, LAT, 2.0, 300, 300)
    warp = warp_of(laid, afar)
    away = np.hypot(warp.x - 640.3, warp.y - 520.7)
    row, column = np.unravel_index(int(np.nanargmin(np.where(warp.shown, away, np.inf))), away.shape)
    lons, lats = afar.places(np.array([column + 0.7]), np.array([row + 0.4]))
    x, y, _within = laid.pixels(lons, lats)[0]
    canvas = Canvas.around(float(lons[0]), float(lats[0]), metres_per_px, 201, 203)
    drawn = render(Whole(dotted([(x, y)])), laid, canvas)
    assert drawn is not None
    assert math.dist(centre_of_light(drawn, (100.5, 101.5)), (100.5, 101.5)) < 0.5


def test_tiles_are_pieces_of_one_picture() -> None:
    laid = placement(30.0, -65.0)
    zoom = 20
    u, v = world_of(LON, LAT)
    x, y = int(u * 2**zoom), int(v * 2**zoom)
    rng = np.random.default_rng(5)
    photo = Whole(cv2.GaussianBlur(rng.integers(0, 255, (TALL, WIDE, 3), np.uint8), (0, 0), 3))
    one = Canvas.tile(zoom, x, y)
    both = Canvas(one.u, one.v, one.step, 2 * one.width, one.height)
    left, right = (render(photo, laid, Canvas.tile(zoom, x + side, y)) for side in (0, 1))
    whole = render(photo, laid, both)
    assert left is not None
    assert right is not None
    assert whole is not None
    beside = np.hstack((left, right)).astype(int)
    seen = whole[..., 3] > 0
    assert (np.abs(beside - whole)[seen].max(axis=-1) <= 3).mean() > 0.999


def test_nothing_is_drawn_beyond_the_border_and_the_range() -> None:
    grey = Whole(np.full((TALL, WIDE, 3), 99, np.uint8))
    laid = placement(0.0, -20.0)
    far = Canvas.around(LON, LAT + 0.02, 0.5, 512, 512)
    assert render(grey, laid, far) is None
    canvas = Canvas.around(LON, LAT, 4.0, 800, 800)
    drawn = render(grey, laid, canvas)
    assert drawn is not None
    rows, columns = np.nonzero(drawn[..., 3])
    away = np.hypot(columns + 0.5 - 400, rows + 0.5 - 400) * 4.0
    assert 960 < away.max() < 1005
    assert (rows < 401).all()
    assert (drawn[drawn[..., 3] > 0][:, :3] == 99).all()


def test_a_photo_that_was_registered_lies_by_the_other_ones_pose() -> None:
    turn = np.array([[0.0, -1.0, 900.0], [1.0, 0.0, 10.0], [0.0, 0.0, 1.0]])
    canvas = Canvas.around(LON, LAT, 0.2, 600, 600)
    lons, lats = canvas.places(np.array([300.0, 340.0]), np.array([300.0, 280.0]))
    by_pose = placement().pixels(lons, lats)[:, :2]
    laid = placement(via=tuple((turn * -3).ravel().tolist()))
    moved = laid.pixels(lons, lats)[:, :2]
    expected = np.column_stack((900 - (by_pose[:, 1] - 0.5), by_pose[:, 0] - 0.5 + 10)) + 0.5
    assert moved == pytest.approx(expected)


def jpeg(picture: Pixels, **more: object) -> bytes:
    target = io.BytesIO()
    Image.fromarray(picture).save(target, "JPEG", quality=97, subsampling=0, **more)  # type: ignore[arg-type]
    return target.getvalue()


def packed(data: bytes, part: Part) -> Packed:
    target = io.BytesIO()
    pack(data, part, target)
    return Packed.opened(io.BytesIO(target.getvalue()))


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from([0, 1, 2]),
    st.tuples(st.integers(-50, 1500), st.integers(-50, 1500), st.integers(1, 900), st.integers(1, 900)),
)
def test_a_window_of_a_pyramid_is_that_of_the_whole_photo(level: int, box: tuple[int, int, int, int]) -> None:
    whole = Whole(SMOOTH)
    part = FINE if level < 2 else COARSE
    left, top, wide, tall = box
    found = part.window(level, left, top, left + wide, top + tall)
    height, width = whole.levels[level].shape[:2]
    left, top = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
    right = max(min(box[0] + wide, width), left + 1)
    bottom = max(min(box[1] + tall, height), top + 1)
    expected = whole.window(level, left, top, right, bottom)
    assert found.shape == expected.shape
    assert np.abs(found.astype(int) - expected).max() <= 12


SMOOTH = cv2.resize(
    np.random.default_rng(2).integers(0, 255, (18, 23, 3), np.uint8),
    (1411, 1103),
    interpolation=cv2.INTER_CUBIC,
)
FINE, COARSE = packed(jpeg(SMOOTH), Part.FINE), packed(jpeg(SMOOTH), Part.COARSE)


def test_pictures_stand_upright_whatever_their_kind() -> None:
    corner = np.zeros((64, 96, 3), np.uint8)
    corner[:16, :16] = (250, 20, 20)
    exif = Image.Exif()
    exif[274] = 6
    turned = decoded(jpeg(corner, exif=exif), Part.FINE)
    assert turned.shape == (96, 64, 3)
    assert turned[4, 60].tolist() == pytest.approx([250, 20, 20], abs=12)
    target = io.BytesIO()
    Image.fromarray(corner).save(target, "PNG")
    assert (decoded(target.getvalue(), Part.FINE) == corner).all()
    assert decoded(target.getvalue(), Part.COARSE).shape == (16, 24, 3)
    vast = bytearray(jpeg(corner))
    start = vast.index(b"\xff\xc0") + 5
    vast[start : start + 4] = b"\xfe\xfe\xfe\xfe"
    for bad in (b"\xff\xd8\xff nothing", b"words", bytes(vast)):
        with pytest.raises(PhotoUnreadable):
            decoded(bad, Part.FINE)


@given(st.floats(-179.9, 179.9), st.floats(-84, 84))
def test_world_coordinates_go_there_and_back(lon: float, lat: float) -> None:
    found = places_of(*(np.array([value]) for value in world_of(lon, lat)))
    assert (found[0][0], found[1][0]) == pytest.approx((lon, lat), abs=1e-9)


def test_light_is_made_alike_although_a_lake_fills_the_picture_and_a_heap_is_new() -> None:
    rng = np.random.default_rng(7)
    first = np.full((200, 300, 4), 255, np.uint8)
    first[..., :3] = 70
    first[:40, :, :3] = np.linspace(60, 200, 300).astype(np.uint8)[:, None]
    first[..., :3] = np.clip(first[..., :3] + rng.normal(0, 2, (200, 300, 3)), 0, 255).astype(np.uint8)
    second = first.copy()
    second[..., :3] = np.clip(first[..., :3] * 0.6 + 12, 0, 255).astype(np.uint8)
    second[100:140, 100:150, :3] = 200
    found = balance_of(first, second)
    assert found.gain == pytest.approx((1 / 0.6,) * 3, rel=0.06)
    warm = heat(first, second, found)
    assert warm is not None
    hot = warm[..., 3] > 100
    assert hot[105:135, 105:145].all()
    hot[95:145, 95:155] = False
    assert hot.mean() < 0.01


def test_pictures_without_common_ground_have_no_difference() -> None:
    one, other = np.zeros((30, 30, 4), np.uint8), np.full((30, 30, 4), 255, np.uint8)
    assert heat(one, other, balance_of(one, other)) is None
    assert heat(other, other, balance_of(other, other)) is not None


def test_a_frame_of_an_export_carries_its_bar_also_where_nothing_is_seen() -> None:
    letters = Letters.plain()
    caption = Caption("2026-09-16 10:00", "DJI · 2000 m")
    seen = np.full((300, 400, 4), 255, np.uint8)
    frames = [
        framed(picture, (400, 300), caption, metres, letters)
        for picture, metres in ((None, 9.0), (seen, 0.05))
    ]
    assert [frame.size for frame in frames] == [(400, 300 + BAR_PX)] * 2
    assert frames[0].getpixel((5, 5)) != frames[1].getpixel((5, 5))
    assert len(pdf_of(frames * 3, "place", letters)) > 1000
    assert len(video_frames(frames, 2)) == 4
