"""The rules of the region as tables of examples: run by the tests, printed into docs/rules/region.md."""

from __future__ import annotations

import json
from typing import Any

from tongqu.kernel.tests.specs import DEADLINES, HOLIDAYS

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
    ("units too deep in the tree", with_line("units.csv", "\n".join(f"{'x' * 38}{n},line,{'x' * 38 + str(n - 1) if n else 'desk'},330803,名," for n in range(9))), "too-deep", "units.csv", 12, "parent"),
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
    ("a name longer than the database keeps", with_line("people.csv", f"x1,{'长' * 61}"), "too-long", "people.csv", 4, "name"),
    ("an address that is no e-mail", {**SOUND, "people.csv": "username,name,email\ndesk,周值班,\nleader,吴区长,\nx1,王,a@b\n".encode()}, "bad-email", "people.csv", 4, "email"),
    ("an area below zero", {**SOUND, "divisions.csv": SOUND["divisions.csv"].replace(b"centre_lat\n", b"centre_lat,area_km2\n").replace(b"118.8,28.8", b"118.8,28.8,-1")}, "bad-number", "divisions.csv", 5, "area_km2"),
    ("a centre of unknown quality", {**SOUND, "divisions.csv": SOUND["divisions.csv"].replace(b"centre_lat\n", b"centre_lat,centre_quality\n").replace(b"118.8,28.8", b"118.8,28.8,good")}, "unknown-choice", "divisions.csv", 5, "centre_quality"),
    ("neither active nor not", {**SOUND, "units.csv": SOUND["units.csv"].replace(b"answers_for\n", b"answers_for,is_active\n").replace("统筹".encode(), "统筹,perhaps".encode())}, "bad-flag", "units.csv", 3, "is_active"),
    ("a posting that ends before it begins", {**SOUND, "postings.csv": SOUND["postings.csv"].replace(b"since_on\n", b"since_on,until_on\n") + b"leader,desk,handler,2026-05-01,2026-04-01\n"}, "bad-period", "postings.csv", 4, "until_on"),
    ("a demo region perhaps", {**SOUND, "region.csv": b"is_invented\nperhaps\n"}, "bad-flag", "region.csv", 2, "is_invented"),
    ("an unknown person", with_line("postings.csv", "nobody,desk,handler,"), "unknown-person", "postings.csv", 4, "username"),
    ("an unknown unit", with_line("postings.csv", "desk,nowhere,handler,"), "unknown-unit", "postings.csv", 4, "unit"),
    ("an unknown role", with_line("postings.csv", "desk,desk,king,"), "unknown-role", "postings.csv", 4, "role"),
    ("a posting twice", with_line("postings.csv", "desk,desk,duty_desk,"), "double-posting", "postings.csv", 4, "role"),
    ("a date that does not exist", with_line("postings.csv", "desk,desk,handler,2026-02-30"), "bad-date", "postings.csv", 4, "since_on"),
    ("a holiday without a date", with_line("calendar.csv", ",0,x"), "bad-date", "calendar.csv", 4, "on"),
    ("a holiday that is no date", with_line("calendar.csv", "soon,0,x"), "bad-date", "calendar.csv", 4, "on"),
    ("a holiday twice", with_line("calendar.csv", "2026-10-01,1,x"), "double-day", "calendar.csv", 4, "on"),
    ("neither working nor not", with_line("calendar.csv", "2026-12-01,maybe,x"), "bad-flag", "calendar.csv", 4, "is_working"),
    ("an unknown time zone", {**SOUND, "region.csv": b"time_zone\nMars/Olympus\n"}, "bad-setting", "region.csv", 2, "time_zone"),
    ("working hours that end before they begin", {**SOUND, "region.csv": b"work_spans\n17:00-08:00\n"}, "bad-setting", "region.csv", 2, "work_spans"),
]  # fmt: skip


def page() -> str:
    """Return docs/rules/region.md."""
    return "\n".join([*_HEAD, *_deadlines(), *_problems(), ""])


_HEAD = [
    "# Rules of the region",
    "",
    "Generated from `src/tongqu/shared/region/tests/specs.py` and `src/tongqu/kernel/tests/specs.py` by",
    "`scripts/region-rules`; the same rows are run as tests.",
    "",
]


def _deadlines() -> list[str]:
    off = ", ".join(f"{day:%d %B}" for day, is_working in HOLIDAYS.items() if not is_working)
    return [
        "## Deadlines",
        "",
        "Times are local; people work 08:30–12:00 and 14:00–17:30. 16 September 2026 is a Wednesday; holidays are",
        f"{off}; Saturday 10 October is a shifted working day.",
        "",
        "| given at | allowance | due |",
        "|---|---|---|",
        *(f"| {at} | {allowance} | {due} |" for at, allowance, due in DEADLINES),
        "",
    ]


def _problems() -> list[str]:
    return [
        "## What refuses a region's folder",
        "",
        "Nothing is written.",
        "",
        *_table(REFUSED),
        "",
        "## What costs only its row",
        "",
        "The row, or only the value, is left out and reported; everything else is kept.",
        "",
        *_table(LEFT_OUT),
    ]


def _table(cases: list[tuple[str, dict[str, bytes], str, str, int | None, str]]) -> list[str]:
    rows = (f"| {name} | {file} | `{code}` |" for name, _folder, code, file, _row, _field in cases)
    return ["| input | file | problem |", "|---|---|---|", *rows]
