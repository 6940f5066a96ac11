"""Hostile and broken input at the public faces: each gets the named error, and nothing half-written stays.

The owners of the rooms test theirs deeply; this is the table across all of them. A case names an act and what must
come back; afterwards every table has as many rows, and every folder as many files, as before.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from tests.security.world import World, photo

Answer = Any
KB = 1024


@dataclass
class Face:
    """The public faces, as someone with rights uses them: so that nothing but the input can be wrong."""

    world: World
    client: Client

    def api(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic(
            method, f"/api/v1/{path}", raw, content_type="application/json", headers=headers
        )

    def upload(self, name: str, data: bytes, kind: str = "image/jpeg", **more: str) -> Answer:
        return self.client.post("/api/v1/evidence", {"file": SimpleUploadedFile(name, data, kind), **more})

    def report(self, *files: tuple[str, bytes], **fields: Any) -> Answer:
        photos = [SimpleUploadedFile(name, data) for name, data in files]
        return Client(raise_request_exception=False, headers={"Accept-Language": "en"}).post(
            "/cases/report/", {"text": "垃圾堆在桥下", "photos": photos, **fields}
        )

    def region(self, files: dict[str, str | bytes] | bytes) -> Answer:
        data = files if isinstance(files, bytes) else archive(files)
        return self.client.post(
            "/region/import/", {"archive": SimpleUploadedFile("region.zip", data, "application/zip")}
        )

    def page(self, path: str, **fields: Any) -> Answer:
        return self.client.post(path, fields)

    @property
    def case(self) -> str:
        return f"cases/{self.world.case.number}"


def archive(files: dict[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in files.items():
            zipped.writestr(name, text)
    return packed.getvalue()


def png_of(width: int, height: int) -> bytes:
    """Return a tiny PNG that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def gif() -> bytes:
    file = io.BytesIO()
    Image.new("P", (20, 20)).save(file, "GIF")
    return file.getvalue()


DIVISIONS = "code,level,parent,name_zh_hans\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>'
EICAR_LIKE = b"MZ\x90\x00" + b"\0" * 200
BOMB = archive({"divisions.csv": b"a" * (300 * KB * KB)})


@dataclass(frozen=True)
class Bad:
    """One act, the status, and a code or a part of the message that names what is wrong."""

    name: str
    act: Callable[[Face], Answer]
    status: int
    says: str


CASES = [
    # Files, by the API
    Bad("an empty file", lambda f: f.upload("a.jpg", b""), 422, "empty"),
    Bad("text named as a photo", lambda f: f.upload("a.jpg", b"just text, not a picture" * 20), 422, "extension-mismatch"),
    Bad("a script in an SVG", lambda f: f.upload("a.svg", SVG, "image/svg+xml"), 422, "svg"),
    Bad("an SVG that reads a file", lambda f: f.upload("a.jpg", ENTITY), 422, "svg"),
    Bad("a web page named as a photo", lambda f: f.upload("a.jpg", b"<!doctype html><script>1</script>"), 422, "web-page"),
    Bad("a program named as a photo", lambda f: f.upload("a.jpg", EICAR_LIKE), 422, "executable"),
    Bad("a photo cut off in the middle", lambda f: f.upload("a.jpg", photo()[:700]), 422, "broken-picture"),
    Bad("a picture that says it is huge", lambda f: f.upload("a.png", png_of(60_000, 60_000), "image/png"), 422, "too-many-pixels"),
    Bad("a GIF named as a JPEG", lambda f: f.upload("a.jpg", gif()), 422, "wrong-type"),
    Bad("a PNG named as a JPEG", lambda f: f.upload("a.jpg", png_of(1, 1)), 422, "extension-mismatch"),
    Bad("a photo with an archive behind it", lambda f: f.upload("a.jpg", photo() + archive({"x.html": "<script>"})), 422, "polyglot"),
    Bad("a broken PDF", lambda f: f.upload("a.pdf", b"%PDF-1.7 and nothing more", "application/pdf"), 422, "broken-document"),
    Bad("an archive as evidence", lambda f: f.upload("a.jpg", archive({"a": "b"})), 422, "archive"),
    Bad("no file at all", lambda f: f.client.post("/api/v1/evidence", {}), 422, "missing"),
    Bad("a file for a unit that is not there", lambda f: f.upload("a.jpg", photo("red"), unit="ghost"), 422, "unit"),
    # Files, by the public form
    Bad("a script as the photo of a report", lambda f: f.report(("a.svg", SVG)), 422, "SVG"),
    Bad("a good and a broken photo", lambda f: f.report(("a.jpg", photo("blue")), ("b.jpg", photo()[:600])), 422, "b.jpg"),
    Bad("an empty photo", lambda f: f.report(("a.jpg", b"")), 422, "empty"),
    # Forms
    Bad("a report without words", lambda f: f.report(text=""), 422, "required"),
    Bad("a report of 100,000 letters", lambda f: f.report(text="长" * 100_000), 422, "characters"),
    Bad("a report of a million letters", lambda f: f.report(text="长" * 1_000_000), 400, "could not be read"),
    Bad("a report with NUL", lambda f: f.report(text="a\0b"), 422, "Null"),
    Bad("a report at no place on Earth", lambda f: f.report(lon="999", lat="28"), 422, "is outside 衢州市"),
    Bad("a report outside the region", lambda f: f.report(lon="2.35", lat="48.85"), 422, "is outside 衢州市"),
    Bad("a report at NaN", lambda f: f.report(lon="nan", lat="nan"), 422, "number"),
    Bad("a report about no matter", lambda f: f.report(matter_code="NOPE"), 422, "valid choice"),
    Bad("a telephone that is a script", lambda f: f.report(phone="<script>alert(1)</script>"), 422, "digits"),
    Bad("a robot's report", lambda f: f.report(website="http://spam.example"), 422, "spam"),
    Bad("a person whose login is a path", lambda f: f.page("/account/people/", username="../../etc", name="x"), 422, "login"),
    Bad("a token without scopes", lambda f: f.page("/account/tokens/", name="x", days="5"), 422, "This field is required"),
    Bad("a language that is not there", lambda f: f.page("/account/language/", language="../../x"), 404, "no such page"),
    # Bodies of the API
    Bad("no JSON", lambda f: f.api("POST", "cases", b"text=1"), 400, "bad-request"),
    Bad("JSON cut off", lambda f: f.api("POST", "cases", b'{"text": "a'), 400, "bad-request"),
    Bad("JSON with NUL", lambda f: f.api("POST", "cases", b'{"text": "a\\u0000"}'), 400, "bad-request"),
    Bad("JSON with half a letter", lambda f: f.api("POST", "cases", b'{"text": "\\ud83d"}'), 400, "bad-request"),
    Bad("JSON with NaN", lambda f: f.api("POST", "cases", b'{"text": "a", "lon": NaN}'), 400, "bad-request"),
    Bad("JSON ten thousand deep", lambda f: f.api("POST", "cases", b'{"a":' * 100_000), 400, "bad-request"),
    Bad("JSON in GBK", lambda f: f.api("POST", "cases", '{"text":"垃圾"}'.encode("gbk")), 400, "bad-request"),
    Bad("a list for an object", lambda f: f.api("POST", "cases", [1, 2]), 422, "invalid-input"),
    Bad("a body of 3 MB", lambda f: f.api("POST", "cases", {"text": "a" * 3 * KB * KB}), 413, "too-large"),
    Bad("a case without words", lambda f: f.api("POST", "cases", {}), 422, "/text"),
    Bad("words that are a number", lambda f: f.api("POST", "cases", {"text": 5}), 422, "/text"),
    Bad("a longitude of 1e308", lambda f: f.api("POST", "cases", {"text": "a", "lon": 1e308, "lat": 1}), 422, "lon"),
    Bad("evidence that is not there", lambda f: f.api("POST", "cases", {"text": "a", "evidence": ["0" * 64]}), 422, "evidence"),
    Bad("a cursor that was forged", lambda f: f.api("GET", "cases?cursor=eyJ4Ijox"), 422, "cursor"),
    Bad("a page of a million rows", lambda f: f.api("GET", "cases?limit=1000000"), 422, "limit"),
    Bad("a number for a case with SQL in it", lambda f: f.api("GET", "cases/1'%20OR%20'1'='1"), 404, "not-found"),
    Bad("a move that the state forbids", lambda f: f.api("POST", f"{f.case}/close", {}), 409, "move-not-allowed"),
    Bad("a matter that is not there", lambda f: f.api("POST", f"{f.case}/accept", {"matter": "NOPE"}), 422, "matter"),
    Bad("a unit that is not there", lambda f: f.api("POST", f"{f.case}/dispatch", {"unit": "ghost"}), 422, "unit"),
    Bad("a point beyond the poles", lambda f: f.api("GET", "region/locate?lon=118&lat=91"), 422, "lat"),
    Bad("a token with a scope of its own", lambda f: f.api("POST", "access/tokens", {"name": "x", "scopes": ["all"]}), 422, "scopes"),
    Bad("a token for ever", lambda f: f.api("POST", "access/tokens", {"name": "x", "scopes": ["cases:read"], "days": 99999}), 422, "days"),
    Bad("a person whose login is taken", lambda f: f.api("POST", "access/people", {"username": "clerk", "name": "x"}), 422, "username-taken"),
    Bad("a person with an impossible login", lambda f: f.api("POST", "access/people", {"username": "A b", "name": "x"}), 422, "username"),
    Bad("a grant for nobody", lambda f: f.api("POST", "evidence/grants", {"unit": "ghost", "reason": "x"}), 422, "unit"),
    Bad("a method that is not there", lambda f: f.api("PATCH", "cases", {}), 405, "method-not-allowed"),
    Bad("NUL in the address", lambda f: f.api("GET", "cases/%00"), 400, "nul"),
    # Folders of a region
    Bad("an archive that is none", lambda f: f.region(b"PK no"), 422, "bad-zip"),
    Bad("an archive cut off", lambda f: f.region(archive({"divisions.csv": DIVISIONS})[:-30]), 422, "bad-zip"),
    Bad("an archive that unpacks to 300 MB", lambda f: f.region(BOMB), 422, "too-large"),
    Bad("an archive without our files", lambda f: f.region({"readme.txt": "x"}), 422, "no-files"),
    Bad("a missing column", lambda f: f.region({"divisions.csv": "code,level\n330800,prefecture\n"}), 422, "missing-column"),
    Bad("a doubled code", lambda f: f.region({"divisions.csv": DIVISIONS + "330800,prefecture,,衢州市\n" * 2}), 422, "double-code"),
    Bad("a circle of divisions", lambda f: f.region({"divisions.csv": DIVISIONS + "330802,county,330803,甲\n330803,county,330802,乙\n"}), 422, "parent-mismatch"),
    Bad("an unknown parent", lambda f: f.region({"divisions.csv": DIVISIONS + "330899001,township,330899,甲\n"}), 422, "unknown-parent"),
    Bad("a table that is no text", lambda f: f.region({"divisions.csv": b"\xff\xfe\x00\x01" * 50}), 422, "encoding"),
    Bad("outlines that are no GeoJSON", lambda f: f.region({"outlines.geojson": "{"}), 422, "bad-json"),
    Bad("a path that leaves the folder", lambda f: f.region({"../../divisions.csv": "x"}), 422, "missing-column"),
]  # fmt: skip


def state() -> dict[str, int]:
    """Return how many rows each table and how many files the folders have."""
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute("SELECT COUNT(*) FROM " + connection.ops.quote_name(table))
            counts[table] = cursor.fetchone()[0]
    for folder in (live.EVIDENCE_FOLDER, Path(live.HOME) / "region-imports"):
        counts[str(folder)] = sum(path.is_file() for path in Path(folder).rglob("*"))
    return counts


def told(answer: Answer) -> str:
    """Return everything that the answer says about what is wrong."""
    text = answer.content.decode()
    problems = (answer.context or {}).get("problems", ()) if hasattr(answer, "context") else ()
    return text + " ".join(problem.code for problem in problems)


@pytest.fixture
def face(world: World) -> Face:
    client = Client(raise_request_exception=False, headers={"Accept-Language": "en"})
    client.force_login(world.staff)
    return Face(world, client)


@pytest.mark.parametrize("bad", CASES, ids=lambda bad: bad.name)
def test_bad_input_is_named_and_leaves_nothing(face: Face, bad: Bad) -> None:
    before = state()
    answer = bad.act(face)
    assert answer.status_code == bad.status, told(answer)[-600:]
    assert bad.says in told(answer)
    if "json" in answer["Content-Type"]:
        assert answer["Content-Type"] == "application/problem+json"
    assert state() == before


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 40
    assert len({bad.name for bad in CASES}) == len(CASES)
