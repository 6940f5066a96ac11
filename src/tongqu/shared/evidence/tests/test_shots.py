"""What photos say of themselves is read right, in every form, and mangled tags are absent tags."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongqu.shared.evidence.analytics.contents import inspect
from tongqu.shared.evidence.analytics.tags import raw_tags
from tongqu.shared.evidence.rules.shots import Optics, Pose, RawTags, degrees, optics, pose, position
from tongqu.shared.evidence.rules.times import taken
from tongqu.shared.evidence.rules.words import TimeBasis
from tongqu.shared.evidence.rules.xmp import LARGEST_PACKET, xmp_values
from tongqu.shared.evidence.tests import makers
from tongqu.shared.evidence.tests.conftest import shared_data

SHANGHAI = ZoneInfo("Asia/Shanghai")
LIMITS = {"largest": 64_000_000, "most_pixels": 100_000_000}
WALL = {36867: "2026:09:16 10:00:00"}
XMP_TIME = {"xmp:CreateDate": "2026-09-16T10:00:01-05:00"}
GPS_UTC = {29: "2026:09:16", 7: (2, 0, 0)}

TIMES: list[tuple[str, RawTags, float | None, str | None, TimeBasis | None]] = [
    ("offset", RawTags(exif={**WALL, 36881: "+09:00"}), None, "2026-09-16T01:00:00", TimeBasis.OFFSET),
    ("offset before GPS", RawTags(exif={**WALL, 36880: "Z"}, gps=GPS_UTC), None, "2026-09-16T10:00:00", TimeBasis.OFFSET),
    ("GPS time gives the zone", RawTags(exif=WALL, gps=GPS_UTC), 118.0, "2026-09-16T02:00:00", TimeBasis.GPS),
    ("an old GPS fix is passed over", RawTags(exif=WALL, gps={**GPS_UTC, 7: (2, 11, 0)}), 118.0, "2026-09-16T02:00:00", TimeBasis.REGION),
    ("a GPS time of another day too", RawTags(exif=WALL, gps={**GPS_UTC, 29: "2026:09:14"}), None, "2026-09-16T02:00:00", TimeBasis.REGION),
    ("a GPS zone that the longitude denies", RawTags(exif=WALL, gps=GPS_UTC), -92.0, "2026-09-16T16:00:00", TimeBasis.LONGITUDE),
    ("XMP of the same moment gives the zone", RawTags(exif=WALL, xmp=XMP_TIME), None, "2026-09-16T15:00:00", TimeBasis.XMP),
    ("XMP of another moment does not", RawTags(exif=WALL, xmp={"xmp:CreateDate": "2026-09-17T10:00:01-05:00"}), None, "2026-09-16T02:00:00", TimeBasis.REGION),
    ("no zone: the region's", RawTags(exif=WALL), 118.0, "2026-09-16T02:00:00", TimeBasis.REGION),
    ("no zone, far away: by longitude", RawTags(exif=WALL), -92.0, "2026-09-16T16:00:00", TimeBasis.LONGITUDE),
    ("no zone, no place: the region's", RawTags(exif=WALL), None, "2026-09-16T02:00:00", TimeBasis.REGION),
    ("only GPS time", RawTags(gps=GPS_UTC), None, "2026-09-16T02:00:00", TimeBasis.GPS),
    ("only XMP time", RawTags(xmp=XMP_TIME), None, "2026-09-16T15:00:01", TimeBasis.XMP),
    ("DJI's UTC at exposure", RawTags(xmp={"drone-dji:UTCAtExposure": "2026-09-16T02:00:00.5"}), None, "2026-09-16T02:00:00.500000", TimeBasis.XMP),
    ("XMP without a zone says too little", RawTags(xmp={"xmp:CreateDate": "2026-09-16"}), None, None, None),
    ("the file's time stands in", RawTags(image={306: "2026:09:16 10:00:00"}), None, "2026-09-16T02:00:00", TimeBasis.REGION),
    ("no time", RawTags(), None, None, None),
    ("zeroes", RawTags(exif={36867: "0000:00:00 00:00:00"}), None, None, None),
    ("a day that does not exist", RawTags(exif={36867: "2026:02:30 10:00:00"}), None, None, None),
    ("an impossible GPS time", RawTags(gps={29: "2026:13:16", 7: (2, 0, 0)}), None, None, None),
    ("an impossible GPS hour", RawTags(gps={29: "2026:09:16", 7: (25, 0, 0)}), None, None, None),
    ("a GPS time of dashes", RawTags(gps={29: "2026:09:16", 7: ("-", 0, 0)}), None, None, None),
    ("an offset of a day is none", RawTags(exif={**WALL, 36881: "+24:00"}), None, "2026-09-16T02:00:00", TimeBasis.REGION),
]  # fmt: skip

PLACES: list[tuple[str, RawTags, tuple[float, float] | None]] = [
    ("EXIF", RawTags(gps={1: "N", 2: (28, 30, 0), 3: "E", 4: (118, 0, 36)}), (118.01, 28.5)),
    ("south and west", RawTags(gps={1: "S", 2: (28, 30, 0), 3: "W", 4: (118, 0, 36)}), (-118.01, -28.5)),
    ("EXIF goes before XMP", RawTags(gps={1: "N", 2: (28, 30, 0), 3: "E", 4: (118, 0, 36)}, xmp={"drone-dji:GpsLatitude": "1", "drone-dji:GpsLongitude": "1"}), (118.01, 28.5)),
    ("XMP stands in for an EXIF of zeroes", RawTags(gps={1: "N", 2: (0, 0, 0), 3: "E", 4: (0, 0, 0)}, xmp={"drone-dji:GpsLatitude": "28.5", "drone-dji:GpsLongitude": "118"}), (118, 28.5)),
    ("no hemisphere", RawTags(gps={2: (28, 30, 0), 4: (118, 0, 36)}), None),
    ("latitude over the pole", RawTags(gps={1: "N", 2: (91, 0, 0), 3: "E", 4: (118, 0, 0)}), None),
    ("XMP out of range", RawTags(xmp={"drone-dji:GpsLatitude": "128.5", "drone-dji:GpsLongitude": "118"}), None),
    ("not a number", RawTags(gps={1: "N", 2: (float("nan"), 0, 0), 3: "E", 4: (118, 0, 0)}), None),
    ("too few parts", RawTags(gps={1: "N", 2: (28,), 3: "E", 4: 118}), None),
    ("negative degrees", RawTags(gps={1: "N", 2: (-28, 0, 0), 3: "E", 4: (118, 0, 0)}), None),
]  # fmt: skip


@pytest.mark.parametrize(("what", "tags", "lon", "utc", "basis"), TIMES, ids=[row[0] for row in TIMES])
def test_time(what: str, tags: RawTags, lon: float | None, utc: str | None, basis: TimeBasis | None) -> None:
    found = taken(tags, SHANGHAI, lon)
    if found is None:
        assert utc is None
    else:
        assert utc is not None
        assert found.at == datetime.fromisoformat(utc).replace(tzinfo=UTC)
        assert found.basis == basis


@pytest.mark.parametrize(("what", "tags", "place"), PLACES, ids=[row[0] for row in PLACES])
def test_place(what: str, tags: RawTags, place: tuple[float, float] | None) -> None:
    found = position(tags)
    assert found == (pytest.approx(place) if place else None)


@pytest.mark.parametrize("packet", [makers.XMP_ATTRIBUTES, makers.XMP_ELEMENTS, makers.XMP_ELEMENTS[:-40]])
def test_dji_writes_three_forms(packet: str) -> None:
    tags = RawTags(xmp=xmp_values(packet.encode()))
    assert position(tags) == (118.87, 28.95)
    assert pose(tags).height_ground_m == 39.8
    assert pose(tags).height_sea_m == 198.31
    assert pose(tags).gimbal_yaw_deg == 45.0


@pytest.mark.parametrize(
    "packet",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a xmlns:d="http://www.dji.com/drone-dji/1.0/" d:M="&x;"/>',
        "<" * 1000,
        "x" * (LARGEST_PACKET + 1),
        "<a>" * 60_000,
        '<a drone-dji:RelativeAltitude=" " <',
        "",
    ],
)
def test_hostile_xmp_says_nothing(packet: str) -> None:
    assert xmp_values(packet) == {}


def test_a_picture_whose_tags_cannot_be_read_has_none() -> None:
    class Mangled:
        info = {"xmp": 7}

        def getexif(self) -> None:
            raise SyntaxError("not a TIFF file")

    assert raw_tags(Mangled()) == RawTags()


def test_heights_and_cameras() -> None:
    assert pose(RawTags(gps={5: b"\x01", 6: 12.5})).height_sea_m == -12.5
    assert pose(RawTags(gps={5: 0, 6: 12.5})).height_sea_m == 12.5
    assert optics(RawTags(image={271: b"HUAWEI\0", 272: "P60", 274: 9}, exif={37386: -1})) == Optics(
        "HUAWEI P60"
    )


JUNK: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.binary(max_size=20),
    st.text(max_size=30),
    st.floats(),
    st.integers(),
    st.tuples(st.floats(), st.floats(), st.floats()),
    st.lists(st.one_of(st.text(max_size=3), st.floats()), max_size=4),
)
DIRECTORY = st.dictionaries(
    st.sampled_from([1, 2, 3, 4, 5, 6, 7, 29, 271, 272, 274, 306, 36867, 36868, 36880, 36881, 37386, 41989]),
    JUNK,
)
TEXTS = st.one_of(
    st.text(max_size=30),
    st.datetimes().map(str),
    st.sampled_from(["9999-12-31T23:59:59-14:00", "+91", "nan"]),
)
NAMES = st.sampled_from(
    ["drone-dji:GpsLatitude", "drone-dji:GpsLongitude", "drone-dji:RelativeAltitude", "xmp:CreateDate",
     "drone-dji:UTCAtExposure", "drone-dji:GimbalYawDegree"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(DIRECTORY, DIRECTORY, DIRECTORY, st.dictionaries(NAMES, TEXTS))
def test_no_tag_whatever_it_holds_raises(image: Any, exif: Any, gps: Any, xmp: Any) -> None:
    tags = RawTags(image, exif, gps, xmp)
    place = position(tags)
    assert place is None or (abs(place[0]) <= 180 and abs(place[1]) <= 90)
    assert isinstance(pose(tags), Pose)
    assert isinstance(optics(tags), Optics)
    found = taken(tags, SHANGHAI, place[0] if place else None)
    assert found is None or found.at.tzinfo == UTC


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_no_xmp_whatever_it_holds_raises(packet: str) -> None:
    assert isinstance(xmp_values(packet), dict)
    assert isinstance(xmp_values(makers.XMP_ATTRIBUTES[:300] + packet + makers.XMP_ATTRIBUTES[300:]), dict)


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_a_place_survives_exif_rationals(lon: float, lat: float) -> None:
    back_lon = degrees(makers.dms(lon), "E" if lon >= 0 else "W", "W", 180)
    back_lat = degrees(makers.dms(lat), "N" if lat >= 0 else "S", "S", 90)
    # A ten-thousandth of a second of arc is about 3 mm on the ground.
    assert back_lon == pytest.approx(lon, abs=3e-8)
    assert back_lat == pytest.approx(lat, abs=3e-8)


def test_the_twelve_beach_photos_tell_place_time_and_pose(beach: list[Path]) -> None:
    assert len(beach) == 12
    for path in beach:
        picture = inspect(path.read_bytes(), path.name, **LIMITS).picture
        assert picture is not None
        assert (picture.width, picture.height) == (4000, 2250)
        place, stands = position(picture.tags), pose(picture.tags)
        assert place is not None
        assert place == (pytest.approx(-91.994, abs=0.002), pytest.approx(46.8427, abs=0.001))
        when = taken(picture.tags, SHANGHAI, place[0])
        assert when is not None
        assert when.at.date().isoformat() == "2016-06-23"
        assert when.basis == TimeBasis.LONGITUDE
        assert stands.height_ground_m == pytest.approx(40, abs=2)
        assert stands.height_sea_m == pytest.approx(198, abs=5)
        assert stands.gimbal_pitch_deg == pytest.approx(-90, abs=1)
        assert None not in vars(stands).values()
        assert optics(picture.tags) == Optics("DJI FC300S", 3.61, 20.0, 1)


def test_aerial_photos_that_keep_exif_tell_place_and_pose() -> None:
    folder = shared_data("aerial_vehicles")
    told = []
    for path in sorted(folder.glob("*.[jJ][pP][gG]")):
        picture = inspect(path.read_bytes(), path.name, **LIMITS).picture
        assert picture is not None
        if picture.tags.image:
            place, stands = position(picture.tags), pose(picture.tags)
            assert place == (pytest.approx(27.576, abs=0.01), pytest.approx(53.92, abs=0.01))
            assert stands.height_ground_m is not None
            assert stands.gimbal_yaw_deg is not None
            when = taken(picture.tags, SHANGHAI, 27.576)
            assert when is not None
            assert when.basis == TimeBasis.LONGITUDE
            told.append(path.name)
    assert len(told) == 4
