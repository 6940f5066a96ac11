"""Telemetry beside films: the dialects of DJI's subtitles, and the key frames."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from tongqu.kernel.problems import BadInput
from tongqu.systems.timeline.analytics.stamping import stamped
from tongqu.systems.timeline.commands import app
from tongqu.systems.timeline.queries.files import shot_in, view_of_file
from tongqu.systems.timeline.queries.films import key_frames, telemetry_of
from tongqu.systems.timeline.rules.camera import FocalBasis
from tongqu.systems.timeline.rules.key_frames import key_moments
from tongqu.systems.timeline.rules.pose import YawBasis
from tongqu.systems.timeline.rules.shots import shot_of_moment
from tongqu.systems.timeline.rules.telemetry import Moment, moments

SPAN = "1\n00:00:01,500 --> 00:00:02,500\n"
NAMED = (
    '<font size="28">SrtCnt : 1, DiffTime : 33ms\n2026-09-16 10:00:00.123\n'
    "[iso : 110] [shutter : 1/200.0] [focal_len : 240] [latitude: 28.9417] [longtitude: 118.8726] "
    "[rel_alt: 60.500 abs_alt: 140.100] [gb_yaw: 12.5 gb_pitch: -90.0 gb_roll: 0.0] </font>"
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (NAMED, {"height_m": 60.5, "height_sea_m": 140.1, "yaw_deg": 12.5, "pitch_deg": -90.0, "focal_35mm": 24.0}),
        ("[latitude: 28.9417] [longitude: 118.8726] [rel_alt 57.2 abs_alt 204.6]", {"height_m": 57.2}),
        ("[latitude: 28.9417] [longtitude: 118.8726] [altitude: 51.7] [Drone: Yaw:-62.1, Pitch:2.7]", {"height_m": None, "height_sea_m": 51.7, "flight_yaw_deg": -62.1}),
        ("[fov_h:48.10,fov_v:38.2] [latitude: 28.9417] [longitude: 118.8726]", {"wide_deg": 48.1}),
        ("F/2.8, SS 206.14, ISO 150, EV 0, GPS (118.8726, 28.9417, 15), D 24.26m, H 6.70m, H.S 0.00m/s", {"height_m": 6.7}),
        ("F/2.8, GPS (28.9417, 118.8726, 0.0M), H 12.5m", {"height_m": 12.5}),
        ("HOME(118.87,28.94) 2016.08.01 10:00:01\nGPS(118.8726,28.9417,16) BAROMETER:39.8\nISO:100", {"height_m": 39.8}),
    ],
)  # fmt: skip
def test_dialects(text: str, wanted: dict[str, float | None]) -> None:
    (found,) = moments(SPAN + text)
    assert (found.at_s, found.lon, found.lat) == (1.5, 118.8726, 28.9417)
    assert {name: getattr(found, name) for name in wanted} == wanted


def test_which_value_comes_first_is_known_from_the_first_that_tells() -> None:
    text = "".join(
        f"{n}\n00:00:0{n},000 --> 00:00:0{n},500\nHOME({a}) GPS({b}) BAROMETER:10\n\n"
        for n, a, b in [(1, "28.9,118.8", "28.9417,118.8726,5"), (2, "28.9,118.8", "28.9418,118.8726,5")]
    )
    assert [moment.lat for moment in moments(text)] == [28.9417, 28.9418]


def test_a_fix_of_nothing_is_left_out() -> None:
    text = SPAN + "[latitude: 0.0] [longitude: 0.0]\n\n2\n00:00:03,000 --> 00:00:04,000\n" + NAMED
    assert [moment.at_s for moment in moments(text)] == [3.0]


@pytest.mark.parametrize(
    "text", ["", SPAN + "F/2.8, ISO 150", SPAN + "GPS (x, y)", "no subtitles", "a" * 20_000_001]
)
def test_no_telemetry_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="no telemetry"):
        moments(text, "DJI_0001.SRT")


@pytest.mark.parametrize(("clock", "known"), [("2026-09-16 10:00:00", True), ("2026-19-16 10:00:00", False)])
def test_the_clock_is_the_drones(clock: str, known: bool) -> None:
    (found,) = moments(SPAN + f"{clock} [latitude: 28.9417] [longitude: 118.8726] [focal_len: 0]")
    assert (found.clock is not None) == known
    assert found.focal_35mm is None


def test_a_hovering_drone_that_looks_elsewhere_gives_a_new_frame() -> None:
    still = [Moment(t, 118.87, 28.97, yaw_deg=yaw) for t, yaw in enumerate([170.0, 175.0, -165.0, -170.0])]
    assert [moment.at_s for moment in key_moments(still, 30)] == [0, 2]


def test_a_frame_knows_its_lens_by_angle_by_telemetry_or_by_hand() -> None:
    plain = Moment(0, 118.87, 28.97, 60.0, flight_yaw_deg=10.0)
    assert shot_of_moment(plain, 1920, 1080).camera is None
    assert shot_of_moment(plain, 1920, 1080).pose.yaw_basis == YawBasis.AIRCRAFT
    by_hand = shot_of_moment(plain, 1920, 1080, film_mm=24).camera
    assert by_hand is not None
    assert by_hand.basis == FocalBasis.FILM_35MM
    angled = shot_of_moment(Moment(0, 118.87, 28.97, wide_deg=90.0, yaw_deg=1.0), 2000, 1000)
    assert angled.camera is not None
    assert angled.camera.focal_px == pytest.approx(1000)
    assert angled.pose.yaw_basis == YawBasis.GIMBAL
    assert shot_of_moment(Moment(0, 118.87, 28.97), 20, 10).pose.yaw_basis == YawBasis.UNKNOWN


def film(folder: Path, frames: int) -> tuple[Path, Path]:
    """A film of ten frames a second whose frames grow lighter, flown north at 10 m a second."""
    path, words = folder / "DJI_0001.avi", folder / "DJI_0001.SRT"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for number in range(frames):
        writer.write(np.full((48, 64, 3), number * 8, np.uint8))
    writer.release()
    words.write_text(
        "\n".join(
            f"{n + 1}\n00:00:0{n // 10},{n % 10}00 --> 00:00:0{n // 10},{n % 10}99\n"
            f"[latitude: {28.97 + n / 111_195:.6f}] [longitude: 118.87] [rel_alt: 60 abs_alt: 140]"
            " [gb_yaw: 0 gb_pitch: -90 gb_roll: 0] [focal_len: 24]\n"
            for n in range(30)
        ),
        encoding="utf-8",
    )
    return path, words


def test_key_frames_are_those_of_their_moments(tmp_path: Path) -> None:
    found = list(key_frames(*film(tmp_path, 30), spacing_m=10))
    assert [frame.moment.at_s for frame in found] == [0, 1, 2]
    assert [round(float(frame.pixels.mean()) / 8) for frame in found] == [0, 10, 20]
    assert found[0].shot.camera is not None


def test_telemetry_longer_than_the_film_gives_no_frames(tmp_path: Path) -> None:
    assert len(list(key_frames(*film(tmp_path, 15), spacing_m=10))) == 2


def test_telemetry_that_goes_back_belongs_to_another_film(tmp_path: Path) -> None:
    path, words = film(tmp_path, 30)
    words.write_text(
        words.read_text() + "\n31\n00:00:00,000 --> 00:00:00,100\n[latitude: 28.99] [longitude: 118.87]\n"
    )
    assert len(list(key_frames(path, words, spacing_m=10))) == 3


def test_what_is_no_film_is_refused(tmp_path: Path) -> None:
    _path, words = film(tmp_path, 1)
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    with pytest.raises(BadInput, match=r"broken\.mp4: The film cannot be opened"):
        list(key_frames(tmp_path / "broken.mp4", words, spacing_m=10))
    with pytest.raises(BadInput, match="cannot be read"):
        telemetry_of(tmp_path / "absent.SRT")


def test_key_frames_become_photos_with_the_same_metadata(tmp_path: Path) -> None:
    path, words = film(tmp_path, 30)
    result = CliRunner().invoke(
        app, ["frames", str(path), str(words), "--out", str(tmp_path / "out"), "--spacing", "10"]
    )
    assert result.exit_code == 0, result.output
    photos = sorted((tmp_path / "out").iterdir())
    assert [photo.name for photo in photos] == [f"DJI_0001_{n:09d}.jpg" for n in (0, 1000, 2000)]
    view = view_of_file(photos[1])
    frame = list(key_frames(path, words, spacing_m=10))[1]
    assert not view.footprint.is_approximate
    assert view.shot.pose.lat == pytest.approx(frame.moment.lat, abs=1e-7)
    assert (view.shot.pose.height_m, view.shot.pose.height_sea_m) == (60, 140)
    assert view.shot.camera is not None
    assert frame.shot.camera is not None
    assert view.shot.camera.focal_px == pytest.approx(frame.shot.camera.focal_px, rel=1e-3)


def test_what_the_telemetry_does_not_know_is_not_in_the_photo() -> None:
    moment = moments(SPAN + "GPS (-118.8726, -28.9417, 15), H 6.70m")[0]
    data = stamped(np.zeros((30, 40, 3), np.uint8), shot_of_moment(moment, 40, 30), moment, "FC7203")
    found = shot_in(data, "A.jpg")
    assert (found.camera, found.pose.pitch_deg, found.model) == (None, None, "FC7203")
    assert (found.pose.lon, found.pose.lat) == pytest.approx((-118.8726, -28.9417))
    clocked = moments(SPAN + NAMED)[0]
    assert stamped(np.zeros((30, 40, 3), np.uint8), shot_of_moment(clocked, 40, 30), clocked)


def test_a_broken_film_is_refused_with_one_reason(tmp_path: Path) -> None:
    _path, words = film(tmp_path, 1)
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    result = CliRunner().invoke(
        app, ["frames", str(tmp_path / "broken.mp4"), str(words), "--out", str(tmp_path)]
    )
    assert result.exit_code == 1
    assert result.output.startswith("✗ broken.mp4")
