"""Broken and hostile region folders: each gets its named problem, and nothing half-written stays."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.journal.models import Fact
from tongqu.shared.journal.rules import SYSTEM
from tongqu.shared.region.actions.importing import ImportReport, import_region
from tongqu.shared.region.analytics.folder import unpack
from tongqu.shared.region.models import CalendarDay, Division, MapVersion, Person, Posting, Region, Unit

BOX = [[[118.0, 28.0], [119.0, 28.0], [119.0, 29.0], [118.0, 29.0], [118.0, 28.0]]]
DIVISIONS = """code,level,parent,name_zh_hans,name_en,centre_lon,centre_lat
330800,prefecture,,衢州市,Quzhou City,118.87,28.96
330803,county,330800,衢江区,Qujiang District,118.5,28.5
330803103,township,330803,莲花镇,Lianhua Town,118.2,28.2
330803115,township,330803,杜泽镇,Duze Town,118.8,28.8
"""
UNITS = """code,kind,parent,division,name_zh_hans,answers_for
desk,territory,,330800,市社会治理中心,受理
qujiang,territory,desk,330803,衢江区政府,统筹
"""
PEOPLE = "username,name\ndesk,周值班\nleader,吴区长\n"
POSTINGS = (
    "username,unit,role,since_on\ndesk,desk,duty_desk,2026-01-01\nleader,qujiang,unit_head,2026-01-01\n"
)
CALENDAR = "on,is_working,name\n2026-10-01,0,国庆节\n2026-10-10,1,国庆节调休上班\n"


def feature(code: str, coordinates: Any = BOX, kind: str = "Polygon", **properties: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"code": code, **properties}, "geometry": geometry}


def collection(*features: Any, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more}).encode()


OUTLINES = collection(feature("330800"), feature("330803"))
SOUND: dict[str, bytes] = {
    "divisions.csv": DIVISIONS.encode(),
    "outlines.geojson": OUTLINES,
    "units.csv": UNITS.encode(),
    "people.csv": PEOPLE.encode(),
    "postings.csv": POSTINGS.encode(),
    "calendar.csv": CALENDAR.encode(),
}


def with_line(file: str, line: str) -> dict[str, bytes]:
    """The sound folder with one line more."""
    return {**SOUND, file: SOUND[file] + line.encode() + b"\n"}


def changed(file: str, old: str, new: str) -> dict[str, bytes]:
    """The sound folder with some text replaced."""
    text = SOUND[file].decode()
    assert old in text
    return {**SOUND, file: text.replace(old, new).encode()}


def outlines(*features: Any, **more: Any) -> dict[str, bytes]:
    return {**SOUND, "outlines.geojson": collection(*features, **more)}


# The folder as a whole is refused, nothing is written: name, folder, code of the problem, file, row, field.
REFUSED: list[tuple[str, dict[str, bytes], str, str, int | None, str]] = [
    ("no file of a region", {"readme.txt": b"hello"}, "no-files", "", None, ""),
    ("an empty file", {**SOUND, "divisions.csv": b""}, "empty", "divisions.csv", None, ""),
    ("GBK text", {**SOUND, "divisions.csv": DIVISIONS.encode("gbk")}, "encoding", "divisions.csv", None, ""),
    ("UTF-16 text", {**SOUND, "units.csv": UNITS.encode("utf-16")}, "encoding", "units.csv", None, ""),
    ("bytes that are no text", {**SOUND, "units.csv": b"\xff\x00\x81\xff"}, "encoding", "units.csv", None, ""),
    ("a missing column", changed("divisions.csv", "level", "rank"), "missing-column", "divisions.csv", None, "level"),
    ("a column twice", changed("units.csv", "answers_for", "parent"), "double-column", "units.csv", None, "parent"),
    ("an open quotation mark", with_line("units.csv", '"a,b'), "bad-csv", "units.csv", None, ""),
    ("a row with too many fields", with_line("units.csv", "x,line,desk,330803,名,事,电话,多"), "too-many-fields", "units.csv", 4, ""),
    ("a huge field", with_line("units.csv", f"x,line,desk,330803,{'长' * 3000},"), "too-long", "units.csv", 4, "name_zh_hans"),
    ("a formula", with_line("units.csv", "x,line,desk,330803,=HYPERLINK(1),"), "formula", "units.csv", 4, "name_zh_hans"),
    ("a NUL character", with_line("units.csv", "x,line,desk,330803,a\x00b,"), "control-character", "units.csv", 4, "name_zh_hans"),
    ("a code that lost a digit", changed("divisions.csv", "330803115,", "33080311,"), "bad-code", "divisions.csv", 5, "code"),
    ("a code in letters", changed("divisions.csv", "330803115,", "33080311X,"), "bad-code", "divisions.csv", 5, "code"),
    ("a code in Arabic digits", changed("divisions.csv", "330803115,", "٣٣٠٨٠٣١١٥,"), "bad-code", "divisions.csv", 5, "code"),
    ("an unknown level", changed("divisions.csv", "115,township", "115,village-ish"), "unknown-level", "divisions.csv", 5, "level"),
    ("a division twice", with_line("divisions.csv", "330803115,township,330803,杜泽镇,,,"), "double-code", "divisions.csv", 6, "code"),
    ("a division without a name", changed("divisions.csv", "杜泽镇", ""), "no-name", "divisions.csv", 5, "name_zh_hans"),
    ("an unknown parent", changed("divisions.csv", "115,township,330803", "115,township,330825"), "unknown-parent", "divisions.csv", 5, "parent"),
    ("divisions in a circle", changed("divisions.csv", "330803,county,330800", "330803,county,330803115"), "parent-mismatch", "divisions.csv", 3, "parent"),
    ("a second root", with_line("divisions.csv", "330700,prefecture,,金华市,,,"), "second-root", "divisions.csv", 6, "parent"),
    ("no root", {"units.csv": UNITS.encode()}, "unknown-division", "units.csv", 2, "division"),
    ("a calendar before there is a region", {"calendar.csv": CALENDAR.encode()}, "no-root", "divisions.csv", None, ""),
    ("a unit code with spaces", with_line("units.csv", "综 合,line,desk,330803,名,"), "bad-code", "units.csv", 4, "code"),
    ("a unit twice", with_line("units.csv", "desk,line,,330803,名,"), "double-code", "units.csv", 4, "code"),
    ("an unknown kind", with_line("units.csv", "x,club,desk,330803,名,"), "unknown-kind", "units.csv", 4, "kind"),
    ("a unit without a name", with_line("units.csv", "x,line,desk,330803,,"), "no-name", "units.csv", 4, "name_zh_hans"),
    ("a unit of an unknown division", with_line("units.csv", "x,line,desk,330899,名,"), "unknown-division", "units.csv", 4, "division"),
    ("an unknown supervisor", with_line("units.csv", "x,line,nobody,330803,名,"), "unknown-parent", "units.csv", 4, "parent"),
    ("units in a circle", changed("units.csv", "desk,territory,,", "desk,territory,qujiang,"), "circle", "units.csv", 2, "parent"),
    ("JSON that breaks off", {**SOUND, "outlines.geojson": OUTLINES[:-5]}, "bad-json", "outlines.geojson", None, ""),
    ("deeply nested JSON", {**SOUND, "outlines.geojson": b"[" * 200_000}, "bad-json", "outlines.geojson", None, ""),
    ("outlines in GBK", {**SOUND, "outlines.geojson": '{"名":1}'.encode("gbk")}, "encoding", "outlines.geojson", None, ""),
    ("a bare geometry", {**SOUND, "outlines.geojson": b'{"type":"Polygon"}'}, "not-a-collection", "outlines.geojson", None, ""),
    ("a collection without a list", {**SOUND, "outlines.geojson": b'{"type":"FeatureCollection","features":7}'}, "not-a-collection", "outlines.geojson", None, ""),
    ("an unknown coordinate system", outlines(coordinate_system="Xian-80"), "coordinate-system", "outlines.geojson", None, ""),
]  # fmt: skip

# Only the row is left out: name, folder, code of the problem, file, row, field.
LEFT_OUT: list[tuple[str, dict[str, bytes], str, str, int | None, str]] = [
    ("an unknown column", {**SOUND, "people.csv": "username,name,password\ndesk,周值班,a\nleader,吴区长,b\n".encode()}, "unknown-column", "people.csv", 1, "password"),
    ("a centre with half a pair", changed("divisions.csv", "118.8,28.8", "118.8,"), "bad-number", "divisions.csv", 5, "centre_lat"),
    ("a centre that is no number", changed("divisions.csv", "118.8,28.8", "118.8,nan"), "bad-number", "divisions.csv", 5, "centre_lat"),
    ("a centre with swapped columns", changed("divisions.csv", "118.8,28.8", "28.8,118.8"), "swapped", "divisions.csv", 5, "centre_lat"),
    ("a centre beyond the globe", changed("divisions.csv", "118.8,28.8", "1188,28.8"), "out-of-range", "divisions.csv", 5, "centre_lon"),
    ("a centre outside its parent", changed("divisions.csv", "118.8,28.8", "118.2,28.2"), "no-area", "divisions.csv", None, "centre_lon"),
    ("an outline that crosses itself", outlines(feature("330800"), feature("330803", [[[118, 28], [119, 29], [119, 28], [118, 29], [118, 28]]])), "invalid-outline", "outlines.geojson", 2, ""),
    ("an outline with swapped coordinates", outlines(feature("330803", [[[28, 118], [29, 118], [29, 119], [28, 118]]])), "swapped", "outlines.geojson", 1, ""),
    ("an outline beyond the globe", outlines(feature("330803", [[[200, 28], [201, 28], [201, 29], [200, 28]]])), "out-of-range", "outlines.geojson", 1, ""),
    ("metres in place of degrees", outlines(feature("330803", [[[5e5, 3e6], [6e5, 3e6], [6e5, 4e6], [5e5, 3e6]]])), "out-of-range", "outlines.geojson", 1, ""),
    ("an outline that is a line", outlines(feature("330803", BOX[0], "LineString")), "not-an-area", "outlines.geojson", 1, ""),
    ("an outline of two corners", outlines(feature("330803", [[[118, 28], [119, 28]]])), "bad-geometry", "outlines.geojson", 1, ""),
    ("coordinates that are text", outlines(feature("330803", [[["a", "b"]] * 4])), "bad-geometry", "outlines.geojson", 1, ""),
    ("no coordinates", outlines(feature("330803", [])), "bad-geometry", "outlines.geojson", 1, ""),
    ("an infinite corner", {**SOUND, "outlines.geojson": OUTLINES.replace(b"119.0", b"Infinity", 1)}, "bad-geometry", "outlines.geojson", 1, ""),
    ("an outline of nobody", outlines(feature("330899")), "unknown-division", "outlines.geojson", 1, ""),
    ("an outline twice", outlines(feature("330803"), feature("330803")), "double-code", "outlines.geojson", 2, ""),
    ("something that is no feature", outlines("hello"), "not-a-feature", "outlines.geojson", 1, ""),
    ("an outline of unknown quality", outlines(feature("330803", quality="perfect")), "unknown-choice", "outlines.geojson", 1, ""),
    ("a login with a space", with_line("people.csv", "a b,王"), "bad-login", "people.csv", 4, "username"),
    ("a login twice", with_line("people.csv", "desk,王"), "double-login", "people.csv", 4, "username"),
    ("a person without a name", with_line("people.csv", "x1,"), "no-name", "people.csv", 4, "name"),
    ("a formula as a name", with_line("people.csv", "x1,@SUM(1)"), "formula", "people.csv", 4, "name"),
    ("an unknown person", with_line("postings.csv", "nobody,desk,handler,"), "unknown-person", "postings.csv", 4, "username"),
    ("an unknown unit", with_line("postings.csv", "desk,nowhere,handler,"), "unknown-unit", "postings.csv", 4, "unit"),
    ("an unknown role", with_line("postings.csv", "desk,desk,king,"), "unknown-role", "postings.csv", 4, "role"),
    ("a posting twice", with_line("postings.csv", "desk,desk,duty_desk,"), "double-posting", "postings.csv", 4, "role"),
    ("a date that does not exist", with_line("postings.csv", "desk,desk,handler,2026-02-30"), "bad-date", "postings.csv", 4, "since_on"),
    ("a holiday without a date", with_line("calendar.csv", ",0,x"), "bad-date", "calendar.csv", 4, "on"),
    ("a holiday twice", with_line("calendar.csv", "2026-10-01,1,x"), "double-day", "calendar.csv", 4, "on"),
    ("neither working nor not", with_line("calendar.csv", "2026-12-01,maybe,x"), "bad-flag", "calendar.csv", 4, "is_working"),
    ("an unknown time zone", {**SOUND, "region.csv": b"time_zone\nMars/Olympus\n"}, "bad-setting", "region.csv", 2, "time_zone"),
    ("working hours that end before they begin", {**SOUND, "region.csv": b"work_spans\n17:00-08:00\n"}, "bad-setting", "region.csv", 2, "work_spans"),
]  # fmt: skip


def run(folder: dict[str, bytes], at: datetime, *, dry_run: bool = False) -> ImportReport:
    return import_region(folder, by=SYSTEM, at=at, dry_run=dry_run)


def names(cases: list[tuple[str, dict[str, bytes], str, str, int | None, str]]) -> list[str]:
    return [case[0] for case in cases]


def counts() -> list[int]:
    return [
        model.objects.count()
        for model in (Division, Unit, Person, Posting, CalendarDay, Region, Fact, MapVersion)
    ]


def assert_names(problems: tuple[Problem, ...] | list[Problem], case: tuple[Any, ...]) -> None:
    _name, _folder, code, file, row, field = case
    found = [(problem.code, problem.file, problem.row, problem.field) for problem in problems]
    assert (code, file, row, field) in found, found
    assert all(str(problem.message).endswith((".", ").")) for problem in problems)


@pytest.mark.parametrize("case", REFUSED, ids=names(REFUSED))
def test_a_structural_problem_refuses_the_folder(case: tuple[Any, ...], db: None, at: datetime) -> None:
    before = counts()
    with pytest.raises(BadInput) as caught:
        run(case[1], at)
    assert_names(caught.value.problems, case)
    assert counts() == before


@pytest.mark.parametrize("case", LEFT_OUT, ids=names(LEFT_OUT))
def test_any_other_problem_costs_only_its_row(case: tuple[Any, ...], db: None, at: datetime) -> None:
    report = run(case[1], at)
    assert_names(report.problems, case)
    assert len(report.problems) == 1
    assert Division.objects.count() == 4
    assert Unit.objects.count() == 2


def test_a_sound_folder_has_no_problem(db: None, at: datetime) -> None:
    assert run(SOUND, at).problems == []


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(db: None, at: datetime) -> None:
    folder = {name: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n") for name, data in SOUND.items()}
    assert run(folder, at).problems == []


def test_a_missing_folder_is_named(db: None, at: datetime, tmp_path: Any) -> None:
    with pytest.raises(BadInput, match="There is no folder"):
        import_region(tmp_path / "nowhere", by=SYSTEM, at=at)


def zipped(files: dict[str, bytes], folder: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(f"{folder}{name}", data)
    return buffer.getvalue()


def test_an_archive_gives_its_files_wherever_they_lie() -> None:
    assert unpack(zipped(SOUND | {"notes.txt": b"x"}, "quzhou/")) == SOUND


def _locked() -> bytes:
    """An archive whose entry claims to be encrypted."""
    data = bytearray(zipped(SOUND))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


@pytest.mark.parametrize(
    "make",
    [lambda: b"not a zip", lambda: zipped(SOUND)[:-30], _locked],
    ids=["no archive", "an archive cut off", "an encrypted archive"],
)
def test_a_broken_archive_is_refused(make: Callable[[], bytes]) -> None:
    with pytest.raises(BadInput) as caught:
        unpack(make())
    assert caught.value.problems[0].code == "bad-zip"


def test_an_archive_that_swells_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        unpack(zipped({"divisions.csv": b"0" * (257 * 1024 * 1024)}))
    assert caught.value.problems[0].code == "too-large"
