"""Broken and hostile region folders: each gets its named problem, and nothing half-written stays."""

from __future__ import annotations

import io
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
from tongqu.shared.region.models import CalendarDay, Division, ListVersion, Person, Posting, Region, Unit
from tongqu.shared.region.tests.specs import LEFT_OUT, REFUSED, SOUND


def run(folder: dict[str, bytes], at: datetime, *, dry_run: bool = False) -> ImportReport:
    return import_region(folder, by=SYSTEM, at=at, dry_run=dry_run)


def names(cases: list[tuple[str, dict[str, bytes], str, str, int | None, str]]) -> list[str]:
    return [case[0] for case in cases]


def counts() -> list[int]:
    return [
        model.objects.count()
        for model in (Division, Unit, Person, Posting, CalendarDay, Region, Fact, ListVersion)
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
