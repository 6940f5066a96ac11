"""The commands `tongqu region …`."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import Town
from tongqu.shared.region.commands import app
from tongqu.shared.region.models import CalendarDay, Division
from tongqu.shared.region.tests.specs import SOUND

cli = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in SOUND.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def test_import_reports_what_it_did(db: None, folder: Path) -> None:
    result = cli.invoke(app, ["import", str(folder)])
    assert result.exit_code == 0, result.output
    assert "divisions.csv: 4 new, 0 changed, 0 unchanged" in result.output
    assert Division.objects.count() == 4


def test_a_dry_run_writes_nothing(db: None, folder: Path) -> None:
    result = cli.invoke(app, ["import", str(folder), "--dry-run"])
    assert "nothing was written" in result.output
    assert not Division.objects.exists()


def test_a_refused_folder_ends_with_an_error_and_every_problem(db: None, folder: Path) -> None:
    (folder / "units.csv").write_text(
        "code,kind,division,name_zh_hans\n" + "desk,club,1,x\n" * 60, encoding="utf-8"
    )
    result = cli.invoke(app, ["import", str(folder)])
    assert result.exit_code == 1
    assert "Nothing was imported: 62 problem(s)." in result.output
    assert "… and 12 more." in result.output


def test_rows_left_out_are_listed(town: Town, tmp_path: Path) -> None:
    (tmp_path / "calendar.csv").write_text("on,is_working\n2026-10-01,0\nsoon,0\n", encoding="utf-8")
    result = cli.invoke(app, ["import", str(tmp_path)])
    assert "calendar.csv, row 3, on" in result.output
    assert CalendarDay.objects.count() == 1


def test_the_region_is_exported(town: Town, tmp_path: Path) -> None:
    result = cli.invoke(app, ["export", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert "330803102" in (tmp_path / "out" / "divisions.csv").read_text(encoding="utf-8")


def test_a_point_is_located(town: Town) -> None:
    assert "莲花镇" in cli.invoke(app, ["locate", "118.1", "28.1"]).output
    assert cli.invoke(app, ["locate", "0", "0"]).exit_code == 1


def test_a_deadline_is_printed(town: Town) -> None:
    assert "T" in cli.invoke(app, ["deadline", "3wd"]).output
    assert cli.invoke(app, ["deadline", "soon"]).exit_code == 2


def test_the_region_is_shown(town: Town) -> None:
    assert "330800 衢州市: Asia/Shanghai" in cli.invoke(app, ["show"]).output
